"""What every command shares: asking for help, the nearest word that is known, a number as people type it. Pure."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

_NUMBER = re.compile(r"#?(\d{1,18})")


@dataclass(frozen=True)
class Help:
    """`unknown` is the word that was not understood, "" when help was asked for; `guess` what it may have meant."""

    unknown: str = ""
    guess: str = ""


def unknown(word: str, known: Sequence[str]) -> Help:
    near = difflib.get_close_matches(word.lower(), known, n=1)
    return Help(unknown=word[:60] or "…", guess=near[0] if near else "")


def number(word: str) -> int | None:
    found = _NUMBER.fullmatch(word)
    return int(found[1]) if found else None
