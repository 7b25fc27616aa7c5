"""The Graph API over HTTP: the token in a header, its proof with every call, no redirects, and every no translated."""

import asyncio
import hmac
import json
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import SecretStr

from bot.networks.meta.faults import Answered, fault
from handlers.errors import SendError, TryLater, Unconfirmed

Json = dict[str, Any]
PATIENCE = 11.0  # seconds a call, so that a look and a send stay under 25
CONNECT = 5.0
LARGEST = 20_000_000  # bytes of an answer
_SOON = timedelta(seconds=30)


@dataclass
class Graph:
    """One client, made at the first call. `url` ends with the version."""

    url: str
    token: SecretStr
    secret: SecretStr
    patience: float = PATIENCE
    last_date: str = ""  # of the last answer, by Meta's own clock
    _client: httpx.AsyncClient | None = field(default=None, repr=False)

    async def read(self, path: str, **params: str | int) -> Json:
        """Raises TryLater, Refused (NotThere) or DoorClosed."""
        return await self._call("GET", path, params, None, self.token)

    async def send(self, path: str, body: Json) -> Json:
        """What may become public. Raises Unconfirmed too."""
        return await self._call("POST", path, {}, body, self.token)

    async def remove(self, path: str) -> Json:
        return await self._call("DELETE", path, {}, None, self.token)

    async def about_token(self, app_id: str) -> Json:
        """What `debug_token` says. Asked as the app, which it wants, and in the body of a batch: so no token stands in an address."""
        app = SecretStr(f"{app_id}|{self.secret.get_secret_value()}")
        asked = [{"method": "GET", "relative_url": f"debug_token?input_token={quote(self.token.get_secret_value(), safe='')}"}]
        answers: Any = await self._call("POST", "", {}, {"batch": json.dumps(asked), "include_headers": False}, app, sending=False)
        first = answers[0] if isinstance(answers, list) and answers and isinstance(answers[0], dict) else {}
        status, body = int(first.get("code") or 500), str(first.get("body") or "")
        return _read(Answered(status, {}, body), sending=False)

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _call(
        self, method: str, path: str, params: Mapping[str, Any], body: Json | None, token: SecretStr, *, sending: bool | None = None
    ) -> Json:
        may_have_arrived = method == "POST" if sending is None else sending
        proof = self._proof(token)
        headers = {"Authorization": f"Bearer {token.get_secret_value()}"}
        asked = {"params": {**params, "appsecret_proof": proof}} if body is None else {"json": {**body, "appsecret_proof": proof}}
        asking = self._web().stream(method, f"{self.url}/{path}", headers=headers, **asked)  # type: ignore[arg-type]
        async with _translated(self.patience, sending=may_have_arrived), asking as answer:
            whole = await _bounded(answer)
        self.last_date = answer.headers.get("date", "")
        told = whole.decode(errors="replace").replace(self.token.get_secret_value(), "…")  # "Malformed access token" repeats it
        return _read(Answered(answer.status_code, answer.headers, told), sending=may_have_arrived)

    def _proof(self, token: SecretStr) -> str:
        """SHA-256 of the token, keyed with the app's secret ("Secure Graph API calls")."""
        return hmac.digest(self.secret.get_secret_value().encode(), token.get_secret_value().encode(), "sha256").hex()

    def _web(self) -> httpx.AsyncClient:
        if self._client is None:
            for name in ("httpx", "httpcore"):  # they log addresses, and headers with them
                logging.getLogger(name).setLevel(logging.WARNING)
            self._client = httpx.AsyncClient(timeout=httpx.Timeout(self.patience, connect=CONNECT), follow_redirects=False)
        return self._client


async def _bounded(answer: httpx.Response) -> bytes:
    """Unpacked: some kilobytes of zeros may become gigabytes."""
    body = bytearray()
    async for part in answer.aiter_bytes():
        body += part
        if len(body) > LARGEST:
            raise httpx.DecodingError("too large")
    return bytes(body)


@asynccontextmanager
async def _translated(patience: float, *, sending: bool) -> AsyncIterator[None]:
    """What happens on the way there and back. Only who never got through surely brought nothing."""
    try:
        async with asyncio.timeout(patience):
            yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol):
        raise TryLater("no_connection", _SOON) from None
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        lasted = isinstance(error, TimeoutError | httpx.TimeoutException)
        raise _lost("timeout" if lasted else "connection_lost", sending=sending) from None


def _read(answered: Answered, *, sending: bool) -> Json:
    if not 200 <= answered.status < 300 or answered.error:
        raise fault(answered, sending=sending)
    try:
        read = json.loads(answered.body)
    except ValueError:
        raise _lost("unreadable_answer", sending=sending) from None
    if not isinstance(read, dict | list):
        raise _lost("unreadable_answer", sending=sending)
    return read  # type: ignore[return-value]


def _lost(reason: str, *, sending: bool) -> SendError:
    return Unconfirmed(reason) if sending else TryLater(reason, _SOON)


def node(external_id: str) -> str:
    """An id as part of a path, whatever stands in it."""
    return quote(external_id, safe="")
