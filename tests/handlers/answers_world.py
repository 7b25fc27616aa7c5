"""A crisis as the machine of answers plays it: what people do, networks answer and processes suffer."""

import sqlalchemy as sa

from handlers.answers.drafts import Wording
from handlers.answers.publishing import ways_out
from handlers.board import Board
from handlers.errors import Told
from handlers.sender import Sender
from storage import outbox, tables
from storage.types import ReplyState
from tests.builders import Scripted, TestHouse, data_breach, mention
from tests.databases import opened
from tests.dial import Dial
from tests.fakes.network import FakeNetwork
from tests.handlers.answers_memory import ANSWERS, FAULTS, HOLDS, LANE, PEOPLE, SAID, SECONDS, TAGS, Chance, Matter, Paper, Saying, Text


class Watched(FakeNetwork):
    """Calls `judge` with each reply at the moment at which it takes it in."""

    judge = None

    async def publish(self, reply):
        before = len(self.published)
        try:
            return await super().publish(reply)
        finally:
            if len(self.published) > before:
                await self.judge(reply)


class World:
    """Each public method is an act that takes a Chance. What cannot be done now is told to whoever tried, and changes nothing."""

    def __init__(self, database: str) -> None:
        self.dial = Dial()
        self.store = opened(database, self.dial)
        self.network = Watched(self.dial)
        self.house = TestHouse(self.store, data_breach(), Board({}), Scripted(), {"x": self.network})
        self.people, self.matters, self.papers, self.texts = {}, [], {}, {}
        self.sayings, self.facts, self.retracted, self.present = [], [], set(), {}
        self.hold, self.attested, self.asleep = "off", False, []

    async def begin(self):
        await self.house.begin()
        for name, role in PEOPLE.items():
            self.people[name] = await self.house.person(name, role)
        await self.house.crises.open(self.people["Max"], "Meridia")
        for which in range(3):
            await self.case(Chance("Ana", 0, which, yes=True))

    async def _tries(self, act):
        """The outcome of an act; None when the person was told that it cannot be done."""
        try:
            return await act or True
        except Told:
            return None

    async def rows(self, query):
        async with self.store.read() as work:
            return list(await work.execute(query))

    def _matter(self, chance):
        return self.matters[chance.pick % len(self.matters)]

    def _text(self, chance):
        return list(self.texts.values())[-1 - chance.pick % len(self.texts)] if self.texts else None

    # --- customers and their cases

    async def case(self, chance):
        words, speaks = SAID[chance.which % len(SAID)]
        by = f"u{len(self.matters)}"
        self.matters.append(Matter(await self.house.case(words, by=by), by, speaks))

    async def customer_writes_again(self, chance):
        matter, (words, speaks) = self._matter(chance), SAID[chance.which % len(SAID)]
        await self.house.mentions.receive([mention(words, by=matter.by)])
        matter.speaks |= speaks

    async def move(self, chance):
        await self.house.cases.move(self.people["Ana"], self._matter(chance).id, crisis=chance.yes)

    async def close(self, chance):
        await self.house.cases.close(self.people["Ana"], self._matter(chance).id)

    async def reopen(self, chance):
        await self.house.cases.reopen(self.people["Ana"], self._matter(chance).id)

    async def tag(self, chance):
        await self.house.tags.toggle(self.people["Ana"], self._matter(chance).id, TAGS[chance.which % len(TAGS)])

    # --- drafts

    async def propose(self, chance):
        matter, wording = self._matter(chance), self._wording(chance)
        made = await self._tries(self.house.drafts.propose(self.people[chance.name], matter.id, wording))
        if made:
            paper = self.papers[made.draft_id] = Paper(made.draft_id, matter, chance.name)
            self._write(paper, made.version_id, wording, chance)

    def _wording(self, chance):
        """Words that nobody has used before, resting on a statement where there is one."""
        number, rests = len(self.texts), ("", *self.present, "")[chance.pick % (len(self.present) + 2)]
        mark = "".join(chr(ord("a") + (number // 26**place) % 26) for place in (1, 0))
        return Wording(f"{ANSWERS[chance.which % 2][0]} Yours, Ana {mark}", chance.yes, rests)

    def _write(self, paper, version_id, wording, chance):
        speaks, rests = ANSWERS[chance.which % 2][1], self.present.get(wording.rests_on)
        text = self.texts[version_id] = Text(version_id, paper, wording.text, wording.private, speaks, rests)
        paper.texts.append(text)
        return text

    async def answer(self, chance):
        """Written, and approved by whoever may."""
        before = len(self.texts)
        await self.propose(chance)
        if len(self.texts) > before:
            await self.all_approve(Chance(chance.name, 0, 0, yes=True))

    async def revise(self, chance):
        old, wording = self._text(chance), self._wording(chance)
        made = old and await self._tries(self.house.drafts.revise(self.people[chance.name], old.id, wording))
        if made:
            self._write(old.paper, made.version_id, wording, chance)

    async def edit_and_approve(self, chance):
        old, wording = self._text(chance), self._wording(chance)
        made = old and await self._tries(self.house.approvals.edit_and_approve(self.people[chance.name], old.id, wording))
        if made:
            self._write(old.paper, made.version_id, wording, chance).yes.add(chance.name)

    async def approve(self, chance):
        text = self._text(chance)
        if text and await self._tries(self.house.approvals.approve(self.people[chance.name], text.id)):
            text.yes.add(chance.name)

    async def all_approve(self, chance):
        for name in ("Lea", "Max", "Lou"):
            await self.approve(Chance(name, chance.pick, chance.which, chance.yes))

    async def reject(self, chance):
        text = self._text(chance)
        if text and await self._tries(self.house.approvals.reject(self.people["Lea"], text.id, "not like this")):
            text.paper.over = True

    async def withdraw(self, chance):
        text = self._text(chance)
        if text and await self._tries(self.house.drafts.withdraw(self.people[chance.name], text.id)):
            text.paper.over = True

    # --- the room of the crisis

    async def set_hold(self, chance):
        hold = HOLDS[chance.which % len(HOLDS)]
        await self.house.holds.set(self.people["Lea"], hold)
        if hold != self.hold and "off" in (hold, self.hold):
            for matter in self.matters:
                matter.touched = matter.excused = False
        self.hold = hold

    async def excuse(self, chance):
        matter = self._matter(chance)
        if await self._tries(self.house.holds.excuse(self.people["Max"], matter.id, "she may be in danger")):
            matter.excused = True

    async def attest(self, chance):
        told, them = {"told_by": "Support", "share": "all", "at": "1m", "how": "email"}, self.house.attestations
        gives = chance.which % 4 != 0
        act = them.attest_customers_first(self.people["Max"], **told) if gives else them.withdraw(self.people["Max"], "customers_first")
        self.attested = gives if await self._tries(act) else self.attested

    async def find_out(self, _):
        fact = await self.house.facts.add(self.people["Max"], f"finding {len(self.facts)}", "security")
        await self.house.facts.confirm(self.people["Max"], fact)
        self.facts.append(fact)

    async def retract(self, chance):
        fact = self.facts[-1 - chance.pick % len(self.facts)] if self.facts else None
        if fact and await self._tries(self.house.facts.retract(self.people["Max"], fact)):
            self.retracted.add(fact)

    async def new_statement(self, chance):
        """Proposed, and most often approved."""
        kind, under = ("holding", "full")[chance.which % 2], self.facts[-1:]
        made = await self._tries(self.house.statements.propose(self.people["Lea"], kind, {"en": "We look into it."}, under))
        if made:
            self.sayings.append(Saying(made.id, kind, under))
            for name in ("Lou", "Max")[: 2 if chance.pick else 1]:
                await self._approve_statement(name, self.sayings[-1])

    async def approve_statement(self, chance):
        if self.sayings:
            await self._approve_statement(chance.name, self.sayings[-1 - chance.pick % len(self.sayings)])

    async def _approve_statement(self, name, saying):
        if await self._tries(self.house.statements.approve(self.people[name], saying.id)):
            c = tables.statements.c
            if (await self.rows(sa.select(c.status).where(c.id == saying.id)))[0].status == "approved":
                self.present[saying.kind] = saying

    async def withdraw_statement(self, chance):
        saying = self.sayings[-1 - chance.pick % len(self.sayings)] if self.sayings else None
        done = saying and await self._tries(self.house.statements.withdraw(self.people["Max"], saying.id))
        if done and self.present.get(saying.kind) is saying:
            del self.present[saying.kind]

    # --- replies that did not simply arrive

    async def reply(self, state, chance):
        r = tables.replies.c
        rows = await self.rows(sa.select(tables.replies).where(r.state == state).order_by(r.id.desc()))
        return rows[chance.pick % len(rows)] if rows else None

    async def release(self, chance):
        reply = await self.reply(ReplyState.HELD, chance)
        if reply:
            await self._tries(self.house.aftermath.release(self.people["Lea"], reply.id))

    async def send_again(self, chance):
        reply = await self.reply(ReplyState.UNCONFIRMED, chance)
        if reply and await self._tries(self.house.aftermath.send_again(self.people["Lea"], reply.id)):
            self.papers[reply.draft_id].again += 1

    async def arrived(self, chance):
        """Somebody looks: only what is there is said to be there."""
        reply = await self.reply(ReplyState.UNCONFIRMED, chance)
        if reply and self.texts[reply.version_id].words in self.network.texts:
            await self._tries(self.house.aftermath.arrived(self.people["Lea"], reply.id))

    # --- networks, processes and clocks

    async def network_fails(self, chance):
        how, error = FAULTS[chance.pick % len(FAULTS)]
        getattr(self.network, how).append(error())

    async def network_can_be_asked(self, chance):
        self.network.can_be_asked = chance.which % 4 != 0

    def _sender(self):
        return Sender(self.store, ways_out(self.house.networks, self.store, self.house.gate, self.house.course))

    async def send(self, _):
        await self._sender().drain()

    async def sender_dies(self, chance):
        """After it claimed a reply, or after it published one and before it could say so."""
        sender, row = await self._claim()
        if row and chance.yes:
            try:
                await sender.ways["x"].send(row)
            except Exception:
                return  # whatever it was, nobody is left to be told

    async def sender_falls_asleep(self, _):
        sender, row = await self._claim()
        self.asleep += [(sender, row)] if row else []

    async def sender_wakes(self, _):
        if self.asleep:
            sender, row = self.asleep.pop()
            await sender._send(row)

    async def _claim(self):
        sender = self._sender()
        async with self.store.begin() as work:
            row = await outbox.claim(work, LANE, "publish", sender.owner, sender.lease, [])
            await work.commit()
        return sender, row

    async def time_passes(self, chance):
        self.dial.forward(seconds=SECONDS[chance.pick % len(SECONDS)])
        await self.house.ticks.recover()
        for tick in (self.house.answers.waiting.remind, self.house.answers.waiting.expire, self.house.answers.waiting.look_again):
            await tick()
