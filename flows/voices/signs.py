"""Turns short texts of one language into rows of numbers that lie near each other when the texts mean the same.

A row is made of the text's words, pairs of them, and the topics of the checks' word lists, weighted by how rare each is. What words
stand for each other is then learnt from the texts themselves: the rows are turned into their main directions (latent semantic analysis).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from flows import document
from flows.checks.words import SHIPPED, WordsError, WordsErrors, shipped_words
from flows.document import Faults
from flows.flow import LANGUAGES
from flows.triage.normalise import plain, tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEM = 6  # letters by which two words are the same
MOST = 3_000  # signs: the rarest go
DIRECTIONS = 100
_ROUNDS = 2  # of subspace iteration: the directions are stable to the third digit
_WORD = re.compile(r"[^\W\d_]{2,}")
# beside a word's own weight: everyday words ("how", "when") tell questions apart, but little
_WEIGHTS = {"word": 1.0, "everyday": 0.4, "pair": 0.7, "topic": 0.5, "tag": 0.8}
_MATTERS = ("word", "pair", "topic")
KEY = 0.3  # the share of a group that holds what it speaks of
_LIFT = 2.0
_FLOOR = 0.3  # what the commonest sign still weighs
_HOLLOW = SHIPPED / "voices.yaml"
_LIMIT = 100  # letters of a word there
Sign = tuple[str, str]


@lru_cache(maxsize=8_192)
def words_of(text: str) -> tuple[str, ...]:
    """In their plain form; figures, links and handles are no words."""
    return tuple(_WORD.findall(" ".join(tokens(text))))


@cache
def everyday(language: str) -> frozenset[str]:
    words = shipped_words(language)
    return words.listed("everyday") if words else frozenset()


@cache
def _hollow(language: str) -> frozenset[str]:
    """The beginnings of words that carry a question and say nothing of what it is about."""
    faults = Faults(WordsError)
    root = document.read(_HOLLOW.name, _HOLLOW.read_text(encoding="utf-8"), faults)
    listed = root.fields(LANGUAGES) if root else {}
    if faults.errors:
        raise WordsErrors(faults.errors)
    words = listed[language].distinct(lambda place: place.text(_LIMIT)) if language in listed else ()
    return frozenset(word[:STEM] for one in words for word in words_of(one))


def telling(text: str, language: str) -> list[str]:
    """The stems of the words that tell a matter, in order."""
    stems = [word[:STEM] for word in words_of(text) if word not in everyday(language)]
    return [stem for stem in stems if stem not in _hollow(language)]


def signs_of(text: str, language: str, tag: str = "") -> list[Sign]:
    stems, hollow = telling(text, language), _hollow(language)
    small = [("everyday", word[:STEM]) for word in words_of(text) if word in everyday(language) or word[:STEM] in hollow]
    pairs = [("pair", f"{one} {other}") for one, other in pairwise(stems)]
    return [*(("word", stem) for stem in stems), *small, *pairs, *topics_of(text, language), *([("tag", tag)] if tag else [])]


def topics_of(text: str, language: str) -> list[Sign]:
    words, folded = shipped_words(language), plain(text)
    return [("topic", name) for name, phrases in words.topics.items() if folded in phrases] if words else []


def read(texts: Sequence[str], language: str, tags: Sequence[str]) -> list[frozenset[Sign]]:
    return [frozenset(signs_of(text, language, tag)) for text, tag in zip(texts, tags, strict=True)]


def rows(found: Sequence[frozenset[Sign]], learnt_from: int) -> NDArray[np.float32]:
    """One row of length one for the signs of each text; all zeros where it shares none. How rare a sign is, the first ones tell."""
    seen = Counter(sign for one in found[:learnt_from] for sign in one)
    kept = sorted((sign for sign, count in seen.items() if count > 1), key=lambda sign: (-seen[sign], sign))[:MOST]
    return _scaled(_directions(_scaled(_weighted(found, seen, learnt_from, {sign: at for at, sign in enumerate(kept)}))))


def keys(members: Sequence[frozenset[Sign]], everybody: Mapping[Sign, int], count: int) -> frozenset[Sign]:
    """What the members speak of: signs that many of them hold, and far more of them than of the others among all `count` texts."""
    own = Counter(sign for one in members for sign in one if sign[0] in _MATTERS)
    size, others = len(members), count - len(members)
    apart = (sign for sign, held in own.items() if held * others >= _LIFT * size * (everybody[sign] - held))
    return frozenset(sign for sign in apart if own[sign] >= KEY * size)


def _weighted(found: Sequence[frozenset[Sign]], seen: Mapping[Sign, int], count: int, place: Mapping[Sign, int]) -> NDArray[np.float32]:
    rarity = {sign: _WEIGHTS[sign[0]] * (float(np.log((1 + count) / (1 + seen[sign]))) + _FLOOR) for sign in place}
    result = np.zeros((len(found), len(place)), np.float32)
    for number, one in enumerate(found):
        for sign in one:
            if sign in place:
                result[number, place[sign]] = rarity[sign]
    return result


def _directions(table: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same texts told by the directions in which they differ most; always the same ones for the same texts."""
    width = min(DIRECTIONS, *table.shape)
    if width < 2:
        return table
    basis: NDArray[Any] = np.random.Generator(np.random.PCG64(20_201)).standard_normal((table.shape[1], width)).astype(np.float32)
    for _ in range(_ROUNDS):
        basis, _ = np.linalg.qr(table.T @ (table @ basis))
    left, strength, _ = np.linalg.svd(table @ basis, full_matrices=False)
    result: NDArray[np.float32] = left * strength
    return result


def _scaled(table: NDArray[np.float32]) -> NDArray[np.float32]:
    result: NDArray[np.float32] = table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-9)
    return result
