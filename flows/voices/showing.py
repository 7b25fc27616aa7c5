"""Chooses the messages by which a group is shown: real ones from its middle, short, readable, with as little to hide as can be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flows.triage.questions import asks
from flows.voices.grouping import Group, Voice, group
from flows.voices.masking import hidden, masked
from flows.voices.signs import signs_of, telling

LONGEST = 200  # letters shown of a message
_LOOKED_AT = 24  # messages in the middle of a group that may stand for it
_SHORT, _LONG = 25, 140  # letters that read well
_FEWEST = 2  # telling words of a message that stands for others
_OTHERS = 2
_ALIKE = 0.6  # share of words from which a second example says nothing new


@dataclass(frozen=True)
class Shown:
    """A group's words, masked; `others` are up to two more. `tag` is what most of it is about, "" where that is not clear."""

    words: str
    others: tuple[str, ...]
    tag: str


def sayable(text: str, language: str) -> str:
    """One message, masked and cut where a sentence ends; "" where little is left to be read."""
    words = masked(text, language)
    said = words if len(words) <= LONGEST else _cut(words)
    return said if len(telling(said, language)) >= _FEWEST else ""


def show(one: Group, voices: Sequence[Voice]) -> Shown | None:
    """None when none of its messages can be shown."""
    best = [words for _, _, words in sorted(_candidates(one, voices))]
    if not best:
        return None
    others: list[str] = []
    for words in best[1:]:
        if len(others) < _OTHERS and not any(_alike(words, said, one.language) for said in (best[0], *others)):
            others.append(words)
    return Shown(best[0], tuple(others), _tag(one, voices))


def _candidates(one: Group, voices: Sequence[Voice]) -> Iterator[tuple[float, int, str]]:
    """(what speaks against it, its place, the words) of each."""
    for place, number in enumerate(one.members[:_LOOKED_AT]):
        words = sayable(voices[number].text, one.language)
        if words and not one.keys.isdisjoint(signs_of(words, one.language)):
            yield 1.5 * place / _LOOKED_AT + _against(words), place, words


def _against(words: str) -> float:
    letters = [*filter(str.isalpha, words)]
    shouts = sum(map(str.isupper, letters)) > 0.5 * len(letters)
    length = max(0, _SHORT - len(words)) / _SHORT + max(0, len(words) - _LONG) / _LONG
    return 3 * min(hidden(words), 2) + length + shouts + 0.4 * (not asks(words)) + 0.5 * words.endswith("…")


def _cut(words: str) -> str:
    """The sentences that fit; where not even one does, the words that do."""
    head = words[:LONGEST]
    end = max(head.rfind(sign) for sign in (". ", "! ", "? ", "… "))
    return head[: end + 1] if end > LONGEST // 4 else head[: head.rfind(" ")].rstrip(" ,;:–—-") + "…"


def _alike(one: str, other: str, language: str) -> bool:
    mine, theirs = set(telling(one, language)), set(telling(other, language))
    return len(mine & theirs) >= _ALIKE * len(mine | theirs)


def _tag(one: Group, voices: Sequence[Voice]) -> str:
    counts = Counter[str]()
    for number in one.members:
        counts[voices[number].tag] += 1
    tag, count = max(counts.items(), key=lambda pair: (pair[1], pair[0]))
    return tag if 2 * count > len(one.members) else ""


def examples(voices: Sequence[Voice], most: int) -> list[int]:
    """Places of a few messages that may be shown: one of each large group, then the first of the others, no two alike."""
    middles = [place for one in group(voices) for place in one.members[:_OTHERS]]
    chosen: list[int] = []
    for place in (*middles, *range(len(voices))):
        words, language = sayable(voices[place].text, voices[place].language), voices[place].language
        if words and not any(_alike(words, sayable(voices[one].text, language), language) for one in chosen):
            chosen.append(place)
        if len(chosen) == most:
            break
    return chosen
