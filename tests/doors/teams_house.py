"""A house whose Teams door stands open to the fake Teams, in real time and over real HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette

from bot.teams.access import Access
from bot.teams.door import TeamsDoor, open_teams
from handlers.answers.publishing import ways_out
from handlers.board import Board
from handlers.escalation.telling import Outcome
from handlers.insight.leaving import Delivery, with_digests
from handlers.insight.mailing import with_letters
from handlers.renderer import Renderer
from handlers.sender import Sender
from handlers.showing import ways_to
from tests.builders import Scripted, TestHouse, data_breach
from tests.dial import Dial
from tests.doors.slack_house import opened, sending, sqlite_copy, until
from tests.fakes.teams import Answer, Conversation, FakeTeams, Limits, Message, buttons, inputs, message_text


@dataclass
class TeamsHouse:
    """Teams knows them by address: Ana is an agent, Bo a lead, Max manager and admin, Lou a lawyer; Eve is a stranger."""

    teams: FakeTeams
    house: TestHouse
    door: TeamsDoor
    sender: Sender
    crisis: Conversation
    ordinary: Conversation

    @property
    def published(self) -> list[str]:
        """What customers can read on X."""
        return self.house.networks["x"].texts

    async def card_of(self, case_id: int, channel: Conversation | None = None) -> Message:
        """The case's card, as soon as it stands in the channel."""
        return await self.shown(f"#{case_id} ", channel)

    async def shown(self, words: str, channel: Conversation | None = None) -> Message:
        """The latest message of a channel or of one of its threads that says this."""
        there = channel or self.crisis
        return await until(lambda: next((one for one in reversed(there.posts) if words in message_text(one)), None))

    async def told(self, user: str, words: str) -> Message:
        """The message in somebody's own chat that says this."""
        return await until(lambda: next((one for one in reversed(self.teams.chat(user).posts) if words in message_text(one)), None))

    async def fill(self, user: str, message: Message, act: str, **values: Any) -> Answer:
        """Open the form behind a button, fill it in and send it."""
        opened = await self.teams.click(user, message, act)
        assert opened.fine and opened.card, opened
        return await self.send_in(user, **values)

    async def send_in(self, user: str, **values: Any) -> Answer:
        """Send the form in that stands open."""
        window = self.teams.dialog(user)
        assert window, "no form stands open"
        sent = await self.teams.submit(user, typed_in(window.card, values), buttons(window.card)[-1])
        assert sent.fine, sent
        return sent


def typed_in(card: Any, values: dict[str, Any]) -> dict[str, Any]:
    """By the name of its field: what is typed into each input. A moment is a day and an hour ("2026-11-22T18:00")."""
    ids = [str(one["id"]) for one in inputs(card)]
    typed = {}
    for name, value in values.items():
        for found in (one for one in ids if one.partition(".")[2] == name):
            day, _, hour = str(value).partition("T")
            typed[found] = {"date": day, "time": hour}.get(found.partition(".")[0], value)
    assert len(typed) >= len(values), (ids, values)
    return typed


@asynccontextmanager
async def teams_house(
    tmp_path: Path,
    *,
    limits: Limits | None = None,
    url: str | None = None,
    language: str = "en",
    dial: Dial | None = None,
    **ground: Any,
) -> AsyncIterator[TeamsHouse]:
    """`language` is the channels' and Ana's; Bo reads Spanish, the others English. `ground`: couriers, roster of the TestHouse."""
    async with FakeTeams(limits=limits) as teams:
        for name in ("Ana", "Bo", "Eve", "Max", "Lou"):
            teams.add_user(name, email=f"{name.lower()}@example.com")
        crisis, ordinary = teams.add_channel("crisis"), teams.add_channel("ordinary")
        store = opened(url or sqlite_copy(tmp_path / "tocsin.db"), dial)
        channels = {"crisis": crisis.id, "ordinary": ordinary.id}
        board = Board({"teams": channels})
        house = await TestHouse(store, data_breach(), board, Scripted(), **ground).begin()
        await house.person("Ana", "agent", email="ana@example.com", languages=[language])
        await house.person("Bo", "lead", email="bo@example.com", languages=["es"])
        await house.person("Max", "manager", "admin", email="max@example.com")
        await house.person("Lou", "legal", email="lou@example.com")
        access = Access(
            teams.client_id,
            teams.client_secret,
            (teams.tenant_id,),
            language=language,
            service_url=teams.service_url,
            login_url=teams.login_url,
            openid_url=teams.openid_url,
            url="https://console.example",
            graph_url=teams.graph_url,
        )
        door = await open_teams(house.use_cases(), access, channels)
        object.__setattr__(door.workspace, "graph_url", teams.graph_url)
        ways = ways_to({"teams": door.workspace}, Renderer(store, house.shelf, {"teams": language}), Outcome(house.course.caller))
        house.insight.places.know({"teams": door.workspace})
        delivery = Delivery(store, house.insight.places, board)
        ways, outside = with_digests(ways, delivery), with_letters(house.outside(), house.couriers, delivery)
        sender = Sender(store, {**ways, **ways_out(house.networks, store, house.gate, house.course), **outside})
        try:
            async with listening(teams, door), sending(sender):
                yield TeamsHouse(teams, house, door, sender, crisis, ordinary)
        finally:
            await door.close()
            await store.close()


@asynccontextmanager
async def listening(teams: FakeTeams, door: TeamsDoor) -> AsyncIterator[None]:
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=door.routes), port=0, log_level="warning", lifespan="off"))
    task = asyncio.create_task(server.serve())
    waits: Callable[[], Any] = lambda: server.started  # noqa: E731
    await until(waits)
    teams.bot_endpoint = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/api/messages"
    try:
        yield
    finally:
        server.should_exit = True
        await task
