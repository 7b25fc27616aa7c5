"""Finds FLOW's trigger words in a text: features for the models and reasons for a person, never a rule by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import zip_longest

from flows.triage.normalise import tokens

_Phrase = tuple[tuple[str, ...], bool, int]  # its words, whether the last is a stem, its owner


class Triggers:
    """Words and phrases by owner (a number given by the caller); `*` at the end matches every ending."""

    def __init__(self, phrases: Iterable[tuple[str, int]]) -> None:
        self._whole: dict[str, list[_Phrase]] = {}
        self._stems: dict[str, list[_Phrase]] = {}
        self._pairs: dict[tuple[str, str], list[_Phrase]] = {}  # phrases by their first two words, where both are whole
        for phrase, owner in phrases:
            self._add(phrase, owner)
        self._lengths = sorted({len(stem) for stem in self._stems})
        self._candidates = lru_cache(maxsize=4_096)(self._beginning_with)  # few words make up most of what people write

    def _add(self, phrase: str, owner: int) -> None:
        stem = phrase.endswith("*")
        words = tokens(phrase.rstrip("*"))
        if len(words) > 1 + stem:
            self._pairs.setdefault((words[0], words[1]), []).append((words, stem, owner))
        elif words:
            shelf = self._stems if stem and len(words) == 1 else self._whole
            shelf.setdefault(words[0], []).append((words, stem, owner))

    def found(self, words: Sequence[str]) -> list[tuple[str, int]]:
        """Each phrase met, as written in the text, with its owner; once per owner and phrase."""
        return list(dict.fromkeys((" ".join(words[at : at + len(phrase[0])]), phrase[2]) for at, phrase in self._met(words)))

    def owners(self, words: Sequence[str]) -> set[int]:
        """Whose phrases were met."""
        return {phrase[2] for _, phrase in self._met(words)}

    def _met(self, words: Sequence[str]) -> Iterator[tuple[int, _Phrase]]:
        for at, (word, following) in enumerate(zip_longest(words, words[1:], fillvalue="")):
            for phrase in (*self._candidates(word), *self._pairs.get((word, following), ())):
                if len(phrase[0]) == 1 or _holds(phrase, words, at):
                    yield at, phrase

    def _beginning_with(self, word: str) -> tuple[_Phrase, ...]:
        stems = (word[:length] for length in self._lengths if length <= len(word))
        return (*self._whole.get(word, ()), *(phrase for stem in stems for phrase in self._stems.get(stem, ())))


def _holds(phrase: _Phrase, words: Sequence[str], at: int) -> bool:
    wanted, stem, _ = phrase
    last = at + len(wanted) - 1
    if last >= len(words) or tuple(words[at:last]) != wanted[:-1]:
        return False
    return words[last].startswith(wanted[-1]) if stem else words[last] == wanted[-1]
