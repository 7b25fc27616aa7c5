"""What the house does with networks on its worst day: one that cannot be put together, one that only reads, and the end of a process."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

import app
from bot import connections, opening
from bot.settings import read_settings
from handlers.errors import DoorClosed
from handlers.networks import Connected, Hearing, Kind
from tests.fakes.source import FakeSource

ROOT = Path(__file__).parents[3]


@pytest.fixture
def settings(tmp_path: Path):
    return read_settings(
        _env_file=None,
        DATABASE_URL=f"sqlite:///{tmp_path}/house.db",
        TOCSIN_FEEDS="daily=https://daily.example/feed.xml",
        PORT="0",
    )


class Broken:
    KIND = Kind("press", None, Hearing())

    @staticmethod
    def connect(settings, purse):
        raise ImportError("no module named https://user:password@example.com")


def test_a_network_that_cannot_be_put_together_keeps_nobody_from_starting(settings, monkeypatch, capsys) -> None:
    monkeypatch.setattr(connections, "KNOWN", (Broken,))
    ((name, one),) = connections.connected(settings, lambda _: None)
    assert name == "press" and one.network is None
    with pytest.raises(DoorClosed, match="ImportError"):
        asyncio.run(one.source.since(None))
    assert "password" not in str(capsys.readouterr())


async def serve(settings, monkeypatch, outside, then) -> None:
    """A whole house with these networks, until `then` has ended."""

    async def until_told(*_):
        await then(told)

    told: list[opening.Watch] = []

    class Watch(opening.Watch):
        def __init__(self, *args):
            super().__init__(*args)
            told.append(self)

    monkeypatch.setattr(opening, "Watch", Watch)
    monkeypatch.setattr(opening, "run_until_told", until_told)
    monkeypatch.setattr(opening, "after_ready", lambda *_: asyncio.sleep(0))
    monkeypatch.setattr(app, "connected", lambda *_: outside.items())
    async with app.open_house(settings) as house:
        await opening.serve(settings, house, ROOT / "samples")


async def test_a_network_that_we_only_read_is_missed_too(settings, monkeypatch) -> None:
    source = FakeSource("press", every=timedelta(seconds=60))
    source.before = _shut

    async def then(told):
        async with asyncio.timeout(10):
            while not any("press:in" in one.subjects for one in (await told[0].looks.look()).found):
                await asyncio.sleep(0.05)

    await serve(settings, monkeypatch, {"press": Connected(source=source)}, then)


async def _shut() -> None:
    raise DoorClosed("http_403", whole=True)


async def test_networks_are_let_go_only_after_what_is_on_its_way_was_sent(settings, monkeypatch) -> None:
    order = []

    class Sender(opening.Sender):
        async def run(self, stop: asyncio.Event) -> None:
            await stop.wait()
            await asyncio.sleep(0.2)
            order.append("sent")

    async def close() -> None:
        order.append("closed")

    async def then(_):
        await asyncio.sleep(0.1)

    monkeypatch.setattr(opening, "Sender", Sender)
    await serve(settings, monkeypatch, {"x": Connected(source=FakeSource(), close=close)}, then)
    assert order == ["sent", "closed"]
