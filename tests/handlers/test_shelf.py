"""A case keeps the FLOW that it started with; new FLOW versions serve new cases."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from flows.severity import Severity
from handlers.errors import NoSuchTag
from storage import cases
from tests.builders import Scripted, TestHouse


def without_press(house: TestHouse):
    """The next version: phishing is low, and there is no tag `press` any more."""
    tags = {name: tag for name, tag in house.flow.tags.items() if name != "press"}
    tags["phishing"] = replace(tags["phishing"], severity=Severity.LOW)
    return replace(house.flow, version=house.flow.version + 1, tags=MappingProxyType(tags))


@pytest.fixture
async def later(house: TestHouse) -> TestHouse:
    return await TestHouse(house.store, without_press(house), house.board, Scripted()).begin()


async def severity(house: TestHouse, case: int) -> int:
    async with house.store.read() as work:
        return (await cases.get(work, case)).severity


async def test_an_old_case_is_tagged_by_its_own_flow_and_a_new_one_by_the_new(house, later):
    agent = await house.person("Ana")
    old, new = await house.case("press"), await later.case("my_data")
    await later.tags.toggle(agent, old, "press")
    with pytest.raises(NoSuchTag):
        await later.tags.toggle(agent, new, "press")


async def test_severity_follows_the_flow_of_the_case(house, later):
    agent = await house.person("Ana")
    old, new = await house.case("my_data"), await later.case("my_data")
    for case in (old, new):
        await later.tags.toggle(agent, case, "phishing")
    assert (await severity(house, old), await severity(house, new)) == (house.flow.tags["phishing"].severity, Severity.LOW)


async def test_the_form_of_an_old_case_offers_its_own_tags(house, later):
    agent = await house.person("Ana")
    old = await house.case("press")
    form = await later.desk.form(agent, "more_tags", old)
    assert "press" in {option.value for option in form.fields[0].options}
