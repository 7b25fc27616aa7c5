"""Finds what a draft asserts and no confirmed fact holds: numbers, dates, causes, events, kinds of data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from flows.checks.concepts import Met, Token, lexicon, tokens_of
from flows.checks.draft import Finding
from flows.checks.known import Known, kinds_in, stem, told
from flows.checks.moments import Moment, moments_in
from flows.checks.plain import Stretch
from flows.checks.quantities import COUNTED, Quantity, quantities_in
from flows.checks.reading import Reading

_CLAUSE = re.compile(r"(?:(?!, (?:but|though|pero|aunque|mais)\b)[^;:\n]){1,2000}")
FEW = 12  # a smaller number in words asserts nothing without a unit
MANY = 1_000  # from so many on a number is a count of customers, even in private
LEAST = 3  # letters of a word that must stand in a fact: "Nov" does in "November"
SHORT = 1 / 8  # of a day: what takes us less is no matter of the incident unless the clause speaks of that
_SPEAKS = frozenset({"attack", "hit", "start", "closed"})
_OURSELVES = re.compile(r" (?:us|nosotr[oa]s|nous)\b")  # all of us are sorry
_TIMES = re.compile(r"\w+ (?:times|veces|fois)\b")
MOST_ECHOED = 2_000  # letters of what the customer wrote
_TIMED = ("tomorrow", "yesterday", "around_clock", "weekend")


@dataclass(frozen=True)
class Clause:
    """A part of a sentence that asserts something."""

    stretch: Stretch
    reading: Reading
    known: Known

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        return tokens_of(self.stretch.text, self.stretch.start)

    @cached_property
    def moments(self) -> tuple[Moment, ...]:
        return tuple(moments_in(self.stretch.text, self.tokens, self.reading.words, self.stretch.start))

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        spans = [(one.start, one.end) for one in self.moments]
        return tuple(quantities_in(self.stretch, self.tokens, self.reading.words, spans))

    def met(self, section: str) -> Iterator[Met]:
        return lexicon(section, self.reading.words.language).within(self.tokens)

    @cached_property
    def speaks(self) -> bool:
        """Of the incident itself."""
        return any(one.name in _SPEAKS for one in self.met("neutral"))

    def urges(self, at: int) -> bool:
        """Whether the words around a place advise or ask, which asserts no particular of the incident."""
        text = self.around(at)
        return text in self.reading.phrased("advice") or text in self.reading.phrased("urging")

    def around(self, at: int) -> str:
        """What stands between the commas around a place."""
        inside = at - self.stretch.start
        first = self.stretch.text.rfind(",", 0, inside) + 1
        last = self.stretch.text.find(",", inside)
        return self.stretch.text[first : last if last >= 0 else None]

    @cached_property
    def denies(self) -> bool:
        return self.stretch.text in self.reading.phrased("denied")

    def over(self, met: Met) -> Stretch:
        return Stretch(self.tokens[met.first].start, self.tokens[met.last - 1].end, "")


def unsupported(reading: Reading) -> Iterator[Finding]:
    known = Known(reading)
    for clause in _clauses(reading, known):
        told: list[Stretch] = []
        for kind, hit in _asserted(clause):
            if not any(hit.start < other.end and other.start < hit.end for other in told):
                told.append(hit)
                yield reading.finding("unsupported", hit, kind=kind)


def unsupported_counts(reading: Reading) -> Iterator[Stretch]:
    """Counts and shares that no fact holds, for those who ask for nothing else."""
    known = Known(reading)
    for clause in _clauses(reading, known):
        for one in _unknown_quantities(clause):
            if one.kind in COUNTED and one.value >= MANY:
                yield Stretch(one.start, one.end, "")
        yield from (hit for hit in reading.phrased("shares").within(clause.stretch) if not _held(hit, known))


def _clauses(reading: Reading, known: Known) -> Iterator[Clause]:
    """Neither questions nor what is said to be unknown."""
    for sentence in reading.plain.sentences:
        if sentence.asks:
            continue
        for match in _CLAUSE.finditer(sentence.text):
            if match.group() not in reading.phrased("unknown"):
                yield Clause(Stretch(sentence.start + match.start(), sentence.start + match.end(), match.group()), reading, known)


def _asserted(clause: Clause) -> Iterator[tuple[str, Stretch]]:
    yield from (("number", Stretch(one.start, one.end, "")) for one in _unknown_quantities(clause))
    yield from (("date", Stretch(one.start, one.end, "")) for one in clause.moments if not clause.known.holds(one))
    yield from (("date", clause.over(met)) for met in clause.met("neutral") if met.name in _TIMED and not _timed(met, clause))
    told = [*_unknown_phrases(clause)]
    told += (("data", hit) for hit in _unknown_data(clause))
    told += (("cause", clause.over(met)) for met in _unknown_particulars(clause))
    yield from ((kind, hit) for kind, hit in told if not clause.urges(hit.start))


def _timed(met: Met, clause: Clause) -> bool:
    """Whether the facts name that time, or it is none: "de la mañana" is no tomorrow."""
    known = met.name in clause.known.concepts or (met.name == "weekend" and clause.known.daily)
    return known or (met.first > 0 and clause.tokens[met.first - 1].text == "la")


def _unknown_quantities(clause: Clause) -> Iterator[Quantity]:
    reading = clause.reading
    contacts = [*reading.phrased("numbered").within(clause.stretch)]
    ours = re.sub(r"\D", "", " ".join((*reading.surroundings.own_contacts, *reading.surroundings.known())))
    for one in clause.quantities:
        if clause.known.holds(one) or any(0 <= one.start - hit.end <= 3 for hit in contacts) or _says_little(one, clause):
            continue
        digits = re.sub(r"\D", "", clause.stretch.text[one.start - clause.stretch.start : one.end - clause.stretch.start])
        if not (len(digits) > 2 and digits in ours):
            yield one


def _says_little(one: Quantity, clause: Clause) -> bool:
    """Small numbers without a unit, the letters of a password, minutes that we ask for, a customer's own amount."""
    if one.kind == "sign" or (one.kind == "bare" and one.spelled and one.value <= FEW):
        return True
    if one.kind == "days" and ((one.value < SHORT and not clause.speaks) or (one.article and not _lasts(one, clause))):
        return True
    if clause.urges(one.start) and one.kind in (*COUNTED, "days") and one.value < MANY:
        return True
    if not clause.speaks and (_is_echoed(one, clause) or _is_often(one, clause)):
        return True
    echoed = one.kind == "money" or (one.kind in COUNTED and one.value < MANY)
    digits = re.sub(r"\D", "", clause.stretch.text[one.start - clause.stretch.start : one.end - clause.stretch.start])
    return bool(echoed and digits and digits in re.sub(r"[^\d ]", "", clause.reading.surroundings.customer_text).split())


def _is_echoed(one: Quantity, clause: Clause) -> bool:
    """What the customer said, given back: five days without an answer."""
    said = told(clause.reading.surroundings.customer_text[:MOST_ECHOED], clause.reading.words.language)
    if said is None or one.value >= MANY or one.kind not in ("days", "money", "clock", *COUNTED):
        return False
    return any(one.agrees(other) for other in said.quantities)


def _is_often(one: Quantity, clause: Clause) -> bool:
    """You have written three times: how often is no matter of the incident."""
    text = clause.stretch.text[one.start - clause.stretch.start :]
    return one.value <= FEW and bool(_TIMES.match(text))


def _lasts(one: Quantity, clause: Clause) -> bool:
    """Whether "a year" is a length of time: for a year, durante un año, toute une année."""
    place = next((n for n, token in enumerate(clause.tokens) if token.start >= one.start), 0)
    return lexicon("grammar", clause.reading.words.language).before(clause.tokens, place, "lasting") is not None


def _unknown_phrases(clause: Clause) -> Iterator[tuple[str, Stretch]]:
    """What the word lists call a claim, unless a number or a date in it has been judged or the facts say its telling words."""
    judged = [*((one.start, one.end) for one in clause.moments), *((one.start, one.end) for one in clause.quantities)]
    possible = clause.stretch.text in clause.reading.phrased("possible") and not clause.speaks
    for name, kind in (("shares", "number"), ("dates", "date"), ("claims", "cause")):
        if possible and kind == "cause":
            continue
        for hit in clause.reading.phrased(name).within(clause.stretch):
            if _OURSELVES.match(clause.stretch.text, hit.end - clause.stretch.start):
                continue
            counted = kind == "date" and (any(start < hit.end and hit.start < end for start, end in judged) or _is_told(hit, clause))
            if not counted and not _held(hit, clause.known):
                yield kind, hit


def _is_told(hit: Stretch, clause: Clause) -> bool:
    """A vague time beside the very days that the facts name, or a weekend where they say every day."""
    if clause.known.daily and any(
        met.name == "weekend" for met in lexicon("neutral", clause.reading.words.language).within(tokens_of(hit.text))
    ):
        return True
    named = [one for one in clause.moments if one.day is not None]
    return bool(named) and all(clause.known.holds(one) for one in named) and not any(one.isdigit() for one in hit.text)


def _held(hit: Stretch, known: Known) -> bool:
    """Whether the facts say every telling word of it, in whatever language."""
    tokens, language = tokens_of(hit.text), known.reading.words.language
    meant: dict[int, set[str]] = {}
    for section in ("particulars", "scope", "neutral"):
        for met in lexicon(section, language).within(tokens):
            for place in range(met.first, met.last):
                meant.setdefault(place, set()).add(met.name)
    everyday = known.reading.words.listed("everyday")
    telling = [
        n for n, one in enumerate(tokens) if n in meant or (len(one.text) >= LEAST and one.text not in everyday and one.text.isalpha())
    ]
    if not telling and tokens and not known.foreign:
        return tokens[0].text in known.words  # "all of them", where the facts say all
    if known.foreign:
        telling = [n for n in telling if n in meant]
    return bool(telling) and all(meant.get(n, set()) & known.concepts or _stands(tokens[n].text, known) for n in telling)


def _stands(word: str, known: Known) -> bool:
    return any(one.startswith(stem(word)) for one in known.stems)


def _unknown_data(clause: Clause) -> Iterator[Stretch]:
    """Kinds of data that are said to be taken, or not, where the facts say nothing or the contrary."""
    if clause.stretch.text not in clause.reading.phrased("taken") or clause.stretch.text in clause.reading.phrased("echoing"):
        return
    for kind, hit in kinds_in(clause.stretch, clause.reading.words):
        if (not clause.denies) not in clause.known.taken.get(kind, ()):
            yield hit


def _unknown_particulars(clause: Clause) -> Iterator[Met]:
    """Who, how and where, which no fact names; and a place said to be affected where the facts say that it is not."""
    if clause.stretch.text in clause.reading.phrased("possible"):
        return
    yield from (met for met in clause.met("particulars") if met.name not in clause.known.concepts)
    if not clause.speaks:
        return
    hit = any(met.name == "hit" for met in clause.met("neutral"))
    for met in clause.met("scope"):
        said = clause.known.affected.get(met.name)
        if (said is not None and hit and (not clause.denies) not in said) or met.name not in clause.known.concepts:
            yield met
