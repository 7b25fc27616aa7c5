"""Tells a colleague by email."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.utils import parseaddr

import aiosmtplib

from bot.notices.letter import letter
from bot.notices.wording import mark
from bot.submission import EACH, Progress, Submission, entered, plain, send_error
from handlers.couriers import Colleague, Letter, Notice
from handlers.errors import Refused
from handlers.ports import Bucket

NAME = "email"
PATIENCE = 25.0  # seconds for all of it: under half a lease
ALL_MAILS = Bucket("email", timedelta(milliseconds=200), burst=20)


@dataclass(frozen=True)
class Mail:
    """`sender` is what people see (`Tocsin <tocsin@example.com>`). A message handed in twice has the same Message-ID."""

    server: Submission
    sender: str
    each: float = EACH
    name: str = NAME
    repeats_harmlessly: bool = True

    def address(self, colleague: Colleague) -> str | None:
        return plain(colleague.email)

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
        to, own = plain(address), parseaddr(self.sender)[1]
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
