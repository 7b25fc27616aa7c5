"""Tells one colleague something that asks for no acknowledgement: directly where a workspace knows them, else by another way."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from handlers.escalation.bells import DIRECT, EMAIL, WEBHOOK, Bell, Bells
from handlers.ports import Words
from storage import health, outbox
from storage.database import Work
from storage.outbox import Wish
from storage.people import Person

STALE = timedelta(hours=1)  # after an outage nobody wants to hear what was news before it
SHUT = timedelta(seconds=20)  # until then a door may just have hiccupped


async def inform(  # noqa: PLR0913 - whom, of what, how grave, and for how long and where it is of use
    work: Work,
    bells: Bells,
    person: Person,
    words: Words,
    severity: int,
    *,
    news_for: timedelta = STALE,
    among: Collection[str] | None = None,
) -> None:
    """By the first way whose door is open now, of the workspaces only by those `among`. Facts are plain values, kept until it leaves."""
    stale_at = (await work.now() + news_for).isoformat()
    facts = {"name": words.name, "facts": dict(words.facts), "tone": "plain", "person": person.id, "stale_at": stale_at}
    untrusted = await health.untrusted(work)
    ways = [] if bells.none else [bells.of(person, way, untrusted) for way in (DIRECT, EMAIL, WEBHOOK)]
    of_use = [[one for one in found if among is None or one.way in among or not bells.is_door(one.way)] for found in ways]
    found = await _open(work, of_use)
    await outbox.put(work, [Wish(one.way, f"{one.way}:{one.address}", "post", "words", severity, facts=facts) for one in found])


async def _open(work: Work, ways: list[list[Bell]]) -> list[Bell]:
    """Where every door is shut, it waits for the first."""
    shut = await health.shut(work, await work.now() - SHUT)
    for bells in ways:
        if any(one.way not in shut for one in bells):
            return bells
    return next((bells for bells in ways if bells), [])


def is_stale(facts: Mapping[str, Any], now: datetime) -> bool:
    """Of what `inform` has queued."""
    return bool(facts.get("stale_at")) and datetime.fromisoformat(facts["stale_at"]) < now
