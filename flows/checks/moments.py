"""Reads days, months, years and weekdays in three languages, and tells whether what is known holds them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from flows.checks.concepts import Token, lexicon
from flows.checks.words import Words

MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MOST = 60  # days read in one part of a sentence
_ORDINAL = ("st", "nd", "rd", "th", "er")
_LITTLE = frozenset({"of", "the", "de", "del", "du", "mes", "d'", "l'"})
_LINKS = frozenset({"to", "and", "until", "till", "al", "y", "el", "et", "au", "le"})
_FAR = 12  # letters from a day to its month
_DOUBTFUL = frozenset({"may", "march", "jan", "mar", "sep", "dec"})  # a verb, a name or a cut word unless a preposition stands before
_IN = frozenset(
    {"in", "since", "before", "until", "till", "by", "from", "to", "after", "of", "last", "next", "this", "early", "late", "mid"}
)
_NUMERIC = re.compile(
    r"(?<![\d/.-])(?:(?P<y>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)|(?P<d2>\d{1,2})(?P<s>[/.-])(?P<m2>\d{1,2})(?:(?P=s)(?P<y2>(?:19|20)?\d\d))?)(?![\d/-])"
)
_DAYS_BEFORE = {"en": ("the",), "es": ("el", "dia", "del", "al"), "fr": ("le", "au", "du")}


@dataclass(frozen=True)
class Moment:
    """What is said of a day; what is not said is None. `weekday` counts from Monday, 0."""

    start: int
    end: int
    day: int | None = None
    month: int | None = None
    year: int | None = None
    weekday: int | None = None

    def agrees(self, known: Moment) -> bool:
        """Whether every part that this one names is named so by the other; a year may be left unsaid there."""
        pairs = [(self.day, known.day), (self.month, known.month), (self.weekday, known.weekday)]
        named = [(mine, theirs) for mine, theirs in pairs if mine is not None]
        if self.year is not None and (known.year is not None or not named):
            named.append((self.year, known.year))
        return bool(named) and all(mine == theirs for mine, theirs in named)


def completed(moments: Iterable[Moment]) -> tuple[Moment, ...]:
    """With the year that the others name, and each day's weekday where the year is known."""
    found = list(moments)
    years = {one.year for one in found if one.year}
    year = next(iter(years)) if len(years) == 1 else None
    return tuple(_with_weekday(replace(one, year=one.year or (year if one.day and one.month else None))) for one in found)


def _with_weekday(one: Moment) -> Moment:
    if one.weekday is not None or not (one.day and one.month and one.year):
        return one
    try:
        return replace(one, weekday=date(one.year, one.month, one.day).weekday())
    except ValueError:
        return one


def moments_in(text: str, tokens: Sequence[Token], words: Words, start: int = 0) -> Iterator[Moment]:
    """`tokens` are those of `text`, which begins at `start` of the whole."""
    place = 0
    numeric, met = list(islice(_numeric(text, start), MOST)), 0
    yield from numeric
    while place < len(tokens) and met < MOST:
        inside = any(one.start <= tokens[place].start < one.end for one in numeric)
        found = None if inside else _moment_at(tokens, place, words)
        if found:
            met += 1
            yield found
            place = next((n for n, one in enumerate(tokens) if one.start >= found.end), len(tokens))
        else:
            place += 1


def _numeric(text: str, start: int) -> Iterator[Moment]:
    for match in _NUMERIC.finditer(text):
        year = match["y"] or match["y2"]
        day, month = int(match["d"] or match["d2"]), int(match["m"] or match["m2"])
        if match.group() == "24/7" or not 1 <= day <= 31 or not 1 <= month <= 12 or not (year or match["s"] == "/"):
            continue
        full = None if year is None else int(year) + (2000 if len(year) == 2 else 0)
        yield Moment(start + match.start(), start + match.end(), day, month, full)


def _moment_at(tokens: Sequence[Token], place: int, words: Words) -> Moment | None:
    weekday = lexicon("weekdays", words.language).first(tokens, place)
    if weekday:
        after = place + 1 < len(tokens)
        rest = (_day_first(tokens, place + 1, words) or _month_first(tokens, place + 1, words)) if after else None
        number = WEEKDAYS.index(weekday.name)
        if rest and rest.day:
            return replace(rest, start=tokens[place].start, weekday=number)
        return Moment(tokens[place].start, tokens[place].end, weekday=number)
    return _day_first(tokens, place, words) or _month_first(tokens, place, words) or _lone(tokens, place, words)


def _day_first(tokens: Sequence[Token], place: int, words: Words) -> Moment | None:
    """The 18th of November 2026, el dos de marzo, le 1er mai."""
    day = _number(tokens[place], words)
    if day is None or not 1 <= day <= 31:
        return None
    at = _past(tokens, place + 1, (*_ORDINAL, *_LITTLE))
    month = _month(tokens, at, words.language)
    if month is None:
        return _first_of_two(tokens, place, day, words)
    if tokens[at].start - tokens[place].end > _FAR:
        return None
    return _dated(tokens, place, at, day, month)


def _first_of_two(tokens: Sequence[Token], place: int, day: int, words: Words) -> Moment | None:
    """The 2nd of "from 2 to 6 March" and "entre le 2 et le 6 mars"."""
    other = _past(tokens, place + 1, (*_ORDINAL, *_LITTLE))
    if other >= len(tokens) or tokens[other].text not in _LINKS:
        return None
    other = _past(tokens, other + 1, (*_LITTLE, *_LINKS))
    if other >= len(tokens) or _number(tokens[other], words) is None:
        return None
    at = _past(tokens, other + 1, (*_ORDINAL, *_LITTLE))
    month = _month(tokens, at, words.language)
    close = at < len(tokens) and tokens[at].start - tokens[place].end <= 2 * _FAR
    return Moment(tokens[place].start, tokens[place].end, day, month) if month and close else None


def _month_first(tokens: Sequence[Token], place: int, words: Words) -> Moment | None:
    """November 18th, November 2026, in November."""
    month = _month(tokens, place, words.language)
    if month is None:
        return None
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    day = int(after.text) if after and words.language == "en" and after.text.isdigit() and len(after.text) <= 2 else None
    if day is not None and 1 <= day <= 31:
        return _dated(tokens, place, _past(tokens, place + 2, _ORDINAL) - 1, day, month)
    found = _dated(tokens, place, place, None, month)
    doubtful = tokens[place].text in _DOUBTFUL and found.year is None
    return None if doubtful and (place == 0 or tokens[place - 1].text not in _IN) else found


def _lone(tokens: Sequence[Token], place: int, words: Words) -> Moment | None:
    """The 19th, le 27, el día 5; a year."""
    token = tokens[place]
    if not token.text.isdigit():
        return None
    number = int(token.text)
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    if len(token.text) == 4 and 1990 <= number <= 2039:
        return None if _counts(tokens, place + 1, words) else Moment(token.start, token.end, year=number)
    if not 1 <= number <= 31 or len(token.text) > 2:
        return None
    if after and after.text in _ORDINAL and after.start == token.end:
        return Moment(token.start, after.end, day=number)
    named = place > 0 and tokens[place - 1].text in _DAYS_BEFORE.get(words.language, ()) and words.language != "en"
    glued = after is not None and (after.text.isdigit() or after.text in ("h", "%", "€"))
    return Moment(token.start, token.end, day=number) if named and not glued and not _counts(tokens, place + 1, words) else None


def _counts(tokens: Sequence[Token], place: int, words: Words) -> bool:
    return lexicon("units", words.language).first(tokens, place) is not None


def _dated(tokens: Sequence[Token], first: int, last: int, day: int | None, month: int) -> Moment:
    at = _past(tokens, last + 1, (*_LITTLE, "l'an"))
    if at < len(tokens) and re.fullmatch(r"(?:19|20)\d\d", tokens[at].text) and tokens[at].start - tokens[last].end <= 6:
        return Moment(tokens[first].start, tokens[at].end, day, month, int(tokens[at].text))
    return Moment(tokens[first].start, tokens[last].end, day, month)


def _past(tokens: Sequence[Token], place: int, skipped: Sequence[str]) -> int:
    while place < len(tokens) and tokens[place].text in skipped:
        place += 1
    return place


def _month(tokens: Sequence[Token], place: int, language: str) -> int | None:
    met = lexicon("months", language).first(tokens, place)
    return MONTHS.index(met.name) + 1 if met else None


def _number(token: Token, words: Words) -> int | None:
    if token.text.isdigit():
        return int(token.text) if len(token.text) <= 2 else None
    return words.numbers.get(token.text) if len(token.text) > 2 else None
