"""Figures for whoever looks at them: composed once for all who look at once."""

import asyncio
from dataclasses import replace

import pytest

from handlers.errors import NotAllowed, UnknownPerson
from handlers.insight.viewing import Viewing
from handlers.ports import Who


async def test_all_who_look_at_once_are_shown_what_was_composed_once(house, kind):
    whos = [await house.person(f"P{number}", "agent", slack_id=f"U{number}") for number in range(30)]
    digests, composed = house.insight.digests, []

    async def compose(work, period):
        composed.append(period)
        await asyncio.sleep(0.05)
        return await digests.compose(work, period)

    viewing = Viewing(replace(digests, compose=compose))
    shown = await asyncio.gather(*(viewing.of(who) for who in whos))
    assert len(composed) == 1 and all(one is shown[0] for one in shown), kind


async def test_whoever_is_not_let_in_is_shown_nothing_that_was_composed_for_others(house):
    lea = await house.person("Lea", "lead", slack_id="U1")
    viewing = Viewing(house.insight.digests)
    await viewing.of(lea)
    with pytest.raises((UnknownPerson, NotAllowed)):
        await viewing.of(Who("slack", "USTRANGER"))
