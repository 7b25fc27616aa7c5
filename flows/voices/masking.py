"""Takes out of a stranger's message whatever could say who wrote it or of whom: handles, names, links, numbers, addresses, secrets."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from flows.checks.calling import given_names
from flows.checks.draft import Draft, Surroundings
from flows.checks.personal import held_secrets
from flows.checks.plain import plain
from flows.checks.reading import Reading

DOTS = "•••"
_NOTHING = Surroundings(semantic=False)
_BOUND = 1_000  # characters of a message that are looked at
_LINK = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]{1,20}://|\bwww\.)\S+|\bhttps?\b|(?<![\w@])(?:[\w-]+\.)+(?:[a-z]{2,12}/\S*|(?:com|net|org|info|io|co|me|app|eu|es|fr|uk|mx|ar|be|ch|ca|online|shop|site|xyz|top|link|example)\b)",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w.])[@＠][\w.]*\w|__\w+__|<[A-Z_]+>")  # noqa: RUF001 - the wide sign is the point
_SAID = (("at", "dot"), ("arroba", "punto"), ("arobase", "point"))  # as people say an address to hide it from machines
_SPOKEN = "|".join(rf"(?<![\w.+-])[\w.+-]{{1,64}}(?: {dot} \w+)*(?: {at} [\w-]+(?: {dot} [\w-]+)+)+" for at, dot in _SAID)
_ODD_AT = r"\s?(?:[@＠]|[(\[]\s?(?:at|arroba|arobase)\s?[)\]])\s?"  # noqa: RUF001 - the wide sign is the point
# half an address too
_MAIL = re.compile(rf"(?<![\w.+-])[\w.+-]{{1,64}}{_ODD_AT}[\w-]+(?:\.[\w-]+)+|[^\s@]+@[^\s@]+|{_SPOKEN}", re.IGNORECASE)
_ECHO = re.compile(r"\A\s*rt\b\s*:?", re.IGNORECASE)
_EDGES = re.compile(r"\A(?:\s|[,.:;|/\-–—•]|#\w+(?=\s*\Z))+|(?:\s|[,:;|/\-–—•(]|#\w+)+\Z")
# a year of birth too
_NUMBER = re.compile(r"(?:\b[A-Z]{1,5}-)?\+?\d(?:[ .,:/()·•*_|–—-]{0,2}\d){3,}|\b(?=\w*\d)(?=\w*[^\W\d_])\w*\d\w{3,}\b")
_CAPITAL = r"[A-ZÀ-ÖØ-ÞĀ-Ž]"
_BESIDE = re.compile(rf"{DOTS}(?:[ ,]*(?=\w*\d)\w+)+")  # what is left of an address or a number
_TITLE = r"(?:Mr|Mrs|Ms|Miss|Dr|Mx|[Ss]eñora?|[Ss]ra?|[Ss]rta|[Dd]on|[Dd]oña|M|Mme|Mlle|Monsieur|Madame|Maître)"
_TITLED = re.compile(rf"\b{_TITLE}\b\.? (?P<name>{_CAPITAL}[\w'’-]+(?: {_CAPITAL}[\w'’-]+)*)")
_NAMED = re.compile(rf"{_CAPITAL}[\w'’-]+(?: (?:(?:de|del|de la|la|van|von) )?{_CAPITAL}[\w'’-]+)*")
# whoever signs: behind a dash or a last greeting, two names at the very end
_CLOSING = r"regards|yours|thanks|thank you|sincerely|saludos?|gracias|atentamente|cordialmente|un saludo|merci|cordialement|salutations"
_SIGNED = re.compile(rf"(?:[—–]|\b(?i:{_CLOSING})\b[,.!:]?)\s+(?P<name>{_CAPITAL}[\w'’-]+(?: {_CAPITAL}[\w'’-]+)+)[.!]?\s*\Z")
_WORD = re.compile(r"(?<![\w'’-])[^\W\d_][\w-]{2,}")


@lru_cache(maxsize=2_048)
def masked(text: str, language: str) -> str:
    """One line, its beginning and end free of handles, links and calls; dots for whatever else must not be shown."""
    seen = "".join(_plainly(one) for one in unicodedata.normalize("NFC", html.unescape(text[:_BOUND])) if _is_seen(one))
    bare = _trimmed(_HANDLE.sub(DOTS, _LINK.sub(DOTS, _MAIL.sub(DOTS, _ECHO.sub("", seen)))))
    without = _without_greeting(bare, language)
    return _trimmed(_BESIDE.sub(DOTS, _dotted(without, language)))


def hidden(words: str) -> int:
    """How many things a masked text does not show."""
    return words.count(DOTS)


def _is_seen(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn")


def _plainly(sign: str) -> str:
    """A figure in a circle, or of another script, is a figure."""
    figure = unicodedata.digit(sign, None)
    return " " if sign.isspace() else sign if figure is None else str(figure)


def _trimmed(text: str) -> str:
    return " ".join(_EDGES.sub("", re.sub(rf"\s*{DOTS}(?:\s*{DOTS})+", f" {DOTS}", text)).split())


def _without_greeting(text: str, language: str) -> str:
    """Whoever is greeted is a person: the greeting goes with the name, if it is set off by a sign."""
    reading, cut = Reading(Draft(text, language), _NOTHING), 0
    expression = reading.phrased("greetings").expression
    folded = plain(text)
    match = expression.match(folded.folded) if expression else None
    if match and match.end() > match.start():
        _, cut = folded.at(match.start(), match.end())
        name = re.match(rf"(?:[ ,]+(?:{_NAMED.pattern}))?\s*[,!.:;]\s*", text[cut:])
        cut = cut + name.end() if name else 0
    rest = text[cut:]
    return rest[:1].upper() + rest[1:] if cut and len(rest) > 1 and rest[0].islower() and text[0].isupper() else rest


def _dotted(text: str, language: str) -> str:
    reading = Reading(Draft(text, language), _NOTHING)
    found = [(one.start, one.end) for one in held_secrets(reading)]
    found += [one.span() for one in _NUMBER.finditer(text)]
    found += [one.span("name") for pattern in (_TITLED, _SIGNED) for one in pattern.finditer(text)]
    found += _names(text, reading)
    parts, at = [], 0
    for start, end in sorted(found):
        if end > at:
            parts += [text[at : max(at, start)], DOTS]
            at = end
    return "".join([*parts, text[at:]])


def _names(text: str, reading: Reading) -> Iterator[tuple[int, int]]:
    """Given names, small or capital, with the surnames behind them, and whatever stands after "my name is"."""
    common, introducing = reading.words.listed("not_names") | reading.words.listed("everyday"), reading.words.listed("introducing")
    for match in _WORD.finditer(text):
        word = plain(match.group()).folded
        if word not in common and (
            word in given_names() or (match.group()[0].isupper() and _introduced(text[: match.start()], introducing))
        ):
            named = _NAMED.match(text, match.start())
            yield named.span() if named else match.span()


def _introduced(before: str, introducing: frozenset[str]) -> bool:
    said = plain(before[-40:]).folded.rstrip(" :,")
    return any(said.endswith(one) and not said[: -len(one)][-1:].isalnum() for one in introducing)
