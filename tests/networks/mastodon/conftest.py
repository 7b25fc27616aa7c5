"""The stage of the contract, with a search of its own; and a server that says just what a test wants."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.networks.mastodon.client import Client
from bot.networks.mastodon.hearing import Hearing
from bot.networks.mastodon.publishing import Publishing
from bot.networks.mastodon.server import Server
from bot.networks.mastodon.threads import Threads
from tests.networks.contract.stages.mastodon import on_mock
from tests.servers import mastodon_mock

TOKEN = "a-token-of-ours"


@pytest.fixture
async def stage():
    if mastodon_mock.missing():
        pytest.skip(mastodon_mock.missing())
    async with on_mock() as opened:
        yield opened


def searching(stage, *search):
    """The stage's source, with words to look for."""
    server = stage.source.server
    return Hearing(server, Threads(server.client), search)


class Scripted:
    """`answers`: (method, path) → an answer's JSON, or (status, JSON, headers), or what makes one of the request."""

    def __init__(self):
        self.answers, self.asked = {}, []
        self.answers["GET", "/api/v1/accounts/verify_credentials"] = {"id": "1", "acct": "meridia"}
        self.answers["GET", "/api/v2/instance"] = {"configuration": {"statuses": {"max_characters": 500}}, "version": "4.7.3"}
        self.answers["GET", "/api/v1/notifications"] = []

    async def answer(self, request):
        form = await request.post()
        self.asked.append(
            (request.method, request.path, dict(request.query), {key: form.getall(key) for key in form}, dict(request.headers))
        )
        told = self.answers.get((request.method, request.path), (404, {"error": "Record not found"}, {}))
        told = told(request) if callable(told) else told
        status, told, headers = told if isinstance(told, tuple) else (200, told, {})
        if isinstance(told, bytes):
            return web.Response(status=status, body=told, headers=headers)
        return web.Response(status=status, text=json.dumps(told), content_type="application/json", headers=headers)

    def calls(self, path):
        return [one for one in self.asked if one[1] == path]


@asynccontextmanager
async def scripted() -> AsyncIterator[Scripted]:
    script = Scripted()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", script.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    script.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    script.client = Client(script.url, SecretStr(TOKEN))
    script.server = Server(script.client)
    script.network = Publishing(script.server, Threads(script.client))
    script.source = Hearing(script.server, Threads(script.client))
    await script.server.learn()
    script.asked.clear()
    try:
        yield script
    finally:
        await script.client.close()
        await runner.cleanup()


@pytest.fixture
async def script():
    async with scripted() as opened:
        yield opened
