"""Tells a colleague by a signed request to a service that wakes people, or to a company's own gateway in the same shape."""

import hmac
import json
import time
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from pydantic import SecretStr

from bot.notices.shapes import No, Shape
from bot.notices.wording import mark
from handlers.couriers import Colleague, Notice
from handlers.errors import DoorClosed, SendError, TryLater, Unconfirmed
from handlers.ports import Bucket

MOST = 65_536  # bytes of an answer
PATIENCE = aiohttp.ClientTimeout(total=25, connect=10, sock_connect=10)  # seconds, under half a lease
AWAY = timedelta(seconds=10)
QUIET = timedelta(seconds=30)  # when a 429 does not say how long
QUIET_MOST = timedelta(hours=1)


@dataclass(frozen=True)
class Answer:
    """`body` is None when it cannot be read as a JSON object, empty when there is none."""

    status: int
    retry_after: str = ""
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Webhook:
    """`secret` (`whsec_…`) signs each request as Standard Webhooks lays down, so that a gateway can tell that it is from us."""

    shape: Shape
    url: str
    secret: SecretStr | None = None
    patience: aiohttp.ClientTimeout = PATIENCE

    @property
    def name(self) -> str:
        return self.shape.name

    @property
    def repeats_harmlessly(self) -> bool:
        return self.shape.repeats_harmlessly

    def address(self, colleague: Colleague) -> str | None:
        return self.shape.address(colleague)

    def limits(self, address: str) -> Sequence[Bucket]:
        return (Bucket(f"{self.name}:{mark(address)}", timedelta(seconds=2), burst=5), self.shape.limit)

    async def tell(self, address: str, notice: Notice) -> str:
        """The service's own id; our token where a gateway answers with nothing but its yes."""
        parcel = self.shape.parcel(address, notice)
        headers = {**parcel.headers, "Content-Type": parcel.kind, **self._signature(notice.token, parcel.body)}
        try:
            answer = await self._post(parcel.body, headers)
        except Exception as error:  # noqa: BLE001 - what was sent is sent, whatever the client makes of the answer
            raise _no_answer(error) from None
        if not 200 <= answer.status < 300:
            raise self._refused(address, answer)
        return self._receipt(answer, notice)

    async def _post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """A connection of its own: on one that the other side is about to close we would not know what became of the request."""
        async with (
            aiohttp.ClientSession(timeout=self.patience, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.post(
                self.url, data=body, headers={"User-Agent": "Tocsin", "Accept-Encoding": "identity", **headers}, allow_redirects=False
            ) as response,
        ):
            return Answer(response.status, response.headers.get("Retry-After", ""), await _object(response))

    def _signature(self, token: str, body: bytes) -> dict[str, str]:
        identity = token if token.isascii() and token.isprintable() else mark(token)
        at = str(int(time.time()))
        named = {"webhook-id": identity, "webhook-timestamp": at}
        if self.secret is None:
            return named
        key = b64decode(self.secret.get_secret_value().removeprefix("whsec_") + "==")
        signature = hmac.digest(key, f"{identity}.{at}.".encode() + body, "sha256")
        return {**named, "webhook-signature": f"v1,{b64encode(signature).decode()}"}

    def _receipt(self, answer: Answer, notice: Notice) -> str:
        if answer.body is None:
            raise Unconfirmed("unreadable_answer")
        received = self.shape.receipt(answer.body) if answer.body else notice.token
        if received is None:
            raise Unconfirmed("unreadable_answer")
        return received

    def _refused(self, address: str, answer: Answer) -> SendError:
        status = answer.status
        if status == 429:
            return TryLater("ratelimited", _pause(answer.retry_after), self.shape.limit.name)
        if status in (408, 425) or status >= 500:
            return self._away(answer)
        if status < 400:
            return DoorClosed("redirected", whole=True)
        return self.shape.refusal(No(address, status, answer.body or {}))

    def _away(self, answer: Answer) -> SendError:
        """A gateway that had no answer from behind it (502, 504) cannot say that nothing was taken."""
        if answer.status in (502, 504) and not self.repeats_harmlessly:
            return Unconfirmed(f"http_{answer.status}")
        return TryLater(f"http_{answer.status}", _pause(answer.retry_after))


def _no_answer(error: Exception) -> SendError:
    """Only what surely never left us may be tried again without a thought."""
    match error:
        case aiohttp.ClientConnectorCertificateError():
            return DoorClosed("certificate", whole=True)
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return TryLater("no_connection", AWAY)
        case aiohttp.InvalidURL():
            return DoorClosed("bad_address", whole=True)
        case TimeoutError():
            return Unconfirmed("timeout")
    return Unconfirmed("connection_lost")


async def _object(response: aiohttp.ClientResponse) -> Mapping[str, Any] | None:
    try:
        body = bytearray()
        async for part in response.content.iter_any():
            body += part
            if len(body) > MOST:
                return None
        read = json.loads(body) if body.strip() else {}
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def _pause(retry_after: str) -> timedelta:
    """`Retry-After` in seconds or as a date, between a second and an hour."""
    try:
        asked = (
            timedelta(seconds=float(retry_after)) if retry_after[:1].isdigit() else parsedate_to_datetime(retry_after) - datetime.now(UTC)
        )
    except (ValueError, TypeError, OverflowError):
        return QUIET
    return min(max(asked, timedelta(seconds=1)), QUIET_MOST)
