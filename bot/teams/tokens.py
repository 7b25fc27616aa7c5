"""Our own tokens, with which we speak to the Bot Connector and to Graph: had for the app's secret, kept until shortly before they end.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow. The SDK would ask on a thread, for whichever
tenant an activity names, and its errors say nothing to a sender.
"""

import asyncio
import re
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal, NamedTuple
from urllib.parse import quote

import httpx
import structlog

from bot.teams.access import Access
from bot.teams.reading import Read, read
from handlers.errors import DoorClosed, SendError, TryLater

log = structlog.get_logger()
LEAD = 300.0  # seconds before its end in which a token is renewed
AWAY = timedelta(seconds=10)
QUIET = timedelta(seconds=60)  # what Entra asks for with a 429
QUIET_MOST = timedelta(minutes=10)
SHUT = timedelta(seconds=30)  # a wrong secret is not tried with every card
LIVES_MOST = 24 * 3600.0  # seconds
TOKEN_MOST = 16_384  # characters
_BUSY = frozenset({"temporarily_unavailable", "server_error"})
_PRINTED = re.compile(r"[!-~]+")  # what may stand in a header
_NAME = re.compile(r"[a-z_]{1,40}")


class Which(NamedTuple):
    tenant: str
    scope: str


@dataclass(frozen=True)
class Token:
    """A token as the SDK wants them; it reads nothing in ours. Those to us are told by their service URL alone."""

    value: str = field(default="", repr=False)
    service_url: str = ""
    app_id: str = ""
    app_display_name: str | None = None
    tenant_id: str | None = None
    from_: Literal["azure"] = "azure"
    from_id: str = ""
    expiration: int | None = None

    def is_expired(self, buffer_ms: int = 0) -> bool:  # noqa: ARG002 - the SDK's own signature
        """Whether it is, is known here: nobody keeps one."""
        return False

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class _Kept:
    value: str = field(repr=False)
    renew_at: float
    ends_at: float


@dataclass(frozen=True)
class _Failed:
    error: SendError
    until: float


class Tokens:
    """One for each tenant and scope. Each is asked for once at a time; meanwhile the old one, while it holds, serves the others."""

    def __init__(self, access: Access, web: httpx.AsyncClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._access, self._web, self._clock = access, web, clock
        self._kept: dict[Which, _Kept] = {}
        self._failed: dict[Which, _Failed] = {}
        self._asking: defaultdict[Which, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def of(self, scope: str = "", tenant: str = "") -> str:
        """`scope`: if none, the Connector's. `tenant`: another of ours than the app's own, for Graph. Raises DoorClosed or TryLater."""
        which = Which(self._tenant(scope, tenant), scope or self._access.scope)
        asking, kept = self._asking[which], self._kept.get(which)
        if kept and self._clock() < (kept.ends_at if asking.locked() else kept.renew_at):
            return kept.value
        async with asking:
            kept = self._kept.get(which)
            return kept.value if kept and self._clock() < kept.renew_at else await self._renewed(which, kept)

    async def for_graph(self) -> str:
        """Raises DoorClosed or TryLater."""
        return await self.of(self._access.cloud.graph_scope)

    async def for_sdk(self, scope: str | list[str], tenant: str | None = None) -> Token:
        """As `TokenCredentials(token=…)` calls it."""
        return Token(await self.of(scope if isinstance(scope, str) else " ".join(scope), tenant or ""))

    def forget(self, value: str) -> None:
        """The service did not take it: the next is a new one."""
        self._kept = {which: kept for which, kept in self._kept.items() if kept.value != value}

    def _tenant(self, scope: str, tenant: str) -> str:
        """To the Connector the app speaks as itself, whichever tenant it speaks to; a strange tenant gets no secret of ours."""
        return tenant if scope not in ("", self._access.scope) and tenant in self._access.tenants else self._access.tenants[0]

    async def _renewed(self, which: Which, old: _Kept | None) -> str:
        try:
            return await self._asked(which)
        except SendError:
            if old and self._clock() < old.ends_at:
                return old.value
            raise

    async def _asked(self, which: Which) -> str:
        """A no is remembered for a moment: fifty cards that wait do not ask fifty times."""
        failed = self._failed.get(which)
        if failed and self._clock() < failed.until:
            raise failed.error.with_traceback(None)
        try:
            self._kept[which] = kept = await self._fetched(which)
        except SendError as error:
            pause = error.after if isinstance(error, TryLater) else SHUT
            self._failed[which] = _Failed(error, self._clock() + pause.total_seconds())
            log.warning("teams_token_not_had", scope=which.scope, reason=error.reason)
            raise
        return kept.value

    async def _fetched(self, which: Which) -> _Kept:
        asked_at = self._clock()
        form = {
            "grant_type": "client_credentials",
            "client_id": self._access.client_id,
            "client_secret": self._access.client_secret,
            "scope": which.scope,
        }
        url = f"{self._access.login_url.rstrip('/')}/{quote(which.tenant, safe='')}/oauth2/v2.0/token"
        try:
            answer = await read(self._web, "POST", url, form)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise _no_answer(error) from None
        if answer.status != 200:
            raise _refused(answer)
        return _kept(answer.body or {}, asked_at)


def _kept(told: Mapping[str, Any], asked_at: float) -> _Kept:
    value = told.get("access_token")
    try:
        lives = min(float(told["expires_in"]), LIVES_MOST)
    except (KeyError, TypeError, ValueError):
        lives = 0.0
    if not isinstance(value, str) or not 0 < len(value) <= TOKEN_MOST or not _PRINTED.fullmatch(value) or not lives > 0:
        raise TryLater("unreadable_answer", QUIET)
    return _Kept(value, asked_at + lives - min(LEAD, lives / 2), asked_at + lives)


def _no_answer(error: Exception) -> SendError:
    """To ask again does no harm: nothing comes of a token that nobody has."""
    match error:
        case httpx.InvalidURL() | httpx.UnsupportedProtocol():
            return DoorClosed("bad_address", whole=True)
        case httpx.ConnectError() if "CERTIFICATE_VERIFY_FAILED" in str(error):
            return DoorClosed("certificate", whole=True)
        case TimeoutError() | httpx.TimeoutException():
            return TryLater("timeout", AWAY)
    return TryLater("no_connection", AWAY)


def _refused(answer: Read) -> SendError:
    told = answer.body or {}
    error = told.get("error")
    if answer.status == 429:
        return TryLater("ratelimited", _pause(answer.retry_after, QUIET))
    if answer.status in (408, 425) or answer.status >= 500 or error in _BUSY:
        return TryLater(f"http_{answer.status}", _pause(answer.retry_after, AWAY))
    if 300 <= answer.status < 400:
        return DoorClosed("redirected", whole=True)
    return DoorClosed(_named(error, told.get("error_codes")) or f"http_{answer.status}", whole=True)


def _named(error: object, codes: object) -> str:
    """`invalid_client/AADSTS7000215`: what an administrator looks up. Never the description, which may repeat what we sent."""
    name = error if isinstance(error, str) and _NAME.fullmatch(error) else ""
    numbers = [f"AADSTS{code}" for code in codes if type(code) is int][:3] if isinstance(codes, list) else []
    return "/".join(part for part in (name, *numbers) if part)


def _pause(retry_after: str, otherwise: timedelta) -> timedelta:
    """`Retry-After` in seconds, as Entra sends it."""
    if not (retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 7):
        return otherwise
    return min(max(timedelta(seconds=int(retry_after)), timedelta(seconds=1)), QUIET_MOST)
