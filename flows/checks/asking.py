"""Finds requests in public for what is private."""

from __future__ import annotations

from collections.abc import Iterator

from flows.checks.draft import Finding
from flows.checks.judging import judged
from flows.checks.plain import Stretch
from flows.checks.reading import Reading


def asks_private(reading: Reading) -> Iterator[Finding]:
    """In public only: a private matter asked for, by a question or a request, with no word near it that keeps it private."""
    if reading.draft.private:
        return
    sentences = reading.plain.sentences
    for finding in judged(reading, "asks_private", lambda sentence: sentence if _asked(sentence, reading) else None):
        number = next((n for n, one in enumerate(sentences) if reading.plain.at(one.start, one.end)[0] == finding.start), 0)
        if not _kept_private(sentences, number, reading):
            yield finding


def _asked(sentence: Stretch, reading: Reading) -> bool:
    asked = any(sentence.text in rule.find and sentence.text not in rule.spare for rule in reading.words.rules.get("asks_private", ()))
    matter = sentence.text in reading.phrased("private_matters") and sentence.text not in reading.phrased("not_asked")
    return asked or (matter and (sentence.text in reading.phrased("requests") or (sentence.asks and _wants_answer(sentence, reading))))


def _wants_answer(sentence: Stretch, reading: Reading) -> bool:
    """A question for the thing itself, not about it."""
    return sentence.text in reading.phrased("asking") or len(sentence.text.split()) <= 5


def _kept_private(sentences: tuple[Stretch, ...], number: int, reading: Reading) -> bool:
    nearby = sentences[max(0, number - 1) : number + 2]
    return any(one.text in reading.phrased("in_private") for one in nearby)
