"""Which items concern us: those that hold one of the words that are searched for, or all where none are."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from bot.networks.press.position import short


@dataclass(frozen=True)
class Wanted:
    """`digest` tells one set of words from another."""

    pattern: re.Pattern[str] | None
    digest: str

    @classmethod
    def of(cls, phrases: Sequence[str]) -> "Wanted":
        """A #hashtag is looked for with and without its sign: few sites write it."""
        words = [folded(one.removeprefix("#")) for one in phrases]
        pattern = re.compile("|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in words if one)) if any(words) else None
        return cls(pattern, short("\n".join(sorted(words))))

    def __call__(self, spoken: str) -> bool:
        return self.pattern is None or self.pattern.search(folded(spoken)) is not None


def folded(text: str) -> str:
    """Without what differs between two ways to write the same: case, accents, breaks of lines."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return " ".join(plain.casefold().split())
