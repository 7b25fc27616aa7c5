"""Stands in front of a real server and plays what such a server will not do when it is asked to: being busy, broken, or gone."""

from collections import deque
from collections.abc import Callable
from typing import Self

import httpx
from aiohttp import web

BUSY, BROKEN, LOST, CUT = "busy", "broken", "lost", "cut"
_OWN = {"connection", "content-length", "content-encoding", "host", "keep-alive", "transfer-encoding"}


class FaultProxy:
    """`async with FaultProxy(url, changes) as proxy: proxy.url`. `changes`: whether a path does something; LOST waits for one that does."""

    def __init__(self, behind: str, changes: Callable[[str], bool]) -> None:
        self.behind, self.changes = behind, changes
        self.faults: deque[str] = deque()

    async def __aenter__(self) -> Self:
        self._client = httpx.AsyncClient(base_url=self.behind, timeout=30)
        app = web.Application(client_max_size=20_000_000)
        app.router.add_route("*", "/{path:.*}", self._hand_on)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()
        await self._client.aclose()

    async def _hand_on(self, request: web.Request) -> web.StreamResponse:
        fault = self._next_fault(request.path)
        if fault == BUSY:
            return web.json_response({"error": "RateLimitExceeded"}, status=429, headers={"Retry-After": "1"})
        if fault == BROKEN:
            return web.Response(status=503, text="<html>no healthy upstream</html>", content_type="text/html")
        if fault == CUT:
            return _hung_up(request)
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _OWN}
        said = await self._client.request(request.method, str(request.rel_url), content=await request.read(), headers=headers)
        if fault == LOST:
            return _hung_up(request)
        answered = {name: value for name, value in said.headers.items() if name.lower() not in _OWN}
        return web.Response(status=said.status_code, body=said.content, headers=answered)

    def _next_fault(self, path: str) -> str:
        if not self.faults or (self.faults[0] == LOST and not self.changes(path)):
            return ""
        return self.faults.popleft()


def _hung_up(request: web.Request) -> web.Response:
    """Nobody reads this answer any more."""
    if request.transport:
        request.transport.abort()
    return web.Response()
