"""The line to a real server: it plays what no server does when asked to (429, 503, hanging up before or after), and garbles what it carries."""

import asyncio
import json
from collections import deque
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Self
from urllib.parse import urlsplit

BUSY, BROKEN, LOST, DEAD_TOKEN, CUT = "busy", "broken", "lost", "dead_token", "cut"
# words and shapes as Mastodon has them: config/locales/en.yml, app/controllers/concerns/api/error_handling.rb, Doorkeeper
ANSWERS = {
    BUSY: (429, "Too many requests"),
    BROKEN: (503, "There was a temporary problem serving your request, please try again"),
    DEAD_TOKEN: (401, "The access token is invalid"),
}


class Line:
    """`async with Line(url) as line: line.url`. LOST waits for a call that changes something."""

    def __init__(self, behind: str) -> None:
        self.behind = urlsplit(behind)
        self.faults: deque[str] = deque()
        self.garbled: list[tuple[bytes, bytes]] = []  # what is replaced in answers, by as many bytes
        self.carried: list[tuple[str, str, bytes]] = []  # method, path, head of every call
        self.bodies: list[bytes] = []

    async def __aenter__(self) -> Self:
        self._tasks: set[asyncio.Task[None]] = set()
        self._server = await asyncio.start_server(self._begin, "127.0.0.1", 0, limit=2**20)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._carry(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._one(reader, writer)
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        method, path = head.decode("latin-1").split(" ", 2)[:2]
        body = await reader.readexactly(_length(head))
        self.carried.append((method, path, head))
        self.bodies.append(body)
        fault = self._next(method)
        if fault == CUT:
            writer.transport.abort()
        elif fault in ANSWERS:
            writer.write(_answer(*ANSWERS[fault]))
            await writer.drain()
        else:
            await self._hand_on(head, body, writer, keep="/streaming/" not in path, lost=fault == LOST)

    async def _hand_on(self, head: bytes, body: bytes, writer: asyncio.StreamWriter, *, keep: bool, lost: bool) -> None:
        above, below = await asyncio.open_connection(self.behind.hostname, self.behind.port)
        try:
            below.write(_closing(head) + body)
            if not keep:
                while part := await above.read(65_536):
                    writer.write(part)
                    await writer.drain()
                return
            told = await above.read()
        finally:
            below.close()
        for old, new in self.garbled:
            told = told.replace(old, new)
        if lost:
            writer.transport.abort()
            return
        writer.write(told)
        await writer.drain()

    def _next(self, method: str) -> str:
        if not self.faults or (self.faults[0] == LOST and method == "GET"):
            return ""
        return self.faults.popleft()


def _length(head: bytes) -> int:
    for line in head.decode("latin-1").split("\r\n"):
        if line.lower().startswith("content-length:"):
            return int(line.split(":")[1])
    return 0


def _closing(head: bytes) -> bytes:
    lines = [line for line in head[:-4].split(b"\r\n") if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*lines, b"Connection: close", b"", b""])


def _answer(status: int, words: str) -> bytes:
    """A limit tells its end as Mastodon does (config/initializers/rack_attack.rb): a moment, in no header of HTTP's own."""
    body = json.dumps({"error": words}).encode()
    end = (datetime.now(UTC) + timedelta(seconds=2)).isoformat(timespec="microseconds").replace("+00:00", "Z")
    limit = f"X-RateLimit-Limit: 300\r\nX-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: {end}\r\n" if status == 429 else ""
    head = f"HTTP/1.1 {status} Fault\r\nContent-Type: application/json\r\n{limit}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body
