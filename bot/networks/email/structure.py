"""What a mail is made of (BODYSTRUCTURE, RFC 9051, 7.5.2): which parts are its words, and what came with them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import collapse_rfc2231_value, decode_params
from typing import Any

from bot.networks.email.header import decoded
from handlers.ports import Attachment

MOST_PARTS, MOST_TEXTS, MOST_ATTACHMENTS = 1_000, 10, 50
NAME_MOST = 200
_HARDLY = 40  # bytes: a plain part like this may say that there is another


@dataclass(frozen=True)
class Part:
    """One leaf. `section` is how a server calls it (1.2), `group` the multiparts around it, `octets` its size as it travels."""

    section: str
    kind: str
    group: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""
    octets: int = 0
    disposition: str = ""
    name: str = ""

    @property
    def is_text(self) -> bool:
        if self.kind not in ("text/plain", "text/html") or self.disposition == "attachment":
            return False
        return not self.name or not self.disposition

    @property
    def size(self) -> int:
        """In bytes, as it will be once unpacked: base64 has 57 of them in each line of 78."""
        return self.octets * 57 // 78 if self.encoding == "base64" else self.octets

    @property
    def attachment(self) -> Attachment:
        return Attachment(self.name, self.kind, self.size)


@dataclass(frozen=True)
class Structure:
    """`kind` and `parameters` are the whole mail's."""

    kind: str = "text/plain"
    parameters: Mapping[str, str] = field(default_factory=dict)
    parts: Sequence[Part] = ()

    @property
    def report_type(self) -> str:
        return self.parameters.get("report-type", "").lower() if self.kind == "multipart/report" else ""

    @property
    def texts(self) -> Sequence[Sequence[Part]]:
        """Each text of the mail, in the ways in which it is written; the first of them that says anything is what counts."""
        ways: dict[str, list[Part]] = {}
        for part in self.parts:
            if part.is_text:
                ways.setdefault(_alternative(part), []).append(part)
        return [sorted(one, key=lambda part: part.kind == "text/html") for one in ways.values()][:MOST_TEXTS]

    @property
    def to_fetch(self) -> Sequence[Part]:
        """HTML is not fetched where there are plain words."""
        return [one for ways in self.texts for one in (ways if ways[0].octets < _HARDLY else ways[:1])]

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        texts = {part.section for ways in self.texts for part in ways}
        return tuple(part.attachment for part in self.parts if part.section not in texts)[:MOST_ATTACHMENTS]


def _alternative(part: Part) -> str:
    """The multipart whose parts all say the same; else the part by itself."""
    for depth in range(len(part.group), 0, -1):
        section, _, kind = part.group[depth - 1].partition(" ")
        if kind == "alternative":
            return f"{section}~"
    return part.section


def structure(body: Any) -> Structure:
    """Of what imapclient made of BODYSTRUCTURE. Whatever a server writes there: raises nothing but what Python raises on nonsense."""
    parts = list(_parts(body))
    if body.is_multipart:
        return Structure(f"multipart/{_word(body[1])}", _pairs(body[2] if len(body) > 2 else None), parts)
    return Structure(parts[0].kind, parts[0].parameters, parts)


def _parts(body: Any) -> Iterator[Part]:
    """The leaves, in order; a mail within the mail is one leaf. No recursion: nobody knows how deep it goes."""
    waiting: list[tuple[Any, str, tuple[str, ...]]] = [(body, "", ())]
    found = 0
    while waiting and found < MOST_PARTS:
        one, section, group = waiting.pop()
        if one.is_multipart:
            around = (*group, f"{section} {_word(one[1])}")
            inner = [(part, f"{section}.{number}".lstrip("."), around) for number, part in enumerate(one[0], 1)]
            waiting += reversed(inner)
        else:
            found += 1
            yield _leaf(one, section or "1", group)


def _leaf(one: Any, section: str, group: tuple[str, ...]) -> Part:
    kind = f"{_word(one[0])}/{_word(one[1])}"
    parameters = _pairs(one[2])
    disposition, said = _disposition(one, kind)
    name = said.get("filename") or parameters.get("name") or _subject_within(one, kind)
    octets = one[6] if isinstance(one[6], int) else 0
    return Part(section, kind, group, parameters, _word(one[5]), octets, disposition, decoded(name)[:NAME_MOST])


def _disposition(one: Any, kind: str) -> tuple[str, Mapping[str, str]]:
    """It stands behind the MD5, which stands behind what only some kinds have."""
    at = 8 + (1 if kind.startswith("text/") else 3 if kind in ("message/rfc822", "message/global") else 0)
    given = one[at] if len(one) > at else None
    if not isinstance(given, tuple) or not given:
        return "", {}
    return _word(given[0]), _pairs(given[1] if len(given) > 1 else None)


def _subject_within(one: Any, kind: str) -> str:
    """A mail within the mail is called by its subject."""
    envelope = one[7] if kind == "message/rfc822" and len(one) > 7 else None
    return _said(envelope[1]) if isinstance(envelope, tuple) and len(envelope) > 1 else ""


def _pairs(given: Any) -> dict[str, str]:
    if not isinstance(given, tuple):
        return {}
    flat = [_said(one) for one in given]
    pairs = [(name.lower(), value) for name, value in zip(flat[::2], flat[1::2], strict=False)]
    try:  # RFC 2231: name*0*=utf-8''…; the first pair is none of its business
        joined = decode_params([("", ""), *pairs])[1:]
        return {name.lower(): collapse_rfc2231_value(value).strip('"') for name, value in joined}
    except (ValueError, LookupError, IndexError, TypeError):
        return dict(pairs)


def _word(value: Any) -> str:
    return _said(value).lower()


def _said(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else "" if value is None else str(value)
