"""Says a message of templates/ the way a door needs it: every fact made safe by that door's own escape."""

import re
from collections.abc import Callable
from datetime import datetime

from handlers.customer_text import plain
from handlers.ports import Called, CustomerText, Label, Words
from templates import say

Escape = Callable[[str], str]
Moment = Callable[[datetime], str]
Call = Callable[[Called], str]
IN_A_SENTENCE = 300  # characters of a customer's words within one of ours
_FACT_MOST, _TEXT_MOST = 200, 3000  # characters
# what cannot be seen or turns the direction of writing, and the private signs with which doors mark moments and people
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f\u200b\u200c\u2060\ufeff\u00ad\u202a-\u202e\u2066-\u2069\ue000-\ue002\U000e0000-\U000e007f]"
)


def speak(words: Words, language: str, escape: Escape, moment: Moment, call: Call | None = None) -> str:
    """The message in one language. Its own words come from us and are not escaped, its facts are; `moment` writes a time.

    `call` writes somebody of ours so that it rings for them, safely; without it they are named.
    """
    facts = {name: _said(fact, language, escape, moment, call) for name, fact in words.facts.items()}
    return say(words.name, language, **facts)


def _said(fact: object, language: str, escape: Escape, moment: Moment, call: Call | None) -> object:
    match fact:
        case Called():
            return call(fact) if call else escape(fact.name)
        case str() | CustomerText() | Label():
            return escape(_plain(fact, language))
        case datetime():
            return moment(fact)
        case Words():
            return speak(fact, language, escape, moment, call)
        case tuple() | list():
            return [_said(one, language, escape, moment, call) for one in fact]
        case None | int() | float():
            return fact
    raise TypeError(f"a fact cannot be a {type(fact).__name__}")


def _plain(fact: str | CustomerText | Label, language: str) -> str:
    if isinstance(fact, CustomerText):
        return plain(fact, IN_A_SENTENCE)
    return fact.in_(language) if isinstance(fact, Label) else fact


def cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def bare(text: str) -> str:
    """Without signs that cannot be seen, turn the direction of writing, or cannot be sent."""
    return _INVISIBLE.sub("", text.encode("utf-8", "replace").decode())


def one_line(text: str) -> str:
    """A fact within a line of ours: it cannot pose as a line of its own."""
    return " ".join(bare(text).split())


def calm(text: str, most: int = _FACT_MOST) -> str:
    """A fact that may have been chosen by a stranger, such as a name: bare, on one line, short, its links harmless."""
    return plain(CustomerText(one_line(text), whole=True), most)


def calm_words(text: str) -> str:
    """As `calm`, for a sentence that carries whole texts."""
    return calm(text, _TEXT_MOST)
