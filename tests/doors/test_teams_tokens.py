"""Our own tokens: asked for once, kept until shortly before their end, and a no says why without repeating a secret."""

import asyncio
import logging

import httpx
import pytest
from aiohttp import web as there
from structlog.testing import capture_logs

from bot.teams.clouds import PUBLIC
from bot.teams.tokens import Token, Tokens
from bot.terminal.logs import load_logging
from handlers.errors import DoorClosed, SendError, TryLater
from tests.doors.teams_keys import CLIENT, OTHER_TENANT, SECRET, TENANT, no

CONNECTOR, GRAPH = PUBLIC.scope, PUBLIC.graph_scope


@pytest.fixture
def tokens(microsoft, web, hand):
    return Tokens(microsoft.access(tenants=(TENANT, OTHER_TENANT)), web, hand)


async def why(asking) -> SendError:
    with pytest.raises(SendError) as error:
        await asking
    return error.value


async def test_the_app_asks_as_itself(microsoft, tokens):
    assert await tokens.of() == "token-1"
    form = {
        "grant_type": "client_credentials",
        "client_id": CLIENT,
        "client_secret": SECRET,
        "scope": "https://api.botframework.com/.default",
    }
    assert microsoft.asked == [(TENANT, form)]


async def test_a_token_serves_until_five_minutes_before_its_end(microsoft, tokens, hand):
    await tokens.of()
    hand.now += 3599 - 301
    assert await tokens.of() == "token-1"
    hand.now += 2
    assert await tokens.of() == "token-2"
    assert len(microsoft.asked) == 2


async def test_one_that_lives_shorter_serves_for_half_its_life(microsoft, tokens, hand):
    microsoft.expires_in = "120"
    await tokens.of()
    hand.now += 59
    assert await tokens.of() == "token-1"
    hand.now += 2
    assert await tokens.of() == "token-2"


async def test_each_scope_has_its_own(microsoft, tokens):
    assert [await tokens.of(CONNECTOR), await tokens.of(GRAPH), await tokens.of(CONNECTOR)] == ["token-1", "token-2", "token-1"]
    assert [form["scope"] for _, form in microsoft.asked] == [CONNECTOR, GRAPH]


async def test_graph_is_asked_for_each_tenant_of_ours_and_for_no_other(microsoft, tokens):
    await tokens.of(GRAPH, OTHER_TENANT)
    await tokens.of(GRAPH, "99999999-9999-4999-8999-999999999999")
    await tokens.of(GRAPH, "../evil")
    await tokens.of(CONNECTOR, OTHER_TENANT)
    assert [tenant for tenant, _ in microsoft.asked] == [OTHER_TENANT, TENANT, TENANT]


async def test_fifty_cards_ask_once(microsoft, tokens):
    microsoft.slow.clear()
    asking = asyncio.gather(*(tokens.of() for _ in range(50)))
    await asyncio.sleep(0.05)
    microsoft.slow.set()
    assert set(await asking) == {"token-1"} and len(microsoft.asked) == 1


async def test_while_one_asks_anew_the_old_one_serves(microsoft, tokens, hand):
    await tokens.of()
    hand.now += 3599 - 200
    microsoft.slow.clear()
    asking = asyncio.create_task(tokens.of())
    await asyncio.sleep(0.05)
    assert await tokens.of() == "token-1" and not asking.done()
    microsoft.slow.set()
    assert await asking == "token-2"


async def test_the_old_one_serves_to_its_end_while_no_new_one_is_to_be_had(microsoft, tokens, hand):
    await tokens.of()
    hand.now += 3599 - 200
    microsoft.down = 503
    assert await tokens.of() == "token-1"
    hand.now += 201
    assert (await why(tokens.of())).reason == "http_503"
    microsoft.down = 0
    hand.now += 11
    assert await tokens.of() == "token-2"  # what was asked while nothing answered is not counted


async def test_what_the_service_does_not_take_is_not_offered_again(tokens):
    await tokens.of(), await tokens.of(GRAPH)
    tokens.forget("token-1")
    assert [await tokens.of(), await tokens.of(GRAPH)] == ["token-3", "token-2"]


@pytest.mark.parametrize(("error", "codes", "reason"), [
    ("invalid_client", (7000215,), "invalid_client/AADSTS7000215"),
    ("invalid_client", (7000222,), "invalid_client/AADSTS7000222"),
    ("unauthorized_client", (700016,), "unauthorized_client/AADSTS700016"),
    ("invalid_request", (90002,), "invalid_request/AADSTS90002"),
    ("invalid_scope", (70011, 1, 2, 3, 4), "invalid_scope/AADSTS70011/AADSTS1/AADSTS2"),
    (SECRET, (), "http_401"),
    ("x" * 500, (), "http_401"),
])  # fmt: skip
async def test_a_no_closes_the_door_and_says_what_to_look_up(microsoft, tokens, error, codes, reason):
    microsoft.answers = [no(error, *codes)]
    found = await why(tokens.of())
    assert isinstance(found, DoorClosed) and found.whole and found.reason == reason


async def test_what_entra_said_stands_in_the_log(microsoft, tokens, capsys):
    load_logging(alone=False)
    microsoft.answers = [no("invalid_client", 7000215)]
    await why(tokens.of())
    assert "invalid_client/AADSTS7000215" in capsys.readouterr().err


async def test_a_wrong_secret_is_tried_once_in_half_a_minute(microsoft, web, hand):
    tokens = Tokens(microsoft.access(client_secret="guessed"), web, hand)
    for _ in range(20):
        assert (await why(tokens.of())).reason == "invalid_client/AADSTS7000215"
    assert len(microsoft.asked) == 1
    hand.now += 31
    await why(tokens.of())
    assert len(microsoft.asked) == 2


@pytest.mark.parametrize(
    ("retry_after", "seconds"), [("60", 60), ("0", 1), ("99999", 600), ("", 60), ("soon", 60), ("9" * 50, 60), ("-5", 60)]
)
async def test_when_entra_asks_for_quiet_there_is_quiet(microsoft, tokens, hand, retry_after, seconds):
    microsoft.answers = [there.Response(status=429, headers={"Retry-After": retry_after})]
    found = await why(tokens.of())
    assert isinstance(found, TryLater) and (found.reason, found.after.total_seconds()) == ("ratelimited", seconds)
    hand.now += seconds - 1
    assert (await why(tokens.of())).reason == "ratelimited" and len(microsoft.asked) == 1
    hand.now += 2
    assert await tokens.of() == "token-2"


@pytest.mark.parametrize(("answer", "reason"), [
    (lambda: there.Response(status=500, text="<html>"), "http_500"),
    (lambda: there.Response(status=504), "http_504"),
    (lambda: no("temporarily_unavailable", 90033, status=400), "http_400"),
    (lambda: there.Response(text="<html>", content_type="text/html"), "unreadable_answer"),
    (lambda: there.json_response([]), "unreadable_answer"),
    (lambda: there.json_response({"access_token": "t"}), "unreadable_answer"),
    (lambda: there.json_response({"access_token": "t", "expires_in": "soon"}), "unreadable_answer"),
    (lambda: there.json_response({"access_token": "t", "expires_in": 0}), "unreadable_answer"),
    (lambda: there.Response(text='{"access_token": "t", "expires_in": NaN}'), "unreadable_answer"),
    (lambda: there.json_response({"access_token": "", "expires_in": 60}), "unreadable_answer"),
    (lambda: there.json_response({"access_token": "a\r\nX-Evil: 1", "expires_in": 60}), "unreadable_answer"),
    (lambda: there.json_response({"access_token": ["t"], "expires_in": 60}), "unreadable_answer"),
    (lambda: there.json_response({"access_token": "t" * 300_000, "expires_in": 60}), "unreadable_answer"),
    (lambda: there.Response(text="[" * 9000), "unreadable_answer"),
])  # fmt: skip
async def test_what_is_away_or_makes_no_sense_is_tried_later(microsoft, tokens, answer, reason):
    microsoft.answers = [answer()]
    found = await why(tokens.of())
    assert isinstance(found, TryLater) and found.reason == reason


async def test_a_secret_follows_no_redirect(microsoft, tokens):
    microsoft.answers = [there.Response(status=307, headers={"Location": f"{microsoft.url}/evil/oauth2/v2.0/token"})]
    found = await why(tokens.of())
    assert (found.reason, found.whole) == ("redirected", True) and len(microsoft.asked) == 1


@pytest.mark.parametrize(("url", "kind", "reason"), [
    ("http://127.0.0.1:1", TryLater, "no_connection"),
    ("ftp://127.0.0.1", DoorClosed, "bad_address"),
    ("http://", DoorClosed, "bad_address"),
])  # fmt: skip
async def test_nobody_there_is_another_thing_than_a_wrong_address(microsoft, web, url, kind, reason):
    found = await why(Tokens(microsoft.access(login_url=url), web).of())
    assert type(found) is kind and found.reason == reason


async def test_who_does_not_answer_is_not_waited_for(microsoft):
    microsoft.slow.clear()
    async with httpx.AsyncClient(timeout=0.1, verify=False) as impatient:
        found = await why(Tokens(microsoft.access(), impatient).of())
    assert isinstance(found, TryLater) and found.reason == "timeout"


async def test_no_secret_and_no_token_stands_in_a_log_or_an_error(microsoft, tokens, caplog):
    microsoft.answers = [no("invalid_client", 7000215)]
    with capture_logs() as lines, caplog.at_level(logging.DEBUG):
        found = await why(tokens.of())
        await tokens.of(GRAPH)
    told = f"{lines} {caplog.text} {found!r} {found} {vars(tokens)} {Token('token-2')!r}"
    assert "teams_token_not_had" in told and SECRET not in told and "token-2" not in told
