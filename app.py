"""The composition root: reads the files, builds every object once, in order, then opens the doors. And the command line."""

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from bot.settings import Settings, SettingsError, read_settings
from flows.flow import Flow
from flows.loader import load_flow
from flows.people import PersonEntry, load_people
from flows.triage import Triage, UniversalEncoder
from handlers.board import Board
from handlers.erasure import Erasure
from handlers.errors import CrisisOpen
from handlers.evidence import Evidence
from handlers.inbox import Inbox
from handlers.intake import Intake
from handlers.keeping import Keeping
from handlers.logbook import Logbook
from handlers.machine import Learner
from handlers.mentions import Mentions
from handlers.readiness import Readiness
from handlers.shelf import Shelf
from handlers.signin import Signin
from handlers.staff import Staff
from handlers.use_cases import Ground, UseCases
from handlers.vitals import Vitals
from handlers.workspaces import Workspaces
from storage.database import Store
from templates import say

ROOT = Path(__file__).parent
KEPT_NOWHERE = "dry_run.jsonl"  # what would have been published, in the folder in which we were started
BREATH = 0.3  # seconds, so that whoever asks whether we are ready is answered before the models take the processor


@dataclass(frozen=True)
class House:
    """Everything that stands behind more than one door."""

    settings: Settings
    store: Store
    flow: Flow
    shelf: Shelf
    board: Board
    learner: Learner
    mentions: Mentions
    inbox: Inbox
    acts: UseCases


def build(settings: Settings, store: Store, flow: Flow) -> House:
    """In the order in which one needs the other; nothing connects here."""
    board, shelf = Board({"slack": settings.slack_channels} if settings.slack else {}), Shelf(flow)
    learner = Learner(store, flow, lambda kept: Triage(kept, encoder=UniversalEncoder() if settings.semantic else None), settings.learn)
    ground = Ground(store, board, shelf, open_networks(settings), semantic=settings.semantic)
    mentions = Mentions(store, ground.course, flow, learner)
    acts = UseCases.upon(
        ground,
        Logbook(mentions),
        Staff(store, board, settings.timezone, settings.language),
        Workspaces(store, tuple(board.channels)),
        Signin(store, settings.second_factor and not settings.is_demo),
    )
    return House(settings, store, flow, shelf, board, learner, mentions, Inbox(store, Intake(mentions)), acts)


def open_networks(settings: Settings) -> dict[str, Any]:
    """Those that carry our replies, by name."""
    from bot.networks.dry_run import rehearsed

    return rehearsed(Path(KEPT_NOWHERE)) if settings.rehearses else {}


def read_flow(settings: Settings) -> Flow:
    """The FLOW file with the example files that stand beside it (NAME.examples.LANGUAGE.yaml)."""
    path = settings.flow if settings.flow.exists() else ROOT / settings.flow
    files = [path, *sorted(path.parent.glob(f"{path.stem}.*.yaml"))]
    return load_flow({str(file): file.read_text(encoding="utf-8") for file in files})


def read_people(settings: Settings) -> tuple[PersonEntry, ...]:
    """people.yaml, or the example while nothing real is configured."""
    path = settings.people if settings.people.exists() or not settings.is_demo else ROOT / "people.example.yaml"
    return load_people(str(path), path.read_text(encoding="utf-8")) if path.exists() else ()


@asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """The house with its database in shape; closed in reverse."""
    flow = read_flow(settings)
    entries = read_people(settings)
    async with AsyncExitStack() as stack:
        store = Store(settings.database_url)
        stack.push_async_callback(store.close)
        await Keeping(store).prepare()
        house = build(settings, store, flow)
        async with store.begin() as work:
            await house.shelf.keep(work)
            await work.commit()
        stack.callback(house.learner.close)
        await house.acts.staff.begin_with(entries)
        yield house


async def serve(house: House) -> int:
    """Open the doors and keep them open until the host says stop; then close in reverse, letting what is under way finish."""
    from bot.clock import Tick, running
    from bot.server import background, bind, run_until_told
    from bot.web import Probes, web_app
    from handlers.answers.publishing import ways_out
    from handlers.escalation.telling import Outcome
    from handlers.renderer import Renderer
    from handlers.sender import Sender
    from handlers.showing import ways_to
    from handlers.watch import Watch

    settings = house.settings
    async with AsyncExitStack() as stack:
        stack.enter_context((keeping := Keeping(house.store)).alone())
        await keeping.take_over()
        socket = stack.enter_context(bind(settings.host, settings.port))
        url = settings.public_url or f"http://{settings.host}:{socket.getsockname()[1]}"
        doors = await open_doors(house, url, stack)
        renderer = Renderer(house.store, house.shelf, dict.fromkeys(doors.workspaces, settings.language))
        leaving = house.acts.answers.drafts.departures
        outcome = Outcome(leaving.course.caller)
        ways = {**ways_to(doors.workspaces, renderer, outcome), **ways_out(leaving.networks, house.store, leaving.gate, leaving.course)}
        await stack.enter_async_context(background(Sender(house.store, ways).run))
        await (vitals := Vitals(house.store)).introduce(leaving.networks)
        watch = Watch(vitals, house.board, doors.workspaces, house.flow.crisis_channel, settings.language)
        clock = await stack.enter_async_context(running((Tick("watch", watch.look, seconds=5), *ticks(house, doors))))
        probes = Probes(watch.vitals, lambda: watch.wrong, clock.late, settings.metrics_token, settings.is_private)
        await welcome(house, url)
        await stack.enter_async_context(background(lambda _: after_ready(house), patience=0))
        await run_until_told(web_app([*probes.routes(), *doors.routes]), socket)
    return 0


async def after_ready(house: House) -> None:
    """What may be slow: the models load, the demo plays."""
    await asyncio.sleep(BREATH)
    await house.learner.catch_up()
    await asyncio.gather(house.acts.answers.drafts.proofreader.warm(), play_demo(house))


async def play_demo(house: House) -> None:
    if house.settings.is_demo:
        from bot.networks.dry_run import DryRun

        with suppress(CrisisOpen):
            await house.acts.crises.open(await house.acts.staff.somebody("manager"), say("cli.demo_crisis", house.settings.language))
        await DryRun(house.mentions.receive).play(ROOT / "samples")


async def welcome(house: House, url: str) -> None:
    """What a person needs who has just started the bot."""
    from bot.terminal.greeting import greet

    greet(url, house.settings.language, names := await house.acts.staff.names(), is_demo=house.settings.is_demo)
    if house.settings.is_demo:
        await invite(house, url, names[0])


async def invite(house: House, url: str, name: str) -> int:
    from bot.console import sign_in_link
    from bot.terminal.greeting import hand_over

    hand_over(name, sign_in_link(url, await house.acts.signin.invite(name)), house.settings.language)
    return 0


@dataclass(frozen=True)
class Doors:
    """What was opened: `ears` tell whether the clicks of a workspace reach us."""

    routes: list[Any]
    workspaces: dict[str, Any] = field(default_factory=dict)
    ears: dict[str, Callable[[], Awaitable[bool]]] = field(default_factory=dict)


async def open_doors(house: House, url: str, stack: AsyncExitStack) -> Doors:
    """Only what is configured is imported; the console always is: it is the room to go to when nothing else is."""
    from bot.console import routes

    doors = Doors(list(routes(house.acts, url, house.settings.language)))
    if house.settings.webhook_secrets:
        from bot.networks.webhook import WebhookDoor

        doors.routes.extend(WebhookDoor(house.inbox, house.settings.webhook_secrets).routes())
    if house.settings.slack:
        door = await open_slack_door(house)
        stack.push_async_callback(door.close)
        doors.routes.extend(door.routes)
        doors.workspaces["slack"], doors.ears["slack"] = door.workspace, door.hears
    return doors


async def open_slack_door(house: House) -> Any:
    from bot.slack import Access, open_slack

    settings = house.settings
    access = Access(
        language=settings.language, api_url=settings.slack_api_url, alone=not house.store.on_postgresql, **settings.slack_secrets
    )
    return await open_slack(house.acts, access)


def ticks(house: House, doors: Doors) -> tuple[Any, ...]:
    """What time does, and how often."""
    from bot.clock import Tick
    from handlers.second_look import SecondLook
    from handlers.ticks import Ticks

    due = Ticks(house.store, house.board, house.flow, house.settings.kept_for)
    take = SecondLook(house.store, house.mentions.course, house.flow, house.learner).take
    second = [Tick("second_look", take, seconds=2)] if house.settings.semantic else []
    return (
        *second,
        *(Tick(f"listen:{name}", partial(due.listen, name, hears), seconds=10) for name, hears in doors.ears.items()),
        Tick("climb", house.acts.escalation.climb.fire, seconds=0.5),
        Tick("hurry", house.acts.escalation.climb.hurry, seconds=5),
        Tick("due", house.acts.room.due.fire, seconds=2),
        Tick("recover", due.recover, seconds=5),
        Tick("fold", due.fold, seconds=5),
        Tick("alarm", due.alarm, seconds=5),
        Tick("remind", house.acts.answers.waiting.remind, seconds=20),
        Tick("look_again", house.acts.answers.waiting.look_again, seconds=5),
        Tick("expire", house.acts.answers.waiting.expire, seconds=60),
        Tick("learn", house.learner.catch_up, seconds=5),
        Tick("tidy", due.tidy, cron="17 * * * *"),
        Tick("seal", due.seal, cron="5 0 * * *"),
    )


async def in_house(settings: Settings, parsed: argparse.Namespace) -> int:
    """The commands that need the database in shape."""
    from bot.networks.replay import Replay
    from bot.terminal import records
    from bot.terminal.replay import show_replay

    language = settings.language
    async with open_house(settings) as house:
        does: dict[str, Callable[[], Awaitable[int]]] = {
            "run": lambda: serve(house),
            "replay": lambda: show_replay(Replay(house.mentions.receive, house.inbox.set_aside), parsed.file, parsed.speed, language),
            "invite": lambda: invite(house, settings.public_url or f"http://{settings.host}:{settings.port}", parsed.name),
            **records.commands(Keeping(house.store), Erasure(house.store), Evidence(house.store, house.flow), parsed, language),
        }
        return await does[parsed.command or "run"]()


async def findings(settings: Settings) -> Sequence[Any]:
    """What `check` tells. It looks only: nothing is made, changed or migrated."""
    from bot.checkup import look_at_house
    from bot.console.checkup import look_at_console
    from bot.networks.webhook import look_at_webhooks
    from bot.slack.checkup import look_at_slack

    found = await Readiness(Store(settings.database_url)).look()
    house, rules = look_at_house(settings, found, lambda: read_flow(settings), lambda: read_people(settings))
    return [*house, *look_at_console(settings), *look_at_webhooks(settings), *await look_at_slack(settings, rules)]


def obey(settings: Settings, parsed: argparse.Namespace) -> int:
    from bot.terminal import commands, records

    keeping, language = Keeping(Store(settings.database_url)), settings.language
    does: dict[str, Callable[[], int]] = {
        "backup": lambda: commands.back_up(keeping, parsed.file, language),
        "restore": lambda: commands.restore(keeping, parsed.file, language),
        "describe": lambda: commands.describe(parsed.what),
        **records.offline(parsed, language),
        "check": lambda: commands.tell_findings(asyncio.run(findings(settings)), language),
    }
    return does[parsed.command]() if parsed.command in does else asyncio.run(in_house(settings, parsed))


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 done, 1 not done and said why, 2 the command was not understood."""
    from bot.terminal.faults import plainly
    from bot.terminal.logs import load_logging
    from bot.terminal.parser import parser

    load_logging()
    os.umask(0o077)  # the database, its lock and its copies hold customers' words: for our own account alone
    try:
        settings = read_settings()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    with plainly(settings.language) as outcome:
        outcome.status = obey(settings, parser(settings.language).parse_args(arguments))
    return outcome.status


if __name__ == "__main__":
    sys.exit(main())
