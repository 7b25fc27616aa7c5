"""Finds what a draft asserts and no confirmed fact holds: numbers, dates, causes, events, kinds of data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from flows.checks.draft import Finding
from flows.checks.numbers import Number, numbers_in
from flows.checks.plain import Plain, Stretch, plain
from flows.checks.reading import Reading

_CLAUSE = re.compile(r"(?:(?!, (?:but|though|pero|aunque|mais)\b)[^;:\n]){1,2000}")
FEW = 12  # a smaller number in words asserts nothing without a unit
MANY = 1_000  # from so many on a number is a count of customers, even in private
LEAST = 3  # letters of a word that must stand in a fact: "Nov" does in "November"
_DATA = "data_"


@dataclass(frozen=True)
class Known:
    """What the confirmed facts say, read once for a draft."""

    reading: Reading

    @cached_property
    def texts(self) -> tuple[Plain, ...]:
        return tuple(plain(text) for text in self.reading.surroundings.known())

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(word for text in self.texts for word in text.words)

    @cached_property
    def daily(self) -> bool:
        return any(text.folded in self.reading.phrased("every_day") for text in self.texts)

    @cached_property
    def numbers(self) -> frozenset[float]:
        """With the same hour on the other clock, and seven days for every day."""
        values = {one.value for text in self.texts for one in numbers_in(text.whole, self.reading.words.numbers)}
        hours = {value + 12 for value in values if value < 12} | {value - 12 for value in values if 12 < value < 24}
        return frozenset(values | hours | ({7.0} if self.daily else set()))

    @cached_property
    def taken(self) -> dict[str, set[bool]]:
        """Kinds of data → whether they were taken, as the facts say it."""
        found: dict[str, set[bool]] = {}
        for text in self.texts:
            for kind, _ in _kinds(text.whole, self.reading):
                found.setdefault(kind, set()).add(text.folded not in self.reading.phrased("denied"))
        return found


def stem(word: str) -> str:
    return word[:5]


def unsupported(reading: Reading) -> Iterator[Finding]:
    known = Known(reading)
    for clause in _clauses(reading):
        yield from (reading.finding("unsupported", hit, kind=kind) for kind, hit in _asserted(clause, known))


def unsupported_counts(reading: Reading) -> Iterator[Stretch]:
    """Counts and shares that no fact holds, for those who ask for nothing else."""
    known = Known(reading)
    for clause in _clauses(reading):
        for one in _unknown_numbers(clause, known):
            if one.value >= MANY and not 1990 <= one.value <= 2100:
                yield Stretch(one.start, one.end, "")
        yield from (hit for hit in reading.phrased("shares").within(clause) if not _held(hit, known))


def _clauses(reading: Reading) -> Iterator[Stretch]:
    """Parts of sentences that assert: neither questions nor what is said to be unknown, nor general advice."""
    for sentence in reading.plain.sentences:
        if sentence.asks or sentence.text in reading.phrased("unknown") or sentence.text in reading.phrased("advice"):
            continue
        for match in _CLAUSE.finditer(sentence.text):
            yield Stretch(sentence.start + match.start(), sentence.start + match.end(), match.group())


def _asserted(clause: Stretch, known: Known) -> Iterator[tuple[str, Stretch]]:
    reading = known.reading
    for number in _unknown_numbers(clause, known):
        yield "number", Stretch(number.start, number.end, "")
    for name in ("dates", "shares", "claims"):
        for hit in reading.phrased(name).within(clause):
            if not _held(hit, known):
                yield ("number" if name == "shares" else "date" if name == "dates" else "cause"), hit
    yield from (("data", hit) for hit in _unknown_data(clause, known))


def _unknown_numbers(clause: Stretch, known: Known) -> Iterator[Number]:
    reading = known.reading
    contacts = [*reading.phrased("numbered").within(clause)]
    ours = re.sub(r"\D", "", " ".join((*reading.surroundings.own_contacts, *reading.surroundings.known())))
    for one in numbers_in(clause, reading.words.numbers):
        if one.value in known.numbers or any(0 <= one.start - hit.end <= 3 for hit in contacts):
            continue
        after = clause.text[one.end - clause.start :]
        counted = reading.phrased("units").first(after.lstrip(" -%€$£"))
        measured = (counted is not None and counted.start() <= 1) or after.lstrip()[:1] in ("%", "€", "$", "£")
        digits = re.sub(r"\D", "", clause.text[one.start - clause.start : one.end - clause.start])
        if not (one.spelled and one.value <= FEW and not measured) and not (len(digits) > 2 and digits in ours):
            yield one


def _held(hit: Stretch, known: Known) -> bool:
    """Whether the facts say every telling word of it."""
    if known.daily and hit.text in known.reading.phrased("weekdays"):
        return True
    telling = [stem(word) for word in plain(hit.text).words if len(word) >= LEAST and word not in known.reading.words.listed("everyday")]
    return bool(telling) and all(any(said.startswith(word) for said in known.words) for word in telling)


def _kinds(stretch: Stretch, reading: Reading) -> Iterator[tuple[str, Stretch]]:
    for name, phrases in reading.words.phrases.items():
        if name.startswith(_DATA):
            yield from ((name, hit) for hit in phrases.within(stretch))


def _unknown_data(clause: Stretch, known: Known) -> Iterator[Stretch]:
    """Kinds of data that are said to be taken, or not, where the facts say nothing or the contrary."""
    reading = known.reading
    if clause.text not in reading.phrased("taken"):
        return
    taken = clause.text not in reading.phrased("denied")
    for kind, hit in _kinds(clause, reading):
        if taken not in known.taken.get(kind, ()):
            yield hit
