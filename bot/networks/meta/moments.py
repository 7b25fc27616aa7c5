"""Moments as Meta writes them: seconds, milliseconds, or ISO 8601 with a zone that has no colon."""

from datetime import UTC, datetime

_MILLISECONDS = 10_000_000_000  # from here on a number cannot be seconds: that would be the year 2286


def moment(value: object) -> datetime:
    """Raises ValueError."""
    if isinstance(value, str) and not value.isdigit():
        return _aware(datetime.fromisoformat(value))
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError("not a moment")  # noqa: TRY004 - whoever reads it asks whether, not why
    number = int(value)
    try:
        return datetime.fromtimestamp(number / 1000 if number >= _MILLISECONDS else number, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError("not a moment") from error


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a moment without its zone")
    return value.astimezone(UTC)
