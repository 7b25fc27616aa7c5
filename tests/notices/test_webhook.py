"""Telling a colleague by PagerDuty, Twilio and ntfy: what they take, what their noes mean, and when nobody knows."""

import asyncio
import json
import socket
import ssl
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from bot.notices.shapes import OURS
from bot.notices.webhook import PATIENCE, Webhook
from handlers.errors import DoorClosed, Refused, TryLater, Unconfirmed
from handlers.ports import LEASE, Label
from tests.notices.builders import ANA, line, notice, over
from tests.notices.post import FAKES, SECRET, SECRETS, SHAPES, SHORT, courier, failed, told
from tests.notices.services import (
    breaks_off,
    hangs,
    hangs_up,
    never_ends,
    running,
    says,
    stranger,
)


async def test_each_service_takes_a_notice_and_says_what_it_calls_it(service, way):
    assert await told(service) == {"pagerduty": "calls:7", "twilio": f"SM{1:032x}", "ntfy": f"m{1:011}"}[way]
    assert len(service.taken) == 1


@pytest.mark.parametrize("language", ["en", "es", "fr"])
async def test_each_service_takes_every_notice_however_long_and_strange(service, language):
    strange = Label({"en": "“Über” 🚨\r\nBcc: x@y.example\x00 \u202eevil " * 60})
    many = tuple(line(number, ladder=strange) for number in range(60))
    given = notice(language=language, lines=many, thread="t" * 500, link=f"https://crisis.example.com/{'x' * 900}")
    await told(service, given)
    await told(service, over(language=language, thread="t" * 500))
    assert len(service.taken) == 2
    assert not {"\r", "\x00", "\u202e"} & set(json.dumps(service.taken, ensure_ascii=False))


async def test_every_request_is_signed_so_that_a_gateway_of_ours_can_verify_it(service):
    await told(service)
    headers, body = service.seen[0]
    signed = {name.lower(): value for name, value in headers.items()}
    with suppress(json.JSONDecodeError):  # it reads what it has verified, and Twilio's is a form
        Verifier(SECRET).verify(body.decode(), signed)
    with pytest.raises(WebhookVerificationError):
        Verifier(SECRET).verify(body.decode() + " ", signed)
    assert signed["webhook-id"] == "n1"


async def test_without_a_secret_nothing_is_signed(service, way):
    bare = Webhook(SHAPES[way], service.url)
    await bare.tell(bare.address(ANA), notice())
    assert "webhook-signature" not in {name.lower() for name in service.seen[0][0]}


@pytest.mark.parametrize("answer", [b"", b"  \n"])
async def test_a_gateway_that_answers_with_nothing_but_its_yes_has_taken_it(service, answer):
    service.faults.append(says(204 if not answer else 200, answer))
    assert await told(service) == "n1"


@pytest.mark.parametrize(
    "answer", [b"<html>Welcome to the hotel wifi</html>", b"[1]", b"null", b'{"a": ', b"\xff\xfe", b"[" * 50_000, b'{"ok": 1}']
)
async def test_a_yes_that_the_service_does_not_give_like_this_confirms_nothing(service, answer):
    error = await failed(service, says(200, answer))
    assert (type(error), error.reason) == (Unconfirmed, "unreadable_answer")


async def test_an_answer_without_an_end_is_not_read_to_it(service):
    async with asyncio.timeout(3):
        assert type(await failed(service, never_ends)) is Unconfirmed


@pytest.mark.parametrize(("fault", "reason"), [(hangs, "timeout"), (hangs_up, "connection_lost"), (breaks_off, "unreadable_answer")])
async def test_what_was_accepted_without_an_answer_is_unconfirmed(service, fault, reason):
    service.after.append(fault)
    error = await failed(service)
    assert (type(error), error.reason, len(service.taken)) == (Unconfirmed, reason, 1)


async def test_a_redirection_is_never_followed(service, way):
    async with running(FAKES[way]()) as elsewhere:
        error = await failed(service, says(307, Location=elsewhere.url))
    assert (type(error), error.reason, error.whole) == (DoorClosed, "redirected", True)
    assert elsewhere.seen == []


@pytest.mark.parametrize(
    ("retry_after", "least", "most"),
    [
        ("7", 7, 7),
        ("0", 1, 1),
        ("", 30, 30),
        ("soon", 30, 30),
        ("999999999999", 3600, 3600),
        ("9" * 400, 30, 3600),
        ("in 90 s", 60, 90),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 1, 1),
    ],
)
async def test_a_service_that_asks_for_quiet_is_left_alone_for_as_long(service, way, retry_after, least, most):
    if retry_after == "in 90 s":  # as a date, which is written when the test runs
        retry_after = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    error = await failed(service, says(429, Retry_After=retry_after))
    assert type(error) is TryLater
    assert timedelta(seconds=least) <= error.after <= timedelta(seconds=most)
    assert error.bucket in {limit.name for limit in courier(service).limits("x")}


@pytest.mark.parametrize("status", [408, 425, 500, 503, 599])
async def test_a_service_in_trouble_is_tried_again(service, status):
    assert type(await failed(service, says(status, b"<h1>oops</h1>"))) is TryLater


@pytest.mark.parametrize("status", [502, 504])
async def test_a_gateway_without_an_answer_may_have_passed_it_on(service, way, status):
    assert type(await failed(service, says(status))) is (Unconfirmed if way == "twilio" else TryLater)


@pytest.mark.parametrize("status", [404, 405, 410])
async def test_an_address_where_nobody_is_told_anything_is_a_closed_door(service, status):
    error = await failed(service, says(status))
    assert (type(error), error.whole) == (DoorClosed, True)


@pytest.mark.parametrize("status", [400, 413, 422])
async def test_a_notice_that_the_service_will_never_take_is_refused(service, status):
    assert type(await failed(service, says(status, b"garbage"))) is Refused


async def test_a_port_where_nobody_listens_has_surely_not_taken_it(way):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        way_out = Webhook(SHAPES[way], f"http://127.0.0.1:{taken.getsockname()[1]}/", None, SHORT)
        with pytest.raises(TryLater, match="no_connection"):
            await way_out.tell(way_out.address(ANA), notice())


async def test_a_server_that_never_shakes_hands_has_surely_not_taken_it(way):
    async with stranger() as port:
        way_out = Webhook(SHAPES[way], f"https://127.0.0.1:{port}/", None, SHORT)
        with pytest.raises(TryLater, match="no_connection"):
            await way_out.tell(way_out.address(ANA), notice())


async def test_a_certificate_that_we_do_not_trust_closes_the_door(way, certificate):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    async with stranger(tls=context) as port:
        way_out = Webhook(SHAPES[way], f"https://localhost:{port}/", None, PATIENCE)
        with pytest.raises(DoorClosed, match="certificate"):
            await way_out.tell(way_out.address(ANA), notice())


async def test_no_error_no_log_and_no_limit_tells_a_key_or_an_address(service, capsys, caplog):
    caplog.set_level(0)
    way_out = courier(service)
    body = json.dumps({"error": SECRETS, "message": SECRETS, "code": 1, "errors": SECRETS}).encode()
    errors = [await failed(service, says(status, body)) for status in (200, 301, 400, 401, 403, 404, 422, 429, 500)]
    errors += [await failed(service, fault) for fault in (hangs, hangs_up)]
    spoken = [repr(error) + repr(error.__cause__) + error.reason for error in errors]
    spoken += [repr(way_out), repr(way_out.shape.parcel(OURS, notice()).headers and way_out.shape), caplog.text, *capsys.readouterr()]
    spoken += [repr(way_out.limits(way_out.address(ANA))), repr(way_out.limits("+34600000001"))]
    assert [secret for secret in (*SECRETS, "34600000001") if secret in "".join(spoken)] == []


def test_the_time_that_a_notice_may_take_is_under_half_of_a_lease():
    assert PATIENCE.total < LEASE.total_seconds() / 2
