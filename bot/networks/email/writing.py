"""Writes a reply as a mail, in the thread of the one that it answers."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from bot.networks.email.own import Own
from handlers.errors import Refused
from handlers.networks import Reply

_ID = re.compile(r"[!-;=?-~]{1,500}")  # what can stand between brackets in a header
_BREAKS = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_EMPTY_LINE = re.compile(rb"^(Message-ID|In-Reply-To|References): *\r\n +", re.MULTILINE)
_SUBJECT_MOST = 300


def letter(reply: Reply, own: Own, to: str) -> EmailMessage:
    """The same Message-ID at every attempt. No Auto-Submitted: a person wrote it, and another approved it."""
    context = _read(reply.context)
    answered = [one for one in (_id(context.get("id")) or _id(reply.in_reply_to.partition("#")[0]),) if "@" in one]
    before = [one for one in map(_id, _list(context.get("references"))) if one and one not in answered]
    message = EmailMessage(policy=SMTP.clone(max_line_length=76))
    message["From"], message["To"] = own.sender, to
    message["Subject"] = _subject(context.get("subject"))
    message["Date"] = datetime.now(UTC)
    message["Message-ID"] = f"<{own.message_id(reply.token, reply.conversation_id)}>"
    if answered:
        message["In-Reply-To"] = f"<{answered[0]}>"
        message["References"] = " ".join(f"<{one}>" for one in [*before, *answered])
    message.set_content(_ended(reply.text), cte="quoted-printable")
    message["Content-Language"] = reply.language
    return message


def on_the_wire(message: EmailMessage) -> bytes:
    """Python leaves the first line of a long id empty, which is lawful and which some servers stumble over."""
    head, gap, body = message.as_bytes().partition(b"\r\n\r\n")
    return _EMPTY_LINE.sub(rb"\1: ", head) + gap + body


def addressee(reply: Reply) -> str:
    """Where its customer wants answers."""
    asked = _read(reply.context).get("to")
    return asked if isinstance(asked, str) and asked else reply.customer.external_id


def _read(context: str) -> Mapping[str, Any]:
    try:
        said = json.loads(context or "{}")
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _subject(base: object) -> str:
    said = _BREAKS.sub(" ", base if isinstance(base, str) else "").strip()
    return f"Re: {said}".strip()[:_SUBJECT_MOST]


def _id(value: object) -> str:
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def _ended(text: str) -> str:
    lines = text.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n")
    return lines if lines.endswith("\n") else f"{lines}\n"


def checked(to: str | None, own: Own) -> str:
    """Raises Refused for what is no address, and for our own: a loop."""
    if to is None:
        raise Refused("bad_address")
    if to.lower() == own.address:
        raise Refused("own_address")
    return to
