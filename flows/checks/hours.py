"""Tells an hour of the day from any other number: nine o'clock, a las diez, de 8 h à 22 h, noon."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flows.checks.concepts import Token, lexicon
from flows.checks.numbers import Number
from flows.checks.plain import Stretch

_MINUTES = re.compile(r"(?:[:h]| h | heures )([0-5]\d)(?!\d)")
_POINT = re.compile(r"(\d{1,2})\.([0-5]\d)")
_SURE_AFTER = frozenset({"o'clock", "am", "pm", "h", "hs", "en", "sharp", "du", "de", "in", "at", "a", "heures", "p", "o'"})
_WEAK = frozenset({"to", "till", "a"})
_AMBIGUOUS = frozenset({"heures", "heure", "horas"})  # they measure time as well
_STRONG_BEFORE = frozenset({"at", "a las", "a la", "las", "desde las", "hasta las", "y las"})
_HOURLY = _STRONG_BEFORE | {"a", "des", "jusqu' a", "de", "vers", "avant", "entre", "et"}
_LINKS = frozenset({"to", "till", "until", "a", "and", "y", "et", "las", "jusqu'", "hasta", "h", "heures", "am", "pm"})
_FROM = frozenset({"from", "de", "between", "entre"})
_TO = frozenset({"to", "till", "a", "and", "et", "y", "until"})
_APART = 4  # tokens between the ends of a span of hours
LAST = 24


@dataclass(frozen=True)
class Hour:
    """`sure` where it is known which half of the day is meant."""

    minutes: int
    start: int
    end: int
    spelled: bool
    sure: bool


@dataclass(frozen=True)
class Hours:
    stretch: Stretch
    tokens: tuple[Token, ...]
    language: str

    def read(self, numbers: Sequence[Number]) -> list[Hour]:
        fit = [one for one in numbers if one.value <= LAST]
        sure = [hour for one in fit if (hour := self._hour(one))]
        more = [self._plain(one) for one in fit if self._spans(one, fit, sure) and not any(h.start <= one.start < h.end for h in sure)]
        return sorted([*sure, *more, *self._named()], key=lambda one: one.start)

    def _hour(self, number: Number) -> Hour | None:
        text, end = self.stretch.text, number.end - self.stretch.start
        first, after = self._place(number.start), self._place(number.end)
        point = _POINT.fullmatch(text, number.start - self.stretch.start, end)
        met = lexicon("grammar", self.language).first(self.tokens, after, ("clock_after",))
        strong = met is not None and self._strong(after, met.last)
        if point and strong:
            return replace(self._plain(number), minutes=int(point.group(1)) * 60 + int(point.group(2)))
        if number.value != int(number.value):
            return None
        minutes = _MINUTES.match(text, end)
        before = lexicon("grammar", self.language).before(self.tokens, first, "clock_before")
        led = " ".join(one.text for one in self.tokens[before.first : before.last]) if before else ""
        hourly = led in _HOURLY and self._text(after) in _AMBIGUOUS
        free = lexicon("units", self.language).first(self.tokens, after) is None
        if not (strong or minutes or hourly or (free and led in _STRONG_BEFORE and number.value >= 1)):
            return None
        hour = self._plain(number)
        return hour if not minutes else replace(hour, minutes=hour.minutes + int(minutes.group(1)), end=self.stretch.start + minutes.end())

    def _strong(self, first: int, last: int) -> bool:
        """A word that stands after hours only: not "to", nor "heures", which measures time as well."""
        said = " ".join(one.text for one in self.tokens[first:last])
        return said not in _WEAK and said not in _AMBIGUOUS and self.tokens[first].text in _SURE_AFTER

    def _plain(self, number: Number) -> Hour:
        after = self._place(number.end)
        grammar = lexicon("grammar", self.language)
        evening = any(grammar.first(self.tokens, after + skip, ("evening",)) for skip in (0, 1))
        morning = any(grammar.first(self.tokens, after + skip, ("morning",)) for skip in (0, 1))
        hour = int(number.value) + (12 if evening and number.value < 12 else 0)
        return Hour(hour * 60, number.start, number.end, number.spelled, evening or morning or hour > 12)

    def _spans(self, number: Number, numbers: Sequence[Number], hours: Sequence[Hour]) -> bool:
        """The other end of "8 to 10 pm", and both of "from 9 to 18"."""
        place = self._place(number.start)
        for other in (one for one in numbers if one is not number):
            first, last = sorted((place, self._place(other.start)))
            between = [one.text for one in self.tokens[first + 1 : last]]
            if not between or len(between) > _APART or not set(between) & _TO or not set(between) <= _LINKS:
                continue
            told = any(hour.start == other.start for hour in hours)
            if told or (first > 0 and self.tokens[first - 1].text in _FROM and self._free(last)):
                return True
        return False

    def _free(self, place: int) -> bool:
        return lexicon("units", self.language).first(self.tokens, place + 1) is None

    def _named(self) -> list[Hour]:
        names = {"noon": 12 * 60, "midnight": 0}
        met = [one for one in lexicon("grammar", self.language).within(self.tokens) if one.name in names]
        return [Hour(names[one.name], self.tokens[one.first].start, self.tokens[one.last - 1].end, True, True) for one in met]

    def _text(self, place: int) -> str:
        return self.tokens[place].text if place < len(self.tokens) else ""

    def _place(self, at: int) -> int:
        return next((n for n, one in enumerate(self.tokens) if one.start >= at), len(self.tokens))
