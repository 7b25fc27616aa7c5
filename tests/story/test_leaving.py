"""The host says stop (SIGTERM): what is under way is finished, others are told to go elsewhere, nothing is lost."""

import asyncio
import json
import re
import signal
import socket
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from bot.server import FAREWELL
from storage import tables
from storage.database import Store
from storage.types import SendState
from tests.doors.slack_house import button, first_text, until
from tests.fakes.slack import FakeSlack
from tests.networks.test_webhook import OLD, body, headers
from tests.running_app import RunningApp

PEOPLE = """
people:
  - {name: Max, roles: [manager, admin], languages: [en], timezone: UTC, slack: UMAX}
  - {name: Ana, roles: [agent], languages: [en], timezone: UTC, slack: UANA}
"""
MOST = 25  # seconds from SIGTERM to the end


def settings(slack: FakeSlack) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.base_url,
        "TOCSIN_SLACK_CHANNELS": "crisis=C1, ordinary=C1",
        "TOCSIN_WEBHOOK_SECRETS": f"acme={OLD}",
    }


def request(number: int) -> bytes:
    """A webhook as it goes over the wire."""
    content = body(external_id=f"m{number}", text=f"the breach, my data, number {number}")
    head = {**headers(content, delivery=f"d{number}"), "host": "x", "content-type": "application/json", "connection": "close"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in {**head, "content-length": str(len(content.encode()))}.items())
    return f"POST /hooks/acme HTTP/1.1\r\n{lines}\r\n{content}".encode()


async def ask(app: RunningApp, sent: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", app.port)
    writer.write(sent)
    answer = await reader.read()
    writer.close()
    return answer


def is_open(app: RunningApp) -> bool:
    try:
        socket.create_connection(("127.0.0.1", app.port), 1).close()
    except ConnectionRefusedError:
        return False
    return True


@pytest.fixture
async def slack():
    async with FakeSlack() as fake:
        fake.limits.enforce = False
        for name in ("max", "ana"):
            fake.add_user(name, user_id=f"U{name.upper()}")
        fake.add_channel("crisis", channel_id="C1", is_private=True)
        yield fake


@pytest.fixture
async def app(slack, tmp_path: Path):
    (tmp_path / "people.yaml").write_text(PEOPLE)
    with RunningApp(tmp_path, settings(slack)) as running:
        slack.http_target = f"http://127.0.0.1:{running.port}/slack/events"
        await asyncio.to_thread(running.until_ready)
        yield running


def cards(slack: FakeSlack) -> list[str]:
    return sorted(re.findall(r"#\d+", first_text(one))[0] for one in slack.channel("C1").posts)


@pytest.mark.slow
async def test_a_process_that_is_told_to_stop_finishes_what_is_under_way_and_loses_nothing(app, slack, tmp_path):
    assert b" 200 " in await ask(app, request(1))
    card = (await until(lambda: slack.channel("C1").posts))[0]
    slack.faults.next("chat.postMessage", "slow:5")
    assert b" 200 " in await ask(app, request(2))
    await until(lambda: len(slack.calls_of("chat.postMessage")) == 2)

    halved = request(3)
    reader, writer = await asyncio.open_connection("127.0.0.1", app.port)
    writer.write(halved[:-20])
    app.process.send_signal(signal.SIGTERM)
    told = time.monotonic()

    await until(lambda: app.status("/readyz") == 503)
    ready = await asyncio.to_thread(app.get, "/readyz")
    assert json.loads(ready.rpartition(b"\r\n\r\n")[2])["wrong"] == ["leaving"]
    assert app.status("/healthz") == 200, "it still lives"
    assert b" 200 " in await ask(app, request(4)), "whoever has not heard yet is still answered"
    assert (await slack.click("UANA", "C1", card["ts"], button(card, "claim"))).acknowledged

    await until(lambda: not is_open(app), MOST)
    assert app.process.poll() is None
    writer.write(halved[-20:])
    assert b" 200 " in await reader.read(), "the door is closed, but what was begun is heard to its end"
    writer.close()

    assert await asyncio.to_thread(app.process.wait, MOST) == 0
    assert time.monotonic() - told < MOST
    assert "#2" in cards(slack), "the send that was under way was finished"
    await nothing_is_half_sent(tmp_path)

    with RunningApp(tmp_path, app.settings):
        await until(lambda: len(cards(slack)) == 4, 30)
    assert cards(slack) == ["#1", "#2", "#3", "#4"]


async def nothing_is_half_sent(folder: Path) -> None:
    store = Store(f"sqlite:///{folder}/tocsin.db")
    states = sa.select(tables.outbox.c.state)
    async with store.read() as work:
        assert set((await work.execute(states)).scalars()) <= {SendState.SENT, SendState.PENDING}
        assert await work.scalar(sa.select(tables.cases.c.owner_id).where(tables.cases.c.id == 1)) is not None
        assert await work.scalar(sa.select(sa.func.count()).select_from(tables.mentions)) == 4
    await store.close()


@pytest.mark.slow
async def test_a_page_that_listens_for_news_does_not_keep_the_process(tmp_path):
    with RunningApp(tmp_path) as app:
        await asyncio.to_thread(app.until_ready)
        link = (await until(lambda: [line for line in app.log_text().splitlines() if "/sign-in/" in line], 20))[-1]
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{app.port}", headers={"sec-fetch-site": "same-origin"}) as page:
            await page.post(link[link.index("/sign-in/") :].split()[0])
            async with page.stream("GET", "/events", timeout=30) as news:
                assert news.status_code == 200
                app.process.send_signal(signal.SIGTERM)
                told = time.monotonic()
                with suppress(httpx.RemoteProtocolError):  # it is cut off, and a browser begins it anew
                    async for _ in news.aiter_lines():
                        pass
        assert time.monotonic() - told < FAREWELL + 3, "nobody waits for whoever only listens"
        assert await asyncio.to_thread(app.process.wait, MOST) == 0


@pytest.mark.slow
def test_whoever_sits_at_the_keyboard_does_not_wait_for_a_balancer(tmp_path):
    with RunningApp(tmp_path) as app:
        app.until_ready()
        app.process.send_signal(signal.SIGINT)
        told = time.monotonic()
        while is_open(app):
            time.sleep(0.01)
        assert time.monotonic() - told < FAREWELL / 2
        assert app.process.wait(MOST) == 0
