"""A small Microsoft for the tests of trust: publishes keys, signs as the Bot Connector does, and hands out tokens for a secret."""

import asyncio
import json
import time
from base64 import urlsafe_b64encode
from functools import cache
from typing import Any, Self

import httpx
import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from bot.teams.access import Access
from bot.teams.trust import Stranger, Trust

CLIENT, TENANT, OTHER_TENANT = (
    "11111111-aaaa-4aaa-8aaa-111111111111",
    "22222222-bbbb-4bbb-8bbb-222222222222",
    "33333333-cccc-4ccc-8ccc-333333333333",
)
SECRET = "s3cret~of.the-app"
SERVICE = "https://smba.trafficmanager.net/emea/"


@cache
def private_key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def published(
    kid: str, key: rsa.RSAPrivateKey | None = None, *, endorsements: object = ("msteams", "skype"), **more: object
) -> dict[str, Any]:
    """A key as https://login.botframework.com/v1/.well-known/keys lists it."""
    shown = RSAAlgorithm.to_jwk((key or private_key(kid)).public_key(), as_dict=True)
    listed = {
        "kty": "RSA",
        "use": "sig",
        "kid": kid,
        "x5t": kid,
        "n": shown["n"],
        "e": shown["e"],
        "x5c": ["MII"],
        "endorsements": endorsements,
    }
    return {name: value for name, value in (listed | more).items() if value is not None}


def claims(**changed: object) -> dict[str, object]:
    """As the Connector's own; a claim that is None is left out."""
    now = int(time.time())
    told = {"serviceurl": SERVICE, "nbf": now, "exp": now + 3600, "iss": "https://api.botframework.com", "aud": CLIENT}
    return {name: value for name, value in (told | changed).items() if value is not None}


def signed(kid: str = "one", key: Any = None, alg: str = "RS256", headers: dict[str, object] | None = None, **changed: object) -> str:
    return jwt.encode(claims(**changed), key or private_key(kid), alg, headers={"kid": kid, "x5t": kid} | (headers or {}))


def by_hand(header: object, payload: object, signature: bytes = b"") -> str:
    """What no library would sign."""
    parts = (part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, payload, signature))
    return ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def signed_as_it_is(payload: bytes, kid: str = "one") -> str:
    """By the right key, whatever it says."""
    body = by_hand({"alg": "RS256", "typ": "JWT", "kid": kid}, payload).rpartition(".")[0]
    signature = RSAAlgorithm(RSAAlgorithm.SHA256).sign(body.encode(), private_key(kid))
    return f"{body}.{urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def activity(**changed: object) -> dict[str, Any]:
    """A message that somebody typed to us in their own chat; what is None is left out."""
    told = {
        "type": "message",
        "id": "1700000000001",
        "timestamp": "2026-11-22T10:00:00.000Z",
        "channelId": "msteams",
        "serviceUrl": SERVICE,
        "from": {"id": "29:1abc", "name": "Ada", "aadObjectId": "44444444-dddd-4ddd-8ddd-444444444444"},
        "conversation": {"conversationType": "personal", "tenantId": TENANT, "id": "a:1xyz"},
        "recipient": {"id": f"28:{CLIENT}", "name": "Tocsin"},
        "channelData": {"tenant": {"id": TENANT}},
        "text": "status",
        "locale": "en-US",
    }
    return {name: value for name, value in (told | changed).items() if value is not None}


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Microsoft:
    """`async with Microsoft() as microsoft:`; `keys` is what it publishes, `down` an HTTP status that it answers to everything."""

    def __init__(self) -> None:
        self.keys: Any = {"keys": [published("one")]}
        self.metadata: dict[str, Any] = {}
        self.down = 0
        self.slow = asyncio.Event()
        self.slow.set()
        self.looks = 0
        self.asked: list[tuple[str, dict[str, str]]] = []  # tenant and form of each request for a token
        self.answers: list[web.Response] = []  # to those requests, one by one; then tokens again
        self.expires_in: object = 3599

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._moods])
        app.add_routes([
            web.get("/v1/.well-known/openidconfiguration", self._metadata),
            web.get("/v1/.well-known/keys", self._keys),
            web.post("/{tenant}/oauth2/v2.0/token", self._token),
        ])  # fmt: skip
        self._runner = web.AppRunner(app, shutdown_timeout=0.2, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.metadata = {"issuer": "https://api.botframework.com", "jwks_uri": f"{self.url}/v1/.well-known/keys"}
        return self

    async def __aexit__(self, *_error: object) -> None:
        self.slow.set()
        await self._runner.cleanup()

    def access(self, **changed: Any) -> Access:
        told = {
            "client_id": CLIENT,
            "client_secret": SECRET,
            "tenants": (TENANT,),
            "login_url": self.url,
            "openid_url": f"{self.url}/v1/.well-known/openidconfiguration",
        }
        return Access(**(told | changed))

    @web.middleware
    async def _moods(self, request: web.Request, handler: Any) -> web.StreamResponse:
        await self.slow.wait()
        return web.Response(status=self.down) if self.down else await handler(request)

    async def _metadata(self, _: web.Request) -> web.Response:
        self.looks += 1
        return web.json_response(self.metadata)

    async def _keys(self, _: web.Request) -> web.Response:
        return web.Response(text=self.keys if isinstance(self.keys, str) else json.dumps(self.keys), content_type="application/json")

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append((request.match_info["tenant"], form))
        if self.answers:
            return self.answers.pop(0)
        if (form["grant_type"], form["client_id"], form["client_secret"]) != ("client_credentials", CLIENT, SECRET):
            return no("invalid_client", 7000215)
        told = {"token_type": "Bearer", "expires_in": self.expires_in, "ext_expires_in": 3599, "access_token": f"token-{len(self.asked)}"}
        return web.json_response(told)


def plain() -> httpx.AsyncClient:
    """For this machine alone: the world's certificates take a tenth of a second to read."""
    return httpx.AsyncClient(verify=False)


def no(error: str, *codes: int, status: int = 401) -> web.Response:
    """As Entra says no, with more words than anybody should repeat."""
    words = f"AADSTS{codes[0] if codes else 0}: Something about {SECRET}. Trace ID: 0000"
    return web.json_response({"error": error, "error_description": words, "error_codes": list(codes)}, status=status)


def bearer(token: str) -> list[str]:
    return [f"Bearer {token}"]


async def refused(trust: Trust, token: str) -> tuple[str, int]:
    with pytest.raises(Stranger) as stranger:
        await trust.recognise(bearer(token))
    return stranger.value.reason, stranger.value.status


async def let_in(trust: Trust, token: str, brought: dict[str, Any]) -> str:
    """ "in", or why not."""
    try:
        trust.admit(await trust.recognise(bearer(token)), brought)
    except Stranger as stranger:
        return f"{stranger.reason} {stranger.status}"
    return "in"
