"""Hears the mood of a message, so that a day's share of calm, upset and angry ones can be told; severity never rests on it.

It adds up what phrases of its language weigh (flows/definitions/moods.*.yaml), as they are turned by negation, strengthened, or left behind
by a "but". How much each kind weighs was chosen on labelled messages; what was measured stands in ARCHITECTURE.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import exp

from flows.triage.mood_words import Hit, lexicons, words_of

UPSET, ANGRY = 0.3, 0.6  # from here on a message counts as upset, as angry: the counts of mentions know these two
_START = -0.8  # what most messages are: calm
_WEIGHTS = {"furious": 2.5, "upset": 2.0, "uneasy": 0.45, "glad": -1.0, "thanks": -0.9, "not_upset": 0.3, "not_glad": 0.3, "negation": 0.4}
_ASKED = -0.15
_SURELY_ANGRY = 0.9  # where FLOW's own examples of anger are as sure as this, they count like a furious word
_MOST = {"uneasy": 2.0, "negation": 2.0}  # what is said ten times is not ten times as bad
_MOST_OF_OTHERS = 3.0
_STRONGER, _LEFT_BEHIND = 1.3, 0.5
_REACH = 2  # words between a negation and what it turns, at most one less
_STOPS = frozenset(".,;:!?…")


def moods(texts: Sequence[str], languages: Sequence[str], anger: Iterable[float]) -> list[float]:
    """From 0, calm, over UPSET and ANGRY to 1; `anger` is what the FLOW's own examples say of each."""
    return [_mood(*one) for one in zip(texts, languages, anger, strict=True)]


def _mood(text: str, language: str, anger: float) -> float:
    found = _weighed(words_of(text), language)
    found["furious"] += anger >= _SURELY_ANGRY
    total = _START + sum(_WEIGHTS[kind] * min(n, _MOST.get(kind, _MOST_OF_OTHERS)) for kind, n in found.items()) + _ASKED * ("?" in text)
    sure = 1 / (1 + exp(-total))
    if sure < 0.5:
        return 2 * UPSET * sure
    low, high = (ANGRY, 1.0) if found["furious"] else (UPSET, ANGRY)
    return min(low + (high - low) * (2 * sure - 1), high - 1e-4)


def _weighed(words: Sequence[str], language: str) -> dict[str, float]:
    kinds, turns = lexicons(language)
    turned = _Turns(words, turns.hits(words))
    found, said = dict.fromkeys(_WEIGHTS, 0.0), set[int]()
    for hit in kinds.hits(words):
        said.update(range(hit.at, hit.end))
        if hit.kind != "neither":
            found[turned.kind(hit)] += turned.strength(hit)
    found["negation"] += sum(end - 1 not in said for end in turned.negated)  # "does not work" is one word of unease, not two
    return found


class _Turns:
    """What negations, strengthening words and a "but" make of the phrases beside them."""

    def __init__(self, words: Sequence[str], hits: Iterable[Hit]) -> None:
        self._words = words
        self.negated: list[int] = []  # where negations end
        self._strong: set[int] = set()
        self._but = -1
        for hit in hits:
            if hit.kind == "negation":
                self.negated.append(hit.end)
            elif hit.kind == "very":
                self._strong.add(hit.end)
            else:
                self._but = hit.at

    def kind(self, hit: Hit) -> str:
        """A curse stays one whatever stands before it, and so does a sign."""
        turns = hit.kind in ("upset", "glad") and self._words[hit.at].isalnum() and any(self._reaches(end, hit.at) for end in self.negated)
        return f"not_{hit.kind}" if turns else hit.kind

    def strength(self, hit: Hit) -> float:
        stronger = _STRONGER if hit.at in self._strong or hit.at - 1 in self._strong else 1.0
        return stronger * (_LEFT_BEHIND if hit.kind in ("glad", "thanks") and hit.at < self._but else 1.0)

    def _reaches(self, end: int, at: int) -> bool:
        return 0 <= at - end < _REACH and _STOPS.isdisjoint(self._words[end:at])
