"""How grave a case is, in an order that a queue can sort by."""

from __future__ import annotations

from enum import IntEnum


class Severity(IntEnum):
    """Ordered: the greatest of several severities is the one that counts."""

    LOW = 0
    NORMAL = 1
    HIGH = 2
    CRITICAL = 3

    @property
    def word(self) -> str:
        """The word used in files and tables: "low" … "critical"."""
        return self.name.lower()

    @classmethod
    def parse(cls, word: str) -> Severity:
        """Raises ValueError unless the word is exactly one of SEVERITY_WORDS."""
        for severity in cls:
            if severity.word == word:
                return severity
        raise ValueError(f"{word!r} is not a severity")


SEVERITY_WORDS = tuple(severity.word for severity in Severity)
