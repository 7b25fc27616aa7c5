"""Whatever happens in whatever order, the outbox loses nothing and never hands one row to two."""

import asyncio
import shutil
from datetime import timedelta

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule, run_state_machine_as_test

from storage import folding, outbox, tables
from storage.outbox import Wish
from storage.types import SendState
from tests.databases import opened
from tests.dial import Dial

LEASE = timedelta(seconds=60)
LANES = ("slack:C1", "slack:C2")
KEYS = st.sampled_from(["a", "b", "c", None])


class Outbox(RuleBasedStateMachine):
    """`arrived` is what the destination has seen: key → the wish numbers, which must end at the last one wished."""

    folder = None
    template = None
    claims = Bundle("claims")

    def __init__(self):
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.dial = Dial()
        file = self.folder / "machine.db"
        for ending in ("", "-wal", "-shm"):
            (self.folder / f"machine.db{ending}").unlink(missing_ok=True)
        shutil.copy(self.template, file)
        self.store = opened(f"sqlite:///{file}", self.dial)
        self.wished, self.live = {}, {}
        self.number = 0

    def do(self, function, *arguments):
        async def one():
            async with self.store.begin() as work:
                result = await function(work, *arguments)
                await work.commit()
            return result

        return self.loop.run_until_complete(one())

    def rows(self):
        async def read(work):
            return list(await work.execute(sa.select(tables.outbox)))

        return self.do(read)

    @rule(key=KEYS, severity=st.integers(0, 3), lane=st.sampled_from(LANES))
    def put(self, key, severity, lane):
        self.number += 1
        self.wished[key or f"only{self.number}"] = self.number
        self.do(outbox.put, [Wish("slack", lane, "post", "card", severity, None, key and f"k:{key}", {"n": self.number})])

    @rule(target=claims, lane=st.sampled_from(LANES), act=st.sampled_from(["post", "update"]), owner=st.sampled_from(["p", "q"]))
    def claim(self, lane, act, owner):
        row = self.do(outbox.claim, lane, act, owner, LEASE, [])
        if row is None:
            return multiple()
        held = self.live.get(row.id)
        assert held is None or held[1] < self.dial.at, "two live claims of one row"
        self.live[row.id] = (row.attempt, self.dial.at + LEASE)
        return row, owner

    def over(self, row):
        if self.live.get(row.id, (None,))[0] == row.attempt:
            del self.live[row.id]

    @rule(claim=consumes(claims), arrives=st.booleans())
    def finish(self, claim, arrives):
        row, owner = claim
        mine = self.live.get(row.id, (None,))[0] == row.attempt
        kind = self.do(outbox.finish, row, owner, f"m{row.id}" if arrives else None)
        assert bool(kind) <= mine, "an attempt that lost its lease finished"
        self.over(row)

    @rule(claim=consumes(claims), state=st.sampled_from([SendState.FAILED_FOR_NOW, SendState.UNCONFIRMED]), after=st.integers(0, 60))
    def fail(self, claim, state, after):
        self.do(outbox.put_back, *claim, state, "no", timedelta(seconds=after))
        self.over(claim[0])

    @rule(claim=consumes(claims))
    def give_back(self, claim):
        self.do(outbox.unclaim, *claim, timedelta(seconds=5), "quiet")
        self.over(claim[0])

    @rule(claim=consumes(claims))
    def crash(self, claim):
        """Nobody will finish it; its lease runs out some day."""

    @rule(seconds=st.sampled_from([1, 30, 61]))
    def time(self, seconds):
        self.dial.forward(seconds=seconds)
        self.do(outbox.expire_leases)
        for row_id, (_, until) in list(self.live.items()):
            if until < self.dial.at:
                del self.live[row_id]

    @rule(lane=st.sampled_from(LANES))
    def fold(self, lane):
        self.do(folding.fold, lane)

    @rule(lane=st.sampled_from(LANES))
    def unfold(self, lane):
        self.do(folding.unfold, lane, 2)

    @invariant()
    def every_key_stands_once(self):
        keys = [row.key for row in self.rows() if row.key]
        assert len(keys) == len(set(keys))

    @invariant()
    def nothing_is_lost(self):
        """The last wish for each thing is in a row: still to come, or sent with those facts."""
        numbers = {row.facts["n"] for row in self.rows()}
        assert set(self.wished.values()) <= numbers

    def teardown(self):
        """Given time and a willing destination, everything that nobody gave up leaves."""
        self.dial.forward(hours=1)
        self.do(outbox.expire_leases)
        for lane in LANES:
            self.do(folding.unfold, lane, 100)
            for act in ("post", "update"):
                while row := self.do(outbox.claim, lane, act, "end", LEASE, []):
                    assert self.do(outbox.finish, row, "end", "m")
        left = {row.state for row in self.rows()} - {"sent", "unconfirmed"}
        self.loop.run_until_complete(self.store.close())
        self.loop.close()
        assert not left


def test_no_order_of_events_loses_or_doubles_a_row(tmp_path, sqlite_template):
    Outbox.folder, Outbox.template = tmp_path, sqlite_template
    quick = settings(max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Outbox, settings=quick)
