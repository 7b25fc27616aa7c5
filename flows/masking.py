"""Finds what must not be shown in a stranger's text: cards, bank accounts, identity numbers, phones, addresses of mail, passwords."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

MOST = 20_000  # characters looked at; a longer text is cut by every door long before
MANY = 60  # numbers; beyond that each is hidden unasked: to ask of two thousand whether they are phones takes seconds


@dataclass(frozen=True)
class Secret:
    """A stretch [start, end) of the text, and what it is: card, iban, identity, phone, email, password."""

    start: int
    end: int
    kind: str


_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}", re.UNICODE)
_DIGITS = re.compile(r"(?<![\w])\+?\d(?:[ .\-/]?\d){6,18}(?!\w)")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ \-]?[A-Z0-9]){11,30}\b", re.IGNORECASE)
_SPANISH_IDENTITY = re.compile(r"\b(?P<foreign>[XYZ][ -]?)?(?P<digits>\d{7,8})(?P<gap>[ -]?)(?P<letter>[A-Z])\b", re.IGNORECASE)
_IDENTITY = re.compile(
    r"\b[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b"  # British national insurance
    r"|\b\d{3}-\d{2}-\d{4}\b"  # American social security
    r"|\b[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z\d]\d\b"  # Mexican CURP
    r"|\b\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}\b",  # Belgian national number
    re.IGNORECASE,
)
_FRENCH_IDENTITY = re.compile(r"\b[1-478] ?\d{2} ?\d{2} ?\d[\dAB] ?\d{3} ?\d{3}(?: ?\d{2})?\b")
_PASSWORD = re.compile(
    r"\b(?:password|passcode|pass ?phrase|pin|contraseña|contrasena|clave|mot de passe|mdp|code (?:pin|secret))\b"
    r"(?:\s*(?:is|was|es|era|est|était|:|=)){1,2}\s*[\"'«]?\s*(\S{3,64})",
    re.IGNORECASE,
)


def _card(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    maestro = len(digits) == 12 and digits.startswith(("50", "56", "57", "58", "6"))  # the only cards this short
    if not (maestro or 13 <= len(digits) <= 19):
        return False
    from stdnum import luhn  # noqa: PLC0415 - loaded when the first text is shown, not at start

    return bool(luhn.is_valid(digits))


def _right_letter(match: re.Match[str]) -> bool:
    """A number and a word of one letter ("1500000 a month") look like a DNI written with a gap; its letter is a checksum."""
    number = "XYZ".index(match["foreign"][0].upper()) * 10_000_000 if match["foreign"] else 0
    return "TRWAGMYFPDXBNJZSQVHLCKE"[(number + int(match["digits"])) % 23] == match["letter"].upper()


def _iban(text: str) -> bool:
    from stdnum import iban  # noqa: PLC0415

    return bool(iban.is_valid(re.sub(r"[ \-]", "", text), check_country=False))


def _phones(text: str) -> Iterator[Secret]:
    numbers = list(_DIGITS.finditer(text))
    if len(numbers) > MANY:
        yield from (Secret(match.start(), match.end(), "phone") for match in numbers)
        return
    import phonenumbers  # noqa: PLC0415

    for region in ("ES", "FR", "GB", "US", "MX", "BE"):
        for match in phonenumbers.PhoneNumberMatcher(text, region, max_tries=50):
            yield Secret(match.start, match.end, "phone")


def _found(text: str) -> Iterator[Secret]:
    """Everything that looks like one, the surest kinds first."""
    yield from _words(text)
    yield from _accounts(text)
    yield from _identities(text)
    if any(letter.isdigit() for letter in text):
        yield from _phones(text)


def _words(text: str) -> Iterator[Secret]:
    for match in _PASSWORD.finditer(text):
        yield Secret(match.start(1), match.end(1), "password")
    for match in _EMAIL.finditer(text):
        yield Secret(match.start(), match.end(), "email")


def _accounts(text: str) -> Iterator[Secret]:
    for match in _IBAN.finditer(text):
        for end in _shorter_ends(match):
            if _iban(text[match.start() : end]):
                yield Secret(match.start(), end, "iban")
                break
    for match in _DIGITS.finditer(text):
        if _card(match.group()):
            yield Secret(match.start(), match.end(), "card")


def _identities(text: str) -> Iterator[Secret]:
    for match in _SPANISH_IDENTITY.finditer(text):
        if not match["gap"] or _right_letter(match):
            yield Secret(match.start(), match.end(), "identity")
    for pattern in (_IDENTITY, _FRENCH_IDENTITY):
        for match in pattern.finditer(text):
            yield Secret(match.start(), match.end(), "identity")


def _shorter_ends(match: re.Match[str]) -> Iterator[int]:
    """An IBAN may be followed by a word that the pattern took along: try shorter stretches at each gap."""
    text = match.group()
    yield match.end()
    for gap in sorted((m.start() for m in re.finditer(r"[ \-]", text)), reverse=True):
        if gap >= 15:
            yield match.start() + gap


def secrets_in(text: str) -> tuple[Secret, ...]:
    """The secrets of a text in order, none overlapping another: of two that overlap the one found first counts, so a card is no phone."""
    return _apart(text[:MOST])


@lru_cache(maxsize=512)
def _apart(text: str) -> tuple[Secret, ...]:
    kept: list[Secret] = []
    taken = bytearray(len(text))
    for secret in _found(text):
        if taken.find(1, secret.start, secret.end) < 0:
            kept.append(secret)
            taken[secret.start : secret.end] = b"\1" * (secret.end - secret.start)
    return tuple(sorted(kept, key=lambda secret: secret.start))


def hides(text: str) -> bool:
    return bool(secrets_in(text))


def masked(text: str) -> str:
    """The first MOST characters with each secret as dots, the last two signs of long numbers kept so that people can tell two apart."""
    parts, at = [], 0
    for secret in secrets_in(text):
        shown = text[secret.start : secret.end]
        tail = shown[-2:] if secret.kind in ("card", "iban", "phone") else ""
        parts += [text[at : secret.start], "•" * 6 + tail]
        at = secret.end
    return "".join([*parts, text[at:MOST]])
