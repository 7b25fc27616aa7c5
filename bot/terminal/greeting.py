"""What a person reads who has just started the bot."""

import sys
from collections.abc import Sequence

from templates import say


def greet(url: str, language: str, names: Sequence[str], *, is_demo: bool) -> None:
    """`names` are those of our own people."""
    _show("welcome", language, url=url)
    if is_demo:
        _show("welcome_demo", language)
    elif not names:
        _show("no_people", language)


def hand_over(name: str, link: str, language: str) -> None:
    """A sign-in link, for one person."""
    _show("sign_in", language, name=name, link=link)


def _show(words: str, language: str, **facts: object) -> None:
    sys.stdout.write(say(f"cli.{words}", language, **facts) + "\n")
    sys.stdout.flush()  # whoever started us may read through a pipe
