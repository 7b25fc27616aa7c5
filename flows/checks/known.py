"""What the confirmed facts say, as numbers, days, kinds of data and concepts, whatever language they are written in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from flows.checks.concepts import Token, lexicon, tokens_of
from flows.checks.moments import Moment, completed, moments_in
from flows.checks.plain import Plain, Stretch, plain
from flows.checks.quantities import Quantity, quantities_in
from flows.checks.reading import Reading
from flows.checks.tongue import spoken
from flows.checks.words import Words, shipped_words

STEM = 5  # letters by which two words of one language are the same
_DATA = "data_"
_MEANT = ("particulars", "scope", "neutral")


def stem(word: str) -> str:
    return word[:STEM]


@dataclass(frozen=True)
class Told:
    """One text read with its language's words."""

    text: Plain
    words: Words

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        return tokens_of(self.text.folded)

    @cached_property
    def moments(self) -> tuple[Moment, ...]:
        return tuple(moments_in(self.text.folded, self.tokens, self.words))

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        spans = [(one.start, one.end) for one in self.moments]
        return tuple(quantities_in(self.text.whole, self.tokens, self.words, spans))

    @cached_property
    def concepts(self) -> frozenset[str]:
        return frozenset(met.name for name in _MEANT for met in lexicon(name, self.words.language).within(self.tokens))

    @cached_property
    def denied(self) -> bool:
        return self.text.folded in self.words.phrased("denied")

    @cached_property
    def kinds(self) -> frozenset[str]:
        return frozenset(kind for kind, _ in kinds_in(self.text.whole, self.words))


@lru_cache(maxsize=256)
def told(text: str, otherwise: str) -> Told | None:
    """A fact in its own language, `otherwise` where that cannot be told."""
    words = shipped_words(spoken(text, otherwise)) or shipped_words(otherwise)
    return Told(plain(text), words) if words else None


def kinds_in(stretch: Stretch, words: Words) -> Iterator[tuple[str, Stretch]]:
    for name, phrases in words.phrases.items():
        if name.startswith(_DATA):
            yield from ((name, hit) for hit in phrases.within(stretch))


@dataclass(frozen=True)
class Known:
    """All confirmed facts, read once for a draft."""

    reading: Reading

    @cached_property
    def facts(self) -> tuple[Told, ...]:
        language = self.reading.words.language
        return tuple(one for text in self.reading.surroundings.known() if (one := told(text, language)))

    @cached_property
    def moments(self) -> tuple[Moment, ...]:
        return completed(one for fact in self.facts for one in fact.moments)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        return tuple(one for fact in self.facts for one in fact.quantities)

    @cached_property
    def concepts(self) -> frozenset[str]:
        return frozenset().union(*(fact.concepts for fact in self.facts))

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(stem(word) for fact in self.facts for word in fact.text.words)

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(word for fact in self.facts for word in fact.text.words)

    @cached_property
    def taken(self) -> dict[str, set[bool]]:
        """Kinds of data → whether they were taken, as the facts say it."""
        found: dict[str, set[bool]] = {}
        for fact in self.facts:
            for kind in fact.kinds:
                found.setdefault(kind, set()).add(not fact.denied)
        return found

    @cached_property
    def affected(self) -> dict[str, set[bool]]:
        """Places and groups → whether they are affected, as the facts say it."""
        found: dict[str, set[bool]] = {}
        for fact in self.facts:
            if "hit" in fact.concepts:
                for met in lexicon("scope", fact.words.language).within(fact.tokens):
                    found.setdefault(met.name, set()).add(not fact.denied)
        return found

    @cached_property
    def daily(self) -> bool:
        return "daily" in self.concepts or "around_clock" in self.concepts

    @cached_property
    def foreign(self) -> bool:
        """Whether some fact is in another language than the draft."""
        return any(fact.words.language != self.reading.words.language for fact in self.facts)

    def holds(self, one: Moment | Quantity) -> bool:
        if isinstance(one, Quantity):
            return any(one.agrees(other) for other in self.quantities) or (self.daily and one.kind == "days" and one.value == 7)
        if any(one.agrees(other) for other in self.moments):
            return True
        return self.daily and one.weekday is not None and one.day is None
