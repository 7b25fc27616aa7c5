"""What a Graph that has lost its mind must not do to us, and whom a reply must not be addressed to."""

import gzip
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.networks.meta import graph as module
from bot.networks.meta.faults import Answered, fault
from bot.networks.meta.graph import Graph
from bot.networks.meta.lists import pages
from bot.networks.meta.publishing import addressed
from handlers.errors import TryLater
from handlers.networks import Reply
from handlers.ports import Customer


@asynccontextmanager
async def answering(answer):
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    graph = Graph(f"http://127.0.0.1:{runner.addresses[0][1]}", SecretStr("token"), SecretStr("secret"))
    try:
        yield graph
    finally:
        await graph.close()
        await runner.cleanup()


async def test_pages_that_lead_in_a_circle_come_to_an_end_and_are_told() -> None:
    asked = []

    async def answer(request):
        asked.append(request.query.get("after"))
        return web.json_response({"data": [{"id": "1"}], "paging": {"cursors": {"after": "same"}, "next": "https://…"}})

    async with answering(answer) as graph:
        with pytest.raises(TryLater):
            async for _ in pages(graph, "1/comments", None, {}):
                assert len(asked) < 5


async def test_an_answer_that_unpacks_to_very_much_is_not_unpacked_to_its_end(monkeypatch) -> None:
    monkeypatch.setattr(module, "LARGEST", 1_000_000)
    bomb = gzip.compress(b'{"a": "' + b" " * 50_000_000 + b'"}')

    async def answer(_):
        return web.Response(body=bomb, headers={"Content-Encoding": "gzip"}, content_type="application/json")

    async with answering(answer) as graph:
        with pytest.raises(TryLater):
            await graph.read("1")


def test_no_header_makes_us_wait_for_years() -> None:
    told = '{"1": [{"estimated_time_to_regain_access": 1e9}]}'
    error = fault(Answered(429, {"x-business-use-case-usage": told}, '{"error": {"code": 4}}'), sending=False)
    assert isinstance(error, TryLater) and error.after <= timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Please ask @anna.lee for it", "@ann Please ask @anna.lee for it"),
        ("Please ask @ann.lee for it", "@ann Please ask @ann.lee for it"),
        ("Thank you, @ann.", "Thank you, @ann."),
        ("Thank you, @Ann!", "Thank you, @Ann!"),
        ("Write to help@ann", "@ann Write to help@ann"),
    ],
)
def test_a_reply_on_instagram_names_its_customer_and_not_somebody_with_a_longer_name(text: str, sent: str) -> None:
    reply = Reply("token", text, "en", private=False, in_reply_to="1", conversation_id="1", customer=Customer("9", "ann"))
    assert addressed(reply) == sent
