"""Whether anything that we say already speaks of what customers ask: compared by words, by topics, and by concepts across languages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from flows.checks.concepts import lexicon, tokens_of
from flows.checks.plain import plain
from flows.checks.tongue import spoken
from flows.checks.words import shipped_words
from flows.voices.grouping import Group, Voice
from flows.voices.signs import Sign, telling, topics_of

_SECTIONS = ("particulars", "scope", "neutral")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
_ENOUGH = 0.5  # the share of what is asked that one sentence of ours must speak of
_COMMON = 0.4  # the share of a group that must hold a sign for it to be asked
_READ = 25  # messages in the middle of a group that tell what is asked
# what a sign counts: a word of the same language says most; a topic is wide ("money"), a concept in between;
# whole numbers, whose sum is the same in whatever order a set holds them
_COUNTS = {"word": 10, "concept": 10, "topic": 7}


@dataclass(frozen=True)
class Speaking:
    """All that we say: statements, facts, advice, each in the language that it is written in."""

    texts: tuple[str, ...]

    def answers(self, group: Group, voices: Sequence[Voice]) -> bool:
        """In doubt False: that we have not answered is worth a look, that we have is not looked at any more."""
        asked = asked_in(group, voices)
        total = sum(_COUNTS[kind] for kind, _ in asked)
        return any(self._speaks(asked & said, total) for said in self._sentences)

    def _speaks(self, shared: frozenset[Sign], total: int) -> bool:
        return len(shared) > 1 and sum(_COUNTS[kind] for kind, _ in shared) >= _ENOUGH * total

    @cached_property
    def _sentences(self) -> tuple[frozenset[Sign], ...]:
        return tuple(matters(one, spoken(text, "en")) for text in self.texts for one in _SENTENCE.split(text) if one.strip())


def asked_in(group: Group, voices: Sequence[Voice]) -> frozenset[Sign]:
    """What the middle of a group has in common."""
    read = [matters(voices[number].text, group.language) for number in group.members[:_READ]]
    held = Counter(sign for one in read for sign in one)
    return frozenset(sign for sign, count in held.items() if count >= _COMMON * len(read))


def matters(text: str, language: str) -> frozenset[Sign]:
    """What a text speaks of: its telling words, topics and concepts; the dull words of every message about a breach are none."""
    words = shipped_words(language)
    dull = {one for word in (words.listed("dull") if words else ()) for one in telling(word, language)}
    stems = [("word", f"{language} {stem}") for stem in telling(text, language) if stem not in dull]
    return frozenset((*stems, *topics_of(text, language), *_concepts(text, language)))


def _concepts(text: str, language: str) -> Iterable[Sign]:
    tokens = tokens_of(plain(text).folded)
    return (("concept", met.name) for section in _SECTIONS for met in lexicon(section, language).within(tokens))
