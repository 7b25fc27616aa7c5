"""A post's HTML as the plain text that its author wrote, with every link's whole address."""

from html.parser import HTMLParser

import nh3

_KEPT = {"p", "br", "a", "span", "li", "ol", "ul", "blockquote", "pre", "code", "h1", "h2", "h3", "h4", "h5", "h6", "div"}
_PARAGRAPHS = {"p", "ul", "ol", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6"}
_SIGNS = ("mention", "hashtag")


def plain(html: str) -> str:
    """Markup gone, entities read, paragraphs two lines apart."""
    reader = _Reader()
    reader.feed(nh3.clean(html, tags=_KEPT, attributes={"a": {"href", "class"}}, link_rel=None))  # well-formed from here on
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._link: list[str] = []
        self._href: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.handle_data("\n")
        elif tag == "li":
            self._break(1)
            self.handle_data("- ")
        elif tag in _PARAGRAPHS:
            self._break(2)
        elif tag == "div":
            self._break(1)
        elif tag == "a":
            said = dict(attrs)
            signs = (said.get("class") or "").split()
            self._href = None if any(sign in signs for sign in _SIGNS) else said.get("href")
            self._link = []

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._href is not None:
            href, self._href = self._href, None
            self._parts.append(_linked("".join(self._link), href))
        elif tag in _PARAGRAPHS:
            self._break(2)
        elif tag in ("li", "div"):
            self._break(1)

    def handle_data(self, data: str) -> None:
        (self._parts if self._href is None else self._link).append(data)

    def _break(self, lines: int) -> None:
        text = "".join(self._parts[-3:])
        if self._parts:
            self._parts.append("\n" * (lines - (len(text) - len(text.rstrip("\n")))))

    def text(self) -> str:
        return "".join(self._parts).strip("\n ")


def _linked(shown: str, href: str) -> str:
    """Mastodon shortens what is shown of a link; other servers let it say anything."""
    if _bare(shown) == _bare(href) or not shown.strip():
        return href
    return shown if shown.startswith(("@", "#")) and " " not in shown else f"{shown} ({href})"


def _bare(address: str) -> str:
    return address.strip().removeprefix("https://").removeprefix("http://").rstrip("/")
