"""A digest as a letter: what it holds, in every language, and that nothing in it acts on its reader."""

from dataclasses import replace
from email import message_from_bytes, policy
from html.parser import HTMLParser

import pytest

from bot.notices.digest_letter import digest_letter
from bot.notices.email import Mail
from bot.submission import Encryption, Submission
from handlers.couriers import Letter
from handlers.errors import Refused, TryLater, Unconfirmed
from handlers.insight.cards import Digest, digest_card
from handlers.insight.figures import Asked, Figures, Sent
from handlers.insight.table import table
from handlers.ports import Words
from templates import LANGUAGES
from tests.doors.charted import day
from tests.notices.mail_server import HANG_UP, PASSWORD, USER, Post, running

SENDER, TO = "Tocsin <tocsin@crisis.example.com>", "ana@meridia.example"
EVIL = '<script>alert(1)</script><img src="http://evil.example/x.png"> "\u202ename\u202c"'


def written(told: Figures, language: str = "en", token: str = "t" * 32) -> Letter:
    card, foot = digest_card(Digest(told), full=True), Words("digest.mail_foot", {"address": TO})
    return Letter(token, language, "Europe/Madrid", card, told, table(told), "tocsin-2026-11-21-0830", foot)


def hostile() -> Figures:
    asked = (Asked(EVIL, "en", 9, 0.5), Asked(EVIL, "es", 3, 0.1, answered=False, fresh=True))
    links = ((7, "https://x.example/7"), (8, "javascript:alert(1)"))
    return replace(day(), crisis=f"Leak\r\nBcc: eve@evil.example {EVIL}", asked=asked, sent=(Sent("x", 2, links),))


def received(letter: Letter):
    return message_from_bytes(digest_letter(letter, SENDER)(TO).as_bytes(), policy=policy.default)


class Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.values: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.values += [(name, value or "") for name, value in attrs]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_reads_as_text_and_as_html_with_its_pictures_inside_and_the_table_beside(language):
    message = received(written(day(), language))
    page = Page(message.get_body(("html",)).get_content())
    inside = {part["Content-ID"].strip("<>") for part in message.walk() if part.get_content_type() == "image/png"}
    assert {value.removeprefix("cid:") for name, value in page.values if name == "src"} == inside and len(inside) == 3
    assert all(value for name, value in page.values if name == "alt")
    (beside,) = message.iter_attachments()
    assert beside.get_filename() == "tocsin-2026-11-21-0830.csv"
    text = message.get_body(("plain",)).get_content()
    assert text.startswith(message["Subject"]) and message["Content-Language"] == language
    assert "div" not in page.tags


def test_what_customers_and_colleagues_wrote_does_nothing_to_whoever_reads_it():
    message = received(written(hostile()))
    assert message["Bcc"] is None and "\n" not in message["Subject"]
    html = message.get_body(("html",)).get_content()
    page = Page(html)
    assert "script" not in page.tags and "\u202e" not in html
    assert [value for name, value in page.values if name == "href"] == ["https://x.example/7"]
    assert all(value.startswith("cid:") for name, value in page.values if name == "src")


def test_every_attempt_has_the_same_message_id():
    first, second = received(written(day())), received(written(day()))
    assert first["Message-ID"] == second["Message-ID"] != received(written(day(), token="u" * 32))["Message-ID"]


@pytest.mark.parametrize(
    ("step", "answer", "kind"),
    [
        ("RCPT", "550 no such user", Refused),
        ("MAIL", "451 later", TryLater),
        ("END", HANG_UP, Unconfirmed),
        ("END", "552 too big", Refused),
    ],
)
async def test_what_the_server_says_means_what_it_means_for_a_notice(step, answer, kind):
    async with running(Post()) as post:
        mail = Mail(Submission("localhost", post.port, Encryption.OFFERED, USER, PASSWORD), SENDER, 0.4)
        post.faults[step] = answer
        with pytest.raises(kind):
            await mail.send(TO, written(day()))
        post.faults.clear()
        assert await mail.send(TO, written(day())) == post.delivered[-1]["Message-ID"]
