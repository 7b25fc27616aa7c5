"""The keys with which the Bot Connector signs what it sends us: fetched beside the work that goes on, and kept for a day.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication (steps 2 and 3)
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm
from jwt.exceptions import InvalidKeyError

from bot.teams.access import Access
from bot.teams.reading import Read, read

log = structlog.get_logger()
KEPT = 24 * 3600.0  # seconds
AGAIN = 10.0  # seconds between two looks, whoever asks for whatever key
KEYS_MOST = 100
BITS_LEAST, DIGITS_MOST = 2048, 1400  # of a modulus; 1,366 digits are 8,192 bits
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class KeysAway(Exception):
    """No key was ever had: nobody can be told from anybody. `reason` is in our own words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Unreadable(Exception):
    """What came is no list of keys."""


class _Elsewhere(_Unreadable):
    """The keys of another cloud."""


@dataclass(frozen=True)
class Key:
    """`endorsements` name the channels whose activities it may sign."""

    public: RSAPublicKey
    endorsements: frozenset[str]


class Keys:
    """A look that fails leaves the keys that are there. While one looks, the others work with what there is."""

    def __init__(self, access: Access, web: httpx.AsyncClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._openid_url, self._issuer = access.openid_url, access.issuer
        self._web, self._clock = web, clock
        self._failed = ""
        self._keys: Mapping[str, Key] = {}
        self._fetched_at = self._looked_at = float("-inf")
        self._looking = asyncio.Lock()

    async def of(self, kid: str) -> Key | None:
        """None where it is not one of theirs. Raises KeysAway."""
        known = self._keys.get(kid)
        if known and (self._clock() - self._fetched_at < KEPT or self._looking.locked()):
            return known
        async with self._looking:
            if self._clock() - self._looked_at >= AGAIN:
                await self._look()
        if not self._keys:
            raise KeysAway(self._failed)
        return self._keys.get(kid)

    async def _look(self) -> None:
        self._looked_at = self._clock()
        try:
            keys = await self._fetched()
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, _Unreadable) as error:
            self._failed = _reason(error)
            log.warning("teams_keys_not_fetched", reason=self._failed, known=len(self._keys))
            return
        self._keys, self._fetched_at = keys, self._clock()

    async def _fetched(self) -> Mapping[str, Key]:
        told = await self._object(self._openid_url)
        if told.get("issuer") != self._issuer:
            raise _Elsewhere
        address = told.get("jwks_uri")
        if not isinstance(address, str) or not _is_private(address):
            raise _Unreadable
        listed = (await self._object(address)).get("keys")
        keys = dict(_read_keys(listed[:KEYS_MOST])) if isinstance(listed, list) else {}
        if not keys:
            raise _Unreadable
        return keys

    async def _object(self, url: str) -> Mapping[str, Any]:
        answer: Read = await read(self._web, "GET", url)
        if answer.status != 200 or answer.body is None:
            raise _Unreadable
        return answer.body


def _reason(error: Exception) -> str:
    match error:
        case _Elsewhere():
            return "other_issuer"
        case _Unreadable():
            return "unreadable"
    return type(error).__name__


def _is_private(url: str) -> bool:
    """Nobody between us and them can have changed what is read there."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _read_keys(listed: list[Any]) -> Iterator[tuple[str, Key]]:
    """Those that can sign with RS256; what else is listed is passed over."""
    for one in listed:
        if isinstance(one, dict) and isinstance(one.get("kid"), str) and one.get("use", "sig") == "sig" and (public := _public(one)):
            endorsed = one.get("endorsements")
            channels = endorsed if isinstance(endorsed, list) else ()
            yield one["kid"], Key(public, frozenset(name for name in channels if isinstance(name, str)))


def _public(one: Mapping[str, Any]) -> RSAPublicKey | None:
    parts = {name: one.get(name) for name in ("kty", "n", "e")}
    if parts["kty"] != "RSA" or not all(isinstance(value, str) and len(value) <= DIGITS_MOST for value in parts.values()):
        return None
    try:
        key = RSAAlgorithm.from_jwk(parts)
    except (InvalidKeyError, ValueError, TypeError):
        return None
    return key if isinstance(key, RSAPublicKey) and key.key_size >= BITS_LEAST else None
