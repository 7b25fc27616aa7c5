"""A desk at which an operator types commands: a folder of its own, with a database in which customers have written."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import app
from handlers.board import Board
from handlers.ports import Mention
from tests.builders import Scripted, TestHouse, data_breach
from tests.databases import opened, sqlite_copy

Ended = tuple[int, str, str]  # status, what it printed, what it complained of


async def _write(address: str, mentions: Sequence[Mention], dial: Callable[[], datetime] | None) -> None:
    store = opened(address, dial)
    house = await TestHouse(store, data_breach(), Board({}), Scripted()).begin()
    await house.mentions.receive(mentions)
    await store.close()


@pytest.fixture
def language() -> str:
    return "en"


@pytest.fixture
def desk_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str) -> Callable[..., Callable[..., Ended]]:
    """Given what was written, and the capture: what runs a command, and says how it ended."""
    monkeypatch.chdir(tmp_path)
    address = sqlite_copy(tmp_path / "tocsin.db")
    for name, value in {"DATABASE_URL": address, "TOCSIN_LANGUAGE": language, "TOCSIN_PEOPLE": "none.yaml", "TOCSIN_DEMO": "false"}.items():
        monkeypatch.setenv(name, value)

    def make(mentions: Sequence[Mention], captured: Any, dial: Callable[[], datetime] | None = None) -> Callable[..., Ended]:
        asyncio.run(_write(address, mentions, dial))

        def run(*words: str) -> Ended:
            status, said = app.main(list(words)), captured.readouterr()
            return status, said.out, said.err

        return run

    return make
