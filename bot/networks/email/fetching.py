"""Gets mails from the server: never an attachment, never more of a text than anybody reads, and nothing is marked as read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import accumulate, groupby
from typing import Any

from bot.networks.email.faults import is_connection
from bot.networks.email.mailbox import Line
from bot.networks.email.structure import Part, Structure, structure

HEADER_MOST, TEXT_MOST = 64_000, 256_000  # bytes of one header, and of one part
PAGE_MOST = 2_000_000  # bytes of texts in one page
FEW = 7  # mails, when one of many cannot be read
_HEAD = ("INTERNALDATE", "RFC822.SIZE", f"BODY.PEEK[HEADER]<0.{HEADER_MOST}>")
_RETURNED = ("message/rfc822", "message/global")  # in a report: the mail that came back
_SAID = ("message/delivery-status", "message/global-delivery-status", "text/rfc822-headers", "message/global-headers")


@dataclass(frozen=True)
class Fetched:
    """One mail as the server gave it. `texts` by section; `structure` is None where the server's word on it makes no sense."""

    uid: int
    arrived_at: datetime
    size: int = 0
    header: bytes = b""
    structure: Structure | None = None
    texts: Mapping[str, bytes] = field(default_factory=dict)


def fetched(line: Line, uids: Sequence[int]) -> tuple[Sequence[int], Sequence[Fetched]]:
    """The first of these UIDs, as many as could be read at once, and their mails, but for those that were moved away meanwhile.

    A mail that breaks the reading of its answer costs a connection each time, so fewer are asked for, down to that one alone.
    """
    for many in (len(uids), FEW, 1):
        try:
            return _whole(line, uids[:many])
        except Exception as error:
            if is_connection(error):
                raise
            line.examine_anew()
    return uids[:1], _unstructured(line, uids[0])


def _whole(line: Line, uids: Sequence[int]) -> tuple[Sequence[int], Sequence[Fetched]]:
    answered = line.client().fetch(uids, [*_HEAD, "BODYSTRUCTURE"])
    heads = [_head(uid, answered[uid], structure(answered[uid][b"BODYSTRUCTURE"])) for uid in uids if uid in answered]
    few = _together(heads)
    texts = _texts(line, few)
    taken = uids if few == heads else [uid for uid in uids if uid <= few[-1].uid]
    return taken, [replace(head, texts=texts.get(head.uid, {})) for head in few]


def _together(heads: Sequence[Fetched]) -> Sequence[Fetched]:
    """The first of them, as many as have so much to say together that a slow line brings it in time; one at least."""
    sizes = accumulate(map(_said, heads))
    return [head for at, (head, size) in enumerate(zip(heads, sizes, strict=True)) if not at or size <= PAGE_MOST]


def _said(head: Fetched) -> int:
    return sum(min(part.octets, TEXT_MOST) for part in _to_fetch(head))


def _unstructured(line: Line, uid: int) -> Sequence[Fetched]:
    """Its header, and how its body begins, which nobody reads but who looks at what was kept."""
    try:
        answered = line.client().fetch([uid], [*_HEAD, f"BODY.PEEK[TEXT]<0.{HEADER_MOST}>"])
    except Exception as error:
        if is_connection(error):
            raise
        line.examine_anew()
        return [Fetched(uid, datetime.now(UTC))]
    return [replace(_head(uid, one, None), texts={"TEXT": _first(one, b"BODY[TEXT]")}) for uid, one in answered.items()]


def _head(uid: int, answer: Mapping[bytes, Any], made: Structure | None) -> Fetched:
    at, size = answer.get(b"INTERNALDATE"), answer.get(b"RFC822.SIZE")
    arrived_at = at.astimezone(UTC) if isinstance(at, datetime) else datetime.now(UTC)
    return Fetched(uid, arrived_at, size if isinstance(size, int) else 0, _first(answer, b"BODY[HEADER]"), made)


def _texts(line: Line, heads: Sequence[Fetched]) -> dict[int, dict[str, bytes]]:
    """Mails whose words are in the same place are asked together."""
    wanted = sorted((_where(part), head.uid) for head in heads for part in _to_fetch(head))
    texts: dict[int, dict[str, bytes]] = {}
    for where, group in groupby(wanted, key=lambda one: one[0]):
        answered = line.client().fetch([uid for _, uid in group], [f"BODY.PEEK[{where}]<0.{TEXT_MOST}>"])
        for uid, answer in answered.items():
            texts.setdefault(uid, {})[where] = _first(answer, f"BODY[{where}]".encode())
    return texts


def _to_fetch(head: Fetched) -> Iterable[Part]:
    if head.structure is None:
        return ()
    reported = (*_SAID, *_RETURNED) if head.structure.report_type == "delivery-status" else ()
    return sorted({part.section: part for part in (*head.structure.to_fetch, *_of(head.structure, reported))}.values(), key=_where)


def _of(made: Structure, kinds: Sequence[str]) -> Iterator[Part]:
    return (part for part in made.parts[:5] if part.kind in kinds)


def _where(part: Part) -> str:
    """Of a mail that came back its header is enough."""
    return f"{part.section}.HEADER" if part.kind in _RETURNED else part.section


def _first(answer: Mapping[bytes, Any], name: bytes) -> bytes:
    """Servers repeat the place from which they begin: BODY[1]<0>."""
    found = next((value for key, value in answer.items() if key.upper().startswith(name.upper())), b"")
    return found if isinstance(found, bytes) else b"" if found is None else str(found).encode()
