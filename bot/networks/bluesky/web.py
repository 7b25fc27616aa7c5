"""One HTTP request to a server of Bluesky's protocol, and an honest word on how far it came when it fails."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from bot.networks.bluesky.faults import NoAnswer, NotSent, Said

Json = Mapping[str, Any]
CONNECT = 4.0  # seconds
READ_WITHIN, WRITE_WITHIN = 7.0, 9.0  # for one request, all in all
BODY_MOST = 20_000_000  # bytes
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.ProxyError)


@dataclass(frozen=True)
class Answer:
    body: Json
    at: datetime | None  # the server's own clock


class Web:
    """The client is made on first use, in the loop that uses it."""

    def __init__(self) -> None:
        self._client: httpx.AsyncClient | None = None

    async def get(self, url: str, token: str, params: Mapping[str, Any]) -> Answer:
        return await self._ask(READ_WITHIN, "GET", url, token, params=_said(params))

    async def post(self, url: str, token: str, body: Json | None) -> Answer:
        """Without a body nothing is sent, not even an empty one: some procedures take none."""
        return await self._ask(WRITE_WITHIN, "POST", url, token, json=body)

    async def close(self) -> None:
        if self._client:
            await self._client.aclose()
            self._client = None

    async def _ask(self, within: float, method: str, url: str, token: str, **what: Any) -> Answer:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        began = False
        try:
            async with asyncio.timeout(within), self._open().stream(method, url, headers=headers, **what) as response:
                began = True
                return _read(response, await _body(response))
        except _UNSENT as error:
            raise NotSent("no_connection") from error
        except TimeoutError as error:
            raise NoAnswer("timeout") from error
        except httpx.HTTPError as error:
            timeout = isinstance(error, httpx.TimeoutException)
            raise NoAnswer("timeout" if timeout else "unreadable_answer" if began else "connection_lost") from error

    def _open(self) -> httpx.AsyncClient:
        if self._client is None:
            # a redirect would take our token to another place; a request is never repeated by itself
            timeout = httpx.Timeout(READ_WITHIN, connect=CONNECT, read=WRITE_WITHIN)
            self._client = httpx.AsyncClient(follow_redirects=False, timeout=timeout, headers={"User-Agent": "Tocsin"})
        return self._client


def _said(params: Mapping[str, Any]) -> dict[str, Any]:
    words = {True: "true", False: "false"}
    return {name: words[value] if isinstance(value, bool) else value for name, value in params.items() if value is not None}


async def _body(response: httpx.Response) -> bytes:
    body = bytearray()
    async for part in response.aiter_bytes():
        body += part
        if len(body) > BODY_MOST:
            raise NoAnswer("answer_too_long")
    return bytes(body)


def _read(response: httpx.Response, body: bytes) -> Answer:
    said = _json(body)
    if response.is_success:
        if said is None:
            raise NoAnswer("unreadable_answer")
        return Answer(said, _moment(response))
    told = said or {}
    raise Said(response.status_code, _word(told, "error"), _word(told, "message"), _quiet(response))


def _json(body: bytes) -> Json | None:
    if not body:
        return {}
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def _word(told: Json, name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""


def _moment(response: httpx.Response) -> datetime | None:
    try:
        said = parsedate_to_datetime(response.headers["date"])
    except (KeyError, ValueError):
        return None
    return said if said.tzinfo else said.replace(tzinfo=UTC)


def _quiet(response: httpx.Response) -> timedelta | None:
    """RateLimit-Reset is a moment in seconds since 1970 (https://docs.bsky.app/docs/advanced-guides/rate-limits), Retry-After a time."""
    try:
        if "ratelimit-reset" in response.headers and response.status_code == 429:
            now = _moment(response) or datetime.now(UTC)
            return timedelta(seconds=int(response.headers["ratelimit-reset"]) - int(now.timestamp()))
        return timedelta(seconds=float(response.headers["retry-after"]))
    except (KeyError, ValueError, OverflowError):
        return None
