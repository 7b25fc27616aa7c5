"""Tells a colleague by email, handed in at a submission server (RFC 6409)."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from enum import StrEnum
from urllib.parse import unquote, urlsplit

import aiosmtplib
from pydantic import SecretStr

from bot.notices.letter import letter
from bot.notices.wording import mark
from bot.addresses import LOOPBACK
from handlers.couriers import Colleague, Letter, Notice
from handlers.errors import DoorClosed, Refused, SendError, TryLater, Unconfirmed
from handlers.ports import Bucket

NAME = "email"
PATIENCE = 25.0  # seconds for all of it: under half a lease
EACH = 10.0  # seconds for one answer of the server
AWAY = timedelta(seconds=10)
BUSY = timedelta(seconds=60)  # a 4xx; greylisting asks for about as much
ALL_MAILS = Bucket("email", timedelta(milliseconds=200), burst=20)
_ADDRESS = re.compile(r"[\w!#$%&'*+/=?^`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}", re.ASCII)


class Encryption(StrEnum):
    """REQUIRED by STARTTLS, from the first byte (IMPLICIT), or as offered: to this machine alone."""

    REQUIRED = "required"
    IMPLICIT = "implicit"
    OFFERED = "offered"


@dataclass(frozen=True)
class Submission:
    """The server that takes our mail."""

    host: str
    port: int
    encryption: Encryption
    user: str = ""
    password: str = field(default="", repr=False)


def submission(url: SecretStr) -> Submission:
    """`smtp://user:password@host:587` or `smtps://…`, as the settings have checked it."""
    parts = urlsplit(url.get_secret_value())
    host = parts.hostname or ""
    unsealed = Encryption.OFFERED if host in LOOPBACK else Encryption.REQUIRED
    port, encryption = (465, Encryption.IMPLICIT) if parts.scheme == "smtps" else (587, unsealed)
    return Submission(host, parts.port or port, encryption, unquote(parts.username or ""), unquote(parts.password or ""))


@asynccontextmanager
async def entered(server: Submission, greeting: str, each: float = EACH) -> AsyncIterator[aiosmtplib.SMTP]:
    """A connection, encrypted and signed in. `greeting` is the name that we give ourselves; `each` answer may take so many seconds."""
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
        if server.user:
            await client.login(server.user, server.password)
        yield client
        with suppress(aiosmtplib.SMTPException, OSError):
            await client.quit(timeout=1)
    finally:
        client.close()


@dataclass(frozen=True)
class Mail:
    """`sender` is what people see (`Tocsin <tocsin@example.com>`). A message handed in twice has the same Message-ID."""

    server: Submission
    sender: str
    each: float = EACH
    name: str = NAME
    repeats_harmlessly: bool = True

    def address(self, colleague: Colleague) -> str | None:
        return _plain(colleague.email)

    def limits(self, address: str) -> Sequence[Bucket]:
        return (Bucket(f"email:{mark(address)}", timedelta(seconds=2), burst=5), ALL_MAILS)

    async def tell(self, address: str, notice: Notice) -> str:
        """Its Message-ID."""
        return await self._hand_in(address, lambda to: letter(notice, self.sender, to))

    async def send(self, address: str, digest: Letter) -> str:
        """Its Message-ID. The pictures are drawn beside: they take the processor for a second."""
        from bot.notices.digest_letter import digest_letter  # noqa: PLC0415 - what draws is read with the first digest

        return await self._hand_in(address, await asyncio.to_thread(digest_letter, digest, self.sender))

    async def _hand_in(self, address: str, written: Callable[[str], EmailMessage]) -> str:
        to, own = _plain(address), parseaddr(self.sender)[1]
        if to is None:
            raise Refused("bad_address")
        message = written(to)
        progress = Progress()
        try:
            async with asyncio.timeout(PATIENCE), entered(self.server, own.rpartition("@")[2], self.each) as client:
                await client.mail(own)
                await client.rcpt(to)
                await progress.hand_over(client, message.as_bytes(), self.each)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            if not progress.taken:  # what goes wrong with saying goodbye is of no interest
                raise send_error(error, handed_over=progress.handed_over) from None
        return str(message["Message-ID"])


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


def send_error(error: Exception, *, handed_over: bool) -> SendError:
    """What a failure means. A reason has a code of ours or the server's number, never its words: they may quote addresses."""
    if isinstance(error, aiosmtplib.SMTPResponseException) and error.code > 0:
        return _answered(error)
    if handed_over:
        return Unconfirmed("timeout" if isinstance(error, TimeoutError) else "connection_lost")
    if _untrusted(error):
        return DoorClosed("certificate", whole=True)
    if type(error) is aiosmtplib.SMTPException:  # no STARTTLS, or no way to sign in: it has no error of its own for them
        return DoorClosed("not_offered", whole=True)
    return TryLater("timeout" if isinstance(error, TimeoutError) else "no_connection", AWAY)


def _answered(error: aiosmtplib.SMTPResponseException) -> SendError:
    """5xx of the recipient or the message is about this one alone; any other, or one that asks for a login, is about us."""
    if error.code < 500:
        return TryLater(f"smtp_{error.code}", BUSY)
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return DoorClosed("login_refused", whole=True)
    ours = not isinstance(error, aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError) or error.code in (530, 535, 538)
    return DoorClosed(f"smtp_{error.code}", whole=True) if ours else Refused(f"smtp_{error.code}")


def _untrusted(error: BaseException) -> bool:
    """Whether a certificate that we do not trust is at the bottom of it."""
    below = error.__cause__ or error.__context__
    return isinstance(error, ssl.SSLCertVerificationError) or (below is not None and _untrusted(below))


def _plain(address: str | None) -> str | None:
    """The address as it goes over the wire; None for what is none, or only for servers that speak SMTPUTF8."""
    user, _, domain = (address or "").rpartition("@")
    try:
        plain = f"{user}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return None
    return plain if _ADDRESS.fullmatch(plain) else None
