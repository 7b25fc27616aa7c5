"""/api/messages lets in what the Bot Connector has signed for us and hands it to the SDK; whoever else knocks learns nothing."""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import uvicorn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from structlog.testing import capture_logs

from bot.teams.access import Access
from bot.teams.keys import Keys
from bot.teams.route import BODY_MOST, PATH, Refusals, knock
from bot.teams.sdk import App, open_sdk
from bot.teams.tokens import GRAPH, Tokens
from bot.teams.trust import Trust
from bot.web import web_app
from tests.builders import ROOT
from tests.doors.teams_keys import CLIENT, OTHER_TENANT, SERVICE, TENANT, Hand, Microsoft, activity, claims, plain, private_key, signed
from tests.fakes.teams import FORGERIES, FakeTeams

pytestmark = pytest.mark.filterwarnings("ignore:The bot client is deprecated:DeprecationWarning")  # the SDK uses it itself
HERE = "http://tocsin"
KIND = {"Content-Type": "application/json; charset=utf-8"}


@dataclass
class Noted:
    """What trusted activities told of where to answer."""

    told: list[dict[str, Any]] = field(default_factory=list)

    def note(self, activity: dict[str, Any]) -> None:
        self.told.append(activity)


@dataclass
class Door:
    microsoft: Microsoft
    app: App
    client: httpx.AsyncClient
    hand: Hand
    noted: Noted
    heard: list[dict[str, Any]]

    async def post(self, body: object = None, *, token: str | None = None, headers: Any = None) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body if body is not None else activity()).encode()
        told = headers if headers is not None else {**KIND, "Authorization": f"Bearer {token or signed()}"}
        return await self.client.post(PATH, content=content, headers=told)


_SDK: list[App] = []  # one for all tests: to build it takes a while, and it keeps nothing
_HEARD: list[dict[str, Any]] = []


async def listening() -> App:
    """The SDK with two listeners. It asks nobody for anything."""
    if not _SDK:
        nowhere = Access(client_id=CLIENT, client_secret="", tenants=(TENANT,))
        app = await open_sdk(nowhere, Tokens(nowhere, plain()))
        app.on_message(hear)
        app.on_card_action(click)
        _SDK.append(app)
    return _SDK[0]


async def hear(ctx: Any) -> None:
    _HEARD.append(ctx.activity.model_dump(by_alias=True, exclude_none=True, mode="json"))
    if ctx.activity.text == "break":
        raise RuntimeError("with words of the inside")


async def click(ctx: Any) -> dict[str, Any]:
    _HEARD.append({"verb": ctx.activity.value.action.verb})
    return {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "done"}


@pytest.fixture
async def door():
    _HEARD.clear()
    app = await listening()
    async with Microsoft() as microsoft, plain() as web:
        access, hand, noted = microsoft.access(), Hand(), Noted()
        served = web_app([knock(app, Trust(access, web, Keys(access.openid_url, web, hand)), noted)])
        transport = httpx.ASGITransport(served, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
            yield Door(microsoft, app, client, hand, noted, _HEARD)


CLICK = {
    "type": "invoke",
    "name": "adaptiveCard/action",
    "value": {"action": {"type": "Action.Execute", "verb": "claim", "data": {"act": "claim", "ids": "7"}}, "trigger": "manual"},
}


async def test_what_the_connector_brings_is_heard(door):
    answer = await door.post()
    assert (answer.status_code, answer.content) == (200, b"")
    assert door.heard[0]["text"] == "status" and door.noted.told[0]["serviceUrl"] == SERVICE


async def test_a_click_is_answered_with_what_the_listener_says(door):
    answer = await door.post(activity(**CLICK))
    assert answer.status_code == 200 and answer.json()["value"] == "done" and answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("headers", [
    {}, {**KIND, "Authorization": ""}, {**KIND, "Authorization": "Bearer"}, {**KIND, "Authorization": "Bearer x"},
    {**KIND, "Authorization": "Basic dTpw"}, {**KIND, "X-Authorization": "Bearer x"}, {**KIND, "Authorization": b"Bearer \xff\xfe"},
])  # fmt: skip
async def test_who_proves_nothing_is_told_nothing(door, headers):
    answer = await door.post(headers=headers)
    assert (answer.status_code, answer.content, answer.headers["www-authenticate"]) == (401, b"", "Bearer")
    assert not door.heard and not door.noted.told


async def test_a_token_said_twice_is_none(door):
    one = ("Authorization", f"Bearer {signed()}")
    assert (await door.post(headers=[*KIND.items(), one, one])).status_code == 401


async def test_a_token_in_the_address_is_none(door):
    answer = await door.client.post(f"{PATH}?access_token={signed()}", content=json.dumps(activity()), headers=KIND)
    assert answer.status_code == 401


async def test_a_kind_said_twice_is_none(door):
    headers = [("Content-Type", "application/json"), ("Content-Type", "text/plain"), ("Authorization", f"Bearer {signed()}")]
    assert (await door.post(headers=headers)).status_code == 415


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp", "multipart/form-data; boundary=x"]
)
async def test_what_is_no_json_is_not_read(door, kind):
    answer = await door.post(headers={"Authorization": f"Bearer {signed()}", "Content-Type": kind})
    assert answer.status_code == 415 and not door.heard


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_it_is_knocked_in_one_way_only(door, method):
    assert (await door.client.request(method, PATH, headers={"Authorization": f"Bearer {signed()}"})).status_code == 405


@pytest.mark.parametrize("changed", [
    {"serviceUrl": "https://attacker.example/"}, {"serviceUrl": None}, {"channelId": "webchat"}, {"channelId": None},
    {"channelData": {"tenant": {"id": OTHER_TENANT}}}, {"conversation": {"id": "a:1", "tenantId": OTHER_TENANT}},
])  # fmt: skip
async def test_what_may_not_be_brought_is_forbidden(door, changed):
    answer = await door.post(activity(**changed))
    assert (answer.status_code, answer.content) == (403, b"") and not door.heard and not door.noted.told


async def test_what_is_said_twice_counts_as_it_is_handed_on(door):
    """The last of two names wins everywhere, since it is read once."""
    twice = json.dumps(activity()).replace('"serviceUrl"', '"serviceUrl": "https://attacker.example/", "serviceUrl"', 1).encode()
    assert (await door.post(twice)).status_code == 200
    other = (json.dumps(activity())[:-1] + ', "serviceUrl": "https://attacker.example/"}').encode()
    assert (await door.post(other)).status_code == 403


async def test_another_spelling_of_what_was_asked_about_stays_outside(door):
    """The SDK would read it too."""
    shadows = {"service_url": "https://attacker.example/", "channel_id": "webchat", "channel_data": {"tenant": {"id": OTHER_TENANT}}}
    assert (await door.post({**shadows, **activity(), **shadows})).status_code == 200
    told = json.dumps(door.heard[0])
    assert "attacker" not in told and "webchat" not in told and OTHER_TENANT not in told


async def test_a_body_is_read_up_to_a_bound(door):
    most = activity(text="x" * (BODY_MOST - 2_000))
    assert (await door.post(most)).status_code == 200
    assert (await door.post(activity(text="x" * BODY_MOST))).status_code == 413
    assert len(door.heard) == 1


async def test_of_who_proves_nothing_not_a_byte_is_read(door):
    read = []

    async def endless():
        for number in range(10_000):
            read.append(number)
            yield b"x" * 1000

    answer = await door.client.post(PATH, content=endless(), headers=KIND)
    assert answer.status_code == 401 and not read


BOMBS = [
    b"", b"[]", b'"x"', b"5", b"null", b"{", b"{]", b"\xff\xfe{}", b"\xef\xbb\xbf{}", b'{"a": NaN}', b'{"a": -Infinity}',
    "{}".encode("utf-16"), b"[" * 100_000, b'{"a":' * 50_000, b'{"a":' * 100 + b"1" + b"}" * 100, b'{"a": ' + b"9" * 5000 + b"}",
    b'{"a": "\x01"}', b"{'a': 1}", b'{"a": 1} {"b": 2}',
]  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
async def test_what_the_connector_would_never_send_is_a_bad_request(door, bomb):
    answer = await door.post(bomb)
    assert (answer.status_code, answer.content) == (400, b"") and not door.heard


@pytest.mark.parametrize("bomb", BOMBS)
async def test_who_proves_nothing_has_nothing_read_whatever_it_is(door, bomb):
    assert (await door.post(bomb, headers=KIND)).status_code == 401


async def test_text_comes_in_as_both_databases_can_keep_it(door):
    cut = json.dumps(activity(text="HERE")).replace("HERE", "a\\u0000b \\ud83d c \\ud83d\\ude00").encode()
    assert (await door.post(cut)).status_code == 200
    assert door.heard[0]["text"] == "ab ? c \N{GRINNING FACE}"


async def test_a_kind_that_the_sdk_does_not_know_harms_nobody(door):
    with capture_logs() as lines:
        assert (await door.post(activity(type="novelty", text="a secret"))).status_code == 200
        assert (await door.post(activity(type=None))).status_code == 200
        assert (await door.post(activity(type="invoke", name="novelty/arrived", value={}))).status_code in (200, 501)
        assert (await door.post(activity(type=5))).status_code == 400
    assert "a secret" not in str(lines) and "unknown_activity" in str(lines)


async def test_a_fault_of_ours_says_nothing_of_the_inside(door):
    answer = await door.post(activity(text="break"))
    assert answer.status_code == 500 and set(answer.json()) == {"error", "reference"} and "inside" not in answer.text


async def test_while_nobody_can_tell_the_connector_is_asked_to_come_again(door):
    door.microsoft.down = 503
    answer = await door.post()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    door.microsoft.down = 0
    door.hand.now += 10
    assert (await door.post()).status_code == 200


async def test_before_it_is_open_the_connector_is_asked_to_come_again(door, monkeypatch):
    monkeypatch.setattr(door.app.server, "_on_request", None)
    assert (await door.post()).status_code == 503


async def test_a_refusal_is_logged_by_its_reason_without_token_and_text(door):
    token = signed("attacker")
    with capture_logs() as lines:
        await door.post(activity(text="my card number"), token=token)
        await door.post(activity(text="my card number", serviceUrl="https://attacker.example/"))
    told = [line for line in lines if line["event"] == "teams_knock_refused"]
    assert [(line["reason"], line["status"]) for line in told] == [("unknown_key", 401), ("service_url_differs", 403)]
    assert token not in str(lines) and "my card number" not in str(lines) and "attacker.example" not in str(lines)


def test_who_knocks_all_night_does_not_fill_the_disk():
    hand = Hand()
    refusals = Refusals(hand)
    with capture_logs() as lines:
        for _ in range(1000):
            refusals.tell("expired", 401)
        refusals.tell("audience", 401)
        hand.now += 1
        refusals.tell("expired", 401)
    assert [(line["reason"], line["count"]) for line in lines] == [("expired", 1), ("audience", 1), ("expired", 1000)]


_json = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
_quietly = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@_quietly
@given(
    authorization=some.binary(max_size=80), body=some.binary(max_size=200), kind=some.sampled_from(["application/json", "text/plain", ""])
)
async def test_whatever_a_stranger_sends_is_refused_and_nothing_breaks(door, authorization, body, kind):
    spoken = bytes(byte for byte in authorization if byte not in b"\r\n\0")
    for token in (spoken, b"Bearer " + spoken):
        answer = await door.post(body, headers={"Authorization": token.strip(), "Content-Type": kind})
        assert (answer.status_code, answer.content) == (401, b"")
    assert not door.heard


@_quietly
@given(body=some.binary(max_size=300))
async def test_whatever_bytes_a_true_caller_sends_nothing_breaks(door, body):
    assert (await door.post(body)).status_code == 400


@_quietly
@given(
    changed=some.dictionaries(
        some.sampled_from(
            [
                "type",
                "id",
                "from",
                "recipient",
                "conversation",
                "channelData",
                "text",
                "entities",
                "value",
                "name",
                "serviceUrl",
                "channelId",
                "locale",
            ]
        ),
        _json,
    )
)
async def test_whatever_json_a_true_caller_sends_nothing_breaks(door, changed):
    answer = await door.post(json.dumps({**activity(), **changed}).encode())
    assert answer.status_code in (200, 400, 403, 501)


async def test_each_tampering_alone_keeps_the_door_shut(door):
    """A table of what an attacker with a listening post might try, each with all the rest in order."""
    attacker = private_key("attacker")
    tried = {
        "signed by another": signed(key=attacker),
        "for another app": signed(aud="another"),
        "by another issuer": signed(iss=f"https://sts.windows.net/{TENANT}/"),
        "expired": signed(exp=1),
        "not yet": signed(nbf=claims()["exp"]),
        "without a service": signed(serviceurl=None),
    }
    found = Counter([(await door.post(token=token)).status_code for token in tried.values()])
    assert found == {401: len(tried)} and not door.heard


@asynccontextmanager
async def served(routes: list[Any]) -> AsyncIterator[str]:
    """On a port of this machine, as Teams would reach us."""
    server = uvicorn.Server(uvicorn.Config(web_app(routes), port=0, log_level="warning", lifespan="off"))
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await task


async def test_no_forgery_of_another_hand_opens_the_door():
    """The fake Connector signs by code of its own."""
    _HEARD.clear()
    async with FakeTeams() as teams, plain() as web:
        teams.add_user("Ana")
        access = Access(
            teams.client_id, teams.client_secret, (teams.tenant_id,), service_url=teams.service_url, openid_url=teams.openid_url
        )
        async with served([knock(await listening(), Trust(access, web), Noted())]) as here:
            teams.bot_endpoint = here + PATH
            for how in FORGERIES:
                with teams.forging(how):
                    await teams.say("Ana", None, "let me in")
                assert teams.answers[-1].status in (401, 403) and not _HEARD, how
            await teams.say("Ana", None, "hello")
            assert teams.answers[-1].status == 200 and _HEARD[0]["text"] == "hello"


async def test_the_sdk_speaks_with_our_tokens():
    async with Microsoft() as microsoft, plain() as web:
        access = microsoft.access(tenants=(TENANT, OTHER_TENANT))
        speaks = (await open_sdk(access, Tokens(access, web))).token_provider
        bot, graph = await speaks.get_app_token(), await speaks.get_app_token(GRAPH, OTHER_TENANT)
        assert (str(bot), str(graph)) == ("token-1", "token-2")
        assert [(tenant, form["client_id"]) for tenant, form in microsoft.asked] == [(TENANT, CLIENT), (OTHER_TENANT, CLIENT)]


def test_the_sdk_is_deaf_to_what_stands_around(tmp_path):
    """A .env above us, and what the environment holds for other programs, change nothing; nor does it warn at every start."""
    (tmp_path / ".env").write_text("CLIENT_SECRET=of-somebody-else\nSTRANGE=yes\n")
    (tmp_path / "deep").mkdir()
    script = """
import asyncio, os, httpx
from bot.teams.access import Access
from bot.teams.sdk import open_sdk
from bot.teams.tokens import Tokens
async def main():
    async with httpx.AsyncClient() as web:
        access = Access(client_id="ours", client_secret="s", tenants=("t",))
        app = await open_sdk(access, Tokens(access, web))
        print(type(app.credentials).__name__, app.id, app.cloud.token_issuer, os.environ.get("STRANGE"))
asyncio.run(main())
"""
    environment = {"PYTHONPATH": str(ROOT), "CLIENT_ID": "x", "CLIENT_SECRET": "y", "CLOUD": "nowhere", "SERVICE_URL": "https://x.example"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path / "deep", env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout.split(), done.stderr) == (["TokenCredentials", "ours", "https://api.botframework.com", "None"], "")
