"""The least that a Slack app can do with a click: Bolt, one row committed, the acknowledgement. `python -m tests.bench.plain_bolt`, settings from the environment."""

import asyncio
import re
from typing import Any

import sqlalchemy as sa
import uvicorn
from pydantic_settings import BaseSettings
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from storage.database import Store

clicks = sa.Table(
    "clicks", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("value", sa.Text), sa.Column("person", sa.Text)
)


class Settings(BaseSettings):
    database_url: str
    port: int
    slack_bot_token: str
    slack_signing_secret: str
    slack_api_url: str


def web_app(settings: Settings, store: Store) -> Starlette:
    client = AsyncWebClient(token=settings.slack_bot_token, base_url=settings.slack_api_url)
    app = AsyncApp(client=client, signing_secret=settings.slack_signing_secret)

    async def tag(ack: Any, body: dict[str, Any]) -> None:
        async with store.begin() as work:
            row = {"value": body["actions"][0]["value"], "person": body["user"]["id"]}
            await work.execute(sa.insert(clicks).values(row))
            await work.commit()
        await ack()

    app.action(re.compile("^tag:"))(tag)
    handler = AsyncSlackRequestHandler(app)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    async def ready(_: Request) -> Response:
        return PlainTextResponse("ok")

    return Starlette(routes=[Route("/slack/events", events, methods=["POST"]), Route("/readyz", ready)])


async def main() -> None:
    settings = Settings()  # type: ignore[call-arg]
    store = Store(settings.database_url)
    async with store.begin() as work:
        await work.connection.run_sync(clicks.create, checkfirst=True)
        await work.commit()
    config = uvicorn.Config(
        web_app(settings, store), port=settings.port, log_config=None, access_log=False, server_header=False, lifespan="off", backlog=512
    )
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    asyncio.run(main())
