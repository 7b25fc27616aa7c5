"""The semantic speed reads every mention again, once, and never touches what a person clicked."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from flows.triage import Suggestion
from handlers.second_look import SecondLook
from storage import cases, timeline
from tests.builders import Scripted, TestHouse


@dataclass
class Changeable:
    """Reads every text as if it were the one that the test names."""

    as_if: str = ""
    read: list[str] = field(default_factory=list)

    async def reconsider(self, texts: Sequence[str], hints: Sequence[str | None]) -> list[Suggestion]:
        self.read += texts
        return await Scripted().suggest([self.as_if or text for text in texts], hints)


@pytest.fixture
def mind() -> Changeable:
    return Changeable()


@pytest.fixture
def look(house: TestHouse, mind: Changeable) -> SecondLook:
    return SecondLook(house.store, house.course, house.flow, mind)


async def standing(house: TestHouse, case: int) -> tuple[bool, int, str, set[str]]:
    async with house.store.read() as work:
        found = await cases.get(work, case)
        return found.crisis, found.severity, found.channel, {tag.tag for tag in await cases.tags_of(work, case)}


async def test_an_ordinary_case_that_reads_like_crisis_is_moved_and_its_tags_are_suggested(house, look, mind):
    case = await house.case("ordinary words")
    mind.as_if = "phishing critical"
    assert await look.take() == 1
    assert await standing(house, case) == (True, 3, "crisis", {"phishing"})


async def test_each_mention_is_read_again_once(house, look, mind):
    for text in ("one", "two"):
        await house.case(text)
    assert [await look.take(), await look.take()] == [2, 0]
    assert mind.read == ["one", "two"]


async def test_what_a_person_clicked_stays(house, look, mind):
    agent = await house.person("Ana")
    case = await house.case("ordinary words")
    await house.tags.toggle(agent, case, "press")
    mind.as_if = "phishing critical"
    await look.take()
    assert "phishing" not in (await standing(house, case))[3]


async def test_thinking_the_same_changes_nothing(house, look):
    case = await house.case("phishing")
    await look.take()
    async with house.store.read() as work:
        assert len(await timeline.of_chain(work, f"case:{case}")) == 1
