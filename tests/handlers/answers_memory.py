"""What the machine of answers remembers of what people did, apart from the database; and what may happen in its world."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from handlers.errors import CannotAsk, DoorClosed, Refused, TryLater, Unconfirmed

LANE = "x:@meridia"
SAID = (  # what customers write, and whether it speaks of the crisis
    ("do you even read what people write to you here?", False),
    ("were my orders in the hack?", True),
    ("ordinary question: do you even read this?", False),
    ("legal_threat: you will hear from my lawyer, do you read this?", False),
)
ANSWERS = (  # what we answer, and whether that speaks of the crisis
    ("I am sorry that it looks that way, I do read what people write to us here.", False),
    ("I am sorry that you have to ask about the hack, I do read what you write.", True),
)
PEOPLE = {"Ana": "agent", "Bob": "agent", "Lea": "lead", "Max": "manager", "Lou": "legal"}
TAGS = ("legal_threat", "legal_threat", "press", "my_data")
HOLDS = ("silent", "holding", "off", "off")
SECONDS = (1, 10, 61, 61, 300, 1200, 3600, 9 * 3600)
FAULTS: tuple[tuple[str, Callable[[], Exception]], ...] = (
    ("fail", lambda: TryLater("busy", timedelta(seconds=3))),
    ("fail", lambda: Refused("not to you")),
    ("fail", lambda: Unconfirmed("timeout")),
    ("lost", lambda: Unconfirmed("timeout")),
    ("fail", lambda: CannotAsk("timeout")),
    ("lost", lambda: CannotAsk("timeout")),
    ("fail", lambda: DoorClosed("token_revoked")),
    ("lost", lambda: ValueError("a bug of ours")),
)


@dataclass
class Matter:
    """A case as people see it. `touched`: it was about the crisis at some time in this hold."""

    id: int
    by: str
    speaks: bool
    touched: bool = False
    excused: bool = False


@dataclass
class Saying:
    """A version of the statement."""

    id: int
    kind: str
    facts: list[int]


@dataclass
class Text:
    """One version: who said yes to exactly this."""

    id: int
    paper: "Paper"
    words: str
    private: bool
    speaks: bool
    rests: Saying | None
    yes: set[str] = field(default_factory=set)


@dataclass
class Paper:
    """A draft. `again`: how often a person said that it may be sent anew."""

    id: int
    matter: Matter
    author: str
    texts: list[Text] = field(default_factory=list)
    over: bool = False
    again: int = 0
    sent: int = 0


@dataclass(frozen=True)
class Chance:
    """What each act is decided by."""

    name: str
    pick: int
    which: int
    yes: bool
