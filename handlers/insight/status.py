"""How things stand, in ten lines and as what a picture shows: numbers and lengths of time, no customer's word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flows.flow import Flow
from flows.severity import Severity
from handlers.cards import tag_label
from handlers.costs import Cost
from handlers.desk import Status
from handlers.insight.figures import Clock, Tally
from handlers.ports import Card, Drawing, Label, Pictured, Words
from handlers.room.clocks import AUTHORITY, UPDATE
from storage.health import WELL
from storage.types import CRITICAL, LOW

TAGS, NETWORKS, DOORS, NUMBERS = 5, 5, 3, 5
HOLD = "hold"
PAGE = "/status"  # of the console, with all the rest


@dataclass(frozen=True)
class Door:
    """One that lets through badly or not at all. `state`: failing or closed; `reason` is its own code."""

    name: str
    state: str
    reason: str
    since: datetime


@dataclass(frozen=True)
class Standing:
    """At one moment. `oldest_wait` is in seconds; `unanswered` are cases about which everybody was told and nobody answered."""

    at: datetime
    crisis: str = ""  # its name, "" when none is open
    since: datetime | None = None  # when it began
    open: int = 0
    about_crisis: int = 0
    unowned: int = 0
    oldest_wait: float | None = None
    severities: tuple[Tally, ...] = ()  # by word, the gravest first
    tags: tuple[tuple[Label, int], ...] = ()  # most first
    networks: tuple[Tally, ...] = ()  # most first
    ladders: Mapping[str, int] = field(default_factory=dict)  # open cases by how their ladder stands
    unanswered: tuple[int, ...] = ()  # the gravest first, not all of them
    approvals: int = 0  # drafts that wait for a yes
    clocks: tuple[Clock, ...] = ()  # hold, authority, update
    hold: str = "off"
    leaving: int = 0  # messages that wait to be sent
    leaving_wait: float | None = None  # of the oldest of them, in seconds
    doors: tuple[Door, ...] = ()
    timezone: str = "UTC"  # of whoever asked
    costs: tuple[Cost, ...] = ()  # of networks that are paid for by the call


def standing(now: Status, flow: Flow) -> Standing:
    counts, crisis = now.counts, now.crisis
    severities = tuple(Tally(Severity(level).word, counts.by_severity.get(level, 0)) for level in range(CRITICAL, LOW - 1, -1))
    waiting = [one.oldest_at for one in now.backlog if one.oldest_at]
    return Standing(
        at=now.at,
        crisis=crisis.name if crisis else "",
        since=crisis.opened_at if crisis else None,
        open=counts.open,
        about_crisis=counts.crisis,
        unowned=counts.unowned,
        oldest_wait=now.oldest_wait.total_seconds() if now.oldest_wait is not None else None,
        severities=severities,
        tags=tuple((tag_label(flow, tag), n) for tag, n in counts.by_tag.items()),
        networks=tuple(Tally(name, n) for name, n in counts.by_network.items()),
        ladders=now.ladders,
        unanswered=tuple(now.unanswered),
        approvals=now.approvals,
        clocks=_clocks(now),
        hold=str(crisis.hold) if crisis else "off",
        leaving=sum(one.rows for one in now.backlog),
        leaving_wait=(now.at - min(waiting)).total_seconds() if waiting else None,
        doors=tuple(Door(one.door, one.state, one.reason or "", one.since) for one in now.doors if one.state != WELL),
        timezone=now.timezone,
        costs=tuple(now.costs),
    )


def _clocks(now: Status) -> tuple[Clock, ...]:
    """The authority's clock is met once it was told; the next update's stands only while one is promised."""
    if now.crisis is None:
        return ()
    authority = now.clocks.get(f"{AUTHORITY}:{now.crisis.id}")
    update = now.clocks.get(f"{UPDATE}:{now.crisis.id}")
    return (
        *([Clock(HOLD, now.crisis.hold_since, None)] if now.crisis.hold_since else []),
        Clock(AUTHORITY, now.crisis.aware_at, authority.due_at if authority else None, None if authority else now.at),
        *([Clock(UPDATE, None, update.due_at)] if update else []),
    )


def pictured(now: Standing) -> Pictured:
    described = Words("status.picture_described", {"count": now.open, "unowned": now.unowned})
    return Pictured(status_card(now), Drawing(Words("status.picture_title"), described, now), PAGE)


def status_card(now: Standing) -> Card:
    """Ten lines at most, its title among them; what the networks cost in small, below."""
    lines = [*clock_lines(now), *open_lines(now), *_counted(now), *_ways(now)]
    return Card(title(now), tuple(lines), cost_lines(now.costs), tone="alarm" if now.unanswered or now.doors else "plain")


def title(now: Standing) -> Words:
    return Words("status.crisis", {"name": now.crisis, "minutes": _since(now, now.since)}) if now.crisis else Words("status.quiet")


def cost_lines(costs: Sequence[Cost]) -> tuple[Words, ...]:
    """Cents of what was spent; dollars of the rest."""
    return tuple(Words("status.cost", {"network": one.network, "cents": round(one.spent * 100), **_dollars(one)}) for one in costs)


def _dollars(one: Cost) -> dict[str, int | None]:
    known = {"ceiling": one.ceiling, "by_end": one.by_end}
    return {name: None if value is None else round(value) for name, value in known.items()}


def clock_lines(now: Standing) -> list[Words]:
    """The hold, then what somebody outside waits for."""
    if not now.crisis:
        return []
    known = {clock.name: clock for clock in now.clocks}
    hold = known.get(HOLD)
    line = Words("status.hold", {"hold": now.hold, "minutes": _since(now, hold.since)}) if hold else Words("status.no_hold")
    parts = tuple(_clock(now, known[name]) for name in (AUTHORITY, UPDATE) if name in known)
    return [line, *([Words("status.clocks", {"clocks": parts})] if parts else [])]


def _clock(now: Standing, clock: Clock) -> Words:
    if clock.due_at is None:
        return Words("status.clock_met", {"name": clock.name})
    minutes = int((clock.due_at - now.at).total_seconds() // 60)
    return Words("status.clock", {"name": clock.name, "minutes": abs(minutes), "late": clock.due_at <= now.at, "at": clock.due_at})


def open_lines(now: Standing) -> list[Words]:
    oldest = None if now.oldest_wait is None else int(now.oldest_wait // 60)
    facts = {"count": now.open, "crisis": now.about_crisis if now.crisis else None, "unowned": now.unowned, "minutes": oldest}
    lines = [Words("status.open", facts)]
    if now.unanswered:
        lines.append(Words("command.unanswered", {"count": now.ladders.get("unanswered", 0), "numbers": now.unanswered[:NUMBERS]}))
    return lines


def _counted(now: Standing) -> list[Words]:
    graves = tuple(Words("status.severity", {"what": one.name, "count": one.n}) for one in now.severities if one.n)
    tags = tuple(Words("status.count", {"what": label, "count": n}) for label, n in now.tags[:TAGS])
    networks = tuple(Words("status.network", {"what": one.name, "count": one.n}) for one in now.networks[:NETWORKS])
    counted = {"status.by_severity": graves, "status.by_tag": tags, "status.by_network": networks}
    return [Words(name, {"counts": found}) for name, found in counted.items() if found]


def _ways(now: Standing) -> list[Words]:
    """What waits for a yes or to be sent, and what does not work."""
    wait = None if now.leaving_wait is None else int(now.leaving_wait // 60)
    waits = Words("status.waits", {"approvals": now.approvals, "leaving": now.leaving, "minutes": wait})
    broken = tuple(
        Words("status.door", {"door": one.name, "state": one.state, "reason": one.reason, "minutes": _since(now, one.since)})
        for one in now.doors[:DOORS]
    )
    more = len(now.doors) - len(broken)
    shut = Words("status.doors", {"doors": broken, "more": more}) if broken else Words("status.all_work")
    return [waits, shut]


def _since(now: Standing, at: datetime | None) -> int:
    return max(0, int((now.at - at).total_seconds() // 60)) if at else 0
