"""Whatever people click, networks answer and clocks do, in whatever order: nothing leaves that was not approved as it is, and nothing twice.

What may leave is judged here anew, from what people did and what was promised, not by the product's own gate.
"""

import asyncio
import os
import shutil
from collections import Counter
from itertools import count
from typing import ClassVar

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from storage import tables, timeline
from storage.types import DraftStatus, ReplyState
from tests.handlers.answers_memory import PEOPLE, Chance
from tests.handlers.answers_world import World

LEADERS, LAWYERS = {"Lea", "Max"}, {"Lou"}
LAWYERS_TAGS, LAWYERS_FINDINGS = {"legal_threat", "regulator", "press", "extortion"}, {"liability", "unsupported"}
OFTEN = Counter(
    answer=8, propose=2, revise=2, edit_and_approve=2, approve=2, all_approve=3, reject=1, withdraw=1,
    set_hold=2, excuse=1, attest=2, find_out=1, retract=1, new_statement=2, approve_statement=1, withdraw_statement=1,
    case=1, customer_writes_again=1, move=1, close=1, reopen=2, tag=3, release=4, send_again=2, arrived=1,
    network_fails=4, network_can_be_asked=1, send=8, sender_dies=3, sender_falls_asleep=2, sender_wakes=2, time_passes=5,
)  # fmt: skip
CHANCE = st.builds(Chance, st.sampled_from(sorted(PEOPLE)), st.integers(0, 7), st.integers(0, 7), st.booleans())
EXAMPLES = int(os.environ.get("TOCSIN_EXAMPLES", "15"))  # more of them for a long look


class Judge:
    """Says what was wrong about a reply at the moment at which a network took it in."""

    def __init__(self, world):
        self.world, self.wrongs = world, []

    async def look(self, reply):
        found = [one for one in self.world.texts.values() if one.words == reply.text]
        if len(found) != 1:
            self.wrongs.append(f"nobody wrote {reply.text!r}")
            return
        text, matter = found[0], found[0].paper.matter
        text.paper.sent += 1
        (case,) = await self.world.rows(sa.select(tables.cases.c.crisis, tables.cases.c.status).where(tables.cases.c.id == matter.id))
        wrong = {
            "is not the present version": text is not text.paper.texts[-1],
            "was taken back": text.paper.over,
            "was not approved": not self.enough(text, lawyers=await self.needs_lawyers(text)),
            "came twice": text.paper.sent > 1 + text.paper.again,
            "went to somebody else": reply.customer.external_id != matter.by or reply.private != text.private,
            "is of a closed case": case.status == "closed",
            **self.held(text, about=case.crisis),
        }
        self.wrongs += [f"{reply.text!r} {what}" for what, is_so in wrong.items() if is_so]

    async def needs_lawyers(self, text):
        t, v = tables.case_tags.c, tables.versions.c
        rows = await self.world.rows(sa.select(t.tag, t.is_set).where(t.case_id == text.paper.matter.id))
        (version,) = await self.world.rows(sa.select(v.findings).where(v.id == text.id))
        tags = {row.tag for row in rows if row.is_set is not False}
        return bool(tags & LAWYERS_TAGS or {one["check"] for one in version.findings} & LAWYERS_FINDINGS)

    def enough(self, text, *, lawyers):
        """A lead's or manager's yes, and a lawyer's where the matter asks for one; never the first author's."""
        yes = text.yes - {text.paper.author}
        return bool(yes & LEADERS) and (not lawyers or bool(yes & LAWYERS))

    def held(self, text, *, about):
        world, matter, rests = self.world, text.paper.matter, text.rests
        stands = rests is not None and world.present.get(rests.kind) is rests and not world.retracted & set(rests.facts)
        about = about or matter.touched or matter.speaks or text.speaks
        holding = stands and rests.kind == "holding"
        return {
            "left in silence": about and world.hold == "silent" and not matter.excused,
            "does not rest on the holding statement": about and world.hold == "holding" and not holding and not matter.excused,
            "rests on what is not said any more": rests is not None and not stands,
            "is general, and customers do not know yet": about and not text.private and not holding and not world.attested,
        }


class Answers(RuleBasedStateMachine):
    folder = None
    template = None
    numbers = count()
    seen: ClassVar = Counter()

    def __init__(self):
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.file = self.folder / f"machine{next(self.numbers)}.db"
        shutil.copy(self.template, self.file)
        self.world = World(f"sqlite:///{self.file}")
        self.judge = Judge(self.world)
        self.world.network.judge = self.judge.look

    def run(self, coroutine):
        return self.loop.run_until_complete(coroutine)

    @initialize()
    def begin(self):
        self.run(self.world.begin())

    @rule(act=st.sampled_from(sorted(OFTEN.elements())), chance=CHANCE)
    def happens(self, act, chance):
        self.run(getattr(self.world, act)(chance))

    @invariant()
    def what_the_network_has_was_right_when_it_left(self):
        assert self.judge.wrongs == []

    @invariant()
    def what_is_said_to_be_sent_is_there_and_what_waits_is_in_line(self):
        r, o, d = tables.replies.c, tables.outbox.c, tables.drafts.c
        rows = self.run(self.world.rows(sa.select(r.id, r.state, r.version_id, d.status).join(tables.drafts, d.id == r.draft_id)))
        line = {row.facts["id"] for row in self.run(self.world.rows(sa.select(o.facts).where(o.key.is_not(None), o.kind == "publish")))}
        for row in rows:
            words = self.world.texts[row.version_id].words
            assert row.state != ReplyState.SENT or words in self.world.network.texts, f"{words!r} is said to be sent"
            assert row.state != ReplyState.WAITING or row.id in line, f"{words!r} waits for nothing"
            assert (row.status == DraftStatus.PUBLISHED) == (row.state == ReplyState.SENT), words

    @invariant()
    def every_case_that_was_about_the_crisis_in_this_hold_is_known(self):
        if self.world.hold != "off":
            now = {row.id for row in self.run(self.world.rows(sa.select(tables.cases.c.id).where(tables.cases.c.crisis)))}
            for matter in self.world.matters:
                matter.touched |= matter.id in now

    @invariant()
    def the_record_is_whole(self):
        assert self.run(self.breaks()) == []

    async def breaks(self):
        async with self.world.store.read() as work:
            return (await timeline.verify(work))[1]

    def teardown(self):
        """Once every network is willing, what is in line leaves or is kept for a person."""
        try:
            if self.world.people:
                self.run(self.settle())
                self.what_the_network_has_was_right_when_it_left()
                self.what_is_said_to_be_sent_is_there_and_what_waits_is_in_line()
        finally:
            self.run(self.world.store.close())
            self.loop.close()
            for ending in ("", "-wal", "-shm"):
                self.file.with_name(self.file.name + ending).unlink(missing_ok=True)

    async def settle(self):
        self.world.network.fail.clear()
        self.world.network.lost.clear()
        for _ in range(4):
            await self.world.time_passes(Chance("Ana", 2, 0, yes=True))
            await self.world.send(None)
        assert await self.world.reply(ReplyState.WAITING, Chance("Ana", 0, 0, yes=True)) is None, "something waits that could leave"
        states = await self.world.rows(sa.select(tables.replies.c.state))
        Answers.seen.update(row.state for row in states)
        Answers.seen["published"] += len(self.world.network.published)


def test_no_order_of_clicks_faults_and_deaths_sends_what_was_not_approved_or_sends_it_twice(tmp_path, sqlite_template):
    Answers.folder, Answers.template = tmp_path, sqlite_template
    quick = settings(max_examples=EXAMPLES, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Answers, settings=quick)
    assert {"published", ReplyState.SENT, ReplyState.HELD} <= set(+Answers.seen), "it proved nothing"
