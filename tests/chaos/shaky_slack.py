"""A Slack in a process of its own that fails one call in five, and can be asked what really stands in it."""

import asyncio
import json
import subprocess
import sys
import time
from typing import Any, Self
from urllib.request import urlopen

from aiohttp import web

from tests.builders import ROOT
from tests.fakes.slack import FakeSlack
from tests.running_app import free_port

TOKEN = "xoxb-fake-bot"
CHANNELS = {name: f"C0{name.upper()}" for name in ("crisis", "ordinary", "money", "passwords")}
PEOPLE = ("U0CHAOS1", "U0CHAOS2")
# One call in five meets one of them; the quiet that a 429 asks for is not hurried, so they are fewer
ODDS = {"429:1": 0.02, "500": 0.05, "500_after_accept": 0.05, "close_after_accept": 0.05, "timeout_after_accept": 0.05}


def furnished(port: int, seed: int) -> FakeSlack:
    slack = FakeSlack(port=port)
    slack.limits.enforce = False  # it is hurried, see tests/chaos/replica.py; its limits have tests of their own
    for person in PEOPLE:
        slack.add_user(person.lower(), user_id=person)
    for name, channel_id in CHANNELS.items():
        slack.add_channel(name, channel_id=channel_id, is_private=True)
    slack.faults.chance(ODDS, seed=seed)
    slack.pages = [web.get("/chaos/count", lambda _: count(slack)), web.get("/chaos/posts", lambda _: posts(slack))]
    return slack


async def count(slack: FakeSlack) -> web.Response:
    messages = sum(len(channel.messages) for channel in slack.state.channels.values())
    return web.json_response({"messages": messages, "calls": len(slack.calls), "failed": len(slack.faults.struck)})


async def posts(slack: FakeSlack) -> web.Response:
    """Every message of the bot, with the person it is for when it is a direct one."""
    kept = [
        {"channel": channel.im_with or channel.id, **message}
        for channel in slack.state.channels.values()
        for message in channel.messages
        if message.get("bot_id") == slack.state.bot_id
    ]
    return web.json_response({"posts": kept})


async def serve(port: int, seed: int) -> None:
    async with furnished(port, seed):
        await asyncio.Event().wait()


class ShakySlack:
    """`with ShakySlack() as slack: slack.api_url`: it outlives those that post."""

    def __init__(self, seed: int = 0) -> None:
        self.port = free_port()
        self.seed = seed

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/"

    def __enter__(self) -> Self:
        self.process = subprocess.Popen([sys.executable, "-m", "tests.chaos.shaky_slack", str(self.port), str(self.seed)], cwd=ROOT)
        until = time.monotonic() + 20
        while not self._answers():
            if time.monotonic() > until or self.process.poll() is not None:
                raise RuntimeError("the shaky Slack does not answer")
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()

    def count(self) -> dict[str, int]:
        """`messages` that stand in it, `calls` that came, and how many of them `failed`."""
        return self._get("/chaos/count")

    def posts(self) -> list[dict[str, Any]]:
        return list(self._get("/chaos/posts")["posts"])

    def _answers(self) -> bool:
        try:
            return self.count()["calls"] == 0
        except OSError:
            return False

    def _get(self, path: str) -> dict[str, Any]:
        with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:  # our own server
            return dict(json.load(answer))


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
