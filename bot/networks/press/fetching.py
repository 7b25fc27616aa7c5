"""Fetches a feed: bounded in size and time, from public places only, and not again what has not changed."""

import asyncio
import logging
import ssl
import zlib
from dataclasses import dataclass, field

import httpx

from bot.addresses import LOOPBACK
from bot.networks.press.faults import FeedAway, away
from bot.networks.press.places import addresses

MOST = 5_000_000  # bytes, unpacked
REDIRECTS = 5
TOTAL = 15.0  # seconds for one feed, redirections included
TIMEOUT = httpx.Timeout(10.0, connect=5.0)
MOVED = frozenset({301, 302, 303, 307, 308})
UNCHANGED = 304
ADDRESSES = 3  # of a host that are tried
_ANY = "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
_GZIP_OR_ZLIB = 47  # wbits of zlib that find out which

logging.getLogger("httpx").setLevel(logging.WARNING)  # it would write down every address, and an address may hold a key


@dataclass(frozen=True)
class Fetched:
    """`body` is None when nothing has changed."""

    body: bytes | None
    etag: str = ""
    modified: str = ""
    content_type: str = ""
    url: str = ""


@dataclass
class Fetching:
    _client: httpx.AsyncClient | None = field(default=None, repr=False)

    async def fetch(self, url: str, etag: str = "", modified: str = "") -> Fetched:
        """Raises FeedAway."""
        try:
            async with asyncio.timeout(TOTAL):
                return await self._follow(url, etag, modified)
        except (TimeoutError, httpx.TimeoutException):
            raise FeedAway("timeout") from None
        except httpx.HTTPError as error:
            raise FeedAway("certificate" if _speaks_of_certificates(error) else "no_connection") from None
        except (httpx.InvalidURL, ValueError):
            raise FeedAway("bad_address") from None

    async def close(self) -> None:
        if self._client:
            await self._client.aclose()

    async def _follow(self, url: str, etag: str, modified: str) -> Fetched:
        place = httpx.URL(url)
        at_home = place.host in LOOPBACK
        asked = {"If-None-Match": etag, "If-Modified-Since": modified}
        headers = {"Accept": _ANY, "Accept-Encoding": "gzip", "User-Agent": "Tocsin", **{name: one for name, one in asked.items() if one}}
        for _ in range(REDIRECTS + 1):
            answer = await self._get(place, headers, at_home=at_home)
            try:
                if answer.status_code in MOVED and "Location" in answer.headers:
                    place = _web(place.join(answer.headers["Location"]))
                    continue
                return await _read(answer, place)
            finally:
                await answer.aclose()
        raise FeedAway("too_many_redirects")

    async def _get(self, place: httpx.URL, headers: dict[str, str], *, at_home: bool) -> httpx.Response:
        """Connects to an address that was looked at, so that the name cannot mean another one a moment later."""
        port = place.port or (443 if place.scheme == "https" else 80)
        known = await addresses(place.host, port, at_home=at_home)
        failed: httpx.ConnectError | None = None
        for address in known[:ADDRESSES]:
            request = self._http.build_request(
                "GET",
                place.copy_with(host=address),
                headers={"Host": place.netloc.decode(), **headers},
                extensions={"sni_hostname": place.raw_host.decode(), "timeout": TIMEOUT.as_dict()},
            )
            try:
                return await self._http.send(request, stream=True)
            except httpx.ConnectError as error:
                failed = error
        assert failed
        raise failed

    @property
    def _http(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(follow_redirects=False, trust_env=False)
        return self._client


def _web(place: httpx.URL) -> httpx.URL:
    if place.scheme not in ("http", "https") or not place.host or place.userinfo:
        raise FeedAway("bad_redirect")
    return place


async def _read(answer: httpx.Response, place: httpx.URL) -> Fetched:
    headers = answer.headers
    if answer.status_code == UNCHANGED:
        return Fetched(None)
    if answer.status_code != httpx.codes.OK:
        raise away(answer.status_code, headers.get("Retry-After"))
    body = await _unpacked(answer)
    kept = (headers.get("ETag", "")[:500], headers.get("Last-Modified", "")[:100])
    return Fetched(body, *kept, headers.get("Content-Type", ""), str(place))


async def _unpacked(answer: httpx.Response) -> bytes:
    """Unpacked by ourselves, so that a small answer cannot become a huge one."""
    coding = answer.headers.get("Content-Encoding", "identity").lower()
    if coding not in ("identity", "gzip", "x-gzip", "deflate"):
        raise FeedAway("encoding")
    unpacking = None if coding == "identity" else zlib.decompressobj(_GZIP_OR_ZLIB)
    body = bytearray()
    async for chunk in answer.aiter_raw():
        try:
            body += unpacking.decompress(chunk, MOST + 1 - len(body)) if unpacking else chunk
        except zlib.error:
            raise FeedAway("encoding") from None
        if len(body) > MOST:
            raise FeedAway("too_long")
    if not answer.is_stream_consumed or (unpacking and not unpacking.eof):
        raise FeedAway("cut_off")
    return bytes(body)


def _speaks_of_certificates(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
