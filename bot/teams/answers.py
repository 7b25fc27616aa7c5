"""What the Bot Connector's answers mean for a send: did it arrive, will it ever, is the way closed?

The codes and which of them are to be repeated: "Status codes from bot conversational APIs",
https://learn.microsoft.com/microsoftteams/platform/bots/build-conversational-capability, and https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit.
"""

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from handlers.errors import DoorClosed, Gone, Refused, SendError, TryLater, Unconfirmed

AWAY = timedelta(seconds=5)
FIRST, MOST = 1.0, 60.0  # seconds to wait where nobody says how long; doubled each time
JITTER = 0.2  # either way, so that those who failed together do not come back together
POST, UPDATE, DELETE, ASK = "post", "update", "delete", "ask"

_NOBODY = frozenset({"BotNotRegistered", "InvalidBotApiHost"})  # no conversation takes anything from us
# of one conversation; in somebody's own chat: of that person alone
_HERE = frozenset({
    "BotDisabledByAdmin", "BotNotInConversationRoster", "ConversationBlockedByUser", "ConversationNotFound",
    "ForbiddenOperationException", "MessageWritesBlocked",
})  # fmt: skip
_NOT_NOW = frozenset({412, 429, 503})  # others were at it, we were too many, nobody was there: it surely was not taken
# Microsoft says "retry" to these. Of a post they do not say that it was not taken: the service may have passed it on before it failed
# (https://github.com/MicrosoftDocs/msteams-docs/issues/3561), and nothing recognises the second one. So it is asked for first;
# to change or to delete twice harms nobody.
_AWAY = frozenset({408, 500, 502, 504})
_WORD = re.compile("[A-Za-z][A-Za-z0-9_]{0,59}")


@dataclass
class Backoff:
    """How long to wait when the service does not say: longer each time, by conversation, until something gets through."""

    _times: dict[str, int] = field(default_factory=dict)

    def after(self, conversation_id: str) -> timedelta:
        times = self._times.get(conversation_id, 0)
        self._times[conversation_id] = times + 1
        seconds = min(MOST, FIRST * 2 ** min(times, 10))
        return timedelta(seconds=seconds * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311 - to be spread, not to be secret

    def first(self) -> timedelta:
        return self.after("")

    def well(self, conversation_id: str) -> None:
        self._times.pop(conversation_id, None)


def send_error(
    error: Exception, act: str = ASK, *, direct: bool = False, in_thread: bool = False, wait: Callable[[], timedelta] | None = None
) -> SendError:
    """What to raise instead of an error of the SDK. `direct`: meant for one person; `in_thread`: below a message that may be gone;
    `wait`: how long where nobody says.
    """
    match error:
        case SendError():
            return error
        case httpx.HTTPStatusError():
            return _answered(error.response, act, direct=direct, in_thread=in_thread, wait=wait or Backoff().first)
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.PoolTimeout():
            return TryLater("no_connection", AWAY)
        case httpx.TimeoutException() | TimeoutError():
            return Unconfirmed("timeout")
        case httpx.HTTPError() | OSError():
            return Unconfirmed(type(error).__name__)
        case _:
            return Unconfirmed(f"unreadable_answer:{type(error).__name__}")


def _answered(response: httpx.Response, act: str, *, direct: bool, in_thread: bool, wait: Callable[[], timedelta]) -> SendError:
    status, code = response.status_code, code_of(response)
    if status in _NOT_NOW:
        return TryLater(code or f"http_{status}", _retry_after(response) or wait())
    if status in _AWAY or status >= 500:
        return Unconfirmed(f"http_{status}") if act == POST else TryLater(f"http_{status}", _retry_after(response) or wait())
    if status == 404 and (act in (UPDATE, DELETE) or in_thread):
        return Gone(code or "not_found")  # the message itself, or the one below which it was to stand
    return _refused(status, code, act, direct=direct)


def _refused(status: int, code: str, act: str, *, direct: bool) -> SendError:
    if status == 401 or code in _NOBODY:
        return DoorClosed(code or "unauthorized", whole=True)
    if status in (403, 404) and (code in _HERE or act == POST) and not direct:
        return DoorClosed(code or f"http_{status}")
    return Refused("too_big" if status == 413 else code or f"http_{status}")


def code_of(response: httpx.Response) -> str:
    """Microsoft's word for what went wrong, "" where there is none. Only a word: what else stands there may be anybody's text."""
    try:
        body = response.json()
    except (ValueError, httpx.HTTPError, RecursionError):
        return ""
    if not isinstance(body, dict):
        return ""
    told = body.get("error")
    found = _inner(body.get("message")) or (_word(told.get("code")) if isinstance(told, dict) else "")
    return found or _word(body.get("code")) or _word(told)


def _inner(message: Any) -> str:
    """A blocked chat answers {"errorCode": 209, "message": "{"subCode": "MessageWritesBlocked", …}"}."""
    try:
        inner = json.loads(message)
    except (TypeError, ValueError, RecursionError):
        return ""
    return _word(inner.get("subCode")) if isinstance(inner, dict) else ""


def _word(value: Any) -> str:
    return value if isinstance(value, str) and _WORD.fullmatch(value) else ""


def _retry_after(response: httpx.Response) -> timedelta | None:
    try:
        seconds = float(response.headers["Retry-After"])
    except (KeyError, ValueError):
        return None
    return timedelta(seconds=min(3600.0, max(1.0, seconds))) if seconds == seconds else None  # noqa: PLR0124 - "nan" is a number, too
