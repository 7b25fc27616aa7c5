"""What the tests of the watch share: a house under watch, time by three clocks on one dial, and everybody who can be told."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from handlers.answers.publishing import ways_out
from handlers.board import Board
from handlers.escalation.bells import Bells
from handlers.escalation.telling import Outcome
from handlers.renderer import Renderer
from handlers.sender import Sender
from handlers.showing import ways_to
from handlers.vitals import Vitals
from handlers.watch.crier import Crier
from handlers.watch.hands import Hands
from handlers.watch.looks import Looks
from handlers.watch.watch import Watch
from handlers.watch.wording import Wording
from storage import outbox
from storage.database import Store
from storage.types import NORMAL
from tests.builders import Scripted, TestHouse, data_breach
from tests.dial import Dial
from tests.fakes.courier import FakeCourier
from tests.fakes.workspace import FakeWorkspace

URL = "https://crisis.example.com"
EVERYWHERE = ["slack:C1", "slack:U-Ada", "teams:T1", "ada@example.com"]


@dataclass
class Ticking:
    """A scheduler of which the test says what has stopped."""

    stopped: list[str] = field(default_factory=list)
    fails: list[str] = field(default_factory=list)

    def late(self) -> list[str]:
        return [*self.stopped]

    def failing(self) -> list[str]:
        return [*self.stopped, *self.fails]


@dataclass
class Clocks:
    """The dial is what people see; `slept` and `still` are how long the machine slept and stood, `set_by` how far its clock was set."""

    dial: Dial
    slept: timedelta = timedelta()
    set_by: timedelta = timedelta()

    def __call__(self) -> Hands:
        lasting = (self.dial.at - self.set_by).timestamp()
        return Hands(self.dial.at, lasting, lasting - self.slept.total_seconds())

    def set(self, **span: float) -> None:
        """Somebody sets the clock."""
        self.set_by += timedelta(**span)
        self.dial.forward(**span)

    def sleep(self, **span: float) -> None:
        self.slept += timedelta(**span)
        self.dial.forward(**span)


@dataclass
class Watched:
    """Slack and Teams with their crisis channels C1 and T1, mail; `look` goes round every five seconds."""

    house: TestHouse
    dial: Dial
    watch: Watch
    ticking: Ticking
    clocks: Clocks
    slack: FakeWorkspace
    teams: FakeWorkspace
    mail: FakeCourier
    sender: Sender

    async def look(self, times: int = 1) -> None:
        for _ in range(times):
            self.dial.forward(seconds=5)
            await self.watch.look()

    async def work(self, seconds: int) -> None:
        """Let everything leave that may, second by second, and look every five."""
        for second in range(seconds):
            self.dial.forward(seconds=1)
            await self.sender.drain()
            if second % 5 == 4:
                await self.watch.look()

    def told(self, door: FakeWorkspace | FakeCourier | None = None) -> list[tuple[str, str, str]]:
        """(where, message, code) of everything that was told, in the order of the doors."""
        doors = [door] if door else [self.slack, self.teams, self.mail]
        return [one for each in doors for one in (_posted(each) if isinstance(each, FakeWorkspace) else _mailed(each))]

    def codes(self, door: FakeWorkspace | FakeCourier | None = None) -> set[tuple[str, str]]:
        return {(message, code) for _, message, code in self.told(door)}


def _posted(door: FakeWorkspace) -> list[tuple[str, str, str]]:
    cards = [one for one in door.messages if one.card.title.name.startswith("watch.")]
    return [(f"{door.name}:{one.place.channel_id}", one.card.title.name, str(one.card.title.facts["code"])) for one in cards]


def _mailed(door: FakeCourier) -> list[tuple[str, str, str]]:
    return [(one.address, one.notice.title.name, str(one.notice.title.facts["code"])) for one in door.told]


async def under_watch(store: Store, dial: Dial, owners: Sequence[str] = ("Ada",)) -> Watched:
    slack, teams, mail = FakeWorkspace(dial), FakeWorkspace(dial, "teams"), FakeCourier(dial)
    board = Board({"slack": {"crisis": "C1", "ordinary": "C2"}, "teams": {"crisis": "T1", "ordinary": "T2"}})
    house = await TestHouse(store, data_breach(), board, Scripted(), couriers={"email": mail}).begin()
    for name in owners:
        await house.person(name, "admin", slack_id=f"U-{name}", email=f"{name.lower()}@example.com", languages=["es"])
    workspaces = {"slack": slack, "teams": teams}
    out = ways_out(house.networks, store, house.gate, house.course)
    ways = {**ways_to(workspaces, Renderer(store, house.shelf, {}), Outcome(house.course.caller)), **out, **house.outside()}
    ticking, clocks = Ticking(), Clocks(dial)
    crier = Crier(Bells(board, {"email": mail}), workspaces, "crisis", "en", Wording(URL, "web-1"))
    watch = Watch(Looks(Vitals(store), ticking, ways, clocks), crier)
    return Watched(house, dial, watch, ticking, clocks, slack, teams, mail, Sender(store, ways))


async def put(watched: Watched, lane: str = "slack:C1", not_before: datetime | None = None) -> None:
    """A row that could leave, and that no sender of the test takes."""
    async with watched.house.store.begin() as work:
        wish = outbox.Wish(lane.partition(":")[0], lane, "post", "words", NORMAL, facts={"name": "x", "facts": {}}, not_before=not_before)
        await outbox.put(work, [wish])
        await work.commit()
