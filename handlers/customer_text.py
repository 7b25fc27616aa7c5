"""How a door gets at a customer's words: masked, bounded, without what tricks the eye, links made harmless. Escaping is the door's own."""

import re
import unicodedata
from dataclasses import fields, replace
from typing import Any

from flows.masking import hides
from flows.masking import masked as masked  # noqa: PLC0414 - doors may not import flows
from handlers.ports import CustomerText, Mention

# any scheme with its slashes; without them those that do something at once ("data: is it safe?" is a sentence, "data:text" is not)
_LINK = re.compile(
    r"(?P<scheme>[a-z0-9+.\-]{1,21})\s?:\s?//|\b(?P<bare>https?|data|javascript|vbscript|file|mailto|tel|sms):(?=\S)",
    re.IGNORECASE,
)
_WWW = re.compile(r"\bwww\.", re.IGNORECASE)
# endings in use where lures live; a full stop without its space ("ok.thanks") is left alone
_ENDINGS = (
    "com|net|org|info|biz|io|co|me|app|dev|ai|eu|es|fr|uk|ie|us|ca|mx|ar|cl|pe|be|ch|de|it|pt|nl|pl|ru|cn|in|br|tk|cc|ws|to|ly|gg|gl|ms|st|sh|tv"
    "|shop|site|online|store|top|xyz|link|click|live|help|support|login|club|icu|vip|work|page|web|cloud|example|test|onion|zip|mov"
)
_DOMAIN = re.compile(rf"(?<=[a-z0-9])\.(?=(?:{_ENDINGS})\b)", re.IGNORECASE)
_TRICKS = {0x200B, 0x200C, 0x2060, 0xFEFF, 0x00AD, *range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xE0000, 0xE0080)}
_UNSTORABLE = re.compile("[\\x00\\ud800-\\udfff]")  # PostgreSQL keeps no NUL, and half a surrogate pair is no UTF-8
# an open <b> is opened anew by every paragraph behind it: some kilobytes of unclosed ones become gigabytes; a span is not
_REOPENED = re.compile(r"<(/?)(?:big|b|code|em|font|i|nobr|small|strike|strong|s|tt|u)(?=[\s/>])", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
TAGS_MOST = 10_000  # what is nested deeper takes a parser minutes
FILE_NAME_MOST = 300  # characters; more says nothing
_MENTION = re.compile(r"@(?=(?:channel|here|everyone|all|team)\b)", re.IGNORECASE)


def storable(mention: Mention) -> Mention:
    """The mention with what no database can keep replaced by U+FFFD."""
    customer = replace(mention.customer, **_stored(mention.customer))
    files = tuple(replace(one, name=_short(one.name), kind=_short(one.kind)) for one in mention.attachments)
    return replace(mention, **{**_stored(mention), "customer": customer, "attachments": files})


def _stored(values: Any) -> dict[str, Any]:
    said = {one.name: getattr(values, one.name) for one in fields(values)}
    return {name: keepable(value) for name, value in said.items() if type(value) is str and _UNSTORABLE.search(value)}


def _short(text: str) -> str:
    return keepable(text[:FILE_NAME_MOST])


def keepable(text: str) -> str:
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def tame(html: str) -> str:
    """The same words in HTML that no parser takes long over."""
    parts = _REOPENED.sub(r"<\1span", html).split("<", TAGS_MOST)
    if len(parts) <= TAGS_MOST:
        return "<".join(parts)
    return "<".join(parts[:-1]) + _TAG.sub(" ", f"<{parts[-1]}")


def plain(text: CustomerText, most: int) -> str:
    """At most `most` characters, safe to escape: no invisible or direction-turning signs, `hxxp` links, `[.]` domains, no mass mentions."""
    seen = bare(text.raw)
    shown = seen if text.whole else masked(seen)
    calm = _MENTION.sub("@\u200b", _DOMAIN.sub("[.]", _WWW.sub("www[.]", _LINK.sub(_defang, shown))))
    return calm if len(calm) <= most else calm[: most - 1].rstrip() + "…"


def bare(text: str) -> str:
    """Without signs that cannot be seen or turn the direction of writing: also between the digits of a card number."""
    return "".join(sign for sign in text if ord(sign) not in _TRICKS and (sign in "\n\t" or unicodedata.category(sign) != "Cc"))


def hides_something(text: str) -> bool:
    """Whether `plain` masks anything in it."""
    return hides(bare(text))


def _defang(match: re.Match[str]) -> str:
    scheme = match["scheme"] or match["bare"]
    return re.sub("tt", "xx", scheme, flags=re.IGNORECASE) + "[:]" + ("//" if match["scheme"] else "")
