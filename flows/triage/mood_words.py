"""Reads the word lists by which a mood is heard, one YAML file for each language and one for all, so that a team can add its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from re import compile as expression

from flows.document import Faults, FileErrors, LineError, read
from flows.flow import LANGUAGES
from flows.triage.normalise import tokens

SHIPPED = Path(__file__).parent.parent / "definitions"
EVERYWHERE = "any"  # the name of the lists that hold in every language
KINDS = ("furious", "upset", "uneasy", "glad", "thanks", "neither")
TURNS = ("negation", "very", "but")
_LIMIT = 1_000
_CHOICE = expression(r"\(([^()]*)\)")
_ELISIONS = frozenset(["c", "d", "j", "l", "m", "n", "qu", "s", "t", "jusqu", "lorsqu", "puisqu"])
_Word = tuple[str, bool]  # a word, and whether it stands for all that begin so


class MoodWordsError(LineError):
    """One fault in a file of words."""


class MoodWordsErrors(FileErrors):
    """Every fault of a file of words."""


@dataclass(frozen=True)
class Hit:
    """A phrase of one kind that stands in a text: words `at` up to `end`."""

    kind: str
    at: int
    end: int


class _Node:
    """What may follow the words so far: whole words, and beginnings of words; `kind` where a phrase ends here."""

    __slots__ = ("kind", "lengths", "stems", "whole")

    def __init__(self) -> None:
        self.whole: dict[str, _Node] = {}
        self.stems: dict[str, _Node] = {}
        self.lengths: tuple[int, ...] = ()
        self.kind = ""

    def grown(self, word: str, *, is_stem: bool) -> _Node:
        nodes = self.stems if is_stem else self.whole
        if word not in nodes:
            nodes[word] = _Node()
            self.lengths = tuple({len(stem) for stem in self.stems})
        return nodes[word]

    def after(self, word: str) -> list[_Node]:
        found = [self.whole[word]] if word in self.whole else []
        return found + [self.stems[word[:n]] for n in self.lengths if word[:n] in self.stems] if self.lengths else found


class Lexicon:
    """Phrases by kind; where several begin at the same word the longest counts."""

    def __init__(self, phrases: Mapping[str, Sequence[str]]) -> None:
        self._root = _Node()
        for kind, texts in phrases.items():
            for words in (found for text in texts for found in spelt(text)):
                node = self._root
                for word, is_stem in words:
                    node = node.grown(word, is_stem=is_stem)
                node.kind = node.kind or kind
        self._begun = lru_cache(maxsize=8_192)(self._root.after)  # few words make up most of what people write

    def hits(self, words: Sequence[str]) -> Iterator[Hit]:
        """From left to right; none overlaps another."""
        free = 0
        for at, word in enumerate(words):
            if at >= free and (nodes := self._begun(word)):
                found = self._longest(nodes, words, at)
                if found:
                    free = found.end
                    yield found

    def _longest(self, nodes: Sequence[_Node], words: Sequence[str], at: int) -> Hit | None:
        best, end = "", at
        reached = at + 1
        while nodes:
            for node in nodes:
                if node.kind and end < reached:
                    best, end = node.kind, reached
            nodes = [after for node in nodes for after in node.after(words[reached])] if reached < len(words) else []
            reached += 1
        return Hit(best, at, end) if best else None


def words_of(text: str) -> list[str]:
    """The words of a text in their plain form; what an apostrophe shortens stands apart, as in l'attente."""
    return [part for word in tokens(text) for part in (_apart(word) if "'" in word else (word,))]


def _apart(word: str) -> tuple[str, ...]:
    short, _, rest = word.partition("'")
    return (f"{short}'", rest) if short in _ELISIONS and len(rest) > 1 else (word,)


def spelt(phrase: str) -> Iterator[tuple[_Word, ...]]:
    """Every way to say a phrase: `(a|b)` is either, and may hold others."""
    innermost = _CHOICE.search(phrase)
    if innermost:
        for choice in innermost[1].split("|"):
            yield from spelt(phrase[: innermost.start()] + choice + phrase[innermost.end() :])
    elif words := tuple(word for part in phrase.split() for word in _word(part)):
        yield words


def _word(part: str) -> list[_Word]:
    bare = part.rstrip("*")
    words = words_of(bare)
    return [(word, bare != part and number == len(words)) for number, word in enumerate(words, 1)]


@cache
def lexicons(language: str) -> tuple[Lexicon, Lexicon]:
    """What the kinds and what the turns of speech are known by in a language; only what holds everywhere in one we have no lists of."""
    listed = [_listed(one) for one in (EVERYWHERE, language) if one in (EVERYWHERE, *LANGUAGES)]
    kinds, turns = ({name: tuple(phrase for one in listed for phrase in one[name]) for name in names} for names in (KINDS, TURNS))
    return Lexicon(kinds), Lexicon(turns)


def _listed(language: str) -> Mapping[str, Sequence[str]]:
    name = f"moods.{language}.yaml"
    return load_mood_words(name, (SHIPPED / name).read_text(encoding="utf-8"))


def load_mood_words(file: str, text: str) -> Mapping[str, Sequence[str]]:
    """The phrases by name of their list. Raises MoodWordsErrors, which holds a MoodWordsError for every fault."""
    faults = Faults(MoodWordsError)
    root = read(file, text, faults)
    fields = root.fields(("language", *KINDS, *TURNS)) if root else {}
    found = {name: fields[name].distinct(lambda place: place.text(_LIMIT), empty=True) for name in (*KINDS, *TURNS) if name in fields}
    if faults.errors:
        raise MoodWordsErrors(faults.errors)
    return found
