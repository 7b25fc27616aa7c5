"""Sends a reply to the customer, and finds out what became of it as far as anybody can."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import aiosmtplib
import structlog

from bot.networks.email.filing import Files
from bot.networks.email.own import Own
from bot.networks.email.writing import addressee, checked, letter, on_the_wire
from bot.submission import EACH, Progress, Submission, entered, plain, send_error
from handlers.errors import CannotAsk, Refused, SendError, TryLater
from handlers.networks import Abilities, Published, Reply
from handlers.ports import Bucket

log = structlog.get_logger()
PATIENCE = 14.0  # seconds for handing in; with the copy it stays below half a lease
REASON_MOST = 300
OVER_QUOTA = timedelta(hours=1)
_QUOTA = ("5.4.5",)  # Gmail's word for: no more today


@dataclass(frozen=True)
class Mail:
    """A `Network`: always private, and what has left cannot be taken back."""

    own: Own
    smtp: Submission
    files: Files
    each: float = EACH
    name: str = "email"
    abilities: Abilities = field(default_factory=lambda: Abilities(public=False, asks=False))

    @property
    def account(self) -> str:
        return self.own.address

    def most(self, *, private: bool) -> int | None:  # noqa: ARG002 - a mail has no end
        return None

    def length(self, text: str) -> int:
        return len(text)

    def limits(self, act: str) -> Sequence[Bucket]:
        """Thirty a minute, which the strictest of the great providers lets through (Exchange Online)."""
        return (Bucket(f"{self.name}:{self.account}#{act}", timedelta(seconds=2), burst=10),)

    async def publish(self, reply: Reply) -> Published:
        if not reply.private:
            raise Refused("private_in_public")
        message = letter(reply, self.own, checked(plain(addressee(reply)), self.own))
        published = Published(self.own.message_id(reply.token, reply.conversation_id))
        whole = on_the_wire(message)
        await self._hand_in(str(message["To"]), whole)
        await self._file(published.external_id, whole)
        return published

    async def _hand_in(self, to: str, message: bytes) -> None:
        progress = Progress()
        try:
            async with asyncio.timeout(PATIENCE), entered(self.smtp, self.own.domain, self.each) as client:
                await client.mail(self.own.address)
                await client.rcpt(to)
                await progress.hand_over(client, message, self.each)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            if not progress.taken:  # what goes wrong with saying goodbye is of no interest
                raise _failed(error, progress) from None

    async def _file(self, message_id: str, message: bytes) -> None:
        """The reply has left: nothing that goes wrong here may look as if it had not."""
        try:
            await self.files.file(message_id, message)
        except SendError as error:
            log.warning("email_copy_not_kept", reason=error.reason)
        except Exception:
            log.exception("email_copy_not_kept")

    async def find(self, reply: Reply, since: datetime) -> Published | None:  # noqa: ARG002 - a copy has no other date
        """A kept copy proves that it was taken; none proves nothing, since a copy may have failed, and no SMTP server can be asked."""
        message_id = self.own.message_id(reply.token, reply.conversation_id)
        if await self.files.has(message_id):
            return Published(message_id)
        raise CannotAsk("no_copy_kept")

    async def delete(self, external_id: str) -> None:  # noqa: ARG002 - whichever it is
        raise Refused("cannot_be_taken_back")


def _failed(error: Exception, progress: Progress) -> SendError:
    if isinstance(error, aiosmtplib.SMTPResponseException) and any(code in error.message for code in _QUOTA):
        return TryLater("over_quota", OVER_QUOTA)
    return send_error(error, handed_over=progress.handed_over, reason=_words)


def _words(error: aiosmtplib.SMTPResponseException) -> str:
    return " ".join(f"{error.code} {error.message}".split())[:REASON_MOST]
