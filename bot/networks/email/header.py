"""Reads the header of a mail, however broken: raw fields, then what they mean, each bounded before anything looks at it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.parser import HeaderParser
from email.policy import compat32, default
from email.utils import parsedate_to_datetime
from typing import Any

FIELD_MOST = 4_000  # characters of one field that are looked at; References may be longer
_REFERENCES_MOST = 40_000
_FOLD = re.compile(r"[\r\n]+[ \t]*")
_ID = re.compile(r"<([^<>\s]{1,900})>")
_BARE_ID = re.compile(r"[^<>\s]{1,900}")
_ADDRESS = re.compile(r"[^\s<>@,;:\"()]{1,64}@[^\s<>@,;:\"()]{1,253}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
# "Re:" and "Fwd:" as mail programs of many languages write them
_PREFIX = re.compile(
    r"(?:\s*(?:re|rv|fwd?|tr|aw|wg|sv|enc|rif|i|r[ée]f|r[ée]p|res)\s?(?:\[\d{1,3}\]|\(\d{1,3}\))?\s?[:\uff1a])+\s*", re.IGNORECASE
)


@dataclass(frozen=True)
class Author:
    """`address` in small letters; "" where there is none."""

    address: str
    name: str = ""


class Header:
    """Names are in small letters; of a field that stands there twice the first counts."""

    def __init__(self, raw: bytes) -> None:
        self.text = _text(raw)
        self._fields: dict[str, str] = {}
        for name, value in HeaderParser(policy=compat32).parsestr(self.text, headersonly=True).items():
            self._fields.setdefault(name.lower(), _FOLD.sub(" ", str(value)).strip())

    def has(self, name: str) -> bool:
        return name in self._fields

    def raw(self, name: str, most: int = FIELD_MOST) -> str:
        return self._fields.get(name, "")[:most]

    def word(self, name: str) -> str:
        """The first word of a field: `auto-replied` of `auto-replied; owner=…`."""
        return self.raw(name).partition(";")[0].partition("(")[0].strip().lower()

    @property
    def subject(self) -> str:
        return decoded(self.raw("subject"))

    @property
    def message_id(self) -> str:
        """Without its brackets; "" where there is none."""
        raw = self.raw("message-id").strip()
        found = _ID.search(raw) or _BARE_ID.fullmatch(raw)
        return (found.group(1) if found.re is _ID else found.group()) if found else ""

    @property
    def references(self) -> Sequence[str]:
        """What it answers: the first is the root of its thread, the last what it answers at once."""
        before = _ID.findall(self.raw("references", _REFERENCES_MOST))
        answered = _ID.findall(self.raw("in-reply-to"))[:1]  # some programs put a whole sentence there
        return [*before, *(one for one in answered if one not in before)]

    def authors(self, name: str) -> Sequence[Author]:
        return list(_authors(name, self.raw(name)))

    def author(self, name: str) -> Author | None:
        return next((one for one in self.authors(name) if one.address), None)

    @property
    def sent_at(self) -> datetime | None:
        try:
            moment = parsedate_to_datetime(self.raw("date", 100))
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, TypeError, OverflowError, IndexError):
            return None


def without_prefix(subject: str) -> str:
    return _PREFIX.sub("", subject, count=1) if _PREFIX.match(subject) else subject


def decoded(value: str) -> str:
    """A field as people see it. What Python's own reader stumbles over is read the old way, or left as it is."""
    for read in (_unstructured, _old_way):
        try:
            return _clean(read(value))
        except Exception:  # noqa: BLE001, S112 - its parser raises whatever comes to hand on what nobody expected
            continue
    return _clean(value)


def _clean(value: str) -> str:
    """On one line, and with no half letters: Python keeps bytes that it cannot read as such."""
    return _CONTROL.sub(" ", value).encode(errors="replace").decode().strip()


def _unstructured(value: str) -> str:
    return str(_made("Subject", value))


def _old_way(value: str) -> str:
    return str(make_header(decode_header(value)))


def _authors(name: str, value: str) -> Iterator[Author]:
    try:
        found = [Author(one.addr_spec.lower(), _clean(one.display_name)) for one in _made(name, value).addresses]
    except Exception:  # noqa: BLE001 - as above
        found = []
    right = [one for one in found if _ADDRESS.fullmatch(one.address)]
    if right:
        yield from right
    else:  # what no reader of addresses makes sense of: the last one in it, which is the one between brackets
        yield from (Author(one.lower()) for one in _ADDRESS.findall(value)[-1:])


def _made(name: str, value: str) -> Any:
    return default.header_factory(name, value)


def _text(raw: bytes) -> str:
    """Headers are ASCII or UTF-8 (RFC 6532); old programs wrote their own letters."""
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        whole = error.start >= len(raw) - 4  # cut in the middle of a letter
        return raw.decode(errors="ignore") if whole else raw.decode("cp1252", errors="replace")
