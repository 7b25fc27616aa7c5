"""Where a moment stands on the axis of a drill's picture, and which hours and days are written on it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.pictures.timeline_picture import Span

STEPS = tuple(timedelta(minutes=each) for each in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080))
LABELS = 9  # at the most


@dataclass(frozen=True)
class Axis:
    span: Span
    zone: ZoneInfo
    x: float
    width: float

    def place(self, at: datetime) -> float:
        """What lies outside stands at the edge."""
        share = (at.astimezone(UTC) - self.span.begin) / max(self.span.end - self.span.begin, timedelta(seconds=1))
        return self.x + self.width * min(1.0, max(0.0, share))

    def ticks(self) -> Iterator[datetime]:
        """Full hours, quarters … by the local clock, as many as can be read."""
        length = self.span.end - self.span.begin
        step = next((step for step in STEPS if length / step <= LABELS), STEPS[-1])
        here = self.span.begin.astimezone(self.zone)
        midnight = datetime.combine(here.date(), time(), self.zone).astimezone(UTC)
        at = midnight + -(-(self.span.begin - midnight) // step) * step
        while at <= self.span.end:
            yield at.astimezone(self.zone)
            at += step

    def midnights(self) -> Iterator[datetime]:
        day = self.span.begin.astimezone(self.zone).date()
        while (at := datetime.combine(day := day + timedelta(days=1), time(), self.zone)) < self.span.end:
            yield at
