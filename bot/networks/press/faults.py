"""Why a feed could not be read."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

AGAIN, AGAIN_MOST = timedelta(minutes=1), timedelta(hours=1)
SHUT = (401, 403)


class FeedAway(Exception):
    """`reason` is a short word without an address, which may hold a key. `shut`: we are not let in. `after`: the site asked for quiet."""

    def __init__(self, reason: str, *, shut: bool = False, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.shut = shut
        self.after = after


def away(status: int, retry_after: str | None) -> FeedAway:
    return FeedAway(f"http_{status}", shut=status in SHUT, after=_patience(retry_after))


def _patience(retry_after: str | None) -> timedelta | None:
    """Retry-After: seconds, or a moment."""
    if not retry_after:
        return None
    try:
        asked = timedelta(seconds=int(retry_after)) if retry_after.isdigit() else parsedate_to_datetime(retry_after) - datetime.now(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(asked, timedelta(seconds=1)), AGAIN_MOST)
