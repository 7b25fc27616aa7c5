"""A case as a conversation: its drafts and replies in order of time, what changed in them, and what else the same person wrote about."""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from handlers.acts import Act, admit
from handlers.answers import cards
from handlers.answers.desk import is_theirs
from handlers.ports import Card, Who
from handlers.shelf import Shelf
from storage import drafts, past_cases, replies
from storage.database import Store, Work
from storage.drafts import Version
from storage.past_cases import PastCase
from storage.people import Person
from storage.types import DraftStatus, ReplyState

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
KEPT, GONE, NEW = "kept", "gone", "new"
Pieces = Sequence[tuple[str, str]]  # (KEPT, GONE or NEW, words), which make up the text before and after


@dataclass(frozen=True)
class Talked:
    """A draft or a reply. `mine`: the reader may approve it now; `own`: the reader wrote it."""

    at: datetime
    version_id: int
    card: Card
    changes: Pieces
    mine: bool
    own: bool
    status: str


@dataclass(frozen=True)
class Talk:
    store: Store
    shelf: Shelf

    async def of_case(self, who: Who, case_id: int) -> Sequence[Talked]:
        """Each draft where its present version was written, each reply where it was sent."""
        async with self.store.read() as work:
            person = await admit(work, who, Act.SEE)
            found = [await self._talked(work, one, person) for one in await drafts.of_case(work, case_id)]
            return sorted(filter(None, found), key=lambda one: one.at)

    async def _talked(self, work: Work, version: Version, person: Person) -> Talked | None:
        sheet = await cards.load(work, self.shelf, version.id)
        if sheet is None:
            return None
        reply, card = sheet.reply, cards.approval_card(sheet)
        said = reply if reply and reply.state in (ReplyState.SENT, ReplyState.UNCONFIRMED) else None
        if said and said.state is ReplyState.SENT:
            who = tuple(words for words in card.small if words.name != "draft.receipt")
            card = replace(cards.receipt_card(said, version), small=(card.title, *who))
        mine, own = await is_theirs(work, self.shelf, sheet, person), version.author_id == person.id
        changes = pieces(sheet.before.text, version.text) if sheet.before else ()
        at = (said.sent_at if said else None) or version.created_at
        return Talked(at, version.id, card, changes, mine, own, str(version.status))

    async def changes(self, who: Who, version_ids: Sequence[int]) -> Mapping[int, Pieces]:
        """By version: what changed since the one that it revises, for those that do."""
        async with self.store.read() as work:
            await admit(work, who, Act.SEE)
            found = {}
            for version_id in version_ids:
                version = await drafts.get(work, version_id)
                before = await drafts.before(work, version) if version else None
                if version and before:
                    found[version_id] = pieces(before.text, version.text)
            return found

    async def waiting(self, who: Who) -> int:
        """How many drafts wait for a yes, and replies for a person's look."""
        async with self.store.read() as work:
            await admit(work, who, Act.SEE)
            counts = await replies.counts(work)
            kept = counts.get(ReplyState.HELD, 0) + counts.get(ReplyState.UNCONFIRMED, 0)
            return await drafts.count(work, DraftStatus.IN_APPROVAL) + kept

    async def other_cases(self, who: Who, case_id: int) -> Sequence[PastCase]:
        """Of the same person, whichever account they wrote from; the newest first."""
        async with self.store.read() as work:
            await admit(work, who, Act.SEE)
            return await past_cases.of_person(work, case_id)


def pieces(before: str, after: str) -> Pieces:
    """Word by word: the text after with what was taken out still in its place."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    found: list[tuple[str, str]] = []
    for _, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, came = "".join(old[a:b]), "".join(new[c:d])
        found += [(KEPT, came)] if gone == came else [(kind, words) for kind, words in ((GONE, gone), (NEW, came)) if words]
    return found
