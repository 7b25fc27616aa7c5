"""One Friday of a crisis, 20 November 2026, played by the product's own acts; its figures can be worked out on paper."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from flows.ladder import Fits, Ladder
from handlers.answers.drafts import Wording
from handlers.answers.publishing import ways_out
from handlers.board import Board
from handlers.mentions import DRILL
from handlers.ports import Who
from handlers.sender import Sender
from storage import health
from storage.database import Store
from tests.builders import Scripted, TestHouse, data_breach, mention
from tests.dial import Dial
from tests.handlers.escalation.conftest import label, steps_of

LIFE = Ladder("life", label("Life"), Fits(tags=("threat_to_life",)), steps_of("lead", "manager", "legal"))
SAID = "ordinary question: do you even read what people write to you here?"
ANSWER = "I am sorry that it looks that way. I do read what people write to us here, yours too. Ana"
PEOPLE = {"Ana": "agent", "Lea": "lead", "Max": "manager", "Lou": "legal"}
SINCE, UNTIL = datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC)


@dataclass
class Day:
    house: TestHouse
    dial: Dial
    people: dict[str, Who] = field(default_factory=dict)

    async def on(self, store: Store, dial: Dial) -> "Day":
        """The same day on a copy of its database."""
        networks = {name: replace(one, clock=dial, published=[*one.published]) for name, one in self.house.networks.items()}
        dial.at = self.dial.at
        house = TestHouse(store, self.house.flow, self.house.board, Scripted(), networks)
        return Day(await house.begin(), dial, self.people)

    @property
    def store(self) -> Store:
        return self.house.store

    def at(self, clock: str, day: int = 20) -> None:
        hour, minute = clock.split(":")
        self.dial.at = datetime(2026, 11, day, int(hour), int(minute), tzinfo=UTC)

    async def tick(self, clock: str) -> None:
        """What is due at that moment."""
        self.at(clock)
        await self.house.climb.fire()
        await self.house.due.fire()

    async def send(self) -> None:
        out = ways_out(self.house.networks, self.store, self.house.gate, self.house.course)
        await Sender(self.store, {**out}).drain()

    async def door(self, name: str, state: str, reason: str | None = None) -> None:
        async with self.store.begin() as work:
            await health.report(work, name, state, reason)
            await work.commit()

    async def answer(self, case_id: int, asked: str, yes: str) -> None:
        self.at(asked)
        made = await self.house.drafts.propose(self.people["Ana"], case_id, Wording(ANSWER, private=True))
        self.at(yes)
        await self.house.approvals.approve(self.people["Lea"], made.version_id)
        await self.send()

    async def refuse(self, case_id: int, asked: str, no: str, reason: str) -> None:
        self.at(asked)
        made = await self.house.drafts.propose(self.people["Ana"], case_id, Wording(ANSWER + f" {asked}", private=True))
        self.at(no)
        await self.house.approvals.reject(self.people["Lea"], made.version_id, reason)

    async def drill(self) -> None:
        await self.house.mentions.receive([replace(mention("critical threat_to_life, phishing"), source=DRILL)])


async def quiet(store: Store, dial: Dial, ladder: Ladder = LIFE) -> Day:
    """A house in which nothing has happened yet."""
    flow = replace(data_breach(), ladders=(ladder,))
    day = Day(await TestHouse(store, flow, Board({"slack": {"crisis": "C1", "ordinary": "C2"}}), Scripted()).begin(), dial)
    for name, role in PEOPLE.items():
        day.people[name] = await day.house.person(name, role, slack_id=f"U{name}")
    return day


async def friday(store: Store, dial: Dial) -> Day:
    """Cases 1 and 2 came on Thursday; 3 is a threat to life, 4 is answered and closed, 5 is turned down twice, 6 is a second message of 5."""
    day = await quiet(store, dial)
    house, ana, lea, boss = day.house, day.people["Ana"], day.people["Lea"], day.people["Max"]
    day.at("22:10", 19)
    await house.case("my_data", by="t1")
    await house.case(SAID, by="t2", network="email")
    day.at("07:00")
    await house.crises.open(boss, "Meridia")
    day.at("07:10")
    grave = await house.case("critical threat_to_life", by="f1")
    await day.tick("07:10")
    await day.tick("07:15")
    day.at("07:18")
    await house.acknowledging.acknowledge(boss, grave)
    day.at("07:20")
    answered = await house.case(SAID, by="f2")
    day.at("07:50")
    turned_down = await house.case(SAID, by="f3")
    await house.case("phishing", by="f3")
    await day.answer(answered, "08:00", "08:06")
    await day.refuse(turned_down, "09:00", "09:10", "too cold,\n she lost  money")
    await day.refuse(turned_down, "09:30", "09:40", "too cold, she lost money")
    await day.refuse(turned_down, "09:50", "09:55", "x" * 200)
    day.at("10:00")
    await house.cases.close(ana, answered)
    day.at("11:00")
    kept = await house.callbacks.ask(lea, grave, "Max", "", "1h")
    await house.callbacks.ask(lea, turned_down, "Max", "", "2h")
    await house.callbacks.ask(lea, turned_down, "Max", "", "3d")
    day.at("11:30")
    await house.callbacks.done(boss, kept, "reached her")
    day.at("12:00")
    await house.holds.set(lea, "silent")
    day.at("12:30")
    await house.holds.set(lea, "off")
    await day.door("slack", "closed", "token_revoked")
    await house.clocks.promise_update(boss, "90m")
    await day.tick("14:00")  # it was not given
    await day.door("slack", "well")
    day.at("15:00")
    await house.clocks.updated(boss)
    day.at("16:00")
    await house.clocks.updated(boss)
    await house.holds.set(lea, "holding")
    await house.case("my_data ", by="f4", network="email", language="es")
    await day.drill()
    day.at("00:00", 21)
    return day
