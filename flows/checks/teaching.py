"""Teaches the fuzzy checks from their examples and keeps what was learnt in a small file (`python -m flows.checks`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from flows.checks.examples import ANY, TAUGHT, Example, digest, shipped_examples
from flows.checks.stance import BITS, Head, Read, Taught, read_sentences, sums
from flows.checks.words import SHIPPED

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEIGHTS = SHIPPED / "checks.taught.npz"
ROUNDS = 100
_RATE, _SHRINK = 0.08, 1e-4
_OTHERS, _ORDINARY = 0.3, 0.2  # what an innocent sentence written for another check, or for none, counts


_IN_PLACE: ContextVar[Taught | None] = ContextVar("in_place", default=None)


def taught(*, semantic: bool) -> Taught:
    """What the examples that ship have taught, or what was put in its place."""
    return _IN_PLACE.get() or shipped(semantic=semantic)


@contextmanager
def in_place(model: Taught) -> Iterator[None]:
    token = _IN_PLACE.set(model)
    try:
        yield
    finally:
        _IN_PLACE.reset(token)


@cache
def shipped(*, semantic: bool) -> Taught:
    """As kept in the file; anew, which takes some seconds, when the examples have changed since."""
    return _kept(semantic=semantic) or teach(shipped_examples(), semantic=semantic)


def teach(examples: Iterable[Example], checks: Sequence[str] = TAUGHT, *, semantic: bool) -> Taught:
    return Taught({name: head_of(name, tuple(examples), semantic=semantic) for name in checks}, semantic)


def head_of(check: str, examples: Sequence[Example], *, semantic: bool) -> Head:
    counted = [(one, _weight(check, one)) for one in examples]
    lessons = [(one, weight) for one, weight in counted if weight]
    read = read_examples(tuple(one.text for one, _ in lessons), semantic=semantic)
    return learnt(read, np.array([one.finding for one, _ in lessons], np.float32), np.array([weight for _, weight in lessons], np.float32))


def _weight(check: str, example: Example) -> float:
    if example.check == check:
        return 1.0
    if example.finding or "handover" in (check, example.check):
        return 0.0
    return _ORDINARY if example.check == ANY else _OTHERS


@cache
def _vectors(texts: tuple[str, ...]) -> dict[str, Any]:
    parts = [read_sentences(texts[at : at + 64], semantic=True).vectors for at in range(0, len(texts), 64)]
    return dict(zip(texts, np.concatenate([part for part in parts if part is not None]), strict=True))


def read_examples(texts: tuple[str, ...], *, semantic: bool) -> Read:
    pieces = read_sentences(texts, semantic=False).rows
    if not semantic:
        return Read(pieces, None)
    known = _vectors(tuple(sorted({one.text for one in shipped_examples()})))
    return Read(pieces, np.array([known[text] for text in texts], np.float32))


def learnt(read: Read, targets: NDArray[np.float32], counts: NDArray[np.float32]) -> Head:
    """Logistic regression over all at once: the same examples give the same weights."""
    owners = np.repeat(np.arange(len(read.rows)), np.diff(read.rows.starts))
    vectors = np.zeros((len(targets), 0), np.float32) if read.vectors is None else read.vectors
    pieces, meaning, bias = _Moving(1 << BITS), _Moving(vectors.shape[1]), _Moving(1)
    for step in range(1, ROUNDS + 1):
        score = sums(read.rows, pieces.value) + vectors @ meaning.value + bias.value
        error = counts * (1 / (1 + np.exp(-score)) - targets) / counts.sum()
        slope = np.bincount(read.rows.buckets, read.rows.weights * error[owners], minlength=1 << BITS)
        pieces.move(slope + _SHRINK * pieces.value, step)
        meaning.move(error @ vectors + _SHRINK * meaning.value, step)
        bias.move(error.sum(keepdims=True), step)
    return Head(pieces.value, None if read.vectors is None else meaning.value, float(bias.value[0]))


class _Moving:
    """Numbers that Adam moves down a slope."""

    def __init__(self, size: int) -> None:
        self.value = np.zeros(size, np.float32)
        self._mean, self._spread = np.zeros(size, np.float32), np.zeros(size, np.float32)

    def move(self, slope: NDArray[Any], step: int) -> None:
        self._mean += 0.1 * (slope - self._mean)
        self._spread += 0.01 * (slope * slope - self._spread)
        self.value -= _RATE * (self._mean / (1 - 0.9**step)) / (np.sqrt(self._spread / (1 - 0.99**step)) + 1e-6)


def _kept(*, semantic: bool) -> Taught | None:
    if not WEIGHTS.exists():
        return None
    with np.load(WEIGHTS) as kept:
        if str(kept["digest"]) != digest():
            return None
        kind = "semantic" if semantic else "quick"
        read = {name: [kept[f"{kind}_{name}_{part}"].astype(np.float32) for part in ("pieces", "meaning", "bias")] for name in TAUGHT}
    return Taught({name: Head(p, m if semantic else None, float(b)) for name, (p, m, b) in read.items()}, semantic)


def keep(models: Iterable[Taught]) -> None:
    parts: dict[str, Any] = {"digest": np.array(digest())}
    for model in models:
        kind = "semantic" if model.semantic else "quick"
        for name, head in model.heads.items():
            meaning = np.zeros(0) if head.meaning is None else head.meaning
            for part, values in (("pieces", head.pieces), ("meaning", meaning), ("bias", np.array(head.bias))):
                parts[f"{kind}_{name}_{part}"] = values.astype(np.float16)
    np.savez_compressed(WEIGHTS, **parts)
