"""Time as a dial: it stands still until a test turns it."""

import time
from datetime import UTC, datetime, timedelta


class Dial:
    def __init__(self, at: datetime = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **span: float) -> None:
        self.at += timedelta(**span)


class RunningDial(Dial):
    """Runs on by itself as well, since `at`: for stories with a door that lives in real time."""

    def __init__(self, at: datetime = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)) -> None:
        super().__init__(at)
        self._began = time.monotonic()

    def __call__(self) -> datetime:
        return self.at + timedelta(seconds=time.monotonic() - self._began)
