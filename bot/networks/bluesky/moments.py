"""Moments as this network writes them, as milliseconds since 1970: what its lists are ordered by."""

from datetime import UTC, datetime, timedelta

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def read(said: object) -> int | None:
    """None for what is no moment with its zone."""
    if not isinstance(said, str):
        return None
    try:
        moment = datetime.fromisoformat(said)
        return from_datetime(moment) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def from_datetime(moment: datetime) -> int:
    return (moment - _BEGINNING) // _MILLISECOND


def to_datetime(at: int) -> datetime:
    return _BEGINNING + at * _MILLISECOND


def written(at: int) -> str:
    return to_datetime(at).isoformat(timespec="milliseconds").replace("+00:00", "Z")
