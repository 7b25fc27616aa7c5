"""Tokens instead of a password: how they are fetched and kept, and how Dovecot and Postfix take them."""

import asyncio
import logging
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from imaplib import IMAP4

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.networks.email import tokens as module
from bot.networks.email.faults import imap_error
from bot.networks.email.tokens import AccessTokens, Grant
from bot.settings import SettingsError, read_settings
from handlers.errors import DoorClosed, TryLater
from handlers.networks import Can
from handlers.ports import Customer, Mention
from tests.fakes.email.tokens import CLIENT, REFRESH, SECRET, Issuer, issuing
from tests.fakes.email.wire import Wire
from tests.networks.email.conftest import everything, mail, reply_to
from tests.running_app import free_port
from tests.servers.mail import SCOPE

MINUTE = timedelta(minutes=1)


class Dial:
    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def issuer():
    with issuing(Issuer()) as one:
        yield one


def kept(issuer: Issuer, refresh: str | None = None, now=None) -> AccessTokens:
    grant = Grant(issuer.url, CLIENT, SecretStr(SECRET), SCOPE, SecretStr(refresh) if refresh else None)
    return AccessTokens(grant, now or Dial())


async def test_a_token_is_asked_for_once_and_renewed_five_minutes_before_its_end(issuer):
    dial = Dial()
    tokens = kept(issuer, now=dial)
    first = await tokens.token()
    dial.at += timedelta(seconds=3599) - 5 * MINUTE - timedelta(seconds=1)
    assert await tokens.token() == first and len(issuer.forms) == 1
    dial.at += timedelta(seconds=1)
    assert await tokens.token() != first and len(issuer.forms) == 2
    assert issuer.forms[0] == {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": SECRET, "scope": SCOPE}


async def test_whoever_comes_meanwhile_waits_for_the_same_token(issuer):
    issuer.slow = 0.2
    tokens = kept(issuer)
    assert len(set(await asyncio.gather(*(tokens.token() for _ in range(8))))) == 1 == len(issuer.forms)


async def test_who_gives_up_takes_nobody_with_him(issuer):
    issuer.slow = 0.3
    tokens = kept(issuer)
    first, second = asyncio.create_task(tokens.token()), asyncio.create_task(tokens.token())
    await asyncio.sleep(0.1)
    first.cancel()
    assert await second == issuer.tokens[-1]


async def test_a_person_who_agreed_stands_behind_a_refresh_token(issuer):
    assert await kept(issuer, REFRESH).token() == issuer.tokens[-1]
    assert issuer.forms[0]["grant_type"] == "refresh_token" and issuer.forms[0]["refresh_token"] == REFRESH


@pytest.mark.parametrize(
    ("lasts", "until_renewed"),
    [
        (3599, timedelta(seconds=3299)),
        ("3599", timedelta(seconds=3299)),
        (120, MINUTE),
        (None, 5 * MINUTE),
        (10**8, timedelta(days=1) - 5 * MINUTE),
    ],
)
async def test_how_long_a_token_lasts(issuer, lasts, until_renewed):
    issuer.lasts, dial = lasts, Dial()
    tokens = kept(issuer, now=dial)
    await tokens.token()
    dial.at += until_renewed - timedelta(seconds=1)
    await tokens.token()
    assert len(issuer.forms) == 1
    dial.at += timedelta(seconds=1)
    await tokens.token()
    assert len(issuer.forms) == 2


async def test_while_the_issuer_is_away_a_token_serves_until_its_end(issuer):
    dial = Dial()
    tokens = kept(issuer, now=dial)
    first = await tokens.token()
    issuer.trouble += ["cut", "cut"]
    dial.at += timedelta(seconds=3598)
    assert await tokens.token() == first
    dial.at += timedelta(seconds=1)
    with pytest.raises(TryLater, match="no_connection"):
        await tokens.token()
    assert await tokens.token() not in ("", first)


REFUSALS = [
    (400, {"error": "invalid_grant", "error_description": SECRET}, DoorClosed, "login_refused", None),
    (401, {"error": "invalid_client", "error_codes": [7000215, SECRET]}, DoorClosed, "login_refused", None),
    (400, {"error": SECRET}, DoorClosed, "login_refused", None),
    (404, "<html>", DoorClosed, "login_refused", None),
    (400, {"error": "temporarily_unavailable"}, TryLater, "busy", 60),
    (429, {}, TryLater, "busy", 17),
    (503, "<html>", TryLater, "busy", 60),
    (302, "", TryLater, "not_understood", 60),
    (200, "<html>", TryLater, "not_understood", 60),
    (200, "[" * 90_000, TryLater, "not_understood", 60),
    (200, "x" * 200_000, TryLater, "not_understood", 60),
    (200, {"access_token": "two words"}, TryLater, "not_understood", 60),
    (200, {"access_token": "line\r\nQUIT"}, TryLater, "not_understood", 60),
]


@pytest.mark.parametrize(("status", "body", "means", "reason", "after"), REFUSALS, ids=[f"{one[0]}-{str(one[1])[:24]}" for one in REFUSALS])
async def test_what_each_answer_means_and_that_none_is_repeated_in_a_log(issuer, caplog, status, body, means, reason, after):
    issuer.trouble.append((status, body))
    tokens = kept(issuer)
    with caplog.at_level(logging.DEBUG), capture_logs() as logs, pytest.raises(means) as failed:
        await tokens.token()
    assert failed.value.reason == reason and getattr(failed.value, "whole", True)
    assert after is None or failed.value.after == timedelta(seconds=after)
    assert len(issuer.forms) == 1, "a redirect was followed, or something was tried again"
    told = f"{caplog.text} {logs} {failed.value!r} {tokens!r}"
    assert SECRET not in told and (means is not DoorClosed or logs[0]["event"] == "email_token_refused")


async def test_a_refusal_is_told_by_its_number(issuer):
    issuer.secret = "another"
    with capture_logs() as logs, pytest.raises(DoorClosed, match="login_refused"):
        await kept(issuer).token()
    assert (logs[0]["error"], logs[0]["numbers"]) == ("invalid_client", [7000215])


async def test_an_issuer_that_says_nothing_is_not_waited_for(issuer, monkeypatch):
    monkeypatch.setattr(module, "TOTAL", 0.2)
    issuer.slow = 0.6
    tokens = kept(issuer)
    began = asyncio.get_running_loop().time()
    asked = await asyncio.gather(*(tokens.token() for _ in range(3)), return_exceptions=True)
    assert [type(one) for one in asked] == [TryLater] * 3 and asyncio.get_running_loop().time() - began < 0.5


async def test_an_issuer_that_is_away_is_asked_later():
    nowhere = Issuer(url=f"http://127.0.0.1:{free_port()}/token")
    with pytest.raises(TryLater, match="no_connection"):
        await kept(nowhere).token()


def mention(desk) -> Mention:
    anna = Customer(desk.anna, desk.anna, "Anna")
    return Mention("email", "one@customer.test#1", "0123456789abcdef0123", anna, "Hello?", datetime.now(UTC), private=True)


def by_token(desk, issuer: Issuer, imap_port: int | None = None, smtp_port: int | None = None, **more: str):
    """No password at either server."""
    issuer.user = issuer.user or desk.us
    user = desk.us.replace("@", "%40")
    imap = f"imap://{user}@127.0.0.1:{imap_port or desk.server.ports['imap']}"
    smtp = f"smtp://{user}@127.0.0.1:{smtp_port or desk.server.ports['submission']}"
    return desk.connected(imap, smtp, **issuer.settings, **more)


@pytest.mark.parametrize("more", [{}, {"EMAIL_OAUTH_REFRESH_TOKEN": REFRESH}], ids=["application", "person"])
async def test_a_mailbox_is_heard_and_answered_with_tokens_alone(desk, issuer, more, caplog):
    caplog.set_level(logging.DEBUG)
    connected = by_token(desk, issuer, **more)
    desk.server.deliver(mail("Is my data safe?", desk.anna).as_bytes(), desk.anna, desk.us)
    news, _ = await everything(connected.source)
    assert isinstance(news[0], Mention)
    await connected.network.publish(reply_to(news[0]))
    assert b"Your data is safe." in desk.arrived(desk.anna)
    assert (await connected.source.standing()).may == (Can.HEAR_PRIVATE, Can.ANSWER_PRIVATE)
    with desk.server.opened(desk.us) as client:
        client.select_folder("Sent", readonly=True)
        assert len(client.search("ALL")) == 1, "the copy is kept with a token as well"
    assert len(issuer.forms) == 1
    shown = b64encode(f"user={desk.us}\1auth=Bearer {issuer.tokens[0]}\1\1".encode()).decode()
    assert not any(word[:40] in f"{caplog.text}{connected!r}" for word in (issuer.tokens[0], shown, SECRET, REFRESH))


async def test_a_token_as_long_as_microsofts_passes_through_both_servers(desk, issuer):
    issuer.claims = {"roles": ["IMAP.AccessAsApp", "SMTP.SendAsApp"], "wids": "x" * 3000}
    standing = await by_token(desk, issuer).source.standing()
    assert standing.may == (Can.HEAR_PRIVATE, Can.ANSWER_PRIVATE) and len(issuer.tokens[0]) > 4000


async def test_pushes_come_over_a_line_that_was_opened_with_a_token(desk, issuer):
    stirs = by_token(desk, issuer).source.stirs()
    assert await asyncio.wait_for(anext(stirs), 10) is None
    waiting = asyncio.create_task(anext(stirs))
    await asyncio.sleep(0.5)
    desk.server.deliver(mail("Hello?").as_bytes(), desk.anna, desk.us)
    assert await asyncio.wait_for(waiting, 10) is None
    await stirs.aclose()


@pytest.mark.parametrize("claims", [{"exp": 1}, {"scope": "calendar.read"}], ids=["ended", "not for mail"])
async def test_a_token_that_the_servers_refuse_is_forgotten_and_the_next_one_opens_the_door(desk, issuer, claims):
    issuer.claims = claims
    connected = by_token(desk, issuer)
    with pytest.raises(DoorClosed, match="login_refused"):
        await connected.source.since(None)
    with pytest.raises(DoorClosed, match="login_refused"):
        await connected.network.publish(reply_to(mention(desk)))
    assert len(issuer.tokens) == 2
    issuer.claims = {}
    await connected.source.since(None)
    assert len(issuer.tokens) == 3


async def test_a_token_for_another_mailbox_opens_none(desk, issuer):
    issuer.user = desk.anna
    with pytest.raises(DoorClosed, match="login_refused"):
        await by_token(desk, issuer).source.standing()


async def test_without_a_token_nobody_is_called(desk, issuer):
    issuer.secret = "another"
    connected = by_token(desk, issuer)
    for asked in (connected.source.since(None), connected.source.standing(), connected.network.publish(reply_to(mention(desk)))):
        with pytest.raises(DoorClosed, match="login_refused"):
            await asked
    issuer.trouble += ["cut"]
    with pytest.raises(TryLater, match="no_connection"):
        await connected.source.since(None)


async def test_a_server_that_takes_no_tokens_is_told_so(desk, issuer):
    async with Wire(desk.server.ports["imap"], "imap") as imap, Wire(desk.server.ports["submission"], "smtp") as smtp:
        imap.hides.append(b" AUTH=XOAUTH2")
        smtp.hides.append(b" XOAUTH2")
        connected = by_token(desk, issuer, imap.port, smtp.port)
        for asked in (connected.source.since(None), connected.network.publish(reply_to(mention(desk)))):
            with pytest.raises(DoorClosed, match="not_offered"):
                await asked


def test_exchange_lets_the_application_in_and_then_not_into_the_mailbox():
    error = imap_error(IMAP4.error("EXAMINE command error: BAD [b'User is authenticated but not connected.']"))
    assert isinstance(error, DoorClosed) and error.reason == "login_refused"


OAUTH = {
    "EMAIL_OAUTH_URL": "https://login.test/token",
    "EMAIL_OAUTH_CLIENT_ID": "app",
    "EMAIL_OAUTH_CLIENT_SECRET": "hunter2",
    "EMAIL_OAUTH_SCOPE": "mail",
}
BOX = {
    "EMAIL_IMAP_URL": "imaps://help%40brand.test@imap.test",
    "EMAIL_SMTP_URL": "smtp://help%40brand.test@smtp.test:587",
    "EMAIL_ADDRESS": "help@brand.test",
}


def test_with_tokens_the_two_servers_have_no_password():
    settings = read_settings(_env_file=None, **OAUTH, **BOX)
    assert "email" in settings.connected and "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        *(({**OAUTH, **BOX, name: ""}, "EMAIL_OAUTH_URL, _CLIENT_ID, _CLIENT_SECRET and _SCOPE are needed together") for name in OAUTH),
        ({**BOX, "EMAIL_OAUTH_REFRESH_TOKEN": "hunter2"}, "EMAIL_OAUTH_URL, _CLIENT_ID, _CLIENT_SECRET and _SCOPE are needed together"),
        (OAUTH, "EMAIL_IMAP_URL, EMAIL_SMTP_URL and EMAIL_ADDRESS are needed together"),
        ({**OAUTH, **BOX, "EMAIL_OAUTH_URL": "http://login.test/hunter2"}, "expected an address such as https://login.microsoftonline.com"),
        ({**OAUTH, **BOX, "EMAIL_IMAP_URL": "imaps://help:hunter2@imap.test"}, "expected imaps://USER@HOST"),
        (BOX, "expected imaps://USER:PASSWORD@HOST"),
    ],
)
def test_half_of_it_is_told_in_one_line_without_its_secrets(given, said):
    with pytest.raises(SettingsError) as refused:
        read_settings(_env_file=None, **given)
    assert said in str(refused.value) and "hunter2" not in str(refused.value)
