"""What a customer's mail becomes, however it was written: each payload goes through a real IMAP server."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.networks.email.own import digest
from handlers.networks import Bounced, Unread
from handlers.ports import AUTOMATIC, LIST, Mention
from tests.networks.email.conftest import everything, payload

BRAND = "Meridia <help@brand.test>"


async def read(desk, *mails: bytes):
    desk.put(*mails)
    news, _ = await everything(desk.connected(address=BRAND).source)
    return news


async def mention(desk, name: str) -> Mention:
    (only,) = await read(desk, payload(name))
    assert isinstance(only, Mention), only
    return only


TEXTS = {
    "mojibake": "¿Dónde está?\n\nSeñores: mi contraseña no funciona – ¿qué hago? 😀",
    "old_letters": "Reclamación\n\nLa contraseña del niño está mal; mañana llamaré. ¿Y mis datos?",
    "flowed": "Long lines\n\nThis is one paragraph that my program broke in three.\n\nFrom here on it is another.",
    "flowed_delsp": "Long word\n\nDonaudampf",
    "reply_es": "No puedo entrar\n\nSigo sin poder entrar, gracias.",
    "reply_fr": "Compte bloqué\n\nToujours bloqué.",
    "pgp": "Confidential",
    "smime": "Signed and sealed",
    "broken_base64": "Cut\n\nMi contraseña no funcio",
    "hidden": "Help\n\nMy card was charged twice <yesterday> 😢\n\n  * 12 May\n  * 13 May",
    "elsewhere": "Answer me there\n\nReply-To: other@elsewhere.test\n\nHello",
}


@pytest.mark.parametrize("name", TEXTS)
async def test_the_words_are_read_as_they_were_meant(desk, name):
    assert (await mention(desk, name)).text == TEXTS[name]


async def test_a_link_that_lies_shows_where_it_leads(desk):
    text = (await mention(desk, "lying_link")).text
    assert "https://brand.test/login <https://evil.test/login?x=1&y=2>" in text
    assert "javascript" not in text
    assert "me@customer.test;" in text and "mailto:" not in text
    assert text.count("https://same.test") == 1


@pytest.mark.parametrize("name", ["reply_inline", "only_quoted", "forward"])
async def test_what_makes_no_sense_without_the_words_around_it_is_kept_whole(desk, name):
    body = payload(name).partition(b"\r\n\r\n")[2].decode().replace("\r\n", "\n").strip()
    assert (await mention(desk, name)).text.endswith(body)


async def test_attachments_are_listed_by_name_type_and_size_and_are_none_of_the_text(desk):
    one = await mention(desk, "names")
    assert one.text == "😀 Fotos\n\nLook:"
    assert [(it.name, it.kind) for it in one.attachments] == [
        ("inline.png", "image/png"),
        ("factura de mañana.pdf", "application/pdf"),
        ("factura.pdf.exe", "application/x-msdownload"),
        ("smile :) (1 * 2.txt", "text/plain"),
        ("the mail within", "message/rfc822"),
    ]
    assert all(it.size is not None for it in one.attachments)


@pytest.mark.parametrize(("name", "listed"), [("winmail", "winmail.dat"), ("pgp", "encrypted.asc"), ("smime", "smime.p7m")])
async def test_what_nobody_here_can_open_is_named(desk, name, listed):
    assert listed in [one.name for one in (await mention(desk, name)).attachments]


async def test_a_form_on_our_own_pages_is_not_taken_for_us_and_its_customer_can_be_answered(desk):
    one = await mention(desk, "form")
    assert (one.customer.external_id, one.customer.name, one.no_answer) == ("bruno@customer.test", "Bruno", "")


async def test_a_group_of_our_own_hands_on_its_customers(desk):
    one = await mention(desk, "group")
    assert (one.customer.external_id, one.no_answer) == ("chloe@customer.test", "")
    assert json.loads(one.context)["to"] == "chloe@customer.test", "an answer to the group would come back to us"


@pytest.mark.parametrize(("name", "why"), [("newsletter", LIST), ("vacation", AUTOMATIC), ("elsewhere", ""), ("mojibake", "")])
async def test_machines_and_lists_are_not_answered(desk, name, why):
    assert (await mention(desk, name)).no_answer == why


async def test_whoever_wants_answers_elsewhere_stays_who_they_are(desk):
    one = await mention(desk, "elsewhere")
    assert one.customer.external_id == one.customer.handle == "anna@customer.test"
    assert json.loads(one.context)["to"] == "other@elsewhere.test"


async def test_an_answer_belongs_to_the_root_of_its_thread(desk):
    es, fr = await read(desk, payload("reply_es"), payload("reply_fr"))
    assert es.conversation_id == fr.conversation_id == digest("root@customer.test")


async def test_mails_without_an_id_or_with_somebody_elses_are_each_one_mail(desk):
    names = ("no_id", "twice_a", "twice_b")
    news = await read(desk, *map(payload, names))
    assert len({one.external_id for one in news}) == 3
    again, _ = await everything(desk.connected(address=BRAND).source)
    assert [one.external_id for one in again] == [one.external_id for one in news]


async def test_the_same_mail_by_two_ways_is_one(desk):
    one, other = await read(desk, payload("mojibake"), b"Received: from elsewhere\r\n" + payload("mojibake"))
    assert one.external_id == other.external_id


async def test_who_wrote_is_found_in_what_no_program_should_write(desk):
    assert (await mention(desk, "garbage_from")).customer.external_id == "real@customer.test"


async def test_a_clock_that_is_wrong_by_years_is_not_believed(desk):
    one = await mention(desk, "far_future")
    assert datetime.now(UTC) - one.posted_at < timedelta(minutes=1)


async def test_a_reply_that_came_back_is_told_with_the_words_of_whoever_refused_it(desk):
    (news,) = await read(desk, payload("bounce"))
    assert news == Bounced(
        "0650abc.0123456789abcdef0123@brand.test",
        "5.1.1 550 5.1.1 <gone@customer.test>: Recipient address rejected: User unknown",
    )


@pytest.mark.parametrize(
    ("name", "because"),
    [
        ("delayed", "report_delivery_status"),
        ("backscatter", "report_delivery_status"),
        ("read_receipt", "read_receipt"),
        ("dmarc", "dmarc_report"),
    ],
)
async def test_what_is_no_customers_is_kept_aside_with_its_reason(desk, name, because):
    (news,) = await read(desk, payload(name))
    assert isinstance(news, Unread) and news.because == because and news.raw


async def test_our_own_mails_are_none_of_the_customers(desk):
    own = payload("mojibake").replace(b"Anna@Customer.test", b"HELP@brand.test")
    assert await read(desk, own) == []


async def test_what_was_left_away_is_kept_beside(desk):
    one = await mention(desk, "reply_es")
    assert "Sus datos están a salvo" in json.loads(one.raw)["texts"]["1"]


async def test_everything_that_is_handed_on_is_bounded(desk):
    huge = (
        b"From: <"
        + b"a" * 60
        + b"@customer.test>\r\nMessage-ID: <"
        + b"i" * 800
        + b"@x>\r\nReferences: "
        + b" ".join(b"<%d%s@x>" % (n, b"r" * 200) for n in range(150))
    )
    huge += b"\r\nSubject: " + b"s" * 900 + b"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + "€uro ".encode() * 200_000
    (one,) = await read(desk, huge)
    assert isinstance(one, Mention)
    assert len(one.text) <= 100_000 and len(one.raw.encode()) <= 200_000 and len(one.context) <= 4_096
    assert len(one.external_id) <= 500 and len(one.conversation_id) <= 500
