"""Finds a draft that takes up nothing of what the customer wrote."""

from __future__ import annotations

from collections.abc import Iterator

from flows.checks.draft import Finding
from flows.checks.known import stem
from flows.checks.plain import Stretch, plain
from flows.checks.reading import Reading

SHORTEST = 4  # letters of a word that tells a matter


def unrelated(reading: Reading) -> Iterator[Finding]:
    """Shares neither a telling word nor a topic with the customer's text, and answers no question of theirs."""
    asked = plain(reading.surroundings.customer_text)
    if not reading.words.language or not asked.words:
        return
    said = [one for one in reading.plain.sentences if one.text not in reading.phrased("boilerplate")]
    if not any(_takes_up(one, asked.whole, reading) for one in said):
        yield reading.whole("unrelated")


def _takes_up(sentence: Stretch, asked: Stretch, reading: Reading) -> bool:
    if sentence.text in reading.phrased("answers"):
        return True
    if _telling(sentence.text, reading) & _telling(asked.text, reading):
        return True
    return any(sentence.text in topic and asked.text in topic for topic in reading.words.topics.values())


def _telling(text: str, reading: Reading) -> set[str]:
    dull = reading.words.listed("everyday") | reading.words.listed("dull")
    return {stem(word) for word in plain(text).words if len(word) >= SHORTEST and word not in dull}
