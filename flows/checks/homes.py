"""Finds where somebody lives, as addresses are written in the countries of three languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from flows.checks.reading import Reading
from flows.masking import Secret

_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w'’-]*"
_OF = r"(?:(?:de|del|d'|de la|de los|de las|du|des|la|le|les|los|las|el|l'|et|y|of|the) ?)"
_NAMES = rf"{_OF}{{{{0,3}}}}{_CAPITAL}(?:[ ]{_OF}{{{{0,2}}}}{_CAPITAL}){{{{0,4}}}}"
_NUMBER = (
    r"(?:,? (?:n\.?[º°o]\.? ?|núm\.? ?|no\. ?|numéro |número |#)?\d{{1,5}}"
    r"(?![\d.,]*\d)(?! ?(?:h|%|€|heures|horas|euros|am|pm)\b)[A-Da-d]?\b)"
)
_MORE = rf"{_CAPITAL}|\d{{{{1,5}}}}[A-Z]?|[A-Z]{{{{1,2}}}}\d\w* ?\d?\w*|bis|ter|puerta|piso|apto|porte|apt|dpto|flat"
_TAIL = rf"(?:,? (?:{_MORE})\b\.?[ºª]?){{{{0,6}}}}"
_COLOMBIAN = r"\d{{1,3}} ?[A-Z]?(?: bis)? ?(?:#|no\.?|n[.º°]|con) ?\d{{1,3}}(?:[ -]\d{{1,3}})?"  # Carrera 7 # 45-12
_SHAPES = {  # a street's name begins with a capital: "37 euros are on the way" is no home
    "en": rf"\b\d{{{{1,5}}}}[A-Da-d]?,? (?:{_CAPITAL} ){{{{1,3}}}}(?i:{{streets}})\b{_TAIL}",
    "es": rf"\b(?i:{{streets}})\.? (?:{_NAMES}{_NUMBER}|{_COLOMBIAN}){_TAIL}",
    "fr": rf"\b\d{{{{1,4}}}}(?: ?(?:bis|ter))?,? (?i:{{streets}}) {_NAMES}{_TAIL}|\b(?i:{{streets}}) {_NAMES}{_NUMBER}{_TAIL}",
}
_POSTCODES = re.compile(
    r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b"  # Britain
    r"|\b[AC-FHKNPRTV-Y]\d[\dW] [AC-FHKNPRTV-Y\d]{4}\b"  # Ireland
    r"|\b[ABCEGHJ-NPRSTVXY]\d[A-Z] \d[A-Z]\d\b"  # Canada
)


def homes_in(reading: Reading) -> Iterator[Secret]:
    text = reading.draft.text[:10_000]
    shape = _shape(reading.words.language, tuple(sorted(reading.words.listed("streets"), key=len, reverse=True)))
    for match in shape.finditer(text) if shape else ():
        yield Secret(match.start(), match.end(), "address")
    for match in _POSTCODES.finditer(text):
        yield Secret(match.start(), match.end(), "address")


@lru_cache(maxsize=16)
def _shape(language: str, streets: tuple[str, ...]) -> re.Pattern[str] | None:
    shape = _SHAPES.get(language)
    return re.compile(shape.format(streets="|".join(map(_accented, streets)))) if shape and streets else None


def _accented(word: str) -> str:
    """The lists are folded; a draft may hold the accents."""
    wide = {"a": "[aáàâ]", "e": "[eéèê]", "i": "[iíîï]", "o": "[oóô]", "u": "[uúûü]"}
    return "".join(wide.get(letter, re.escape(letter)) for letter in word)
