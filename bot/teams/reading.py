"""Asks Microsoft for an object of JSON: in bounded time, of bounded size, from exactly the address that was named."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

MOST = 262_144  # bytes of an answer
PATIENCE = 8.0  # seconds for all of it


@dataclass(frozen=True)
class Read:
    """`body` is None when it is no object of JSON."""

    status: int
    retry_after: str = ""
    body: Mapping[str, Any] | None = field(default=None, repr=False)  # it may hold a token


async def read(web: httpx.AsyncClient, method: str, url: str, form: Mapping[str, str] | None = None) -> Read:
    """May raise httpx.HTTPError, httpx.InvalidURL and TimeoutError. Follows no redirect: a secret goes where it was meant to go."""
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}  # what is packed small may be huge
    async with (
        asyncio.timeout(PATIENCE),
        web.stream(method, url, data=form, headers=headers, follow_redirects=False) as answer,
    ):
        return Read(answer.status_code, answer.headers.get("Retry-After", ""), await _object(answer))


async def _object(answer: httpx.Response) -> Mapping[str, Any] | None:
    body = bytearray()
    async for part in answer.aiter_raw():
        body += part
        if len(body) > MOST:
            return None
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None
