"""What the Bot Connector's answers mean: each status and code of Microsoft's page, and what comes instead of an answer."""

import httpx
import pytest

from bot.teams.answers import DELETE, MOST, POST, UPDATE, Backoff, code_of, send_error
from handlers.errors import DoorClosed, Gone, Refused, TryLater, Unconfirmed

REQUEST = httpx.Request("POST", "https://smba.trafficmanager.net/teams/v3/conversations/19:x/activities")
BLOCKED = {
    "errorCode": 209,
    "message": '{\r\n  "subCode": "MessageWritesBlocked",\r\n  "details": "Thread is blocked.",\r\n  "errorCode": null\r\n}',
}


def answered(status: int, code: str = "", *, body=None, **headers) -> httpx.HTTPStatusError:
    told = body if body is not None else {"error": {"code": code, "message": "Words that nobody needs"}} if code else None
    response = httpx.Response(status, json=told, headers=headers, request=REQUEST)
    return httpx.HTTPStatusError("", request=REQUEST, response=response)


@pytest.mark.parametrize(
    ("status", "code", "meant", "reason"),
    [
        (400, "BadArgument", Refused, "BadArgument"),
        (400, "BadSyntax", Refused, "BadSyntax"),
        (401, "BotNotRegistered", DoorClosed, "BotNotRegistered"),
        (401, "", DoorClosed, "unauthorized"),
        (403, "BotDisabledByAdmin", DoorClosed, "BotDisabledByAdmin"),
        (403, "BotNotInConversationRoster", DoorClosed, "BotNotInConversationRoster"),
        (403, "ConversationBlockedByUser", DoorClosed, "ConversationBlockedByUser"),
        (403, "InvalidBotApiHost", DoorClosed, "InvalidBotApiHost"),
        (403, "NotEnoughPermissions", DoorClosed, "NotEnoughPermissions"),
        (404, "ConversationNotFound", DoorClosed, "ConversationNotFound"),
        (412, "PreconditionFailed", TryLater, "PreconditionFailed"),
        (413, "MessageSizeTooBig", Refused, "too_big"),
        (429, "Throttled", TryLater, "Throttled"),
        (500, "ServiceError", Unconfirmed, "http_500"),
        (502, "ServiceError", Unconfirmed, "http_502"),
        (503, "", TryLater, "http_503"),
        (504, "", Unconfirmed, "http_504"),
    ],
)
def test_every_answer_of_microsofts_page_says_what_became_of_a_post(status, code, meant, reason):
    error = send_error(answered(status, code), POST)
    assert (type(error), error.reason) == (meant, reason)


@pytest.mark.parametrize(
    ("code", "whole"), [("BotNotRegistered", True), ("InvalidBotApiHost", True), ("BotNotInConversationRoster", False)]
)
def test_an_unknown_bot_closes_the_whole_door_a_lost_channel_its_own_lane(code, whole):
    assert send_error(answered(401 if code == "BotNotRegistered" else 403, code), POST).whole is whole


@pytest.mark.parametrize("code", ["ConversationBlockedByUser", "BotNotInConversationRoster", "ForbiddenOperationException"])
def test_whoever_blocked_us_is_told_another_way_at_once(code):
    assert type(send_error(answered(403, code), POST, direct=True)) is Refused


def test_a_blocked_chat_tells_its_word_inside_a_text():
    error = send_error(answered(403, body=BLOCKED), POST, direct=True)
    assert (type(error), error.reason) == (Refused, "MessageWritesBlocked")


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
@pytest.mark.parametrize("act", [UPDATE, DELETE])
def test_what_harms_nobody_twice_is_simply_done_again(status, act):
    assert type(send_error(answered(status), act)) is TryLater


@pytest.mark.parametrize("act", [UPDATE, DELETE])
def test_a_message_that_is_not_there_any_more_is_gone(act):
    assert type(send_error(answered(404, "ActivityNotFoundInConversation"), act)) is Gone


def test_a_reply_below_a_message_that_was_deleted_finds_it_gone():
    assert type(send_error(answered(404, "ActivityNotFoundInConversation"), POST, in_thread=True)) is Gone


@pytest.mark.parametrize(("said", "seconds"), [("7", 7), ("0", 1), ("1e9", 3600)])
def test_retry_after_is_obeyed_within_reason(said, seconds):
    assert send_error(answered(429, "Throttled", **{"Retry-After": said}), POST).after.total_seconds() == seconds


@pytest.mark.parametrize("said", ["", "soon", "nan", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_without_a_readable_retry_after_the_wait_grows_until_something_gets_through(said):
    backoff, waits = Backoff(), []
    for _ in range(12):
        error = send_error(answered(429, "Throttled", **{"Retry-After": said}), POST, wait=lambda: backoff.after("19:x"))
        waits.append(error.after.total_seconds())
    assert 0.8 <= waits[0] <= 1.2
    assert waits[3] > waits[0] * 4
    assert max(waits) <= MOST * 1.2
    assert len({round(wait, 6) for wait in waits[7:]}) > 1, "those who failed together do not come back together"
    backoff.well("19:x")
    assert backoff.after("19:x").total_seconds() <= 1.2


@pytest.mark.parametrize(
    ("error", "meant"),
    [
        (httpx.ConnectError("refused"), TryLater),
        (httpx.ConnectTimeout("slow"), TryLater),
        (httpx.PoolTimeout("busy"), TryLater),
        (httpx.ReadTimeout("slow"), Unconfirmed),
        (httpx.WriteTimeout("slow"), Unconfirmed),
        (httpx.RemoteProtocolError("cut"), Unconfirmed),
        (TimeoutError(), Unconfirmed),
        (ConnectionResetError(), Unconfirmed),
        (ValueError("no JSON"), Unconfirmed),
    ],
)
def test_what_comes_instead_of_an_answer_says_whether_it_may_have_arrived(error, meant):
    assert type(send_error(error, POST)) is meant


def test_an_error_of_ours_stays_what_it_is():
    closed = DoorClosed("AADSTS7000215", whole=True)
    assert send_error(closed, POST) is closed


@pytest.mark.parametrize(
    "body",
    [b"<html>", b"", b"[]", b'{"error": 7}', b'{"error": {"code": ["a"]}}', b'{"error": {"code": "a customer wrote this"}}', b"[" * 5000],
)
def test_of_an_answer_nobody_can_read_only_the_status_is_told(body):
    assert code_of(httpx.Response(403, content=body, request=REQUEST)) == ""
