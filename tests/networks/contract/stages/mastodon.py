"""Mastodon's stages: on a stand-in that has its whole API with streams, and on snac, a real server with a part of it."""

import asyncio
import atexit
import html
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from itertools import count
from typing import Any

import httpx
from pydantic import SecretStr

from bot.networks.mastodon import KIND
from bot.networks.mastodon.client import Client
from bot.networks.mastodon.hearing import Hearing
from bot.networks.mastodon.plain import plain
from bot.networks.mastodon.publishing import Publishing
from bot.networks.mastodon.server import Server
from bot.networks.mastodon.threads import Threads
from handlers.networks import Abilities, Network, Push, Source
from handlers.networks import Hearing as Hears
from tests.fakes.mastodon.line import Line
from tests.networks.contract.stage import Fault, Opened, Scene, Seen
from tests.servers import mastodon_mock, snac

CUSTOMERS, IMPOSTOR = ("anna", "bruno", "chloe"), "rneridia"
_STAGES = 300
_numbers = count(1)
_TRIES = 10  # snac hangs up on some calls before it has done anything


@cache
def mock() -> mastodon_mock.MastodonMock:
    """One for the whole run; every stage has an account of ours of its own."""
    names = (*CUSTOMERS, IMPOSTOR, *(f"meridia{number}" for number in range(1, _STAGES)))
    server = mastodon_mock.MastodonMock({name: f"token-of-{name}-9f3b" for name in names})
    server.__enter__()
    atexit.register(server.__exit__)
    return server


@cache
def real() -> snac.Snac:
    server = snac.Snac()
    server.__enter__()
    atexit.register(server.__exit__)
    for name in (*CUSTOMERS, IMPOSTOR):
        server.add(name)
    return server


@cache
def real_token(name: str) -> str:
    return real().token(name)


class MastodonStage:
    customers_write = 480

    def __init__(self, line: Line, us: str, tokens: dict[str, str]) -> None:
        self.line, self.us, self.tokens = line, us, tokens
        self.clients: list[Client] = []
        self.secrets = (tokens[us],)
        self.environment = {"MASTODON_URL": line.url, "MASTODON_ACCESS_TOKEN": tokens[us]}
        self.direct = httpx.AsyncClient(base_url=line.behind.geturl(), headers={"Connection": "close"}, timeout=20)
        self.authors: dict[str, str] = {}

    async def open(self) -> None:
        self.network, self.source = await self.again()

    async def again(self) -> tuple[Network, Source]:
        """Greeted, as `check` and the first look do."""
        client = Client(self.line.url, SecretStr(self.tokens[self.us]))
        self.clients.append(client)
        server, threads = Server(client), Threads(client)
        faults, self.line.faults = self.line.faults, deque()
        await server.learn()
        self.line.faults = faults
        return Publishing(server, threads), Hearing(server, threads)

    async def call(self, who: str, method: str, path: str, **what: Any) -> Any:
        for number in range(_TRIES):
            try:
                told = await self.direct.request(method, path, headers={"Authorization": f"Bearer {self.tokens[who]}"}, **what)
            except httpx.RemoteProtocolError:
                if method == "POST" or number == _TRIES - 1:
                    raise
            else:
                return told.raise_for_status().json()
        return None

    async def write(self, who: str, text: str, **more: str) -> str:
        told = await self.call(who, "POST", "/api/v1/statuses", data={"status": text, **more})
        self.authors[told["id"]] = who
        return str(told["id"])

    async def say(self, text: str, *, customer: str = "anna", to: str | None = None, private: bool = False) -> str:
        more = {"visibility": "direct" if private else "public"} | ({"in_reply_to_id": to} if to else {})
        return await self.write(customer, f"@{self.us} {text}", **more)

    async def edit(self, external_id: str, text: str) -> None:
        said = {"status": f"@{self.us} {text}"}
        await self.call(self.authors[external_id], "PUT", f"/api/v1/statuses/{external_id}", data=said)

    async def take_away(self, external_id: str) -> None:
        await self.call(self.authors[external_id], "DELETE", f"/api/v1/statuses/{external_id}")

    async def say_as_us(self, text: str) -> str:
        return await self.write(self.us, f"@{self.us} {text}")

    async def say_as_impostor(self, text: str) -> str:
        return await self.say(text, customer=IMPOSTOR)

    async def ours(self) -> Sequence[Seen]:
        me = await self.call(self.us, "GET", "/api/v1/accounts/verify_credentials")
        found: dict[str, dict[str, Any]] = {}
        bounds: dict[str, str] = {}
        while True:
            told = await self.call(self.us, "GET", f"/api/v1/accounts/{me['id']}/statuses", params={"limit": "40", **bounds})
            new = {one["id"]: one for one in told if one["id"] not in found}
            if not new:
                return [await self._seen(one) for one in reversed(found.values())]
            found |= new
            bounds = {"max_id": told[-1]["id"]}

    async def _seen(self, status: dict[str, Any]) -> Seen:
        text = (await self.call(self.us, "GET", f"/api/v1/statuses/{status['id']}/source"))["text"]
        private = status["visibility"] not in ("public", "unlisted")
        return Seen(status["id"], text or plain(status["content"]), status["in_reply_to_id"], private)

    async def fault(self, fault: Fault, times: int = 1) -> None:
        self.line.faults = deque([fault.value] * times)

    async def close(self) -> None:
        for client in self.clients:
            await client.close()
        await self.direct.aclose()


class MockStage(MastodonStage):
    async def garble(self) -> None:
        """Its moment of writing is no moment any more, wherever it is told."""
        external_id = await self.say("?")
        told = await self.call("anna", "GET", f"/api/v1/statuses/{external_id}")
        moment = told["created_at"].encode()
        self.line.garbled.append((moment, b"x" * len(moment)))


class SnacStage(MastodonStage):
    """Its API takes back nothing, tells whole seconds only, gives what was edited another id, and lists no private status of ours."""

    customers_write = 10_000
    keeps_order = False  # it delivers to itself by many threads

    async def take_away(self, external_id: str) -> None:
        raise NotImplementedError("its API has no way to delete a status")

    async def write(self, who: str, text: str, **more: str) -> str:
        """What is written there is markup."""
        return await super().write(who, html.escape(text, quote=False), **more)

    async def ours(self) -> Sequence[Seen]:
        """Those below what customers wrote too."""
        found = {one.id: one for one in await super().ours()}
        me = await self.call(self.us, "GET", "/api/v1/accounts/verify_credentials")
        for external_id in self.authors:
            told = await self.call(self.us, "GET", f"/api/v1/statuses/{external_id}/context")
            below = [one for one in told["descendants"] if one["account"]["id"] == me["id"] and one["id"] not in found]
            found |= {one["id"]: await self._seen(one) for one in below}
        return sorted(found.values(), key=lambda one: one.id)  # which begins with the second in which it was written


@asynccontextmanager
async def on_mock() -> AsyncIterator[MastodonStage]:
    async with Line(mock().url) as line:
        stage = MockStage(line, f"meridia{next(_numbers)}", dict(mock().accounts))
        await stage.open()
        try:
            yield stage
        finally:
            await stage.close()


@asynccontextmanager
async def on_snac() -> AsyncIterator[MastodonStage]:
    us = f"meridia{next(_numbers)}"
    await asyncio.to_thread(real)
    await asyncio.to_thread(real().add, us)
    tokens = {name: await asyncio.to_thread(real_token, name) for name in (*CUSTOMERS, IMPOSTOR, us)}
    async with Line(real().url) as line:
        stage = SnacStage(line, us, tokens)
        await stage.open()
        try:
            yield stage
        finally:
            await stage.close()


def _scene(name: str, hears: Hears, opened: Opened, missing: str | None, *, delete: bool, soak: bool = False) -> Scene:
    return Scene(name, Abilities(delete=delete), hears, opened, missing, soak=soak)


scenes = (
    _scene("mastodon", KIND.hearing, on_mock, mastodon_mock.missing(), delete=True),
    _scene("mastodon_snac", Hears(search=True, push=Push.NONE), on_snac, snac.missing(), delete=False, soak=True),
)
