"""What a request leaves behind: a number that the answer and everything logged meanwhile carry, one line when it is over, a count."""

import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars, unbind_contextvars

from handlers.tally import Tally

log = structlog.get_logger()
HEADER = "X-Request-Id"
LINES_MOST = 100  # in a second; what comes beyond them is counted, so that nobody fills our disk
_DOORS: Mapping[str, str] = {
    **dict.fromkeys(("healthz", "readyz", "metrics"), "probe"),
    "hooks": "webhook",
    "slack": "slack",
    "events": "stream",
    "static": "file",
}
_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
_SILENT = ("probe", "file")  # asked every few seconds, or by every page: told only when something is wrong


@dataclass
class Traffic:
    requests: Tally  # by door and kind of answer
    _second: int = 0
    _lines: int = 0
    _left_out: int = 0

    async def follow(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        request, began, status = secrets.token_hex(6), time.perf_counter(), 500

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (HEADER.lower().encode(), request.encode())]
            await send(message)

        with bound_contextvars(request=request):
            try:
                await app(scope, receive, observed)
            finally:
                self._over(scope, status, time.perf_counter() - began)
                unbind_contextvars("act", "case")

    def _over(self, scope: Scope, status: int, seconds: float) -> None:
        path = _shown(getattr(scope.get("route"), "path", ""))
        door = _door(path)
        if door != "stream":  # it lasts as long as somebody looks at the page
            self.requests.note(seconds, door, f"{status // 100}xx")
        if (door not in _SILENT or status >= 400) and self._may_tell():
            case = scope.get("path_params", {}).get("number", "")
            known = {"case": int(case)} if case.isascii() and case.isdigit() and len(case) < 16 else {}
            log.info("request", method=scope["method"], path=path or "none", status=status, ms=round(seconds * 1000), **known)

    def _may_tell(self) -> bool:
        """What was left out of a second is told with the first line of a later one."""
        second = int(time.monotonic())
        if second != self._second:
            left_out, self._second, self._lines, self._left_out = self._left_out, second, 0, 0
            if left_out:
                log.warning("requests_not_told", count=left_out)
        self._lines += 1
        self._left_out += self._lines > LINES_MOST
        return self._lines <= LINES_MOST


@cache
def _shown(route: str) -> str:
    """Of the route as we wrote it, never of what somebody asked for: that may hold anything, a token too."""
    return _PARAMETER.sub(r":\1", route)


def _door(path: str) -> str:
    return _DOORS.get(path.split("/")[1], "console") if path else "none"
