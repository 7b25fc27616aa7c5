"""Whatever customers write, colleagues click, doors refuse and clocks do: never two steps for one deadline, never none.

What should happen is judged by ladder_oracle.py, from what FLOW promises; the record and the workspaces say what did.
"""

import asyncio
import os
import shutil
from collections import Counter
from itertools import count
from typing import ClassVar

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from storage import tables, timeline
from tests.databases import apart
from tests.handlers.escalation.ladder_oracle import rules_for
from tests.handlers.escalation.ladder_world import PEOPLE, Chance, World

OFTEN = Counter(
    case=4, customer_writes_again=3, acknowledge=5, acknowledge_each=2, take_over=2, give=2, put_off=3, note=2, tag=4, close=2, reopen=2,
    answered=2, fails=4, is_refused=3, sender_dies=3, time_passes=14,
)  # fmt: skip
CHANCE = st.builds(Chance, st.sampled_from(sorted(PEOPLE)), st.integers(0, 11), st.integers(0, 11), st.booleans())
MANY = 50
EXAMPLES = int(os.environ.get("TOCSIN_EXAMPLES", "8"))  # more of them for a long look


class Ladders(RuleBasedStateMachine):
    url = None  # gives the address of a fresh database
    seen: ClassVar = Counter()

    def __init__(self):
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.world = World(type(self).url())
        self.last_link = 0

    def run(self, coroutine):
        return self.loop.run_until_complete(coroutine)

    @initialize()
    def begin(self):
        self.run(self.world.begin())
        self.run(self.look())

    @rule(act=st.sampled_from(sorted(OFTEN.elements())), chance=CHANCE)
    def happens(self, act, chance):
        self.run(self.does(act, chance))

    async def does(self, act, chance):
        await getattr(self.world, act)(chance)
        await self.look()
        if act == "time_passes":
            await self.judge_time()

    async def look(self):
        """Which ladder each case climbs now, by its tags and its severity."""
        c, t = tables.cases.c, tables.case_tags.c
        tags = {}
        for row in await self.world.rows(sa.select(t.case_id, t.tag).where(t.is_set.is_not(sa.false()))):
            tags.setdefault(row.case_id, set()).add(row.tag)
        rows = {row.id: row for row in await self.world.rows(sa.select(c.id, c.ladder, c.severity, c.status))}
        for matter in self.world.matters:
            row = rows[matter.id]
            if row.status != "closed":
                fits = rules_for(tags.get(matter.id, set()), row.severity)
                assert row.ladder == fits, f"#{matter.id} climbs {row.ladder}, {fits} fits"
                matter.fits(fits, self.world.dial())

    async def judge_time(self):
        now, unreached = self.world.dial(), await self.unreached()
        for matter in self.world.matters:
            matter.time_passes(now)
        wrong, known = [], {matter.id: matter for matter in self.world.matters}
        for case_id, climb, step in await self.told():
            matter = known[case_id]
            wrong += matter.is_told(climb, step, now, unreached=self.is_unreached(matter, unreached))
            Ladders.seen["told"] += 1
        assert not wrong, (
            wrong,
            [await self.record(matter) for matter in self.world.matters if any(f"#{matter.id} " in one for one in wrong)],
        )
        missing = [matter for matter in self.world.matters if matter.is_missing(now, unreached=self.is_unreached(matter, unreached))]
        assert not missing, f"nobody was told: {missing}"
        Ladders.seen.update(matter.state for matter in self.world.matters)

    async def record(self, matter):
        async with self.world.store.read() as work:
            return [(f"{link.at:%d %H:%M:%S}", link.act, link.payload) for link in await timeline.of_chain(work, f"case:{matter.id}")][1:]

    async def told(self):
        """(case, climb, step) that were written down as told since the last look, in their order."""
        c = tables.timeline.c
        query = sa.select(c.id, c.chain, c.payload).where(c.act == "step_told", c.id > self.last_link).order_by(c.id)
        rows = await self.world.rows(query)
        self.last_link = max([self.last_link, *(row.id for row in rows)])
        return [(int(row.chain.partition(":")[2]), row.payload["climb"], row.payload["step"]) for row in rows]

    async def unreached(self):
        """(case, climb, step) of which everybody is known not to be told."""
        c = tables.calls.c
        steps = {}
        for row in await self.world.rows(sa.select(c.case_id, c.climb, c.step, c.failed_at).where(c.step.is_not(None))):
            steps.setdefault((row.case_id, row.climb, row.step + 1), []).append(row.failed_at is not None)
        return {step for step, failed in steps.items() if all(failed)}

    def is_unreached(self, matter, unreached):
        return bool(matter.told) and (matter.id, *matter.told[-1]) in unreached

    @invariant()
    def each_is_called_once_by_a_step(self):
        c = tables.calls.c
        key = (c.case_id, c.climb, c.step, c.person_id)
        rows = self.run(self.world.rows(sa.select(*key).where(c.step.is_not(None)).group_by(*key).having(sa.func.count() > 1)))
        assert not rows

    @invariant()
    def what_nobody_has_runs_on_one_clock_or_is_red(self):
        c, e = tables.deadlines.c, tables.escalations.c
        running = sa.select(c.case_id).where(c.kind == "step", c.met_at.is_(None), c.told_at.is_(None), c.paused_at.is_(None))
        clocks = Counter(row.case_id for row in self.run(self.world.rows(running)))
        red = {row.case_id for row in self.run(self.world.rows(sa.select(e.case_id).where(e.state == "unanswered")))}
        for matter in self.world.matters:
            if matter.state != "done":
                assert (matter.id in red) == (matter.state == "red"), matter
                waits = matter.state == "put off" or (matter.state == "free" and matter.ladder)
                assert clocks[matter.id] == bool(waits), matter

    @invariant()
    def no_message_is_posted_twice(self):
        tokens = Counter((one.place.channel_id, one.token) for one in self.world.slack.messages)
        assert not [token for token, times in tokens.items() if times > 1]

    async def rows_of(self, left):
        n, o = tables.notices.c, tables.outbox.c
        ids = [int(thread.partition("-")[2]) for _, thread in left]
        found = await self.world.rows(sa.select(tables.notices).where(n.id.in_(ids)))
        ours = sa.select(o.kind, o.act, o.state, o.error, o.attempt, o.facts, o.not_before, o.sent_at).where(
            o.kind.in_(("notice", "notice_over"))
        )
        return found, [row for row in await self.world.rows(ours) if row.facts.get("id") in ids]

    def teardown(self):
        try:
            if self.world.people:
                self.run(self.settle())
        finally:
            self.run(self.world.store.close())
            self.loop.close()

    async def settle(self):
        """Once every door is willing and somebody has it all, whoever was told knows who."""
        world = self.world
        for door in (world.slack, *world.couriers.values()):
            door.fail.clear()
            door.lost.clear()
            door.closed.clear()
        await world.house.ticks.recover()
        for number in range(len(world.matters)):
            await world.take_over(Chance("Max", number, 0, yes=True))
        for _ in range(40):
            world.dial.forward(seconds=7)
            await world.tick()
        await self.look()
        assert not await self.told(), "told although somebody has it"
        for message in world.slack.messages:
            if message.place.channel_id not in world.slack.hurt:
                waits = [one for one in message.card.body if getattr(one, "name", "") == "notice.line"]
                assert not waits, f"{message.place.channel_id} still waits"
                assert message.card.title.name != "call.title", "the thread still waits"
        for courier in world.couriers.values():
            threads = {(told.address, told.notice.thread): told.notice for told in courier.told if told.address not in courier.hurt}
            left = [key for key, notice in threads.items() if notice.thread.startswith("notice-") and not notice.over]
            assert not left, (left, await self.rows_of(left))
        async with world.store.read() as work:
            assert (await timeline.verify(work))[1] == []


def run(examples, steps):
    phases = (Phase.generate, Phase.shrink) if "TOCSIN_SHRINK" in os.environ else (Phase.generate,)  # to shrink takes many minutes
    calm = list(HealthCheck)
    quick = settings(max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=calm, phases=phases)
    run_state_machine_as_test(Ladders, settings=quick)
    rare = {"red", "put off"} if examples >= MANY else set()  # a few examples may not come so far
    assert {"told", "free", "held", "done"} | rare <= set(+Ladders.seen) or examples < EXAMPLES, "it proved nothing"


def test_no_order_of_clicks_faults_and_clocks_tells_a_step_twice_or_never(tmp_path, sqlite_template):
    numbers = count()

    def fresh():
        return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / f'machine{next(numbers)}.db')}"

    Ladders.url = fresh
    run(EXAMPLES, 40)


@pytest.mark.parametrize("kind", ["postgresql"])
def test_the_same_on_postgresql(kind, request):
    copies, template = request.getfixturevalue("copies"), request.getfixturevalue("postgres_template")
    Ladders.url = lambda: apart(copies.create(template))
    run(2, 25)
