"""Many people at the same moment: each gets what they asked for or is told why not, in a few transactions."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from flows.triage import Suggestion
from handlers.errors import NoSuchCase, NoSuchTag, NotAllowed, UnknownPerson
from handlers.ports import Who
from storage import timeline
from storage.tables import case_tags, cases, clicks
from tests.builders import Scripted, TestHouse, mention


async def rows(house: TestHouse, table: sa.Table) -> list[sa.Row]:
    async with house.store.read() as work:
        return list((await work.execute(sa.select(table))).all())


async def test_forty_clicks_at_once_are_all_kept_each_with_its_click_and_its_link(house):
    people = [await house.person(f"Agent {n}") for n in range(5)]
    numbers = [await house.case("a question, low") for _ in range(40)]
    await asyncio.gather(*(house.tags.toggle(people[n % 5], number, "phishing") for n, number in enumerate(numbers)))
    assert {row.case_id for row in await rows(house, case_tags) if row.tag == "phishing" and row.is_set} == set(numbers)
    assert len(await rows(house, clicks)) == len(numbers)
    async with house.store.read() as work:
        links, breaks = await timeline.verify(work)
    assert (links, breaks) == (3 * len(numbers), [])  # opened, tagged, and by that on another ladder


async def test_one_who_may_not_and_one_mistake_do_not_take_the_others_down(house):
    agent, stranger = await house.person("Ana"), Who("slack", "U-nobody")
    marketing = await house.person("Mo", "marketing")
    case = await house.case()
    outcomes = await asyncio.gather(
        house.tags.toggle(agent, case, "phishing"),
        house.tags.toggle(stranger, case, "password"),
        house.tags.toggle(marketing, case, "password"),
        house.tags.toggle(agent, case, "no_such_tag"),
        house.tags.toggle(agent, 9999, "phishing"),
        house.tags.toggle(agent, case, "press"),
        return_exceptions=True,
    )
    told = [None, UnknownPerson, NotAllowed, NoSuchTag, NoSuchCase, None]
    assert [outcome and type(outcome) for outcome in outcomes] == told
    assert {row.tag for row in await rows(house, case_tags) if row.is_set} == {"phishing", "press"}


async def test_clicks_on_one_tag_are_heard_one_after_the_other(house):
    agent, case = await house.person("Ana"), await house.case()
    await asyncio.gather(*(house.tags.toggle(agent, case, "phishing") for _ in range(7)))
    assert [row.truth for row in await rows(house, clicks)] == [True, False, True, False, True, False, True]
    assert {row.tag for row in await rows(house, case_tags) if row.is_set} == {"phishing"}


async def test_the_gravest_tag_that_people_set_at_the_same_moment_counts(house):
    agent, case = await house.person("Ana"), await house.case("a question, low")
    await asyncio.gather(house.tags.toggle(agent, case, "threat_to_life"), house.tags.toggle(agent, case, "thanks"))
    assert (await rows(house, cases))[0].severity == int(house.flow.tags["threat_to_life"].severity)


@dataclass
class Counting:
    """A machine that remembers what it was asked."""

    machine: Scripted
    asked: list[str] = field(default_factory=list)

    async def suggest(self, texts: Sequence[str], hints: Sequence[str | None]) -> list[Suggestion]:
        self.asked.extend(texts)
        return await self.machine.suggest(texts, hints)


async def test_what_was_delivered_before_is_not_read_by_the_machine_again(house):
    machine, one = Counting(house.machine), mention("once")
    door = replace(house.mentions, machine=machine)
    receipts = [(await door.receive([one]))[0] for _ in range(3)]
    assert ([receipt.new for receipt in receipts], machine.asked) == ([True, False, False], ["once"])
