"""What the triage is asked and what it answers: plain values, cheap to import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from flows.severity import Severity

if TYPE_CHECKING:
    from numpy.typing import NDArray

Speed = Literal["linear", "semantic"]


@dataclass(frozen=True)
class Suggestion:
    """What a machine thinks of one text: never more than a suggestion, a person's click always wins.

    Confidences, anger and mood run from 0 to 1. `tags` holds at most five, best first, with the confidence each
    would have were the mention about the crisis. `cluster` is the same number for near-duplicates. `anger` is how
    alike it is to what the FLOW calls angry; `mood` is what figures count, see flows/triage/mood.py.
    """

    crisis: bool
    crisis_confidence: float
    language: str
    tags: tuple[tuple[str, float], ...]
    severity: Severity
    anger: float
    question: bool
    cluster: int
    by: Speed
    mood: float = 0.0


@dataclass(frozen=True)
class Click:
    """What a person said of a text: the name of a tag, or `crisis`, or `ordinary`, and whether it holds."""

    text: str
    language: str | None
    tag: str
    truth: bool


class Encoder(Protocol):
    """Turns texts of any language into vectors of one length that lie near each other when they mean the same."""

    def encode(self, texts: Sequence[str]) -> NDArray[Any]: ...
