"""`python app.py check` says of each way to wake somebody whether it would take a notice, and sends none."""

import socket
import ssl
from urllib.parse import quote

import pytest

from bot.notices import couriers
from bot.notices.checkup import look_at_notices
from bot.settings import read_settings
from handlers.couriers import Colleague, Courier
from templates import LANGUAGES, say
from tests.notices.mail_server import PASSWORD, USER, Post, running
from tests.notices.services import ACCOUNT, NUMBER, FakeNtfy, stranger
from tests.notices.services import running as serving

WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MAIL = {"TOCSIN_MAIL_FROM": "Tocsin <tocsin@crisis.example.com>"}


def settings(**given):
    return read_settings(_env_file=None, **given)


def smtp(port, password=PASSWORD):
    return settings(TOCSIN_SMTP_URL=f"smtp://{USER}:{quote(password, safe='')}@localhost:{port}", **MAIL)


async def told(given):
    return [(str(one.verdict), one.words.name, one.words.facts.get("reason")) for one in await look_at_notices(given)]


async def test_without_a_way_to_wake_anybody_it_says_how_to_get_one():
    assert await told(settings()) == [("unset", "check.notices_unset", None)]
    assert couriers(settings()) == {}


async def test_a_mail_server_that_lets_us_in_is_well_and_gets_no_mail():
    async with running(Post()) as post:
        assert await told(smtp(post.port)) == [("ok", "check.mail_well", None)]
    assert post.delivered == []


async def test_a_mail_server_that_does_not_let_us_in_says_why():
    async with running(Post()) as post:
        assert await told(smtp(post.port, "wrong")) == [("wrong", "check.mail_wrong", "login_refused")]


async def test_a_mail_server_that_is_away_is_wrong():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert await told(smtp(taken.getsockname()[1])) == [("wrong", "check.mail_wrong", "no_connection")]


async def test_a_service_that_answers_is_well_and_is_not_told_anything():
    async with serving(FakeNtfy()) as service:
        found = await told(settings(TOCSIN_NOTICE_WEBHOOKS=f"ntfy={service.url}", TOCSIN_NOTICE_SECRET=WHSEC))
    assert (found, service.seen) == ([("ok", "check.notice_well", None)], [])


async def test_a_service_that_is_away_untrusted_or_not_encrypted_is_wrong(certificate, monkeypatch):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)

    async def asked(port):
        return (await told(settings(TOCSIN_NOTICE_WEBHOOKS=f"ntfy=https://localhost:{port}", TOCSIN_NOTICE_SECRET=WHSEC)))[0]

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert await asked(taken.getsockname()[1]) == ("wrong", "check.notice_wrong", "no_connection")
    async with stranger(b"SSH-2.0-x\r\n") as port:
        assert await asked(port) == ("wrong", "check.notice_wrong", "not_encrypted")
    async with stranger(tls=context) as port:
        assert await asked(port) == ("wrong", "check.notice_wrong", "certificate")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        assert await asked(port) == ("ok", "check.notice_well", None)


async def test_what_was_left_open_is_mentioned():
    async with stranger() as port:
        found = await told(settings(TOCSIN_NOTICE_WEBHOOKS=f"pagerduty=http://127.0.0.1:{port}/v2/enqueue"))
    assert [(verdict, name) for verdict, name, _ in found[1:]] == [("unset", "check.notice_no_key"), ("unset", "check.notice_unsigned")]


async def test_no_finding_tells_a_secret():
    async with running(Post()) as post, serving(FakeNtfy()) as service:
        given = settings(
            TOCSIN_SMTP_URL=f"smtp://{USER}:do-not-tell@localhost:{post.port}",
            TOCSIN_NOTICE_WEBHOOKS=f"ntfy={service.url}",
            TOCSIN_NOTICE_KEYS="ntfy=tk_do-not-tell",
            **MAIL,
        )
        found = await look_at_notices(given)
    assert "do-not-tell" not in repr(found) + repr(given)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", ["login_refused", "certificate", "not_offered", "no_connection", "timeout", "not_encrypted"])
def test_every_reason_has_its_words(language, reason):
    for said in (
        say("check.mail_wrong", language, host="h", reason=reason),
        say("check.notice_wrong", language, way="ntfy", host="h", reason=reason),
    ):
        assert f": {reason}." not in said.replace("\u00a0", "")
    assert "smtp_554" in say("check.mail_wrong", language, host="h", reason="smtp_554")


def test_every_way_that_is_configured_is_built_and_reaches_its_people():
    given = settings(
        TOCSIN_SMTP_URL="smtps://mail.example.com",
        TOCSIN_NOTICE_WEBHOOKS="pagerduty=https://events.pagerduty.com/v2/enqueue, twilio=https://api.twilio.com/x.json, ntfy=https://ntfy.sh",
        TOCSIN_NOTICE_KEYS=f"pagerduty=abc, twilio={ACCOUNT}",
        TOCSIN_TWILIO_FROM=NUMBER,
        **MAIL,
    )
    built: dict[str, Courier] = couriers(given)
    ana = Colleague("Ana", "es", "ana@meridia.example", "+34600000001", {"ntfy": "topic"})
    assert {name: way.address(ana) for name, way in built.items()} == {
        "email": "ana@meridia.example",
        "pagerduty": "house",
        "twilio": "+34600000001",
        "ntfy": "topic",
    }
    assert {name: way.repeats_harmlessly for name, way in built.items()} == {
        "email": True,
        "pagerduty": True,
        "twilio": False,
        "ntfy": True,
    }
    assert all(way.limits("x")[0].name.startswith(f"{name}:") and way.limits("x")[1].name == name for name, way in built.items())
