"""The figures of a digest as a table that a spreadsheet opens: one measure a line, in codes that stay the same in every language."""

import csv
import io
from collections.abc import Iterator, Sequence

from handlers.insight.figures import Figures, Spread, Tally

HEAD = ("section", "name", "value", "before", "unit")
Row = tuple[str, str, object, object, str]
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")


def table(figures: Figures) -> str:
    """CSV (RFC 4180). No customer's word is in it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEAD)
    for row in rows(figures):
        writer.writerow([defused(cell) for cell in row])
    return out.getvalue()


def defused(cell: object) -> object:
    """A text that a spreadsheet would take for a formula is made one that it shows."""
    text = cell if isinstance(cell, str) else None
    if text is None:
        return "" if cell is None else cell
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULAS) or any(ord(sign) < 32 for sign in text) else text


def rows(figures: Figures) -> Iterator[Row]:
    period, came, now = figures.period, figures.arrivals, figures.waiting
    yield ("period", "since", period.since.isoformat(), None, "time")
    yield ("period", "until", period.until.isoformat(), None, "time")
    yield ("period", "timezone", period.timezone, None, "")
    yield ("arrivals", "mentions", came.mentions.n, came.mentions.before, "mentions")
    yield ("arrivals", "cases", came.cases.n, came.cases.before, "cases")
    yield from _tallies("network", came.networks, "mentions")
    yield from _tallies("language", came.languages, "mentions")
    yield from _tallies("mood", came.moods, "mentions")
    yield from _tallies("tag", came.tags, "cases")
    yield from _tallies("severity", came.severities, "cases")
    for hour in came.hours:
        yield ("hour", hour.at.astimezone(period.zone).isoformat(timespec="minutes"), hour.n, None, "mentions")
    yield from _times(figures)
    asked = figures.approving
    yield ("approvals", "waiting", asked.waiting, None, "drafts")
    yield ("approvals", "approved", asked.n, None, "drafts")
    yield ("approvals", "rejected", asked.rejected, None, "drafts")
    yield ("approvals", "median", _whole(asked.median), None, "seconds")
    yield from _tallies("finding", asked.findings, "drafts")
    yield ("open", "cases", now.open, None, "cases")
    yield ("open", "unowned", now.unowned, None, "cases")
    yield ("open", "oldest_wait", _whole(now.oldest_wait), None, "seconds")
    yield from _tallies("ladder", now.ladders, "cases")
    yield from _after(figures)


def _times(figures: Figures) -> Iterator[Row]:
    times = figures.times
    yield from _spread("first_answer", times.first_answer)
    yield from _spread("acknowledgement", times.acknowledgement)
    yield from _spread("resolution", times.resolution)
    for one in times.breaches:
        name = ":".join(part for part in (one.clock, one.ladder, "" if one.step is None else str(one.step)) if part)
        yield ("breach", name, one.n, None, "cases")


def _spread(name: str, spread: Spread) -> Iterator[Row]:
    yield (name, "ended", spread.n, None, "cases")
    yield (name, "median", _whole(spread.median), None, "seconds")
    yield (name, "p90", _whole(spread.p90), None, "seconds")
    yield (name, "due", spread.due, None, "cases")
    yield (name, "in_time", spread.in_time, None, "cases")


def _after(figures: Figures) -> Iterator[Row]:
    for one in figures.told:
        yield ("escalation", f"{one.ladder}:{one.step}", one.called, None, "calls")
        yield ("escalation_not_told", f"{one.ladder}:{one.step}", one.not_told, None, "calls")
    for name in ("kept", "missed", "open", "overdue"):
        yield ("promises", name, getattr(figures.promises, name), None, "promises")
    for sent in figures.sent:
        yield ("sent", sent.network, sent.n, None, "replies")
    for gap in figures.gaps:
        yield ("gap", gap.door, gap.since.isoformat(), gap.until.isoformat() if gap.until else None, "time")


def _tallies(section: str, tallies: Sequence[Tally], unit: str) -> Iterator[Row]:
    for one in tallies:
        yield (section, one.name, one.n, one.before, unit)


def _whole(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds)
