"""The append-only record of who did what: one hash chain per case, whose links hold salted commitments instead of the facts themselves.

A link is SHA-256 over (the link before, chain, seq, moment, act, person, door, commitment); the commitment is SHA-256 over a random
salt and the payload. Erasing a person deletes payload and salt: the chain still proves that nothing was added, moved or taken out.
"""

import hashlib
import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.tables import timeline, timeline_days

GENESIS = bytes(32)
MACHINE = "machine"
_PLAIN = ("chain", "seq", "act", "person_id", "door", "payload")
_BYTES = ("salt", "commitment", "hash")


@dataclass(frozen=True)
class Entry:
    """One act to remember. `person_id` is None when the machine acted; `fresh` promises that the chain has no link yet."""

    chain: str
    act: str
    payload: Mapping[str, Any]
    person_id: int | None = None
    door: str = MACHINE
    fresh: bool = False


@dataclass(frozen=True)
class Break:
    """The first link of a chain that does not hold, and what is wrong with it: seq, hash or payload."""

    chain: str
    seq: int
    wrong: str


def case_chain(case_id: int) -> str:
    return f"case:{case_id}"


canonical = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


def _commit(salt: bytes, payload: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(salt + canonical(payload).encode()).digest()


def _link(before: bytes, row: Mapping[Any, Any]) -> bytes:
    moment = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    parts = (row["chain"], row["seq"], moment, row["act"], row["person_id"], row["door"], row["commitment"].hex())
    return hashlib.sha256(before + "\x1f".join(map(str, parts)).encode()).digest()


async def append(work: Work, entries: Sequence[Entry]) -> None:
    """Add links in the given order. Chains that already have links are held until the end of the transaction."""
    if not entries:
        return
    at = await work.now()
    heads = await _heads(work, {entry.chain for entry in entries if not entry.fresh})
    rows = []
    for entry in entries:
        seq, before = heads.get(entry.chain, (0, GENESIS))
        salt = secrets.token_bytes(16)
        row: dict[str, Any] = {
            "chain": entry.chain,
            "seq": seq + 1,
            "at": at,
            "act": entry.act,
            "person_id": entry.person_id,
            "door": entry.door,
            "payload": dict(entry.payload),
            "salt": salt,
            "commitment": _commit(salt, entry.payload),
        }
        row["hash"] = _link(before, row)
        heads[entry.chain] = (seq + 1, row["hash"])
        rows.append(row)
    await work.execute(sa.insert(timeline), rows)


async def _heads(work: Work, chains: set[str]) -> dict[str, tuple[int, bytes]]:
    if not chains:
        return {}
    await work.lock_names([f"timeline:{chain}" for chain in chains])
    last = (
        sa.select(timeline.c.chain, sa.func.max(timeline.c.seq).label("seq")).where(timeline.c.chain.in_(chains)).group_by(timeline.c.chain)
    )
    latest = last.subquery()
    query = sa.select(timeline.c.chain, timeline.c.seq, timeline.c.hash).join(
        latest, (timeline.c.chain == latest.c.chain) & (timeline.c.seq == latest.c.seq)
    )
    return {row.chain: (row.seq, row.hash) for row in await work.execute(query)}


def as_line(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A link as plain values: moments in ISO 8601, bytes in hex."""
    at = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    packed = {name: row[name].hex() if row[name] is not None else None for name in _BYTES}
    return {name: row[name] for name in _PLAIN} | {"at": at} | packed


def from_line(line: Mapping[str, Any]) -> dict[str, Any]:
    """Raises ValueError, KeyError or TypeError when it is no link."""
    packed = {name: bytes.fromhex(line[name]) if line[name] is not None else None for name in _BYTES}
    return {name: line[name] for name in _PLAIN} | {"at": datetime.fromisoformat(line["at"])} | packed


async def of_chain(work: Work, chain: str) -> Sequence[sa.Row[Any]]:
    """The links of one chain, oldest first."""
    return (await work.execute(sa.select(timeline).where(timeline.c.chain == chain).order_by(timeline.c.seq))).all()


async def acts_since(work: Work, chain: str, moment: datetime, acts: Collection[str]) -> Sequence[str]:
    """What people, not machines, have done in a chain after one of `acts` at a moment: by order, since a clock may have been set back."""
    c = timeline.c
    then = await work.scalar(sa.select(sa.func.max(c.seq)).where(c.chain == chain, c.at == moment, c.act.in_(acts)))
    after = c.seq > then if then else c.at > moment
    return (await work.execute(sa.select(c.act).where(c.chain == chain, after, c.person_id.is_not(None)))).scalars().all()


async def since(work: Work, moment: datetime, door: str) -> Sequence[sa.Row[Any]]:
    """What came through one door since a moment, newest first, 500 at most."""
    query = sa.select(timeline).where(timeline.c.at >= moment, timeline.c.door == door).order_by(timeline.c.id.desc()).limit(500)
    return (await work.execute(query)).all()


async def newest(work: Work) -> str:
    """A sign that differs after every link: the newest id, and how many of the latest 500 are here, since ids come before commits."""
    last = await work.scalar(sa.select(sa.func.coalesce(sa.func.max(timeline.c.id), 0)))
    here = await work.scalar(sa.select(sa.func.count()).where(timeline.c.id > last - 500))
    return f"{last}.{here}"


@dataclass
class Proof:
    """Follows links, given chain by chain in their order, and remembers the first break of each."""

    count: int = 0
    breaks: dict[str, Break] = field(default_factory=dict)
    _chain: str = ""
    _seq: int = 0
    _before: bytes = GENESIS

    def take(self, row: Mapping[Any, Any]) -> None:
        self.count += 1
        if row["chain"] != self._chain:
            self._chain, self._seq, self._before = row["chain"], 0, GENESIS
        wrong = _wrong(row, self._seq, self._before)
        if wrong and self._chain not in self.breaks:
            self.breaks[self._chain] = Break(self._chain, row["seq"], wrong)
        self._seq, self._before = row["seq"], row["hash"]


async def verify(work: Work) -> tuple[int, list[Break]]:
    """Recompute every chain: how many links were read, and the first break of each chain that has one."""
    proof = Proof()
    rows = await work.connection.stream(sa.select(timeline).order_by(timeline.c.chain, timeline.c.seq).execution_options(yield_per=1000))
    async for row in rows.mappings():
        proof.take(row)
    return proof.count, [*proof.breaks.values(), *await _broken_days(work)]


def _wrong(row: Mapping[Any, Any], seq: int, before: bytes) -> str | None:
    if row["seq"] != seq + 1:
        return "seq"
    if _link(before, row) != row["hash"]:
        return "hash"
    kept = row["payload"] is not None and row["salt"] is not None
    return "payload" if kept and _commit(row["salt"], row["payload"]) != row["commitment"] else None


async def days_to_seal(work: Work) -> list[datetime]:
    """The finished UTC days since the last one that was sealed, or since the first link."""
    last = await work.scalar(sa.select(sa.func.max(timeline_days.c.day)))
    first = await work.scalar(sa.select(sa.func.min(timeline.c.at)))
    if first is None:
        return []
    day = datetime.fromisoformat(last).replace(tzinfo=UTC) + timedelta(days=1) if last else _midnight(first)
    today = _midnight(await work.now())
    return [day + timedelta(days=number) for number in range(max(0, (today - day).days))]


def _midnight(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


async def seal_day(work: Work, day: datetime) -> bool:
    """Keep the head of one finished UTC day apart: SHA-256 over the hashes of its links in order. False when it was sealed before."""
    links, last_id, head = await _head_of(work, day)
    row = {"day": f"{day:%Y-%m-%d}", "links": links, "last_id": last_id, "head": head, "sealed_at": await work.now()}
    return bool((await work.execute(work.insert(timeline_days).values(row).on_conflict_do_nothing())).rowcount)


async def _head_of(work: Work, day: datetime) -> tuple[int, int, bytes]:
    start = _midnight(day)
    query = sa.select(timeline.c.id, timeline.c.hash).where(timeline.c.at >= start, timeline.c.at < start + timedelta(days=1))
    digest, links, last_id = hashlib.sha256(), 0, 0
    rows = await work.connection.stream(query.order_by(timeline.c.chain, timeline.c.seq).execution_options(yield_per=1000))
    async for row in rows:
        digest.update(row.hash)
        links, last_id = links + 1, max(last_id, row.id)
    return links, last_id, digest.digest()


async def _broken_days(work: Work) -> list[Break]:
    breaks = []
    for sealed in (await work.execute(sa.select(timeline_days).order_by(timeline_days.c.day))).all():
        links, _, head = await _head_of(work, datetime.fromisoformat(sealed.day).replace(tzinfo=UTC))
        if (links, head) != (sealed.links, sealed.head):
            breaks.append(Break(f"day:{sealed.day}", links, "hash"))
    return breaks
