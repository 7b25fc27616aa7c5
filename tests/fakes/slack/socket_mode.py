"""Socket Mode's side of Slack: connections, envelopes, acknowledgements, and requests to connect anew."""

import asyncio
import json
import uuid
from typing import Any

from aiohttp import WSMsgType, web

from .state import Json, State

# Slack announces the end of a connection some ten seconds ahead ("warning"), or asks to be refreshed at once.
GRACE = {"warning": 10.0, "refresh_requested": 1.0, "link_disabled": 0.0, "too_many_websockets": 0.0}


class Connection:
    """One WebSocket of the app, with the envelopes that it has not acknowledged yet."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self.socket = socket
        self.leaving = False
        self.waiting: dict[str, asyncio.Future[Any]] = {}

    @property
    def usable(self) -> bool:
        return not self.socket.closed and not self.leaving

    async def deliver(self, envelope: Json, seconds: float) -> tuple[bool, Any]:
        """(acknowledged, payload of the acknowledgement)."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.waiting[envelope["envelope_id"]] = future
        try:
            await self.socket.send_json(envelope)
            return True, await asyncio.wait_for(future, seconds)
        except (TimeoutError, ConnectionError):
            return False, None
        finally:
            self.waiting.pop(envelope["envelope_id"], None)

    def acknowledged(self, text: str) -> bool:
        """Take an acknowledgement; false for a frame that answers nothing (too late, or not an envelope)."""
        try:
            frame = json.loads(text)
        except ValueError:
            return False
        future = self.waiting.get(frame.get("envelope_id", ""))
        if future is None or future.done():
            return False
        future.set_result(frame.get("payload"))
        return True


class SocketMode:
    """All WebSockets of the app; each payload goes to one of them, in turn."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.connections: list[Connection] = []
        self.unanswered_frames: list[str] = []
        self._turn = 0
        self._closings: set[asyncio.Task[None]] = set()
        self._arrived = asyncio.Event()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self.state.tickets:
            return web.Response(status=403, text="invalid ticket")
        self.state.tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        connection = Connection(socket)
        self.connections.append(connection)
        try:
            await self._greet(connection)
            await self._listen(connection)
        finally:
            self.connections.remove(connection)
        return socket

    async def send(self, kind: str, payload: Json, extra: Json, seconds: float) -> tuple[bool, Any]:
        usable = [c for c in self.connections if c.usable]
        if not usable:
            return False, None
        self._turn += 1
        accepts = kind in {"interactive", "slash_commands"}
        envelope = {"envelope_id": str(uuid.uuid4()), "type": kind, "payload": payload, "accepts_response_payload": accepts}
        return await usable[self._turn % len(usable)].deliver({**envelope, **extra}, seconds)

    async def connected(self, count: int = 1, seconds: float = 5.0) -> None:
        """Wait until the app holds at least `count` connections."""
        async with asyncio.timeout(seconds):
            while sum(c.usable for c in self.connections) < count:
                self._arrived.clear()
                await self._arrived.wait()

    async def ask_to_reconnect(self, reason: str = "refresh_requested") -> None:
        """Tell every connection to make a new one; the old ones are closed after Slack's grace."""
        for connection in [c for c in self.connections if c.usable]:
            await self._dismiss(connection, reason)

    async def cut(self) -> None:
        """Drop every connection without a word."""
        for connection in list(self.connections):
            transport = connection.socket._req.transport if connection.socket._req else None
            if transport is not None:
                transport.abort()
        await asyncio.sleep(0)

    async def close(self) -> None:
        for task in self._closings:
            task.cancel()
        for connection in list(self.connections):
            await connection.socket.close()

    async def _greet(self, connection: Connection) -> None:
        if len(self.connections) > self.state.limits.socket_connections:
            await self._dismiss(connection, "too_many_websockets")
            return
        debug = {"host": "applink-fake", "build_number": 1, "approximate_connection_time": 18060}
        info = {"app_id": self.state.app_id}
        hello = {"type": "hello", "num_connections": len(self.connections), "debug_info": debug, "connection_info": info}
        await connection.socket.send_json(hello)
        self._arrived.set()

    async def _listen(self, connection: Connection) -> None:
        async for message in connection.socket:
            if message.type == WSMsgType.TEXT and not connection.acknowledged(message.data):
                self.unanswered_frames.append(message.data)

    async def _dismiss(self, connection: Connection, reason: str) -> None:
        connection.leaving = True
        await connection.socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-fake"}})
        task = asyncio.create_task(self._close_later(connection, GRACE[reason]))
        self._closings.add(task)
        task.add_done_callback(self._closings.discard)

    async def _close_later(self, connection: Connection, grace: float) -> None:
        await self.state.clock.sleep(grace)
        await connection.socket.close()
