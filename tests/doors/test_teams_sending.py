"""Cards on their way to Teams through the outbox: none is lost, and none is doubled where anybody can be asked."""

# ruff: noqa: F811 - fixtures are imported, and come as arguments

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.teams.workspace import TeamsWorkspace
from handlers.board import Board
from handlers.errors import CannotAsk
from handlers.escalation.telling import Outcome
from handlers.ports import Card, Place, Words
from handlers.renderer import Renderer, Shown
from handlers.sender import Sender
from handlers.showing import BLIND, Showing, ways_to
from storage import tables
from storage.outbox import Claimed
from tests.builders import Scripted, TestHouse, data_breach
from tests.doors.test_teams_workspace import heard, reaching, teams, workspace  # noqa: F401

pytestmark = pytest.mark.filterwarnings("ignore:The bot client is deprecated:DeprecationWarning")
CRISIS = "19:crisis@thread.tacv2"


class Lane:
    """One card on its way through the real outbox and sender."""

    def __init__(self, house: TestHouse, workspace: TeamsWorkspace) -> None:
        self.house = house
        renderer = Renderer(house.store, house.shelf, {"teams": "en"})
        self.sender = Sender(house.store, ways_to({"teams": workspace}, renderer, Outcome(house.course.caller)))

    async def rows(self):
        async with self.house.store.read() as work:
            return list(await work.execute(sa.select(tables.outbox.c.state, tables.outbox.c.error)))

    async def health(self):
        async with self.house.store.read() as work:
            return {row.door: (row.state, row.reason) for row in await work.execute(sa.select(tables.health))}


@pytest.fixture
async def lane(store, workspace):
    board = Board({"teams": {"crisis": CRISIS, "ordinary": "19:ordinary@thread.tacv2"}})
    house = await TestHouse(store, data_breach(), board, Scripted()).begin()
    await house.case("my_data")
    return Lane(house, workspace)


@pytest.mark.parametrize("fault", ["timeout_after_accept", "close_after_accept", "502_after_accept", "504_after_accept"])
async def test_a_card_whose_answer_was_lost_is_found_and_never_posted_twice(teams, workspace, lane, dial, fault):
    workspace.services.note(heard(teams))
    teams.faults.next("send", fault)
    await lane.sender.drain()
    dial.forward(seconds=5)
    await lane.sender.drain()
    assert (len(teams.channel("crisis").messages), len(teams.calls_of("send"))) == (1, 1)
    async with lane.house.store.read() as work:
        assert list((await work.execute(sa.select(tables.posts.c.message_id))).scalars()) == [teams.channel("crisis").messages[0].id]


@pytest.mark.parametrize("fault", ["timeout", "close", "500", "502", "504", "412", "503"])
async def test_a_card_that_did_not_arrive_is_posted_again(teams, workspace, lane, dial, fault):
    workspace.services.note(heard(teams))
    teams.faults.next("send", fault)
    await lane.sender.drain()
    assert teams.channel("crisis").messages == []
    dial.forward(seconds=5)
    await lane.sender.drain()
    assert len(teams.channel("crisis").messages) == 1


@pytest.mark.parametrize(("fault", "shown"), [("502", 1), ("502_after_accept", 2)])
async def test_where_nobody_can_be_asked_a_card_is_rather_there_twice_than_not_at_all(teams, lane, dial, fault, shown):
    teams.faults.next("send", fault)
    for _ in range(3):
        await lane.sender.drain()
        dial.forward(seconds=5)
    assert len(teams.channel("crisis").messages) == shown
    assert [row.state for row in await lane.rows()] == ["sent"]


async def test_an_hour_without_teams_loses_nothing(teams, lane, dial):
    teams.faults.next("send", "503", 12)
    for _ in range(12):
        await lane.sender.drain()
        dial.forward(minutes=5)
    assert ((await lane.rows())[0].state, teams.channel("crisis").messages) == ("pending", [])
    await lane.sender.drain()
    assert len(teams.channel("crisis").messages) == 1


async def test_after_a_429_nobody_posts_there_before_the_time_that_teams_named(teams, lane, dial):
    teams.faults.next("send", "429:30")
    await lane.sender.drain()
    for seconds, calls in ((29, 1), (2, 2)):
        dial.forward(seconds=seconds)
        await lane.sender.drain()
        assert len(teams.calls_of("send")) == calls
    assert len(teams.channel("crisis").messages) == 1


async def test_a_channel_that_took_us_out_is_an_alarm_and_what_was_meant_for_it_waits(teams, lane, dial):
    team = teams.channel("crisis").team
    team.has_bot = False
    await lane.sender.drain()
    assert (await lane.health())[f"teams:{CRISIS}"] == ("closed", "BotNotInConversationRoster")
    team.has_bot = True
    dial.forward(seconds=31)
    await lane.sender.drain()
    assert len(teams.channel("crisis").messages) == 1


class Blind:
    """A workspace that cannot be asked."""

    name = "teams"

    def __init__(self) -> None:
        self.posted = 0

    async def find(self, *_: object) -> str:
        raise CannotAsk("nobody_to_ask")

    async def post(self, *_: object) -> str:
        self.posted += 1
        return "1"


class Renders:
    async def show(self, _row: Claimed) -> Shown:
        return Shown(Card(Words("plain.text", {"text": "hello"})), "en")


def tried(dial, kind: str, attempt: int) -> Claimed:
    blank = dict.fromkeys(Claimed.__dataclass_fields__)
    known = {"lane": f"teams:{CRISIS}", "act": "post", "kind": kind, "attempt": attempt, "facts": {}, "token": "t", "leaves_at": 0.0}
    return Claimed(**{**blank, **known, "due_at": dial.at, "first_tried_at": dial.at - timedelta(minutes=1)})


async def test_a_notice_that_nobody_can_ask_about_is_tried_three_times_and_takes_the_next_way(dial):
    blind = Blind()
    showing = Showing(blind, Renders(), None)
    for attempt in range(2, BLIND + 1):
        await showing.send(tried(dial, "notice", attempt))
    assert blind.posted == BLIND - 1
    with pytest.raises(CannotAsk):
        await showing.send(tried(dial, "notice", BLIND + 1))
    await showing.send(tried(dial, "card", BLIND + 1))


async def test_what_may_be_there_and_cannot_be_looked_for_is_not_taken_for_deleted(dial):
    row = tried(dial, "card", 2)
    object.__setattr__(row, "act", "delete")
    with pytest.raises(CannotAsk):
        await Showing(Blind(), Renders(), None).send(row)


async def test_what_was_said_of_a_person_travels_only_to_them(teams, workspace):
    await workspace.post(Place(teams.user("Ana").id), Card(Words("plain.text", {"text": "hello"})), "en", "t")
    assert len(teams.chat("Ana").messages) == 1
    assert teams.channel("crisis").messages == []
