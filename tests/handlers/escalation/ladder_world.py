"""A crisis as the machine of ladders plays it: what customers and colleagues do, and what workspaces, processes and clocks suffer."""

from dataclasses import dataclass, replace
from datetime import timedelta

import sqlalchemy as sa

from flows.ladder import Fits, Ladder, Step, Whom
from flows.severity import Severity
from handlers.answers.publishing import ways_out
from handlers.board import Board
from handlers.errors import CannotAsk, Refused, Told, TryLater, Unconfirmed
from storage import cases, outbox, tables
from storage.types import SendState
from tests.builders import Scripted, TestHouse, data_breach
from tests.databases import opened
from tests.dial import Dial
from tests.fakes.courier import FakeCourier
from tests.fakes.workspace import FakeWorkspace
from tests.handlers.escalation.ladder_oracle import LAPSE, MINUTE, REMIND, RULES, SNOOZE_MOST, Matter
from tests.handlers.sending import CHANNELS, Post

WAYS = {"life": ("direct",), "both": ("direct", "webhook"), "press": ("thread", "direct"), "grave": ("webhook",)}
FITS = {"life": ("threat_to_life",), "both": ("extortion",), "press": ("press",)}
PEOPLE = {  # name → role, ways: Slack, email, a pager
    "Ana": ("agent", "SE"),
    "Lea": ("lead", "SE"),
    "Max": ("manager", "SEP"),
    "Lou": ("legal", "S"),
    "Pia": ("press_officer", "E"),
    "Sam": ("security", ""),
}
SAID = ("my_data", "threat_to_life critical", "extortion high", "press", "my_data high", "threat_to_life", "press critical")
TAGS = ("threat_to_life", "extortion", "press", "my_data")
SECONDS = (1, 5, 30, 61, 120, 300, 301, 600, 1200, 7200, 3 * 86400)
UNSURE = (lambda: Unconfirmed("timeout"), lambda: ValueError("a bug of ours"))  # all that a door may say of what it took
FAULTS = (lambda: TryLater("busy", timedelta(seconds=3)), *UNSURE)
FOR_GOOD = (lambda: Refused("account_inactive"), lambda: CannotAsk("timeout"))


def ladder(name: str) -> Ladder:
    rules, by = RULES[name], WAYS[name]
    steps = tuple(
        Step(tuple(Whom(role=role) for role in roles), after * MINUTE, by, everyone=rules.everyone and not number)
        for number, (after, roles) in enumerate(zip(rules.after, rules.roles, strict=True))
    )
    when = Fits(tags=FITS[name]) if name in FITS else Fits(severity=Severity.HIGH)
    ends = {"wait": rules.wait * MINUTE, "repeat": rules.repeat, "remind_after": REMIND, "lapse_after": LAPSE, "snooze_most": SNOOZE_MOST}
    return Ladder(name, dict.fromkeys(("en", "es", "fr"), name), when, steps, **ends)


@dataclass(frozen=True)
class Chance:
    """What each act is decided by."""

    name: str
    pick: int
    which: int
    yes: bool


class Mishaps:
    """Remembers whose notices were refused for good, since they may be left without a word."""

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self.hurt = set()

    async def _answer(self, *where):
        try:
            await super()._answer(*where)
        except (Refused, CannotAsk):
            self.hurt |= set(where)
            raise


class Workspace(Mishaps, FakeWorkspace):
    pass


class Courier(Mishaps, FakeCourier):
    pass


class World:
    """Each public method is an act that takes a Chance. What cannot be done now is told to whoever tried, and changes nothing."""

    def __init__(self, database: str) -> None:
        self.dial = Dial()
        self.store = opened(database, self.dial)
        self.slack = Workspace(self.dial)
        self.couriers = {"email": Courier(self.dial, "email"), "pagerduty": Courier(self.dial, "pagerduty")}
        flow = replace(data_breach(), ladders=tuple(map(ladder, RULES)))
        house = TestHouse(self.store, flow, Board({"slack": CHANNELS}), Scripted(), couriers=dict(self.couriers))
        self.post = Post(self.store, self.dial, house, self.slack)
        self.house, self.people, self.matters = house, {}, []

    async def begin(self):
        await self.house.begin()
        for number, (name, (role, ways)) in enumerate(PEOPLE.items(), 1):
            values = {
                "slack_id": f"U{number}" if "S" in ways else None,
                "email": f"{name.lower()}@us.example" if "E" in ways else None,
                "pagers": {"pagerduty": f"key{number}"} if "P" in ways else {},
            }
            self.people[name] = await self.house.person(name, role, **values)
        for which in range(2):
            await self.case(Chance("Ana", 0, which, yes=True))

    async def rows(self, query):
        async with self.store.read() as work:
            return list(await work.execute(query))

    async def _tries(self, act):
        """Whether it could be done; what it answered when that is not nothing."""
        try:
            answer = await act
        except Told:
            return False
        return True if answer is None else answer

    def _matter(self, chance):
        return self.matters[chance.pick % len(self.matters)]

    # --- customers

    async def case(self, chance):
        by = f"c{len(self.matters)}"
        matter = Matter(await self.house.case(SAID[chance.which % len(SAID)], by=by), by)
        self.matters.append(matter)
        matter.begins(self.dial())

    async def customer_writes_again(self, chance):
        matter = self._matter(chance)
        await self.house.case(SAID[chance.which % len(SAID)], by=matter.by)
        if matter.state == "done":
            matter.begins(self.dial())

    # --- colleagues

    async def acknowledge(self, chance):
        matter, waits = self._matter(chance), await self.waits_for_others(chance)
        held = await self._paused(matter)
        took = await self._tries(self.house.acknowledging.acknowledge(self.people[chance.name], matter.id))
        if not held and took is not False and not waits:
            matter.is_held(chance.name, self.dial())
        elif waits and took is True and not held:
            raise AssertionError(f"#{matter.id}: the ladder pauses though others are waited for")

    async def _paused(self, matter):
        return matter.state in ("held", "done")

    async def waits_for_others(self, chance):
        """The step told last asks for everybody it called, and others who may be told have not acknowledged."""
        matter, c = self._matter(chance), tables.calls.c
        if matter.state != "free" or not matter.told or matter.anew or not (matter.ladder and matter.rules.everyone):
            return False
        climb, step = matter.told[-1]
        if step != 1:
            return False
        query = sa.select(tables.people.c.name, c.acknowledged_at, c.failed_at, c.over_at).join(tables.people)
        made = await self.rows(query.where(c.case_id == matter.id, c.climb == climb, c.step == step - 1))
        asked = {row.name: row for row in made if row.over_at is None}
        others = [row for name, row in asked.items() if name != chance.name and not row.acknowledged_at and not row.failed_at]
        return chance.name in asked and bool(others)

    async def acknowledge_each(self, chance):
        """Three in a row, by three people."""
        for name in ("Lou", "Max", "Lea"):
            await self.acknowledge(replace(chance, name=name))

    async def take_over(self, chance):
        matter = self._matter(chance)
        if await self._tries(self.house.acknowledging.take_over(self.people[chance.name], matter.id)):
            matter.is_held(chance.name, self.dial())

    async def give(self, chance):
        matter, name = self._matter(chance), sorted(PEOPLE)[chance.which % len(PEOPLE)]
        if await self._tries(self.house.acknowledging.reassign(self.people[chance.name], matter.id, name)):
            matter.is_held(name, self.dial())

    async def put_off(self, chance):
        matter, minutes = self._matter(chance), (1, 5, 30, 60, 61)[chance.which % 5]
        if await self._tries(self.house.acknowledging.snooze(self.people[chance.name], matter.id, f"{minutes}m")):
            matter.is_put_off(self.dial() + minutes * MINUTE)

    async def note(self, chance):
        matter = self._matter(chance)
        matter.followed |= await self._tries(self.house.cases.note(self.people["Ana"], matter.id, "I call them"))

    async def tag(self, chance):
        matter = self._matter(chance)
        matter.followed |= await self._tries(self.house.tags.toggle(self.people["Ana"], matter.id, TAGS[chance.which % len(TAGS)]))

    async def close(self, chance):
        await self.house.cases.close(self.people["Ana"], self._matter(chance).id)
        self._matter(chance).ends()

    async def reopen(self, chance):
        matter = self._matter(chance)
        async with self.store.read() as work:
            closed = (await cases.get(work, matter.id)).status == "closed"
        await self.house.cases.reopen(self.people["Ana"], matter.id)
        if closed:
            matter.begins(self.dial())

    async def answered(self, chance):
        """A reply has left."""
        way = ways_out(self.house.networks, self.store, self.house.gate, self.house.course)["x"]
        async with self.store.begin() as work:
            await way._answered(work, await cases.lock(work, self._matter(chance).id))
            await work.commit()
        self._matter(chance).ends()

    # --- workspaces, couriers, processes, clocks

    async def fails(self, chance):
        door = (self.slack, *self.couriers.values())[chance.which % 3]
        faults = (FAULTS if door is self.slack else (*FAULTS, *FOR_GOOD)) if chance.yes else UNSURE
        (door.fail if chance.yes else door.lost).append(faults[chance.pick % len(faults)]())

    async def is_refused(self, chance):
        """For as long as the account is closed."""
        door, accounts = (
            (self.slack, ("U2", "U3", "U4")) if chance.which % 2 else (self.couriers["email"], ("lea@us.example", "pia@us.example"))
        )
        account = accounts[chance.pick % len(accounts)]
        if chance.yes:
            door.closed[account] = Refused("account_inactive")
        else:
            door.closed.pop(account, None)

    async def sender_dies(self, chance):
        """After it claimed a row, or after that left and before it could say so."""
        o = tables.outbox.c
        waiting = await self.rows(sa.select(o.lane, o.act).where(o.state == SendState.PENDING, o.not_before <= self.dial()).distinct())
        if not waiting:
            return
        sender, (lane, act) = self.post.sender(), waiting[chance.pick % len(waiting)]
        async with self.store.begin() as work:
            row = await outbox.claim(work, lane, act, sender.owner, sender.lease, [])
            await work.commit()
        if row and chance.yes:
            try:
                await sender.ways[row.workspace].send(row)
            except Exception:
                return  # whatever it was, nobody is left to be told

    async def time_passes(self, chance):
        self.dial.forward(seconds=SECONDS[chance.pick % len(SECONDS)])
        await self.tick()

    async def tick(self):
        """All that runs by itself, until nothing more happens at this moment."""
        await self.house.ticks.recover()
        for _ in range(6):
            fired = await self.house.climb.fire() + await self.house.climb.hurry()
            sent = await self.post.sender().drain()
            if not fired + sent:
                break
        while await self.house.climb.fire():
            pass
