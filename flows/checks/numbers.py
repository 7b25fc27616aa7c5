"""Reads numbers in figures and in words, so that "900,000" and "nine hundred thousand" are the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flows.checks.plain import Stretch

_FIGURES = re.compile(r"(?<![\w#])\d{1,3}(?:[ .,']\d{3}(?!\d)){1,4}(?![\d])|(?<![\w#])\d{1,15}(?:[.,]\d{1,2}(?!\d))?")
_WORD = re.compile(r"[^\W\d_]+")
_GROUPED = re.compile(r"\d{1,3}(?:[ .,']\d{3})+")
_JOINED = re.compile(r"[ -]{1,2}(?:(?:and|y|et|de)[ -])?")
_POINT = re.compile(r" (?:point|coma|virgule) ([^\W\d_]+)(?= (\w+))")  # one point four million
_ONE = re.compile(r"(?:[ -](?:y|et)[ -]|-)(?:un|uno|una|une)\b")  # cuarenta y un mil, vingt et une
_HALF_AFTER = re.compile(r" (?:and a half|y medi[oa]|et demie?)\b")
_HALF_BEFORE = re.compile(r"(?:\bhalf an? |\bmedi[oa] |\bdemi[ -])$")
LARGE = 1_000
MOST_WORDS = 12  # of one number


@dataclass(frozen=True)
class Number:
    """A value, where it stands, and whether it is written in words."""

    value: float
    start: int
    end: int
    spelled: bool


def numbers_in(stretch: Stretch, names: Mapping[str, int]) -> Iterator[Number]:
    text, at = stretch.text, 0
    while at < len(text):
        figures = _FIGURES.search(text, at)
        word = _first_word(text, at, names)
        if word and (not figures or word.start() < figures.start()):
            value, at, start = *_halved(*_spelled(text, word, names), text), word.start()
            halved = value >= LARGE and _HALF_BEFORE.search(text, max(0, start - 8), start)
            yield Number(value / 2 if halved else value, stretch.start + start, stretch.start + at, spelled=True)
        elif figures:
            value, at = _halved(*_scaled(_value(figures.group()), text, figures.end(), names), text)
            yield Number(value, stretch.start + figures.start(), stretch.start + at, spelled=False)
        else:
            return


def _first_word(text: str, at: int, names: Mapping[str, int]) -> re.Match[str] | None:
    return next((match for match in _WORD.finditer(text, at) if len(match.group()) > 2 and match.group() in names), None)


def _value(figures: str) -> float:
    if _GROUPED.fullmatch(figures):
        return float(re.sub(r"\D", "", figures))
    return float(figures.replace(",", "."))


def _scaled(value: float, text: str, end: int, names: Mapping[str, int]) -> tuple[float, int]:
    """900 thousand, 1.2 million: the figures times the word after them."""
    match = re.compile(r" ?([^\W\d_]+)").match(text, end)
    scale = names.get(match.group(1), 0) if match else 0
    return (value * scale, match.end()) if match and scale >= LARGE else (value, end)


def _halved(value: float, end: int, text: str) -> tuple[float, int]:
    """A million and a half, three and a half: half of the last scale more."""
    match = _HALF_AFTER.match(text, end)
    if not match:
        return value, end
    scale = next((one for one in (1_000_000_000, 1_000_000, 1_000) if value >= one), 1)
    return value + scale / 2, match.end()


def _spelled(text: str, first: re.Match[str], names: Mapping[str, int]) -> tuple[float, int]:
    """Adds up number words that follow each other: whole + part x scale."""
    words, end = [names[first.group()]], first.end()
    while len(words) < MOST_WORDS and (gap := _JOINED.match(text, end)):
        if 20 <= words[-1] < 100 and (one := _ONE.match(text, end)):
            words.append(1)
            end = one.end()
            continue
        point = _POINT.match(text, end)
        if point and names.get(point.group(1), 10) < 10 and names.get(point.group(2), 0) >= LARGE:
            return (sum(words) + names[point.group(1)] / 10) * names[point.group(2)], point.end() + 1 + len(point.group(2))
        match = _WORD.match(text, gap.end())
        if not match or match.group() not in names:
            break
        words.append(names[match.group()])
        end = match.end()
    return float(_summed(words)), end


def _summed(words: Sequence[int]) -> int:
    whole = part = 0
    for value in words:
        if value >= LARGE:
            whole, part = ((whole + max(1, part)) * value, 0) if whole < value else (whole + max(1, part) * value, 0)
        elif value == 100:
            part = max(1, part) * value
        else:
            part += 76 if value == 20 and part % 100 == 4 else value  # four twenties are eighty in French
    return whole + part
