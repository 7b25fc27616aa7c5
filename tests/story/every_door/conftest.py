"""A house with one door, and hands at it."""

from contextlib import AsyncExitStack

import pytest

from flows.rota import Rota
from handlers.escalation.roster import Roster
from storage import people
from tests.dial import RunningDial
from tests.doors.slack_house import slack_house
from tests.doors.teams_house import teams_house
from tests.fakes.slack import Limits as SlackLimits
from tests.fakes.teams import Limits as TeamsLimits
from tests.story.every_door.console_hand import console_hand
from tests.story.every_door.slack_hand import SlackHand
from tests.story.every_door.teams_hand import TeamsHand

QUICK = SlackLimits(channel_posts_per_second=20.0, workspace_posts_per_minute=10_000, burst=20, tiers=dict.fromkeys(range(1, 5), 1000))


@pytest.fixture
async def hand(request, tmp_path):
    """Bo is on duty."""
    dial, ground = RunningDial(), {"roster": Roster({"duty_lead": Rota("duty_lead", "UTC", order=("Bo",))})}
    async with AsyncExitStack() as stack:
        if request.param == "slack":
            there = await stack.enter_async_context(slack_house(tmp_path, limits=QUICK, dial=dial, **ground))
            made = SlackHand(there)
            accounts = {name: made.account(name) for name in ("Ana", "Bo", "Max", "Lou")}
        elif request.param == "teams":
            teams = await stack.enter_async_context(teams_house(tmp_path, limits=TeamsLimits(sends=((1.0, 1000),)), dial=dial, **ground))
            made = TeamsHand(teams)
            accounts = {name: teams.teams.user(name).aad_object_id for name in ("Ana", "Bo", "Max", "Lou")}
        else:
            made, accounts = await stack.enter_async_context(console_hand(tmp_path, dial, **ground)), {}
        async with made.house.store.begin() as work:
            for person in await people.everyone(work):
                if person.name in accounts:
                    await people.know_as(work, person.id, request.param, accounts[person.name])
            await work.commit()
        made.dial = dial
        yield made
