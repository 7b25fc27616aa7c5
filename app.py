"""The composition root: reads the files, builds every object once, in order, then opens the doors. And the command line."""

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from bot.clock import Tick
from bot.settings import Settings, SettingsError, read_settings
from flows.document import FileErrors
from flows.flow import Flow
from flows.loader import load_flow
from flows.people import PersonEntry, load_people
from flows.triage import Triage, UniversalEncoder
from handlers.board import Board
from handlers.inbox import Inbox
from handlers.intake import Intake
from handlers.machine import Learner
from handlers.mentions import Mentions
from handlers.signin import Signin
from handlers.staff import Staff
from handlers.ticks import Ticks
from handlers.vitals import Vitals
from storage import backup as copies
from storage import cases as case_rows
from storage import timeline
from storage.database import OnlySqlite, Store
from storage.lock import sender_role
from storage.migrate import upgrade
from templates import say

ROOT = Path(__file__).parent
log = structlog.get_logger()


@dataclass(frozen=True)
class House:
    """Everything that stands behind the doors."""

    settings: Settings
    store: Store
    flow: Flow
    board: Board
    learner: Learner
    mentions: Mentions
    intake: Intake
    inbox: Inbox
    signin: Signin
    staff: Staff
    ticks: Ticks
    vitals: Vitals


def build(settings: Settings, store: Store, flow: Flow) -> House:
    """In the order in which one needs the other; nothing connects here."""
    board = Board({"slack": settings.slack_channels} if settings.slack else {})
    learner = Learner(store, flow, lambda kept: Triage(kept, encoder=UniversalEncoder() if settings.semantic else None), settings.learn)
    mentions = Mentions(store, board, flow, learner)
    intake = Intake(mentions)
    return House(
        settings=settings,
        store=store,
        flow=flow,
        board=board,
        learner=learner,
        mentions=mentions,
        intake=intake,
        inbox=Inbox(store, intake),
        signin=Signin(store, settings.second_factor and not settings.is_demo),
        staff=Staff(store, settings.timezone, settings.language),
        ticks=Ticks(store, board, flow),
        vitals=Vitals(store),
    )


def read_flow(path: Path) -> Flow:
    """The FLOW file with the example files that stand beside it (NAME.examples.LANGUAGE.yaml)."""
    files = [path, *sorted(path.parent.glob(f"{path.stem}.*.yaml"))]
    return load_flow({str(file): file.read_text(encoding="utf-8") for file in files})


def read_people(settings: Settings) -> tuple[PersonEntry, ...]:
    """people.yaml, or the example while nothing real is configured."""
    path = settings.people if settings.people.exists() else ROOT / "people.example.yaml"
    if path != settings.people and not settings.is_demo:
        return ()
    return load_people(str(path), path.read_text(encoding="utf-8"))


@asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """The house with its database in shape; closed in reverse."""
    flow = read_flow(settings.flow if settings.flow.exists() else ROOT / settings.flow)
    entries = read_people(settings)
    async with AsyncExitStack() as stack:
        store = Store(settings.database_url)
        stack.push_async_callback(store.close)
        await upgrade(store)
        async with store.begin() as work:
            await case_rows.keep_flow(work, flow.digest, flow.name, flow.version, json.loads(flow.as_snapshot()))
            await work.commit()
        house = build(settings, store, flow)
        stack.callback(house.learner.close)
        await house.staff.begin_with(entries)
        yield house


async def serve(settings: Settings) -> None:
    """Open the doors and keep them open until the host says stop; then close in reverse, letting what is under way finish."""
    from bot.clock import running
    from bot.server import bind, run_until_told
    from handlers.renderer import Renderer
    from handlers.sender import Sender

    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(open_house(settings))
        stack.enter_context(sender_role(house.store.path))
        socket = stack.enter_context(bind(settings.host, settings.port))
        url = settings.public_url or f"http://{settings.host}:{socket.getsockname()[1]}"
        doors = await open_doors(house, url, stack)
        sender = Sender(house.store, Renderer(house.store, house.flow, dict.fromkeys(doors.workspaces, settings.language)), doors.workspaces)
        await stack.enter_async_context(background(sender.run))
        clock = await stack.enter_async_context(running(ticks(house)))
        await greet(house, url)
        await stack.enter_async_context(background(lambda stop: after_ready(house, stop)))
        await run_until_told(doors.web(settings, house.vitals, clock.late), socket)


async def after_ready(house: House, stop: asyncio.Event) -> None:
    """What may be slow: the models load, the demo plays."""
    await house.learner.engine()
    await house.learner.catch_up()
    if house.settings.is_demo:
        from bot.networks.dry_run import DryRun

        await DryRun(house.mentions.receive).play(ROOT / "samples")


@asynccontextmanager
async def background(run: Callable[[asyncio.Event], Awaitable[None]]) -> AsyncIterator[None]:
    """Run beside the block; when it ends, ask to stop, and wait a while."""
    stop = asyncio.Event()
    task = asyncio.ensure_future(run(stop))
    task.add_done_callback(_say_why)
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait([task], timeout=25)
        task.cancel()


def _say_why(task: "asyncio.Future[None]") -> None:
    if not task.cancelled() and task.exception():
        log.error("background_task_ended", exc_info=task.exception())


@dataclass(frozen=True)
class Doors:
    """What was opened: ASGI routes, and the workspaces that are posted to."""

    routes: list[Any]
    workspaces: dict[str, Any]

    def web(self, settings: Settings, vitals: Vitals, late: Callable[[], list[str]]) -> Any:
        from bot.web import Probes, web_app

        token = settings.metrics_token.get_secret_value() if settings.metrics_token else None
        return web_app([*Probes(vitals, late, token).routes(), *self.routes])


async def open_doors(house: House, url: str, stack: AsyncExitStack) -> Doors:
    """Only what is configured is imported."""
    doors = Doors([], {})
    if house.settings.webhook_secrets:
        from bot.networks.webhook import WebhookDoor

        doors.routes.extend(WebhookDoor(house.inbox, house.settings.webhook_secrets).routes())
    if house.settings.slack:
        await open_slack_door(house, doors, stack)
    doors.routes.extend(console_routes(house, url))
    return doors


def console_routes(house: House, url: str) -> Sequence[Any]:
    """The console is always open: it is the room to go to when nothing else is."""
    from bot.console import Acts, routes
    from handlers.cases import Cases
    from handlers.crises import Crises
    from handlers.desk import Desk
    from handlers.history import History
    from handlers.logbook import Logbook
    from handlers.queue import Queue
    from handlers.tags import Tags
    from handlers.workspaces import Workspaces

    store, board, flow = house.store, house.board, house.flow
    acts = Acts(
        signin=house.signin,
        queue=Queue(store, flow),
        desk=Desk(store, flow),
        history=History(store, flow),
        cases=Cases(store, board, flow),
        tags=Tags(store, board, flow),
        logbook=Logbook(house.mentions),
        crises=Crises(store, board, flow),
        staff=house.staff,
        workspaces=Workspaces(store, tuple(board.channels)),
    )
    return routes(acts, url, house.settings.language)


def ticks(house: House) -> tuple[Tick, ...]:
    """What time does, and how often."""
    due = house.ticks
    return (
        Tick("recover", due.recover, seconds=5),
        Tick("fold", due.fold, seconds=5),
        Tick("alarm", due.alarm, seconds=5),
        Tick("learn", house.learner.catch_up, seconds=5),
        Tick("tidy", due.tidy, cron="17 * * * *"),
        Tick("seal", due.seal, cron="5 0 * * *"),
    )


async def greet(house: House, url: str) -> None:
    """What a person needs who has just started the bot."""
    language = house.settings.language
    names = await house.staff.names()
    print(say("cli.welcome", language, url=url))
    if house.settings.is_demo:
        print(say("cli.welcome_demo", language))
        print(say("cli.sign_in", language, name=names[0], link=await sign_in_link(house, url, names[0])))
    elif not names:
        print(say("cli.no_people", language))
    sys.stdout.flush()


async def sign_in_link(house: House, url: str, name: str) -> str:
    from bot.console import sign_in_link as link

    return link(url, await house.signin.invite(name))


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 done, 1 not done and said why, 2 the command was not understood."""
    from bot.terminal.faults import plainly
    from bot.terminal.parser import parser
    from bot.terminal.logs import load_logging

    load_logging()
    try:
        settings = read_settings()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    parsed = parser(settings.language, tuple(COMMANDS)).parse_args(arguments)
    with plainly(settings.language) as outcome:
        outcome.status = asyncio.run(COMMANDS[parsed.command or "run"](settings, parsed))
    return outcome.status


async def run(settings: Settings, _: argparse.Namespace) -> int:
    await serve(settings)
    return 0


async def replay(settings: Settings, parsed: argparse.Namespace) -> int:
    """Stores and queues; what is queued leaves through the running bot."""
    from bot.networks.replay import Replay
    from bot.terminal.replay import show_replay

    async with open_house(settings) as house:
        player = Replay(house.intake.put_many, house.inbox.set_aside)
        await show_replay(player, parsed.file, parsed.speed, settings.language)
    return 0


async def invite(settings: Settings, parsed: argparse.Namespace) -> int:
    async with open_house(settings) as house:
        url = settings.public_url or f"http://{settings.host}:{settings.port}"
        print(say("cli.sign_in", settings.language, name=parsed.name, link=await sign_in_link(house, url, parsed.name)))
    return 0


async def migrate(settings: Settings, _: argparse.Namespace) -> int:
    async with open_house(settings):
        print(say("cli.migrated", settings.language))
    return 0


async def verify(settings: Settings, _: argparse.Namespace) -> int:
    """Exit status 1 when a chain is broken."""
    async with open_house(settings) as house, house.store.read() as work:
        links, breaks = await timeline.verify(work)
    for one in breaks:
        print(say("cli.broken", settings.language, chain=one.chain, seq=one.seq, wrong=one.wrong))
    if not breaks:
        print(say("cli.verified", settings.language, links=links))
    return int(bool(breaks))


async def backup(settings: Settings, parsed: argparse.Namespace) -> int:
    size = copies.backup(sqlite_file(settings), parsed.file)
    print(say("cli.backed_up", settings.language, file=parsed.file, size=size))
    return 0


async def restore(settings: Settings, parsed: argparse.Namespace) -> int:
    with sender_role(sqlite_file(settings)):
        copies.restore(parsed.file, sqlite_file(settings))
    print(say("cli.restored", settings.language, file=parsed.file))
    return 0


def sqlite_file(settings: Settings) -> str:
    path = Store(settings.database_url).path
    if path is None:
        raise OnlySqlite
    return path


async def describe(_: Settings, parsed: argparse.Namespace) -> int:
    from bot.terminal.describe import DESCRIPTIONS

    print(DESCRIPTIONS[parsed.what]())
    return 0


COMMANDS = {
    "run": run,
    "replay": replay,
    "invite": invite,
    "migrate": migrate,
    "verify": verify,
    "backup": backup,
    "restore": restore,
    "describe": describe,
}


if __name__ == "__main__":
    sys.exit(main())
