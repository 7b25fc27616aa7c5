"""Somebody who knocks at /api/messages, with the SDK behind it and two listeners that write down what they hear."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn

from bot.teams.access import Access
from bot.teams.keys import Keys
from bot.teams.route import PATH, knock
from bot.teams.sdk import App, open_sdk
from bot.teams.tokens import Tokens
from bot.teams.trust import Trust
from bot.web import web_app
from tests.doors.teams_keys import CLIENT, TENANT, Hand, Microsoft, activity, plain, signed

HERE = "http://tocsin"
KIND = {"Content-Type": "application/json; charset=utf-8"}


@dataclass
class Noted:
    """What trusted activities told of where to answer."""

    told: list[dict[str, Any]] = field(default_factory=list)

    def note(self, activity: dict[str, Any]) -> None:
        self.told.append(activity)


@dataclass
class Door:
    microsoft: Microsoft
    app: App
    client: httpx.AsyncClient
    hand: Hand
    noted: Noted
    heard: list[dict[str, Any]]

    async def post(self, body: object = None, *, token: str | None = None, headers: Any = None) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body if body is not None else activity()).encode()
        told = headers if headers is not None else {**KIND, "Authorization": f"Bearer {token or signed()}"}
        return await self.client.post(PATH, content=content, headers=told)


_SDK: list[App] = []  # one for all tests: to build it takes a while, and it keeps nothing
HEARD: list[dict[str, Any]] = []


async def listening() -> App:
    """The SDK with two listeners. It asks nobody for anything."""
    if not _SDK:
        nowhere = Access(client_id=CLIENT, client_secret="", tenants=(TENANT,))
        app = await open_sdk(nowhere, Tokens(nowhere, plain()))
        app.on_message(hear)
        app.on_card_action(click)
        _SDK.append(app)
    return _SDK[0]


async def hear(ctx: Any) -> None:
    HEARD.append(ctx.activity.model_dump(by_alias=True, exclude_none=True, mode="json"))
    if ctx.activity.text == "break":
        raise RuntimeError("with words of the inside")


async def click(ctx: Any) -> dict[str, Any]:
    HEARD.append({"verb": ctx.activity.value.action.verb})
    return {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "done"}


@asynccontextmanager
async def knocking() -> AsyncIterator[Door]:
    HEARD.clear()
    app = await listening()
    async with Microsoft() as microsoft, plain() as web:
        access, hand, noted = microsoft.access(), Hand(), Noted()
        served = web_app([knock(app, Trust(access, web, Keys(access, web, hand)), noted)])
        transport = httpx.ASGITransport(served, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
            yield Door(microsoft, app, client, hand, noted, HEARD)


@asynccontextmanager
async def served(routes: list[Any]) -> AsyncIterator[str]:
    """On a port of this machine, as Teams would reach us."""
    server = uvicorn.Server(uvicorn.Config(web_app(routes), port=0, log_level="warning", lifespan="off"))
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await task
