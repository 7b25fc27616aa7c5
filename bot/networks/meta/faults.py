"""What Meta means when it says no. Codes: "Handling errors" of the Graph API, "Common error codes" of the Messenger Platform."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from handlers.errors import DoorClosed, Refused, SendError, TryLater, Unconfirmed

WINDOW, PARENT_GONE, PRIVATE_IN_PUBLIC, TOO_LONG = "window", "parent_gone", "private_in_public", "too_long"
MOST_WORDS = 300
_TOKEN = frozenset({102, 190})
_BUSY = frozenset({4, 17, 32, 341, 368, 613})  # 368: blocked for a while for what looked like abuse
_BUC = range(80_000, 80_015)  # limits of a business use case
_MAYBE = frozenset({1, 2, 1200})  # something failed over there: nobody says whether before or after it was done
_PERMISSIONS = range(200, 300)
_PERSON = frozenset({551, 10900, 10901, 10902, 10903})  # not available; answered in private already; not to be answered
_OUTSIDE = frozenset({2018278, 2018065, 2018108, 2534022})  # after the window in which this person may be written to
_UNAVAILABLE = frozenset({1545041, 2018028})  # about this person, though it comes as a permission
_NOT_THERE = frozenset({33, 2018292})  # of code 100: does not exist, or is not for us; the latter of a comment to be answered in private
_TOKEN_MEANS = {
    458: "app_removed",
    459: "checkpoint",
    460: "password_changed",
    463: "expired",
    464: "account_not_confirmed",
    466: "revoked",
    467: "invalid",
    492: "no_role_on_page",
}
_A_MINUTE, _BLOCKED, _LONGEST = timedelta(minutes=1), timedelta(hours=1), timedelta(hours=24)
_USAGE = ("x-business-use-case-usage", "x-app-usage", "x-page-usage")


@dataclass(frozen=True)
class Answered:
    """An answer that is no success."""

    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def error(self) -> Mapping[str, Any]:
        try:
            error = json.loads(self.body)["error"]
        except (ValueError, KeyError, TypeError):
            return {}
        return error if isinstance(error, dict) else {}


class NotThere(Refused):
    """What was asked for is not there (any more), or not for us: Meta does not say which."""


def fault(answered: Answered, *, sending: bool) -> SendError:
    """`sending`: something of ours may have become public."""
    error = answered.error
    if not error:
        return _without_words(answered, sending=sending)
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    words = _words(error, answered.status)
    ours = _of_ours(answered, code, subcode, words)
    return ours or _of_the_reply(code, subcode, words) or _of_theirs(answered, code, words, sending=sending)


def _of_ours(answered: Answered, code: int, subcode: int, words: str) -> SendError | None:
    """Our token, or our haste."""
    if code in _TOKEN or answered.status == 401:
        return DoorClosed(f"token {_TOKEN_MEANS.get(subcode, 'invalid')}: {words}"[:MOST_WORDS], whole=True)
    if code in _BUSY or code in _BUC or answered.status == 429:
        return TryLater(words, _quiet(code, answered.headers))
    return None


def _of_the_reply(code: int, subcode: int, words: str) -> SendError | None:
    """The person whom it was for, or what it was to stand below."""
    if subcode in _OUTSIDE:
        return Refused(WINDOW)
    if code in _PERSON or subcode in _UNAVAILABLE:
        return Refused(words)
    return NotThere(words) if code == 100 and subcode in _NOT_THERE else None


def _of_theirs(answered: Answered, code: int, words: str, *, sending: bool) -> SendError:
    if code in _MAYBE or answered.error.get("is_transient") is True or answered.status >= 500:
        return _unsure(words, answered.headers, sending=sending)
    if code in {3, 10} or code in _PERMISSIONS:
        return DoorClosed(words)  # the token lives, but may not do this: it would refuse every other reply too
    return Refused(words)


def _without_words(answered: Answered, *, sending: bool) -> SendError:
    reason = f"HTTP {answered.status}"
    match answered.status:
        case 401:
            return DoorClosed(reason, whole=True)
        case 429:
            return TryLater(reason, _quiet(0, answered.headers))
        case status if 400 <= status < 500:
            return Refused(reason)
        case _:
            return _unsure(reason, answered.headers, sending=sending)


def _unsure(reason: str, headers: Mapping[str, str], *, sending: bool) -> SendError:
    return Unconfirmed(reason) if sending else TryLater(reason, _asked(headers) or timedelta(seconds=30))


def _words(error: Mapping[str, Any], status: int) -> str:
    said = error.get("error_user_msg") or error.get("message") or f"HTTP {status}"
    return str(said)[:MOST_WORDS]


def _number(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0


def _quiet(code: int, headers: Mapping[str, str]) -> timedelta:
    """As long as the headers say, in their minutes; else the least that they could say."""
    usual = _BLOCKED if code == 368 else _A_MINUTE
    return min(max(_regained(headers), default=None) or _asked(headers) or usual, _LONGEST)


def _regained(headers: Mapping[str, str]) -> Iterator[timedelta]:
    """`estimated_time_to_regain_access`, in minutes, of each use case of each account."""
    for name in _USAGE:
        try:
            told = json.loads(headers.get(name) or "{}")
            uses = [use for listed in told.values() if isinstance(listed, list) for use in listed]
            yield from (timedelta(minutes=float(use.get("estimated_time_to_regain_access") or 0)) for use in uses)
        except (ValueError, AttributeError, TypeError, OverflowError):
            continue


def _asked(headers: Mapping[str, str]) -> timedelta | None:
    after = headers.get("retry-after", "")
    return timedelta(seconds=max(1, int(after))) if after.isascii() and after.isdigit() and len(after) < 7 else None
