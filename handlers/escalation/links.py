"""Links in our mails that lead to a page whose button acknowledges: signed, for one person and one notice, for three days.

Whoever holds one acts as that person, as with any mail that is forwarded: it can acknowledge what that one notice holds, and nothing else.
"""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, URLSafeTimedSerializer

from handlers.errors import LinkBroken, LinkOver
from handlers.escalation import cards
from handlers.escalation.acknowledging import Acknowledging
from handlers.ports import Card, Who
from handlers.shelf import Shelf
from storage import keys, people
from storage.database import Store
from storage.notices import Notice as Kept

VALID = timedelta(days=3)
PATH = "/acknowledge/"
PURPOSE = "acknowledge"


@dataclass(frozen=True)
class Lead:
    """What a link leads to as it stands now: cases that still wait for this person, and those that are theirs already."""

    card: Card
    name: str
    language: str
    waiting: tuple[int, ...]
    theirs: tuple[int, ...]


@dataclass
class Links:
    """`prepare` once, before anything is signed. The key is a row: every replica signs with the same one."""

    store: Store
    shelf: Shelf
    acknowledging: Acknowledging
    url: str = ""  # ours, as people reach it
    _signer: URLSafeTimedSerializer | None = field(default=None, repr=False)

    async def prepare(self, url: str) -> None:
        async with self.store.begin() as work:
            key = await keys.get_or_make(work, PURPOSE, secrets.token_hex(32))
            await work.commit()
        self.url, self._signer = url.rstrip("/"), URLSafeTimedSerializer(key, salt=PURPOSE)

    def link(self, notice: Kept) -> str | None:
        """None for what calls nobody in particular."""
        if self._signer is None or notice.person_id is None:
            return None
        return f"{self.url}{PATH}{self._signer.dumps([notice.id, notice.person_id])}"

    def _read(self, token: str) -> tuple[int, int]:
        """(notice id, person id). Raises LinkOver for one that is too old, LinkBroken for one that is not ours, or not whole."""
        try:
            if self._signer is None:
                raise LinkBroken
            (notice_id, person_id), signed_at = self._signer.loads(token[:500], return_timestamp=True)
        except (BadSignature, TypeError, ValueError):
            raise LinkBroken from None
        if datetime.now(UTC) - signed_at > VALID:  # one of the future comes from a replica whose clock is ahead, and is ours all the same
            raise LinkOver
        return notice_id, person_id

    async def show(self, token: str) -> Lead:
        """Without a customer's word, in the words of whom it was sent to. Changes nothing."""
        notice_id, person_id = self._read(token)
        async with self.store.read() as work:
            person, reading = await people.by_id(work, person_id), await cards.read(work, self.shelf, notice_id)
        if person is None or reading is None:
            raise LinkOver
        waiting = tuple(one.case.id for one in reading.waiting)
        theirs = tuple(one.case.id for one in reading.taken if reading.is_theirs(one))
        return Lead(cards.notice_card(reading), person.name, person.languages[0] if person.languages else "en", waiting, theirs)

    async def acknowledge(self, token: str) -> list[int]:
        """The numbers of the cases that this person has from now on. Raises NothingWaits when others have all of them."""
        notice_id, person_id = self._read(token)
        return list(await self.acknowledging.acknowledge_all(Who("console", str(person_id)), notice_id))
