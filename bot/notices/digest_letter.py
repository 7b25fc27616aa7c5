"""Writes a digest as an email: the card as text and as HTML with its pictures in it, the table attached. Nothing is fetched."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from zoneinfo import ZoneInfo

from bot.notices.wording import cut, mark, one_line
from bot.pictures.charts import Sheet, charts
from bot.voice import speak
from handlers.couriers import Letter
from handlers.ports import CustomerText, Words
from templates import page, say

SUBJECT_MOST = 200
LABEL = 40  # characters before a colon
HEADINGS = ("digest.asked_most", "digest.asked_new")


@dataclass(frozen=True)
class Line:
    """`label` is what stands before the colon of our own sentence, where it has one."""

    kind: str  # line, quote, heading
    said: str
    label: str = ""
    text: str = ""


def digest_letter(letter: Letter, sender: str) -> Callable[[str], EmailMessage]:
    """What writes it to an address; drawn once."""
    domain = parseaddr(sender)[1].rpartition("@")[2]
    sheets = charts(letter.figures, letter.language)
    subject = cut(_said(letter, letter.card.title), SUBJECT_MOST)
    lines, foot = list(_lines(letter)), [_said(letter, words) for words in (*letter.card.small, letter.foot)]

    def written(to: str) -> EmailMessage:
        message = EmailMessage(policy=SMTP.clone(max_line_length=76))
        message["From"], message["To"], message["Subject"] = sender, to, subject
        message["Date"] = datetime.now(UTC)
        message["Message-ID"] = f"<{mark(letter.token)}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answer by a machine
        message["X-Auto-Response-Suppress"] = "All"  # the same for Exchange
        message.set_content(_text(subject, lines, _links(letter), foot), cte="quoted-printable")
        cids = [f"{sheet.name}.{mark(letter.token)}@{domain}" for sheet in sheets]
        html = _html(letter, subject, lines, list(zip(cids, sheets, strict=True)), foot)
        message.add_alternative(html, subtype="html", cte="quoted-printable")
        _with_pictures(message, cids, sheets, letter.name)
        table = letter.table.encode("utf-8-sig")  # with a mark, by which spreadsheets know the letters
        message.add_attachment(table, maintype="text", subtype="csv", filename=f"{letter.name}.csv")
        message["Content-Language"] = letter.language  # set before, it would go into the first part
        return message

    return written


def _with_pictures(message: EmailMessage, cids: Sequence[str], sheets: Sequence[Sheet], name: str) -> None:
    html = message.get_body(("html",))
    for cid, sheet in zip(cids, sheets, strict=True):
        if isinstance(html, EmailMessage):
            file = f"{name}-{sheet.name}.png"
            html.add_related(sheet.content, maintype="image", subtype="png", cid=f"<{cid}>", filename=file, disposition="inline")


def _lines(letter: Letter) -> Iterator[Line]:
    for one in letter.card.body:
        if isinstance(one, CustomerText):
            yield Line("quote", _said(letter, Words("plain.text", {"text": one})))
            continue
        said, is_heading = _said(letter, one), one.name in HEADINGS
        label, colon, text = said.partition(": ")
        split = not is_heading and colon and len(label) < LABEL
        yield Line("heading" if is_heading else "line", said, *((label.rstrip(), text) if split else ()))


def _said(letter: Letter, words: Words) -> str:
    """Of one line, its moments by the reader's clock."""
    zone = ZoneInfo(letter.timezone)
    return one_line(speak(words, letter.language, str, lambda at: say("prove.moment", letter.language, at=at.astimezone(zone))))


def _links(letter: Letter) -> list[tuple[str, str]]:
    rows = [button for row in letter.card.buttons for button in row]
    return [(_said(letter, one.label), one.url) for one in rows if one.url and one.url.startswith(("https://", "http://"))]


def _text(subject: str, lines: Sequence[Line], links: Sequence[tuple[str, str]], foot: Sequence[str]) -> str:
    told = [f"> {line.said}" if line.kind == "quote" else line.said for line in lines]
    return "\n".join([subject, "", *told, "", *(f"{label}: {url}" for label, url in links), "", *foot]) + "\n"


def _html(letter: Letter, subject: str, lines: Sequence[Line], pictures: Sequence[tuple[str, Sheet]], foot: Sequence[str]) -> str:
    values = {
        "language": letter.language,
        "title": subject,
        "lines": lines,
        "pictures": [{"cid": cid, "title": sheet.title, "described": sheet.described} for cid, sheet in pictures],
        "links": _links(letter),
        "foot": foot,
    }
    return page("digest_letter.html", values)
