"""HTML made plain words: safe first (nh3), without what nobody sees, with the real address of each link beside its text."""

import re
from html import unescape

import nh3
from inscriptis import Inscriptis
from inscriptis.model.config import ParserConfig
from lxml.html import HtmlElement, document_fromstring

from handlers.customer_text import tame

_TAGS = nh3.ALLOWED_TAGS | {"center", "font", "section", "article", "header", "footer", "main", "address"}
_NEVER = {"script", "style", "title", "head", "template", "noscript", "textarea", "select", "object", "svg", "math"}
_NOTHING = r"0*(?:\.0*)?(?:px|pt|em|%)?(?:;|$)"
_HIDING = re.compile(
    rf"mso-hide:all|display:none|visibility:hidden|opacity:{_NOTHING}|font-size:{_NOTHING}|max-height:{_NOTHING}", re.IGNORECASE
)
_ENOUGH = 0.98
_GAPS = re.compile(r"\n{3,}")


def words_of(html: str) -> str:
    """What a reader sees, as plain text."""
    html = tame(html)
    safe = nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags=_NEVER - _TAGS,
        attributes={"a": {"href"}, "img": {"alt"}, "*": {"style", "hidden"}},
        url_schemes={"http", "https", "mailto", "tel", "sms"},
        link_rel=None,
    )
    if not safe.strip():
        return ""
    bare = unescape(nh3.clean(html, tags=set(), clean_content_tags=_NEVER))
    text = _laid_out(safe, _signs(bare)) or bare
    return _GAPS.sub("\n\n", "\n".join(line.rstrip(" \t") for line in text.split("\n"))).strip()


def _laid_out(safe: str, signs: int) -> str:
    """Nothing for what is nested deeper than the parser goes, which leaves words away: without their order they are better than none."""
    try:
        tree = document_fromstring(safe)
        if _signs(str(tree.text_content())) < signs * _ENOUGH:
            return ""
        for one in list(tree.iter("img", "a")):
            _say(one)
        for one in [one for one in tree.iter() if _is_hidden(one)]:
            one.drop_tree()
        return str(Inscriptis(tree, ParserConfig()).get_text())
    except (ValueError, AssertionError, RecursionError, IndexError, AttributeError):
        return ""


def _signs(text: str) -> int:
    return len("".join(text.split()))


def _is_hidden(one: HtmlElement) -> bool:
    style = "".join(str(one.get("style") or "").split())
    return one.getparent() is not None and (one.get("hidden") is not None or bool(_HIDING.search(style)))


def _say(one: HtmlElement) -> None:
    """Links say where they lead; a picture that stands for a sign (😀) is that sign."""
    if one.tag == "img":
        alt = str(one.get("alt") or "")
        if alt and not any(sign.isascii() for sign in alt):
            one.tail = alt + (one.tail or "")
        return
    address, shown = str(one.get("href") or "").strip(), " ".join(str(one.text_content()).split())
    if address and _bare(address) != _bare(shown):
        one.append(_text(f" <{address}>" if shown else f"<{address}>"))


def _text(said: str) -> HtmlElement:
    made = HtmlElement(said)
    made.tag = "span"
    return made


def _bare(address: str) -> str:
    return address.removeprefix("mailto:").removeprefix("tel:").removeprefix("sms:").rstrip("/")
