"""What the server says of itself and of our account: asked once in a while, remembered between."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from bot.addresses import is_encrypted
from bot.networks.mastodon.client import Client
from bot.networks.mastodon.faults import NotThere

USUAL_MOST = 500  # characters, until a server says otherwise
_ASK_AGAIN = timedelta(hours=1)


@dataclass(frozen=True)
class Us:
    id: str
    acct: str


@dataclass
class Server:
    """`most`: the longest status. `deletes`: whether its API can take one back. `streaming`: where its streams are."""

    client: Client
    most: int = USUAL_MOST
    deletes: bool = True
    streaming: str = ""
    _us: Us | None = None
    _asked_at: datetime | None = field(default=None, repr=False)

    async def us(self) -> Us:
        if self._us is None:
            await self.ask_us()
        assert self._us is not None
        return self._us

    async def ask_us(self) -> Us:
        told = await self.client.get("/api/v1/accounts/verify_credentials")
        self._us = Us(str(told["id"]), str(told["acct"]))
        return self._us

    @property
    def known_us(self) -> Us | None:
        return self._us

    @property
    def is_known(self) -> bool:
        return self._asked_at is not None

    async def learn(self) -> None:
        """Asks for the limits, if that was long ago."""
        now = datetime.now(UTC)
        if self._asked_at and now - self._asked_at < _ASK_AGAIN:
            return
        try:
            told = await self.client.get("/api/v2/instance")
        except NotThere:
            told = await self.client.get("/api/v1/instance")
        self._read(told)
        self._asked_at = now

    def _read(self, told: dict[str, Any]) -> None:
        configuration = told.get("configuration") or {}
        most = (configuration.get("statuses") or {}).get("max_characters")
        self.most = most if isinstance(most, int) and most > 0 else USUAL_MOST
        self.deletes = "snac/" not in str(told.get("version"))  # its API (2.75) has no DELETE for a status
        urls = configuration.get("urls") or told.get("urls") or {}
        self.streaming = self._streaming(urls.get("streaming") or urls.get("streaming_api"))

    def _streaming(self, told: object) -> str:
        """Where the server's own word leads, encrypted or on this machine: it is told as the address of web sockets."""
        place = urlsplit(told) if isinstance(told, str) else urlsplit("")
        scheme = {"wss": "https", "ws": "http"}.get(place.scheme, place.scheme)
        base = f"{scheme}://{place.netloc}"
        return base if is_encrypted(base) and place.netloc != urlsplit(self.client.url).netloc else self.client.url
