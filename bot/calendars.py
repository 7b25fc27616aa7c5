"""Fetches the calendars that say who is on duty, from https addresses and from files."""

import asyncio
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import aiohttp

from bot.addresses import LOOPBACK
from handlers.escalation.rota_sources import CalendarAway

PATIENCE = aiohttp.ClientTimeout(total=20, connect=10)
MOST = 2_000_000  # bytes
REDIRECTS = 5
MOVED = frozenset({301, 302, 303, 307, 308})
UNCHANGED = 304


@dataclass(frozen=True)
class _Seen:
    etag: str
    text: str


@dataclass
class Calendars:
    """`fetch` gives the text that stands there now; what says that it has not changed is not sent again."""

    patience: aiohttp.ClientTimeout = PATIENCE
    _seen: dict[str, _Seen] = field(default_factory=dict, repr=False)

    async def fetch(self, source: str) -> str:
        """Raises CalendarAway."""
        if "://" not in source:
            return await asyncio.to_thread(_file, Path(source))
        try:
            async with asyncio.timeout(self.patience.total), aiohttp.ClientSession(timeout=self.patience) as session:
                return await self._follow(session, source)
        except TimeoutError:
            raise CalendarAway("timeout") from None
        except (ssl.SSLError, aiohttp.ClientSSLError):
            raise CalendarAway("certificate") from None
        except (aiohttp.ClientError, OSError, ValueError):
            raise CalendarAway("no_connection") from None

    async def _follow(self, session: aiohttp.ClientSession, source: str) -> str:
        """A redirection never leads to where others read along."""
        url, seen = source, self._seen.get(source)
        headers = {"Accept": "text/calendar, text/plain;q=0.5, */*;q=0.1", **({"If-None-Match": seen.etag} if seen else {})}
        for _ in range(REDIRECTS + 1):
            async with session.get(url, headers=headers, allow_redirects=False) as response:
                if response.status in MOVED and "Location" in response.headers:
                    url = _safe(urljoin(url, response.headers["Location"]))
                    continue
                if response.status == UNCHANGED and seen:
                    return seen.text
                if not response.ok:
                    raise CalendarAway(f"http_{response.status}")
                return await self._read(response, source)
        raise CalendarAway("too_many_redirects")

    async def _read(self, response: aiohttp.ClientResponse, source: str) -> str:
        body = bytearray()
        async for chunk in response.content.iter_chunked(65_536):
            body += chunk
            if len(body) > MOST:
                raise CalendarAway("too_long")
        text = _decoded(bytes(body))
        self._seen.pop(source, None)
        if etag := response.headers.get("ETag"):
            self._seen[source] = _Seen(etag, text)
        return text


def _safe(url: str) -> str:
    place = urlsplit(url)
    if place.scheme != "https" and not (place.scheme == "http" and place.hostname in LOOPBACK):
        raise CalendarAway("not_encrypted")
    return url


def _file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            body = file.read(MOST + 1)
    except FileNotFoundError:
        raise CalendarAway("no_file") from None
    except OSError:
        raise CalendarAway("unreadable") from None
    if len(body) > MOST:
        raise CalendarAway("too_long")
    return _decoded(body)


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CalendarAway("not_utf8") from None
