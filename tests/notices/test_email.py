"""Telling a colleague by email: what the message holds, and what every answer of the server means."""

import socket
import ssl
from email import message_from_bytes, policy
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.notices.email import PATIENCE, Mail
from bot.notices.letter import letter
from bot.submission import Encryption, Submission, submission
from handlers.couriers import Colleague
from handlers.errors import DoorClosed, Refused, SendError, TryLater, Unconfirmed
from handlers.ports import LEASE, Label
from templates import LANGUAGES
from tests.notices.builders import ANA, LINK, NOBODY, line, notice, over
from tests.notices.mail_server import HANG, HANG_UP, PASSWORD, USER, Post, running
from tests.notices.services import stranger

SENDER = "Tocsin <tocsin@crisis.example.com>"
TO = "ana@meridia.example"


@pytest.fixture
def server_tls(certificate):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    return context


@pytest.fixture
def trusted(certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))


def mail(post, encryption=Encryption.OFFERED, password=PASSWORD, each=0.4):
    return Mail(Submission("localhost", post.port, encryption, USER, password), SENDER, each)


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes = set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(tag, one) for one in attrs]


async def failed(way, given=None) -> SendError:
    with pytest.raises(SendError) as error:
        await way.tell(TO, given or notice())
    return error.value


async def test_a_notice_arrives_with_what_a_person_and_a_machine_need_to_know():
    async with running(Post()) as post:
        told = await mail(post).tell(TO, notice())
    message = post.delivered[0]
    assert post.envelopes == [("tocsin@crisis.example.com", [TO])]
    assert (message["From"], message["To"], message["Subject"]) == (SENDER, TO, "Critical: a case is waiting for you")
    assert (message["Message-ID"], message["Auto-Submitted"], message["Content-Language"]) == (told, "auto-generated", "en")
    assert (message["Importance"], message["X-Priority"]) == ("high", "1 (Highest)")
    assert message["Date"].datetime.tzinfo
    text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for said in ("#7 · Critical · Data breach · waiting for 12 min · Phishing", "Open the page", LINK):
        assert said in text
        assert said in html


@pytest.mark.parametrize("dots", ["." * 400, "\n.\n.", ".\r\n.\r\nMAIL FROM:<x@y.example>"])
async def test_dots_neither_end_a_message_nor_get_lost(dots):
    async with running(Post()) as post:
        await mail(post).tell(TO, notice(lines=(line(7, ladder=Label({"en": dots})),)))
    text = post.delivered[0].get_body(("plain",)).get_content()
    assert " ".join(dots.split()) in text
    assert len(post.delivered) == 1


@pytest.mark.parametrize(("encryption", "implicit"), [(Encryption.REQUIRED, False), (Encryption.IMPLICIT, True)])
async def test_it_is_handed_in_encrypted_and_signed_in(server_tls, trusted, encryption, implicit):
    async with running(Post(), server_tls, implicit=implicit) as post:
        await mail(post, encryption).tell(TO, notice())
    assert post.encrypted == [True]


@pytest.mark.parametrize(("encryption", "implicit"), [(Encryption.REQUIRED, False), (Encryption.IMPLICIT, True)])
async def test_a_server_whose_certificate_we_do_not_trust_gets_neither_password_nor_notice(server_tls, encryption, implicit):
    async with running(Post(), server_tls, implicit=implicit) as post:
        error = await failed(mail(post, encryption))
    assert (type(error), error.reason, error.whole) == (DoorClosed, "certificate", True)
    assert post.delivered == []


async def test_a_server_that_offers_no_encryption_gets_neither_password_nor_notice():
    async with running(Post()) as post:
        error = await failed(mail(post, Encryption.REQUIRED))
    assert (type(error), error.reason, error.whole, post.delivered) == (DoorClosed, "not_offered", True, [])


async def test_on_this_machine_a_certificate_of_its_own_will_do(server_tls):
    async with running(Post(), server_tls) as post:
        await mail(post, Encryption.OFFERED).tell(TO, notice())
    assert post.encrypted == [True]


async def test_a_server_that_knows_no_login_is_a_closed_door():
    async with running(Post(), login=False) as post:
        error = await failed(mail(post))
    assert (type(error), error.reason) == (DoorClosed, "not_offered")


async def test_a_wrong_password_closes_the_door():
    async with running(Post()) as post:
        error = await failed(mail(post, password="wrong", each=5))  # it takes its time to say no
    assert (type(error), error.reason, error.whole) == (DoorClosed, "login_refused", True)


@pytest.mark.parametrize(
    ("step", "answer", "kind", "reason"),
    [
        ("LOGIN", "454 4.7.0 Temporary authentication failure", TryLater, "smtp_454"),
        ("MAIL", "451 4.3.0 try again", TryLater, "smtp_451"),
        ("MAIL", "553 5.7.1 not your address", DoorClosed, "smtp_553"),
        ("MAIL", HANG, TryLater, "timeout"),
        ("MAIL", HANG_UP, TryLater, "no_connection"),
        ("RCPT", "450 4.2.0 greylisted", TryLater, "smtp_450"),
        ("RCPT", "550 5.1.1 no such user", Refused, "smtp_550"),
        ("RCPT", "530 5.7.0 authentication required", DoorClosed, "smtp_530"),
        ("RCPT", "421 4.3.2 shutting down", TryLater, "smtp_421"),
        ("RCPT", HANG_UP, TryLater, "no_connection"),
        ("DATA", "451 4.3.0 no room", TryLater, "smtp_451"),
        ("DATA", "554 5.5.1 no", Refused, "smtp_554"),
        ("DATA", HANG, TryLater, "timeout"),
        ("DATA", HANG_UP, TryLater, "no_connection"),
        ("END", "452 4.3.1 disk full", TryLater, "smtp_452"),
        ("END", "554 5.7.1 spam", Refused, "smtp_554"),
        ("END", HANG, Unconfirmed, "timeout"),
        ("END", HANG_UP, Unconfirmed, "connection_lost"),
    ],
)
async def test_what_each_failure_means(step, answer, kind, reason):
    async with running(Post({step: answer})) as post:
        error = await failed(mail(post))
    assert (type(error), error.reason) == (kind, reason)
    assert getattr(error, "whole", True) is True
    assert len(post.delivered) == (kind is Unconfirmed)


async def test_a_server_that_is_away_has_surely_not_taken_it():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        error = await failed(Mail(Submission("127.0.0.1", taken.getsockname()[1], Encryption.OFFERED), SENDER))
    assert (type(error), error.reason) == (TryLater, "no_connection")


@pytest.mark.parametrize("greeting", [b"554 no\r\n", b"421 busy\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00" * 100_000, b""])
async def test_whatever_a_stranger_on_the_port_says_nothing_has_been_sent(greeting):
    async with stranger(greeting, hangs_up=True) as port:
        error = await failed(Mail(Submission("127.0.0.1", port, Encryption.OFFERED), SENDER, 0.4))
    assert type(error) is (DoorClosed if greeting.startswith(b"554") else TryLater)


async def test_a_notice_told_again_is_the_same_message_and_all_of_a_thread_stay_together():
    async with running(Post()) as post:
        way = mail(post)
        assert way.repeats_harmlessly
        first, again = await way.tell(TO, notice()), await way.tell(TO, notice())
        last, other = await way.tell(TO, over()), await way.tell(TO, notice("n3", thread="calls:8"))
    assert first == again
    assert len({first, last, other}) == 3
    threads = [message["References"] for message in post.delivered]
    assert threads[0] == threads[1] == threads[2] != threads[3]
    assert all(message["In-Reply-To"] == message["References"] for message in post.delivered)


async def test_what_is_over_and_what_is_not_critical_is_not_marked_as_urgent():
    async with running(Post()) as post:
        await mail(post).tell(TO, over())
        await mail(post).tell(TO, notice(severity="high"))
    assert [message["Importance"] for message in post.delivered] == [None, None]


async def test_no_error_and_no_log_tells_the_password_or_the_address(capsys, caplog):
    caplog.set_level(0)
    spoken = []
    for fault in ("LOGIN", "MAIL", "RCPT", "DATA", "END"):
        async with running(Post({fault: f"550 5.1.1 {TO} {PASSWORD}"})) as post:
            error = await failed(mail(post))
            spoken += [repr(error), repr(error.__cause__), error.reason, repr(mail(post)), repr(mail(post).limits(TO))]
    assert "Submission" in repr(mail(post))
    assert not [secret for secret in (PASSWORD, TO) if secret in "".join([*spoken, *capsys.readouterr()])]
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("mail", "asyncio"))]  # aiosmtpd's own
    assert not [secret for secret in (PASSWORD, TO) if secret in "".join(ours)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_says_nothing_that_is_fetched_or_run_from_elsewhere(language):
    label = Label({"en": "<img src=https://evil.example/x>", "es": "<script>x</script>", "fr": "<a href=x>"})
    message = letter(notice(language=language, lines=(line(7, ladder=label),)), SENDER, TO)
    html = message.get_body(("html",)).get_content()
    page = Page()
    page.feed(html)
    assert ("html", ("lang", language)) in page.attributes
    assert page.tags <= {"html", "head", "meta", "title", "style", "body", "div", "h1", "p", "a"}
    assert [value for _, (name, value) in page.attributes if name in ("href", "src", "background") or "url(" in (value or "")] == [LINK]
    assert not [way for way in ("url(", "@import") if way in html]


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", None])
def test_only_an_address_of_a_page_becomes_a_button(link):
    html = letter(notice(link=link), SENDER, TO).get_body(("html",)).get_content()
    assert "<a " not in html


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400), st.text(max_size=80), st.text(max_size=80))
def test_no_word_becomes_a_header_or_another_recipient(word, token, thread):
    given = notice(token, thread=thread, title=line(7, ladder=Label({"en": word})), lines=(line(8, ladder=Label({"en": word})),))
    sent = letter(given, SENDER, TO).as_bytes()
    read = message_from_bytes(sent, policy=policy.default)
    plain = letter(notice(), SENDER, TO)
    assert read.keys() == plain.keys()
    assert (read["To"], read["From"]) == (TO, SENDER)
    assert not read.defects
    assert max(len(one) for one in sent.splitlines()) <= 998
    assert sent.isascii()


@pytest.mark.parametrize(
    ("given", "reached"),
    [
        ("ana@meridia.example", "ana@meridia.example"),
        ("o'neil+tocsin@meridia.example", "o'neil+tocsin@meridia.example"),
        ("ana@münchen.example", "ana@xn--mnchen-3ya.example"),
        ("ñandú@meridia.example", None),
        ("ana@meridia.example\r\nBcc: x@y.example", None),
        ("ana@meridia.example,x@y.example", None),
        ("ana@meridia.example>", None),
        ("ana@" + "x" * 70 + ".example", None),
        ("ana", None),
        ("", None),
        (None, None),
    ],
)
async def test_only_a_plain_address_of_one_person_is_written_to(given, reached):
    way = Mail(Submission("localhost", 1, Encryption.OFFERED), SENDER)
    assert way.address(Colleague("x", "en", email=given)) == reached
    if given and reached is None:
        with pytest.raises(Refused, match="bad_address"):
            await way.tell(given, notice())


def test_who_has_no_address_is_not_reached():
    assert Mail(Submission("localhost", 1, Encryption.OFFERED), SENDER).address(NOBODY) is None
    assert Mail(Submission("localhost", 1, Encryption.OFFERED), SENDER).address(ANA) == TO


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://u:p%40ss%3A@mail.example.com", Submission("mail.example.com", 587, Encryption.REQUIRED, "u", "p@ss:")),
        ("smtps://u%40x:p@mail.example.com:4465", Submission("mail.example.com", 4465, Encryption.IMPLICIT, "u@x", "p")),
        ("smtps://mail.example.com", Submission("mail.example.com", 465, Encryption.IMPLICIT)),
        ("smtp://localhost:25", Submission("localhost", 25, Encryption.OFFERED)),
    ],
)
def test_an_address_of_a_server_is_read_as_it_is_written(url, server):
    assert submission(SecretStr(url)) == server


def test_the_time_that_an_email_may_take_is_under_half_of_a_lease():
    assert LEASE.total_seconds() / 2 > PATIENCE
