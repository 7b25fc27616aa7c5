"""Short ways to say what a test needs: a house with its use cases, a mention, a person."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from bot.clock import slots
from flows.flow import Flow
from flows.loader import load_flow
from flows.severity import Severity
from flows.triage import Suggestion
from handlers.board import Board
from handlers.couriers import Courier
from handlers.escalation.bells import Bells
from handlers.escalation.calling import Caller
from handlers.escalation.course import Course
from handlers.escalation.roster import Roster
from handlers.escalation.telling import Outcome, ways_outside
from handlers.inbox import Inbox
from handlers.intake import Intake
from handlers.logbook import Logbook
from handlers.mentions import Mentions
from handlers.ports import Customer, Mention, Who
from handlers.shelf import Shelf
from handlers.signin import Signin
from handlers.staff import Staff
from handlers.ticks import Ticks
from handlers.use_cases import Ground, UseCases
from handlers.ways import Way
from handlers.workspaces import Workspaces
from storage import people
from storage.database import Store
from tests.fakes.network import FakeNetwork

ROOT = Path(__file__).parent.parent
_numbers = count(1)


@cache
def data_breach() -> Flow:
    folder = ROOT / "flows/definitions"
    return load_flow({str(file): file.read_text(encoding="utf-8") for file in sorted(folder.glob("data_breach*.yaml"))})


def course_on(board: Board, flow: Flow) -> Course:
    """The course of cases where nobody is on duty and no courier stands by."""
    return Course(Caller(Roster(), Bells(board)), Shelf(flow))


@dataclass
class Scripted:
    """A machine that says what the test wrote: words of the text choose the suggestion."""

    async def suggest(self, texts: Sequence[str], hints: Sequence[str | None]) -> list[Suggestion]:
        return [_scripted(text, hint) for text, hint in zip(texts, hints, strict=True)]


def _scripted(text: str, hint: str | None) -> Suggestion:
    crisis = "ordinary" not in text
    severity = next((one for one in reversed(Severity) if one.word in text), Severity.NORMAL)
    tags = tuple((tag, 0.9) for tag in data_breach().tags if tag in text) or ((("my_data", 0.5),) if crisis else ())
    return Suggestion(crisis, 0.9 if crisis else 0.1, hint or "en", tags[:4], severity, 0.0, "?" in text, hash(text) % 2**62, "linear")


def mention(text: str = "is my data safe?", **changes: object) -> Mention:
    """A public mention on X by a new customer, unless said otherwise (`by` is the customer's external id)."""
    number = next(_numbers)
    by = str(changes.pop("by", f"u{number}"))
    customer = changes.pop("customer", Customer(by, f"@{by}", f"Customer {by}"))
    plain = {
        "network": "x",
        "external_id": f"m{number}",
        "conversation_id": f"c-{by}",
        "posted_at": datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
    }
    return Mention(**{**plain, "customer": customer, "text": text, **changes})  # type: ignore[arg-type]


@dataclass
class TestHouse:
    """Every use case over one store; `board` shows on the workspaces that the test names."""

    __test__ = False
    store: Store
    flow: Flow
    board: Board
    machine: object
    networks: dict[str, FakeNetwork] = field(default_factory=dict)  # X alone unless said otherwise
    couriers: dict[str, Courier] = field(default_factory=dict)
    roster: Roster = field(default_factory=Roster)

    def __post_init__(self) -> None:
        self.board = replace(self.board, parts=self.flow.workspaces)
        store, board, flow = self.store, self.board, self.flow
        self.networks = self.networks or {"x": FakeNetwork(store.dial or (lambda: datetime.now(UTC)))}
        self.shelf = Shelf(flow)
        ground = Ground(store, board, self.shelf, self.networks, self.couriers, self.roster, slots)
        self.course = ground.course
        self.mentions = Mentions(store, self.course, flow, self.machine)
        self.intake = Intake(self.mentions)
        self.inbox = Inbox(store, self.intake)
        self.ticks = Ticks(store, board, flow)
        team, workspaces = Staff(store, self.course, "UTC", "en"), Workspaces(store, tuple(board.channels))
        self.acts = UseCases.upon(ground, Logbook(self.mentions), team, workspaces, Signin(store, insists=False))
        vars(self).update(vars(self.acts))  # each by its own name
        vars(self).update({name: getattr(self.answers, name) for name in ("drafts", "approvals", "aftermath", "handovers")})
        self.departures, self.gate = self.drafts.departures, self.drafts.departures.gate
        of_room = ("crises", "holds", "facts", "statements", "attestations", "clocks", "callbacks", "due")
        vars(self).update({name: getattr(self.room, name) for name in of_room})
        vars(self).update({name: getattr(self.escalation, name) for name in ("acknowledging", "climb")})

    def outside(self, link: Callable[[Any], str | None] = lambda _: None) -> dict[str, Way]:
        """The ways of its couriers."""
        return ways_outside(self.couriers, self.store, self.shelf, Outcome(self.course.caller), link)

    def use_cases(self) -> UseCases:
        """What the composition root would hand to a workspace's door."""
        return self.acts

    async def begin(self) -> "TestHouse":
        async with self.store.begin() as work:
            await self.shelf.keep(work)
            await work.commit()
        return self

    async def person(self, name: str, *roles: str, **values: object) -> Who:
        """A person of our team, as the console knows them; `slack_id` and the like go into the row."""
        async with self.store.begin() as work:
            row = {"name": name, "roles": list(roles or ("agent",)), "languages": ["en"], "timezone": "UTC", **values}
            person = await people.put(work, row)
            await work.commit()
        return Who("console", str(person.id))

    async def case(self, text: str = "is my data safe?", **changes: object) -> int:
        return (await self.mentions.receive([mention(text, **changes)]))[0].case_id
