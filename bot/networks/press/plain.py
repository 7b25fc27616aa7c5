"""HTML of a feed as plain text: lines kept apart, every link's whole address."""

from html.parser import HTMLParser

import nh3

from handlers.customer_text import tame

_LINES = {"p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "ul", "ol"}
_KEPT = {*_LINES, "br", "a"}


def plain(html: str) -> str:
    reader = _Reader()
    reader.feed(nh3.clean(tame(html), tags=_KEPT, attributes={"a": {"href"}}, link_rel=None))  # well-formed from here on
    reader.close()
    return "".join(reader.parts).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._links: list[tuple[int, str]] = []  # where each began, and where it leads

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.parts.append("\n")
        elif tag in _LINES:
            self._end_line()
        elif tag == "a":
            self._links.append((len(self.parts), dict(attrs).get("href") or ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in _LINES:
            self._end_line()
        elif tag == "a" and self._links:
            begun, href = self._links.pop()
            shown = "".join(self.parts[begun:])
            if href.startswith(("http://", "https://")) and href not in shown:
                self.parts.append(f" ({href})" if shown.strip() else href)

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def _end_line(self) -> None:
        if self.parts and not self.parts[-1].endswith("\n"):
            self.parts.append("\n")
