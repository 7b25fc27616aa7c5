"""What mail servers tell each other about mail: a reply of ours that came back, and all the rest, which is no customer's."""

import re
from collections.abc import Iterator, Mapping

from bot.networks.email.charset import letters
from bot.networks.email.fetching import Fetched
from bot.networks.email.header import Header
from bot.networks.email.own import Own
from handlers.networks import Bounced

REASON_MOST = 300
_SPACE = re.compile(r"\s+")
_DMARC = re.compile(r"\s*(?:\[[^\]]{0,40}\]\s*)?report domain:.{0,200}submitter:", re.IGNORECASE)  # RFC 7489, 7.2.1.1
_KNOWN = {"disposition-notification": "read_receipt", "feedback-report": "feedback_report", "tlsrpt": "tls_report"}


def kept_aside(mail: Fetched, header: Header) -> str | None:
    """Why a mail is no customer's; None for all others."""
    report = mail.structure.report_type if mail.structure else ""
    if report:
        return _KNOWN.get(report, f"report_{'delivery_status' if report == 'delivery-status' else 'other'}")
    if mail.structure and mail.structure.kind == "message/disposition-notification":
        return "read_receipt"
    return "dmarc_report" if _DMARC.match(header.subject) else None


def bounced(mail: Fetched, own: Own) -> Bounced | None:
    """Only a failure for good, and only of what we wrote: a delay is none, and whose address was forged gets bounces of strangers."""
    if not mail.structure or mail.structure.report_type != "delivery-status":
        return None
    failed = next((one for one in _recipients(mail) if one.get("action", "").lower() == "failed"), None)
    ours = next((one for one in _returned(mail) if own.conversation(one)), None)
    if failed is None or ours is None:
        return None
    diagnostic = failed.get("diagnostic-code", "").partition(";")[2] or failed.get("diagnostic-code", "")
    return Bounced(ours, _SPACE.sub(" ", f"{failed.get('status', '')} {diagnostic}").strip()[:REASON_MOST])


def _recipients(mail: Fetched) -> Iterator[Mapping[str, str]]:
    """The fields of each block of message/delivery-status (RFC 3464)."""
    for part in mail.structure.parts if mail.structure else ():
        if part.kind in ("message/delivery-status", "message/global-delivery-status"):
            text = letters(mail.texts.get(part.section, b""), part.encoding, "utf-8").replace("\r\n", "\n")
            for block in text.split("\n\n"):
                header = Header(f"{block.strip()}\n\n".encode())
                yield {name: header.raw(name) for name in ("action", "status", "diagnostic-code")}


def _returned(mail: Fetched) -> Iterator[str]:
    """The id of what came back: from its own header, or from what the report answers."""
    for section, text in mail.texts.items():
        header = Header(text)
        if header.message_id and section != "1":
            yield header.message_id
    yield from Header(mail.header).references
