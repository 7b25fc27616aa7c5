"""Whatever people, customers, networks and clocks do in whatever order: the figures are those that counting every row by hand gives."""

import os
import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from handlers.insight.composing import Composer
from handlers.insight.figures import Period, as_plain, from_plain
from tests.handlers import answers_memory, answers_world
from tests.handlers.escalation import ladder_world, test_ladder_machine
from tests.handlers.insight.plainly import Plainly, rounded, spread

EXAMPLES = int(os.environ.get("TOCSIN_EXAMPLES", "2"))  # more of them for a long look
BEGAN = datetime(2026, 11, 20, tzinfo=UTC)
CLIMBING = test_ladder_machine.OFTEN
ANSWERING = Counter(
    answer=10, propose=4, revise=1, edit_and_approve=2, approve=3, all_approve=6, reject=2, withdraw=1, set_hold=1, excuse=1, attest=2,
    case=5, customer_writes_again=2, move=1, close=2, reopen=1, tag=2, release=3, send_again=1, network_fails=1, send=12, time_passes=6,
)  # fmt: skip


async def played(world, acts, chance, seed, many):
    """So many acts at random, then a morning passes."""
    pick = random.Random(seed)
    await world.begin()
    for _ in range(many):
        act = pick.choice(sorted(acts.elements()))
        await getattr(world, act)(chance(pick.choice(sorted(world.people)), pick.randrange(12), pick.randrange(12), pick.random() < 0.5))
    world.dial.forward(hours=1)


async def agree(world, since, until):
    period = Period(since, until, "UTC")
    async with world.store.read() as work:
        figures = await Composer(world.house.flow).compose(work, period)
    plainly = await Plainly.read(world.store, since, until)
    _arrivals_agree(figures.arrivals, plainly)
    _times_agree(figures.times, plainly, {one.name: len(one.steps) for one in world.house.flow.ladders})
    _ladders_agree(figures, plainly)
    _answers_agree(figures, plainly)
    assert from_plain(as_plain(figures)) == figures
    return figures


async def _nobody_judges(_):
    pass


def counts(tallies):
    return {one.name: one.n for one in tallies if one.n}


def _arrivals_agree(arrivals, plainly):
    assert (arrivals.mentions.n, arrivals.cases.n) == (len(plainly.mentions()), len(plainly.begun()))
    assert counts(arrivals.networks) == plainly.networks()
    assert counts(arrivals.moods) == plainly.moods()
    assert counts(arrivals.severities) == plainly.severities()
    assert counts(arrivals.tags) == plainly.tags()
    assert [one.n for one in arrivals.hours] == plainly.hours()
    in_hours = [name for hour in arrivals.hours for name, n in hour.tags.items() for _ in range(n)]
    assert sorted(in_hours) == sorted(plainly.tags().elements())


def _times_agree(times, plainly, ends):
    assert rounded(times.first_answer) == spread(plainly.answered())
    assert [n for _, n in times.first_answer.bins] == plainly.bins()
    assert rounded(times.resolution) == spread(plainly.closed())
    assert rounded(times.acknowledgement) == spread(plainly.acknowledged())
    assert (times.first_answer.due, times.first_answer.in_time) == plainly.clocks("first_answer")
    assert (times.resolution.due, times.resolution.in_time) == plainly.clocks("resolution")
    steps = {(one.ladder, one.step): one.n for one in times.breaches if one.clock == "step"}
    again = Counter(steps) - plainly.ran_out()  # what the record does not tell apart: a last step that a repetition ended
    assert Counter(steps) - again == plainly.ran_out() and all(step == ends[ladder] for ladder, step in again)
    assert times.acknowledgement.due - times.acknowledgement.in_time == sum(steps.values())
    late = {one.clock: one.n for one in times.breaches if one.clock != "step"}
    missed = {kind: due - in_time for kind in ("first_answer", "resolution") for due, in_time in [plainly.clocks(kind)]}
    assert late == {kind: n for kind, n in missed.items() if n}


def _ladders_agree(figures, plainly):
    called = {(one.ladder, one.step): (one.called, one.not_told) for one in figures.told if one.called}
    assert called == plainly.told()
    assert {(one.ladder, one.step): counts(one.acknowledged) for one in figures.told if one.acknowledged} == plainly.who()


def _answers_agree(figures, plainly):
    approving, waiting = figures.approving, figures.waiting
    assert (approving.n, approving.median and round(approving.median, 3)) == spread(plainly.approved())[:2]
    assert approving.rejected == len(plainly.rejected())
    assert counts(approving.findings) == plainly.findings()
    assert {one.network: one.n for one in figures.sent} == plainly.sent()
    assert all(len(one.links) == min(one.n, 5) for one in figures.sent)
    assert (waiting.open, waiting.unowned, waiting.oldest_case) == plainly.waiting()
    due, in_time = plainly.clocks("first_answer", "resolution", critical=True)
    assert (figures.promises.kept, figures.promises.missed) == (in_time, due - in_time)


def periods(dial):
    """The whole of it, and days and hours that cut through what happened."""
    until = dial.at.replace(minute=0, second=0) + timedelta(hours=1)
    yield BEGAN, until
    yield BEGAN + timedelta(hours=9, minutes=15), BEGAN + timedelta(hours=11, minutes=45)
    yield BEGAN + timedelta(days=1), BEGAN + timedelta(days=2)
    yield until - timedelta(hours=7), until
    yield BEGAN, BEGAN + timedelta(days=60)  # not over yet


@pytest.mark.parametrize("seed", range(EXAMPLES))
async def test_of_answers_as_counted_by_hand(database, seed):
    world = answers_world.World(database)
    world.network.judge = _nobody_judges
    try:
        await played(world, ANSWERING, answers_memory.Chance, seed, 120)
        figures = [await agree(world, since, until) for since, until in periods(world.dial)]
        assert figures[0].times.first_answer.n and figures[0].approving.n and figures[0].sent, "something happened at all"
    finally:
        await world.store.close()


@pytest.mark.parametrize("seed", range(EXAMPLES))
async def test_of_ladders_as_counted_by_hand(database, seed):
    world = ladder_world.World(database)
    try:
        await played(world, CLIMBING, ladder_world.Chance, seed, 100)
        figures = [await agree(world, since, until) for since, until in periods(world.dial)]
        assert figures[0].told and figures[0].times.acknowledgement.n and figures[0].times.breaches, "something happened at all"
    finally:
        await world.store.close()
