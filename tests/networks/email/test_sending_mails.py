"""How a reply leaves: what each answer of a submission server means, at every step, and what the customer's program gets."""

import asyncio
import json
import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from bot.networks.email.filing import Files
from bot.networks.email.own import Own, digest
from bot.networks.email.place import Place, place
from bot.networks.email.publishing import Mail
from bot.submission import Encryption, Submission
from handlers.errors import CannotAsk, DoorClosed, Refused, TryLater, Unconfirmed
from handlers.networks import Reply
from handlers.ports import Customer
from tests.notices.mail_server import HANG, HANG_UP, PASSWORD, USER, Post, running

CONVERSATION = "0123456789abcdef0123"
ANNA = Customer("anna@customer.test", "anna@customer.test", "Anna")
CONTEXT = {"to": "anna@customer.test", "subject": "No puedo entrar", "id": "two@customer.test", "references": ["root@customer.test"]}


class NoFiles(Files):
    """What keeps copies is told elsewhere."""

    async def file(self, message_id, message):
        raise TryLater("no_connection", timedelta(seconds=1))

    async def has(self, message_id):
        return False


def network(post: Post, password: str = PASSWORD, host: str = "localhost", port: int | None = None) -> Mail:
    nowhere = NoFiles(Place("localhost", 1, Encryption.OFFERED, "", ""))
    smtp = Submission(host, port or post.port, Encryption.OFFERED, USER, password)
    return Mail(Own("Meridia <Help@brand.test>"), smtp, nowhere, each=0.4)


def reply(text: str = "Sus datos están a salvo.", **changes: object) -> Reply:
    plain = Reply("0650f1c2d3", text, "es", True, "two@customer.test#1", CONVERSATION, ANNA, json.dumps(CONTEXT))
    return replace(plain, **changes)  # type: ignore[arg-type]


async def sent(one: Reply):
    async with running(Post()) as post:
        published = await network(post).publish(one)
        return published, post.delivered[0], post.envelopes[0]


async def test_the_customers_program_shows_it_below_what_it_answers():
    published, message, envelope = await sent(reply())
    assert published.external_id == f"0650f1c2d3.{CONVERSATION}@brand.test"
    assert str(message["Message-ID"]).strip() == f"<{published.external_id}>"
    assert str(message["In-Reply-To"]) == "<two@customer.test>"
    assert str(message["References"]).split() == ["<root@customer.test>", "<two@customer.test>"]
    assert str(message["Subject"]) == "Re: No puedo entrar"
    assert (str(message["From"]), str(message["To"])) == ("Meridia <Help@brand.test>", "anna@customer.test")
    assert envelope == ("help@brand.test", ["anna@customer.test"])
    assert message["Auto-Submitted"] is None, "a person wrote it"
    assert (message.get_content_type(), message.get_content_charset()) == ("text/plain", "utf-8")
    assert abs(message["Date"].datetime - datetime.now(UTC)) < timedelta(seconds=30)


async def test_a_second_attempt_has_the_same_id():
    assert (await sent(reply()))[0] == (await sent(reply()))[0]


async def test_an_answer_goes_where_its_customer_asked_for_it():
    _, message, envelope = await sent(reply(context=json.dumps({**CONTEXT, "to": "other@elsewhere.test"})))
    assert (str(message["To"]), envelope[1]) == ("other@elsewhere.test", ["other@elsewhere.test"])


async def test_without_a_context_the_customer_is_answered_all_the_same():
    _, message, _ = await sent(reply(context=""))
    assert (str(message["To"]), str(message["In-Reply-To"]), str(message["Subject"])) == (
        "anna@customer.test",
        "<two@customer.test>",
        "Re:",
    )


async def test_a_conversation_that_is_none_of_ours_still_has_an_id_by_which_it_comes_back():
    published, _, _ = await sent(reply(conversation_id="a case of another source", token="a token of\nanother"))
    assert Own("help@brand.test").conversation(published.external_id) == digest("a case of another source")


@pytest.mark.parametrize("to", ["nobody", "añá@customer.test", "a@b@c d", "anna@customer.test, eve@evil.test", "<anna@customer.test>"])
async def test_what_is_no_address_is_refused_before_anything_is_called(to):
    with pytest.raises(Refused, match="bad_address"):
        await network(Post(), port=1).publish(reply(context=json.dumps({**CONTEXT, "to": to})))


async def test_we_do_not_write_to_ourselves():
    with pytest.raises(Refused, match="own_address"):
        await network(Post(), port=1).publish(reply(context=json.dumps({**CONTEXT, "to": "HELP@brand.test"})))


async def test_a_mail_is_never_public():
    with pytest.raises(Refused, match="private_in_public"):
        await network(Post(), port=1).publish(reply(private=False))


FAULTS = [
    ("RCPT", "450 4.2.0 greylisted", TryLater, "450 4.2.0 greylisted", None),
    ("RCPT", "550 5.1.1 user unknown", Refused, "550 5.1.1 user unknown", None),
    ("RCPT", "550 5.4.5 Daily sending quota exceeded", TryLater, "over_quota", None),
    ("MAIL", "451 4.3.0 try again", TryLater, "451 4.3.0 try again", None),
    ("MAIL", "553 5.7.1 not your address", DoorClosed, "553 5.7.1 not your address", None),
    ("DATA", "451 4.3.0 no space", TryLater, "451 4.3.0 no space", None),
    ("END", "554 5.7.1 spam", Refused, "554 5.7.1 spam", None),
    ("END", "452 4.3.1 full", TryLater, "452 4.3.1 full", None),
    ("END", HANG, Unconfirmed, "timeout", 1),
    ("END", HANG_UP, Unconfirmed, "connection_lost", 1),
    ("RCPT", HANG_UP, TryLater, "no_connection", 0),
    ("RCPT", HANG, TryLater, "timeout", 0),
    ("LOGIN", "535 5.7.8 no", DoorClosed, "login_refused", 0),
    ("LOGIN", "454 4.7.0 later", TryLater, "454 4.7.0 later", 0),
]


@pytest.mark.parametrize(
    ("step", "answer", "means", "reason", "delivered"), FAULTS, ids=[f"{step}-{answer[:12]}" for step, answer, *_ in FAULTS]
)
async def test_each_answer_says_what_is_known_and_no_more(step, answer, means, reason, delivered):
    async with running(Post(faults={step: answer})) as post:
        with pytest.raises(means) as failed:
            await network(post).publish(reply())
        assert type(failed.value) is means and failed.value.reason == reason
        assert getattr(failed.value, "whole", True) and len(failed.value.reason) <= 300
        assert delivered is None or len(post.delivered) == delivered


async def test_a_server_that_is_away_has_taken_nothing():
    with pytest.raises(TryLater):
        await network(Post(), port=1).publish(reply())


async def test_no_copy_proves_nothing():
    with pytest.raises(CannotAsk):
        await network(Post(), port=1).find(reply(), datetime.now(UTC))


@pytest.mark.slow
async def test_all_of_it_is_over_before_half_a_lease_is():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = asyncio.get_running_loop().time()
        slow = replace(network(Post(), host="127.0.0.1", port=silent.getsockname()[1]), each=60)
        with pytest.raises(TryLater, match="timeout"):
            await slow.publish(reply())
        assert asyncio.get_running_loop().time() - began < 20


def test_a_place_is_read_from_its_url_and_keeps_its_password_to_itself():
    read = place(SecretStr("imaps://help%40brand.test:p%40ss@mail.brand.test/Cases%2FNew"))
    assert read == Place("mail.brand.test", 993, Encryption.IMPLICIT, "help@brand.test", "p@ss", "Cases/New")
    assert "p@ss" not in repr(read)
    assert place(SecretStr("imap://a:b@mail.brand.test")) == Place("mail.brand.test", 143, Encryption.REQUIRED, "a", "b")
    assert place(SecretStr("imap://a:b@localhost:1143/")).encryption is Encryption.OFFERED


@pytest.mark.parametrize(
    "message_id", ["x.0123456789abcdef0123@evil.test", "0123456789abcdef0123@brand.test", "x.short@brand.test", "", "@"]
)
def test_what_is_none_of_our_ids_is_not_taken_for_one(message_id):
    assert Own("help@brand.test").conversation(message_id) is None
