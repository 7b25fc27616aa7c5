"""The page of a report: figures as one HTML file without script or anything from elsewhere, for reading, printing and passing on."""

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.pictures.charts import Sheet, charts
from handlers.insight.figures import Asked, Figures, Spread, Tally
from handlers.insight.reports import Span, Whole
from templates import page, say

Labels = Mapping[str, Mapping[str, str]]
Cells = list[object]  # words, or links as pairs of words and address


@dataclass(frozen=True)
class Manner:
    """How to say things to one reader; `ladders` are the names of FLOW's ladders."""

    language: str
    zone: ZoneInfo
    ladders: Labels

    def say(self, name: str, /, **facts: object) -> str:
        return say(f"report.{name}", self.language, **facts)

    def number(self, n: int) -> str:
        return self.say("number", n=n)

    def share(self, share: float | None) -> str:
        return "" if share is None else self.say("percent", n=round(share * 100))

    def span(self, seconds: float | None) -> str:
        return "" if seconds is None else self.say("span", minutes=int(seconds // 60))

    def day(self, day: date) -> str:
        return self.say("day", day=day.day, month=day.month, year=day.year)

    def moment(self, at: datetime | None) -> str:
        here = at.astimezone(self.zone) if at else None
        return self.say("moment", day=here.day, month=here.month, year=here.year, time=f"{here:%H:%M}") if here else ""

    def ladder(self, name: str) -> str:
        return self._label(self.ladders, name)

    def tag(self, figures: Figures) -> Callable[[str], str]:
        return lambda name: self._label(figures.labels, name)

    def _label(self, labels: Labels, name: str) -> str:
        label = labels.get(name, {})
        return label.get(self.language) or label.get("en") or name.replace("_", " ")


@dataclass(frozen=True)
class Table:
    """The first `words` columns and the last `tail` ones are words, the others numbers."""

    head: Sequence[str]
    rows: Sequence[Cells]
    words: int = 1
    tail: int = 0
    caption: str = ""

    def is_number(self, column: int) -> bool:
        """Of columns counted from 1."""
        return self.words < column <= len(self.head) - self.tail


def figures_page(whole: Whole, span: Span, manner: Manner) -> str:
    """Takes a second or two, most of it for the pictures."""
    figures = whole.figures
    first, last = manner.day(span.first), manner.day(span.last)
    sections = [(name, tables) for name, tables in _sections(whole, manner) if any(table.rows for table in tables)]
    facts = {
        "w": manner.say,
        "language": manner.language,
        "title": manner.say("title", crisis=figures.crisis, first=first, last=last),
        "made": manner.say("made", at=manner.moment(whole.at), zone=span.timezone),
        "tiles": list(_tiles(figures, manner)),
        "pictures": _pictures(figures, manner.language),
        "asked": [_asked(one, manner) for one in figures.asked],
        "sections": sections,
    }
    return page("figures.html", facts)


def _tiles(figures: Figures, manner: Manner) -> Iterator[tuple[str, str, str]]:
    """(what, how much, beside it)."""
    came, first = figures.arrivals, figures.times.first_answer
    for name, tally in (("mentions", came.mentions), ("cases", came.cases)):
        yield manner.say("measure", name=name), manner.number(tally.n), _change(tally, manner)
    in_time = f"{manner.share(first.share)} {manner.say('column', name='in_time')}" if first.due else ""
    yield manner.say("measure", name="answered"), manner.number(first.n), in_time
    yield manner.say("measure", name="median"), manner.span(first.median) or "–", manner.say("measure", name="first_answer")
    yield manner.say("measure", name="sent"), manner.number(sum(one.n for one in figures.sent)), ""
    now = figures.waiting
    nobodys = manner.say("beside", what=manner.say("measure", name="unowned"), much=manner.number(now.unowned))
    yield manner.say("measure", name="open"), manner.number(now.open), nobodys


def _pictures(figures: Figures, language: str) -> list[tuple[Sheet, str, str]]:
    """Each for light and for dark, as addresses that hold the picture themselves."""
    both = zip(charts(figures, language), charts(figures, language, dark=True), strict=True)
    return [(light, _held(light), _held(dark)) for light, dark in both]


def _held(sheet: Sheet) -> str:
    return f"data:image/png;base64,{b64encode(sheet.content).decode()}"


def _asked(one: Asked, manner: Manner) -> Mapping[str, object]:
    marks = [manner.say(name) for name, is_so in (("fresh", one.fresh), ("unanswered", not one.answered)) if is_so]
    said = manner.say("estimated", n=one.n, share=round(one.share * 100))
    return {"words": one.words, "language": one.language, "others": one.others, "said": ", ".join([said, *marks])}


def _sections(whole: Whole, manner: Manner) -> Iterator[tuple[str, Sequence[Table]]]:
    figures = whole.figures
    if len(whole.days) > 1:
        yield "days", [_days(whole.days, manner)]
    yield "arrivals", list(_arrivals(figures, manner))
    yield "times", [_times(figures, manner)]
    yield "breaches", [_breaches(figures, manner)]
    yield "approving", list(_approving(figures, manner))
    yield "told", [_told(figures, manner)]
    yield "promises", [_promises(figures, manner)]
    yield "sent", [_sent(figures, manner)]
    yield "clocks", [_clocks(figures, manner)]
    yield "gaps", [_gaps(figures, manner)]
    yield "waiting", list(_waiting(figures, manner))


def _head(manner: Manner, *names: str) -> list[str]:
    """The first column needs no name."""
    return ["", *(manner.say("column", name=name) for name in names)]


def _days(days: Sequence[Figures], manner: Manner) -> Table:
    head = _head(manner, "mentions", "cases", "answered", "median", "in_time", "resolved", "sent", "breaches")
    return Table(head, [_day(one, manner) for one in days])


def _day(figures: Figures, manner: Manner) -> Cells:
    first = figures.times.first_answer
    counts = (figures.arrivals.mentions.n, figures.arrivals.cases.n, first.n)
    after = (figures.times.resolution.n, sum(one.n for one in figures.sent), sum(one.n for one in figures.times.breaches))
    day = manner.day(figures.period.since.astimezone(manner.zone).date())
    return [day, *map(manner.number, counts), manner.span(first.median), manner.share(first.share), *map(manner.number, after)]


def _arrivals(figures: Figures, manner: Manner) -> Iterator[Table]:
    came = figures.arrivals
    kinds: tuple[tuple[str, Sequence[Tally], Callable[[str], str]], ...] = (
        ("networks", came.networks, lambda name: manner.say("network", name=name)),
        ("languages", came.languages, lambda name: manner.say("language", name=name)),
        ("moods", came.moods, lambda name: manner.say("mood", name=name)),
        ("severities", came.severities, lambda name: manner.say("severity", name=name)),
        ("tags", came.tags, manner.tag(figures)),
    )
    yield _tallied([came.mentions, came.cases], lambda name: manner.say("measure", name=name), manner, "")
    for kind, tallies, named in kinds:
        yield _tallied(tallies, named, manner, manner.say("part", name=kind))


def _tallied(tallies: Sequence[Tally], named: Callable[[str], str], manner: Manner, caption: str) -> Table:
    rows: list[Cells] = [[named(one.name), manner.number(one.n), manner.number(one.before), _change(one, manner)] for one in tallies]
    return Table(_head(manner, "n", "before", "change"), rows, caption=caption)


def _counted(tallies: Sequence[Tally], named: Callable[[str], str], manner: Manner, caption: str) -> Table:
    rows: list[Cells] = [[named(one.name), manner.number(one.n)] for one in tallies if one.n]
    return Table(_head(manner, "n"), rows, caption=caption)


def _change(tally: Tally, manner: Manner) -> str:
    return manner.say("signed", n=tally.n - tally.before)


def _times(figures: Figures, manner: Manner) -> Table:
    times = figures.times
    named: tuple[tuple[str, Spread], ...] = (
        ("first_answer", times.first_answer),
        ("acknowledgement", times.acknowledgement),
        ("resolution", times.resolution),
    )
    rows: list[Cells] = [
        [manner.say("measure", name=name), manner.number(one.n), manner.span(one.median), manner.span(one.p90), manner.share(one.share)]
        for name, one in named
        if one.n or one.due
    ]
    return Table(_head(manner, "n", "median", "p90", "in_time"), rows)


def _breaches(figures: Figures, manner: Manner) -> Table:
    rows: list[Cells] = [
        [manner.say("breach", clock=one.clock, ladder=manner.ladder(one.ladder) if one.ladder else "", step=one.step), manner.number(one.n)]
        for one in figures.times.breaches
    ]
    return Table(_head(manner, "n"), rows)


def _approving(figures: Figures, manner: Manner) -> Iterator[Table]:
    one = figures.approving
    known = {"approved": one.n, "rejected": one.rejected, "waiting": one.waiting}
    rows: list[Cells] = [[manner.say("measure", name=name), manner.number(n)] for name, n in known.items() if n]
    lengths = {"median": one.median, "oldest": one.oldest_wait}
    rows += [[manner.say("measure", name=name), manner.span(length)] for name, length in lengths.items() if length is not None]
    yield Table(_head(manner, "n"), rows)
    yield _counted(one.reasons, str, manner, manner.say("part", name="reasons"))
    yield _counted(one.findings, lambda name: manner.say("objection", name=name), manner, manner.say("part", name="findings"))


def _told(figures: Figures, manner: Manner) -> Table:
    rows: list[Cells] = []
    for one in figures.told:
        who = ", ".join(manner.say("by_several", name=person.name, n=person.n) for person in one.acknowledged)
        rows.append([manner.ladder(one.ladder), str(one.step), manner.number(one.called), manner.number(one.not_told), who])
    return Table(_head(manner, "step", "called", "not_told", "acknowledged"), rows, tail=1)


def _promises(figures: Figures, manner: Manner) -> Table:
    one = figures.promises
    known = {"kept": one.kept, "missed": one.missed, "still_open": one.open, "overdue": one.overdue}
    return Table(_head(manner, "n"), [[manner.say("measure", name=name), manner.number(n)] for name, n in known.items() if n])


def _sent(figures: Figures, manner: Manner) -> Table:
    rows: list[Cells] = []
    for one in figures.sent:
        links = [(manner.say("link", case=case), url) for case, url in one.links if url.startswith(("https://", "http://"))]
        rows.append([manner.say("network", name=one.network), manner.number(one.n), links])
    return Table(_head(manner, "n", "links"), rows, tail=1)


def _clocks(figures: Figures, manner: Manner) -> Table:
    rows: list[Cells] = []
    for one in figures.clocks:
        met = manner.moment(one.met_at) or manner.say("not_yet")
        rows.append([manner.say("clock", name=one.name), manner.moment(one.since), manner.moment(one.due_at), met if one.due_at else ""])
    return Table(_head(manner, "since", "due", "met"), rows, words=4)


def _gaps(figures: Figures, manner: Manner) -> Table:
    rows: list[Cells] = []
    for one in figures.gaps:
        until = manner.moment(one.until) or manner.say("ongoing")
        rows.append([one.door, manner.moment(one.since), until, manner.say("reason", name=one.reason)])
    return Table(_head(manner, "since", "until", "reason"), rows, words=4)


def _waiting(figures: Figures, manner: Manner) -> Iterator[Table]:
    now = figures.waiting
    rows: list[Cells] = [[manner.say("measure", name=name), manner.number(n)] for name, n in (("open", now.open), ("unowned", now.unowned))]
    if now.oldest_wait is not None:
        rows.append([manner.say("measure", name="unanswered"), manner.span(now.oldest_wait)])
    yield Table(_head(manner, "n"), rows)
    yield _counted(now.ladders, lambda name: manner.say("state", name=name), manner, manner.say("part", name="ladders"))
