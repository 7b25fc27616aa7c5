"""Reads a time as people type it or forms send it; what names no zone is by the clock of whoever typed it. Pure."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.errors import BadInput

_SECONDS = re.compile(r"\d{9,11}")
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:hH.]([0-5]\d)")
_SPAN = re.compile(r"\+?(\d{1,3}) ?(min|m|h|d)")
_UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days"}


def read_moment(typed: str, timezone: str, now: datetime, *, past: bool = False) -> datetime:
    """2026-11-22T08:00, with or without a zone; 08:00, the next such hour, or the last one if it is `past`; 90m, 4h, 2d from or before now;
    seconds since 1970. Raises BadInput for anything else.
    """
    text, zone = typed.strip(), ZoneInfo(timezone)
    if _SECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(text), UTC)
    if span := _SPAN.fullmatch(text):
        length = timedelta(**{_UNITS[span[2]]: int(span[1])})
        return now - length if past else now + length
    if clock := _CLOCK.fullmatch(text):
        return _nearest(int(clock[1]), int(clock[2]), now.astimezone(zone), past=past)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(field="at", problem="no_moment") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _nearest(hour: int, minute: int, here: datetime, *, past: bool) -> datetime:
    moment = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if past and moment > here:
        moment -= timedelta(days=1)
    elif not past and moment <= here:
        moment += timedelta(days=1)
    return moment.astimezone(UTC)


def to_come(typed: str, timezone: str, now: datetime) -> datetime:
    """A moment in the future, within a year."""
    moment = read_moment(typed, timezone, now)
    if not now < moment <= now + timedelta(days=366):
        raise BadInput(field="at", problem="not_to_come")
    return moment


def gone_by(typed: str, timezone: str, now: datetime) -> datetime:
    """A moment that has passed, a year ago at most."""
    moment = read_moment(typed, timezone, now, past=True)
    if not now - timedelta(days=366) <= moment <= now:
        raise BadInput(field="at", problem="not_gone_by")
    return moment
