"""What both plain bots are besides their queue: cards come in by HTTP, one channel after the other sends them as its platform lets it."""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Protocol

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


class Queues(Protocol):
    """By channel."""

    waiting: Mapping[str, asyncio.Queue[str]]

    def drain(self, channel: str) -> Awaitable[None]: ...


def _web_app(queues: Queues) -> Starlette:
    async def card(request: Request) -> Response:
        said = await request.json()
        queues.waiting[said["channel"]].put_nowait(said["text"])
        return PlainTextResponse("ok")

    async def ready(_: Request) -> Response:
        return PlainTextResponse("ok")

    return Starlette(routes=[Route("/cards", card, methods=["POST"]), Route("/readyz", ready)])


async def run(queues: Queues, port: int) -> None:
    quiet = {"log_config": None, "access_log": False, "server_header": False, "lifespan": "off"}
    server = uvicorn.Server(uvicorn.Config(_web_app(queues), port=port, **quiet))  # type: ignore[arg-type]
    await asyncio.gather(server.serve(), *(queues.drain(channel) for channel in list(queues.waiting)))
