"""Tokens that stand for the mailbox's password (OAuth 2): fetched when they are needed, kept until shortly before they end."""

import asyncio
import json
import logging
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

import httpx
import structlog
from pydantic import SecretStr

from bot.submission import untrusted
from handlers.errors import DoorClosed, SendError, TryLater

log = structlog.get_logger()
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)  # they tell every header at their finest
TOTAL = 8.0  # seconds for one answer
TIMEOUT = httpx.Timeout(7.0, connect=4.0)
LARGEST = 100_000  # bytes of an answer
BEFORE = timedelta(minutes=5)  # a token is renewed so long before its end, or at half of its life if that is short
UNSAID = timedelta(minutes=10)  # of a token whose end is not told, which RFC 6749 (5.1) allows
LONGEST = timedelta(days=1)
AWAY, BUSY = timedelta(seconds=10), timedelta(seconds=60)
_BEARER = re.compile(r"[A-Za-z0-9._~+/-]{1,20000}=*")  # RFC 6750, 2.1
_PASSING = ("temporarily_unavailable", "server_error", "slow_down")
# RFC 6749, 5.2, and Microsoft's and Google's own: what may stand in our log. No other word of theirs does: it may quote what we sent
_STANDARD = ("invalid_client", "invalid_grant", "unauthorized_client", "invalid_scope", "invalid_request", "unsupported_grant_type")
_OTHERS = ("invalid_resource", "interaction_required", "access_denied", "admin_policy_enforced", "deleted_client")
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Grant:
    """What entitles us to tokens: the application's own name and secret, or in a person's name the refresh token that she granted."""

    url: str
    client_id: str
    secret: SecretStr
    scope: str
    refresh: SecretStr | None = None

    @property
    def form(self) -> Mapping[str, str]:
        """RFC 6749, 4.4.2 or 6; the secret in the body, as Microsoft and Google both take it."""
        said = {"client_id": self.client_id, "client_secret": self.secret.get_secret_value(), "scope": self.scope}
        if self.refresh is None:
            return {"grant_type": "client_credentials", **said}
        return {"grant_type": "refresh_token", "refresh_token": self.refresh.get_secret_value(), **said}


@dataclass(frozen=True)
class Token:
    value: str = ""
    renewed_at: datetime = _NEVER
    ends_at: datetime = _NEVER


@dataclass
class AccessTokens:
    """One for all connections: whoever comes while one is being fetched waits for that one."""

    grant: Grant
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _kept: Token = field(default_factory=Token, repr=False)
    _fetching: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def token(self) -> str:
        """Raises DoorClosed when we are not entitled to one (any more), TryLater when nobody says."""
        try:
            async with asyncio.timeout(TOTAL), self._fetching:
                if self.now() >= self._kept.renewed_at:
                    self._kept = await _fetched(self.grant, self.now())
        except (TimeoutError, TryLater) as error:
            if self.now() >= self._kept.ends_at:
                raise error if isinstance(error, TryLater) else TryLater("timeout", AWAY) from None
        return self._kept.value

    def forget(self, token: str) -> None:
        """It was refused: revoked, or issued before its permissions were granted."""
        if token == self._kept.value:
            self._kept = Token()


async def _fetched(grant: Grant, asked_at: datetime) -> Token:
    try:
        async with (
            httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False) as client,
            client.stream("POST", grant.url, data=grant.form, headers={"Accept": "application/json"}) as response,
        ):
            said = _read(await _bounded(response))
    except (httpx.HTTPError, OSError) as error:
        raise _unanswered(error) from None
    if response.status_code != httpx.codes.OK:
        _refuse(response, said)
    value = said.get("access_token")
    if not isinstance(value, str) or not _BEARER.fullmatch(value):
        raise TryLater("not_understood", BUSY)
    lasts = _lasts(said.get("expires_in"))
    return Token(value, asked_at + lasts - min(BEFORE, lasts / 2), asked_at + lasts)


async def _bounded(response: httpx.Response) -> bytes:
    body = bytearray()
    async for part in response.aiter_bytes():
        body += part
        if len(body) > LARGEST:
            raise TryLater("not_understood", BUSY)
    return bytes(body)


def _read(body: bytes) -> Mapping[str, Any]:
    with suppress(ValueError, RecursionError):
        said = json.loads(body)
        if isinstance(said, dict):
            return said
    return {}


def _lasts(seconds: object) -> timedelta:
    """Some write the number as a text."""
    number = int(seconds) if isinstance(seconds, int | str) and re.fullmatch(r"[1-9][0-9]{0,8}", str(seconds)) else None
    return min(timedelta(seconds=number), LONGEST) if number else UNSAID


def _unanswered(error: Exception) -> SendError:
    """Nothing was done that matters: whoever gets no token asks for another."""
    if untrusted(error):
        return DoorClosed("certificate", whole=True)
    return TryLater("timeout" if isinstance(error, httpx.TimeoutException) else "no_connection", AWAY)


def _refuse(response: httpx.Response, said: Mapping[str, Any]) -> NoReturn:
    status, error = response.status_code, said.get("error")
    if status in (408, 429) or status >= 500 or error in _PASSING:
        raise TryLater("busy", _after(response))
    if status < 400:
        raise TryLater("not_understood", BUSY)
    numbers = said.get("error_codes")  # Microsoft's AADSTS numbers, which its pages explain
    log.warning(
        "email_token_refused",
        status=status,
        error=error if error in (*_STANDARD, *_OTHERS) else None,
        numbers=[one for one in numbers if isinstance(one, int)][:5] if isinstance(numbers, list) else None,
    )
    raise DoorClosed("login_refused", whole=True)


def _after(response: httpx.Response) -> timedelta:
    asked = response.headers.get("Retry-After", "")
    return min(timedelta(seconds=int(asked)), timedelta(hours=1)) if re.fullmatch(r"[1-9][0-9]{0,5}", asked) else BUSY
