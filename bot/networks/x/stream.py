"""X's filtered stream: its rules kept in step with what we listen for, and its posts handed on as they come."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing, suppress
from typing import Any

import aiohttp
import structlog
from tweepy import StreamRule
from tweepy.asynchronous import AsyncStreamingClient

from bot.networks.x import costs, fields
from bot.networks.x.client import Json, Origin, X, body
from bot.networks.x.faults import FAILURES, Answered, is_barred, reading, while_reading
from bot.networks.x.money import Meter
from bot.networks.x.queries import TAG, rules
from bot.networks.x.reading import posts
from handlers.errors import SendError, TryLater
from handlers.networks import News

log = structlog.get_logger()

# a sign of life comes every 20 s; X's page "Handling disconnections" asks for waits that double, up to 320 s
SILENCE = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=25)
FIRST_WAIT, LONGEST_WAIT, BARRED, SAVING = 1.0, 320.0, 3600.0, 60.0  # seconds; lost for the first time, begun anew at once
ALIVE = b""


class Ended(Exception):
    """X closed the stream."""


class Stream:
    """One connection at a time. Whoever begins it anew waits here as long as X asks for: it never runs in circles."""

    def __init__(self, x: X, meter: Meter, words: Sequence[str], handle: Callable[[], Awaitable[str]]) -> None:
        self._x = x
        self._meter = meter
        self._words = words
        self._handle = handle
        self._wait = 0.0
        self._not_before = 0.0

    async def stirs(self) -> AsyncGenerator[News | None, None]:
        if not await self._may():
            return
        try:
            async with aclosing(self._listened()) as listened:
                async for news in listened:
                    yield news
        except Ended:
            self._put_off(1.0)
            return
        except FAILURES as error:
            self._after(error)
            raise reading(error) from None
        except SendError as error:
            self._put_off(max(error.after.total_seconds(), 1.0) if isinstance(error, TryLater) else LONGEST_WAIT)
            raise

    async def _may(self) -> bool:
        """Waits until X may be called again; False while there is no money for it."""
        await asyncio.sleep(max(0.0, self._not_before - time.monotonic()))
        if await self._meter.thrift():
            await asyncio.sleep(SAVING)
            return False
        return True

    def _after(self, error: Exception) -> None:
        self._wait = min(self._wait * 2 or FIRST_WAIT, LONGEST_WAIT)
        if is_barred(error):
            log.warning("x_will_not_stream", reason=reading(error).reason)
            self._put_off(BARRED)
        elif isinstance(error, Answered) and isinstance(refused := reading(error), TryLater):
            self._put_off(max(self._wait, refused.after.total_seconds()))
        else:
            self._put_off(self._wait)

    def _put_off(self, seconds: float) -> None:
        self._not_before = time.monotonic() + seconds

    async def _listened(self) -> AsyncGenerator[News | None, None]:
        client = _Client(self._x)
        try:
            await self._keep_rules(client)
            client.filter(**fields.POSTS)
            async for news in self._told(client):
                yield news
        finally:
            await client.end()

    async def _told(self, client: "_Client") -> AsyncGenerator[News | None, None]:
        while True:
            told = await client.arrived.get()
            if isinstance(told, Exception):
                raise told
            if told is None:
                self._wait = 0.0
                yield None  # connected: what came meanwhile is asked for
            elif told != ALIVE:
                for news in await self._read(json.loads(told)):
                    yield news
            if await self._meter.thrift():
                return

    async def _read(self, told: Json) -> Sequence[News]:
        """Posts that only other people's rules asked for are paid for, and left alone."""
        if "data" not in told:
            raise Ended  # X says why it hangs up
        await self._meter.reads("read", [str(told["data"].get("id", ""))], costs.READ)
        tags = {str(one.get("tag", "")) for one in told.get("matching_rules") or ()}
        if not any(tag.startswith(TAG) for tag in tags):
            return ()
        return posts({**told, "data": [told["data"]]}, self._x.account)

    async def _keep_rules(self, client: "_Client") -> None:
        """Only ours are touched: others in the same project may have some too."""
        with while_reading():
            wanted = rules(self._words, await self._handle(), self._x.account)
            standing = (await body(await client.get_rules())).get("data") or []
            ours = {one["id"]: (one.get("tag", ""), one["value"]) for one in standing if one.get("tag", "").startswith(TAG)}
            wrong = [id_ for id_, rule in ours.items() if rule not in wanted.items()]
            if wrong:
                await client.delete_rules(wrong)
            missing = [StreamRule(value, tag) for tag, value in wanted.items() if (tag, value) not in ours.values()]
            if missing:
                await client.add_rules(missing)


class _Client(AsyncStreamingClient):  # type: ignore[misc]
    """tweepy's, which would begin anew for ever, without a pause where X hangs up politely: here it ends at once, and says so."""

    def __init__(self, x: X) -> None:
        super().__init__(x.keys.bearer, return_type=aiohttp.ClientResponse)
        self.session = Origin(x.url, x.keys, SILENCE)
        self.arrived: asyncio.Queue[bytes | Exception | None] = asyncio.Queue(1000)

    async def on_connect(self) -> None:
        await self.arrived.put(None)

    async def on_data(self, raw_data: bytes) -> None:
        await self.arrived.put(raw_data)

    async def on_keep_alive(self) -> None:
        await self.arrived.put(ALIVE)

    async def on_closed(self, resp: Any) -> None:  # noqa: ARG002 - tweepy names it
        raise Ended

    async def on_connection_error(self) -> None:
        raise ConnectionError

    async def on_exception(self, exception: Exception) -> None:
        await self.arrived.put(exception)

    async def on_disconnect(self) -> None:
        """Whoever listens is told by what ended it."""

    async def end(self) -> None:
        self.disconnect()
        if self.task is not None:
            with suppress(asyncio.CancelledError):
                await asyncio.wait([self.task])
        await self.session.close()
