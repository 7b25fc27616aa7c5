"""Speaks what a picture says, in one language, and leaves out what no picture can carry."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from bot.voice import speak
from handlers.ports import Words
from templates import say


def clean(words: str) -> str:
    """Without control characters, which XML forbids, and signs that turn the direction of writing; on one line."""
    plain = "".join(" " if letter in "\n\t\r" else letter for letter in words)
    return "".join(letter for letter in plain if not unicodedata.category(letter).startswith("C")).strip()


@dataclass(frozen=True)
class Tongue:
    language: str

    def speak(self, words: Words) -> str:
        """With a capital in front, since each line of a picture stands alone; names stay as they are."""
        said = clean(speak(words, self.language, str, datetime.isoformat))
        return said if words.name.startswith("plain.") else said[:1].upper() + said[1:]

    def say(self, name: str, /, **facts: object) -> str:
        """A macro of the pictures' own words, such as `approvals`."""
        return clean(say(f"picture.{name}", self.language, **facts))
