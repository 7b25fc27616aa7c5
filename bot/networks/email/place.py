"""Where the mailbox is, read from its URL."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from bot.addresses import LOOPBACK
from bot.submission import Encryption, Tokens


@dataclass(frozen=True)
class Place:
    """A mailbox on an IMAP server, and who opens it. With `tokens` there is no password."""

    host: str
    port: int
    encryption: Encryption
    user: str
    password: str = field(repr=False)
    mailbox: str = "INBOX"
    tokens: Tokens | None = field(default=None, repr=False)

    @property
    def is_checked(self) -> bool:
        """Whether the server must prove who it is; nobody stands between us and this machine."""
        return self.host not in LOOPBACK or self.encryption is Encryption.IMPLICIT


def place(url: SecretStr, tokens: Tokens | None = None) -> Place:
    """`imaps://user:password@host` or `imap://…:143/Mailbox`, as the settings have checked it."""
    parts = urlsplit(url.get_secret_value())
    host = parts.hostname or ""
    unsealed = Encryption.OFFERED if host in LOOPBACK else Encryption.REQUIRED
    port, encryption = (993, Encryption.IMPLICIT) if parts.scheme == "imaps" else (143, unsealed)
    mailbox = unquote(parts.path.strip("/")) or "INBOX"
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Place(host, parts.port or port, encryption, user, password, mailbox, tokens)
