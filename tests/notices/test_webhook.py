"""Telling a colleague by PagerDuty, Twilio and ntfy: what they take, what their noes mean, and when nobody knows."""

import asyncio
import json
import socket
import ssl
from base64 import b64encode
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import aiohttp
import pytest
from pydantic import SecretStr
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from bot.notices.shapes import OURS, Ntfy, PagerDuty, Twilio
from bot.notices.webhook import PATIENCE, Webhook
from handlers.errors import DoorClosed, Refused, SendError, TryLater, Unconfirmed
from handlers.ports import LEASE, Colleague, Label, Words
from tests.notices.builders import ANA, LINK, NOBODY, line, notice, over
from tests.notices.services import (
    ACCOUNT,
    NTFY_TOKEN,
    NUMBER,
    OWN_KEY,
    ROUTING_KEY,
    FakeNtfy,
    FakePagerDuty,
    FakeTwilio,
    breaks_off,
    hangs,
    hangs_up,
    never_ends,
    running,
    says,
    stranger,
)

SECRET = "whsec_" + b64encode(bytes(range(32))).decode()
SHORT = aiohttp.ClientTimeout(total=0.3, connect=0.2)
SHAPES = {"pagerduty": PagerDuty(ROUTING_KEY), "twilio": Twilio(ACCOUNT, NUMBER), "ntfy": Ntfy(NTFY_TOKEN)}
FAKES = {"pagerduty": FakePagerDuty, "twilio": FakeTwilio, "ntfy": FakeNtfy}
SECRETS = (ROUTING_KEY, OWN_KEY, ACCOUNT, ACCOUNT.partition(":")[2], b64encode(ACCOUNT.encode()).decode(), NTFY_TOKEN, SECRET, "ana-topic")


@pytest.fixture(params=list(SHAPES))
def way(request):
    return request.param


@pytest.fixture
async def service(way):
    async with running(FAKES[way]()) as running_service:
        yield running_service


def courier(service, shape=None, patience=SHORT):
    named = {FakePagerDuty: "pagerduty", FakeTwilio: "twilio", FakeNtfy: "ntfy"}[type(service)]
    return Webhook(shape or SHAPES[named], service.url, SecretStr(SECRET), patience)


async def told(service, given=None, shape=None):
    way = courier(service, shape)
    return await way.tell(way.address(ANA), given or notice())


async def failed(service, *faults, given=None) -> SendError:
    service.faults[:] = faults
    with pytest.raises(SendError) as error:
        await told(service, given)
    return error.value


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
        (format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True), 60, 90),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 1, 1),
    ],
)
async def test_a_service_that_asks_for_quiet_is_left_alone_for_as_long(service, way, retry_after, least, most):
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


@pytest.mark.parametrize(
    ("shape", "colleague", "address"),
    [
        (PagerDuty(ROUTING_KEY), ANA, OWN_KEY),
        (PagerDuty(ROUTING_KEY), NOBODY, OURS),
        (PagerDuty(), NOBODY, None),
        (PagerDuty(), Colleague("x", "en", pagers={"pagerduty": "a key\r\n"}), None),
        (Twilio(ACCOUNT, NUMBER), ANA, "+34600000001"),
        (Twilio(ACCOUNT, NUMBER), NOBODY, None),
        (Twilio(ACCOUNT, NUMBER), Colleague("x", "en", phone="600 00 00 01"), None),
        (Ntfy(), ANA, "ana-topic"),
        (Ntfy(), NOBODY, None),
        (Ntfy(), Colleague("x", "en", pagers={"ntfy": "../admin"}), None),
    ],
)
def test_a_way_reaches_only_those_whose_address_we_know(shape, colleague, address):
    assert shape.address(colleague) == address


@pytest.mark.parametrize("way", ["pagerduty"])
class TestPagerDuty:
    async def test_a_notice_told_again_is_the_same_incident_and_what_is_over_ends_it(self, service, way):
        await told(service)
        await told(service)
        assert (service.incidents, len(service.open)) == (1, 1)
        await told(service, over())
        assert service.open == set()

    async def test_people_without_a_key_of_their_own_are_rung_by_the_house(self, service, way):
        way_out = courier(service)
        await way_out.tell(way_out.address(NOBODY), notice())
        assert service.taken[0]["routing_key"] == ROUTING_KEY

    @pytest.mark.parametrize(("severity", "theirs"), [("critical", "critical"), ("high", "error"), ("normal", "warning"), ("low", "info")])
    async def test_the_alert_says_how_grave_it_is_and_where_to_acknowledge(self, service, way, severity, theirs):
        await told(service, notice(severity=severity))
        event = service.taken[0]
        assert (event["payload"]["severity"], event["links"]) == (theirs, [{"href": LINK, "text": "Open the page"}])
        assert event["payload"]["summary"] == "Critical: a case is waiting for you"
        assert "#7 · Critical · Data breach · waiting for 12 min · Phishing" in event["payload"]["custom_details"]["Tocsin"]

    async def test_a_wrong_key_of_the_house_closes_the_door_and_a_persons_own_does_not(self, service, way):
        service.keys = ()
        way_out = courier(service)
        with pytest.raises(DoorClosed, match="key_refused"):
            await way_out.tell(OURS, notice())
        with pytest.raises(Refused, match="key_refused"):
            await way_out.tell(OWN_KEY, notice())


@pytest.mark.parametrize("way", ["twilio"])
class TestTwilio:
    async def test_a_message_is_short_and_ends_with_the_link(self, service, way):
        short = Words("notice.sms", {"cases": 2, "numbers": (7, 9), "severity": "critical"})
        await told(service, notice(short=short))
        assert service.taken[0] == {"To": "+34600000001", "From": NUMBER, "Body": f"Critical: 2 cases are waiting for you (#7, #9)\n{LINK}"}

    @pytest.mark.parametrize("link", [None, LINK, f"{LINK}{'x' * 900}", f"{LINK}{'x' * 3000}"])
    async def test_a_message_never_grows_past_what_phones_take(self, service, way, link):
        await told(service, notice(lines=tuple(line(number) for number in range(50)), link=link))
        body = service.taken[0]["Body"]
        assert len(body) <= max(320, 161 + len(link or ""))
        assert body.endswith(link) if link and len(link) <= 1000 else "http" not in body

    async def test_a_wrong_account_closes_the_door(self, service, way):
        with pytest.raises(DoorClosed, match="twilio_20003") as error:
            await told(service, shape=Twilio("AC1:wrong", NUMBER))
        assert error.value.whole

    async def test_a_number_of_ours_that_twilio_does_not_know_closes_the_door(self, service, way):
        with pytest.raises(DoorClosed, match="twilio_21606"):
            await told(service, shape=Twilio(ACCOUNT, "+34911111111"))

    async def test_a_number_that_cannot_be_reached_refuses_only_that_one(self, service, way):
        service.unsubscribed.add("+34600000001")
        with pytest.raises(Refused, match="twilio_21610"):
            await told(service)

    async def test_a_message_that_failed_at_once_was_refused(self, service, way):
        error = await failed(service, says(201, b'{"sid": "SM1", "status": "failed", "error_code": 30003}'))
        assert (type(error), error.reason) == (Refused, "twilio_30003")

    def test_a_message_told_again_is_a_second_message(self, way):
        assert not Twilio.repeats_harmlessly


@pytest.mark.parametrize("way", ["ntfy"])
class TestNtfy:
    async def test_a_notice_told_again_is_shown_once_and_another_one_beside_it(self, service, way):
        await told(service)
        await told(service)
        assert len(service.shown) == 1
        await told(service, notice("n9"))
        assert len(service.shown) == 2

    @pytest.mark.parametrize(("severity", "priority"), [("critical", 5), ("high", 4), ("normal", 3), ("low", 2)])
    async def test_a_grave_notice_rings_through_and_its_button_opens_the_page(self, service, way, severity, priority):
        await told(service, notice(severity=severity))
        message = service.taken[0]
        assert (message["topic"], message["priority"], message["click"]) == ("ana-topic", priority, LINK)
        assert message["actions"] == [{"action": "view", "label": "Open the page", "url": LINK, "clear": True}]
        assert message["message"].splitlines()[0] == "#7 · Critical · Data breach · waiting for 12 min · Phishing"

    async def test_what_is_over_comes_quietly(self, service, way):
        await told(service, over())
        assert (service.taken[0]["priority"], service.taken[0]["title"]) == (2, "Somebody has it")

    async def test_a_wrong_token_closes_the_door_and_a_foreign_topic_does_not(self, service, way):
        with pytest.raises(DoorClosed, match="http_401"):
            await told(service, shape=Ntfy("tk_wrong"))
        service.denied.add("ana-topic")
        with pytest.raises(Refused, match="http_403"):
            await told(service)
