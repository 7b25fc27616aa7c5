"""Where everything of a drill's picture stands: a row for each colleague, time from left to right. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from bot.pictures.blocks import GAP, MARGIN, PAD, Spot, lines
from bot.pictures.lettering import broken, cut, width
from bot.pictures.shapes import COUNT, FAINT_COUNT, LEAD, NAME, SCALE, TITLE, UNDER, Box, Dot, Line, Look, Shape, Sheet, Sign, Text
from bot.pictures.time_axis import Axis
from bot.pictures.words import Tongue, clean
from handlers.pictures.timeline_picture import SEVERITIES, Drill, Row, Telling, gravest_of

WIDTH, NAMES = 1080, 216
ROW, BAND = 62, 46
APART = 42  # dots nearer than this become one
BINS = 90
RED = Look(16, bold=True, ink="tone")


@dataclass(frozen=True)
class Told:
    """One dot: all that somebody was told at about the same time."""

    x: float
    cases: int
    severity: str


def drill_sheet(drill: Drill, language: str) -> Sheet:
    tongue = Tongue(language)
    heading = _heading(drill, tongue)
    x, top = MARGIN + PAD, heading.bottom + GAP
    axis = Axis(drill.span, drill.zone, x + NAMES, WIDTH - MARGIN - PAD - 12 - x - NAMES)
    rows = [*_arrivals(drill, axis, tongue), *_people(drill, axis, tongue), *_unanswered(drill, axis, tongue)]
    first = top + 66
    bottom = first + len(rows) * ROW + 6
    shapes: list[Shape] = [Box(MARGIN, top, WIDTH - 2 * MARGIN, bottom - top + 54, "lane", round=14)]
    for place, row in enumerate(rows):
        shapes += row.placed(first + place * ROW)
    shapes += [*_scale(axis, first, bottom, tongue), *(shape for place, row in enumerate(rows) for shape in row.dots(first + place * ROW))]
    shapes += _legend(drill, x, bottom + 34, tongue)
    height = round(bottom + 54 + MARGIN)
    paper = Box(0, 0, WIDTH, height, "paper", round=0)
    return Sheet(WIDTH, height, heading.title, heading.about, language, (paper, *heading.shapes, *shapes))


@dataclass(frozen=True)
class Heading:
    title: str
    about: str
    shapes: list[Shape]
    bottom: float


def _heading(drill: Drill, tongue: Tongue) -> Heading:
    title = tongue.say("drill", title=drill.title)
    told = {one.person for one in drill.tellings}
    facts = {
        "cases": drill.cases,
        "people": len(told),
        "told": sum(one.times for one in drill.tellings),
        "unanswered": drill.unanswered_most,
    }
    about, room = tongue.say("drill_sum", **facts), WIDTH - 2 * MARGIN
    above = lines(title, Spot(MARGIN, MARGIN, room), TITLE, most=2)
    under = lines(about, Spot(MARGIN, above.bottom + 2, room), UNDER)
    return Heading(title, about, [*above.shapes, *under.shapes], under.bottom)


@dataclass(frozen=True)
class Strip:
    """One row: its name, a line under it, what lies beneath the grid and what lies above it, all from a top of 0."""

    name: str
    under: str
    beneath: tuple[Box, ...]
    above: tuple[Dot | Text, ...] = ()
    tone: str = "plain"
    ways: tuple[str, ...] = ()

    def placed(self, y: float) -> list[Shape]:
        x, room = MARGIN + PAD, NAMES - 18
        name, look = cut(self.name, room, NAME), RED if self.tone == "critical" else SCALE
        under = cut(self.under, room, look)
        words = [Text(x, y + 21, name, NAME, room), Text(x, y + 42, under, look, room, self.tone)]
        return [
            *words,
            *self._ways(x + width(under, look) + 10, y + 27, x + room),
            *(Box(one.x, one.y + y, one.width, one.height, one.look, round=one.round) for one in self.beneath),
        ]

    def _ways(self, x: float, y: float, end: float) -> Iterator[Sign]:
        yield from (Sign(way, x + place * 22, y, 18) for place, way in enumerate(self.ways) if x + place * 22 + 18 <= end)

    def dots(self, y: float) -> list[Shape]:
        return [self._moved(one, y) for one in self.above]

    @staticmethod
    def _moved(one: Dot | Text, y: float) -> Shape:
        if isinstance(one, Dot):
            return Dot(one.x, one.y + y, one.radius, one.look, one.tone)
        return Text(one.x, one.y + y, one.words, one.look, one.room, one.tone, one.anchor)


def _people(drill: Drill, axis: Axis, tongue: Tongue) -> Iterator[Strip]:
    dots = {row.name: _together(drill.told(row.name), axis) for row in drill.rows}
    most = max((dot.cases for row in dots.values() for dot in row), default=1)
    for row in drill.rows:
        told = drill.told(row.name)
        above = tuple(shape for dot in dots[row.name] for shape in _dot(dot, most))
        ways = tuple(dict.fromkeys(way for one in told for way in one.ways))
        yield Strip(clean(row.name), tongue.say("times_told", count=sum(one.times for one in told)), _hours(row, axis), above, ways=ways)


def _hours(row: Row, axis: Axis) -> tuple[Box, ...]:
    edges = [(axis.place(span.begin), axis.place(span.end)) for span in row.at_work]
    work = (Box(begin, 0, end - begin, BAND, "work", round=0) for begin, end in edges if end > begin)
    return (Box(axis.x, 0, axis.width, BAND, "rest", round=6), *work)


def _together(tellings: tuple[Telling, ...], axis: Axis) -> list[Told]:
    groups: list[list[Telling]] = []
    for one in sorted(tellings, key=lambda telling: telling.at):
        if groups and axis.place(one.at) - axis.place(groups[-1][0].at) < APART:
            groups[-1].append(one)
        else:
            groups.append([one])
    return [Told(axis.place(group[0].at), sum(one.cases for one in group), gravest_of(one.severity for one in group)) for group in groups]


def _dot(told: Told, most: int) -> Iterator[Dot | Text]:
    radius = 9 + 11 * (told.cases / most) ** 0.5
    if told.cases == 1:
        yield Dot(told.x, BAND / 2, 9, "told", told.severity)
        return
    words = short(told.cases)
    yield Dot(told.x, BAND / 2, max(radius, min(20, width(words, COUNT) / 2 + 4)), "told", told.severity)
    look = FAINT_COUNT if told.severity == "low" else COUNT
    yield Text(told.x, BAND / 2 + 6, words, look, 40, anchor="middle")


def short(count: int) -> str:
    """In three signs: 999, 1k, 12k."""
    return str(count) if count < 1000 else f"{count // 1000}k"


def _arrivals(drill: Drill, axis: Axis, tongue: Tongue) -> Iterator[Strip]:
    if not drill.arrivals:
        return
    each, heights = axis.width / BINS, [0] * BINS
    for one in drill.arrivals:
        heights[min(BINS - 1, int((axis.place(one.at) - axis.x) / each))] += one.cases
    tall = [(place, max(3.0, BAND * cases / max(heights))) for place, cases in enumerate(heights) if cases]
    boxes = (Box(axis.x + place * each, BAND - height, each - 1.5, height, "arrival", round=1) for place, height in tall)
    yield Strip(tongue.say("arrivals"), f"{drill.cases}", tuple(boxes))


def _unanswered(drill: Drill, axis: Axis, tongue: Tongue) -> Iterator[Strip]:
    """How many stood unanswered at each time, as bars one after the other."""
    if not drill.unanswered:
        return
    edges = sorted({edge for one in drill.unanswered for edge in (one.span.begin, one.span.end)})
    boxes = []
    for begin, end in pairwise(edges):
        standing = [one for one in drill.unanswered if one.span.begin <= begin < one.span.end]
        if standing:
            height = max(8.0, BAND * sum(one.cases for one in standing) / drill.unanswered_most)
            look = "late" if any(one.late for one in standing) else "unanswered"
            x = min(axis.place(begin), axis.x + axis.width - 4)
            boxes.append(Box(x, BAND - height, max(4.0, axis.place(end) - x), height, look, round=1))
    yield Strip(tongue.say("unanswered"), tongue.say("at_most", count=drill.unanswered_most), tuple(boxes), tone="critical")


def _scale(axis: Axis, first: float, bottom: float, tongue: Tongue) -> Iterator[Shape]:
    ticks = list(axis.ticks())
    for at in ticks:
        x = axis.place(at)
        yield Line(x, first - 12, x, bottom - 8, "grid")
        yield Text(x, first - 20, f"{at:%H:%M}", SCALE, 60, anchor="middle")
    begin = axis.span.begin.astimezone(axis.zone)
    midnights = list(axis.midnights())
    if not midnights or axis.place(midnights[0]) - axis.x > 110:
        yield Text(axis.x, first - 42, tongue.say("day", day=begin.day, month=begin.month), LEAD, 100)
    free = axis.x
    for at in midnights:
        x = axis.place(at)
        yield Line(x, first - 12, x, bottom - 8, "midnight")
        if x >= free:
            end = x > axis.x + axis.width - 100
            yield Text(x, first - 42, tongue.say("day", day=at.day, month=at.month), LEAD, 100, anchor="end" if end else "middle")
            free = x + 110


def _legend(drill: Drill, x: float, y: float, tongue: Tongue) -> Iterator[Shape]:
    """Only what can be seen above it."""
    seen = {one.severity for one in drill.tellings}
    for severity in (one for one in reversed(SEVERITIES) if one in seen):
        words = tongue.say("severity", severity=severity)
        yield Dot(x + 8, y - 6, 8, "told", severity)
        yield Text(x + 24, y, words, SCALE, 120)
        x += 24 + width(words, SCALE) + 26
    for look, name in (("work", "at_work"), ("late", "past_deadline")):
        if look == "late" and not any(one.late for one in drill.unanswered):
            continue
        words = tongue.say(name)
        yield Box(x, y - 14, 24, 16, f"{look}-key", round=3)
        yield Text(x + 32, y, words, SCALE, 240)
        x += 32 + width(words, SCALE) + 26
    note = broken(tongue.say("dot"), WIDTH - MARGIN - PAD - x, SCALE, most=1)
    if note:
        yield Text(x, y, note[0], SCALE, WIDTH - MARGIN - PAD - x)
