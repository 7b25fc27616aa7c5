"""Says a message of templates/ the way a door needs it: every fact made safe by that door's own escape."""

from collections.abc import Callable
from datetime import datetime

from handlers.customer_text import plain
from handlers.ports import Called, CustomerText, Label, Words
from templates import say

Escape = Callable[[str], str]
Moment = Callable[[datetime], str]
Call = Callable[[Called], str]
IN_A_SENTENCE = 300  # characters of a customer's words within one of ours


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
