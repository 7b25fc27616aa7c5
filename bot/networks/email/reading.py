"""A mail as the server gave it → what it is to us. Pure: nothing is asked of anybody."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.networks.email.charset import letters
from bot.networks.email.fetching import Fetched
from bot.networks.email.flowed import unflowed
from bot.networks.email.header import Header, without_prefix
from bot.networks.email.hypertext import words_of
from bot.networks.email.own import Own, digest
from bot.networks.email.quoting import own_words
from bot.networks.email.reports import bounced, kept_aside
from bot.networks.email.senders import answers_go_to, author, no_answer
from bot.networks.email.structure import Part
from handlers.networks import News, Unread
from handlers.ports import Attachment, Customer, Mention

TEXT_MOST, RAW_MOST = 100_000, 200_000  # characters; bytes
CONTEXT_MOST = 4_000
_ID_MOST, _NAME_MOST, _SUBJECT_MOST = 250, 200, 300
_KEPT_REFERENCES = 8
_BEFORE, _AHEAD = timedelta(days=30), timedelta(minutes=10)  # how far a customer's clock may be from the server's


def read(mail: Fetched, own: Own) -> News | None:
    """None for what we wrote ourselves. Never raises: what breaks the reading is kept aside."""
    try:
        return _read(mail, own)
    except Exception as error:  # noqa: BLE001 - the next mail is read all the same
        return Unread(mail.header.decode("utf-8", "replace")[: RAW_MOST // 4], f"not_read_{type(error).__name__}")


def _read(mail: Fetched, own: Own) -> News | None:
    if not mail.header:
        return Unread(f"uid {mail.uid}", "not_fetched")
    header = Header(mail.header)
    came_back = bounced(mail, own)
    if came_back:
        return came_back
    aside = kept_aside(mail, header)
    if aside:
        return Unread(header.text[: RAW_MOST // 4], aside)
    wrote = author(header, own)
    if wrote is None:
        sent_by = header.author("from")
        return None if sent_by and own.is_us(sent_by) else Unread(header.text[: RAW_MOST // 4], "no_author")
    answer_to = answers_go_to(header, wrote, own)
    texts = [text for text in (_text(mail, ways, header) for ways in (mail.structure.texts if mail.structure else ())) if text]
    shown = (_subject(header), f"Reply-To: {answer_to}" if answer_to != wrote.address else "", *texts)
    return Mention(
        network="email",
        external_id=external_id(mail, header),
        conversation_id=_conversation(mail, header, own),
        customer=Customer(wrote.address, wrote.address[:_NAME_MOST], wrote.name[:_NAME_MOST]),
        text=_joined(shown)[:TEXT_MOST],
        posted_at=_posted_at(mail, header),
        private=True,
        source="email",
        raw=_raw(mail, header),
        no_answer=no_answer(header, wrote, own),
        attachments=_attachments(mail),
        context=_context(header, answer_to),
    )


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part)


def _subject(header: Header) -> str:
    return without_prefix(header.subject) if header.references else header.subject


def _text(mail: Fetched, ways: Iterable[Part], header: Header) -> str:
    """The first way in which it is written that says anything."""
    for part in ways:
        text = _words(part, mail.texts.get(part.section, b""))
        if text:
            return own_words(text, answers=bool(header.references))
    return ""


def _words(part: Part, raw: bytes) -> str:
    text = letters(raw, part.encoding, part.parameters.get("charset", "utf-8")).replace("\r\n", "\n").replace("\r", "\n")
    if part.kind == "text/html":
        return words_of(text)
    if part.parameters.get("format", "").lower() == "flowed":
        text = unflowed(text, delsp=part.parameters.get("delsp", "").lower() == "yes")
    return text.strip()


def external_id(mail: Fetched, header: Header) -> str:
    """The Message-ID, and a mark of what else says which mail it is: some forms and all kinds of spam give one id to many mails.

    Neither UID nor mailbox are in it: when the server numbers anew, known mails stay known.
    """
    if not header.message_id:
        return f"{digest(header.text)}{digest(str(mail.size))}"
    mark = digest("\n".join(header.raw(name) for name in ("from", "date", "subject")))[:8]
    return f"{_bounded(header.message_id)}#{mark}"


def _conversation(mail: Fetched, header: Header, own: Own) -> str:
    """A mark of the thread's root. A reply of ours among what it answers knows better, since programs cut the beginning off."""
    for before in reversed(header.references):
        known = own.conversation(before)
        if known:
            return known
    return digest(next(iter(header.references), "") or header.message_id or external_id(mail, header))


def _posted_at(mail: Fetched, header: Header) -> datetime:
    said, arrived = header.sent_at, mail.arrived_at
    return said if said and arrived - _BEFORE <= said <= arrived + _AHEAD else arrived


def _attachments(mail: Fetched) -> tuple[Attachment, ...]:
    return mail.structure.attachments if mail.structure else ()


def _context(header: Header, answer_to: str) -> str:
    """What an answer needs: whom, what, and the thread. The root and the last ids of it are kept (RFC 5322, 3.6.4)."""
    before = [one for one in header.references if len(one) <= _ID_MOST]
    kept = before if len(before) <= _KEPT_REFERENCES else [before[0], *before[1 - _KEPT_REFERENCES :]]
    said = {"to": answer_to, "subject": without_prefix(header.subject)[:_SUBJECT_MOST]}
    if header.message_id and len(header.message_id) <= 2 * _ID_MOST:
        said["id"] = header.message_id
    whole = json.dumps({**said, "references": kept}, ensure_ascii=False)
    return whole if len(whole.encode()) <= CONTEXT_MOST else json.dumps({**said, "references": []}, ensure_ascii=False)


def _raw(mail: Fetched, header: Header) -> str:
    """The header as it came, and the words before anything was left away."""
    said = {"uid": mail.uid, "arrived_at": mail.arrived_at.isoformat(), "size": mail.size, "header": header.text[: RAW_MOST // 8]}
    most = RAW_MOST // 2
    while True:
        texts = {section: letters(raw, *_written(mail, section))[:most] for section, raw in mail.texts.items()}
        whole = json.dumps({**said, "texts": texts}, ensure_ascii=False)
        if len(whole.encode(errors="replace")) <= RAW_MOST or most < 100:
            return whole
        most //= 2


def _written(mail: Fetched, section: str) -> tuple[str, str]:
    part = next((one for one in (mail.structure.parts if mail.structure else ()) if one.section == section), None)
    return (part.encoding, part.parameters.get("charset", "utf-8")) if part else ("", "utf-8")


def _bounded(message_id: str) -> str:
    return message_id if len(message_id) <= _ID_MOST else digest(message_id)
