"""Evidence of what was known, said, approved and sent, in one case or in a whole crisis; and the proof that nobody changed it since."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flows.flow import Flow
from handlers.errors import Told
from handlers.history import retold
from handlers.ports import Words
from storage import evidence, timeline
from storage.database import Store, Work
from storage.evidence import Scope
from storage.timeline import Break, Proof

TABLES = tuple(evidence.TABLES)
QUOTED = ("text", "reason", "outcome")  # what somebody wrote, as a link keeps it
NAMED = ("network", "version", "rule", "tags", "kind", "name", "crisis")  # what the words of a link say already


class NoSuchSubject(Told):
    """Facts: case, 0 for a crisis; crisis, 0 for the latest."""

    template = "evidence.no_such_subject"


@dataclass(frozen=True)
class Event:
    """One link for a reader. `quote` is what was written then; `besides` the rest of what was recorded; `erased` when that is gone."""

    chain: str
    seq: int
    at: datetime
    who: str
    door: str
    words: Words
    quote: str
    besides: Mapping[str, str]
    erased: bool


@dataclass(frozen=True)
class Dossier:
    """Everything about one subject, as of one moment. Each method reads anew and never holds more than a thousand rows."""

    work: Work
    scope: Scope
    flow: Flow
    crisis: str
    at: datetime

    @property
    def case_id(self) -> int:
        """0 when it is about a whole crisis."""
        return self.scope.case_id or 0

    async def links(self) -> AsyncIterator[dict[str, Any]]:
        async for row in evidence.links(self.work, self.scope):
            yield timeline.as_line(row) | {"person": row["person"]}

    def columns(self, table: str) -> Sequence[str]:
        return evidence.columns(table)

    async def table(self, table: str) -> AsyncIterator[Sequence[Any]]:
        async for row in evidence.table(self.work, table, self.scope):
            yield list(row.values())

    async def story(self) -> AsyncIterator[Event]:
        """In the order in which it was recorded."""
        async for row in evidence.links(self.work, self.scope, in_time=True):
            yield self._event(row)

    def _event(self, row: Mapping[Any, Any]) -> Event:
        payload = row["payload"] or {}
        return Event(
            chain=row["chain"],
            seq=row["seq"],
            at=row["at"],
            who=row["person"] or "",
            door=row["door"],
            words=retold(self.flow, _Link(row["act"], row["payload"]), row["person"] or ""),
            quote=next((str(payload[name]) for name in QUOTED if payload.get(name)), ""),
            besides={name: _plain(value) for name, value in payload.items() if name not in (*QUOTED, *NAMED) and value not in (None, "")},
            erased=row["salt"] is None,
        )


@dataclass(frozen=True)
class _Link:
    act: str
    payload: Mapping[str, Any] | None


def _plain(value: Any) -> str:
    return str(value) if isinstance(value, (str, int, float)) else timeline.canonical(value)


@dataclass(frozen=True)
class Evidence:
    store: Store
    flow: Flow

    @asynccontextmanager
    async def of_case(self, case_id: int) -> AsyncIterator[Dossier]:
        """With the crisis that it belongs to. Raises NoSuchSubject."""
        async with self.store.read() as work:
            await evidence.hold_still(work)
            yield await self._dossier(work, await evidence.of_case(work, case_id), case=case_id)

    @asynccontextmanager
    async def of_crisis(self, crisis_id: int | None = None) -> AsyncIterator[Dossier]:
        """With every case that belongs to it; the latest when no number is given. Raises NoSuchSubject."""
        async with self.store.read() as work:
            await evidence.hold_still(work)
            yield await self._dossier(work, await evidence.of_crisis(work, crisis_id), crisis=crisis_id or 0)

    async def _dossier(self, work: Work, scope: Scope | None, *, case: int = 0, crisis: int = 0) -> Dossier:
        if scope is None:
            raise NoSuchSubject(case=case, crisis=crisis)
        return Dossier(work, scope, self.flow, await evidence.crisis_name(work, scope), await work.now())


def prove(lines: Iterable[Mapping[str, Any]]) -> tuple[int, Sequence[Break]]:
    """Recompute the chains of a pack from its own links, in their order. A line that is no link raises ValueError."""
    proof = Proof()
    for line in lines:
        try:
            proof.take(timeline.from_line(line))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(type(error).__name__) from error
    return proof.count, list(proof.breaks.values())
