"""Says numbers, hours, days and labels in a chart, in the manner of one language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.pictures.lettering import drawable, width
from bot.pictures.shapes import Look
from bot.pictures.words import clean
from handlers.insight.figures import Mark, Period
from templates import say

LENGTHS = {"hour": (1, 1), "day": (23, 25), "week": (167, 169)}  # hours; a day on which clocks change is a day


def capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def legible(name: str) -> str:
    """On one line, if our letters are enough for it; else nothing."""
    return words if drawable(words := clean(name)) else ""


def shown(mark: Mark) -> str:
    """The word of a mark in templates/*/chart.j2; its act and what it set or approved."""
    if mark.what == "hold_set":
        return f"hold_{mark.detail}"
    return f"{mark.what}_{mark.detail}" if mark.what == "statement_approved" and mark.detail else mark.what


@dataclass(frozen=True)
class Manner:
    """How one language says it. All moments are said in `zone`."""

    language: str
    zone: ZoneInfo

    def say(self, name: str, /, **facts: object) -> str:
        return clean(say(f"chart.{name}", self.language, **facts))

    def number(self, n: int, look: Look | None = None, room: float = 0) -> str:
        """In thousands where it would be wider than its room."""
        words = self.say("number", n=n)
        if look is None or n < 1000 or width(words, look) <= room:
            return words
        return self.say("thousands", n=round(n / 1000))

    def hour(self, at: datetime) -> str:
        here = at.astimezone(self.zone)
        return self.say("hour", hour=here.hour, minute=here.minute)

    def weekday(self, at: datetime) -> str:
        here = at.astimezone(self.zone)
        return self.say("weekday", weekday=here.weekday(), day=here.day)

    def date(self, at: datetime) -> str:
        here = at.astimezone(self.zone)
        return self.say("date", day=here.day, month=here.month)

    def long_date(self, at: datetime) -> str:
        here = at.astimezone(self.zone)
        return self.say("long_date", weekday=here.weekday(), day=here.day, month=here.month)

    def moment(self, at: datetime) -> str:
        return self.say("moment", date=self.long_date(at), hour=self.hour(at))

    def lasting(self, seconds: float) -> str:
        return self.say("lasting_for", minutes=round(seconds / 60))

    def period(self, period: Period) -> str:
        """Whole days by their dates, all else by the minute; the end of one day's hours without its date again."""
        since, until = period.since.astimezone(self.zone), period.until.astimezone(self.zone)
        if since.time() == until.time() == time():
            last = until - timedelta(days=1)
            begin, end = self.long_date(since), "" if last.date() == since.date() else self.long_date(last)
        else:
            begin, end = self.moment(since), self.hour(until) if since.date() == until.date() else self.moment(until)
        return self.say("period", since=begin, until=end, zone=period.timezone)

    def label(self, name: str, labels: Mapping[str, Mapping[str, str]]) -> str:
        """A tag in letters that we can draw: in this language, in English, or as FLOW names it."""
        ours = labels.get(name, {})
        wanted = (ours.get(self.language) or "", ours.get("en") or "", name.replace("_", " "))
        return capital(next((words for one in wanted if (words := legible(one))), "?"))


def length_of(period: Period) -> str:
    """hour, day, week, or nothing that has a name."""
    hours = (period.until.astimezone(UTC) - period.since.astimezone(UTC)) / timedelta(hours=1)
    return next((name for name, (least, most) in LENGTHS.items() if least <= hours <= most), "other")
