"""Calls to a Mastodon server's API: bounded in time and size, once each, with our token for no other host."""

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from pydantic import SecretStr

from bot.networks.mastodon.faults import garbled, moment, refusal, unanswered
from handlers.errors import TryLater

Values = Mapping[str, str | list[str]]
TOTAL = 8.0  # seconds for one call: three of them stay under what a send may last
TIMEOUT = httpx.Timeout(7.0, connect=4.0)
LARGEST = 10_000_000  # bytes of an answer
KEPT_FOR_ANSWERS = 40  # of the 300 calls in five minutes that a token has: listening stops there, so that answering goes on


@dataclass
class Allowance:
    """How many calls are left until when, as the last answer told."""

    left: int | None = None
    until: datetime | None = None

    def note(self, headers: httpx.Headers) -> None:
        left = headers.get("X-RateLimit-Remaining", "")
        self.left = int(left) if left.isdigit() else None
        self.until = moment(headers.get("X-RateLimit-Reset", ""))

    def check(self) -> None:
        """Raises TryLater while what is left is kept for answers."""
        now = datetime.now(UTC)
        if self.left is not None and self.left < KEPT_FOR_ANSWERS and self.until and self.until > now:
            raise TryLater("quiet", min(self.until - now, timedelta(minutes=15)))


@dataclass
class Client:
    """Raises TryLater, Refused (NotThere), DoorClosed; what may have been done without our hearing of it is Unconfirmed."""

    url: str
    token: SecretStr
    allowance: Allowance = field(default_factory=Allowance)
    _http: httpx.AsyncClient | None = None

    async def get(self, path: str, params: Values | None = None, *, listening: bool = False) -> Any:
        """`listening`: can wait until there are calls to spare."""
        if listening:
            self.allowance.check()
        return await self._call("GET", path, params=params)

    async def post(self, path: str, data: Values, key: str) -> Any:
        """`key`: the same at every attempt; Mastodon knows it for an hour."""
        return await self._call("POST", path, data=data, headers={"Idempotency-Key": key})

    async def delete(self, path: str) -> Any:
        return await self._call("DELETE", path)

    async def _call(self, method: str, path: str, *, params: Values | None = None, **what: Any) -> Any:
        """`lang`: errors come in the language of the account else, and what a 403 means is told by its words alone."""
        sends, what["params"] = method != "GET", {"lang": "en", **(params or {})}
        try:
            async with asyncio.timeout(TOTAL), self.http.stream(method, self.url + path, **what) as response:
                body = await _bounded(response)
        except (httpx.HTTPError, TimeoutError) as error:
            raise unanswered(error, sends=sends) from None
        if not sends:
            self.allowance.note(response.headers)
        if not response.is_success:
            raise refusal(response, body, sends=sends)
        try:
            return json.loads(body)
        except ValueError:
            raise garbled(sends=sends) from None

    @property
    def http(self) -> httpx.AsyncClient:
        """Each call has a connection of its own: of one that is kept nobody knows whether the server has just hung up."""
        if self._http is None:
            for name in ("httpx", "httpcore"):
                logging.getLogger(name).setLevel(logging.WARNING)  # they tell every header at their finest
            said = {"Authorization": f"Bearer {self.token.get_secret_value()}", "User-Agent": "Tocsin"}
            alone = httpx.Limits(max_keepalive_connections=0)
            self._http = httpx.AsyncClient(headers=said, timeout=TIMEOUT, limits=alone, follow_redirects=False)
        return self._http

    async def close(self) -> None:
        if self._http is not None:
            await self._http.aclose()
            self._http = None


async def _bounded(response: httpx.Response) -> bytes:
    parts = bytearray()
    async for part in response.aiter_bytes():
        parts += part
        if len(parts) > LARGEST:
            raise httpx.DecodingError("too large")
    return bytes(parts)
