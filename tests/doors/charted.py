"""What the tests of our charts look at: periods of every kind with known numbers, and where a renderer puts words."""

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from math import inf
from zoneinfo import ZoneInfo

import matplotlib.text

from bot.pictures.chart_paint import painted
from bot.pictures.chart_palette import LIGHT
from bot.pictures.chart_shapes import Chart
from bot.pictures.chart_words import Manner
from bot.pictures.charts import layouts
from bot.pictures.shapes import Box
from bot.pictures.status_chart import status_chart
from handlers.insight.figures import (
    Approving,
    Arrivals,
    Asked,
    Clock,
    Figures,
    Hour,
    Mark,
    Period,
    Promises,
    Spread,
    Tally,
    Times,
    Waiting,
)
from handlers.insight.status import Door, Standing
from tests.builders import data_breach

ZONE = "Europe/Madrid"
EDGES = (300.0, 900.0, 1800.0, 3600.0, 7200.0, 14400.0, 28800.0, 86400.0, inf)
NOTHING = Spread(0, None, None)
LABELS = {name: dict(tag.label) for name, tag in data_breach().tags.items()}
SECRET = "my account was emptied"  # what a customer wrote
CURVE = (12, 30, 44, 86, 140, 228, 310, 402, 388, 300, 240, 180, 160, 130, 90, 66, 40, 22, 10, 6, 4, 9, 25, 60)
HOUR = timedelta(hours=1)


def moment(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


def spread(*bins: int, median: float | None, p90: float | None, due: int = 0, in_time: int = 0) -> Spread:
    return Spread(sum(bins), median, p90, due, in_time, tuple(zip(EDGES, bins, strict=True)))


def figures(
    since: datetime,
    until: datetime,
    hours: Iterable[Hour] = (),
    *,
    marks: Iterable[Mark] = (),
    before: Sequence[int] = (),
    first: Spread = NOTHING,
) -> Figures:
    came = tuple(hours)
    tags: dict[str, int] = {}
    for hour in came:
        for name, n in hour.tags.items():
            tags[name] = tags.get(name, 0) + n
    tallies = tuple(Tally(name, n, max(0, n - 7)) for name, n in tags.items())
    mentions = Tally("mentions", sum(hour.n for hour in came), sum(before))
    arrivals = Arrivals(mentions, Tally("cases", 0), (), (), (), tallies, (), came, tuple(marks), tuple(before))
    asked = (Asked(SECRET, "en", 9, 0.5),)
    return Figures(
        Period(since, until, ZONE), "The leak", arrivals, asked, Times(first, NOTHING, NOTHING), Approving(0, None, 0, None, 0),
        Waiting(0, 0, None, None), (), Promises(0, 0, 0, 0), (), (), (), LABELS,
    )  # fmt: skip


def by_hour(since: datetime, counts: Iterable[int], tags: int = 0) -> list[Hour]:
    """With so many tags, each less frequent than the one before."""
    chance, names = random.Random(1), list(LABELS)[:tags]
    return [
        Hour(since + place * HOUR, n, {name: int(n * chance.random() / (2 + at)) for at, name in enumerate(names)})
        for place, n in enumerate(counts)
    ]


def day() -> Figures:
    """From one morning to the next, with everything that happens in a bad one."""
    since = moment(2026, 11, 23, 8, 30)

    def mark(hour: int, minute: int, what: str, detail: str = "") -> Mark:
        return Mark(moment(2026, 11, 23, hour, minute), what, detail)

    marks = [
        mark(9, 5, "crisis_opened"), mark(9, 12, "hold_set", "silent"), mark(11, 40, "statement_approved", "holding"),
        mark(11, 52, "hold_set", "holding"), mark(15, 20, "customers_first_attested"), mark(16, 0, "statement_approved", "full"),
        mark(16, 10, "hold_set", "off"), mark(18, 0, "update_given"), mark(10, 0, "fact_added"),
    ]  # fmt: skip
    first = spread(120, 260, 410, 388, 310, 220, 120, 70, 14, median=2547.0, p90=31200.0, due=1840, in_time=1611)
    before = [n // 3 for n in reversed(CURVE)]
    return figures(since, since + 24 * HOUR, by_hour(since, CURVE, tags=12), marks=marks, before=before, first=first)


def empty() -> Figures:
    return figures(moment(2026, 11, 23), moment(2026, 11, 24))


def one_hour() -> Figures:
    since = moment(2026, 11, 23, 14)
    marks = [Mark(since + timedelta(minutes=58), "hold_set", "holding"), Mark(since + timedelta(minutes=59), "crisis_closed")]
    first = spread(1, 0, 0, 0, 0, 0, 0, 0, 0, median=30.0, p90=30.0, due=1, in_time=1)
    return figures(since, since + HOUR, by_hour(since, [37], tags=2), marks=marks, before=[20], first=first)


def huge() -> Figures:
    since = moment(2026, 11, 23)
    marks = [
        Mark(since, "crisis_opened"),
        Mark(since + 13 * HOUR, "statement_approved", "full"),
        Mark(since + 24 * HOUR, "hold_set", "off"),
    ]
    first = spread(0, 0, 0, 0, 0, 0, 0, 1234567, 1, median=125000.0, p90=1e6)
    return figures(since, since + 24 * HOUR, by_hour(since, [0] * 13 + [1234567] + [0] * 10, tags=3), marks=marks, first=first)


def week() -> Figures:
    since = moment(2026, 11, 16)
    chance = random.Random(2)
    return figures(since, since + 168 * HOUR, by_hour(since, [chance.randint(0, 60) for _ in range(168)], tags=6), before=[9] * 168)


def month() -> Figures:
    since, until = moment(2026, 10, 12), moment(2026, 11, 12)
    count, chance = (until - since) // HOUR, random.Random(3)
    marks = [Mark(since + timedelta(days=3), "crisis_opened"), Mark(since + timedelta(days=3, hours=2), "hold_set", "silent")]
    return figures(since, until, by_hour(since, [chance.randint(0, 60) for _ in range(count)], tags=9), marks=marks, before=[8] * count)


def longer() -> Figures:
    """The day that has 25 hours."""
    since, until = moment(2026, 10, 25), moment(2026, 10, 26)
    return figures(since, until, by_hour(since, range(1, 26), tags=1))


def shorter() -> Figures:
    """The day that has 23 hours."""
    since, until = moment(2026, 3, 29), moment(2026, 3, 30)
    return figures(since, until, by_hour(since, range(1, 24), tags=1))


KINDS = {"day": day, "empty": empty, "hour": one_hour, "huge": huge, "week": week, "month": month, "25": longer, "23": shorter}

NOW = moment(2026, 11, 23, 18, 5)
BAD = Standing(
    at=NOW,
    crisis="The leak",
    since=NOW - timedelta(hours=26, minutes=18),
    open=1284,
    about_crisis=1100,
    unowned=312,
    oldest_wait=7440.0,
    severities=(Tally("critical", 14), Tally("high", 220), Tally("normal", 810), Tally("low", 240)),
    ladders={"unanswered": 3, "climbing": 9},
    approvals=17,
    hold="holding",
    clocks=(
        Clock("hold", NOW - 3 * HOUR, None),
        Clock("authority", NOW - 18 * HOUR, NOW + 54 * HOUR),
        Clock("update", None, NOW - timedelta(minutes=24)),
    ),
    doors=(Door("slack", "failing", "ratelimited", NOW), Door("webhook:x", "closed", "", NOW)),
)
QUIET = Standing(at=NOW, severities=tuple(Tally(name, 0) for name in ("critical", "high", "normal", "low")))

STANDINGS = {"bad": BAD, "quiet": QUIET}


@cache
def sheets_of(kind: str, language: str) -> tuple[Chart, ...]:
    return layouts(KINDS[kind](), language)


@cache
def standing_of(kind: str, language: str) -> Chart:
    return status_chart(STANDINGS[kind], Manner(language, ZoneInfo("Europe/Madrid")))


def every_chart(language: str) -> list[Chart]:
    return [*(chart for kind in KINDS for chart in sheets_of(kind, language)), *(standing_of(kind, language) for kind in STANDINGS)]


def volume(kind: str = "day", language: str = "en") -> Chart:
    return sheets_of(kind, language)[0]


def words(chart: Chart) -> list[str]:
    return [text.words for text in chart.texts()]


def bars(chart: Chart, *looks: str) -> list[Box]:
    return [shape for shape in chart.shapes if isinstance(shape, Box) and shape.look in (looks or ("bar", "rest"))]


def extents(chart: Chart) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Words, and where a renderer really puts them: left, foot, right, top."""
    canvas = painted(chart, LIGHT)
    renderer = canvas.get_renderer()
    found = [one for one in canvas.figure.findobj(matplotlib.text.Text) if one.get_text()]
    return [(one.get_text(), one.get_window_extent(renderer).extents) for one in found]


def overlapping(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """By more than the pixel that rounding takes."""
    return all(one[at] < other[at + 2] - 1 and other[at] < one[at + 2] - 1 for at in (0, 1))
