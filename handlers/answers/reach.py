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


def reach(able: Abilities, said: Sequence[Any], told: Collection[str], now: datetime) -> Reach:
    """`said`: rows of mentions, oldest first. `told`: the ids of those that we have answered in private, or are about to."""
    left = [one for one in said if one.deleted_at is None] or list(said)
    machine = next((one.no_answer for one in left if one.no_answer in (AUTOMATIC, LIST)), None)
    if machine and all(one.no_answer in (AUTOMATIC, LIST) for one in left):
        return Reach(machine, machine)
    closes = [one.private_until for one in left]
    until = None if None in closes else max(closes, default=None)
    return Reach(_in_public(able, left), _in_private(able, left, told, until, now), until)


def _in_public(able: Abilities, said: Sequence[Any]) -> str | None:
    if not able.public:
        return PUBLIC
    return NOT_SUMMONED if said and all(one.no_answer == NOT_SUMMONED for one in said) else None


def _in_private(able: Abilities, said: Sequence[Any], told: Collection[str], until: datetime | None, now: datetime) -> str | None:
    if not able.private:
        return PRIVATE
    if until is not None and until <= now:
        return PRIVATE_OVER
    public = [one for one in said if not one.private]
    if able.private_once and public and all(one.external_id in told for one in public):
        return PRIVATE_ONCE
    return None
