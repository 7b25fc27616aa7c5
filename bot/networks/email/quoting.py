"""Leaves away what a customer did not write now: the mail that is answered, and the signature."""

from quotequail import unwrap

LOOKED_AT = 20_000  # characters, and
LINES = 400  # lines: it looks at some of them against all others
_SIGNATURE, _SIGNATURE_MOST = ("-- ", "--"), 13  # RFC 3676, 4.3; lines
_TYPOGRAPHY = str.maketrans({"\u00a0": " ", "\u202f": " "})  # before French colons


def own_words(text: str, *, answers: bool) -> str:
    """What is left is never nothing. `answers`: the mail belongs to a thread, so what stands below is answered, not passed on."""
    said = _above(text, answers=answers)
    return _without_signature(said if said.strip() else text).strip()


def _above(text: str, *, answers: bool) -> str:
    looked = "\n".join(text[:LOOKED_AT].split("\n")[:LINES])
    found = unwrap(looked.translate(_TYPOGRAPHY)) or {}
    above, below = found.get("text_top") or "", found.get("text_bottom") or ""
    if found.get("type") not in (("reply", "forward") if answers else ("reply",)) or not above.strip():
        return text
    if below.strip():  # answers between the lines make no sense without what they answer
        return text
    return text[: _same_place(text, above)]


def _same_place(text: str, above: str) -> int:
    """Where it ends in the text as it was; the translation changed no length, the library trims ends of lines."""
    at, given = 0, text.translate(_TYPOGRAPHY)
    for line in above.split("\n"):
        found = given.find(line.strip(), at)
        if found < 0:
            return len(text)
        at = found + len(line.strip())
    return at


def _without_signature(text: str) -> str:
    lines = text.split("\n")
    for at in range(len(lines) - 1, max(0, len(lines) - _SIGNATURE_MOST) - 1, -1):
        if lines[at] in _SIGNATURE:
            return "\n".join(lines[:at]) if any(line.strip() for line in lines[:at]) else text
    return text
