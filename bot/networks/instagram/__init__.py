"""Instagram professional accounts, by the page that they are linked to: comments, mentions and messages."""

from bot.networks.meta.accounts import INSTAGRAM
from bot.networks.meta.carrying import ABILITIES, HEARING
from bot.settings import Settings
from handlers.networks import Connected, Kind, Purse

KIND = Kind(
    INSTAGRAM,
    ABILITIES,
    HEARING[INSTAGRAM],
    ("META_APP_SECRET", "META_VERIFY_TOKEN", "FACEBOOK_PAGE_ID", "FACEBOOK_PAGE_TOKEN", "INSTAGRAM_ACCOUNT_ID"),
)


def connect(settings: Settings, purse: Purse) -> Connected:  # noqa: ARG001 - nothing of it costs
    """Without a route: both networks knock at the one that the page opens."""
    from bot.networks.meta.connecting import connected  # noqa: PLC0415 - read only when an account is configured

    return connected(settings, INSTAGRAM)
