"""Builds what hears and what answers from the settings; nothing connects yet."""

from pydantic import SecretStr

from bot.networks.email.filing import Files
from bot.networks.email.hearing import Inbox
from bot.networks.email.mailbox import Mailbox
from bot.networks.email.own import Own
from bot.networks.email.place import place
from bot.networks.email.publishing import Mail
from bot.settings import Settings
from bot.submission import Tokens, submission
from handlers.networks import Connected


def connected(settings: Settings) -> Connected:
    tokens = _tokens(settings)
    imap, smtp = place(_given(settings.email_imap_url), tokens), submission(_given(settings.email_smtp_url), tokens)
    own = Own(settings.email_address)
    inbox = Inbox(own, imap, smtp, Mailbox(imap))
    return Connected(Mail(own, smtp, Files(imap)), inbox, close=inbox.close)


def _tokens(settings: Settings) -> Tokens | None:
    """Both servers are entered with the same ones."""
    if not settings.email_oauth_url:
        return None
    from bot.networks.email.tokens import AccessTokens, Grant  # noqa: PLC0415 - a mailbox with a password needs no HTTP

    secret, refresh = _given(settings.email_oauth_client_secret), settings.email_oauth_refresh_token or None
    return AccessTokens(Grant(settings.email_oauth_url, settings.email_oauth_client_id, secret, settings.email_oauth_scope, refresh))


def _given(url: SecretStr | None) -> SecretStr:
    return url or SecretStr("")
