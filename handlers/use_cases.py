"""Everything that a person can do here, in one value: what the composition root hands to a workspace's door."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from flows.flow import Flow
from handlers.answers.acts import AnswerActs
from handlers.answers.departures import Departures
from handlers.answers.drafts import Drafts
from handlers.answers.gate import Gate
from handlers.answers.proofreading import Proofreader
from handlers.board import Board
from handlers.cases import Cases
from handlers.couriers import Courier
from handlers.crises import Crises
from handlers.customers import Customers
from handlers.desk import Desk
from handlers.escalation.acts import EscalationActs
from handlers.escalation.bells import Bells
from handlers.escalation.calling import Caller
from handlers.escalation.course import Course
from handlers.escalation.roster import Roster
from handlers.glance import Glance
from handlers.history import History
from handlers.insight.acts import InsightActs
from handlers.insight.composing import Composer
from handlers.insight.digests import Digests
from handlers.insight.figures import Asked, Period
from handlers.insight.finding import Finding
from handlers.insight.home import Home
from handlers.insight.places import Places
from handlers.insight.slots import Calendar, Slots, never
from handlers.insight.subscriptions import Subscriptions
from handlers.insight.viewing import Viewing
from handlers.known import Known
from handlers.logbook import Logbook
from handlers.networks import Network
from handlers.queue import Queue
from handlers.room.acts import RoomActs
from handlers.room.room import Room
from handlers.shelf import Shelf
from handlers.signin import Signin
from handlers.spoken import Spoken
from handlers.staff import Staff
from handlers.tags import Tags
from handlers.workspaces import Workspaces
from storage.database import Store, Work


async def _asked(work: Work, flow: Flow, period: Period) -> tuple[Asked, ...]:
    from handlers.insight.voices import asked  # noqa: PLC0415 - numpy is read with the first digest, not at the start

    return await asked(work, flow, period)


@dataclass(frozen=True)
class Ground:
    """What every use case stands on. `networks` are those that carry our replies, `couriers` those that wake colleagues, by name.

    `slots` is the clock's.
    """

    store: Store
    board: Board
    shelf: Shelf
    networks: Mapping[str, Network]
    couriers: Mapping[str, Courier] = field(default_factory=dict)
    roster: Roster = field(default_factory=Roster)
    slots: Slots = never
    ceilings: Mapping[str, Decimal] = field(default_factory=dict)  # what networks may cost a month, in dollars, by name
    semantic: bool = False  # whether the checks of drafts may read with the sentence encoder

    def insight(self) -> InsightActs:
        calendar, places = Calendar(self.slots), Places(self.store, self.couriers)
        compose = Composer(self.shelf.present, _asked).compose
        return InsightActs(places, Subscriptions(self.store, places, calendar), Digests(self.store, compose, calendar))

    @property
    def course(self) -> Course:
        return Course(Caller(self.roster, Bells(self.board, self.couriers)), self.shelf)

    def departures(self) -> Departures:
        return Departures(self.networks, Gate(self.shelf), self.course)


@dataclass(frozen=True)
class UseCases:
    """Each door calls those that it has buttons, pages or words for."""

    cases: Cases
    tags: Tags
    customers: Customers
    logbook: Logbook
    staff: Staff
    workspaces: Workspaces
    signin: Signin
    desk: Desk
    queue: Queue
    history: History
    glance: Glance
    room: RoomActs
    answers: AnswerActs
    escalation: EscalationActs
    finding: Finding
    home: Home
    insight: InsightActs
    viewing: Viewing

    @classmethod
    def upon(cls, ground: Ground, logbook: Logbook, staff: Staff, workspaces: Workspaces, signin: Signin) -> "UseCases":
        """In the order in which one needs the other; what settings decide is given."""
        store, board, shelf, flow = ground.store, ground.board, ground.shelf, ground.shelf.present
        course = ground.course
        departures, desk, insight = ground.departures(), Desk(store, shelf, ground.ceilings), ground.insight()
        drafts = Drafts(store, shelf, Proofreader(ground.networks, ground.semantic), departures)
        room = RoomActs(Room(store, board, flow), queued=departures, rests=departures)
        return cls(
            cases=Cases(store, course, shelf),
            tags=Tags(store, course, shelf),
            customers=Customers(store, board),
            logbook=logbook,
            staff=staff,
            workspaces=workspaces,
            signin=signin,
            desk=desk,
            queue=Queue(store, flow),
            history=History(store, flow),
            glance=Glance(store, shelf),
            room=room,
            answers=AnswerActs(drafts, room.callbacks),
            finding=Finding(store, flow),
            home=Home(desk),
            insight=insight,
            viewing=Viewing(insight.digests),
            escalation=EscalationActs(store, course, logbook.mentions.receive),
        )

    @property
    def crises(self) -> Crises:
        return self.room.crises

    @property
    def known(self) -> Known:
        return Known(self.desk.store)

    @property
    def spoken(self) -> Spoken:
        """What is typed instead of clicked."""
        return Spoken(self.cases, self.desk, self.staff, self.room, self.answers, self.escalation, self.finding, self.insight)
