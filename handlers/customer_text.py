"""How a door gets at a customer's words: masked, bounded, stripped of what tricks the eye, its links made harmless. Escaping is the door's own."""

import re
import unicodedata
from dataclasses import fields, replace
from typing import Any

from flows.masking import masked
from handlers.ports import CustomerText, Mention

_LINK = re.compile(r"\b(?P<scheme>h\w{2}ps?|ftp|data|javascript|file)\s*:(?P<rest>//)?|\bwww\.", re.IGNORECASE)
# endings in use where lures live; a full stop without its space ("ok.thanks") is left alone
_ENDINGS = (
    "com|net|org|info|biz|io|co|me|app|dev|ai|eu|es|fr|uk|ie|us|ca|mx|ar|cl|pe|be|ch|de|it|pt|nl|pl|ru|cn|in|br|tk|cc|ws|to|ly|gg|gl|ms|st|sh|tv"
    "|shop|site|online|store|top|xyz|link|click|live|help|support|login|club|icu|vip|work|page|web|cloud|example|test|onion|zip|mov"
)
_DOMAIN = re.compile(rf"(?<=[a-z0-9])\.(?=(?:{_ENDINGS})\b)", re.IGNORECASE)
_TRICKS = {0x200B, 0x200C, 0x2060, 0xFEFF, 0x00AD, *range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xE0000, 0xE0080)}
_UNSTORABLE = re.compile("[\\x00\\ud800-\\udfff]")  # PostgreSQL keeps no NUL, and half a surrogate pair is no UTF-8
_MENTION = re.compile(r"@(?=(?:channel|here|everyone|all|team)\b)", re.IGNORECASE)


def storable(mention: Mention) -> Mention:
    """The mention with what no database can keep replaced by U+FFFD."""
    customer = replace(mention.customer, **_stored(mention.customer))
    return replace(mention, customer=customer, **_stored(mention))


def _stored(values: Any) -> dict[str, Any]:
    said = {one.name: getattr(values, one.name) for one in fields(values)}
    return {name: keepable(value) for name, value in said.items() if type(value) is str and _UNSTORABLE.search(value)}


def keepable(text: str) -> str:
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def plain(text: CustomerText, most: int) -> str:
    """At most `most` characters, safe to escape: no invisible or direction-turning signs, `hxxp` links, `[.]` domains, no mass mentions."""
    seen = text.raw if text.whole else masked(text.raw)
    bare = "".join(sign for sign in seen if ord(sign) not in _TRICKS and (sign in "\n\t" or unicodedata.category(sign) != "Cc"))
    calm = _MENTION.sub("@\u200b", _DOMAIN.sub("[.]", _LINK.sub(_defang, bare)))
    return calm if len(calm) <= most else calm[: most - 1].rstrip() + "…"


def _defang(match: re.Match[str]) -> str:
    if match["scheme"] is None:
        return "www[.]"
    return re.sub("tt", "xx", match["scheme"], flags=re.IGNORECASE) + "[:]" + (match["rest"] or "")
