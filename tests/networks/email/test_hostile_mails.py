"""Mails made to break whoever reads them: they come in as far as they can be read, and the rest goes on."""

import time
from dataclasses import replace
from email.parser import BytesParser
from email.policy import default

import pytest

from bot.networks.email.hypertext import words_of
from bot.networks.email.quoting import own_words
from handlers.ports import Mention
from tests.networks.email.conftest import everything, payload, reply_to

HEAD = b"From: eve@customer.test\r\nMIME-Version: 1.0\r\nSubject: bomb\r\n"


def nested(depth: int) -> bytes:
    """Multiparts in multiparts, with a text in the innermost."""
    opened = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth))
    closed = b"".join(b"\r\n--b%d--\r\n" % n for n in reversed(range(depth)))
    return HEAD + b"Message-ID: <nested@x>\r\n" + opened + b"Content-Type: text/plain\r\n\r\ninnermost\r\n" + closed


def mails_in_mails(depth: int) -> bytes:
    return HEAD + b"Message-ID: <russian@x>\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * depth + b"Subject: last\r\n\r\nwords\r\n"


def wide(parts: int, name: int) -> bytes:
    """So many parts that the server's answer on them is longer than imaplib reads a line."""
    one = b'--b\r\nContent-Type: text/plain; name="' + b"n" * name + b'"\r\nContent-Disposition: attachment\r\n\r\nx\r\n'
    return HEAD + b"Message-ID: <wide@x>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + one * parts + b"--b--\r\n"


def headers(count: int) -> bytes:
    return HEAD + b"Message-ID: <headers@x>\r\n" + b"".join(b'X-%d: ((((((((("\r\n' % n for n in range(count)) + b"\r\nwords\r\n"


def long_field(name: bytes, value: bytes) -> bytes:
    return (
        name
        + b": "
        + value
        + b"\r\nMessage-ID: <long@x>\r\n"
        + (b"" if name == b"From" else b"From: eve@customer.test\r\n")
        + b"\r\nwords\r\n"
    )


BOMBS = {
    "nested": nested(1_000),
    "mails_in_mails": mails_in_mails(500),
    "wide": wide(9_000, 150),
    "headers": headers(3_000),
    "from": long_field(b"From", b"(" * 20_000 + b" eve@customer.test"),
    "subject": long_field(b"Subject", b"=?utf-8?q?" * 5_000),
    "references": long_field(b"References", b"<" * 30_000),
    "content_type": long_field(b"Content-Type", b'text/plain; charset="' + b"x" * 20_000),
    "nul": HEAD + b"Message-ID: <nul@x>\r\n\r\nwo\x00rds \xed\xa0\x80\r\n",
    "html": HEAD + b"Message-ID: <html@x>\r\nContent-Type: text/html\r\n\r\n" + b"<div><table><tr><td>" * 10_000 + b"words",
}


@pytest.mark.parametrize("name", BOMBS)
async def test_a_bomb_hurts_nobody_and_the_mails_around_it_are_read(desk, name):
    before, after = payload("mojibake"), payload("flowed")
    desk.put(before, BOMBS[name], after)
    began = time.monotonic()
    news, _ = await everything(desk.connected(address="help@brand.test").source)
    assert time.monotonic() - began < 15
    mentions = [one for one in news if isinstance(one, Mention)]
    assert [one.external_id.partition("#")[0] for one in (mentions[0], mentions[-1])] == ["mojibake@customer.test", "flowed@customer.test"]
    assert len(news) == 3, "the bomb came in as something"


async def test_many_that_break_the_answer_do_not_stop_the_reading(desk):
    desk.put(*(BOMBS["wide"].replace(b"<wide@x>", b"<wide%d@x>" % n) for n in range(3)), payload("flowed"))
    news, _ = await everything(desk.connected(address="help@brand.test").source)
    assert [one.text.partition("\n")[0] for one in news] == ["bomb", "bomb", "bomb", "Long lines"]


async def test_no_line_of_a_mail_becomes_a_line_of_our_header(desk):
    desk.put(payload("injection").replace(b"anna@customer.test", desk.anna.encode()))
    connected = desk.connected()
    ((mention,), _) = await everything(connected.source)
    await connected.network.publish(reply_to(mention, "Bcc: nobody@x.test\n\n.\nQUIT\n"))
    whole = desk.arrived(desk.anna)
    message = BytesParser(policy=default).parsebytes(whole)
    assert message["Bcc"] is None and "evil" not in str(message["To"])
    assert whole.count(b"\nSubject:") == 1 and whole.partition(b"\r\n\r\n")[0].count(b"Bcc:") <= 1
    assert message.get_content().replace("\r\n", "\n") == "Bcc: nobody@x.test\n\n.\nQUIT\n"


async def test_a_context_that_somebody_wrote_for_us_cannot_add_a_header(desk):
    desk.put(payload("mojibake").replace(b"Anna@Customer.test", desk.anna.encode()))
    connected = desk.connected()
    ((mention,), _) = await everything(connected.source)
    evil = '{"to": "%s", "subject": "a\\r\\nBcc: x@y.test", "id": "a\\r\\nBcc: x@y.test@z", "references": ["b>\\r\\nBcc: x@y.test", 7]}'
    await connected.network.publish(replace(reply_to(mention), context=evil % desk.anna))
    message = BytesParser(policy=default).parsebytes(desk.arrived(desk.anna))
    assert message["Bcc"] is None


async def test_what_nobody_sees_of_a_page_is_none_of_the_customers_words(desk):
    desk.put(payload("hidden"))
    ((mention,), _) = await everything(desk.connected(address="help@brand.test").source)
    for word in ("preheader", "tiny", "attribute", "unseen", "outlook", "pixel", "script", "comment", "color", "title of", "drawn"):
        assert word not in mention.text


@pytest.mark.parametrize(
    "html",
    ["<div>" * 9_000 + "words", "<b>" * 50_000 + "words", "<ul><li>" * 3_000 + "words", "<p>words</p>" * 20_000, "words<a href=" * 5_000],
)
def test_a_page_of_any_shape_is_read_in_a_moment(html):
    began = time.monotonic()
    assert "words" in words_of(html)
    assert time.monotonic() - began < 6


@pytest.mark.parametrize(
    "text",
    [
        "> \n" * 30_000,
        "On a\n" * 20_000,
        "From: a\n" * 12_000,
        "1234/1/1 <" * 10_000,
        "El " * 30_000,
        "-- \n" * 30_000,
        "\n" * 99_000 + "x",
    ],
)
def test_a_text_of_any_shape_is_looked_through_in_a_moment(text):
    began = time.monotonic()
    assert own_words(text, answers=True).strip() or not text.strip()
    assert time.monotonic() - began < 3
