"""Finds a customer addressed by another name than their own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.checks.draft import Finding
from flows.checks.plain import plain
from flows.checks.reading import Reading

_NAME = r"[A-ZÀ-ÖØ-ÞĀ-ŽЀ-Я][\w'’-]{1,30}"
_TITLE = (
    r"(?:(?:Mr|Mrs|Ms|Miss|Dr|Mx)\.?|[Ss]eñora?|[Ss]eñorita|[Ss]r\.?|[Ss]ra\.?|[Dd]on|[Dd]oña|Monsieur|Madame|Mademoiselle|M\.|Mme|Mlle)"
)
_TITLED = re.compile(rf"\b{_TITLE} (?P<name>{_NAME}(?: {_NAME})?)")
_AFTER_COMMA = re.compile(rf", (?P<name>{_NAME}(?: {_NAME})?)(?=\s?[.!?,:;…]|$| (?:and|y|et|por|pour|for|de|from)\b)")
_FIRST = re.compile(rf"(?:^|[.!?…:\n] ?)[¡¿«\"]?(?P<name>{_NAME})(?=\s?[,:!])")
_GREETED = re.compile(
    rf"(?:^|[.!?…\n] ?)[¡¿]?(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)?)(?P<second> [^\W\d_]+)?,? (?P<name>{_NAME})"
    r"(?=\s?[,.!?:;…]|$| (?:and|y|et)\b)"
)
_SHARED = 3  # letters that a short form has in common with its name


def wrong_name(reading: Reading) -> Iterator[Finding]:
    name = reading.surroundings.name
    if not name:
        return
    text = reading.draft.text[:10_000]
    text = text[: _before_signature(text, reading)]
    own = _parts(name)
    for start, end in sorted(set(_addressed(text, reading))):
        said = _parts(text[start:end])
        if said and not any(_same(one, other, reading) for one in said for other in own) and not _initials(text[start:end], name):
            yield Finding("wrong_name", start, end, "finding.wrong_name", {"said": text[start:end], "name": name}, name.split()[0])
            return


def _addressed(text: str, reading: Reading) -> Iterator[tuple[int, int]]:
    """Where somebody is spoken to: after a title, after a greeting, set off by commas."""
    for match in _TITLED.finditer(text):
        if _set_off(text, match):
            yield match.span("name")
    for match in _GREETED.finditer(text):
        opening = plain(match["word"] + (match["second"] or "")).folded
        if opening in reading.phrased("greetings") and not _is_common(match["name"], reading):
            yield match.span("name")
    for match in _AFTER_COMMA.finditer(text):
        if not _is_common(match["name"].split()[0], reading) or _is_given(match["name"], reading):
            yield match.span("name")
    for match in _FIRST.finditer(text):
        if _is_given(match["name"], reading):
            yield match.span("name")


def _set_off(text: str, match: re.Match[str]) -> bool:
    """A title begins or ends a phrase when somebody is addressed; inside one it speaks of a third person."""
    before, after = text[: match.start()].rstrip(" "), text[match.end() :].lstrip(" ")
    begins = not before or before[-1] in ",.!?¡¿:\n" or len(before.split()) <= 2
    return begins and (not after or after[0] in ",.!?:;")


def _is_common(word: str, reading: Reading) -> bool:
    small = plain(word).folded
    return small in reading.words.listed("not_names")


def _is_given(word: str, reading: Reading) -> bool:
    return plain(word).folded.split()[0] in reading.words.listed("given_names")


def _before_signature(text: str, reading: Reading) -> int:
    """Where the agent's own greeting and name begin: after the last sentence that is nothing but a farewell."""
    folded = plain(text)
    ends = [hit.start for hit in reading.phrased("farewells").within(folded.whole) if hit.start > len(folded.folded) * 0.3]
    return folded.at(ends[-1], ends[-1] + 1)[0] if ends else len(text)


def _parts(name: str) -> list[str]:
    return [part for part in re.findall(r"[^\W\d_]+", plain(name).folded) if len(part) > 1]


def _initials(said: str, name: str) -> bool:
    return said.isupper() and plain(said).folded == "".join(part[0] for part in _parts(name))[: len(said)]


def _same(said: str, own: str, reading: Reading) -> bool:
    """The same name, a known short form of it, or its beginning."""
    if said == own or (len(said) >= 2 and own.startswith(said)) or _shortened(said, own):
        return True
    known = reading.words.nicknames
    return said in known.get(own, ()) or own in known.get(said, ())


def _shortened(said: str, own: str) -> bool:
    """Katie for Katherine: the same beginning, then an ending that makes it small."""
    shared = len(said) - 1 if said.endswith(("y", "i", "a", "o", "e", "u")) else len(said)
    shared -= said.endswith("ie")
    return shared >= _SHARED and own[:shared] == said[:shared] and len(said) < len(own)
