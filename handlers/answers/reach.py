"""By which ways a customer may be answered now, and until when: what the network allows, what they wrote, what we sent. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handlers.networks import Abilities
from handlers.ports import AUTOMATIC, LIST, NOT_SUMMONED

PUBLIC, PRIVATE = "public", "private"
PRIVATE_ONCE, PRIVATE_OVER = "private_once", "private_over"


@dataclass(frozen=True)
class Reach:
    """Why not, in public and in private; None where it may be. `until`: when the private way closes, None for never."""

    public: str | None = None
    private: str | None = None
    until: datetime | None = None

    def why_not(self, *, private: bool) -> str | None:
        return self.private if private else self.public

    def nowhere(self, *, talk_is_private: bool) -> str | None:
        """Why there is no way left at all: what was said in private is answered there."""
        return self.private if self.private and (talk_is_private or self.public) else None


def reach(able: Abilities, said: Sequence[Any], told: Collection[str], now: datetime) -> Reach:
    """`said`: rows of mentions, oldest first. `told`: the ids of those that we have answered in private, or are about to."""
    left = [one for one in said if one.deleted_at is None] or list(said)
    if machine := by_no_person(left):
        return Reach(machine, machine)
    until = closes_at(left)
    return Reach(_in_public(able, left), _in_private(able, left, told, now), until)


def by_no_person(said: Sequence[Any]) -> str | None:
    """AUTOMATIC or LIST, where nothing that stands was written to us by somebody."""
    left = [one.no_answer for one in said if one.deleted_at is None] or [one.no_answer for one in said]
    return left[-1] if left and all(one in (AUTOMATIC, LIST) for one in left) else None


def closes_at(said: Sequence[Any]) -> datetime | None:
    """When the private way to whoever wrote these closes; None for never."""
    next_ = to_answer(said)
    return next_.private_until if next_ else None


def is_over(until: datetime | None, now: datetime) -> bool:
    return until is not None and until <= now


def to_answer(said: Sequence[Any]) -> Any | None:
    """The one that a reply answers: the latest, but rather one that stands and that may be answered."""
    return max(said, key=lambda one: (one.deleted_at is None, one.no_answer is None, one.id), default=None)


def _in_public(able: Abilities, said: Sequence[Any]) -> str | None:
    if not able.public:
        return PUBLIC
    return NOT_SUMMONED if said and all(one.no_answer == NOT_SUMMONED for one in said) else None


def _in_private(able: Abilities, said: Sequence[Any], told: Collection[str], now: datetime) -> str | None:
    if not able.private:
        return PRIVATE
    if is_over(closes_at(said), now):
        return PRIVATE_OVER
    next_ = to_answer(said)
    is_told = able.private_once and next_ is not None and not next_.private and next_.external_id in told
    return PRIVATE_ONCE if is_told else None  # once they have answered in private, that is what we answer
