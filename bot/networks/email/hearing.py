"""What the mailbox tells us: read page by page, with the server's own push (IDLE) to make it faster."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from aiosmtplib import SMTPException

from bot.networks.email.fetching import fetched
from bot.networks.email.mailbox import Line, Mailbox
from bot.networks.email.own import Own
from bot.networks.email.place import Place
from bot.networks.email.position import Position
from bot.networks.email.reading import read
from bot.submission import Submission, entered, send_error
from handlers.errors import DoorClosed
from handlers.networks import Can, Heard, News, Standing

PAGE = 50  # mails
EVERY = timedelta(seconds=50)  # some servers offer IDLE and never push
QUIET = 540.0  # seconds of one IDLE: below the ten minutes after which many routers forget a connection (RFC 2177 allows 29 minutes)
_AT_ONCE = 0.5  # an IDLE that is over sooner, and brought nothing, is a connection that has ended
_SMTP_PATIENCE = 12
_WITHOUT_PUSH = 3600.0


@dataclass(frozen=True)
class Inbox:
    """A `Source`. Nothing in the mailbox is ever changed: mails stay unread, and where they are."""

    own: Own
    imap: Place
    smtp: Submission
    mailbox: Mailbox
    name: str = "email"
    every: timedelta = EVERY
    quiet: float = QUIET

    async def since(self, cursor: str | None) -> Heard:
        return await self.mailbox.ask(lambda line: self._page(line, cursor))

    def _page(self, line: Line, cursor: str | None) -> Heard:
        validity, top = _numbered(line)
        position = Position.read(cursor, validity, top, datetime.now(UTC))
        uids, end = position.found(line.client(), top)
        if not uids:
            return Heard((), str(position.after(end)), more=end < top)
        taken, mails = fetched(line, uids[:PAGE])
        news = [read(mail, self.own) for mail in mails if position.is_new(mail.arrived_at)]
        through = len(taken) == len(uids)
        after = position.after(end if through else taken[-1], (mail.arrived_at for mail in mails))
        return Heard([one for one in news if one is not None], str(after), more=not through or end < top)

    async def stirs(self) -> AsyncIterator[News | None]:
        """A connection of its own. Without IDLE there is nothing to wait for."""
        mailbox = Mailbox(self.imap)
        try:
            if not await mailbox.ask(_can_idle):
                await asyncio.sleep(_WITHOUT_PUSH)
                return
            yield None  # what came while nobody waited
            while True:
                if await mailbox.ask(self._waited, again=False, within=None):
                    yield None
        finally:
            await mailbox.close()

    def _waited(self, line: Line) -> bool:
        """Whether something has arrived."""
        client = line.client()
        _, said = client.noop()  # what came between two IDLEs
        if _arrived(said):
            return True
        client.idle()
        until = monotonic() + self.quiet
        arrived = False
        while not arrived and (left := until - monotonic()) > 0:
            begun = monotonic()
            said = client.idle_check(timeout=left)
            arrived = _arrived(said)
            if not said and monotonic() - begun < min(_AT_ONCE, left / 2):
                raise EOFError
        _, said = client.idle_done()
        return arrived or _arrived(said)

    async def standing(self) -> Standing:
        """Both servers are asked to let us in."""
        entrance = Mailbox(self.imap)  # whoever is in already would not notice that the password has changed
        try:
            await entrance.ask(lambda line: line.examine())
        finally:
            await entrance.close()
        try:
            async with asyncio.timeout(_SMTP_PATIENCE), entered(self.smtp, self.own.domain) as client:
                await client.noop()
        except (SMTPException, OSError, ValueError) as error:
            failed = send_error(error, handed_over=False)
            if not isinstance(failed, DoorClosed) or failed.reason != "login_refused":
                raise failed from None
            return Standing(self.own.address, (Can.HEAR_PRIVATE,), (Can.ANSWER_PRIVATE,))
        return Standing(self.own.address, (Can.HEAR_PRIVATE, Can.ANSWER_PRIVATE))

    async def close(self) -> None:
        await self.mailbox.close()


def _numbered(line: Line) -> tuple[int, int]:
    """The UIDVALIDITY of the mailbox, and its highest UID. Old servers do not say which comes next."""
    said = line.examine()
    top = int(said[b"UIDNEXT"]) - 1 if b"UIDNEXT" in said else max(line.client().search(["UID", "*"]), default=0)
    return int(said.get(b"UIDVALIDITY", 0)), top


def _arrived(said: Sequence[Any]) -> bool:
    """Whether there are more mails than before: others may leave, or be marked as read."""
    return any(len(one) > 1 and one[1] == b"EXISTS" for one in said)


def _can_idle(line: Line) -> bool:
    line.examine()
    return bool(line.client().has_capability("IDLE"))
