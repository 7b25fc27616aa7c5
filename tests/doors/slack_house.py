"""A house whose Slack door stands open to the fake Slack, in real time, by Socket Mode or by HTTP."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette

from bot.slack import Access, SlackDoor, open_slack
from handlers.answers.publishing import ways_out
from handlers.board import Board
from handlers.escalation.telling import Outcome
from handlers.insight.leaving import Delivery, with_digests
from handlers.insight.mailing import with_letters
from handlers.renderer import Renderer
from handlers.sender import Sender
from handlers.showing import ways_to
from tests.builders import Scripted, TestHouse, data_breach
from tests.databases import opened, sqlite_copy
from tests.dial import Dial
from tests.fakes.slack import FakeSlack, Limits


@dataclass
class SlackHouse:
    """Slack knows them by address: Ana is an agent, Bo a lead, Max manager and admin, Lou a lawyer; Eve is a stranger."""

    slack: FakeSlack
    house: TestHouse
    door: SlackDoor
    sender: Sender
    crisis: str
    ordinary: str
    ana: str
    bo: str
    eve: str
    max: str
    lou: str

    @property
    def published(self) -> list[str]:
        """What customers can read on X."""
        return self.house.networks["x"].texts

    async def card_of(self, case_id: int, channel: str | None = None) -> dict[str, Any]:
        """The case's card, as soon as it stands in the channel."""
        number = f"#{case_id} "
        return await until(lambda: next((one for one in self.messages(channel) if number in first_text(one)), None))

    def messages(self, channel: str | None = None) -> list[dict[str, Any]]:
        return self.slack.channel(channel or self.crisis).messages

    async def click(self, user: str, message: dict[str, Any], action_id: str, **more: Any) -> Any:
        channel = next(
            c.id for c in self.slack.state.channels.values() if c.message(message["ts"]) or self.shown_to(user, c.id, message["ts"])
        )
        menu = menu_with(message, action_id)
        if menu:
            return await self.slack.click(user, channel, message["ts"], menu, action_id, **more)
        return await self.slack.click(user, channel, message["ts"], action_id, **more)

    def shown_to(self, user: str, channel: str, ts: str) -> bool:
        return any((one.user, one.channel, one.message["ts"]) == (user, channel, ts) for one in self.slack.ephemerals)

    async def shown(self, words: str, channel: str | None = None) -> dict[str, Any]:
        """The latest message of a channel or of one of its threads that says this."""
        return await until(lambda: next((one for one in reversed(self.messages(channel)) if words in all_text(one)), None))

    async def receipt(self, words: str) -> dict[str, Any]:
        """What a thread says became of a reply."""
        return await until(lambda: next((one for one in self.messages() if first_text(one).strip().startswith(words)), None))

    async def press(self, user: str, message: dict[str, Any], act: str) -> Any:
        return await self.click(user, message, button(message, act))

    async def opened(self, user: str, name: str) -> dict[str, Any]:
        """The form, once it has taken the place of its first, empty window."""
        return await until(lambda: next((one for one in self.slack.views_open(user) if one["callback_id"] == name), None))

    async def told(self, user: str, words: str) -> dict[str, Any]:
        """The private message to somebody that says this."""
        return await until(lambda: next((one for one in self.slack.messages_to(user) if words in all_text(one)), None))


async def until(look: Callable[[], Any], seconds: float = 5.0) -> Any:
    """What `look` finds, once it finds something."""
    last = time.monotonic() + seconds
    while time.monotonic() < last:
        if found := look():
            return found
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to be")


def all_text(value: Any) -> str:
    """Every text that a message shows."""
    if isinstance(value, list):
        return "\n".join(all_text(one) for one in value)
    if isinstance(value, dict):
        return "\n".join(one if key == "text" and isinstance(one, str) else all_text(one) for key, one in value.items())
    return ""


def first_text(message: dict[str, Any]) -> str:
    return all_text(message.get("blocks", [])[:1])


def action_ids(message: dict[str, Any]) -> list[str]:
    return [one["action_id"] for block in message.get("blocks", []) if block["type"] == "actions" for one in block["elements"]]


def button(message: dict[str, Any], act: str) -> str:
    """The first button of this act, or line of a menu."""
    every = [*action_ids(message), *(line for lines in menus(message).values() for line in lines)]
    return next(one for one in every if one.startswith(f"{act}:"))


def menus(message: dict[str, Any]) -> dict[str, list[str]]:
    """The lines of each menu, by the menu's action_id."""
    elements = [one for block in message.get("blocks", []) if block["type"] == "actions" for one in block["elements"]]
    return {one["action_id"]: [option["value"] for option in one["options"]] for one in elements if one["type"] == "overflow"}


def menu_with(message: dict[str, Any], act: str) -> str | None:
    """The menu that holds what is to be clicked, if it is folded into one."""
    return next((menu for menu, lines in menus(message).items() if act in lines), None)


@asynccontextmanager
async def slack_house(
    tmp_path: Path,
    *,
    by: str = "socket",
    limits: Limits | None = None,
    url: str | None = None,
    language: str = "en",
    dial: Dial | None = None,
    **ground: Any,
) -> AsyncIterator[SlackHouse]:
    """`language` is the channels' and Ana's; Bo reads Spanish, the others English. `ground`: couriers, roster of the TestHouse."""
    async with FakeSlack(limits=limits) as slack:
        people = {name: slack.add_user(name, email=f"{name}@example.com").id for name in ("ana", "bo", "eve", "max", "lou")}
        crisis, ordinary = slack.add_channel("crisis", is_private=True).id, slack.add_channel("ordinary", is_private=True).id
        store = opened(url or sqlite_copy(tmp_path / "tocsin.db"), dial)
        board = Board({"slack": {"crisis": crisis, "ordinary": ordinary}})
        house = await TestHouse(store, data_breach(), board, Scripted(), **ground).begin()
        await house.person("Ana", "agent", email="ana@example.com", languages=[language])
        await house.person("Bo", "lead", email="bo@example.com", languages=["es"])
        await house.person("Max", "manager", "admin", email="max@example.com")
        await house.person("Lou", "legal", email="lou@example.com")
        secret = {"app_token": slack.app_token} if by == "socket" else {"signing_secret": slack.signing_secret}
        door = await open_slack(house.use_cases(), Access(slack.bot_token, api_url=slack.base_url, language=language, **secret))
        ways = ways_to({"slack": door.workspace}, Renderer(store, house.shelf, {"slack": language}), Outcome(house.course.caller))
        house.insight.places.know({"slack": door.workspace})
        delivery = Delivery(store, house.insight.places, board)
        ways, outside = with_digests(ways, delivery), with_letters(house.outside(), house.couriers, delivery)
        sender = Sender(store, {**ways, **ways_out(house.networks, store, house.gate, house.course), **outside})
        try:
            async with _listening(slack, door), sending(sender):
                yield SlackHouse(slack, house, door, sender, crisis, ordinary, *people.values())
        finally:
            await door.close()
            await store.close()


@asynccontextmanager
async def sending(sender: Sender) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(sender.run(stop))
    try:
        yield
    finally:
        stop.set()
        sender.store.wake.set()
        await task


@asynccontextmanager
async def _listening(slack: FakeSlack, door: SlackDoor) -> AsyncIterator[None]:
    if not door.routes:
        await slack.sockets.connected()
        yield
        return
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=door.routes), port=0, log_level="warning", lifespan="off"))
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    slack.http_target = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/slack/events"
    try:
        yield
    finally:
        server.should_exit = True
        await task
