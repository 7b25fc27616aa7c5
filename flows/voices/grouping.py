"""Groups messages of one language that mean the same: around the densest places first, then each to the nearest, what is alike joined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from flows.voices.signs import Sign, keys, read, rows, telling

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEAR = 0.65  # likeness to a message in the middle of a group from which another begins to belong to it
BELONGS = 0.6  # likeness to the mean of a group from which a message is counted to it
SAME = 0.8  # likeness of two groups from which they are one
FEWEST = 3  # messages of a group
MOST = 60  # groups looked for
_ROUNDS = 4
_SHORTEST = 2  # telling words of a message that can found a group: "thanks", "hello?" cannot
_MOST_TEXTS = 3_000  # of one language: what follows grows with the square


@dataclass(frozen=True)
class Voice:
    """One message of a sample; it stands for `weight` of them. `asks` and `tag` are the machine's word. `before`: of the period before."""

    text: str
    language: str
    tag: str = ""
    asks: bool = False
    weight: float = 1.0
    before: bool = False


@dataclass(frozen=True)
class Group:
    """Messages by their places in the sample, those in the middle first; they stand for `n`, and for `before` of the period before.

    `keys` are the signs of what they speak of.
    """

    language: str
    members: tuple[int, ...]
    n: float
    before: float
    asks: float  # the share of them that ask
    keys: frozenset[Sign]


def group(voices: Sequence[Voice]) -> list[Group]:
    """The groups of each language, most voices first. Messages that nobody else wrote anything like are in none."""
    languages = sorted({voice.language for voice in voices})
    found = [one for language in languages for one in _of_language(voices, language)]
    return sorted(found, key=lambda one: (-one.n, one.members))


def _of_language(voices: Sequence[Voice], language: str) -> Iterator[Group]:
    spoken = [number for number, voice in enumerate(voices) if voice.language == language]
    places = np.array(sorted(spoken, key=lambda number: voices[number].before)[:_MOST_TEXTS], np.int64)
    if len(places) < FEWEST:
        return
    ours = [voices[place] for place in places]
    signs = read([voice.text for voice in ours], language, [voice.tag for voice in ours])
    table, everybody = rows(signs, sum(not voice.before for voice in ours)), Counter(sign for one in signs for sign in one)
    weights = np.array([0.0 if voice.before else voice.weight for voice in ours], np.float32)
    founding = np.array([not voice.before and len(telling(voice.text, language)) >= _SHORTEST for voice in ours])
    labels = _settled(table, weights, _dense(table, weights, founding))
    for label in range(int(labels.max(initial=-1)) + 1):
        members = np.flatnonzero(labels == label)
        spoken_of = keys([signs[member] for member in members], everybody, len(ours))
        if any(kind != "pair" for kind, _ in spoken_of):
            yield _group(language, [(int(places[n]), voices[places[n]]) for n in _inwards(table, members)], spoken_of)


def _inwards(table: NDArray[Any], members: NDArray[Any]) -> NDArray[Any]:
    """The members, those in the middle first."""
    order: NDArray[Any] = members[np.argsort(-(table[members] @ table[members].mean(axis=0)), kind="stable")]
    return order


def _group(language: str, members: Sequence[tuple[int, Voice]], spoken_of: frozenset[Sign]) -> Group:
    now = [(place, voice) for place, voice in members if not voice.before]
    n = sum(voice.weight for _, voice in now)
    asks = sum(voice.weight for _, voice in now if voice.asks) / n
    before = sum(voice.weight for _, voice in members if voice.before)
    return Group(language, tuple(place for place, _ in now), n, before, asks, spoken_of)


def _dense(table: NDArray[Any], weights: NDArray[Any], founding: NDArray[Any]) -> NDArray[np.int64]:
    """A label for each row, or -1: the row with most of the others near it founds a group with them, then the next of those left."""
    alike = table @ table.T
    near = alike >= NEAR
    pull = np.where(near, alike, 0).astype(np.float32)
    mass, free = pull @ weights, np.ones(len(table), bool)
    labels = np.full(len(table), -1, np.int64)
    for label in range(MOST):
        able = free & founding
        chosen = int(np.where(able, mass, -1.0).argmax())
        members = np.flatnonzero(near[chosen] & free)
        if not able[chosen] or np.count_nonzero(weights[members]) < FEWEST:
            break
        labels[members], free[members] = label, False
        mass -= weights[members] @ pull[members]
    return labels


def _settled(table: NDArray[Any], weights: NDArray[Any], labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each row goes to the group whose mean it is nearest to, if near enough, and the means follow, a few times over."""
    for _ in range(_ROUNDS):
        labels = _joined(table, weights, _numbered(labels, weights))
        if labels.max(initial=-1) < 0:
            return labels
        likeness = table @ _means(table, weights, labels).T
        labels = np.where(likeness.max(axis=1) >= BELONGS, likeness.argmax(axis=1), -1)
    return _numbered(labels, weights)


def _numbered(labels: NDArray[Any], weights: NDArray[Any]) -> NDArray[np.int64]:
    """From 0 on without gaps, groups that are too small left out."""
    sizes = np.bincount(labels[(labels >= 0) & (weights > 0)], minlength=int(labels.max(initial=-1)) + 1)
    kept = np.flatnonzero(sizes >= FEWEST)
    renamed = np.full(len(sizes) + 1, -1, np.int64)  # the last place is that of -1
    renamed[kept] = np.arange(len(kept))
    result: NDArray[np.int64] = renamed[labels]
    return result


def _means(table: NDArray[Any], weights: NDArray[Any], labels: NDArray[np.int64]) -> NDArray[Any]:
    sums = np.zeros((int(labels.max()) + 1, table.shape[1]), np.float64)
    own = labels >= 0
    np.add.at(sums, labels[own], table[own] * weights[own, None])
    result: NDArray[Any] = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    return result


def _joined(table: NDArray[Any], weights: NDArray[Any], labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Groups that are alike become one, the likest first."""
    while labels.max(initial=-1) > 0:
        means = _means(table, weights, labels)
        alike = means @ means.T
        np.fill_diagonal(alike, -1.0)
        one, other = sorted(divmod(int(alike.argmax()), len(alike)))
        if alike[one, other] < SAME:
            break
        labels = np.where(labels == other, one, labels)
        labels = np.where(labels > other, labels - 1, labels)
    return labels
