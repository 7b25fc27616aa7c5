"""Finds personal data and secrets of anyone, our own public contacts excepted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.checks.calling import given_names
from flows.checks.draft import Finding
from flows.checks.homes import homes_in
from flows.checks.identifiers import identifiers_in, plain_words
from flows.checks.links import links_in
from flows.checks.plain import plain
from flows.checks.reading import Reading
from flows.masking import Secret, secrets_in

_NUMBER = re.compile(r"(?<![\w.,€$£/-])(?:\+\d|\(?\d)(?:[ .\-()]{0,2}\d){7,14}(?![\w-])")
_MIXED = re.compile(r"(?<![\w@./-])(?=[^\s\"«»]*[A-Za-z])(?=[^\s\"«»]*\d)[A-Za-z0-9!#$%&*+._@-]{6,40}(?<![.,!?])!?")
_LOGIN = re.compile(r"(?<!\S)(?=\S*[A-Za-z])(?=\S*\d)[\w.-]{4,30} ?/ ?(?=\S*[\d#!$%&*])[\w#!$%&*+-]{4,30}")
_DATE = re.compile(
    r"\b\d{1,2}(?:[./-]\d{1,2}[./-]|(?:st|nd|rd|th|er)?(?: de| of)? [^\W\d_]{3,10}(?: de| del)?,? )(?:19|20)\d{2}\b"
    r"|\b(?:19|20)\d{2}-\d{2}-\d{2}\b|\b[^\W\d_]{3,9} \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{2}\b"
)
# Numbers that only companies have: nobody's own telephone is free to ring.
_FREE = re.compile(
    r"(?:\+44|00 ?44|0) ?(?:\(0\) ?)?(?:80[08]|3\d\d)(?!\d{4}\b)|(?:\+34 ?|00 ?34 ?)?(?:[89]00|90[12])(?=[ .-]\d|\d{6}\b)"
    r"|(?:\+33|00 ?33|0) ?80\d|(?:\+1[ .-]?|1[ .-])?\(?8(?:00|88|77|66|55|44|33)\)?[ .-]\d|1 ?[38]00[ ]?\d|01[ -]?8000?[ -]?\d"
)
_ROLES = 24  # letters of a mailbox that is a desk's, not a person's
_LETTERS = 4  # a number with so many letters is a document's, not an order's
_BEFORE = 28  # letters before a number in which a word may say what it is


def personal_data(reading: Reading) -> Iterator[Finding]:
    for secret in held_secrets(reading):
        yield Finding("personal_data", secret.start, secret.end, "finding.personal_data", {"kind": secret.kind}, None)


def held_secrets(reading: Reading) -> list[Secret]:
    """Without what is public anyway: our contacts, and numbers of cases, orders and parcels."""
    kept: list[Secret] = []
    found = (*secrets_in(reading.draft.text), *_numbers(reading), *_passwords(reading), *homes_in(reading), *_births(reading))
    for secret in (*found, *identifiers_in(reading)):
        overlaps = any(secret.start < other.end and other.start < secret.end for other in kept)
        if not overlaps and not _is_public(secret, reading):
            kept.append(secret)
    return kept


def _is_public(secret: Secret, reading: Reading) -> bool:
    shown = reading.draft.text[secret.start : secret.end]
    ours = " ".join((*reading.surroundings.own_contacts, *reading.surroundings.known()))
    if shown.casefold() in ours.casefold() or _is_in_link(secret, reading):
        return True
    if secret.kind == "email":
        return _is_our_desk(shown, reading)
    if secret.kind == "password":
        return _is_mere_word(secret, reading)
    digits = re.sub(r"\D", "", shown)
    if secret.kind in ("phone", "identity") and len(digits) >= 6 and sum(one.isalpha() for one in shown) < _LETTERS:
        known = digits in re.sub(r"\D", "", ours) or _is_told_before(secret, reading, "numbered")
        return known or _is_company_line(secret, reading)
    return False


def _is_in_link(secret: Secret, reading: Reading) -> bool:
    """The address of a page may look like a password or a telephone's number."""
    kinds = ("password", "phone")
    return secret.kind in kinds and any(start <= secret.start < end for start, end in links_in(reading.draft.text))


def _is_company_line(secret: Secret, reading: Reading) -> bool:
    """Free numbers are nobody's own, and "our hotline" says whose it is."""
    dialled = secret.kind == "phone" or _is_told_before(secret, reading, "telephone")
    free = _FREE.match(reading.draft.text, secret.start, secret.end)
    return dialled and bool(free or _is_told_before(secret, reading, "own_lines"))


def _is_our_desk(address: str, reading: Reading) -> bool:
    """A mailbox at one of our hosts that bears nobody's name."""
    desk, _, host = address.casefold().partition("@")
    named = "." in desk or any(one in given_names() for one in re.findall(r"[a-z]+", desk))
    return len(desk) <= _ROLES and not named and host in reading.surroundings.allowed_hosts


def _is_mere_word(secret: Secret, reading: Reading) -> bool:
    """As in: your password is the first thing, your PIN is printed on the back, your code wasn't."""
    text = reading.draft.text
    word = plain(text[secret.start : secret.end].strip("\"'«».,;:!?")).folded
    if word in plain_words(reading) or not word[:1].isalnum() or text[secret.start : secret.start + 3] == "n't":
        return True
    quoted = text[max(0, secret.start - 2) : secret.start].rstrip()[-1:] in tuple("\"'«“:")
    goes_on = bool(re.match(r" [^\W\d_]", text[secret.end : secret.end + 2]))
    return word.isalpha() and text[secret.start].islower() and goes_on and not quoted


def _is_told_before(secret: Secret, reading: Reading, name: str) -> bool:
    return _said(reading.draft.text[max(0, secret.start - _BEFORE) : secret.start], reading, name)


def _said(text: str, reading: Reading, name: str) -> bool:
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
        if sentence.text in reading.phrased("password") and sentence.text not in reading.phrased("no_codes"):
            start, end = reading.plain.at(sentence.start, sentence.end)
            for match in _MIXED.finditer(text, start, end):
                yield Secret(match.start(), match.end(), "password")
    for match in _LOGIN.finditer(text):
        yield Secret(match.start(), match.end(), "password")


def _births(reading: Reading) -> Iterator[Secret]:
    for sentence in reading.plain.sentences:
        if sentence.text in reading.phrased("born") and sentence.text not in reading.phrased("not_born"):
            for match in _DATE.finditer(reading.plain.folded, sentence.start, sentence.end):
                yield Secret(*reading.plain.at(match.start(), match.end()), "birth")
