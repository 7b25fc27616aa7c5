"""Tells a question from a statement."""

from __future__ import annotations

from flows.triage.normalise import tokens

_BEGINNINGS = {
    "en": "who whom whose what when where why how which can could do does did is are am was were will would should may have has",
    "es": "que quien quienes cuando donde como cual cuales cuanto cuanta cuantos puedo puede pueden podria podrian hay sabeis saben",
    "fr": "qui quoi quand comment pourquoi quel quelle quels quelles combien est puis peut pouvez pourriez savez avez dois",
}
_ASKING = frozenset(word for words in _BEGINNINGS.values() for word in words.split())
_SHORTEST = 3  # words: "what a joke" is no question
_MARKS = ("?", "¿", "؟", "？")  # noqa: RUF001 - other scripts' question marks


def asks(text: str) -> bool:
    """A question mark anywhere, or a beginning like a question's."""
    if any(mark in text for mark in _MARKS):
        return True
    words = tokens(text)
    return len(words) > _SHORTEST and words[0] in _ASKING
