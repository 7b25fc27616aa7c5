"""X's refusals, and the failures of the way to it, in our own words."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import aiohttp
from tweepy.errors import TweepyException

from handlers.errors import DoorClosed, Refused, SendError, TryLater, Unconfirmed

SOON, LATER, LONGEST = timedelta(seconds=30), timedelta(minutes=15), timedelta(hours=24)
_WORDS_MOST = 300
# errors before anything was sent; a connection that was cut later may have carried it
_UNSENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
# https://docs.x.com/x-api/fundamentals/response-codes-and-errors, and the sentences that X answers with
_NO_CREDIT = ("usage-capped", "problems/credits", "spend cap")
_LOCKED = ("your account is suspended", "account is temporarily locked", "account is locked")  # ours; a customer's is no matter
_NOT_ALLOWED = ("oauth1-permissions", "client-forbidden", "not configured with the appropriate")
_NO_PARENT = ("deleted or not visible", "in_reply_to_tweet_id is not valid", "resource-not-found")


class Answered(Exception):
    """X answered, and not with yes. Headers and body are kept; no address, since it may hold what is secret."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        super().__init__(f"{status}")
        self.status = status
        self.headers = headers
        self.problem = _json(body)

    @property
    def words(self) -> str:
        """X's own, bounded."""
        errors = self.problem.get("errors") or [{}]
        first = errors[0] if isinstance(errors[0], dict) else {"message": str(errors[0])}
        said = self.problem.get("detail") or first.get("detail") or first.get("message") or self.problem.get("title")
        return f"{self.status}: {said or 'no reason given'}"[:_WORDS_MOST]

    def says(self, *words: str) -> bool:
        told = json.dumps(self.problem).lower()
        return any(word in told for word in words)


class Unreadable(Exception):
    """A yes whose body is no JSON."""


# all that can go wrong between us and X, what is shaped otherwise than X says included
FAILURES = (Answered, Unreadable, TweepyException, aiohttp.ClientError, OSError, ValueError, KeyError, TypeError, AttributeError)


@contextmanager
def while_reading() -> Iterator[None]:
    try:
        yield
    except FAILURES as error:
        raise reading(error) from None


@contextmanager
def while_sending() -> Iterator[None]:
    try:
        yield
    except FAILURES as error:
        raise sending(error) from None


def reading(error: Exception) -> SendError:
    """What a question that failed becomes: nothing was changed, so it can be asked again."""
    if isinstance(error, Answered):
        return _answered(error)
    return TryLater(_named(error), SOON)


def sending(error: Exception) -> SendError:
    """What an act that failed becomes."""
    if isinstance(error, _UNSENT):
        return TryLater(_named(error), SOON)
    if isinstance(error, Answered) and error.status < 500:
        return _answered(error)
    return Unconfirmed(error.words if isinstance(error, Answered) else _named(error))


def is_duplicate(error: Exception) -> bool:
    return isinstance(error, Answered) and error.status == 403 and error.says("duplicate")


@contextmanager
def unless_gone() -> Iterator[None]:
    """What is not there any more is no failure of who takes it away."""
    try:
        yield
    except Answered as error:
        if error.status != 404:
            raise


def is_barred(error: Exception) -> bool:
    """Whether this app, or its token, may not do such a thing at all."""
    return isinstance(error, Answered) and error.status == 403 and not error.says(*_LOCKED)


def _answered(error: Answered) -> SendError:
    if error.status in {401, 402} or error.says(*_NO_CREDIT, *_LOCKED):
        return DoorClosed(error.words, whole=True)
    if error.status == 429:
        return TryLater(error.words, _until_reset(error.headers))
    if error.status >= 500 or error.status < 400 or error.status == 408:
        return TryLater(error.words, SOON)
    if error.status == 403 and error.says(*_NOT_ALLOWED):
        return DoorClosed(error.words)
    if error.says(*_NO_PARENT):
        return Refused("parent_gone")
    return Refused(error.words)


def _until_reset(headers: Mapping[str, str]) -> timedelta:
    """How long until the limit that was hit has room: the 15 minutes' own, or where that has some left, one of the day's."""
    spent = [
        headers.get(f"{limit}-reset", "")
        for limit in ("x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour")
        if headers.get(f"{limit}-remaining", "0" if limit == "x-rate-limit" else "") == "0"
    ]
    waits = [int(reset) - time.time() for reset in spent if reset.isdigit()]
    seconds = max(waits, default=LATER.total_seconds())
    return min(max(timedelta(seconds=seconds), timedelta(seconds=1)), LONGEST)


def _named(error: Exception) -> str:
    """Only its kind: what libraries say may hold addresses with what is secret in them."""
    if isinstance(error, TimeoutError):
        return "timeout"
    return "no_connection" if isinstance(error, _UNSENT) else "connection_lost"


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {"errors": found if isinstance(found, list) else []}
