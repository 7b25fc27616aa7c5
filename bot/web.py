"""The one ASGI app: every door's routes side by side, and what a host asks of a process: /healthz, /readyz, /metrics."""

import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.metrics import exposition
from handlers.vitals import Vitals

log = structlog.get_logger()


@dataclass(frozen=True)
class Probes:
    """`unwell`: what the last look found wrong; `late`: the ticks that should have ended by now; `token` opens /metrics, which without one
    is told only while nobody but this machine can reach us (`private`).
    """

    vitals: Vitals
    unwell: Callable[[], str | None]
    late: Callable[[], list[str]]
    token: SecretStr | None
    private: bool

    def routes(self) -> list[Route]:
        return [Route("/healthz", self.alive), Route("/readyz", self.ready), Route("/metrics", self.metrics)]

    async def alive(self, _: Request) -> Response:
        return PlainTextResponse("ok")

    async def ready(self, request: Request) -> Response:
        """503 also from the moment when the host told us to stop: whoever sends people here has a few seconds to send them elsewhere."""
        leaving = "leaving" if request.app.state.leaving else None
        found = {leaving, await self.vitals.ready(), self.unwell(), *(f"tick_late:{name}" for name in self.late())}
        wrong = sorted(reason for reason in found if reason)
        return JSONResponse({"ready": not wrong, "wrong": wrong}, 503 if wrong else 200)

    async def metrics(self, request: Request) -> Response:
        if not self._lets_in(request.headers.get("authorization", "").removeprefix("Bearer ")):
            return PlainTextResponse("", 401)
        return Response(exposition(await self.vitals.read()), media_type="text/plain; version=0.0.4; charset=utf-8")

    def _lets_in(self, given: str) -> bool:
        if not self.token:
            return self.private
        return hmac.compare_digest(given.encode(), self.token.get_secret_value().encode())


async def _fault(request: Request, error: Exception) -> Response:
    """Says nothing of the inside: a reference that the log has too."""
    reference = secrets.token_hex(4)
    log.error("request_failed", reference=reference, path=request.url.path, exc_info=error)
    return JSONResponse({"error": "internal", "reference": reference}, 500)


async def _gone(_: Request, _error: Exception) -> Response:
    """Whoever asked has left: nobody reads this, and it is no fault of ours."""
    return Response(status_code=400)


def web_app(routes: Sequence[BaseRoute]) -> Starlette:
    app = Starlette(routes=list(routes), exception_handlers={Exception: _fault, ClientDisconnect: _gone})
    app.state.leaving = False
    app.router.redirect_slashes = False  # it would lead to whichever host the caller named
    return app
