"""A flood at three in the morning: whoever is on duty hears of it once on Slack, with three messages, and again when it returns."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers.insight.spikes import Spikes
from templates import say
from tests.builders import data_breach, mention
from tests.doors.slack_house import all_text
from tests.story.ladder_house import LadderHouse, ladder_house

NIGHT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SAID = ("Is this mail from you?", "somebody called me about my bank card", "what is behind the link that you sent me")


@pytest.fixture
async def at(tmp_path):
    async with ladder_house(tmp_path) as house:
        yield house


async def quiet_days(at: LadderHouse) -> None:
    """A message in each of the hours that the night is held against."""
    for hours in (24 * 7, 24, *range(13, 0, -1)):
        at.dial.at = NIGHT - timedelta(hours=hours)
        await at.there.house.mentions.receive([mention("ordinary: when do you open?")])
    at.dial.at = NIGHT


async def flood(at: LadderHouse, count: int = 30) -> None:
    await at.there.house.mentions.receive([mention(f"@meridia Hi Emma, {SAID[n % 3]}? phishing") for n in range(count)])


async def look(at: LadderHouse) -> int:
    house = at.there.house
    seen = await Spikes(house.store, house.course.caller, house.flow).look()
    house.store.wake.set()
    return seen


def heard(at: LadderHouse) -> list[dict[str, object]]:
    """Bo's messages about spikes; Bo reads Spanish."""
    return [one for one in at.direct(at.there.bo) if say("spike.once", "es") in all_text(one)]


async def test_a_flood_at_night_is_told_once_with_three_messages_and_again_when_it_returns(at: LadderHouse):
    await quiet_days(at)
    await flood(at)
    assert await look(at) == 1
    label = data_breach().tags["phishing"].label["es"]
    message = await at.told(at.there.bo, say("spike.title", "es", kind="tag", what=label, count=30, usual=9))
    shown = all_text(message)
    assert all(said.casefold() in shown.casefold() for said in SAID)
    assert "Emma" not in shown and "@meridia" not in shown
    assert not any(say("spike.once", "en") in all_text(one) for one in at.direct(at.there.ana))
    for _ in range(4):
        at.dial.forward(minutes=10)
        await flood(at, 20)
        assert await look(at) == 0
    at.dial.at = NIGHT + timedelta(hours=4)
    assert await look(at) == 0
    assert len(heard(at)) == 1
    at.dial.at = NIGHT + timedelta(days=1)
    await flood(at, 40)
    assert await look(at) == 1
    await at.told(at.there.bo, say("spike.title", "es", kind="tag", what=label, count=40, usual=9))
    assert len(heard(at)) == 2
