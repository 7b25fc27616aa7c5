"""Learns the check `unrelated` from the pairs (`python -m flows.checks.relating_lessons`) and says how it does on unseen ones."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np

from flows.checks.draft import Draft, Surroundings
from flows.checks.examples import shipped_examples
from flows.checks.pairs import FILE, Pair, shipped_lessons
from flows.checks.reading import Reading
from flows.checks.relating import WEIGHTS, Relating, features_of, sentences_of
from flows.checks.stance import Head, Read, read_sentences, semantic
from flows.checks.teaching import learnt
from flows.checks.words import SHIPPED
from flows.flow import LANGUAGES
from flows.triage.features import Rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDS = 6
PRECISION = 0.97  # of what is found among unseen pairs, from which the threshold follows
_MIXED = 0.15  # what a reply given to another customer counts: by chance it may fit
_SPECIFIC = 0.3  # what an innocent sentence written for another check counts against a generic one
_STEPS, _RATE, _SHRINK = 3_000, 0.3, 0.02
_BATCH = 64


def reading_of(pair: Pair) -> Reading:
    return Reading(Draft(pair.reply, pair.language), Surroundings(customer_text=pair.customer))


def mixed(pairs: Sequence[Pair]) -> list[Pair]:
    """Good replies, each put to two other customers of the same language."""
    chance, found = random.Random(5), []  # noqa: S311 - the same pairs each time
    for language in LANGUAGES:
        good = [one for one in pairs if one.language == language and not one.unrelated]
        found += [replace(one, customer=chance.choice(good).customer, unrelated=True) for one in good for _ in (1, 2)]
    known = {(one.customer, one.reply) for one in pairs}
    return [one for one in found if (one.customer, one.reply) not in known]


@dataclass(frozen=True)
class Lesson:
    """All there is to learn from, with or without an encoder."""

    semantic: bool

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        return shipped_lessons().pairs

    @cached_property
    def all_pairs(self) -> tuple[Pair, ...]:
        return (*self.pairs, *mixed(self.pairs))

    @cached_property
    def folds(self) -> NDArray[np.int64]:
        """Pairs with the same reply, whoever got it, share a fold."""
        order = {reply: number // 2 % FOLDS for number, reply in enumerate(dict.fromkeys(one.reply for one in self.pairs))}
        return np.array([order[one.reply] for one in self.all_pairs])

    @cached_property
    def sentences(self) -> list[tuple[str, float, float, str]]:
        """Sentence, 1 for generic, what it counts, and the reply that it is of."""
        found = [(text, 1.0, 1.0, "") for texts in shipped_lessons().generic.values() for text in texts]
        found += [(text, float(one.unrelated), 1.0, one.reply) for one in self.pairs for text in sentences_of(reading_of(one))]
        taken = {text for text, *_ in found} | {one.reply for one in self.pairs}
        others = [one.text for one in shipped_examples() if not one.finding and one.check != "handover" and one.text not in taken]
        return [*found, *((text, 0.0, _SPECIFIC, "") for text in others)]

    @cached_property
    def read(self) -> Read:
        return read_all([text for text, *_ in self.sentences], semantic=self.semantic)

    def head(self, without: frozenset[str] = frozenset()) -> Head:
        """Tells generic sentences, taught by all but those of some replies."""
        chosen = np.array([number for number, one in enumerate(self.sentences) if one[3] not in without])
        columns = [np.array([self.sentences[number][part] for number in chosen], np.float32) for part in (1, 2)]
        return learnt(self.read.some(chosen), *columns)

    @cached_property
    def heads(self) -> list[Head]:
        held = [frozenset(one.reply for one, at in zip(self.all_pairs, self.folds, strict=True) if at == fold) for fold in range(FOLDS)]
        return [self.head(one) for one in held]

    @cached_property
    def features(self) -> NDArray[np.float64]:
        """Each pair as it looks when its own reply has taught nothing."""
        found = []
        for pair, fold in zip(self.all_pairs, self.folds, strict=True):
            reading = reading_of(pair)
            scores = self.heads[fold].scores(read_sentences(sentences_of(reading), semantic=self.semantic))
            found.append(features_of(reading, [float(one) for one in scores], semantic=self.semantic))
        return np.array(found)

    def taught(self) -> tuple[Relating, list[str]]:
        """The model for all pairs, and what it does on those it has not seen, by language."""
        count, targets = len(self.pairs), np.array([float(one.unrelated) for one in self.all_pairs])
        counts = np.array([1.0 if number < count else _MIXED for number in range(len(targets))])
        scores = np.zeros(count)
        for fold in range(FOLDS):
            seen = self.folds != fold
            weights, bias = regression(self.features[seen], targets[seen], counts[seen])
            mine = np.flatnonzero(~seen[:count])
            scores[mine] = self.features[mine] @ weights + bias
        least = threshold(scores, targets[:count])
        weights, bias = regression(self.features, targets, counts)
        told = [f"{language or 'all'}: {scored(self.pairs, scores > least, language)}" for language in (*LANGUAGES, "")]
        return Relating(self.head(), weights, bias - least, self.semantic), told


def read_all(texts: Sequence[str], *, semantic: bool) -> Read:
    parts = [read_sentences(tuple(texts[at : at + _BATCH]), semantic=semantic) for at in range(0, len(texts), _BATCH)]
    starts = np.concatenate([np.zeros(1, np.int64), *(np.diff(one.rows.starts) for one in parts)]).cumsum()
    rows = Rows(starts, np.concatenate([one.rows.buckets for one in parts]), np.concatenate([one.rows.weights for one in parts]))
    vectors = [one.vectors for one in parts if one.vectors is not None]
    return Read(rows, np.concatenate(vectors) if vectors else None)


def regression(features: NDArray[Any], targets: NDArray[Any], counts: NDArray[Any]) -> tuple[NDArray[np.float64], float]:
    """Logistic regression over features brought to one scale."""
    middle, spread = features.mean(axis=0), features.std(axis=0) + 1e-6
    scaled, weights, bias = (features - middle) / spread, np.zeros(features.shape[1]), 0.0
    for _ in range(_STEPS):
        error = counts * (1 / (1 + np.exp(-(scaled @ weights + bias))) - targets) / counts.sum()
        weights -= _RATE * (scaled.T @ error + _SHRINK * weights)
        bias -= _RATE * float(error.sum())
    return weights / spread, bias - float((weights / spread) @ middle)


def threshold(scores: NDArray[Any], targets: NDArray[Any]) -> float:
    """The lowest score from which on so many of those found are right."""
    reached = [float(least) for least in sorted(scores) if (scores > least).any() and targets[scores > least].mean() >= PRECISION]
    return reached[0] if reached else float(scores.max())


def scored(pairs: Sequence[Pair], found: NDArray[Any], language: str) -> str:
    mine = [(bool(hit), one.unrelated) for hit, one in zip(found, pairs, strict=True) if language in ("", one.language)]
    right = sum(hit and true for hit, true in mine)
    return f"precision {right / max(1, sum(hit for hit, _ in mine)):.3f}, recall {right / max(1, sum(true for _, true in mine)):.3f}"


def digest() -> str:
    """Tells whether the pairs were changed since."""
    return sha256((SHIPPED / FILE).read_bytes()).hexdigest()


def main() -> None:
    if not semantic():
        raise SystemExit("install the extra `semantic` to learn with the encoder too")
    parts: dict[str, Any] = {"digest": np.array(digest())}
    for kind, meaning in (("letters", False), ("encoder", True)):
        model, told = Lesson(meaning).taught()
        print(kind, *told, sep="\n  ")  # noqa: T201 - what the command is for
        head = model.generic
        parts[f"{kind}_pieces"] = head.pieces.astype(np.float16)
        parts[f"{kind}_meaning"] = (np.zeros(0) if head.meaning is None else head.meaning).astype(np.float16)
        parts[f"{kind}_rest"] = np.array([head.bias, *model.weights, model.bias], np.float32)
    np.savez_compressed(WEIGHTS, **parts)


if __name__ == "__main__":
    main()
