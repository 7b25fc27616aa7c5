"""Opens the doors of a house, in order, and keeps them open: the part of the composition root that runs."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from bot.clock import Tick, running
from bot.console import routes, sign_in_link
from bot.server import background, bind, run_until_told
from bot.settings import Settings
from bot.terminal.greeting import greet, hand_over
from bot.watchdog import on_watch
from bot.web import Probes, web_app
from handlers.answers.publishing import ways_out
from handlers.errors import CrisisOpen
from handlers.escalation.rotas import EVERY
from handlers.escalation.telling import Outcome, ways_outside
from handlers.house import House
from handlers.keeping import Keeping
from handlers.renderer import Renderer
from handlers.second_look import SecondLook
from handlers.sender import Sender
from handlers.showing import ways_to
from handlers.ticks import Ticks
from handlers.vitals import Vitals
from handlers.watch.crier import Crier
from handlers.watch.looks import Looks
from handlers.watch.watch import Watch
from handlers.watch.wording import Wording
from templates import say

BREATH = 0.3  # seconds, so that whoever asks whether we are ready is answered before the models take the processor


async def serve(settings: Settings, house: House, samples: Path) -> int:
    """Open the doors and keep them open until the host says stop; then close in reverse, letting what is under way finish."""
    async with AsyncExitStack() as stack:
        stack.enter_context((keeping := Keeping(house.store)).alone())
        await keeping.take_over()
        socket = stack.enter_context(bind(settings.host, settings.port))
        url = settings.public_url or f"http://{settings.host}:{socket.getsockname()[1]}"
        await house.links.prepare(url)
        doors = await open_doors(settings, house, url, stack)
        renderer = Renderer(house.store, house.shelf, dict.fromkeys(doors.workspaces, settings.language))
        leaving = house.acts.answers.drafts.departures
        outcome = Outcome(leaving.course.caller)
        outside = ways_outside(leaving.course.caller.bells.couriers, house.store, house.shelf, outcome, house.links.link)
        out = ways_out(leaving.networks, house.store, leaving.gate, leaving.course)
        ways = {**ways_to(doors.workspaces, renderer, outcome), **out, **outside}
        await stack.enter_async_context(background(Sender(house.store, ways).run))
        await (vitals := Vitals(house.store)).introduce(leaving.networks)
        clock = await stack.enter_async_context(running(ticks(settings, house, doors)))
        crier = Crier(leaving.course.caller.bells, doors.workspaces, house.flow.crisis_channel, settings.language, Wording(url))
        watch = Watch(Looks(vitals, clock, ways), crier)
        await stack.enter_async_context(on_watch(watch.look))
        probes = Probes(vitals, watch, settings.metrics_token, settings.is_private)
        await welcome(settings, house, url)
        await stack.enter_async_context(background(lambda _: after_ready(settings, house, samples), patience=0))
        await run_until_told(web_app([*probes.routes(), *doors.routes]), socket)
    return 0


async def after_ready(settings: Settings, house: House, samples: Path) -> None:
    """What may be slow: the models load, the demo plays."""
    await asyncio.sleep(BREATH)
    await house.rotas.refresh()
    await house.learner.catch_up()
    await asyncio.gather(house.acts.answers.drafts.proofreader.warm(), play_demo(settings, house, samples))


async def play_demo(settings: Settings, house: House, samples: Path) -> None:
    if settings.is_demo:
        from bot.networks.dry_run import DryRun

        with suppress(CrisisOpen):
            await house.acts.crises.open(await house.acts.staff.somebody("manager"), say("cli.demo_crisis", settings.language))
        await DryRun(house.mentions.receive).play(samples)


async def welcome(settings: Settings, house: House, url: str) -> None:
    """What a person needs who has just started the bot."""
    greet(url, settings.language, names := await house.acts.staff.names(), is_demo=settings.is_demo)
    if settings.is_demo:
        await invite(settings, house, url, names[0])


async def invite(settings: Settings, house: House, url: str, name: str) -> int:
    hand_over(name, sign_in_link(url, await house.acts.signin.invite(name)), settings.language)
    return 0


@dataclass(frozen=True)
class Doors:
    """What was opened: `ears` tell whether the clicks of a workspace reach us."""

    routes: list[Any]
    workspaces: dict[str, Any] = field(default_factory=dict)
    ears: dict[str, Callable[[], Awaitable[bool]]] = field(default_factory=dict)


async def open_doors(settings: Settings, house: House, url: str, stack: AsyncExitStack) -> Doors:
    """Only what is configured is imported; the console always is: it is the room to go to when nothing else is."""
    doors = Doors(list(routes(house.acts, house.links, url, settings.language)))
    if settings.webhook_secrets:
        from bot.networks.webhook import WebhookDoor

        doors.routes.extend(WebhookDoor(house.inbox, settings.webhook_secrets).routes())
    if settings.slack:
        door = await open_slack_door(settings, house)
        stack.push_async_callback(door.close)
        doors.routes.extend(door.routes)
        doors.workspaces["slack"], doors.ears["slack"] = door.workspace, door.hears
    return doors


async def open_slack_door(settings: Settings, house: House) -> Any:
    from bot.slack import Access, open_slack

    access = Access(
        language=settings.language, api_url=settings.slack_api_url, alone=not house.store.on_postgresql, **settings.slack_secrets
    )
    return await open_slack(house.acts, access)


def ticks(settings: Settings, house: House, doors: Doors) -> tuple[Any, ...]:
    """What time does, and how often."""
    due = Ticks(house.store, house.board, house.flow, settings.kept_for)
    take = SecondLook(house.store, house.mentions.course, house.flow, house.learner).take
    second = [Tick("second_look", take, seconds=2)] if settings.semantic else []
    return (
        *second,
        *(Tick(f"listen:{name}", partial(due.listen, name, hears), seconds=10) for name, hears in doors.ears.items()),
        Tick("climb", house.acts.escalation.climb.fire, seconds=0.5),
        Tick("hurry", house.acts.escalation.climb.hurry, seconds=5),
        Tick("due", house.acts.room.due.fire, seconds=2),
        Tick("recover", due.recover, seconds=5),
        Tick("rewind", due.rewind, seconds=60),
        Tick("fold", due.fold, seconds=5),
        Tick("alarm", due.alarm, seconds=5),
        Tick("remind", house.acts.answers.waiting.remind, seconds=20),
        Tick("look_again", house.acts.answers.waiting.look_again, seconds=5),
        Tick("expire", house.acts.answers.waiting.expire, seconds=60),
        Tick("rotas", house.rotas.refresh, seconds=EVERY.total_seconds()),
        Tick("learn", house.learner.catch_up, seconds=5),
        Tick("tidy", due.tidy, cron="17 * * * *"),
        Tick("seal", due.seal, cron="5 0 * * *"),
    )
