"""Finds personal data and secrets of anyone, our own public contacts excepted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.checks.draft import Finding
from flows.checks.reading import Reading
from flows.masking import Secret, secrets_in

_NUMBER = re.compile(r"(?<![\w.,€$£/-])(?:\+\d|\(?\d)(?:[ .\-()]{0,2}\d){7,14}(?![\w-])")
_MIXED = re.compile(r"(?<![\w@./-])(?=[^\s\"«»]*[A-Za-z])(?=[^\s\"«»]*\d)[A-Za-z0-9!#$%&*+._@-]{6,40}(?<![.,!?])!?")
_LOGIN = re.compile(r"(?<!\S)(?=\S*[A-Za-z])(?=\S*\d)[\w.-]{4,30} ?/ ?(?=\S*[\d#!$%&*])[\w#!$%&*+-]{4,30}")
_BRITISH_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b")
_CAPITAL = r"[A-ZÀ-ÖØ-Þ]"
_SHAPES = {  # a street's name begins with a capital: "37 euros are on the way" is no home
    "en": rf"\b\d{{{{1,4}}}}[A-Da-d]?,? (?:{_CAPITAL}[\w'-]* ){{{{1,3}}}}(?i:{{streets}})\b"
    rf"(?:,? {_CAPITAL}[\w'-]*| [A-Z]*\d[\dA-Z]*){{{{0,4}}}}",
    "es": rf"\b(?i:{{streets}}) (?:de |del |de la |de los |de las )?{_CAPITAL}[^\d.!?\n]{{{{1,40}}}}[ ,]\d{{{{1,4}}}}\b",
    "fr": r"\b\d{{1,4}}(?: ?(?:bis|ter))?,? (?i:{streets}) [^.!?\n]{{2,60}}?(?=[.!?,;\n]|$)",
}
_DATE = re.compile(r"\b\d{1,2}(?:[./-]\d{1,2}[./-]|(?:st|nd|rd|th)?(?: de| of)? [^\W\d_]{3,10}(?: de)?,? )(?:19|20)\d{2}\b")
_BEFORE = 28  # letters before a number in which a word may say what it is


def personal_data(reading: Reading) -> Iterator[Finding]:
    for secret in held_secrets(reading):
        yield Finding("personal_data", secret.start, secret.end, "finding.personal_data", {"kind": secret.kind}, None)


def held_secrets(reading: Reading) -> list[Secret]:
    """Without what is public anyway: our contacts, and numbers of cases, orders and parcels."""
    kept: list[Secret] = []
    for secret in (*secrets_in(reading.draft.text), *_numbers(reading), *_passwords(reading), *_homes(reading), *_births(reading)):
        overlaps = any(secret.start < other.end and other.start < secret.end for other in kept)
        if not overlaps and not _is_public(secret, reading):
            kept.append(secret)
    return kept


def _is_public(secret: Secret, reading: Reading) -> bool:
    shown = reading.draft.text[secret.start : secret.end]
    ours = " ".join((*reading.surroundings.own_contacts, *reading.surroundings.known()))
    if shown.casefold() in ours.casefold():
        return True
    if secret.kind == "password" and shown.strip("\"'.,!?").casefold() in reading.words.listed("everyday"):
        return True  # "your password is the first thing", no password
    digits = re.sub(r"\D", "", shown)
    if secret.kind in ("phone", "identity") and len(digits) >= 6:
        return digits in re.sub(r"\D", "", ours) or _counts_something(secret, reading)
    return False


def _counts_something(secret: Secret, reading: Reading) -> bool:
    before = reading.draft.text[max(0, secret.start - _BEFORE) : secret.start]
    return _said(before, reading, "numbered")


def _said(text: str, reading: Reading, name: str) -> bool:
    from flows.checks.plain import plain  # noqa: PLC0415

    return plain(text).folded in reading.phrased(name)


def _numbers(reading: Reading) -> Iterator[Secret]:
    """Numbers that look like a telephone's, whether or not any operator has given them out."""
    text = reading.draft.text[:10_000]
    for match in _NUMBER.finditer(text):
        called = _said(text[max(0, match.start() - 60) : match.start()], reading, "telephone")
        if called or match.group().startswith(("+", "0", "(0")):
            yield Secret(match.start(), match.end(), "phone")


def _passwords(reading: Reading) -> Iterator[Secret]:
    text = reading.draft.text[:10_000]
    for sentence in reading.plain.sentences:
        if sentence.text in reading.phrased("password"):
            start, end = reading.plain.at(sentence.start, sentence.end)
            for match in _MIXED.finditer(text, start, end):
                yield Secret(match.start(), match.end(), "password")
    for match in _LOGIN.finditer(text):
        yield Secret(match.start(), match.end(), "password")


def _homes(reading: Reading) -> Iterator[Secret]:
    streets = "|".join(map(re.escape, sorted(reading.words.listed("streets"))))
    shape = _SHAPES.get(reading.words.language, "").format(streets=streets) if streets else ""
    for match in re.finditer(shape, reading.draft.text[:10_000]) if shape else ():
        yield Secret(match.start(), match.end(), "address")
    for match in _BRITISH_POSTCODE.finditer(reading.draft.text[:10_000]):
        yield Secret(match.start(), match.end(), "address")


def _births(reading: Reading) -> Iterator[Secret]:
    for sentence in reading.plain.sentences:
        if sentence.text in reading.phrased("born"):
            for match in _DATE.finditer(reading.plain.folded, sentence.start, sentence.end):
                yield Secret(*reading.plain.at(match.start(), match.end()), "birth")
