"""Renders late: turns an outbox row, which says what to show, into a card of how things stand at this moment."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flows.parts import Part
from handlers import cards
from handlers.answers import cards as answer_cards
from handlers.errors import Gone
from handlers.escalation import cards as notice_cards
from handlers.escalation.informing import is_stale
from handlers.insight import leaving
from handlers.insight.cards import digest_card
from handlers.insight.spike_cards import spike_card
from handlers.parts import offered
from handlers.ports import Card
from handlers.room import cards as room_cards
from handlers.shelf import Shelf
from handlers.stored_words import stored_words
from handlers.ways import Nothing
from storage import approvals, cases, crises, drafts, folding, people, replies, room_posts
from storage.cases import Post
from storage.database import Store, Work
from storage.outbox import Claimed


@dataclass(frozen=True)
class Shown:
    """A card, and the message that it replaces or the thread that it goes into, if any."""

    card: Card
    language: str
    message_id: str | None = None
    thread_id: str | None = None
    only_replaces: bool = False  # what was never shown needs nothing in its place


@dataclass(frozen=True)
class Renderer:
    store: Store
    shelf: Shelf
    languages: Mapping[str, str]  # workspace → the language of its channels

    async def show(self, row: Claimed) -> Shown:
        """Raises Nothing when there is nothing to show any more."""
        how = {
            "card": self._case,
            "mention": self._mention,
            "note": self._note,
            "pointer": self._pointer,
            "words": self._words,
            "waiting": self._waiting,
            "approval": self._approval,
            "receipt": self._receipt,
            "facts": self._facts,
            "statement": self._statement,
            "erased": self._erased,
            "notice": self._direct_notice,
            "call": self._call,
            "spike": self._spike,
            "digest": self._digest,
        }
        async with self.store.read() as work:
            return await how[row.kind](work, row)

    async def _case(self, work: Work, row: Claimed) -> Shown:
        view = await cards.load(work, self.shelf, row.case_id or 0)
        if view is None:
            raise Nothing
        posts = [post for post in await self._posts(work, row) if post.current]
        here = [post.message_id for post in posts if post.channel_id == row.channel_id]
        if posts and not here:
            raise Nothing
        return Shown(cards.case_card(view), self._language(row), message_id=here[-1] if here else None)

    async def _mention(self, work: Work, row: Claimed) -> Shown:
        case = await cases.get(work, row.case_id or 0)
        if case is None or case.erased_at:
            raise Nothing
        said = [one for one in await cases.mentions_of(work, case.id) if one.id == row.facts["id"]]
        return await self._in_thread(work, row, cards.mention_card(said[0])) if said else _nothing()

    async def _erased(self, work: Work, row: Claimed) -> Shown:
        """What stays of a card whose case was erased."""
        case = await cases.get(work, row.case_id or 0)
        return Shown(cards.erased_card(case), self._language(row), row.facts["message_id"], only_replaces=True) if case else _nothing()

    async def _note(self, work: Work, row: Claimed) -> Shown:
        """What was queued while FLOW said otherwise is not told to those who may not read it now."""
        if not self._part(row).notes:
            raise Nothing
        notes = [one for one in await cases.notes_of(work, row.case_id or 0) if one.id == row.facts["id"]]
        return await self._in_thread(work, row, cards.note_card(notes[0])) if notes else _nothing()

    async def _pointer(self, work: Work, row: Claimed) -> Shown:
        """A card that may have arrived before its case moved has no id to point from until the destination is asked."""
        case = await cases.get(work, row.case_id or 0)
        message_id = row.facts.get("message_id") or row.external_id
        return Shown(cards.pointer_card(case), self._language(row), message_id, only_replaces=True) if case else _nothing()

    async def _words(self, work: Work, row: Claimed) -> Shown:
        """What is meant for one person speaks their language, and is not told to somebody who has left, nor once it is no news any more."""
        person = await people.by_id(work, row.facts["person"]) if row.facts.get("person") else None
        if (row.facts.get("person") and person is None) or is_stale(row.facts, await work.now()):
            raise Nothing
        language = person.languages[0] if person and person.languages else self._language(row)
        return Shown(Card(title=stored_words(row.facts), tone=row.facts["tone"]), language, row.external_id)

    async def _spike(self, work: Work, row: Claimed) -> Shown:
        """To one person in their language, if they have not left; or where somebody has subscribed."""
        person = await people.by_id(work, row.facts["person"]) if row.facts.get("person") else None
        card = await spike_card(work, self.shelf.present, row.facts)
        if card is None or (row.facts.get("person") and person is None):
            raise Nothing
        language = person.languages[0] if person and person.languages else row.facts.get("language") or self._language(row)
        return Shown(card, language, row.external_id)

    async def _waiting(self, work: Work, row: Claimed) -> Shown:
        count, gravest = await folding.folded(work, row.lane)
        return Shown(cards.waiting_card(count, gravest), self._language(row), row.external_id or row.facts.get("message_id"))

    async def _approval(self, work: Work, row: Claimed) -> Shown:
        """One version for ever, whatever became of its draft; where it was shown once it stays, though it be decided elsewhere now."""
        sheet = await answer_cards.load(work, self.shelf, row.facts["id"])
        if sheet is None or sheet.case.erased_at:
            raise Nothing
        posted = (await approvals.posts_of(work, row.facts["id"])).get(row.workspace)
        card = offered(answer_cards.approval_card(sheet), self._part(row))
        if posted:
            return Shown(card, self._language(row), posted[1])
        return await self._in_thread(work, row, card) if self._part(row).approvals else _nothing()

    async def _receipt(self, work: Work, row: Claimed) -> Shown:
        """What became of a reply, as it stands now."""
        reply = await replies.get(work, row.facts["id"])
        version = await drafts.get(work, reply.version_id) if reply else None
        if reply is None or version is None or not version.text:
            raise Nothing
        return await self._in_thread(work, row, offered(answer_cards.receipt_card(reply, version), self._part(row)))

    async def _direct_notice(self, work: Work, row: Claimed) -> Shown:
        """To one person, in their language; what nobody waits for any more, or who has left, is told nothing that was not told before."""
        reading = await notice_cards.read(work, self.shelf, row.facts["id"])
        if reading is None:
            raise Nothing
        asks, known = bool(reading.waiting and reading.people), reading.notice.external_id or row.external_id
        if not (asks or known or row.attempt > 1):  # what was tried may stand there all the same
            raise Nothing
        spoken = [language for person in reading.people for language in person.languages[:1]]
        language = spoken[0] if spoken else self._language(row)
        return Shown(notice_cards.notice_card(reading), language, known, only_replaces=not asks)

    async def _call(self, work: Work, row: Claimed) -> Shown:
        """To all whom a step calls, in the case's thread."""
        reading = await notice_cards.read(work, self.shelf, row.facts["id"])
        if reading is None or not reading.matters or not (reading.waiting or reading.notice.external_id or row.attempt > 1):
            raise Nothing
        card = notice_cards.call_card(reading)
        if reading.notice.external_id:
            return Shown(card, self._language(row), reading.notice.external_id)
        return replace(await self._in_thread(work, row, card), only_replaces=not reading.waiting)

    async def _digest(self, work: Work, row: Claimed) -> Shown:
        """As it was composed, in the language of whoever subscribed."""
        found = await leaving.read(work, row.facts["id"])
        return Shown(digest_card(found.digest), found.subscription.language) if found else _nothing()

    async def _facts(self, work: Work, row: Claimed) -> Shown:
        """The board of a crisis, as things stand."""
        crisis = await crises.get(work, row.facts["id"])
        if crisis is None:
            raise Nothing
        card = room_cards.board_card(await room_cards.load(work, self.shelf.present, crisis))
        return await self._of_room(work, row, card)

    async def _statement(self, work: Work, row: Claimed) -> Shown:
        reading = await room_cards.read(work, self.shelf.present, row.facts["id"])
        if reading is None:
            raise Nothing
        card = offered(room_cards.statement_card(reading), self._part(row))
        shown = await self._of_room(work, row, card)
        return shown if shown.message_id or self._part(row).approvals else _nothing()

    async def _of_room(self, work: Work, row: Claimed, card: Card) -> Shown:
        """Where it was shown once, it stays."""
        posted = (await room_posts.of(work, f"{row.kind}:{row.facts['id']}")).get(row.workspace)
        return Shown(card, self._language(row), posted[1] if posted else None)

    async def _in_thread(self, work: Work, row: Claimed, card: Card) -> Shown:
        """Raises Gone when no card stands there any more."""
        here = [post.message_id for post in await self._posts(work, row) if post.channel_id == row.channel_id]
        if not here:
            raise Gone("no_card")
        return Shown(card, self._language(row), row.external_id, thread_id=here[-1])

    async def _posts(self, work: Work, row: Claimed) -> list[Post]:
        """Where the case's cards stand in the row's workspace."""
        posts = (await cases.posts_of(work, [row.case_id or 0])).get(row.case_id or 0, [])
        return [post for post in posts if post.workspace == row.workspace]

    def _part(self, row: Claimed) -> Part:
        return self.shelf.present.part_of(row.workspace)

    def _language(self, row: Claimed) -> str:
        return self.languages.get(row.workspace, "en")


def _nothing() -> Shown:
    raise Nothing
