"""X's API by tweepy, at whatever address the settings name, with answers that are read before tweepy can trip over them."""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from oauthlib.oauth1 import Client as Signer
from tweepy.asynchronous import AsyncClient
from yarl import URL

from bot.networks.x.faults import Answered, Unreadable
from handlers.errors import DoorClosed

TWEEPYS = "https://api.twitter.com"  # written into tweepy
TIMEOUT = aiohttp.ClientTimeout(total=20, sock_connect=5)
BODY_MOST, LINE_MOST = 16 * 1024 * 1024, 1024 * 1024

Json = dict[str, Any]


@dataclass(frozen=True, repr=False)
class Keys:
    """What opens X's door. Never shown."""

    bearer: str
    api_key: str
    api_secret: str
    access_token: str
    access_secret: str

    @property
    def account(self) -> str:
        """The number of the account that an access token speaks for, which X writes in front of it; "" where it is no such token."""
        number = self.access_token.partition("-")[0]
        return number if number.isdigit() and number != self.access_token else ""


class Origin:
    """An aiohttp session as tweepy uses one: each request goes to our address, signed for it, and follows no redirect."""

    def __init__(self, url: str, keys: Keys, timeout: aiohttp.ClientTimeout = TIMEOUT) -> None:
        self._url = url
        self._signer = Signer(keys.api_key, keys.api_secret, keys.access_token, keys.access_secret)
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None
        self.headers: dict[str, str] = {}  # tweepy's stream writes its name here

    @property
    def closed(self) -> bool:
        return False  # it is made anew when it is needed

    @asynccontextmanager
    async def request(
        self, method: str, url: URL | str, *, headers: Mapping[str, str], **more: Any
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Raises Answered for every answer that is not a yes."""
        place = URL(str(url).replace(TWEEPYS, self._url, 1), encoded=isinstance(url, URL))
        sent = {**self.headers, **headers}
        if sent.get("Authorization", "").startswith("OAuth "):
            sent["Authorization"] = self._signed(method, str(place))
        asked = {name: value for name, value in more.items() if value is not None}
        async with self._opened().request(method, place, headers=sent, allow_redirects=False, **asked) as response:
            if not 200 <= response.status < 300:
                raise Answered(response.status, response.headers, await response.read())
            if (response.content_length or 0) > BODY_MOST:
                raise Unreadable
            yield response

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _signed(self, method: Any, url: str) -> str:
        """tweepy signs for its own address; X checks the one that was called."""
        return str(self._signer.sign(url, method)[1]["Authorization"])

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout, read_bufsize=LINE_MOST)
        return self._session


class X:
    """The client, made on first use; what it answers is (body, headers)."""

    def __init__(self, url: str, keys: Keys) -> None:
        for talkative in ("tweepy", "oauthlib"):
            logging.getLogger(talkative).setLevel(logging.WARNING)  # they write tokens and whole messages at DEBUG
        self.keys = keys
        self.url = url
        self.handle = ""  # ours, once X has told it
        self._origin = Origin(url, keys)
        self.api = AsyncClient(
            keys.bearer,
            keys.api_key,
            keys.api_secret,
            keys.access_token,
            keys.access_secret,
            return_type=aiohttp.ClientResponse,
        )
        self.api.session = self._origin

    @property
    def account(self) -> str:
        return self.keys.account

    def check(self) -> None:
        """Raises DoorClosed where the access token is not one of X's."""
        if not self.account:
            raise DoorClosed("X_ACCESS_TOKEN does not begin with the number of an account", whole=True)

    async def delete_message(self, external_id: str) -> aiohttp.ClientResponse:
        """Of private ones; tweepy has no word for it."""
        done: aiohttp.ClientResponse = await self.api._make_request("DELETE", f"/2/dm_events/{external_id}", user_auth=True)  # noqa: SLF001
        return done

    async def close(self) -> None:
        await self._origin.close()


async def body(response: aiohttp.ClientResponse) -> Json:
    """What a yes holds. Raises Unreadable."""
    try:
        found = await response.json(content_type=None)
    except ValueError:
        raise Unreadable from None
    if not isinstance(found, dict):
        raise Unreadable
    return found
