"""What a message that somebody has just clicked should show at this moment, told from where our cards stand."""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers import cards
from handlers.answers import cards as answer_cards
from handlers.answers.acts import FILLED, OF_REPLY, PRESSED
from handlers.escalation import acts as ladder_acts
from handlers.escalation import cards as notice_cards
from handlers.parts import offered
from handlers.ports import Card
from handlers.room import cards as room_cards
from handlers.shelf import Shelf
from storage import approvals, calls, cases, crises, drafts, notices, replies, room_posts
from storage.crises import Crisis
from storage.database import Store, Work
from storage.notices import Notice

OF_CASE = ("reply", "handover", "hide")  # answers that are begun from a case's own card
OF_BOARD = ("fact", "attest")
OF_LADDER = (*ladder_acts.PRESSED, *ladder_acts.FILLED)
OF_STATEMENT = ("approve_statement", "reject_statement", "withdraw_statement")


@dataclass(frozen=True)
class Clicked:
    """A button, or the form that it opened, in a workspace. Without `message_id`: on a message of one person's own."""

    act: str
    ids: str
    workspace: str = ""
    message_id: str = ""
    channel_id: str = ""  # where that is known: a message's id may be another's elsewhere

    def id(self, part: int) -> int | None:
        """The first or the second of its ids, if it is a number."""
        found = self.ids.split(":")[part : part + 1]
        return int(found[0]) if found and found[0].isdecimal() else None


@dataclass(frozen=True)
class Glance:
    """Reading only, for a person who has just acted."""

    store: Store
    shelf: Shelf

    async def at(self, clicked: Clicked) -> Card | None:
        """None for a message that is not known (yet), or of which nobody can tell what it shows."""
        async with self.store.read() as work:
            card = await (self._posted(work, clicked) if clicked.message_id else self._private(work, clicked))
        return card and offered(card, self.shelf.present.part_of(clicked.workspace))

    async def _posted(self, work: Work, clicked: Clicked) -> Card | None:
        if clicked.act in OF_LADDER:
            return await self._notice_there(work, clicked) or await self._case_there(work, clicked)
        version_id = await approvals.shown_at(work, clicked.workspace, clicked.message_id, clicked.channel_id)
        if version_id is not None:
            return await self._approval(work, version_id)
        subject = await room_posts.shown_at(work, clicked.workspace, clicked.message_id, clicked.channel_id)
        if subject is not None:
            kind, _, number = subject.partition(":")
            return await (self._board(work, await crises.get(work, int(number))) if kind == "facts" else self._statement(work, int(number)))
        return await (self._receipt(work, clicked.id(1)) if clicked.act in OF_REPLY else self._case_there(work, clicked))

    async def _private(self, work: Work, clicked: Clicked) -> Card | None:
        """An answer that one person alone sees: known by what can be done on it."""
        if clicked.act in OF_BOARD:
            return await self._board(work, await crises.current(work))
        if clicked.act in OF_STATEMENT:
            return await self._statement(work, clicked.id(0))
        if clicked.act in OF_REPLY:
            return await self._of_reply(work, clicked.id(1))
        if clicked.act in (*PRESSED, *FILLED) and clicked.act not in OF_CASE:
            return await self._approval(work, clicked.id(1))
        return await self._case(work, clicked.id(0))

    async def _case_there(self, work: Work, clicked: Clicked) -> Card | None:
        """The case's card where it stands now, a pointer where it stood before."""
        case_id = clicked.id(0)
        posts = (await cases.posts_of(work, [case_id])).get(case_id, []) if case_id is not None else []
        here = [post for post in posts if (post.workspace, post.message_id) == (clicked.workspace, clicked.message_id)]
        view = await cards.load(work, self.shelf, case_id) if here and case_id is not None else None
        if view is None:
            return None
        return cards.case_card(view) if here[-1].current else cards.pointer_card(view.case)

    async def _notice_there(self, work: Work, clicked: Clicked) -> Card | None:
        """What calls somebody: to one person in their direct messages, or to several in the case's thread."""
        there = (clicked.workspace, clicked.message_id)
        found = next((one.id for one in await self._notices(work, clicked) if (one.way, one.external_id) == there), None)
        reading = await notice_cards.read(work, self.shelf, found) if found is not None else None
        if reading is None or not reading.matters:
            return None
        return notice_cards.call_card(reading) if reading.notice.case_id else notice_cards.notice_card(reading)

    async def _notices(self, work: Work, clicked: Clicked) -> Sequence[Notice]:
        number = clicked.id(0)
        if number is None:
            return ()
        if clicked.act == ladder_acts.ALL:
            notice = await notices.get(work, number)
            return (notice,) if notice else ()
        return await notices.of_calls(work, [call.id for call in await calls.of_case(work, number)])

    async def _case(self, work: Work, case_id: int | None) -> Card | None:
        view = await cards.load(work, self.shelf, case_id) if case_id is not None else None
        return cards.case_card(view) if view else None

    async def _approval(self, work: Work, version_id: int | None) -> Card | None:
        sheet = await answer_cards.load(work, self.shelf, version_id) if version_id is not None else None
        return answer_cards.approval_card(sheet) if sheet else None

    async def _receipt(self, work: Work, reply_id: int | None) -> Card | None:
        reply = await replies.get(work, reply_id) if reply_id is not None else None
        version = await drafts.get(work, reply.version_id) if reply else None
        return answer_cards.receipt_card(reply, version) if reply and version else None

    async def _of_reply(self, work: Work, reply_id: int | None) -> Card | None:
        """Its receipt once customers can have read it, its version's card before."""
        reply = await replies.get(work, reply_id) if reply_id is not None else None
        if reply is None or reply.sent_at:
            return await self._receipt(work, reply_id)
        return await self._approval(work, reply.version_id)

    async def _board(self, work: Work, crisis: Crisis | None) -> Card | None:
        return room_cards.board_card(await room_cards.load(work, self.shelf.present, crisis)) if crisis else None

    async def _statement(self, work: Work, statement_id: int | None) -> Card | None:
        reading = await room_cards.read(work, self.shelf.present, statement_id) if statement_id is not None else None
        return room_cards.statement_card(reading) if reading else None
