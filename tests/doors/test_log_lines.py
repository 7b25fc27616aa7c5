"""What a request, a click, a turn of the clock and a send leave in the log, how they are joined, and what never stands there."""

import asyncio
import json
from time import perf_counter

import pytest
import structlog
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot import traffic
from bot.clock import Clock, Tick
from bot.slack.traces import named
from bot.terminal.logs import load_logging, told
from bot.tracing import traced
from bot.web import web_app
from handlers.errors import NoSuchCase
from handlers.tally import MOST, OTHER, Tally
from tests.doors.console import room
from tests.doors.test_logs import raised
from tests.doors.test_web import values, web
from tests.handlers.sending import post_office

SECRET = "kanarix"
TELLING = [
    f"@{SECRET}", f"{SECRET}@acme.example", "ES9121000418450200051332", "DE89-3704-0044-0532-0130-00", "4111111111111111", "4111-1111-1111-1111",
    "+34600123456", "34600123456", "600.123.456", "xoxb-1234-abcdef", "xapp-1-A1-b", "whsec_abcdef", "eyJhbGciOiJIUzI1NiJ9.e30.x", f"{SECRET} wrote this",
]  # fmt: skip


@pytest.fixture
def lines(capsys):
    """What was logged since, line by line; of one event when it is named."""
    load_logging(alone=False)

    def read(event=None):
        said = capsys.readouterr().err.splitlines()
        found = [json.loads(line) for line in said if line.startswith("{")]
        return [one for one in found if event in (None, one["event"])]

    return read


async def answer(request):
    structlog.get_logger().info("inside")
    return PlainTextResponse("ok", int(request.query_params.get("status", 200)))


def routes():
    return [
        Route("/cases/{number}", answer),
        Route("/acknowledge/{token}", answer),
        Route("/static/{name}", answer),
        Route("/hooks/{source}", answer),
    ]


async def test_a_request_has_one_number_in_its_answer_and_in_every_line(store, lines):
    async with web(store, routes=routes()) as client:
        first, second = await client.get("/cases/7"), await client.get("/cases/8")
    said = lines()
    assert [one["event"] for one in said] == ["inside", "request"] * 2
    assert said[0]["request"] == said[1]["request"] == first.headers["x-request-id"] != second.headers["x-request-id"]
    line = said[1]
    assert (line["method"], line["path"], line["case"], line["status"]) == ("GET", "/cases/:number", 7, 200) and line["ms"] >= 0


async def test_what_a_fault_says_has_the_number_of_its_request(store, lines):
    async def fail(_):
        raise ValueError(SECRET)

    async with web(store, routes=[Route("/cases/{number}", fail)]) as client:
        answered = await client.get("/cases/7")
    failed, request = lines()
    assert failed["event"] == "request_failed" and failed["reference"] == answered.json()["reference"]
    assert failed["request"] == request["request"] == answered.headers["x-request-id"] and request["status"] == 500


async def test_no_address_that_somebody_asked_for_is_repeated(store, lines):
    async with web(store, routes=routes()) as client:
        for path in (f"/acknowledge/{SECRET}", f"/{SECRET}/{SECRET}", f"/cases/{SECRET}", f"/cases/7?q={SECRET}", f"/hooks/{SECRET}"):
            await client.get(path, headers={"user-agent": SECRET, "cookie": SECRET, "x-request-id": SECRET})
    said = lines("request")
    assert [one["path"] for one in said] == ["/acknowledge/:token", "none", "/cases/:number", "/cases/:number", "/hooks/:source"]
    assert SECRET not in str(said)


async def test_what_is_asked_every_few_seconds_is_told_only_when_it_is_wrong(store, lines):
    async with web(store, private=False, routes=routes()) as client:
        for path in ("/healthz", "/readyz", "/static/console.css"):
            assert (await client.get(path)).status_code == 200
        assert lines("request") == []
        await client.get("/metrics")
        await client.get("/static/none.css?status=404")
    assert [(one["path"], one["status"]) for one in lines("request")] == [("/metrics", 401), ("/static/:name", 404)]


async def test_a_flood_is_counted_instead_of_told(store, lines, monkeypatch):
    second = [1000.0]
    monkeypatch.setattr(traffic.time, "monotonic", lambda: second[0])
    async with web(store, routes=routes()) as client:
        for _ in range(traffic.LINES_MOST + 30):
            await client.get("/hooks/acme")
        assert len(lines("request")) == traffic.LINES_MOST
        second[0] += 1
        await client.get("/hooks/acme")
        (left_out,) = lines("requests_not_told")
        found = values((await client.get("/metrics")).text)
    assert left_out["count"] == 30
    assert found[("tocsin_http_request_duration_seconds_count", "2xx", "webhook")] == traffic.LINES_MOST + 31


@pytest.mark.parametrize("value", TELLING)
def test_what_could_tell_who_somebody_is_or_open_a_door_is_no_code(lines, value):
    structlog.get_logger().info("act", ids=value, act=value, path=value, about=[value], reason=value)
    (line,) = lines("act")
    assert value not in str(line)


@pytest.mark.parametrize(
    "value", ["7:phishing", "slack:C0123456789", "tick_late:due", "2026-11-22T10:37:02", "bot/web.py:12:metrics", "/cases/:number"]
)
def test_codes_stand_as_they_are(lines, value):
    structlog.get_logger().info("act", ids=value)
    assert lines("act")[0]["ids"] == value


@pytest.mark.parametrize("value", TELLING)
@pytest.mark.parametrize("kind", [ValueError, KeyError, AttributeError, TypeError, OSError, RuntimeError])
def test_no_exception_repeats_it(kind, value):
    said = told(raised(kind(value)))
    assert kind.__name__ in said
    assert value not in said or kind in (AttributeError, TypeError), "those of the code itself name things of the code"
    assert not any(one in said for one in TELLING[:-1]), "and even they no number, account or token"


def click(act, ids, type_="button"):
    return {"type": "block_actions", "user": {"id": "U1"}, "actions": [{"type": type_, "action_id": act, "value": ids}]}


async def test_a_click_has_a_number_a_case_and_an_end(lines):
    async def act():
        with traced("slack", *named(click("claim:7", "7"))):
            structlog.get_logger().info("inside")

    async def refused():
        try:
            with traced("slack", *named(click("approve:12", "7:12"))):
                raise NoSuchCase(case=SECRET)  # noqa: TRY301 - as an act does
        except NoSuchCase:
            structlog.get_logger().info("told")

    await asyncio.gather(asyncio.create_task(act()), asyncio.create_task(refused()))
    said = lines()
    by_event = {one["event"]: one for one in said}
    acts = {one["act"]: one for one in said if one["event"] == "act"}
    assert (acts["claim"]["case"], acts["claim"]["outcome"], acts["claim"]["door"]) == (7, "done", "slack")
    assert (acts["approve"]["case"], acts["approve"]["ids"], acts["approve"]["outcome"]) == (7, "7:12", "error.no_such_case")
    assert by_event["inside"]["click"] == acts["claim"]["click"] != acts["approve"]["click"] == by_event["told"]["click"]
    assert SECRET not in str(said)


@pytest.mark.parametrize(
    ("body", "act", "ids"),
    [
        (click("approve_statement:3", "3"), "approve_statement", "3"),
        (click("text:1", f"{SECRET}", "plain_text_input"), "text", ""),
        ({"type": "view_submission", "view": {"callback_id": "note", "private_metadata": '{"ids": "7"}'}}, "note", "7"),
        ({"command": "/crisis", "text": f"find {SECRET}"}, "/crisis", ""),
        ({"type": "message_action", "callback_id": "make_case", "message": {"text": SECRET}}, "make_case", ""),
        ({"type": "block_actions", "actions": [{"type": "overflow", "action_id": "more", "selected_option": {"value": "move:7:ordinary"}}]}, "move", "7:ordinary"),
    ],
)  # fmt: skip
async def test_every_act_is_named_in_our_codes_and_nothing_that_was_typed_is(lines, body, act, ids):
    async def do():
        with traced("slack", *named(body)):
            pass

    await asyncio.create_task(do())
    (line,) = lines("act")
    assert (line["act"], line["ids"]) == (act, ids) and SECRET not in str(line)


async def test_a_click_and_the_card_that_follows_from_it_are_joined_by_their_case(store, dial, lines):
    post = await post_office(store, dial)
    number, ana = await post.house.case(), await post.house.person("Ana")
    await post.send()
    lines()

    async def act():
        with traced("slack", *named(click("claim", str(number)))):
            await post.house.cases.claim(ana, number)

    await asyncio.create_task(act())
    await post.send(2)
    said = [one for one in lines() if one.get("case") == number]
    assert [one["event"] for one in said][:2] == ["act", "sent"]
    sent = said[1]
    assert (sent["lane"], sent["kind"], sent["attempt"]) == ("slack:C1", "card", 1) and sent["row"] and sent["ms"] >= 0


async def test_a_turn_of_the_clock_has_a_number_and_is_counted(lines):
    async def well():
        structlog.get_logger().info("inside")

    async def badly():
        raise ValueError(SECRET)

    clock = Clock(None)
    for handler in (well, badly):
        await clock.beat(Tick(handler.__name__, handler, seconds=1))
    inside, failed = lines()
    assert (inside["tick"], failed["tick"], failed["event"]) == ("well", "badly", "tick_failed") and inside["turn"] != failed["turn"]
    assert SECRET not in str(failed)
    assert {key: one.n for key, one in clock.turns.of.items()} == {("well", "well"): 1, ("badly", "failed"): 1}


def test_a_tally_never_grows_beyond_what_a_person_could_read():
    tally = Tally()
    for number in range(10 * MOST):
        tally.note(0.003, f"door{number}", "2xx")
    assert len(tally.of) == MOST + 1 and tally.of[OTHER, OTHER].n == 9 * MOST
    assert sum(one.n for one in tally.of.values()) == 10 * MOST


async def test_a_number_a_line_and_a_count_cost_little(lines):
    """Fifty microseconds on the machine it was written on; the bound leaves room for slower and busier ones."""

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(_):
        pass

    async def took(follow, rounds=300):
        began = perf_counter()
        for _ in range(rounds):
            await follow()
        return (perf_counter() - began) / rounds

    watched = traffic.Traffic(Tally())
    scope = {"type": "http", "method": "GET", "route": Route("/cases/{number}", answer), "path_params": {"number": "7"}}
    bare = await took(lambda: app(scope, None, send))
    whole = min([await took(lambda: watched.follow(app, scope, None, send)) for _ in range(3)])
    assert whole - bare < 500e-6


async def test_an_act_on_the_console_is_told_with_its_case_and_not_with_what_was_typed(tmp_path, lines):
    async with room(tmp_path) as opened:
        opened.app = web_app(opened.app.routes)
        await opened.person("Ana", "agent")
        number = await opened.write(f"is my data safe? {SECRET}")
        ana = await opened.signed_in("Ana")
        lines()
        await ana.post("/act/note", {"ids": number, "text": SECRET})
        await ana.post("/act/claim", {"ids": number})
    said = lines("request")
    acts = [(one["method"], one["path"], one.get("act"), one.get("case")) for one in said if one["method"] == "POST"]
    assert acts == [("POST", "/act/:act", "note", number), ("POST", "/act/:act", "claim", number)]
    assert {one.get("act") for one in said if one["method"] == "GET"} == {None} and SECRET not in str(said)
