"""The networks of the demo and of rehearsals: the sample crisis is played, and replies are published nowhere."""

import asyncio
import heapq
import json
import os
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.wire import read_file
from handlers.networks import REHEARSED, Abilities, Network, Published, Reply
from handlers.ports import Bucket, Mention, Receipt

AT_ONCE = 12  # so that the first look finds something
EVERY = 1.2  # seconds
BOTH, PUBLIC, PRIVATE = Abilities(delete=True), Abilities(private=False, delete=True), Abilities(public=False)
META = Abilities(delete=True, private_once=True)
# network → what it carries, and the longest public and private text; characters are counted, as the strictest of them count
CARRY: dict[str, tuple[Abilities, int | None, int | None]] = {
    "x": (BOTH, 280, 10_000),
    "mastodon": (BOTH, 500, 500),
    "bluesky": (PUBLIC, 300, None),
    "facebook": (META, 8_000, 2_000),
    "instagram": (META, 2_200, 1_000),
    "threads": (PUBLIC, 500, None),
    "linkedin": (PUBLIC, 1_250, None),
    "youtube": (PUBLIC, 10_000, None),
    "email": (PRIVATE, None, None),
}


def samples(folder: Path) -> Iterator[Mention]:
    """The hours of all languages in one stream, in the order in which they were written."""
    hours = [[one for one in read_file(path, "dry_run") if isinstance(one, Mention)] for path in sorted(folder.glob("*.jsonl"))]
    return heapq.merge(*hours, key=lambda one: one.posted_at)


@dataclass(frozen=True)
class DryRun:
    """What was played before is not played again."""

    receive: Callable[[Sequence[Mention]], Awaitable[list[Receipt]]]

    async def play(self, folder: Path, every: float = EVERY) -> int:
        """How many were new. Each is dated at the moment at which it is played."""
        new = 0
        for one in samples(folder):
            receipt = (await self.receive([replace(one, posted_at=datetime.now(UTC))]))[0]
            new += receipt.new
            if receipt.new and new > AT_ONCE:
                await asyncio.sleep(every)
        return new


def rehearsed(file: Path) -> dict[str, Network]:
    """Every network that we know by name; none of them reaches anybody."""
    return {name: DryRunNetwork(name, Nowhere(file), *carried) for name, carried in CARRY.items()}


@dataclass(frozen=True)
class Nowhere:
    """A file of JSON Lines that keeps what would have been published, and still has it when we are killed before we can note it."""

    file: Path

    def put(self, line: dict[str, Any]) -> None:
        with self.file.open("ab+") as kept:
            kept.write(self._mend() + json.dumps(line, ensure_ascii=False).encode() + b"\n")
            kept.flush()
            os.fsync(kept.fileno())

    def _mend(self) -> bytes:
        """Ends a line that a power cut tore, so that only that one is lost."""
        with self.file.open("rb") as kept:
            if kept.seek(0, os.SEEK_END) == 0:
                return b""
            kept.seek(-1, os.SEEK_END)
            return b"" if kept.read(1) == b"\n" else b"\n"

    def has(self, token: str) -> bool:
        return any(line.get("token") == token for line in self.lines())

    def lines(self) -> Iterator[dict[str, Any]]:
        for line in self.file.read_bytes().split(b"\n") if self.file.exists() else ():
            with suppress(ValueError):
                yield json.loads(line)


@dataclass(frozen=True)
class DryRunNetwork:
    """A `Network`. Its receipts say that nobody outside has read it."""

    name: str
    nowhere: Nowhere
    abilities: Abilities
    public_most: int | None
    private_most: int | None
    account: str = "dry_run"

    def most(self, *, private: bool) -> int | None:
        return self.private_most if private else self.public_most

    def length(self, text: str) -> int:
        return len(text)

    def limits(self, act: str) -> Sequence[Bucket]:
        return (Bucket(f"{self.name}:{self.account}#{act}", timedelta(milliseconds=200), burst=5),)

    async def publish(self, reply: Reply) -> Published:
        said = {"text": reply.text, "language": reply.language, "private": reply.private}
        to = {"in_reply_to": reply.in_reply_to, "to": reply.customer.handle or reply.customer.external_id}
        line = {"network": self.name, "at": datetime.now(UTC).isoformat(), **to, **said, "token": reply.token}
        await asyncio.to_thread(self.nowhere.put, line)
        return _published(reply)

    async def find(self, reply: Reply, since: datetime) -> Published | None:  # noqa: ARG002 - it keeps them all
        return _published(reply) if await asyncio.to_thread(self.nowhere.has, reply.token) else None

    async def delete(self, external_id: str) -> None:
        line = {"network": self.name, "at": datetime.now(UTC).isoformat(), "deleted": external_id.removeprefix(REHEARSED)}
        await asyncio.to_thread(self.nowhere.put, line)


def _published(reply: Reply) -> Published:
    return Published(f"{REHEARSED}{reply.token}")
