"""What customers ask most, in the words of one of them, and whether we have said anything of it yet."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING

from flows.flow import LANGUAGES, Flow
from handlers.insight.figures import Asked, Period
from storage import crises, facts, statements
from storage.database import Work
from storage.facts import FactStatus
from storage.insight import voices
from storage.insight.voices import SURE, Sample, Sampled
from storage.statements import FULL, HOLDING
from templates import say

if TYPE_CHECKING:
    from flows.voices import Group, Speaking, Voice

SAMPLED, SAMPLED_BEFORE = 3_000, 1_500  # messages
FEWEST_BEFORE = 20  # messages of the period before, without which nothing is called new
_STATED = 0.3  # what a group counts beside its share of questions: who only complains asks for something too
_NEW = 0.1  # of what it is now, at most, a question was before


async def asked(work: Work, flow: Flow, period: Period, *, most: int = 6) -> tuple[Asked, ...]:
    """The first `most` by how many they are and how many of them ask, over all languages."""
    now = await voices.sample(work, period.since, period.until, SAMPLED)
    before = await voices.sample(work, period.before.since, period.before.until, SAMPLED_BEFORE)
    return await asyncio.to_thread(_asked, now, before, await _said_by_us(work), flow, most)


async def _said_by_us(work: Work) -> tuple[str, ...]:
    """What is approved or confirmed, and the advice that goes with it."""
    crisis = await crises.current(work)
    if crisis is None:
        return ()
    approved = [await statements.latest(work, crisis.id, kind) for kind in (HOLDING, FULL)]
    known = [one for one in await facts.of_crisis(work, crisis.id) if one.status is FactStatus.CONFIRMED]
    types = sorted({kind for one in known for kind in one.data_types})
    advice = [say("start.advice", language, name="", types=types) for language in LANGUAGES]
    return (*(text for one in approved if one for text in one.texts.values()), *(one.text for one in known if one.text), *advice)


def _asked(now: Sample, before: Sample, said_by_us: Sequence[str], flow: Flow, most: int) -> tuple[Asked, ...]:
    """Half a second of work for a full sample, most of it in numpy."""
    from flows.voices import Speaking, group  # noqa: PLC0415 - numpy loads after the bot is ready

    said = [*heard(now.said, flow, now.weight), *heard(before.said, flow, before.weight, before=True)]
    total = sum(voice.weight for voice in said if not voice.before)
    ours, compares = Speaking(tuple(said_by_us)), len(before.said) >= FEWEST_BEFORE
    ranked = sorted(group(said), key=_matters, reverse=True)
    shown = (_shown(one, said, ours, total, compares=compares) for one in ranked)
    return tuple(sorted(islice(filter(None, shown), most), key=lambda one: -one.n))


def heard(said: Sequence[Sampled], flow: Flow, weight: float = 1.0, *, before: bool = False) -> list[Voice]:
    """What may be repeated of it: a cry for help is no figure and no example, and what was written to us alone stays with us."""
    from flows.voices import Voice  # noqa: PLC0415 - numpy loads after the bot is ready

    spoken = [(one, _tag(one, flow)) for one in said]
    calm = [(one, tag) for one, tag in spoken if tag not in flow.rules.life_tags and not one.private]
    return [Voice(one.text, one.language, tag, one.question, weight, before) for one, tag in calm]


def _tag(one: Sampled, flow: Flow) -> str:
    """What the machine is sure enough of; of a life at risk, what it thinks of at all."""
    grave = [tag for tag, _ in one.tags if tag in flow.rules.life_tags]
    sure = [tag for tag, confidence in one.tags if confidence >= SURE and tag in flow.tags]
    return (grave or sure or [""])[0]


def _matters(one: Group) -> float:
    return one.n * (_STATED + one.asks)


def _shown(one: Group, said: Sequence[Voice], ours: Speaking, total: float, *, compares: bool) -> Asked | None:
    from flows.voices import show  # noqa: PLC0415

    words = show(one, said)
    if words is None:
        return None
    return Asked(
        words=words.words,
        language=one.language,
        n=round(one.n),
        share=one.n / total,
        tag=words.tag,
        others=words.others,
        answered=ours.answers(one, said),
        fresh=compares and one.before < _NEW * one.n,
    )
