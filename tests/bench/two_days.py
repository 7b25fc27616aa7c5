"""Two days of a crisis in small, by the product's own acts: what came in hour by hour, who was called, what people answered, what still waits."""

from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

import sqlalchemy as sa

from flows.triage import Triage
from handlers.answers.drafts import Wording
from handlers.answers.publishing import ways_out
from handlers.board import Board
from handlers.errors import Told
from handlers.ports import Who
from handlers.sender import Sender
from storage import health
from storage.database import Store
from storage.tables import calls, cases, drafts, escalations, notice_calls, notices, outbox, posts, replies
from storage.types import Instant
from tests.bench.intake import Known
from tests.bench.progress import watched
from tests.bench.two_days_said import BEGINS, ENDS, KNOWN, NETWORKS, QUARTER, QUARTERS, arrivals
from tests.builders import TestHouse, data_breach
from tests.dial import Dial
from tests.fakes.network import FakeNetwork
from tests.handlers.sending import CHANNELS

STUCK = QUARTERS - 4 * 12  # from here on the workspace takes nothing
TEAM = {
    "Ana": "agent",
    "Bob": "agent",
    "Cleo": "agent",
    "Lea": "lead",
    "Max": "manager",
    "Lou": "legal",
    "Dan": "dpo",
    "Sam": "security",
    "Pia": "press_officer",
}
AGENTS = ("Ana", "Bob", "Cleo")
SAID = {
    "en": (
        ("I am sorry about this.", "Thank you for telling us.", "I understand that you are worried.", "You were right to ask."),
        ("We are looking into what happened and will write to you again.", "You do not have to do anything at the moment.", "A colleague of mine is looking at it now."),
        "Yours, ",
    ),
    "es": (
        ("Sentimos mucho lo ocurrido.", "Gracias por avisarnos.", "Entendemos su preocupación.", "Hace bien en preguntar."),
        ("Estamos investigando lo que pasó y le volveremos a escribir.", "De momento no tiene que hacer nada.", "Una compañera lo está mirando ahora mismo."),
        "Un saludo, ",
    ),
    "fr": (
        ("Nous sommes désolés de ce qui arrive.", "Merci de nous avoir prévenus.", "Nous comprenons votre inquiétude.", "Vous avez raison de demander."),
        ("Nous cherchons à comprendre ce qui s’est passé et nous vous écrirons de nouveau.", "Vous n’avez rien à faire pour le moment.", "Un collègue s’en occupe en ce moment."),
        "Bien à vous, ",
    ),
}  # fmt: skip
NOES = ("too vague, say what they can do", "legal has not cleared this", "wrong tone: no apology", "we do not know that yet")


@dataclass(frozen=True)
class Hold:
    """What the leads decided, so many quarters after the breach was known."""

    after: int
    what: str


COURSE = (Hold(1, "silent"), Hold(6, "holding"), Hold(22, "off"), Hold(70, "holding"), Hold(76, "off"))


@dataclass
class TwoDays:
    """`touched` are the cases that a person has had in hand: people are few, so they do not grow with the crowd."""

    store: Store
    dial: Dial
    house: TestHouse
    people: dict[str, Who] = field(default_factory=dict)
    chance: Random = field(default_factory=lambda: Random(13))
    answered: int = 0

    async def live(self, count: int, worked: int, label: str) -> None:
        """Let `count` messages come in, of which people answer about `worked`."""
        parts, begun = arrivals(count), 0
        for name, role in TEAM.items():
            at = {"slack_id": f"U{name}", "email": f"{name.lower()}@example.com"}
            self.people[name] = await self.house.person(name, role, **at)
        for number, part in enumerate(watched(parts, label)):
            self.dial.at = BEGINS + number * QUARTER + timedelta(minutes=1)
            if part:
                await self.house.mentions.receive(part)
            await self._lead(number - KNOWN)
            self.dial.forward(minutes=13)
            await self._clocks()
            begun += len(part)
            await self._work(worked * begun // count - self.answered)
            await self._leave(stuck=number >= STUCK)
        self.dial.at = ENDS
        await self._doors()

    async def _clocks(self) -> None:
        for tick in (self.house.climb.fire, self.house.due.fire, self.house.answers.waiting.look_again):
            await tick()

    async def _leave(self, *, stuck: bool) -> None:
        """Replies go to their networks; what is for the workspace has arrived at once, in one statement, for the sender is not what is measured."""
        out = ways_out(self.house.networks, self.store, self.house.gate, self.house.course)
        await Sender(self.store, out).drain()
        if stuck:
            return
        theirs, now = sa.and_(outbox.c.workspace == "slack", outbox.c.state.in_(("pending", "behind"))), self.dial.at
        message = sa.literal("m") + sa.cast(outbox.c.id, sa.Text)
        stands = sa.select(outbox.c.case_id, outbox.c.workspace, sa.func.substr(outbox.c.lane, 7), message, sa.literal(now, Instant))
        cards = stands.where(theirs, outbox.c.kind == "card", outbox.c.act == "post")
        async with self.store.begin() as work:
            await work.execute(sa.insert(posts).from_select(["case_id", "workspace", "channel_id", "message_id", "posted_at"], cards))
            await work.execute(sa.update(outbox).where(theirs).values(state="sent", sent_at=now, key=None, external_id=message))
            await work.execute(sa.update(notices).where(notices.c.told_at.is_(None)).values(told_at=now))
            heard = calls.c.id.in_(sa.select(notice_calls.c.call_id))
            await work.execute(sa.update(calls).where(calls.c.told_at.is_(None), heard).values(told_at=now))
            await work.commit()

    async def _tries(self, act: Awaitable[object]) -> object:
        with suppress(Told):
            return await act or True
        return None

    async def _lead(self, since: int) -> None:
        """What the leads do so many quarters after it was known."""
        max_, lea, lou, sam = (self.people[name] for name in ("Max", "Lea", "Lou", "Sam"))
        if since == 0:
            await self.house.crises.open(max_, "Meridia")
        if since == 4:
            fact = await self.house.facts.add(sam, "an old server was open to the net", "the security team")
            await self.house.facts.confirm(sam, fact)
            for kind, under in (("holding", ()), ("full", (fact,))):
                made = await self.house.statements.propose(
                    lea, kind, {"en": "We are looking into it.", "es": "Lo estamos mirando.", "fr": "Nous regardons."}, under
                )
                for yes in (lou, max_):
                    await self._tries(self.house.statements.approve(yes, made.id))
            await self._tries(self.house.attestations.attest_customers_first(max_, "Support", "all", "1m", "email"))
        for one in COURSE:
            if one.after == since:
                await self.house.holds.set(lea, one.what)

    async def _work(self, owed: int) -> None:
        """People take what is gravest, answer it, approve, refuse, call back, close."""
        for _ in range(max(0, owed)):
            self.answered += 1
            await self._one(self.people[AGENTS[self.answered % len(AGENTS)]], self.answered)
        for reply_id in await self._ids(sa.select(replies.c.id).where(replies.c.state == "held").limit(10)):
            await self._tries(self.house.aftermath.release(self.people["Lea"], reply_id))
        done = sa.select(cases.c.id).where(cases.c.status == "answered", cases.c.answered_at < self.dial.at - timedelta(hours=3)).limit(3)
        for case_id in await self._ids(done):
            await self._tries(self.house.cases.close(self.people["Ana"], case_id))
        climbing = (
            sa.select(escalations.c.case_id).where(escalations.c.state == "climbing").order_by(escalations.c.changed_at.desc()).limit(1)
        )
        for case_id in await self._ids(climbing) if self.answered % 3 == 0 else ():
            await self._tries(self.house.acknowledging.acknowledge(self.people["Lea"], case_id))

    async def _one(self, who: Who, number: int) -> None:
        case_id = await self._tries(self.house.cases.next(who, crisis=number % 4 != 0))
        if not isinstance(case_id, int):
            return
        if number % 5 == 0:
            await self._tries(self.house.tags.toggle(who, case_id, self.chance.choice(list(self.house.flow.tags))))
        made = await self._tries(self.house.drafts.propose(who, case_id, await self._wording(case_id, number)))
        if number % 25 == 0:
            called = await self._tries(self.house.callbacks.ask(self.people["Lea"], case_id, "Max"))
            if isinstance(called, int) and number % 50 == 0:
                await self._tries(self.house.callbacks.done(self.people["Max"], called, "reached"))
        if made is None or number % 12 == 0:
            return
        self.dial.forward(seconds=self.chance.randrange(1, 9))
        if number % 10 == 3:
            await self._tries(self.house.approvals.reject(self.people["Lea"], made.version_id, self.chance.choice(NOES)))
            return
        for name in ("Lou", "Lea", "Max"):  # legal first, where FLOW asks for it
            await self._tries(self.house.approvals.approve(self.people[name], made.version_id))

    async def _wording(self, case_id: int, number: int) -> Wording:
        """In the customer's language, to where the customer is; no two alike."""
        async with self.store.read() as work:
            row = (await work.execute(sa.select(cases.c.language, cases.c.private).where(cases.c.id == case_id))).one()
        openers, middles, end = SAID.get(row.language, SAID["en"])
        return Wording(f"{self.chance.choice(openers)} {self.chance.choice(middles)} {end}{_mark(number)}", row.private)

    async def _ids(self, query: sa.Select) -> list[int]:
        async with self.store.read() as work:
            return list((await work.execute(query)).scalars())

    async def _doors(self) -> None:
        """How the doors stand at the end: one closed, one failing."""
        async with self.store.begin() as work:
            for name in NETWORKS:
                await health.report(work, name, health.WELL)
            await health.report(work, "slack", health.FAILING, "http_503")
            await health.report(work, "instagram", health.CLOSED, "token_expired")
            await work.commit()

    async def touched(self) -> list[int]:
        """Ids of the cases that a person has had in hand."""
        in_hand = sa.or_(cases.c.owner_id.is_not(None), cases.c.status != "open", cases.c.id.in_(sa.select(drafts.c.case_id)))
        held = sa.select(escalations.c.case_id).where(escalations.c.acknowledged_at.is_not(None))
        return await self._ids(sa.select(cases.c.id).where(in_hand | cases.c.id.in_(held)))


def _mark(number: int) -> str:
    """Differs from one answer to the next, without a figure in it."""
    return "".join(chr(ord("a") + number // 26**place % 26) for place in (2, 1, 0)).capitalize()


async def two_days(store: Store, dial: Dial, count: int, worked: int, label: str) -> TwoDays:
    """In a database in shape; the store's time is the dial."""
    flow = data_breach()
    engine = Triage(flow)
    known = {}
    written = [one for part in arrivals(count) for one in part]
    for start in watched(range(0, len(written), 200), f"{label}: asking the machine"):
        part = written[start : start + 200]
        known |= dict(
            zip([one.text for one in part], engine.suggest_many([one.text for one in part], [one.language for one in part]), strict=True)
        )
    networks = {name: FakeNetwork(dial, name, limit=None) for name in NETWORKS}
    house = await TestHouse(store, flow, Board({"slack": CHANNELS}), Known(known), networks).begin()
    lived = TwoDays(store, dial, house)
    await lived.live(count, worked, f"{label}: {count:,} messages in two days")
    return lived
