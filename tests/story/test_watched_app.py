"""The whole bot with something inside it that has stopped: its host hears at /readyz, its owner by mail."""

import asyncio
import json
import signal
from urllib.parse import quote

import pytest

from bot.watchdog import EVERY
from handlers.watch.findings import TOLD_AFTER
from tests.builders import ROOT
from tests.doors.slack_house import first_text, until
from tests.fakes.slack import FakeSlack
from tests.notices.mail_server import PASSWORD, USER, Post
from tests.notices.mail_server import running as mail_server
from tests.running_app import RunningApp
from tests.story.test_leaving import settings

PEOPLE = """
people:
  - {name: Ada, roles: [admin, manager], languages: [en], timezone: UTC, slack: UADA, email: ada@example.com}
  - {name: Ana, roles: [agent], languages: [en], timezone: UTC, slack: UANA, email: ana@example.com}
"""


@pytest.fixture
async def slack():
    async with FakeSlack() as fake:
        for name in ("ada", "ana"):
            fake.add_user(name, user_id=f"U{name.upper()}")
        fake.add_channel("crisis", channel_id="C1", is_private=True)
        yield fake


@pytest.fixture
async def post():
    async with mail_server(Post()) as running:
        yield running


def mail(post: Post) -> dict[str, str]:
    login = f"{quote(USER, safe='')}:{quote(PASSWORD, safe='')}"
    return {"TOCSIN_SMTP_URL": f"smtp://{login}@127.0.0.1:{post.port}", "TOCSIN_MAIL_FROM": "Tocsin <tocsin@example.com>"}


async def answered(app: RunningApp) -> tuple[int, dict[str, list[str]]]:
    status, answer = await asyncio.to_thread(app.status, "/readyz"), await asyncio.to_thread(app.get, "/readyz")
    return status, json.loads(answer.rpartition(b"\r\n\r\n")[2])


@pytest.mark.slow
async def test_a_bot_whose_clockwork_stops_says_so_at_readyz_and_tells_its_owner_by_every_door(tmp_path, slack, post):
    (tmp_path / "people.yaml").write_text(PEOPLE)
    program = (str(ROOT / "tests/story/unwound.py"), "3")
    with RunningApp(tmp_path, {**settings(slack), **mail(post)}, program) as app:
        await asyncio.to_thread(app.until_ready)
        await until(lambda: post.delivered, seconds=60)
        status, said = await answered(app)
        assert status == 503 and "tick_late:climb" in said["wrong"] and said["found"] == ["ticks_late"]
        assert app.status("/healthz") == 200, "the process lives: it is not ended over this"
        letter = post.delivered[0]
        assert (letter["to"], letter["subject"]) == ("ada@example.com", "Tocsin: its clockwork has stopped")
        assert f"http://127.0.0.1:{app.port}" in letter.get_body(("plain",)).get_content()
        await until(lambda: slack.channel("C1").posts)
        assert "its clockwork has stopped" in first_text(slack.channel("C1").posts[0])
        app.process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(app.process.wait, 25) == 0
    assert {to for _, tos in post.envelopes for to in tos} == {"ada@example.com"}, "and nobody else"


@pytest.mark.slow
async def test_a_bot_in_which_nothing_is_wrong_tells_nobody(tmp_path, slack, post):
    (tmp_path / "people.yaml").write_text(PEOPLE)
    with RunningApp(tmp_path, {**settings(slack), **mail(post)}) as app:
        await asyncio.to_thread(app.until_ready)
        await asyncio.sleep((TOLD_AFTER + 1) * EVERY)
        assert await answered(app) == (200, {"ready": True, "wrong": [], "found": []})
        assert not post.delivered and not slack.channel("C1").posts
