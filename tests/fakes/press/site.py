"""What the site has published, and how it answers: with an ETag, 304 to whoever knows it, and every kind of trouble when told to."""

import gzip
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

NEWEST = 100  # entries in the feed


@dataclass
class Entry:
    id: str
    text: str
    title: str = "News"
    at: datetime | None = field(default_factory=lambda: datetime.now(UTC))
    link: str | None = None


@dataclass
class Site:
    """`pages` answers other paths with (status, headers, body). `trouble` takes a word per request: busy, broken, cut, shut."""

    key: str = ""  # without it (?key=…) nobody is let in
    atom: bool = False
    packed: bool = False
    entries: list[Entry] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)  # items as they are, before the others
    pages: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    trouble: deque[str] = field(default_factory=deque)
    requests: list[tuple[str, dict[str, str], int]] = field(default_factory=list)
    url: str = ""

    def publish(self, text: str, **how: Any) -> Entry:
        number = len(self.entries) + 1
        entry = Entry(**{"id": f"https://news.example/{number}", "link": f"https://news.example/{number}", "text": text, **how})
        self.entries.append(entry)
        return entry

    @property
    def feed(self) -> str:
        return f"{self.url}/feed.xml{f'?key={self.key}' if self.key else ''}"

    def xml(self) -> str:
        newest = list(reversed(self.entries))[:NEWEST]
        write = atom if self.atom else rss
        return write([*self.extra, *(atom_entry(one) if self.atom else rss_item(one) for one in newest)])

    def answer(self, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        place, _, query = path.partition("?")
        if place in self.pages:
            return self.pages[place]
        if place != "/feed.xml":
            return 404, {}, b""
        if self.key and query != f"key={self.key}":
            return 403, {}, b""
        body = self.xml().encode()
        etag = f'"{sha256(body).hexdigest()[:16]}"'
        if headers.get("If-None-Match") == etag:
            return 304, {"ETag": etag}, b""
        coded = {"Content-Encoding": "gzip"} if self.packed else {}
        return 200, {"ETag": etag, "Content-Type": "application/xml; charset=utf-8", **coded}, gzip.compress(body) if self.packed else body


def rss(items: list[str]) -> str:
    head = "<title>The Daily &amp; Nightly</title><link>https://news.example</link><description>All of it</description><language>en-gb</language>"
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'


def rss_item(one: Entry) -> str:
    """The description is HTML, written as text."""
    html = escape(one.text).replace("\n", "<br>")
    link = f"<link>{escape(one.link)}</link>" if one.link else ""
    moment = f"<pubDate>{format_datetime(one.at)}</pubDate>" if one.at else ""
    guid = f'<guid isPermaLink="false">{escape(one.id)}</guid>' if one.id else ""
    return f"<item><title>{escape(one.title)}</title>{link}{guid}{moment}<description>{escape(html)}</description></item>"


def atom(entries: list[str]) -> str:
    head = '<title>The Daily</title><id>urn:daily</id><updated>2026-01-01T00:00:00Z</updated><link href="https://news.example"/>'
    return f'<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr">{head}{"".join(entries)}</feed>'


def atom_entry(one: Entry) -> str:
    link = f'<link href="{escape(one.link)}"/>' if one.link else ""
    moment = f"<published>{one.at.isoformat()}</published><updated>{one.at.isoformat()}</updated>" if one.at else ""
    html = escape(escape(one.text).replace("\n", "<br>"))
    return f'<entry><title>{escape(one.title)}</title><id>{escape(one.id)}</id>{link}{moment}<summary type="html">{html}</summary></entry>'


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site

    def do_GET(self) -> None:
        said = dict(self.headers.items())
        trouble = self.site.trouble.popleft() if self.site.trouble else ""
        if trouble == "cut":
            self.close_connection = True
            return
        known: dict[str, tuple[int, dict[str, str], bytes]] = {
            "busy": (429, {"Retry-After": "1"}, b""), "broken": (503, {}, b"<html>away"), "shut": (401, {}, b""),
        }  # fmt: skip
        status, headers, body = known.get(trouble) or self.site.answer(self.path, said)
        self.site.requests.append((self.path, said, status))
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Whoever hung up does not read its answer."""


@contextmanager
def running(site: Site) -> Iterator[Site]:
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"site": site}))
    site.url = f"http://127.0.0.1:{server.server_port}"
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    serving.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        serving.join()
