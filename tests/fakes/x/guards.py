"""What X checks before it answers: who calls, how often, and with what; and what it charges."""

import base64
import hmac
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from aiohttp import web


class Refusal(Exception):
    """X's problem document."""

    def __init__(self, status: int, title: str, detail: str, kind: str = "about:blank", **headers: str) -> None:
        super().__init__(detail)
        self.status = status
        self.problem = {"title": title, "detail": detail, "type": kind, "status": status}
        self.headers = headers

    @property
    def response(self) -> web.Response:
        return web.json_response(self.problem, status=self.status, headers=self.headers)


PROBLEMS = "https://api.twitter.com/2/problems/"


def invalid(detail: str) -> Refusal:
    return Refusal(400, "Invalid Request", detail, f"{PROBLEMS}invalid-request")


@dataclass
class Secrets:
    bearer: str = "AAAAbearer-of-the-fake"
    api_key: str = "fake-api-key"
    api_secret: str = "fake-api-secret"
    access_token: str = ""
    access_secret: str = "fake-access-secret"

    def check(self, request: web.Request) -> str:
        """ "app" or "user". The signature is reckoned anew, from RFC 5849."""
        kind, _, told = request.headers.get("Authorization", "").partition(" ")
        if kind == "Bearer" and told == self.bearer:
            return "app"
        if kind == "OAuth" and self._is_signed(request, told):
            return "user"
        raise Refusal(401, "Unauthorized", "Unauthorized")

    def _is_signed(self, request: web.Request, told: str) -> bool:
        given = {unquote(name.strip()): unquote(value.strip('"')) for name, _, value in (one.partition("=") for one in told.split(","))}
        signature = given.pop("oauth_signature", "")
        if (given.get("oauth_consumer_key"), given.get("oauth_token")) != (self.api_key, self.access_token):
            return False
        if abs(int(given["oauth_timestamp"]) - time.time()) > 300:
            return False
        split = urlsplit(str(request.url))
        pairs = [*given.items(), *parse_qsl(request.rel_url.raw_query_string, keep_blank_values=True)]
        params = "&".join(f"{name}={value}" for name, value in sorted((_quoted(name), _quoted(value)) for name, value in pairs))
        base = "&".join(_quoted(one) for one in (request.method, f"{split.scheme}://{split.netloc}{split.path}", params))
        key = f"{_quoted(self.api_secret)}&{_quoted(self.access_secret)}"
        right = base64.b64encode(hmac.digest(key.encode(), base.encode(), "sha1")).decode()
        return hmac.compare_digest(right, signature)


def _quoted(text: str) -> str:
    return quote(text, safe="~-._")


# https://docs.x.com/x-api/fundamentals/rate-limits, in 15 minutes: by app, by user; 0 where that token is not taken
LIMITS: dict[str, tuple[int, int]] = {
    "mentions": (450, 300),
    "tweets_of": (10_000, 900),
    "search": (450, 300),
    "me": (0, 75),
    "dm_events": (0, 15),
    "dm_with": (0, 15),
    "create": (0, 100),
    "delete": (0, 50),
    "hide": (0, 50),
    "dm_create": (0, 15),
    "dm_delete": (0, 300),
    "rules": (450, 0),
    "rules_change": (100, 0),
    "stream": (50, 0),
}


@dataclass
class Limits:
    window: float = 900.0
    lifted: set[str] = field(default_factory=set)
    _counts: dict[tuple[str, str], tuple[float, int]] = field(default_factory=dict)

    def lift(self, *operations: str) -> None:
        self.lifted |= set(operations or LIMITS)

    def count(self, operation: str, who: str) -> dict[str, str]:
        most = LIMITS[operation][who == "user"]
        if not most:
            raise Refusal(403, "Unsupported Authentication", f"not allowed with {who} context", f"{PROBLEMS}unsupported-authentication")
        begun, used = self._counts.get((operation, who), (time.time(), 0))
        if time.time() - begun >= self.window:
            begun, used = time.time(), 0
        used += 1
        self._counts[operation, who] = (begun, used)
        left = most if operation in self.lifted else most - used
        headers = {
            "x-rate-limit-limit": str(most),
            "x-rate-limit-remaining": str(max(0, left)),
            "x-rate-limit-reset": str(int(begun + self.window) + 1),
        }
        if left < 0:
            raise Refusal(429, "Too Many Requests", "Too Many Requests", "about:blank", **headers)
        return headers


# X's page "X API pay-per-usage pricing"
PRICES = {
    "own_read": Decimal("0.001"), "read": Decimal("0.005"), "message_read": Decimal("0.010"), "user_read": Decimal("0.010"),
    "reply": Decimal("0.010"), "post_with_link": Decimal("0.200"), "message": Decimal("0.015"), "delete": Decimal("0.010"), "hide": Decimal("0.005"),
}  # fmt: skip


@dataclass
class Bill:
    """Each resource once in a day of UTC, each act when it is done."""

    counted: Counter[str] = field(default_factory=Counter)
    _read: set[tuple[str, str]] = field(default_factory=set)

    def reads(self, what: str, ids: list[str]) -> None:
        for id_ in ids:
            if (day := (datetime.now(UTC).date().isoformat(), id_)) not in self._read:
                self._read.add(day)
                self.counted[what] += 1

    def act(self, what: str) -> None:
        self.counted[what] += 1

    @property
    def total(self) -> Decimal:
        return sum((PRICES[what] * times for what, times in self.counted.items()), Decimal(0))


def only(given: Any, allowed: set[str], what: str) -> None:
    """X refuses what it does not know."""
    if unknown := set(given) - allowed:
        raise invalid(f"The {what} [{', '.join(sorted(unknown))}] is not one of [{', '.join(sorted(allowed))}]")
