"""Short ways to say what a test needs: a house with its use cases, a mention, a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import count
from pathlib import Path

from flows.flow import Flow
from flows.loader import load_flow
from flows.severity import Severity
from flows.triage import Suggestion
from handlers.board import Board
from handlers.cases import Cases
from handlers.crises import Crises
from handlers.customers import Customers
from handlers.desk import Desk
from handlers.glance import Glance
from handlers.history import History
from handlers.inbox import Inbox
from handlers.intake import Intake
from handlers.logbook import Logbook
from handlers.mentions import Mentions
from handlers.ports import Customer, Mention, Who
from handlers.queue import Queue
from handlers.shelf import Shelf
from handlers.signin import Signin
from handlers.staff import Staff
from handlers.tags import Tags
from handlers.ticks import Ticks
from handlers.use_cases import UseCases
from handlers.workspaces import Workspaces
from storage import people
from storage.database import Store

ROOT = Path(__file__).parent.parent
_numbers = count(1)


@cache
def data_breach() -> Flow:
    folder = ROOT / "flows/definitions"
    return load_flow({str(file): file.read_text(encoding="utf-8") for file in sorted(folder.glob("data_breach*.yaml"))})


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

    def __post_init__(self) -> None:
        store, board, flow = self.store, self.board, self.flow
        self.shelf = shelf = Shelf(flow)
        self.mentions = Mentions(store, board, flow, self.machine)
        self.intake = Intake(self.mentions)
        self.inbox = Inbox(store, self.intake)
        self.cases = Cases(store, board, shelf)
        self.customers = Customers(store, board)
        self.tags = Tags(store, board, shelf)
        self.desk = Desk(store, shelf)
        self.crises = Crises(store, board, flow)
        self.logbook = Logbook(self.mentions)
        self.staff = Staff(store, board, "UTC", "en")
        self.ticks = Ticks(store, board, flow)
        self.workspaces = Workspaces(store, tuple(board.channels))

    def use_cases(self) -> UseCases:
        """What the composition root would hand to a workspace's door."""
        own = {name: getattr(self, name) for name in ("cases", "tags", "customers", "crises", "logbook", "staff", "workspaces", "desk")}
        looking = {
            "queue": Queue(self.store, self.flow),
            "history": History(self.store, self.flow),
            "glance": Glance(self.store, self.shelf),
        }
        return UseCases(**own, **looking, signin=Signin(self.store, insists=False))

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
