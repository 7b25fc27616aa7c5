"""The table of networks says of each what its own code says."""

import pytest

from bot.connections import kinds
from bot.matrix import CARRIED, HEARD, table
from handlers.networks import Push
from templates import say

LANGUAGES = ("en", "es", "fr")


def cells(language="en"):
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table(language).splitlines()]
    return {row[0]: row[1:] for row in rows}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_network_has_a_column_and_every_ability_a_row(language):
    found = cells(language)
    names = [say("case.network", language, network=kind.name) for kind in kinds()]
    assert found[say("network.head", language)] == names
    for ability in (*HEARD, *CARRIED, "needs"):
        assert len(found[say("network.ability", language, name=ability)]) == len(names)


def test_a_network_that_is_only_read_carries_nothing():
    found = cells()
    column = [kind.name for kind in kinds()].index("press")
    assert {found[say("network.ability", "en", name=one)][column] for one in CARRIED} == {"–"}


def test_what_may_be_said_for_a_while_only_says_for_how_long():
    row = cells()[say("network.ability", "en", name="private_within")]
    within = {kind.name: kind.abilities and kind.abilities.private_within for kind in kinds()}
    for name, cell in zip(within, row, strict=True):
        assert ("days" in cell) is bool(within[name])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_way_to_push_has_its_words(language):
    assert len({say("network.how", language, name=str(push)) for push in Push}) == len(Push)
    assert [say("network.time", language, hours=hours)[:2].strip() for hours in (1, 24, 168)] == ["1", "24", "7"]
