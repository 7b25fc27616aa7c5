"""How far we have heard, as the cursor that others keep for us: where each kind of question stands, also in the middle of its pages."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta

_EPOCH = 1_288_834_974_657  # of X's ids, in milliseconds
_LATE = timedelta(seconds=30)  # X may show a post after a younger one
_KEPT = 1_000  # ids of that time; more of them would be told again


@dataclass(frozen=True)
class Position:
    """`since`: what is not after this id was heard. `seen`: what is after it, and was heard all the same.

    While pages are left `until` (or `token`) is where to go on, and `top` the youngest that was met. `asked_at`: ISO.
    """

    since: str
    until: str = ""
    token: str = ""
    top: str = ""
    seen: tuple[str, ...] = ()
    asked_at: str = ""

    @property
    def pages_left(self) -> bool:
        return bool(self.until or self.token)

    def after(self, ids: Iterable[str], now: datetime, *, until: str = "", token: str = "") -> "Position":
        """Where we stand after a page; `until` or `token` where another one follows."""
        told = list(ids)
        top = youngest([self.top, *told])
        here = replace(self, top=top, seen=_met_again((*self.seen, *told), top or self.since), asked_at=now.isoformat())
        if until or token:
            return replace(here, until=until, token=token)
        since = youngest([self.since, _before(top)]) if top else self.since
        return replace(here, since=since, until="", token="", top="")

    def rests(self, pace: timedelta, now: datetime) -> bool:
        """Whether it was asked so lately that it need not be asked again."""
        return bool(self.asked_at) and not self.pages_left and now - datetime.fromisoformat(self.asked_at) < pace


def read(cursor: str | None) -> dict[str, Position]:
    kept = json.loads(cursor) if cursor else {}
    return {kind: Position(**{**one, "seen": tuple(one.get("seen", ()))}) for kind, one in kept.items()}


def written(positions: Mapping[str, Position]) -> str:
    return json.dumps({kind: {name: value for name, value in asdict(one).items() if value} for kind, one in positions.items()})


def id_at(moment: datetime) -> str:
    """An id that divides what is older from what is younger: X's ids begin with their moment."""
    return str(max(1, int(moment.timestamp() * 1000) - _EPOCH) << 22)


def moment_of(external_id: str) -> datetime:
    return datetime.fromtimestamp(((int(external_id) >> 22) + _EPOCH) / 1000, UTC)


def is_after(one: str, other: str) -> bool:
    return int(one or 0) > int(other or 0)


def youngest(ids: Iterable[str]) -> str:
    return max(ids, key=lambda one: int(one or 0), default="")


def _before(external_id: str) -> str:
    return str(max(1, int(external_id) - (int(_LATE.total_seconds() * 1000) << 22)))


def _met_again(ids: Iterable[str], top: str) -> tuple[str, ...]:
    """Those after which the next question does not begin yet."""
    begin = _before(top)
    return tuple(sorted({one for one in ids if is_after(one, begin)}, key=int)[-_KEPT:])
