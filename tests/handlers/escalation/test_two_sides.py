"""A step of FLOW reaches people on Slack and on Teams: who is on both is called once and rung twice, and one acknowledgement tells everybody."""

from datetime import timedelta

import pytest

from handlers.board import Board
from handlers.errors import DoorClosed, Refused, Unconfirmed
from handlers.ports import Who
from storage.escalations import Climbing
from tests.builders import Scripted, TestHouse
from tests.fakes.courier import FakeCourier
from tests.fakes.workspace import FakeWorkspace
from tests.handlers.escalation.conftest import World, short_flow
from tests.handlers.escalation.test_ladder import LIFE
from tests.handlers.sending import CHANNELS

ONCE = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)  # what has no SQL of its own
PRESS = "press: what do you say to our readers?"
LEA, LEA_THERE = Who("slack", "U2"), Who("teams", "T-lea")


@pytest.fixture
async def world(store, dial):
    """Lea leads and is on both sides; Max manages and is on Teams alone; Pia speaks to the press and is on both."""
    mail, board = FakeCourier(dial, "email"), Board({"slack": CHANNELS, "teams": {"crisis": "T1", "ordinary": "T2"}})
    house = await TestHouse(store, short_flow(), board, Scripted(), couriers={"email": mail}).begin()
    made = World(store, dial, house, FakeWorkspace(dial), {"teams": FakeWorkspace(dial, "teams")}, mail)
    for name, role, accounts in (
        ("Lea", "lead", {"slack_id": "U2", "teams_id": "T-lea"}),
        ("Max", "manager", {"teams_id": "T-max"}),
        ("Pia", "press_officer", {"slack_id": "U5", "teams_id": "T-pia"}),
    ):
        await house.person(name, role, email=f"{name.lower()}@us.example", **accounts)
    return made


def case_card(side):
    return next(one for one in side.messages if one.shows("case.title"))


def in_thread(side):
    return [one.card.title.name for one in side.threads(case_card(side).id)]


def to(side, place):
    """What stands in a channel, or in somebody's direct messages, now."""
    return [one.card.title.name for one in side.messages if one.place.channel_id == place]


@ONCE
async def test_who_is_on_both_sides_is_called_once_and_rung_on_both(world):
    number = await world.house.case(LIFE)
    await world.now()
    assert [call.name for call in await world.called(number)] == ["Lea"]
    assert to(world.slack, "U2") == to(world.others["teams"], "T-lea") == ["notice.title"]
    assert not world.mail.told, "nobody needs another way"


@ONCE
@pytest.mark.parametrize("who", [LEA, LEA_THERE])
async def test_an_acknowledgement_on_one_side_is_told_on_both_and_ends_the_ladder(world, who):
    number = await world.house.case(LIFE)
    await world.now()
    await world.house.acknowledging.acknowledge(who, number)
    await world.now()
    assert to(world.slack, "U2") == to(world.others["teams"], "T-lea") == ["notice.yours_title"]
    cards = [case_card(side).card for side in (world.slack, world.others["teams"])]
    assert cards[0] == cards[1] and "Lea" in str(cards[0].small)
    await world.turn(minutes=4)
    assert (await world.standing(number)).state is Climbing.ACKNOWLEDGED and not to(world.others["teams"], "T-max")


@ONCE
async def test_whoever_acknowledges_on_both_sides_has_done_it_once(world):
    number = await world.house.case(LIFE)
    await world.now()
    for who in (LEA, LEA_THERE, LEA):
        await world.house.acknowledging.acknowledge(who, number)
    past = await world.house.history.of_case(LEA, number)
    assert [one.words.name for one in past].count("timeline.acknowledged") == 1


@ONCE
async def test_a_step_in_the_thread_stands_on_both_sides_and_changes_on_both(world):
    number = await world.house.case(PRESS)
    await world.now()
    sides = (world.slack, world.others["teams"])
    assert [in_thread(side) for side in sides] == [["call.title"]] * 2
    await world.house.acknowledging.acknowledge(Who("teams", "T-pia"), number)
    await world.now()
    assert [in_thread(side) for side in sides] == [["call.over"]] * 2
    assert to(world.slack, "U5") == to(world.others["teams"], "T-pia") == ["notice.yours_title"]


async def test_while_one_side_is_away_the_other_rings_and_no_further_way_is_needed(world):
    world.slack.closed[""] = DoorClosed("revoked", whole=True)
    number = await world.house.case(LIFE)
    await world.turn(minutes=2)
    assert to(world.others["teams"], "T-lea") == ["notice.title"] and not world.mail.told
    await world.house.acknowledging.acknowledge(LEA_THERE, number)
    world.slack.closed.clear()
    await world.turn(minutes=2)
    assert "notice.title" not in to(world.slack, "U2"), "what was not told in time asks for nothing any more"


@ONCE
async def test_a_call_in_the_thread_that_somebody_deleted_on_one_side_is_left_at_that(world):
    number = await world.house.case(PRESS)
    await world.now()
    teams = world.others["teams"]
    (call,) = teams.threads(case_card(teams).id)
    teams.deleted.add(call.id)
    await world.house.acknowledging.acknowledge(Who("slack", "U5"), number)
    await world.turn(minutes=1)
    assert in_thread(world.slack) == ["call.over"] and in_thread(teams) == ["call.title"]
    assert [one.card.title.name for one in teams.messages].count("case.title") == 1


@ONCE
async def test_who_is_only_on_a_side_that_is_away_is_told_by_the_next_way(world):
    world.others["teams"].closed[""] = DoorClosed("revoked", whole=True)
    await world.house.case(LIFE)
    await world.turn(minutes=5, seconds=30)
    assert [one.address for one in world.mail.told] == ["max@us.example"]


@pytest.mark.parametrize("how", ["closed", "refused"])
async def test_when_both_sides_fail_one_after_the_other_the_next_way_follows_at_once(world, how):
    for side, account in ((world.slack, "U2"), (world.others["teams"], "T-lea")):
        side.closed[account] = DoorClosed("archived") if how == "closed" else Refused("blocked")
    await world.house.case(LIFE)
    await world.turn(pace=timedelta(seconds=2), seconds=10)
    assert [one.address for one in world.mail.told] == ["lea@us.example"]


@ONCE
async def test_while_one_side_is_away_and_the_other_does_not_answer_the_next_way_follows_within_a_minute(world):
    world.slack.closed[""] = DoorClosed("revoked", whole=True)
    world.others["teams"].closed[""] = Unconfirmed("timeout")
    await world.house.case(LIFE)
    await world.turn(pace=timedelta(seconds=5), seconds=75)
    assert [one.address for one in world.mail.told] == ["lea@us.example"]


@pytest.fixture
async def untrusted(world):
    admin = await world.house.person("Root", "admin")
    await world.house.workspaces.mark(admin, "teams", trusted=False)
    return world


@ONCE
async def test_who_is_only_on_a_side_that_is_not_trusted_is_told_by_the_next_way_at_once(untrusted):
    await untrusted.house.case(LIFE)
    await untrusted.turn(minutes=5, seconds=30)
    assert [one.address for one in untrusted.mail.told] == ["max@us.example"]
    assert not untrusted.others["teams"].messages


@ONCE
async def test_a_word_that_asks_for_nothing_does_not_wait_for_a_side_that_is_not_trusted(untrusted):
    number, manager = (
        await untrusted.house.case(LIFE),
        await untrusted.house.person("Max", "manager", teams_id="T-max", email="max@us.example"),
    )
    await untrusted.house.cases.claim(manager, number)
    await untrusted.house.acknowledging.take_over(LEA, number)
    await untrusted.now()
    (told,) = untrusted.mail.told
    assert (told.address, told.notice.title.name) == ("max@us.example", "notice.taken_over")
    assert not untrusted.others["teams"].messages
