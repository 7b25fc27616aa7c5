"""/api/messages lets in what the Bot Connector has signed for us and hands it to the SDK; whoever else knocks learns nothing."""

import json
from collections import Counter

import pytest
from structlog.testing import capture_logs

from bot.teams.access import Access
from bot.teams.route import BODY_MOST, PATH, Refusals, knock
from bot.teams.trust import Trust
from tests.doors.teams_keys import OTHER_TENANT, SERVICE, TENANT, Hand, activity, claims, plain, private_key, signed
from tests.doors.teams_knocking import HEARD, KIND, Noted, knocking, listening, served
from tests.fakes.teams import FORGERIES, FakeTeams

pytestmark = pytest.mark.filterwarnings("ignore:The bot client is deprecated:DeprecationWarning")  # the SDK uses it itself


@pytest.fixture
async def door():
    async with knocking() as one:
        yield one


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


async def test_no_forgery_of_another_hand_opens_the_door():
    """The fake Connector signs by code of its own."""
    HEARD.clear()
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
                assert teams.answers[-1].status in (401, 403) and not HEARD, how
            await teams.say("Ana", None, "hello")
            assert teams.answers[-1].status == 200 and HEARD[0]["text"] == "hello"
