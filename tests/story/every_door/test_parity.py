"""Nothing can be done at one door that another's platform allows and its door lacks; and what a door claims, a story has proved."""

import importlib
from pathlib import Path

import pytest
from starlette.routing import Route

from bot.console import abilities as console
from bot.parity import DOORS, offers, table
from handlers import commands
from handlers.abilities import ABILITIES, ASKED, GROUPS
from handlers.buttons import Buttons
from templates import LANGUAGES, say
from tests.story.every_door.hand import PRESSED, PROVEN

for file in sorted(Path(__file__).parent.glob("test_*.py")):
    if file.stem != Path(__file__).stem:
        importlib.import_module(f"{__package__}.{file.stem}")


def tables(house) -> Buttons:
    return Buttons.of(house.acts)


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
async def test_every_button_of_the_house_is_somebodys_ability_and_no_other_is_claimed(house):
    bound = tables(house)
    pressed = {*bound.small, *bound.forms, *bound.looks, *bound.answers}
    assert {act for one in ABILITIES.values() for act in one.acts} == pressed
    assert set(bound.forms) == ASKED


def test_every_command_is_somebodys_ability_and_no_other_is_claimed():
    assert {verb for one in ABILITIES.values() for verb in one.verbs} == set(commands._VERBS)


@pytest.mark.parametrize("door", DOORS)
def test_no_door_lacks_what_its_platform_allows(door):
    told = offers()[door]
    assert set(told) == set(ABILITIES)
    assert [name for name, one in told.items() if not one.ways and not one.why_not] == []


@pytest.mark.parametrize("door", DOORS)
def test_every_ability_that_a_door_claims_was_proved_there_by_a_story(door):
    claimed = {name for name, one in offers()[door].items() if one.ways}
    assert sorted(claimed - {ability for ability, at in PROVEN if at == door}) == []


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
async def test_every_button_and_every_form_is_used_by_a_story_at_every_door(house, door):
    """What a story says that it presses is held against what it pressed, when it is told."""
    bound = tables(house)
    known = {*bound.small, *bound.forms, *bound.looks, *bound.answers}
    assert sorted(known - {act for act, at in PRESSED if at == door}) == []
    assert {act for act, _ in PRESSED} <= known


@pytest.mark.parametrize("hand", ["console"], indirect=True)
async def test_every_page_that_the_console_claims_is_one_of_its_addresses(hand):
    known = {route.path for route in hand.app.routes if isinstance(route, Route)}
    assert sorted({*console.PAGES.values(), *console.ITSELF.values()} - known) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_has_a_line_for_each_ability_in_each_language(language):
    lines = table(language).splitlines()
    assert sum(line.startswith("| ") for line in lines) == 2 + len(GROUPS) + len(ABILITIES)
    assert all(any(line.startswith(f"| {say('ability.name', language, name=name)} |") for line in lines) for name in ABILITIES)
