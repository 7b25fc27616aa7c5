"""Finds sentences in another language than the customer's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from flows.checks.draft import Finding
from flows.checks.plain import Stretch, plain
from flows.checks.reading import Reading
from flows.checks.words import shipped_words
from flows.flow import LANGUAGES
from flows.triage.language import LanguageReader

_QUOTED = re.compile(r"«[^«»]{0,200}»|\"[^\"]{0,200}\"|“[^”]{0,200}”|https?://\S+|[\w.+-]+@[\w.-]+|\b[\w-]+(?:\.[\w-]+)+\S*")
_NAMED = re.compile(r"(?<![.!?¡¿:] )(?<!^)(?<![.!?¡¿])\b[A-ZÀ-ÖØ-ÞŻŁ][\w'’-]*")
_CLAUSE = re.compile(r"[^,:;]+")
COURTESIES = frozenset(
    {"merci", "gracias", "thanks", "sorry", "hello", "hola", "bonjour", "salut", "ciao", "hi", "adios", "bye", "please", "ok"}
)
FEWEST = 3  # words from which a stretch is judged
SHARE = 0.45  # neighbouring languages have so many little words in common


def wrong_language(reading: Reading) -> Iterator[Finding]:
    """One finding over all that is foreign, in a language that the checks know by its words."""
    if not reading.words.language:
        return
    foreign = [part for sentence in reading.plain.sentences for part in _foreign(sentence, reading)]
    if foreign:
        yield reading.finding("wrong_language", Stretch(foreign[0].start, foreign[-1].end, ""), language=reading.draft.language)


def _foreign(sentence: Stretch, reading: Reading) -> Iterator[Stretch]:
    if _is_foreign(sentence, reading):
        yield sentence
        return
    for match in _CLAUSE.finditer(sentence.text):
        part = Stretch(sentence.start + match.start(), sentence.start + match.end(), match.group())
        if _is_clearly_foreign(part, reading):
            yield part


def _is_foreign(part: Stretch, reading: Reading) -> bool:
    words, text = _read(part, reading)
    if len(words) <= FEWEST:  # German writes every noun like a name
        words, text = _read(part, reading, with_names=True)
    if not words:
        return False
    own, other = _known(words, reading.words.language), max(_foreign_words(words, name, reading) for name in _others(reading))
    if other >= 2 and other > own:
        return True
    if own > SHARE * len(words) or len(words) < FEWEST:
        return False
    return _language_reader().read(text, reading.words.language) != reading.words.language


def _is_clearly_foreign(part: Stretch, reading: Reading) -> bool:
    """A clause of a sentence that is ours otherwise: several words of another language and none of ours."""
    words, _ = _read(part, reading)
    echoed = set(plain(reading.surroundings.customer_text).words)
    said = [word for word in words if word not in echoed]  # a customer's own words may be taken up
    return not _known(said, reading.words.language) and any(
        _foreign_words(said, name, reading) >= 2 < len(said) for name in _others(reading)
    )


def _others(reading: Reading) -> list[str]:
    return [name for name in LANGUAGES if name != reading.words.language]


def _foreign_words(words: list[str], language: str, reading: Reading) -> int:
    """Little words of the other language that are none of ours; a thank-you or a greeting is everybody's."""
    foreign = _everyday(language) - _everyday(reading.words.language) - COURTESIES
    return sum(word in foreign for word in words)


def _read(part: Stretch, reading: Reading, *, with_names: bool = False) -> tuple[list[str], str]:
    """The words that tell a language: neither quotations nor names."""
    start, end = reading.plain.at(part.start, part.end)
    text = _QUOTED.sub(" ", reading.draft.text[start:end])
    text = text if with_names else _NAMED.sub(" ", text)
    return [word for word in re.findall(r"[^\W\d_]+", plain(text).folded) if word not in COURTESIES], text


def _known(words: list[str], language: str) -> int:
    own = _everyday(language)
    return sum(word in own for word in words)


def spoken(text: str, otherwise: str) -> str:
    """The language whose own little words a text holds most of; in doubt the one it seems to be, or `otherwise`."""
    words = set(re.findall(r"[^\W\d_]+", plain(text).folded))
    counts = {name: len(words & _own(name)) for name in LANGUAGES}
    first, second = sorted(counts.values(), reverse=True)[:2]
    if first > second:
        return max(counts, key=lambda name: counts[name])
    return _language_reader().read(text, otherwise)


@cache
def _own(language: str) -> frozenset[str]:
    """Little words that no other language in use has."""
    return _everyday(language) - frozenset().union(*(_everyday(name) for name in LANGUAGES if name != language))


@cache
def _everyday(language: str) -> frozenset[str]:
    words = shipped_words(language)
    return words.listed("everyday") if words else frozenset()


@cache
def _language_reader() -> LanguageReader:
    return LanguageReader(LANGUAGES)
