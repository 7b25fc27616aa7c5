"""Reads how much is said of what: durations, money, shares, counts; the same in words, in figures and in other units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from flows.checks.concepts import Lexicon, Met, Token, lexicon
from flows.checks.hours import Hours
from flows.checks.numbers import Number, numbers_in
from flows.checks.plain import Stretch
from flows.checks.words import Words

DAYS = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1, "week": 7, "fortnight": 14, "month": 30.4, "year": 365, "decade": 3650}
COUNTED = frozenset({"bare", "thing"})
_NEAR = 0.03  # thirty days are a month, twelve months a year
_ROUNDED = 0.03  # "over 40,000" for 41,000
_UNDER = 0.85
_CLOCK = 24 * 60
MOST = 60  # numbers read in one part of a sentence
_FAR = 4  # tokens from "one" to "in six"
_LONGEST = 1_000  # of "one in so many"


@dataclass(frozen=True)
class Quantity:
    """`kind`: days, clock (minutes since midnight; `sure` of the half of the day), money, share (percent), thing, sign or bare."""

    kind: str
    value: float
    start: int
    end: int
    spelled: bool = False
    sure: bool = True
    about: bool = False
    article: bool = False  # "a year", which asserts less than "one year"
    nearly: bool = False  # "nearly a million" for 900,000

    def agrees(self, known: Quantity) -> bool:
        if "clock" in (self.kind, known.kind):
            return self.kind == known.kind and self._same_hour(known)
        if self.kind != known.kind and not {self.kind, known.kind} <= COUNTED:
            return False
        near = _NEAR if self.kind == "days" else _ROUNDED if self.about else 1e-9
        return abs(self.value - known.value) <= near * known.value or (self.nearly and _UNDER * self.value <= known.value <= self.value)

    def _same_hour(self, other: Quantity) -> bool:
        apart = abs(self.value - other.value) % _CLOCK
        return apart == 0 or (apart == _CLOCK / 2 and not (self.sure and other.sure))


@dataclass(frozen=True)
class _Reader:
    stretch: Stretch
    tokens: tuple[Token, ...]
    words: Words

    @property
    def units(self) -> Lexicon:
        return lexicon("units", self.words.language)

    @property
    def grammar(self) -> Lexicon:
        return lexicon("grammar", self.words.language)

    def place(self, at: int) -> int:
        """The first token at or after a position."""
        return next((n for n, one in enumerate(self.tokens) if one.start >= at), len(self.tokens))

    def counted(self, number: Number) -> Quantity:
        first, after = self.place(number.start), self.place(number.end)
        about = self.grammar.before(self.tokens, first, "about") is not None
        article = self.grammar.before(self.tokens, first, "one")
        nearly = self.grammar.before(self.tokens, article.first if article else first, "nearly") is not None
        share = self._share(number, after) or self._nth(number, first)
        if share:
            return share
        unit = self._unit(number, after)
        end = self.tokens[unit.last - 1].end if unit and unit.last > after else number.end
        if unit and unit.name in DAYS:
            half = 0.5 if self.grammar.first(self.tokens, unit.last, ("half_after",)) else 0.0
            return Quantity("days", (number.value + half) * DAYS[unit.name], number.start, end, number.spelled, about=about, nearly=nearly)
        return Quantity(unit.name if unit else "bare", number.value, number.start, end, number.spelled, about=about, nearly=nearly)

    def lone_units(self) -> Iterator[Quantity]:
        """A year, half a year, año y medio: a unit of time without a number."""
        for place in range(len(self.tokens)):
            unit = self.units.first(self.tokens, place, tuple(DAYS))
            if not unit:
                continue
            one = self.grammar.before(self.tokens, place, "one")
            halved = self.grammar.before(self.tokens, place, "half_before")
            more = self.grammar.first(self.tokens, unit.last, ("half_after",))
            if one or halved or more:
                value = (0.5 if halved else 1.0) + (0.5 if more else 0.0)
                first = min(met.first for met in (one, halved, unit) if met)
                end = self.tokens[(more or unit).last - 1].end
                yield Quantity("days", value * DAYS[unit.name], self.tokens[first].start, end, True, article=not (halved or more))

    def _unit(self, number: Number, after: int) -> Met | None:
        before = self.stretch.text[: number.start - self.stretch.start].rstrip()
        if before.endswith(("€", "$", "£")):
            return Met("money", after, after)
        near = self.units.first(self.tokens, after)
        further = self.units.first(self.tokens, after + 1, ("thing", "day", "month", "year"))  # twelve free months
        return near or (further if after < len(self.tokens) and self.tokens[after].text.isalpha() else None)

    def _share(self, number: Number, after: int) -> Quantity | None:
        """One customer in five, uno de cada cinco, un abonné mobile sur six."""
        link = next((met for skip in (0, 1, 2) if (met := self.grammar.first(self.tokens, after + skip, ("out_of",)))), None)
        whole = self._value(link.last) if link else None
        if not link or not whole or not number.value < whole <= _LONGEST or self.units.first(self.tokens, link.last + 1, tuple(DAYS)):
            return None
        return Quantity("share", 100 * number.value / whole, number.start, self.tokens[link.last].end, number.spelled)

    def _nth(self, number: Number, first: int) -> Quantity | None:
        """One in six, where the one is no number but an article."""
        link = self.grammar.before(self.tokens, first, "out_of")
        if not link or self.words.language == "en" or not 1 < number.value <= _LONGEST:
            return None
        start = max(0, link.first - _FAR)
        ones = [one for one in self.tokens[start : link.first] if one.text in ("un", "une", "uno", "una")]
        return Quantity("share", 100 / number.value, ones[0].start, number.end, number.spelled) if ones else None

    def _value(self, place: int) -> float | None:
        text = self.tokens[place].text if place < len(self.tokens) else ""
        return float(text) if text.isdigit() and len(text) <= 4 else self.words.numbers.get(text)


def quantities_in(stretch: Stretch, tokens: Sequence[Token], words: Words, taken: Sequence[tuple[int, int]] = ()) -> Iterator[Quantity]:
    """Those that do not stand in the stretches that are `taken`, by dates for instance."""
    reader = _Reader(stretch, tuple(tokens), words)
    numbers = [one for one in islice(numbers_in(stretch, words.numbers), MOST) if not _overlaps(one.start, one.end, taken)]
    hours = Hours(stretch, reader.tokens, words.language)
    clocks = hours.read(numbers)
    told = [Quantity("clock", one.minutes, one.start, one.end, one.spelled, one.sure) for one in clocks]
    yield from told
    spans = [(one.start, one.end) for one in told]
    for number in numbers:
        if not _overlaps(number.start, number.end, spans):
            found = reader.counted(number)
            spans.append((found.start, found.end))
            yield found
    yield from (one for one in islice(reader.lone_units(), MOST) if not _overlaps(one.start, one.end, (*spans, *taken)))


def _overlaps(start: int, end: int, others: Sequence[tuple[int, int]]) -> bool:
    return any(start < other_end and other_start < end for other_start, other_end in others)
