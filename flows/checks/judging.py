"""Judges each sentence of a draft by what the examples taught, helped by the phrases of the word lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flows.checks.draft import Finding
from flows.checks.plain import Stretch
from flows.checks.reading import Reading
from flows.checks.stance import MOST_SENTENCES
from flows.checks.teaching import taught
from flows.checks.words import Rule

LISTED = 2.0  # what a phrase of the word lists adds to a sentence's score
# What a sentence must score, without and with an encoder: found on the opened half for a precision of 0.95.
LEAST = {
    "arguing": (0.5, 0.6),
    "blaming": (-0.5, 0.15),
    "liability": (0.0, 0.6),
    "screenshot": (-0.2, 0.25),
    "asks_private": (0.6, 0.8),
    "handover": (1.4, 1.0),
}


def judged(reading: Reading, check: str, listed: Callable[[Stretch], Stretch | None] | None = None) -> Iterator[Finding]:
    """One finding for each sentence that does what the check is against. `listed` finds the telling words in a sentence."""
    rules = reading.words.rules.get(check, ())
    told = reading.plain.sentences[:MOST_SENTENCES] if reading.words.language else ()
    sentences = [one for one in told if any(sign.isalpha() for sign in one.text)]  # a number on a line of its own has no tone
    scores = scored(check, [_original(reading, one) for one in sentences], semantic=reading.semantic)
    for sentence, score in zip(sentences, scores, strict=True):
        rule, hit = _hit(rules, sentence) if listed is None else (None, listed(sentence))
        if score + LISTED * (hit is not None) >= 0:
            better = rule.better if rule else next((one.better for one in rules if one.better), None)
            yield reading.finding(check, hit or sentence, better)


def scored(check: str, texts: list[str], *, semantic: bool) -> list[float]:
    """How far each sentence stands above what makes it a finding."""
    if not texts:
        return []
    model = taught(semantic=semantic)
    return [float(score) - LEAST[check][model.semantic] for score in model.scores(check, texts)]


def _original(reading: Reading, sentence: Stretch) -> str:
    return reading.draft.text[slice(*reading.plain.at(sentence.start, sentence.end))]


def _hit(rules: tuple[Rule, ...], sentence: Stretch) -> tuple[Rule | None, Stretch | None]:
    for rule in rules:
        hit = next(rule.find.within(sentence), None)
        if hit and sentence.text not in rule.spare:
            return rule, hit
    return None, None
