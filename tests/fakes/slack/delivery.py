"""Brings payloads to the app, by signed HTTP or by Socket Mode, and measures how long it takes to acknowledge."""

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp

from .limits import Limits
from .socket_mode import SocketMode
from .state import Json


@dataclass(frozen=True)
class Ack:
    """What came of one delivery. `status` is the HTTP status (200 for an acknowledged envelope)."""

    how: str  # "http", "socket", or "nobody" when the app listens nowhere
    acknowledged: bool
    seconds: float
    status: int | None = None
    body: Any = None
    reason: str | None = None  # http_timeout, http_error, connection_failed, timeout …
    no_retry: bool = False


@dataclass(frozen=True)
class Retry:
    """The repetition of an event: which one, and what was wrong before."""

    number: int
    reason: str


def sign(secret: str, timestamp: str, body: str) -> str:
    """Slack's v0 signature (https://docs.slack.dev/authentication/verifying-requests-from-slack)."""
    return "v0=" + hmac.new(secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()


def encoded(kind: str, payload: Json) -> tuple[str, str]:
    """The HTTP body and its type: events are JSON, commands a form, interactivity a form around JSON."""
    if kind == "events_api":
        return json.dumps(payload), "application/json"
    form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(form), "application/x-www-form-urlencoded"


class Delivery:
    """One road to the app: HTTP when `http_target` is set, Socket Mode otherwise."""

    def __init__(self, limits: Limits, sockets: SocketMode, signing_secret: str) -> None:
        self.limits = limits
        self.sockets = sockets
        self.signing_secret = signing_secret
        self.http_target: str | None = None
        self.acks: list[Ack] = []
        self._session: aiohttp.ClientSession | None = None

    async def send(self, kind: str, payload: Json, retry: Retry | None = None) -> Ack:
        """Deliver once. `kind` is Socket Mode's word: events_api, interactive or slash_commands."""
        started = time.monotonic()
        ack = await (self._post(kind, payload, retry) if self.http_target else self._envelope(kind, payload, retry))
        measured = Ack(**{**ack, "seconds": time.monotonic() - started})
        self.acks.append(measured)
        return measured

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _envelope(self, kind: str, payload: Json, retry: Retry | None) -> Json:
        extra = {"retry_attempt": retry.number, "retry_reason": retry.reason} if retry else {"retry_attempt": 0, "retry_reason": ""}
        extra = extra if kind == "events_api" else {}
        answered, body = await self.sockets.send(kind, payload, extra, self.limits.ack_seconds)
        if answered:
            return {"how": "socket", "acknowledged": True, "status": 200, "body": body}
        how = "socket" if self.sockets.connections else "nobody"
        return {"how": how, "acknowledged": False, "reason": "timeout" if how == "socket" else "connection_failed"}

    async def _post(self, kind: str, payload: Json, retry: Retry | None) -> Json:
        body, content_type = encoded(kind, payload)
        failed = {"how": "http", "acknowledged": False}
        try:
            return await self._posted(body, self._headers(body, content_type, retry))
        except TimeoutError:
            return {**failed, "reason": "http_timeout"}
        except aiohttp.ClientError:
            return {**failed, "reason": "connection_failed"}

    async def _posted(self, body: str, headers: dict[str, str]) -> Json:
        self._session = self._session or aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        limit = aiohttp.ClientTimeout(total=self.limits.ack_seconds)
        async with self._session.post(self.http_target or "", data=body.encode(), headers=headers, timeout=limit) as response:
            text = await response.text()
            fine = response.status == 200
            return {
                "how": "http",
                "acknowledged": fine,
                "status": response.status,
                "body": read(text, response.content_type),
                "reason": None if fine else "http_error",
                "no_retry": response.headers.get("X-Slack-No-Retry") == "1",
            }

    def _headers(self, body: str, content_type: str, retry: Retry | None) -> dict[str, str]:
        timestamp = str(int(time.time()))  # the app compares it with its own, real clock
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": sign(self.signing_secret, timestamp, body),
        }
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry.number), "X-Slack-Retry-Reason": retry.reason}
        return headers


def read(text: str, content_type: str) -> Any:
    """The body of an acknowledgement: JSON as such, words as words, nothing as None."""
    if content_type == "application/json" and text:
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text or None
