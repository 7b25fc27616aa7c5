"""Composes the figures of a period from what the tables say, in one look at them."""

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import inf

from flows.flow import Flow
from flows.severity import Severity
from handlers.escalation.course import RESOLUTION, STEP
from handlers.first_answers import FIRST_ANSWER
from handlers.insight.figures import (
    Approving,
    Arrivals,
    Asked,
    Breach,
    Clock,
    Figures,
    Gap,
    Hour,
    Mark,
    Period,
    Promises,
    Sent,
    Spread,
    Tally,
    Times,
    Told,
    Waiting,
)
from handlers.room.clocks import AUTHORITY, UPDATE
from handlers.room.facts import CLOCK as FACT
from storage import counts
from storage.crises import Crisis
from storage.database import Work
from storage.insight import approving, arrivals, gaps, ladders, marks, promises, sent, standing, times
from storage.insight.lengths import Lengths
from storage.insight.marks import Acted
from storage.insight.promises import Kept, Standing
from storage.types import CRITICAL, Hold

HOUR = timedelta(hours=1)
EDGES = tuple(60.0 * minutes for minutes in (5, 15, 30, 60, 120, 240, 480, 1440))
MOODS = ("calm", "upset", "angry")
HOLD = "hold"
CLOCKS = (HOLD, AUTHORITY, UPDATE, FACT)  # in the order in which they are told
REASONS, REASON = 5, 120  # how many, of how many characters
# what of the crisis is worth a line in a picture, and what of it is its detail
MARKS = {
    "crisis_opened": "",
    "crisis_closed": "",
    "hold_set": "hold",
    "statement_approved": "kind",
    "statement_withdrawn": "kind",
    "customers_first_attested": "",
    "authority_told": "",
    "update_given": "",
}
UPDATES = ("crisis_opened", "update_promised", "update_given", "deadline_passed")
Asking = Callable[[Work, Flow, Period], Awaitable[tuple[Asked, ...]]]


async def nothing_asked(work: Work, flow: Flow, period: Period) -> tuple[Asked, ...]:  # noqa: ARG001 - what an Asking is given
    return ()


@dataclass(frozen=True)
class Composer:
    """`asked` finds out what customers ask."""

    flow: Flow
    asked: Asking = nothing_asked

    async def compose(self, work: Work, period: Period) -> Figures:
        """In a transaction that only looks. What waits, and the clocks, are as they stand now."""
        period = replace(period, since=period.since.astimezone(UTC), until=period.until.astimezone(UTC))
        crisis = await marks.open_at(work, period.until)
        came, told = await _arrivals(work, period), await _told(work, period)
        kept = await promises.clocks(work, period.since, period.until)
        waited = await _times(work, period, kept)
        return Figures(
            period=period,
            crisis=crisis.name if crisis else "",
            arrivals=came,
            asked=await self.asked(work, self.flow, period),
            times=waited,
            approving=await _approving(work, period),
            waiting=await _waiting(work),
            told=told,
            promises=await _promises(work, period, crisis, kept),
            clocks=tuple(await _clocks(work, crisis, period)) if crisis else (),
            sent=await _sent(work, period),
            gaps=await _gaps(work, period),
            labels={one.name: dict(self.flow.tags[one.name].label) for one in came.tags if one.name in self.flow.tags},
            ladder_labels=self._ladders({*(one.ladder for one in told), *(one.ladder for one in waited.breaches)}),
        )

    def _ladders(self, named: Collection[str]) -> dict[str, dict[str, str]]:
        return {one.name: dict(one.label) for one in self.flow.ladders if one.name in named}


async def _arrivals(work: Work, period: Period) -> Arrivals:
    earlier = period.before
    now = await arrivals.came(work, period.since, period.until)
    before = await arrivals.came(work, earlier.since, earlier.until)
    severities = [Tally(one.word, now.severities.get(one, 0), before.severities.get(one, 0)) for one in reversed(Severity)]
    return Arrivals(
        mentions=Tally("mentions", now.mentions, before.mentions),
        cases=Tally("cases", now.cases, before.cases),
        networks=_tallies(now.networks, before.networks),
        languages=_tallies(now.languages, before.languages),
        moods=tuple(Tally(mood, now.moods.get(mood, 0), before.moods.get(mood, 0)) for mood in MOODS),
        tags=_tallies(now.tags, before.tags),
        severities=tuple(severities),
        hours=await _hours(work, period),
        marks=await _marks(work, period),
        hours_before=tuple(_by_hour(earlier, await arrivals.by_quarter(work, earlier.since, earlier.until))) if before.mentions else (),
    )


def _tallies(now: Mapping[str, int], before: Mapping[str, int]) -> tuple[Tally, ...]:
    """Most first; what came before and does not any more stands last."""
    names = sorted({*now, *before}, key=lambda name: (-now.get(name, 0), -before.get(name, 0), name))
    return tuple(Tally(name, now.get(name, 0), before.get(name, 0)) for name in names)


def _places(period: Period) -> range:
    """The hours of a period, the last of which may be shorter."""
    return range(-(-(period.until - period.since) // HOUR))


def _by_hour(period: Period, quarters: Iterable[tuple[datetime, int]]) -> list[int]:
    sums: Counter[int] = Counter()
    for at, n in quarters:
        sums[(at - period.since) // HOUR] += n
    return [sums[place] for place in _places(period)]


async def _hours(work: Work, period: Period) -> tuple[Hour, ...]:
    mentions = _by_hour(period, await arrivals.by_quarter(work, period.since, period.until))
    tags: list[Counter[str]] = [Counter() for _ in mentions]
    for at, tag, n in await arrivals.tags_by_quarter(work, period.since, period.until):
        tags[(at - period.since) // HOUR][tag] += n
    return tuple(Hour(period.since + place * HOUR, mentions[place], dict(tags[place])) for place in _places(period))


async def _marks(work: Work, period: Period) -> tuple[Mark, ...]:
    acted = await marks.acts(work, period.since, period.until, MARKS)
    return tuple(Mark(one.at, one.act, str(one.payload.get(MARKS[one.act], ""))) for one in acted)


async def _times(work: Work, period: Period, kept: Mapping[tuple[str, int], Kept]) -> Times:
    since, until = period.since, period.until
    first, end = _of(kept, FIRST_ANSWER), _of(kept, RESOLUTION)
    ran_out = [Breach(STEP, ladder, step, n) for ladder, step, n in await ladders.ran_out(work, since, until)]
    called = await times.acknowledged(work, since, until)
    breaches = [Breach(clock, "", None, of.missed) for clock, of in ((FIRST_ANSWER, first), (RESOLUTION, end)) if of.missed]
    return Times(
        first_answer=_spread(await times.answered(work, since, until, EDGES), first),
        # a step ends by somebody's having the case, or by the next step
        acknowledgement=_spread(called, Kept(called.n + sum(one.n for one in ran_out), called.n)),
        resolution=_spread(await times.closed(work, since, until), end),
        breaches=(*breaches, *ran_out),
    )


def _of(kept: Mapping[tuple[str, int], Kept], kind: str | None = None, severity: int | None = None) -> Kept:
    return sum((one for (of, level), one in kept.items() if kind in (None, of) and severity in (None, level)), Kept())


def _spread(of: Lengths, kept: Kept) -> Spread:
    within = (0, *of.within, of.n)
    bins = zip((*EDGES, inf), (more - fewer for fewer, more in pairwise(within)), strict=True) if of.within else ()
    return Spread(of.n, of.median, of.p90, kept.due, kept.in_time, tuple(bins))


async def _approving(work: Work, period: Period) -> Approving:
    since, until = period.since, period.until
    waiting, longest = await approving.waiting(work)
    approved = await approving.approved(work, since, until)
    reasons: Counter[str] = Counter()
    for reason, n in await approving.reasons(work, since, until):
        reasons[_trimmed(reason)] += n
    return Approving(
        waiting=waiting,
        oldest_wait=await _seconds_since(work, longest),
        n=approved.n,
        median=approved.median,
        rejected=await approving.rejected(work, since, until),
        reasons=tuple(Tally(*one) for one in reasons.most_common(REASONS)),
        findings=tuple(Tally(*one) for one in await approving.findings(work, since, until)),
    )


def _trimmed(reason: str) -> str:
    line = " ".join(reason.split())
    return line if len(line) <= REASON else line[: REASON - 1].rstrip() + "…"


async def _seconds_since(work: Work, moment: datetime | None) -> float | None:
    return (await work.now() - moment).total_seconds() if moment else None


async def _waiting(work: Work) -> Waiting:
    open_ones = await counts.standing(work)
    oldest = await standing.oldest(work)
    return Waiting(
        open=sum(row["n"] for row in open_ones),
        unowned=sum(row["n"] for row in open_ones if not row["owned"]),
        oldest_wait=await _seconds_since(work, oldest[1] if oldest else None),
        oldest_case=oldest[0] if oldest else None,
        ladders=tuple(Tally(*one) for one in (await counts.ladders(work)).items()),
    )


async def _told(work: Work, period: Period) -> tuple[Told, ...]:
    found = {
        (ladder, step): Told(ladder, step, called, not_told)
        for ladder, step, called, not_told in await ladders.called(work, period.since, period.until)
    }
    for row in await ladders.acknowledged(work, period.since, period.until):
        one = found.get((row.ladder, row.step), Told(row.ladder, row.step, 0, 0))
        found[row.ladder, row.step] = replace(one, acknowledged=(*one.acknowledged, Tally(row.name, row.n)))
    return tuple(found[key] for key in sorted(found))


async def _promises(work: Work, period: Period, crisis: Crisis | None, clocks: Mapping[tuple[str, int], Kept]) -> Promises:
    """Call-backs, what the gravest cases were promised, and the next word to the public."""
    updates = _updates(await marks.acts(work, None, period.until, UPDATES), period.since)
    kept = _of(clocks, severity=CRITICAL) + await promises.calls_back(work, period.since, period.until) + updates
    now = await promises.grave(work) + await promises.to_call_back(work)
    now += await _next_update(work, crisis) if crisis else Standing()
    return Promises(kept.in_time, kept.missed, now.open, now.overdue)


def _updates(acted: Iterable[Acted], since: datetime) -> Kept:
    """An update was due when it was given, or when its moment passed without one."""
    kept, late = Kept(), False
    for one in acted:
        passed = one.act == "deadline_passed" and one.payload.get("kind") == UPDATE
        given_in_time = one.act == "update_given" and not late
        if one.at >= since and (passed or given_in_time):
            kept += Kept(1, int(given_in_time))
        if one.act != "deadline_passed" or passed:
            late = passed
    return kept


async def _next_update(work: Work, crisis: Crisis) -> Standing:
    now = await work.now()
    due = [one.due_at for one in await promises.of_crisis(work, crisis.id) if one.kind == UPDATE and one.met_at is None]
    return Standing(len(due), sum(moment <= now for moment in due))


async def _clocks(work: Work, crisis: Crisis, period: Period) -> list[Clock]:
    """Of the crisis: the hold, the authority's, the next update's, and those of facts that are late."""
    now, found = await work.now(), []
    if crisis.hold is not Hold.OFF and crisis.hold_since and crisis.hold_since < period.until:
        found.append(Clock(HOLD, crisis.hold_since, None))
    for one in await promises.of_crisis(work, crisis.id):
        since = crisis.aware_at if one.kind == AUTHORITY else one.set_at
        runs = one.met_at is None and (one.kind == UPDATE or (one.kind == FACT and one.due_at <= now))
        if runs or one.kind == AUTHORITY:
            found.append(Clock(one.kind, since, one.due_at, one.met_at))
    return sorted(found, key=lambda clock: CLOCKS.index(clock.name))


async def _sent(work: Work, period: Period) -> tuple[Sent, ...]:
    since, until = period.since, period.until
    return tuple(
        [Sent(network, n, tuple(await sent.links(work, since, until, network))) for network, n in await sent.by_network(work, since, until)]
    )


async def _gaps(work: Work, period: Period) -> tuple[Gap, ...]:
    found = await gaps.within(work, period.since, period.until)
    return tuple(Gap(one.door, one.since, one.until, one.reason or "", one.late or 0) for one in found)
