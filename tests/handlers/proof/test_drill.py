"""A storm on a simulated clock: Christmas Eve at ten, people asleep, a rota with a gap."""

from collections.abc import Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from flows.ladder import Fits, Ladder, Step, Whom
from flows.people import PersonEntry
from flows.rota import Duty, Rota, Shift
from handlers.proof.drill import Drill, Plan, Stage, stage
from handlers.proof.ground import Ground
from handlers.proof.lint import HOUSE_PAGER
from handlers.proof.outcome import ROWS, Outcome, outcome
from tests.builders import Scripted, data_breach, mention

EVE = datetime(2026, 12, 24, 22, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFICE = {"hours": "mon-fri 09:00-18:00", "holidays": "ES"}
ANA = PersonEntry("Ana", ("lead",), ("es",), "Europe/Madrid", email="ana@x.example", **OFFICE)
BO = PersonEntry("Bo", ("agent",), ("en",), "UTC", email="bo@x.example")
CLEO = PersonEntry("Cleo", ("manager",), ("en",), "America/New_York", pagers={"ntfy": "cleo-1"}, **OFFICE)
DAN = PersonEntry("Dan", ("legal",), ("en",), "UTC")
GAP = Rota("duty_lead", "UTC", shifts=(Shift("duty_lead", "Bo", EVE - HOUR, EVE + HOUR),))
LABEL = {"en": "Money", "es": "Dinero", "fr": "Argent"}
MONEY = Ladder(
    "money",
    LABEL,
    Fits(tags=("money_missing",)),
    (Step((Whom(on_duty="duty_lead"),), by=("email",)), Step((Whom(role="lead"),), timedelta(minutes=30), ("email",))),
    first_answer=HOUR,
    wait=HOUR,
    at_last=(Whom(role="manager"),),
)
PAGED = replace(MONEY, steps=(*MONEY.steps, Step((Whom(role="manager"),), timedelta(minutes=10), ("webhook",))))
ALONE = replace(MONEY, steps=(Step((Whom(role="legal"),), by=("direct",)),), at_last=())


def messages(*minutes: float, text: str = "money_missing high") -> list:
    """One of each customer, so many minutes after the first."""
    return [mention(text, posted_at=datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=after)) for after in minutes]


@asynccontextmanager
async def played(mentions, *ladders: Ladder, doors: Sequence[str] = ("email", "ntfy"), hours: float = 24, acknowledge: float = 0):
    flow = replace(data_breach(), ladders=ladders or (MONEY,))
    ground = Ground((ANA, BO, CLEO, DAN), rotas={"duty_lead": GAP})
    plan = Plan(EVE, timedelta(hours=hours), timedelta(minutes=acknowledge))
    async with stage(flow, ground, frozenset(doors), EVE) as on:
        *_, progress = [one async for one in Drill(on, Scripted(), plan).play(mentions)]
        yield on, plan, progress


async def found(mentions, *ladders: Ladder, **given) -> Outcome:
    async with played(mentions, *ladders, **given) as (on, plan, _):
        return await outcome(on, plan, "storm", ZoneInfo("UTC"))


def told(one: Outcome) -> list[tuple[str, str, int]]:
    return [(f"{telling.at:%d %H:%M}", telling.person, len(telling.cases)) for telling in one.tellings]


async def test_each_step_is_told_at_its_time_to_those_whom_it_means():
    one = await found(messages(0, 0, 0))
    assert told(one) == [("24 22:00", "Bo", 3), ("24 22:30", "Ana", 3), ("24 23:30", "Cleo", 3)]
    assert [list(telling.ways) for telling in one.tellings] == [["email"], ["email"], ["webhook"]]


async def test_a_gap_of_the_rota_sends_the_case_to_the_next_step_at_once():
    one = await found(messages(0, 90))
    assert told(one) == [
        ("24 22:00", "Bo", 1),
        ("24 22:30", "Ana", 1),
        ("24 23:30", "Ana", 1),
        ("24 23:30", "Cleo", 1),
        ("25 00:30", "Cleo", 1),
    ]


async def test_who_is_off_by_their_own_clock_and_holidays_is_marked():
    one = await found(messages(0))
    assert {telling.person: telling.awake for telling in one.tellings} == {"Bo": True, "Ana": False, "Cleo": False}


async def test_what_nobody_takes_stays_unanswered_from_the_end_of_its_ladder():
    one = await found(messages(0, 0, 90))
    assert [(line.ladder.in_("en"), line.cases, f"{line.since:%d %H:%M}", line.late) for line in one.unanswered] == [
        ("Money", 3, "24 23:30", 3)
    ]
    assert one.picture.unanswered_most == 3
    assert {late.late for late in one.picture.unanswered} == {True}  # each was promised a first answer within the hour


async def test_a_ladder_that_has_not_ended_in_time_is_counted_apart():
    one = await found(messages(0), hours=1)
    assert (one.unanswered, one.still_climbing) == ((), 1)


async def test_whoever_is_at_work_acknowledges_and_nobody_else_is_told():
    one = await found(messages(0, 0), acknowledge=10)
    assert told(one) == [("24 22:00", "Bo", 2)]
    assert (one.unanswered, one.still_climbing) == ((), 0)


async def test_whoever_sleeps_acknowledges_once_their_work_begins_unless_a_phone_wakes_them():
    asleep = await found(messages(0, 90), replace(MONEY, at_last=(Whom(role="lead"),)), acknowledge=10, hours=96)
    assert [(line.cases, f"{line.since:%d %H:%M}") for line in asleep.unanswered] == []
    assert max(span.span.end for span in asleep.picture.unanswered).date() == date(2026, 12, 28)  # a Monday
    woken = await found(messages(0, 90), PAGED, acknowledge=10)
    assert told(woken)[-1] == ("24 23:40", "Cleo", 1)


async def test_whom_nothing_reaches_is_not_told_and_it_shows():
    one = await found(messages(0), ALONE)
    assert (one.tellings, [line.cases for line in one.unanswered]) == ([], [1])


async def test_a_case_that_no_ladder_fits_stays_unanswered_from_its_beginning():
    one = await found(messages(0, text="ordinary low"))
    assert [(line.ladder, line.cases, line.since) for line in one.unanswered] == [(None, 1, EVE)]


async def test_with_nothing_connected_everything_stands_on_the_console():
    one = await found(messages(0), doors=())
    assert {way for telling in one.tellings for way in telling.ways} == {"console"}


async def test_a_key_of_the_house_rings_for_whoever_has_none_of_their_own():
    one = await found(messages(0), ALONE, doors=("pagerduty", HOUSE_PAGER))
    assert told(one) == [("24 22:00", "Dan", 1), ("24 23:00", "Dan", 1)]


async def test_a_storm_becomes_few_lines_and_few_words_to_each():
    one = await found(messages(*(number / 2 for number in range(240))), hours=48)
    assert len(one.tellings) <= ROWS
    assert one.cases == 240
    bo = [telling for telling in one.tellings if telling.person == "Bo"]
    assert sum(len(telling.cases) for telling in bo) == 120  # until the gap
    assert all(telling.times <= 61 for telling in bo)
    dots = one.picture.told("Ana")
    assert sum(dot.cases for dot in dots) == 240
    assert all((later.at - dot.at) >= one.picture.span.end - EVE - 47 * HOUR for dot, later in pairwise(dots))


async def test_the_same_storm_twice_gives_the_same_outcome():
    storm = messages(0, 3, 7, 90)
    assert await found(storm) == await found(storm)


async def test_messages_keep_their_distances_and_never_go_back_in_time():
    async with played(messages(0, 60, 30, 120)) as (_, _, progress):
        assert progress.played == 4
    one = await found(messages(0, 60, 30, 120))
    piece = timedelta(hours=24) / 200
    assert [((arrival.at - EVE) // piece * piece, arrival.cases) for arrival in one.picture.arrivals] == [
        (timedelta(), 1),
        (HOUR // piece * piece, 2),
        (2 * HOUR // piece * piece, 1),
    ]


async def test_what_comes_after_the_end_is_counted_and_left_out():
    async with played(messages(0, 10, 300, 301), hours=2) as (_, _, progress):
        assert (progress.played, progress.left_out) == (2, 2)


async def test_nothing_is_left_on_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    async with played(messages(0)) as (on, _, _):
        assert isinstance(on, Stage)
        assert list(tmp_path.iterdir())
    assert list(tmp_path.iterdir()) == []


async def test_its_own_database_waits_for_no_disk():
    async with stage(data_breach(), Ground((ANA,)), (), EVE) as on, on.store.begin() as work:
        assert await work.scalar(sa.text("PRAGMA synchronous")) == 0


async def test_when_clocks_change_each_step_still_comes_once():
    turns = Rota("duty_lead", "Europe/Madrid", ("Bo",), date(2026, 1, 5), timedelta(days=7), time(9))
    flow = replace(data_breach(), ladders=(MONEY,))
    begin = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30, half an hour before it is 02:00 again
    async with stage(flow, Ground((ANA, BO, CLEO), rotas={"duty_lead": turns}), {"email", "ntfy"}, begin) as on:
        plan = Plan(begin, 6 * HOUR)
        async for _ in Drill(on, Scripted(), plan).play(messages(0)):
            pass
        one = await outcome(on, plan, "storm", ZoneInfo("Europe/Madrid"))
    assert told(one) == [("25 00:30", "Bo", 1), ("25 01:00", "Ana", 1), ("25 02:00", "Cleo", 1)]


class Broken(Duty):
    def layers(self, begin, end):
        raise RuntimeError("a fault of ours")


async def test_a_step_that_cannot_be_told_does_not_keep_the_drill_from_its_end():
    flow = replace(data_breach(), ladders=(MONEY,))
    async with stage(flow, Ground((ANA, BO, CLEO), rotas={"duty_lead": Broken()}), {"email"}, EVE) as on:
        *_, progress = [one async for one in Drill(on, Scripted(), Plan(EVE, HOUR)).play(messages(0, 20))]
        one = await outcome(on, Plan(EVE, HOUR), "storm", ZoneInfo("UTC"))
    assert (progress.played, one.tellings, one.still_climbing) == (2, [], 2)


@pytest.mark.parametrize("doors", [("slack",), ("email", "ntfy", "slack", "teams")])
async def test_every_door_that_is_open_takes_its_notices(doors):
    direct = replace(
        MONEY, steps=(Step((Whom(role="agent"),), by=("thread", "direct"), otherwise=("email",)),), at_last=(Whom(role="agent"),)
    )
    one = await found(messages(0), direct, doors=doors)
    ways = {way for telling in one.tellings for way in telling.ways}
    assert ways == {"thread", "email"} if "email" in doors else {"thread"}
