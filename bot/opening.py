"""Starts what a house does by itself, in order, and keeps it going: the part of the composition root that runs. The clock comes first."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.clock import Tick, running
from bot.server import background, bind, run_until_told
from bot.settings import Settings
from handlers.answers.publishing import ways_out
from handlers.answers.returned import Returned
from handlers.errors import CrisisOpen
from handlers.escalation.rotas import EVERY
from handlers.escalation.telling import Outcome, ways_outside
from handlers.house import House
from handlers.insight.leaving import Delivery, with_digests
from handlers.insight.mailing import with_letters
from handlers.insight.spikes import Spikes
from handlers.keeping import Keeping
from handlers.listening import Listening, heard
from handlers.ports import Bucket
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

FIRST = 1.0  # seconds, before the doors' code is read, for what fell due while nobody was here: it waits in the outbox for its door
BREATH = 0.3  # seconds, so that whoever asks whether we are ready is answered before the models take the processor


async def serve(settings: Settings, house: House, samples: Path) -> int:
    """Open the doors and keep them open until the host says stop; then close in reverse, letting what is under way finish."""
    async with AsyncExitStack() as stack:
        stack.enter_context((keeping := Keeping(house.store)).alone())
        await keeping.take_over()
        socket = stack.enter_context(bind(settings.host, settings.port))
        url = settings.public_url or f"http://{settings.host}:{socket.getsockname()[1]}"
        await house.links.prepare(url)
        clock = await stack.enter_async_context(running(ticks(settings, house)))
        await clock.turned("climb", FIRST)
        from bot.doors import listening, open_doors, welcome
        from bot.metrics import Own
        from bot.watchdog import on_watch
        from bot.web import Probes, web_app

        doors = await open_doors(settings, house, url, stack)
        clock.add(listening(house, doors))
        house.acts.insight.places.know(doors.workspaces)
        renderer = Renderer(house.store, house.shelf, dict.fromkeys(doors.workspaces, settings.language))
        leaving = house.acts.answers.drafts.departures
        outcome = Outcome(leaving.course.caller)
        outside = ways_outside(leaving.course.caller.bells.couriers, house.store, house.shelf, outcome, house.links.link)
        out = ways_out(leaving.networks, house.store, leaving.gate, leaving.course)
        delivery = Delivery(house.store, house.acts.insight.places, house.board)
        outside = with_letters(outside, leaving.course.caller.bells.couriers, delivery)
        ways = {**with_digests(ways_to(doors.workspaces, renderer, outcome), delivery), **out, **outside}
        await stack.enter_async_context(connected(house))
        sender = Sender(house.store, ways)
        await stack.enter_async_context(background(sender.run))
        await (vitals := Vitals(house.store)).introduce(leaving.networks)
        await stack.enter_async_context(hearing(house))
        crier = Crier(leaving.course.caller.bells, doors.workspaces, house.flow.crisis_channel, settings.language, Wording(url))
        watch = Watch(Looks(vitals, clock, {**dict.fromkeys(house.outside, HeardOnly()), **ways}), crier)
        await stack.enter_async_context(on_watch(watch.look))
        own = Own(clock, sends=sender.tally)
        probes = Probes(vitals, watch, settings.metrics_token, settings.is_private, own)
        await welcome(settings, house, url)
        await stack.enter_async_context(background(lambda _: after_ready(settings, house, samples), patience=0))
        await run_until_told(web_app([*probes.routes(), *doors.routes], own.requests), socket)
    return 0


@dataclass(frozen=True)
class HeardOnly:
    """A network that nothing of ours leaves by: it has doors that may close, and no lanes."""

    def limits(self, channel_id: str, act: str) -> Sequence[Bucket]:  # noqa: ARG002
        return ()


@asynccontextmanager
async def connected(house: House) -> AsyncIterator[None]:
    """What networks hold open is let go at the end: after the replies that are on their way, else nobody could tell what became of them."""
    async with AsyncExitStack() as stack:
        for one in house.outside.values():
            if one.close:
                stack.push_async_callback(one.close)
        yield


@asynccontextmanager
async def hearing(house: House) -> AsyncIterator[None]:
    """Every network that is configured is heard."""
    sources = [one.source for one in house.outside.values() if one.source]
    async with heard(Listening(house.store, house.inbox, Returned(house.store, house.mentions.course)), sources):
        yield


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


def ticks(settings: Settings, house: House) -> tuple[Any, ...]:
    """What time does, and how often."""
    due = Ticks(house.store, house.board, house.flow, settings.kept_for)
    take = SecondLook(house.store, house.mentions.course, house.flow, house.learner).take
    second = [Tick("second_look", take, seconds=2)] if settings.semantic else []
    return (
        *second,
        Tick("climb", house.acts.escalation.climb.fire, seconds=0.5, at_once=True),
        Tick("hurry", house.acts.escalation.climb.hurry, seconds=5),
        Tick("due", house.acts.room.due.fire, seconds=2),
        Tick("recover", due.recover, seconds=5),
        Tick("rewind", due.rewind, seconds=60),
        Tick("fold", due.fold, seconds=5),
        Tick("sum_up", due.sum_up, seconds=10),
        Tick("alarm", due.alarm, seconds=5),
        Tick("remind", house.acts.answers.waiting.remind, seconds=20),
        Tick("look_again", house.acts.answers.waiting.look_again, seconds=5),
        Tick("expire", house.acts.answers.waiting.expire, seconds=60),
        Tick("spikes", Spikes(house.store, house.mentions.course.caller, house.flow).look, seconds=60),
        Tick("digests", house.acts.insight.digests.fire, seconds=20),
        Tick("rotas", house.rotas.refresh, seconds=EVERY.total_seconds()),
        Tick("learn", house.learner.catch_up, seconds=5),
        Tick("tidy", due.tidy, cron="17 * * * *"),
        Tick("seal", due.seal, cron="5 0 * * *"),
    )
