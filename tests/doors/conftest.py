"""What costs too much to begin anew for each test of a door."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from handlers.answers.proofreading import Proofreader
from tests.doors.slack_house import SlackHouse, slack_house
from tests.doors.slack_replies import QUICK, every_card_is_one_that_slack_takes
from tests.doors.teams_keys import Hand, Microsoft, plain
from tests.fakes.slack import Limits

CHROMIUM = Path("/usr/bin/chromium")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Any]:
    """One browser for all tests of a file."""
    playwright = pytest.importorskip("playwright.async_api", reason="playwright is not installed")
    async with playwright.async_playwright() as pw:
        browser = await pw.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def warm() -> None:
    """As the bot is before anybody writes: what the checks know takes seconds to load."""
    asyncio.run(Proofreader({}).warm())


@pytest.fixture
async def there(tmp_path: Path, warm: None) -> AsyncIterator[SlackHouse]:
    """People on a Slack that is in no hurry to limit them; at the end it would have taken every card."""
    async with slack_house(tmp_path, limits=Limits(**QUICK)) as house:
        yield house
        every_card_is_one_that_slack_takes(house)


@pytest.fixture
async def microsoft() -> AsyncIterator[Microsoft]:
    """Entra and its keys, on this machine."""
    async with Microsoft() as there:
        yield there


@pytest.fixture
async def web() -> AsyncIterator[Any]:
    async with plain() as client:
        yield client


@pytest.fixture
def hand() -> Hand:
    return Hand()
