"""How mail is handed in at a submission server (RFC 6409), whoever wrote it."""

import re
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib.auth import auth_xoauth2_encode
from pydantic import SecretStr

from bot.addresses import LOOPBACK
from handlers.errors import DoorClosed, Refused, SendError, TryLater, Unconfirmed

EACH = 10.0  # seconds for one answer of the server
AWAY = timedelta(seconds=10)
BUSY = timedelta(seconds=60)  # a 4xx; greylisting asks for about as much
_ADDRESS = re.compile(r"[\w!#$%&'*+/=?^`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}", re.ASCII)


class Encryption(StrEnum):
    """REQUIRED by STARTTLS, from the first byte (IMPLICIT), or as offered: to this machine alone."""

    REQUIRED = "required"
    IMPLICIT = "implicit"
    OFFERED = "offered"


class Tokens(Protocol):
    """Stand for a password, each for a while (OAuth 2)."""

    async def token(self) -> str:
        """Raises a SendError."""

    def forget(self, token: str) -> None:
        """A server has refused it."""


@dataclass(frozen=True)
class Submission:
    """The server that takes our mail. With `tokens` there is no password."""

    host: str
    port: int
    encryption: Encryption
    user: str = ""
    password: str = field(default="", repr=False)
    tokens: Tokens | None = field(default=None, repr=False)


def submission(url: SecretStr, tokens: Tokens | None = None) -> Submission:
    """`smtp://user:password@host:587` or `smtps://…`, as the settings have checked it."""
    parts = urlsplit(url.get_secret_value())
    host = parts.hostname or ""
    unsealed = Encryption.OFFERED if host in LOOPBACK else Encryption.REQUIRED
    port, encryption = (465, Encryption.IMPLICIT) if parts.scheme == "smtps" else (587, unsealed)
    return Submission(host, parts.port or port, encryption, unquote(parts.username or ""), unquote(parts.password or ""), tokens)


@asynccontextmanager
async def entered(server: Submission, greeting: str, each: float = EACH) -> AsyncIterator[aiosmtplib.SMTP]:
    """A connection, encrypted and signed in. `greeting` is the name that we give ourselves; `each` answer may take so many seconds."""
    token = await server.tokens.token() if server.tokens else ""
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        local_hostname=greeting,
        timeout=each,
        use_tls=server.encryption is Encryption.IMPLICIT,
        start_tls={Encryption.REQUIRED: True, Encryption.IMPLICIT: False, Encryption.OFFERED: None}[server.encryption],
        # nobody stands between us and this machine, whose own certificate is nobody's business
        validate_certs=server.host not in LOOPBACK or server.encryption is not Encryption.OFFERED,
    )
    try:
        await client.connect()
        await _sign_in(client, server, token)
        yield client
        with suppress(aiosmtplib.SMTPException, OSError):
            await client.quit(timeout=1)
    finally:
        client.close()


async def _sign_in(client: aiosmtplib.SMTP, server: Submission, token: str) -> None:
    if server.tokens is None:
        if server.user:
            await client.login(server.user, server.password)
        return
    if client.is_ehlo_or_helo_needed:
        await client.ehlo()
    if "xoauth2" not in client.server_auth_methods:
        raise aiosmtplib.SMTPException("XOAUTH2 is not offered")
    answer = await _shown(client, auth_xoauth2_encode(server.user, token))
    if answer.code != aiosmtplib.SMTPStatus.auth_successful:
        server.tokens.forget(token)
        raise aiosmtplib.SMTPAuthenticationError(answer.code, answer.message)


async def _shown(client: aiosmtplib.SMTP, response: bytes) -> aiosmtplib.SMTPResponse:
    """XOAUTH2. Not in one line, as aiosmtplib has it: real tokens are longer than the line of a command may be (RFC 4954, 4)."""
    answer = await client.execute_command(b"AUTH", b"XOAUTH2")
    for said in (response, b""):  # a refusal is first explained, and an empty line asks for its end
        if answer.code == aiosmtplib.SMTPStatus.auth_continue:
            answer = await client.execute_command(said)
    return answer


@dataclass
class Progress:
    """How far one message has come."""

    handed_over: bool = False  # its end may have left us
    taken: bool = False

    async def hand_over(self, client: aiosmtplib.SMTP, message: bytes, each: float) -> None:
        """What aiosmtplib's `data` does, in two steps: it cannot be told from outside whether the message was on its way."""
        ready = await client.execute_command(b"DATA")
        if ready.code != aiosmtplib.SMTPStatus.start_input:
            raise aiosmtplib.SMTPDataError(ready.code, ready.message)
        if client.protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("lost")
        self.handed_over = True
        client.protocol.write(re.sub(rb"(?m)^\.", b"..", message) + b".\r\n")
        answer = await client.protocol.read_response(timeout=each)
        if not 200 <= answer.code < 300:
            raise aiosmtplib.SMTPDataError(answer.code, answer.message)
        self.taken = True


def number_alone(error: aiosmtplib.SMTPResponseException) -> str:
    """The server's number, never its words: they may quote addresses."""
    return f"smtp_{error.code}"


def send_error(
    error: Exception, *, handed_over: bool, reason: Callable[[aiosmtplib.SMTPResponseException], str] = number_alone
) -> SendError:
    """What a failure means. `reason` says what of an answer may be told."""
    if isinstance(error, aiosmtplib.SMTPResponseException) and error.code > 0:
        return _answered(error, reason)
    if handed_over:
        return Unconfirmed("timeout" if isinstance(error, TimeoutError) else "connection_lost")
    if untrusted(error):
        return DoorClosed("certificate", whole=True)
    if type(error) is aiosmtplib.SMTPException:  # no STARTTLS, or no way to sign in: it has no error of its own for them
        return DoorClosed("not_offered", whole=True)
    return TryLater("timeout" if isinstance(error, TimeoutError) else "no_connection", AWAY)


def _answered(error: aiosmtplib.SMTPResponseException, reason: Callable[[aiosmtplib.SMTPResponseException], str]) -> SendError:
    """5xx of the recipient or the message is about this one alone; any other, or one that asks for a login, is about us."""
    if error.code < 500:
        return TryLater(reason(error), BUSY)
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return DoorClosed("login_refused", whole=True)
    ours = not isinstance(error, aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError) or error.code in (530, 535, 538)
    return DoorClosed(reason(error), whole=True) if ours else Refused(reason(error))


def untrusted(error: BaseException) -> bool:
    """Whether a certificate that we do not trust is at the bottom of it."""
    below = error.__cause__ or error.__context__
    return isinstance(error, ssl.SSLCertVerificationError) or (below is not None and untrusted(below))


def plain(address: str | None) -> str | None:
    """The address as it goes over the wire; None for what is none, or only for servers that speak SMTPUTF8."""
    user, _, domain = (address or "").rpartition("@")
    try:
        written = f"{user}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return None
    return written if _ADDRESS.fullmatch(written) else None
