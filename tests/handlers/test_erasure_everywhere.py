"""Whatever was done with somebody's messages, in whatever order: after the erasure no table holds a string of theirs, and nobody else lost one."""

import asyncio
import itertools
import json
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from handlers.answers.drafts import Wording
from handlers.erasure import Erasure, OnTheWay
from handlers.errors import CannotAsk, Refused, SendError, Told, TryLater, Unconfirmed
from handlers.ports import Customer, Event
from storage import timeline
from tests.builders import mention
from tests.databases import opened
from tests.dial import Dial
from tests.handlers.forgotten import everything
from tests.handlers.sending import post_office

GONE, STAYS = "kanarix", "zobelix"  # whose words carry which
_numbers = itertools.count(1)
ACTS = (
    "write",
    "write_elsewhere",
    "edit",
    "delete",
    "broken",
    "note",
    "keep",
    "propose",
    "revise",
    "approve",
    "reject",
    "withdraw",
    "claim",
    "close",
    "move",
    "call_back",
    "called",
    "hold",
    "excuse",
    "lift",
    "link",
    "send",
    "fail_slack",
    "fail_network",
    "archive",
    "expire",
)
steps = st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from((GONE, STAYS)), st.integers(0, 5)), min_size=5, max_size=40)
FAILURES = (Unconfirmed, Refused, CannotAsk)


class Play:
    """A house in which two people write and everything happens to both."""

    def __init__(self, post):
        self.post, self.house = post, post.house
        self.cases = {GONE: [], STAYS: []}
        self.mentions = {GONE: [], STAYS: []}
        self.versions = {GONE: [], STAYS: []}
        self.callbacks = {GONE: [], STAYS: []}

    async def begin(self):
        self.ana = await self.house.person("Ana", "agent", "manager", slack_id="U1")
        self.lea = await self.house.person("Lea", "lead", "manager", slack_id="U2")
        await self.house.crises.open(self.lea, "Breach")
        for name in (GONE, STAYS):
            await self.write(name, 0)
        return self

    def said(self, name, what):
        return f"I do read what people write to us here, yours too {name}-{what}-{next(_numbers)}"

    def one(self, things, number):
        return things[number % len(things)] if things else None

    async def step(self, act, name, number):
        """What is refused, is refused: the order is anybody's guess."""
        try:
            await getattr(self, act)(name, number)
        except (Told, SendError):
            return

    def theirs(self, name, network="x"):
        number = next(_numbers)
        customer = Customer(f"{name}-{network}", f"@{name}", f"{name} Smith")
        ids = {"external_id": f"{name}-m{number}", "conversation_id": f"{name}-c{number % 2}", "url": f"https://{network}.example/{name}"}
        one = mention(f"why did you lose my data? {name}-{number}", network=network, customer=customer, **ids)
        return replace(one, raw=json.dumps({"from": name}))

    async def write(self, name, number, network="x"):
        one = self.theirs(name, network)
        (receipt,) = await self.house.mentions.receive([one])
        self.mentions[name].append(one)
        if receipt.case_id not in self.cases[name]:
            self.cases[name].append(receipt.case_id)

    async def write_elsewhere(self, name, number):
        await self.write(name, number, "mastodon")

    async def edit(self, name, number):
        changed = replace(self.one(self.mentions[name], number), event=Event.EDITED, text=f"{name} thought again {next(_numbers)}")
        await self.house.mentions.receive([changed])

    async def delete(self, name, number):
        await self.house.mentions.receive([replace(self.one(self.mentions[name], number), event=Event.DELETED)])

    async def broken(self, name, number):
        await self.house.inbox.set_aside("webhook", f'{{"customer": "@{name}"}}', "no text")

    async def note(self, name, number):
        await self.house.cases.note(self.ana, self.one(self.cases[name], number), f"{name} called")

    async def keep(self, name, number):
        await self.house.drafts.keep(self.lea, self.one(self.cases[name], number), f"dear {name}")

    async def propose(self, name, number):
        wording = Wording(self.said(name, "draft"), private=True)
        made = await self.house.drafts.propose(self.ana, self.one(self.cases[name], number), wording)
        self.versions[name].append(made.version_id)

    async def revise(self, name, number):
        wording = Wording(self.said(name, "revision"), private=True)
        made = await self.house.drafts.revise(self.ana, self.one(self.versions[name], number) or 0, wording)
        self.versions[name].append(made.version_id)

    async def approve(self, name, number):
        await self.house.approvals.approve(self.lea, self.one(self.versions[name], -1 - number) or 0)

    async def reject(self, name, number):
        await self.house.approvals.reject(self.lea, self.one(self.versions[name], number) or 0, f"not to {name}")

    async def withdraw(self, name, number):
        await self.house.drafts.withdraw(self.ana, self.one(self.versions[name], number) or 0)

    async def claim(self, name, number):
        await self.house.cases.claim(self.ana, self.one(self.cases[name], number))

    async def close(self, name, number):
        await self.house.cases.close(self.ana, self.one(self.cases[name], number))

    async def move(self, name, number):
        await self.house.cases.move(self.ana, self.one(self.cases[name], number), crisis=number % 2 == 0)

    async def call_back(self, name, number):
        made = await self.house.callbacks.ask(self.ana, self.one(self.cases[name], number), "Ana", f"+34 600 {name}")
        self.callbacks[name].append(made)

    async def called(self, name, number):
        await self.house.callbacks.done(self.ana, self.one(self.callbacks[name], number) or 0, f"{name} is calmer")

    async def hold(self, name, number):
        await self.house.holds.set(self.lea, "silent")

    async def lift(self, name, number):
        await self.house.holds.set(self.lea, "off")

    async def excuse(self, name, number):
        await self.house.holds.excuse(self.lea, self.one(self.cases[name], number), f"the safety of {name}")

    async def link(self, name, number):
        await self.house.customers.link(self.ana, self.cases[name][0], "mastodon", f"{name}-mastodon")

    async def send(self, name, number):
        await self.post.send(number * 3)

    async def fail_slack(self, name, number):
        self.post.slack.fail.append(FAILURES[number % 2]("msg_too_long"))
        self.post.slack.lost.append(Unconfirmed("timeout")) if number > 3 else None

    async def fail_network(self, name, number):
        network = self.house.networks["x"]
        network.fail.append(FAILURES[number % 3]("refused") if number < 4 else TryLater("busy", timedelta(seconds=2)))
        network.lost.append(Unconfirmed("timeout")) if number > 4 else None

    async def archive(self, name, number):
        self.post.dial.forward(days=1, hours=1)
        await self.house.ticks.tidy()

    async def expire(self, name, number):
        await self.house.answers.waiting.expire()

    async def forget(self):
        """As somebody would who is told to try again; at last every account of theirs is gone."""
        erasure, network = Erasure(self.post.store, self.post.house.board), self.house.networks["x"]
        network.fail.clear(), network.lost.clear(), self.post.slack.fail.clear(), self.post.slack.lost.clear()
        for place in ("x", "mastodon"):
            for _ in range(50):
                try:
                    await erasure.erase(await erasure.find(place, f"{GONE}-{place}"))
                except OnTheWay:
                    await self.post.send(40)
                except Told:
                    break
            else:
                raise AssertionError("never erased")


def holding(rows, secret):
    return {name: [row for row in them if secret in row.lower()] for name, them in rows.items() if secret in str(them).lower()}


def counted(rows, secret):
    """How many rows hold somebody's strings; what waits or leaves meanwhile is another matter."""
    moving = ("outbox", "outbox_archive")
    return {name: len(them) for name, them in holding(rows, secret).items() if name not in moving}


async def run(address, moves):
    store, dial = None, Dial()
    store = opened(address, dial)
    try:
        play = await Play(await post_office(store, dial)).begin()
        for move in moves:
            await play.step(*move)
        before = counted(await everything(store), STAYS)
        await play.forget()
        replies = len(play.house.networks["x"].published)
        after = await everything(store)
        assert holding(after, GONE) == {}
        now = counted(after, STAYS)
        assert all(now.get(name, 0) >= count for name, count in before.items() if name != "writings"), "somebody else lost something"
        async with store.read() as work:
            assert (await timeline.verify(work))[1] == []
        await play.post.send(120)
        shown = [one for one in play.post.slack.messages if GONE in str(one.card)]
        assert shown == [], [(one.id, one.place, one.card.title.name) for one in shown]
        assert holding(await everything(store), GONE) == {}
        late = play.house.networks["x"].published[replies:]
        assert [one.text for one in late if GONE in one.text] == [], "nothing of theirs leaves any more"
    finally:
        await store.close()


@pytest.fixture(scope="module")
def fresh(sqlite_template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("everywhere")

    def make():
        file = folder / f"{next(_numbers)}.db"
        shutil.copy(sqlite_template, file)
        return file

    return make


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)
@given(moves=steps)
def test_after_an_erasure_no_table_holds_any_of_their_strings_on_sqlite(fresh, moves):
    file = fresh()
    asyncio.run(run(f"sqlite:///{file}", moves))
    left = [part for part in Path(file).parent.glob(f"{file.name}*") if GONE.encode() in part.read_bytes()]
    assert left == [], "not in the bytes of the file either, once it is closed"


async def test_after_an_erasure_no_table_holds_any_of_their_strings_on_postgresql(fresh_postgres):
    every = [(act, name, number) for act in ACTS for name, number in ((GONE, 0), (STAYS, 1))]
    await run(fresh_postgres, [*every, ("send", GONE, 5), *every, ("lift", GONE, 0), *every])
