"""Tells, once for as long as it lasts, whom it concerns that far more comes in than usual: in all, on one network, about one tag."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.flow import Flow
from flows.ladder import Matter, Whom, ladder_for
from flows.surge import DAY, FEWEST, HOUR, LOOKED_BACK, QUARTER, REACH, WEEK, Counts, Past, Wave, floor, is_over, last_hour, usual
from handlers.escalation.bells import DIRECT
from handlers.escalation.calling import Caller
from handlers.escalation.informing import inform
from handlers.insight.slots import SPIKE
from handlers.insight.spike_cards import KIND, kept
from handlers.insight.voices import heard
from handlers.ports import Words
from storage import crises, health, outbox, people
from storage.database import Store, Work
from storage.insight import spikes, subscriptions, voices
from storage.insight.spikes import ALL, NETWORK, TAG, Spike
from storage.insight.voices import Sampled
from storage.outbox import Wish
from storage.people import Person
from storage.types import HIGH

GATHERED = timedelta(minutes=15)  # between two words about spikes: when one tag rises, others follow within minutes
LOOKED_AT = 90  # messages of which three become examples
EXAMPLES = 3
LEADS = (Whom(role="lead"), Whom(role="manager"))


@dataclass(frozen=True)
class Risen:
    """More than usual came in, and nothing narrower explains it."""

    what: str
    count: int
    usual: int


@dataclass(frozen=True)
class Spikes:
    """`look` every minute; however many processes look, a spike is told by one of them."""

    store: Store
    caller: Caller
    flow: Flow

    async def look(self) -> int:
        """How many were seen. The examples are chosen before anything is held: that takes the processor for a while."""
        async with self.store.read() as work:
            ended, risen = await self._seen(work)  # as if what has calmed down lasted still
            latest = await self._latest(work, risen[0]) if risen else []
        if not ended and not risen:
            return 0
        examples = await asyncio.to_thread(_chosen, latest, self.flow) if latest else []
        async with self.store.begin() as work:
            await work.lock_names(["spikes"])
            _, again = await self._seen(work, ends=True)
            if again:
                ids = [await spikes.add(work, one.what, one.count, one.usual) for one in again]
                await self._tell(work, ids, examples if risen and again[0].what == risen[0].what else [])
            await work.commit()
            return len(again)

    async def _seen(self, work: Work, *, ends: bool = False) -> tuple[list[Spike], list[Risen]]:
        """What has calmed down, and what has risen."""
        quarter = floor(now := await work.now())
        came = await spikes.streams(work, [(quarter - HOUR + QUARTER, quarter + QUARTER)])
        lasting = await spikes.lasting(work)
        ended = [one for one in lasting if is_over(last_hour(came.get(one.what, {}), now), now, _wave(one))]
        if ends:
            await spikes.end(work, [one.id for one in ended])
        return ended, await self._risen(work, came, [one for one in lasting if one not in ended], now)

    async def _risen(self, work: Work, came: Mapping[str, Counts], lasting: Sequence[Spike], now: datetime) -> list[Risen]:
        """What rose while another was told a moment ago waits, to be told together with what rises still."""
        known = {one.what for one in lasting}
        many = {what: n for what, counts in came.items() if what not in known and (n := last_hour(counts, now)) >= FEWEST}
        before = await spikes.since(work, now - REACH)
        if not many or any(one.seen_at > now - GATHERED for one in before):
            return []
        streams, past = await self._past(work, before, now)
        bounds = {what: usual(streams[what], now, past[what]) for what in many}
        found = [Risen(what, n, bounds[what]) for what, n in many.items() if n > bounds[what]]
        return _unexplained(found, [Risen(one.what, last_hour(came.get(one.what, {}), now), one.usual) for one in lasting])

    async def _past(self, work: Work, before: Sequence[Spike], now: datetime) -> tuple[Mapping[str, Counts], Mapping[str, Past]]:
        quarter, beside = floor(now), 2 * HOUR
        days = [(quarter - back - beside, quarter - back + beside) for back in (DAY, WEEK)]
        streams = await spikes.streams(work, [(quarter - (LOOKED_BACK + 2) * HOUR, quarter + QUARTER), *days])
        crisis, known_from = await crises.current(work), await spikes.counted_from(work)
        opened_at = crisis.opened_at if crisis else None
        return streams, {what: Past(known_from, opened_at, [_wave(one) for one in before if one.what == what]) for what in streams}

    async def _tell(self, work: Work, ids: Sequence[int], examples: Sequence[int]) -> None:
        seen = await spikes.by_ids(work, ids)
        facts = {"ids": [one.id for one in seen], "mentions": list(examples)}
        await self._post(work, {**facts, "mentions": []})
        shut = await health.shut(work, await work.now())
        for person in await self._meant(work, seen):
            bells = [bell for bell in self.caller.bells.of(person, DIRECT) if bell.way in self.caller.board.channels]
            if any(bell.way not in shut for bell in bells):
                lanes = [(bell.way, f"{bell.way}:{bell.address}") for bell in bells]
                await outbox.put(work, [Wish(way, lane, "post", KIND, HIGH, facts={**facts, "person": person.id}) for way, lane in lanes])
            else:  # no customer's word leaves by other ways
                await inform(work, self.caller.bells, person, Words("spike.title", kept(seen[0], self.flow)), HIGH)

    async def _post(self, work: Work, facts: Mapping[str, object]) -> None:
        """Where somebody has subscribed: the numbers; customers' words come with the digest, which asks who reads there."""
        standing = [
            one for one in await subscriptions.standing(work) if one.rhythm == SPIKE and one.workspace in self.caller.board.channels
        ]
        wishes = [
            Wish(one.workspace, f"{one.workspace}:{one.target}", "post", KIND, HIGH, facts={**facts, "language": one.language})
            for one in standing
        ]
        await outbox.put(work, wishes)

    async def _meant(self, work: Work, seen: Iterable[Spike]) -> list[Person]:
        """Whoever FLOW calls first for cases like these; the leads where it says nothing, and where nobody is found."""
        team, now = await people.everyone(work), await work.now()
        whom = dict.fromkeys(one for spike in seen for one in self._first(spike))
        found = self.caller.roster.meant(list(whom), team, now)
        return found or next((leads for one in LEADS if (leads := self.caller.roster.meant([one], team, now))), [])

    def _first(self, spike: Spike) -> Sequence[Whom]:
        tag = self.flow.tags.get(spike.what.removeprefix(TAG)) if spike.what.startswith(TAG) else None
        if tag is None:
            return LEADS[:1]
        matter = Matter(frozenset({tag.name}), tag.severity, kind="unknown", network="", language="", reach=0, crisis=True)
        ladder = ladder_for(self.flow.ladders, matter)
        return ladder.steps[0].tell if ladder and ladder.steps else ()

    async def _latest(self, work: Work, risen: Risen) -> list[Sampled]:
        """Messages of its last hour, of which some become examples."""
        kind, _, name = risen.what.partition(":")
        of = {} if risen.what == ALL else {kind: name}
        return await voices.latest(work, await work.now() - HOUR, LOOKED_AT, **of)


def _chosen(latest: Sequence[Sampled], flow: Flow) -> list[int]:
    from flows.voices import examples  # noqa: PLC0415 - numpy loads after the bot is ready

    shown = [one for one in latest if heard([one], flow)]
    return [shown[place].id for place in examples(heard(shown, flow), EXAMPLES)]


def _wave(spike: Spike) -> Wave:
    return Wave(spike.seen_at, spike.usual, spike.over_at)


def _unexplained(found: Sequence[Risen], lasting: Sequence[Risen]) -> list[Risen]:
    """Tags first; a network, and all of it, only where what is narrower leaves more than usual."""
    told = [one for one in found if one.what.startswith(TAG)]
    for wide, narrow in ((NETWORK, (TAG,)), (ALL, (TAG, NETWORK))):
        known = [sum(one.count for one in (*told, *lasting) if one.what.startswith(kind)) for kind in narrow]
        told += [one for one in found if one.what.startswith(wide) and one.count - max(known) > one.usual]
    return sorted(told, key=lambda one: (not one.what.startswith(TAG), one.usual - one.count))
