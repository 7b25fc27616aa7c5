"""What a post says, as plain text: its links whole, the picture's descriptions beside it. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from handlers.ports import Attachment

Json = Mapping[str, Any]
LINK = "app.bsky.richtext.facet#link"
TEXT_MOST = 100_000
_NAME_MOST = 2_000


def text_of(record: Json) -> str:
    """Addresses that stand in no word of it (a preview, a quoted post) follow below."""
    text = _with_links(_string(record.get("text")), record.get("facets"))
    below = [address for address in _addresses(record.get("embed")) if address not in text]
    return "\n".join([text, *below] if text else below)[:TEXT_MOST]


def attachments_of(record: Json) -> tuple[Attachment, ...]:
    return tuple(_files(record.get("embed")))


def web_address(uri: str, handle: str = "") -> str | None:
    """at://DID/app.bsky.feed.post/KEY as people open it."""
    parts = uri.removeprefix("at://").split("/")
    if not uri.startswith("at://") or len(parts) != 3:
        return None
    who = handle if handle and handle != "handle.invalid" else parts[0]
    return f"https://bsky.app/profile/{who}/post/{parts[2]}"


def _with_links(text: str, facets: Any) -> str:
    """Clients show "example.com/lo…" and keep the address apart, in places counted in bytes of UTF-8."""
    raw = text.encode(errors="replace")
    for begin, end, uri in sorted(_links(facets), reverse=True):
        if not 0 <= begin < end <= len(raw):
            continue
        try:
            shown = raw[begin:end].decode()
        except UnicodeDecodeError:
            continue
        whole = uri if _is_short_for(shown, uri) else f"{shown} ({uri})"
        raw = raw[:begin] + whole.encode(errors="replace") + raw[end:]
    return raw.decode(errors="replace")


def _links(facets: Any) -> Iterator[tuple[int, int, str]]:
    """Those that do not overlap; the first one of a place counts."""
    taken = -1
    for facet in sorted(_dicts(facets), key=lambda one: _number(_dict(one.get("index")).get("byteStart"))):
        place = _dict(facet.get("index"))
        begin, end = _number(place.get("byteStart")), _number(place.get("byteEnd"))
        uri = next((_string(one.get("uri")) for one in _dicts(facet.get("features")) if one.get("$type") == LINK), "")
        if uri and begin >= max(taken, 0):
            taken = end
            yield begin, end, uri


def _is_short_for(shown: str, uri: str) -> bool:
    begin = _bare(shown).removesuffix("...").removesuffix("…")
    rest = _bare(uri).removeprefix(begin)
    return bool(begin) and rest != _bare(uri) and (rest[:1] in ("", "/", "?", "#") or begin != _bare(shown))


def _bare(address: str) -> str:
    return address.casefold().removeprefix("https://").removeprefix("http://").removeprefix("www.")


def _addresses(embed: Any) -> Iterator[str]:
    for part in _parts(embed):
        external = _string(_dict(part.get("external")).get("uri"))
        quoted = web_address(_string(_dict(part.get("record")).get("uri")))
        yield from (address for address in (external, quoted) if address)


def _files(embed: Any) -> Iterator[Attachment]:
    for part in _parts(embed):
        for one in [*_dicts(part.get("images")), *_dicts(part.get("items"))]:  # a gallery has items
            yield _file(one, _dict(one.get("image")), "image")
        if isinstance(part.get("video"), dict):
            yield _file(part, _dict(part.get("video")), "video")


def _file(told: Json, blob: Json, kind: str) -> Attachment:
    size = blob.get("size")
    return Attachment(_string(told.get("alt"))[:_NAME_MOST], _string(blob.get("mimeType")) or kind, size if type(size) is int else None)


def _parts(embed: Any) -> Iterator[Json]:
    """A post may quote and show pictures at once: then either stands one step deeper."""
    whole = _dict(embed)
    yield whole
    for name in ("media", "record"):
        inner = _dict(whole.get(name))
        if inner:
            yield inner


def _dict(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any) -> int:
    return value if type(value) is int else -1
