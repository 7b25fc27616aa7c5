"""What a proof of FLOW found: a kind that templates have words for, the place, and the facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flows.rota import Shift

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Finding:
    """`grave`: somebody would wait in vain. `where` names keys as the faults of the loader do, several between commas."""

    kind: str
    grave: bool
    where: str
    facts: Mapping[str, str | int] = field(default_factory=dict)


def listed(places: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(places))


def on_the_wall(at: datetime, timezone: str) -> str:
    return f"{at.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M}"


def longest(gaps: Iterable[tuple[datetime, datetime]]) -> tuple[datetime, datetime]:
    return max(gaps, key=lambda gap: gap[1] - gap[0])


def hours_of(gaps: Iterable[tuple[datetime, datetime]]) -> int:
    """At least one, however short they are."""
    return max(1, round(sum((end - begin for begin, end in gaps), timedelta()) / HOUR))


def between_shifts(shifts: Iterable[Shift], begin: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """When nobody is on duty."""
    gaps, free_since = [], begin
    for shift in shifts:
        if shift.begin > free_since:
            gaps.append((free_since, shift.begin))
        free_since = max(free_since, shift.end)
    return [*gaps, (free_since, end)] if free_since < end else gaps
