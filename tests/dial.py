"""Time as a dial: it stands still until a test turns it."""

from datetime import UTC, datetime, timedelta


class Dial:
    def __init__(self, at: datetime = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **span: float) -> None:
        self.at += timedelta(**span)
