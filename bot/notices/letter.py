"""Writes a notice as an email: what it says twice, as text and as HTML, and the headers by which machines know what it is."""

from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr

from bot.notices.wording import cut, lines, link_label, mark, title
from handlers.couriers import Notice
from templates import page, say

SUBJECT_MOST = 200
# what different mail programs look at; none of them is in a standard but Importance (RFC 2156)
_URGENT = {"X-Priority": "1 (Highest)", "Importance": "high", "Priority": "urgent"}


def letter(notice: Notice, sender: str, to: str) -> EmailMessage:
    """The same Message-ID at every attempt; all notices of one thread refer to the same id, so that mail programs keep them together."""
    domain = parseaddr(sender)[1].rpartition("@")[2]
    thread = f"<thread.{mark(notice.thread)}@{domain}>"
    message = EmailMessage(policy=SMTP.clone(max_line_length=76))
    message["From"], message["To"] = sender, to
    message["Subject"] = cut(title(notice), SUBJECT_MOST)
    message["Date"] = datetime.now(UTC)
    message["Message-ID"] = f"<{mark(notice.token)}@{domain}>"
    message["In-Reply-To"] = message["References"] = thread
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answer by a machine
    message["X-Auto-Response-Suppress"] = "All"  # the same for Exchange
    if notice.severity == "critical" and not notice.over:
        for name, value in _URGENT.items():
            message[name] = value
    message.set_content(_text(notice), cte="quoted-printable")
    message.add_alternative(_html(notice), subtype="html", cte="quoted-printable")
    message["Content-Language"] = notice.language  # set before, it would go into the first part
    return message


def _text(notice: Notice) -> str:
    link = [f"{link_label(notice)}: {notice.link}"] if notice.link else []
    parts = [title(notice), "\n".join(lines(notice)), *link, say("notice.no_answers", notice.language)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _html(notice: Notice) -> str:
    return page(
        "notice.html",
        {
            "language": notice.language,
            "tone": "over" if notice.over else notice.severity,
            "title": title(notice),
            "lines": lines(notice),
            "link": notice.link if notice.link and notice.link.startswith(("https://", "http://")) else None,
            "label": link_label(notice),
            "no_answers": say("notice.no_answers", notice.language),
        },
    )
