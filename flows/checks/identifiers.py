"""Finds what a label gives away: a passport's or an account's number, a code, a memorable word; and identities by their shape."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.checks.plain import Stretch, plain
from flows.checks.reading import Reading
from flows.masking import Secret

_VALUE = re.compile(r"(?<![\w.,@/€$£-])(?:[A-Z]{1,5}[ -]?)?\d[A-Z\d]*(?:[ ./-]?(?:[A-Z]{0,3}\d[A-Z\d]*|[A-Z]{1,2}\b)){0,8}(?![\w@]|[.,]\d)")
_LETTERED = re.compile(r"(?<![\w.@/-])(?=[A-Z\d]{0,20}\d)(?=[A-Z\d]{0,20}[A-Z])[A-Z\d]{6,20}(?![\w@])")
_SHAPES = re.compile(
    r"\bQQ ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b"  # a British national insurance number as forms print it
    r"|\b[A-Z9]{5}\d{6}[A-Z9]{2}\d[A-Z]{2}\b"  # British driving licence
    r"|\b[A-ZÑ&]{4}\d{6}[A-Z\d]{3}\b"  # Mexican RFC
    r"|\b[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]\b"  # Italian codice fiscale
    r"|\b\d{7}[A-W][A-I]?\b"  # Irish PPS
    r"|\b\d{1,2}\.\d{3}\.\d{3}-[\dkK]\b"  # Chilean RUT
    r"|\b(?:20|23|24|27|30|33)-\d{8}-\d\b"  # Argentine CUIT
    r"|\b756\.\d{4}\.\d{4}\.\d{2}\b"  # Swiss AHV
    r"|\b\d{3}\.\d{3}\.\d{3}-\d{2}\b"  # Brazilian CPF
)
_SPELLED_MAIL = re.compile(
    r"\b[\w.+-]{2,40}\s?(?:(?:\(at\)|\[at\]|\(a\)|\sarroba\s|\sarobase\s)\s?[\w-]{2,40}(?:\s?(?:\(dot\)|\[dot\])\s?|\.|\s(?:dot|punto|point)\s)"
    r"|\sat\s[\w-]{2,40}(?:\s?(?:\(dot\)|\[dot\])\s?|\sdot\s))[a-z]{2,12}\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\w\n.,!?]{0,4}(?P<word>[^\W_][\w!#$%&*-]{2,39})(?=[\s]*[.,;:!?)»\"”']|\s*$)")
_DAY = re.compile(r"\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4})?|\d{1,2}[:h]\d{2}|(?:19|20)\d{2}|(?:19|20)\d{2}-\d{2}-\d{2}")
_REACH = 26  # letters from a label to its value
_LEAST, _LEAST_OF_CODES = 6, 3  # digits


def identifiers_in(reading: Reading) -> Iterator[Secret]:
    text = reading.draft.text[:10_000]
    for match in _SHAPES.finditer(text):
        yield Secret(match.start(), match.end(), "identity")
    for match in _SPELLED_MAIL.finditer(text):
        yield Secret(match.start(), match.end(), "email")
    for sentence in reading.plain.sentences:
        yield from _labelled(sentence, reading, "identity_labels", "identity", _LEAST)
        if sentence.text not in reading.phrased("no_codes"):
            yield from _labelled(sentence, reading, "code_labels", "password", _LEAST_OF_CODES)
        yield from _secret_words(sentence, reading)


def _labelled(sentence: Stretch, reading: Reading, labels: str, kind: str, least: int) -> Iterator[Secret]:
    text = reading.draft.text
    for label in reading.phrased(labels).within(sentence):
        _, begun = reading.plain.at(label.start, label.end)
        _, ended = reading.plain.at(sentence.start, sentence.end)
        near = text[begun : min(ended, begun + _REACH + 40)]
        for match in (*_VALUE.finditer(near), *_LETTERED.finditer(near)):
            if match.start() <= _REACH and _tells(match.group(), least) and not _otherwise(near[: match.start()], reading):
                yield Secret(begun + match.start(), begun + match.end(), kind)
                break


def _tells(value: str, least: int) -> bool:
    """Enough digits to be a number of somebody, and no day, hour or year."""
    return sum(one.isdigit() for one in value) >= least and not _DAY.fullmatch(value.strip())


def _otherwise(between: str, reading: Reading) -> bool:
    """Words between a label and a number that say what else it counts, or that it is ours."""
    said = plain(between).folded
    return said in reading.phrased("numbered") or said in reading.phrased("code_spared")


def _secret_words(sentence: Stretch, reading: Reading) -> Iterator[Secret]:
    """A memorable word, or a password without a digit: "palabra clave es azahar"."""
    for label in reading.phrased("secret_words").within(sentence):
        _, begun = reading.plain.at(label.start, label.end)
        match = _WORD.match(reading.draft.text, begun)
        if match and match["word"].casefold() not in plain_words(reading):
            yield Secret(match.start("word"), match.end("word"), "password")


def plain_words(reading: Reading) -> frozenset[str]:
    """What may follow "your password is" without being one."""
    words = reading.words
    return words.listed("everyday") | words.listed("dull") | words.listed("no_secrets")
