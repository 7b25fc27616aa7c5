"""The composition root: reads the files, builds every object once, in order, then opens the doors. And the command line."""

import gc

gc.disable()  # while modules are read, which stay: looking for garbage among them takes a quarter of the start

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from bot.connections import connected
from bot.notices import couriers
from bot.settings import Settings, SettingsError, read_settings
from flows.flow import Flow
from flows.loader import load_flow
from flows.people import PersonEntry, load_people
from flows.triage import Triage, UniversalEncoder
from handlers.board import Board
from handlers.costs import KeptPurse
from handlers.erasure import Erasure
from handlers.escalation.links import Links
from handlers.escalation.rota_sources import Sources
from handlers.escalation.rotas import Rotas
from handlers.evidence import Evidence
from handlers.house import House
from handlers.inbox import Inbox
from handlers.insight.slots import Rhythm
from handlers.intake import Intake
from handlers.keeping import Keeping
from handlers.logbook import Logbook
from handlers.machine import Learner
from handlers.mentions import Mentions
from handlers.networks import Connected
from handlers.proof.ground import survey
from handlers.readiness import Readiness, Shape
from handlers.shelf import Shelf
from handlers.signin import Signin
from handlers.staff import Staff
from handlers.use_cases import Ground, UseCases
from handlers.workspaces import Workspaces
from storage.database import Store

gc.freeze()
gc.enable()
ROOT = Path(__file__).parent
KEPT_NOWHERE = "dry_run.jsonl"  # what would have been published, in the folder in which we were started


def build(settings: Settings, store: Store, flow: Flow) -> House:
    """In the order in which one needs the other; nothing connects here."""
    board, shelf = Board(settings.workspaces, flow.workspaces), Shelf(flow)
    learner = learner_of(settings, store, flow)
    outside = dict(connected(settings, partial(KeptPurse, store)))
    ceilings = {"x": settings.x_budget}
    ground = Ground(
        store,
        board,
        shelf,
        open_networks(settings, outside),
        couriers(settings),
        slots=slots,
        semantic=settings.semantic,
        ceilings=ceilings,
    )
    mentions = Mentions(store, ground.course, flow, learner)
    acts = UseCases.upon(
        ground,
        Logbook(mentions),
        Staff(store, ground.course, settings.timezone, settings.language),
        Workspaces(store, tuple(board.channels)),
        Signin(store, settings.second_factor and not settings.is_demo),
    )
    links = Links(store, shelf, acts.escalation.acknowledging)
    rotas = Rotas(store, ground.roster, rota_sources(settings))
    return House(store, flow, shelf, board, learner, mentions, Inbox(store, Intake(mentions)), links, rotas, acts, outside)


def learner_of(settings: Settings, store: Store, flow: Flow) -> Learner:
    return Learner(store, flow, lambda kept: Triage(kept, encoder=UniversalEncoder() if settings.semantic else None), settings.learn)


def slots(rhythm: Rhythm, after: datetime, until: datetime) -> Sequence[datetime]:
    """The clock's code is read when somebody is owed a digest."""
    from bot import clock

    return clock.slots(rhythm, after, until)


def open_networks(settings: Settings, outside: Mapping[str, Connected]) -> dict[str, Any]:
    """Those that carry our replies, by name. A rehearsal hears the public, and answers nowhere."""
    from bot.networks.dry_run import rehearsed

    real = {name: one.network for name, one in outside.items() if one.network}
    return rehearsed(Path(KEPT_NOWHERE)) if settings.rehearses else real


def read_flow(settings: Settings) -> Flow:
    """The FLOW file with the example files that stand beside it (NAME.examples.LANGUAGE.yaml)."""
    path = settings.flow if settings.flow.exists() else ROOT / settings.flow
    files = [path, *sorted(path.parent.glob(f"{path.stem}.*.yaml"))]
    return load_flow({str(file): file.read_text(encoding="utf-8") for file in files})


def written_people(settings: Settings) -> tuple[str, str] | None:
    """people.yaml, or the example while nothing real is configured: its name and its text."""
    path = settings.people if settings.people.exists() or not settings.is_demo else ROOT / "people.example.yaml"
    return (str(path), path.read_text(encoding="utf-8")) if path.exists() else None


def read_people(settings: Settings) -> tuple[PersonEntry, ...]:
    written = written_people(settings)
    return load_people(*written) if written else ()


def rota_sources(settings: Settings) -> Sources:
    """Who is on duty stands beside the people, or in calendars; those need a door."""
    written = partial(written_people, settings)
    if not settings.rotas:
        return Sources(written, timezone=settings.timezone)
    from bot.calendars import Calendars

    return Sources(written, settings.rotas, Calendars().fetch, settings.timezone)


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
        await house.rotas.begin()
        yield house


async def in_house(settings: Settings, parsed: argparse.Namespace) -> int:
    """The commands that need the database in shape."""
    from bot.networks.replay import Replay
    from bot.opening import serve
    from bot.terminal import records
    from bot.terminal.replay import show_replay

    language = settings.language
    async with open_house(settings) as house:
        does: dict[str, Callable[[], Awaitable[int]]] = {
            "run": lambda: serve(settings, house, ROOT / "samples"),
            "replay": lambda: show_replay(Replay(house.mentions.receive, house.inbox.set_aside), parsed.file, parsed.speed, language),
            "invite": lambda: invite(settings, house, parsed.name),
            **records.commands(
                Keeping(house.store), Erasure(house.store, house.board), Evidence(house.store, house.flow), parsed, language
            ),
        }
        return await does[parsed.command or "run"]()


async def invite(settings: Settings, house: House, name: str) -> int:
    from bot.doors import hand_link

    return await hand_link(settings, house, settings.public_url or f"http://{settings.host}:{settings.port}", name)


async def findings(settings: Settings) -> Sequence[Any]:
    """What `check` tells. It looks only: nothing is made, changed or migrated."""
    from bot.checkup import look_at_house
    from bot.console.checkup import look_at_console
    from bot.network_checkup import look_at_networks
    from bot.networks.webhook import look_at_webhooks
    from bot.notices.checkup import look_at_notices
    from bot.rota_checkup import look_at_rotas
    from bot.slack.checkup import look_at_slack
    from bot.teams.checkup import look_at_teams

    found = await Readiness(Store(settings.database_url)).look()
    house, rules = look_at_house(settings, found, lambda: read_flow(settings), lambda: read_people(settings))
    outside = [*look_at_webhooks(settings), *await look_at_networks(settings), *await look_at_notices(settings)]
    on_duty = await look_at_rotas(partial(survey, found, partial(read_people, settings), rota_sources(settings), datetime.now(UTC)))
    workspaces = [*await look_at_slack(settings, rules), *await look_at_teams(settings, rules)]
    return [*house, *on_duty, *look_at_console(settings), *outside, *workspaces]


async def prove(settings: Settings, parsed: argparse.Namespace) -> int:
    """`flow`: looks only, and needs no database."""
    from bot.terminal.flow import Asked, obey

    found = await Readiness(store := Store(settings.database_url)).look()

    @asynccontextmanager
    async def sorting(other: Store) -> AsyncIterator[Learner]:
        """The triage as it was taught by clicks, where there are any."""
        async with AsyncExitStack() as stack:
            learner = learner_of(settings, store if found.shape is Shape.WELL else other, read_flow(settings))
            stack.callback(learner.close)
            stack.push_async_callback(store.close)
            await learner.catch_up()
            yield learner

    ground = partial(survey, found, partial(read_people, settings), rota_sources(settings))
    written = written_people(settings)
    return await obey(
        settings, parsed, Asked(partial(read_flow, settings), ground, sorting, written[0] if written else str(settings.people))
    )


async def report(settings: Settings, parsed: argparse.Namespace) -> int:
    """Looks only."""
    from bot.terminal import reporting
    from handlers.insight.reports import Reports

    asked = reporting.Asked.of(parsed, settings.timezone)
    found = await Readiness(store := Store(settings.database_url)).look()
    try:
        return await reporting.report(Reports.upon(store, found, read_flow(settings)), asked, settings.language)
    finally:
        await store.close()


def abilities() -> str:
    from bot.parity import table

    return table()


def networks() -> str:
    from bot.matrix import table

    return table()


def obey(settings: Settings, parsed: argparse.Namespace) -> int:
    from bot.teams.package import write_package
    from bot.terminal import commands, records

    keeping, language = Keeping(Store(settings.database_url)), settings.language
    does: dict[str, Callable[[], int]] = {
        "backup": lambda: commands.back_up(keeping, parsed.file, language),
        "restore": lambda: commands.restore(keeping, parsed.file, language),
        "describe": lambda: commands.describe(parsed.what, {"abilities": abilities, "networks": networks}),
        **records.offline(parsed, language),
        "flow": lambda: asyncio.run(prove(settings, parsed)),
        "report": lambda: asyncio.run(report(settings, parsed)),
        "teams-package": lambda: write_package(settings, parsed.file),
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
