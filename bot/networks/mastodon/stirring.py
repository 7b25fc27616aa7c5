"""The server's streams (server-sent events): they only make hearing faster, whoever asks misses nothing without them."""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from bot.networks.mastodon.faults import refusal
from bot.networks.mastodon.reading import Status, when
from bot.networks.mastodon.server import Server
from handlers.errors import DoorClosed, Refused, SendError
from handlers.networks import Gone

MOST = 6  # streams: one connection each
SILENT = 60.0  # seconds: Mastodon sends a heartbeat every 15
NOT_OFFERED = 900.0  # seconds until we ask again whether there are streams
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
APART, FURTHEST = 3.0, 15.0  # seconds between two stirs, and in a storm: paging has 300 calls in 15 minutes
_WAITING = 1000

_LATE = timedelta(minutes=5)  # a post of another server that arrives later stands below what was asked for already


@dataclass(frozen=True)
class Edited:
    status: Status


@dataclass(frozen=True)
class Late:
    """Asking might not find it any more."""

    status: Status


Told = Edited | Late | Gone | None
_TIMEOUT = httpx.Timeout(10.0, read=SILENT)


@dataclass(frozen=True)
class Stream:
    """Of a hashtag; without one our own, where mentions and what we follow arrive."""

    tag: str = ""

    @property
    def path(self) -> str:
        return "/api/v1/streaming/hashtag" if self.tag else "/api/v1/streaming/user"

    def read(self, event: str, data: str) -> Iterator[Told]:
        """Nothing for what is no matter of ours."""
        if event == "delete":
            yield Gone(data.strip())
        elif event == "status.update":
            yield Edited(json.loads(data))
        elif event == "update" and self.tag:
            status = json.loads(data)
            yield Late(status) if _is_late(status) else None
        elif event in ("notification", "notifications_merged"):
            yield None


def _is_late(status: Status) -> bool:
    try:
        return when(status) < datetime.now(UTC) - _LATE
    except (KeyError, TypeError, ValueError):
        return False


@dataclass
class Streams:
    server: Server
    streams: Sequence[Stream]
    _queue: asyncio.Queue[tuple[str, Told | SendError]] = field(default_factory=lambda: asyncio.Queue(_WAITING), init=False, repr=False)

    async def events(self) -> AsyncIterator[tuple[str, Told]]:
        """(hashtag, what it told), paced: None means that something came. Raises DoorClosed."""
        listening = [asyncio.create_task(self._listen(one)) for one in self.streams[:MOST]]
        gap, quiet_until = APART, 0.0
        try:
            while True:
                together = [await self._queue.get()]
                wait = quiet_until - time.monotonic()
                gap = min(gap * 1.5, FURTHEST) if wait > 0 else APART
                await asyncio.sleep(max(0.0, wait))
                while not self._queue.empty():
                    together.append(self._queue.get_nowait())
                quiet_until = time.monotonic() + gap
                for one in _once(together):
                    yield one
        finally:
            for task in listening:
                task.cancel()
            await asyncio.gather(*listening, return_exceptions=True)

    async def _listen(self, stream: Stream) -> None:
        """For ever; a connection that was lost is begun anew, later each time that it is lost at once."""
        wait = FIRST_WAIT
        while True:
            began = time.monotonic()
            try:
                await self._follow(stream)
            except (DoorClosed, Refused) as error:
                if isinstance(error, DoorClosed) and not stream.tag:
                    await self._queue.put(("", error))
                    return
                await asyncio.sleep(NOT_OFFERED)
            except (SendError, httpx.HTTPError, ValueError):
                pass
            wait = FIRST_WAIT if time.monotonic() - began > SILENT else min(wait * 2, LONGEST_WAIT)
            await asyncio.sleep(wait * random.uniform(0.5, 1.0))  # noqa: S311 - so that replicas do not come back together

    async def _follow(self, stream: Stream) -> None:
        address = (self.server.streaming or self.server.client.url) + stream.path
        params = {"tag": stream.tag} if stream.tag else {}
        async with self.server.client.http.stream("GET", address, params=params, timeout=_TIMEOUT) as response:
            if not response.is_success:
                raise refusal(response, (await response.aread())[:10_000], sends=False)
            if "text/event-stream" not in response.headers.get("Content-Type", ""):
                raise Refused("no stream")
            await self._queue.put((stream.tag, None))  # what came while nobody listened
            async for event, data in _events(response.aiter_lines()):
                for told in stream.read(event, data):
                    await self._queue.put((stream.tag, told))


def _once(together: Sequence[tuple[str, Any]]) -> Iterator[tuple[str, Told]]:
    """One stir for each stream, however often it was told."""
    stirred: set[str] = set()
    for tag, told in together:
        if isinstance(told, SendError):
            raise told
        if told is not None:
            yield tag, told
        elif tag not in stirred:
            stirred.add(tag)
            yield tag, None


async def _events(lines: AsyncIterator[str]) -> AsyncIterator[tuple[str, str]]:
    """As the standard of server-sent events lays down; comments (":thump") are heartbeats."""
    event, data = "", list[str]()
    async for line in lines:
        if not line and event:
            yield event, "\n".join(data)
        if not line:
            event, data = "", list[str]()
        elif line.startswith("event:"):
            event = line.removeprefix("event:").strip()
        elif line.startswith("data:"):
            data.append(line.removeprefix("data:").removeprefix(" "))
