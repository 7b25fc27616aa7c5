"""How a draft sounds: arguing, blaming, admitting liability, words nobody knows, shouting."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.checks.draft import Finding
from flows.checks.judging import judged
from flows.checks.plain import Stretch
from flows.checks.reading import Reading

_CAPITALS = re.compile(r"(?<![\w@#./-])[^\W\d_a-z]{2,}(?:'[^\W\d_a-z]+)?(?![\w@./]\w)")
_MARKS = re.compile(r"[!?¡¿]*(?:!!|¡¡|\?\?\?|¿¿¿)[!?¡¿]*|(?:[!?][ \u00a0\u202f]?){3,}")
_EMOJI = re.compile(r"[\U0001F300-\U0001FAFF\u2600-\u27BF\u2B50\u2B55\u203C\u2049\u2757](?:[\uFE0F\u200D\U0001F3FB-\U0001F3FF]*)")
FEWEST_EMOJI = 3
FEWEST_CAPITALS = 2  # words; one may be a name that we do not know
LONG_WORD = 5  # letters; a shorter one in capitals is an abbreviation unless the lists know it as a word


def arguing(reading: Reading) -> Iterator[Finding]:
    return judged(reading, "arguing")


def blaming(reading: Reading) -> Iterator[Finding]:
    return judged(reading, "blaming")


def liability(reading: Reading) -> Iterator[Finding]:
    return judged(reading, "liability")


def jargon(reading: Reading) -> Iterator[Finding]:
    """Each with the plain word in its place."""
    taken: list[Stretch] = []
    for phrases, better in reading.words.plain:
        for hit in phrases.within(reading.plain.whole):
            if not any(hit.start < other.end and other.start < hit.end for other in taken):
                taken.append(hit)
                yield reading.finding("jargon", hit, better, word=reading.draft.text[slice(*reading.plain.at(hit.start, hit.end))])


def shouting(reading: Reading) -> Iterator[Finding]:
    text = reading.plain.original[: len(reading.plain.folded) + 1]
    capitals = [one for one in _CAPITALS.finditer(text) if _is_word(one.group(), reading)]
    if len(capitals) >= FEWEST_CAPITALS:
        start, end = capitals[0].start(), capitals[-1].end()
        yield Finding("shouting", start, end, "finding.shouting", {}, _lowered(text, start, end, reading))
    for marks in _MARKS.finditer(text):
        calm = "?" if "?" in marks.group() else "!" if "!" in marks.group() else marks.group()[0]
        yield Finding("shouting", marks.start(), marks.end(), "finding.shouting", {}, calm)
    emoji = list(_EMOJI.finditer(text))
    if len(emoji) >= FEWEST_EMOJI:
        yield Finding("shouting", emoji[0].start(), emoji[-1].end(), "finding.shouting", {}, None)


def loud(text: str, reading: Reading) -> bool:
    """Whether somebody shouts: a word in capitals, or rows of signs."""
    return "!!" in text or any(_is_word(one.group(), reading) for one in _CAPITALS.finditer(text[:10_000]))


def _is_word(word: str, reading: Reading) -> bool:
    """Whether capitals make this word loud: an abbreviation or a company's name has them by nature."""
    small = word.casefold()
    if small in reading.words.listed("abbreviations") or any(small in host for host in reading.surroundings.allowed_hosts):
        return False
    return len(word) >= LONG_WORD or small in reading.words.listed("short_words")


def _lowered(text: str, start: int, end: int, reading: Reading) -> str:
    """The same words in small letters, but for the first of a sentence."""
    quiet = _CAPITALS.sub(lambda m: m.group().lower() if _is_word(m.group(), reading) else m.group(), text[start:end])
    begins = not text[:start].rstrip() or text[:start].rstrip()[-1] in ".!?"
    return quiet[:1].upper() + quiet[1:] if begins else quiet
