"""The one ASGI app: every door's routes side by side, and what a host asks of a process: /healthz, /readyz, /metrics."""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import structlog
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from bot.metrics import Own, exposition
from bot.traffic import Traffic
from handlers.tally import Tally
from handlers.vitals import Reading, Vitals

log = structlog.get_logger()


class Watching(Protocol):
    """What the last look of the watch found."""

    def unfit(self) -> list[str]:
        """Why nobody should be sent to this process."""
        ...

    def found(self) -> list[str]:
        """All of it, also what every replica sees alike: were that a reason not to be sent to, none would be left."""
        ...


@dataclass(frozen=True)
class Probes:
    """`token` opens /metrics, which without one is told only while nobody but this machine can reach us (`private`)."""

    vitals: Vitals
    watch: Watching
    token: SecretStr | None
    private: bool
    own: Own = field(default_factory=Own)

    def routes(self) -> list[Route]:
        return [Route("/healthz", self.alive), Route("/readyz", self.ready), Route("/metrics", self.metrics)]

    async def alive(self, _: Request) -> Response:
        return PlainTextResponse("ok")

    async def ready(self, request: Request) -> Response:
        """503 also from the moment when the host told us to stop: whoever sends people here has a few seconds to send them elsewhere."""
        leaving = "leaving" if request.app.state.leaving else None
        found = {leaving, await self.vitals.ready(), *self.watch.unfit()}
        wrong = sorted(reason for reason in found if reason)
        return JSONResponse({"ready": not wrong, "wrong": wrong, "found": self.watch.found()}, 503 if wrong else 200)

    async def metrics(self, request: Request) -> Response:
        if not self._lets_in(request.headers.get("authorization", "").removeprefix("Bearer ")):
            return PlainTextResponse("", 401)
        reading = await self._reading()
        told = exposition(reading, [*self.watch.found(), *([] if reading else ["database_away"])], self.own)
        return Response(told, media_type="text/plain; version=0.0.4; charset=utf-8")

    async def _reading(self) -> Reading | None:
        """Without the database the rest is still told: that is when somebody looks."""
        try:
            return await self.vitals.read()
        except Exception as error:  # noqa: BLE001 - whatever it is, the watch says it
            log.warning("metrics_without_rows", reason=type(error).__name__)
            return None

    def _lets_in(self, given: str) -> bool:
        if not self.token:
            return self.private
        return hmac.compare_digest(given.encode(), self.token.get_secret_value().encode())


async def _fault(_: Request, error: Exception) -> Response:
    """Says nothing of the inside: a reference that the log has too."""
    reference = secrets.token_hex(4)
    log.error("request_failed", reference=reference, exc_info=error)
    return JSONResponse({"error": "internal", "reference": reference}, 500)


async def _gone(_: Request, _error: Exception) -> Response:
    """Whoever asked has left: nobody reads this, and it is no fault of ours."""
    return Response(status_code=400)


class _App(Starlette):
    """With everything that a request leaves behind under one number, a fault behind all doors too."""

    traffic: Traffic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.traffic.follow(super().__call__, scope, receive, send)


def web_app(routes: Sequence[BaseRoute], requests: Tally | None = None) -> Starlette:
    app = _App(routes=list(routes), exception_handlers={Exception: _fault, ClientDisconnect: _gone})
    app.traffic = Traffic(requests or Tally())
    app.state.leaving = False
    app.router.redirect_slashes = False  # it would lead to whichever host the caller named
    return app
