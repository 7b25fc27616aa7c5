"""What a Mastodon server's answers, and its silence, mean to whoever sent or asked."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from handlers.errors import DoorClosed, Refused, SendError, TryLater, Unconfirmed

NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
SOON, LATER, LONGEST = timedelta(seconds=30), timedelta(minutes=5), timedelta(hours=3)
_WORDS = 300
# of the answers 403 this one is about the thing that was asked for; the others say that the token, or its account, may not
# (app/controllers/concerns/api/error_handling.rb and app/controllers/api/base_controller.rb of Mastodon)
_NOT_THIS_ONE = "this action is not allowed"


class NotThere(Refused):
    """What was asked for does not exist there, or not for us."""


class Broken(TryLater):
    """The server failed over what it was asked for, or told more than can be read: it may always do, with just this."""


def unanswered(error: Exception, *, sends: bool) -> SendError:
    """Nothing of the error's own text is repeated: it may hold a header."""
    name = "timeout" if isinstance(error, TimeoutError | httpx.TimeoutException) else "connection_lost"
    if isinstance(error, NOT_SENT):
        return TryLater("no_connection", SOON)
    return Unconfirmed(name) if sends else Broken(name, SOON)


def garbled(*, sends: bool) -> SendError:
    return Unconfirmed("unreadable_answer") if sends else Broken("unreadable_answer", SOON)


def refusal(response: httpx.Response, body: bytes, *, sends: bool) -> SendError:
    """Of an answer that is no success."""
    status, words = response.status_code, said(response.status_code, body)
    if status == 429:
        return TryLater(words, quiet(response.headers) or LATER)
    if status == 408 or status >= 500:
        return Unconfirmed(words) if sends else Broken(words, quiet(response.headers) or SOON)
    if status < 400:
        return TryLater(f"{words}: moved", LATER)  # another place never gets our token
    return _forever(status, words)


def _forever(status: int, words: str) -> SendError:
    if status == 401 or (status == 403 and _NOT_THIS_ONE not in words.lower()):
        return DoorClosed(words, whole=True)
    return NotThere(words) if status in (404, 410) else Refused(words)


def said(status: int, body: bytes) -> str:
    """The server's own words, or the number of its answer."""
    try:
        found = json.loads(body)
        words = found.get("error_description") or found.get("error")
    except (ValueError, AttributeError):
        words = None
    return words[:_WORDS] if isinstance(words, str) and words else f"HTTP {status}"


def quiet(headers: httpx.Headers) -> timedelta | None:
    """For how long nothing may be asked, as the answer tells it."""
    until = moment(headers.get("Retry-After", "")) or moment(headers.get("X-RateLimit-Reset", ""))
    return min(max(until - datetime.now(UTC), timedelta(seconds=1)), LONGEST) if until else None


def moment(value: str) -> datetime | None:
    """As Mastodon writes it (ISO 8601), as HTTP does (seconds from now, or a date), or as a number of seconds since 1970."""
    value = value.strip()
    if value.isdigit() and len(value) <= 10:
        number = int(value)
        return datetime.now(UTC) + timedelta(seconds=number) if number < 10_000_000 else datetime.fromtimestamp(number, UTC)
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(value)
        except (ValueError, TypeError):
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None
