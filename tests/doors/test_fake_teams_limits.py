"""Proves that the fake Teams refuses whoever goes over its limits, and fails when it is told to."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.fakes.teams import FakeTeams, Limits, ManualClock
from tests.fakes.teams.sample_bot import attached, card, submits

CRISIS = "19:crisis@thread.tacv2"
SAID = attached(card("x"))


@pytest.fixture
async def teams() -> AsyncIterator[FakeTeams]:
    async with FakeTeams(clock=ManualClock()) as fake:
        for number in range(60):
            fake.add_user(f"Person {number}")
        fake.add_channel("crisis", channel_id=CRISIS)
        fake.add_channel("ordinary")
        yield fake


@pytest.fixture
async def web(teams: FakeTeams) -> AsyncIterator[httpx.AsyncClient]:
    form = {"grant_type": "client_credentials", "client_id": teams.client_id, "client_secret": teams.client_secret}
    async with httpx.AsyncClient(base_url=teams.service_url, timeout=2) as client:
        asked = {**form, "scope": "https://api.botframework.com/.default"}
        token = (await client.post(f"{teams.login_url}/{teams.tenant_id}/oauth2/v2.0/token", data=asked)).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


def to(conversation: str) -> str:
    return f"v3/conversations/{conversation}/activities"


async def sent(web: httpx.AsyncClient, count: int, conversation: str = CRISIS) -> list[int]:
    return [(await web.post(to(conversation), json=SAID)).status_code for _ in range(count)]


async def test_seven_are_taken_in_a_second_and_eight_in_two(teams: FakeTeams, web: httpx.AsyncClient):
    assert await sent(web, 8) == [201] * 7 + [429]
    teams.clock.advance(1.0)
    assert await sent(web, 2) == [201, 429]
    assert [one.limit for one in teams.rate_limited] == ["conversation"] * 2


async def test_sixty_are_taken_in_thirty_seconds_and_eighteen_hundred_in_an_hour(teams: FakeTeams, web: httpx.AsyncClient):
    teams.limits.sends, teams.limits.tenant_per_second = ((30.0, 60), (300.0, 70)), 1000
    assert await sent(web, 61) == [201] * 60 + [429]
    teams.clock.advance(30.0)
    assert await sent(web, 11) == [201] * 10 + [429]
    teams.clock.advance(270.0)
    assert await sent(web, 1) == [201]
    assert Limits().sends[-1] == (3600.0, 1800)


async def test_who_is_refused_is_told_how_long_to_wait_and_then_it_works(teams: FakeTeams, web: httpx.AsyncClient):
    await sent(web, 7)
    refused = await web.post(to(CRISIS), json=SAID)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert refused.json() == {"error": {"code": "Throttled", "message": "Too many requests."}}
    teams.clock.advance(int(refused.headers["Retry-After"]))
    assert await sent(web, 1) == [201]


async def test_a_channel_its_threads_and_changes_there_count_as_one_and_another_conversation_for_itself(
    teams: FakeTeams, web: httpx.AsyncClient
):
    root = (await web.post(to(CRISIS), json=SAID)).json()["id"]
    await sent(web, 3, f"{CRISIS};messageid={root}")
    for _ in range(3):
        await web.put(f"{to(CRISIS)}/{root}", json=SAID)
    assert await sent(web, 1) == [429] and await sent(web, 1, f"{CRISIS};messageid={root}") == [429]
    assert await sent(web, 1, teams.channel("ordinary").id) == [201]
    assert await sent(web, 1, teams.chat("Person 1").id) == [201]


async def test_all_conversations_together_take_fifty_a_second(teams: FakeTeams, web: httpx.AsyncClient):
    chats = [teams.chat(f"Person {number}").id for number in range(51)]
    statuses = [(await sent(web, 1, chat))[0] for chat in chats]
    assert statuses == [201] * 50 + [429] and teams.rate_limited[-1].limit == "tenant"


async def test_asking_who_is_there_has_a_limit_of_its_own(teams: FakeTeams, web: httpx.AsyncClient):
    statuses = [(await web.get(f"v3/conversations/{CRISIS}/members")).status_code for _ in range(15)]
    assert statuses == [200] * 14 + [429] and await sent(web, 1) == [201]


async def test_the_limits_can_be_switched_off(teams: FakeTeams, web: httpx.AsyncClient):
    teams.limits.enforce = False
    assert await sent(web, 20) == [201] * 20


async def test_a_message_over_100_kb_as_utf16_is_too_big_and_images_do_not_count(web: httpx.AsyncClient):
    refused = await web.post(to(CRISIS), json={"type": "message", "text": "é" * 51_200})
    assert (refused.status_code, refused.json()["error"]["code"]) == (413, "MessageSizeTooBig")
    assert (await web.post(to(CRISIS), json={"type": "message", "text": "é" * 51_000})).status_code == 201
    picture = {"contentType": "image/png", "contentUrl": "data:image/png;base64," + "A" * 900_000}
    assert (await web.post(to(CRISIS), json={"type": "message", "attachments": [picture]})).status_code == 201
    picture["contentUrl"] += "A" * 600_000
    assert (await web.post(to(CRISIS), json={"type": "message", "attachments": [picture]})).status_code == 413


@pytest.mark.parametrize(
    "activity",
    [
        {"type": "message"},
        {"type": "shout", "text": "x"},
        {"type": "message", "attachments": [{"contentType": "text/x-poem", "content": "x"}]},
        {"type": "message", "attachments": [{"contentType": "image/png"}]},
        attached({"type": "AdaptiveCard", "version": "1.6", "body": []}),
        [],
    ],
)
async def test_what_is_no_message_is_refused(web: httpx.AsyncClient, activity: object):
    assert (await web.post(to(CRISIS), json=activity)).status_code == 400


async def test_a_card_that_clients_show_badly_is_taken_and_noted(teams: FakeTeams, web: httpx.AsyncClient):
    large = card(*("x" * 1000 for _ in range(30)))
    assert (await web.post(to(CRISIS), json=attached(large))).status_code == 201
    assert "over 28672" in teams.warned[0]


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("429:7", 429, "Throttled"),
        ("412", 412, "PreconditionFailed"),
        ("500", 500, "ServiceError"),
        ("502", 502, "ServiceError"),
        ("error:403:BotDisabledByAdmin", 403, "BotDisabledByAdmin"),
    ],
)
async def test_the_next_call_fails_as_it_was_planned_and_is_not_carried_out(
    teams: FakeTeams, web: httpx.AsyncClient, kind: str, status: int, code: str
):
    teams.faults.next("send", kind)
    failed = await web.post(to(CRISIS), json=SAID)
    assert (failed.status_code, failed.json()["error"]["code"]) == (status, code)
    assert failed.headers.get("Retry-After") == ("7" if status == 429 else None)
    assert teams.channel("crisis").messages == [] and await sent(web, 1) == [201]


async def test_a_gateway_and_garbage_speak_no_json(teams: FakeTeams, web: httpx.AsyncClient):
    for kind in ("503", "504", "garbage"):
        teams.faults.next("send", kind)
        with pytest.raises(json.JSONDecodeError):
            (await web.post(to(CRISIS), json=SAID)).json()


@pytest.mark.parametrize(("kind", "error"), [("timeout", httpx.ReadTimeout), ("close", httpx.RemoteProtocolError)])
async def test_a_message_can_be_taken_and_the_answer_lost(teams: FakeTeams, web: httpx.AsyncClient, kind: str, error: type[Exception]):
    teams.faults.next("send", f"{kind}_after_accept")
    teams.faults.next("send", kind)
    for _ in range(2):
        with pytest.raises(error):
            await web.post(to(CRISIS), json=SAID, timeout=0.3)
    assert len(teams.channel("crisis").messages) == 1


async def test_a_message_can_be_taken_and_the_answer_say_that_it_was_not(teams: FakeTeams, web: httpx.AsyncClient):
    teams.faults.next("send", "502_after_accept")
    assert await sent(web, 1) == [502] and len(teams.channel("crisis").messages) == 1


async def test_a_share_of_calls_fails_the_same_way_for_the_same_seed(teams: FakeTeams, web: httpx.AsyncClient):
    teams.limits.enforce = False
    runs = []
    for _ in range(2):
        teams.faults.chance({"502": 0.3, "412": 0.2}, seed=7)
        runs.append(await sent(web, 20))
    assert runs[0] == runs[1] and {502, 412, 201} == set(runs[0])


async def test_a_slow_call_ends_well(teams: FakeTeams, web: httpx.AsyncClient):
    teams.faults.next("update", "slow:0.2")
    root = (await web.post(to(CRISIS), json=SAID)).json()["id"]
    started = asyncio.get_running_loop().time()
    assert (await web.put(f"{to(CRISIS)}/{root}", json=SAID)).status_code == 200
    assert asyncio.get_running_loop().time() - started >= 0.2


async def test_an_unknown_fault_is_refused(teams: FakeTeams):
    with pytest.raises(ValueError, match="no such fault"):
        teams.faults.next("send", "418")


async def test_a_token_ends_when_its_time_is_over(teams: FakeTeams, web: httpx.AsyncClient):
    teams.clock.advance(3600)
    assert (await web.post(to(CRISIS), json=SAID)).status_code == 401


async def test_teams_can_be_down_or_not_there_at_all_and_come_back_at_the_same_place(teams: FakeTeams, web: httpx.AsyncClient):
    teams.down = True
    assert await sent(web, 1) == [503]
    teams.down = "refuse"
    with pytest.raises(httpx.RemoteProtocolError):
        await sent(web, 1)
    teams.down = False
    await teams.stop_listening()
    async with httpx.AsyncClient(base_url=teams.service_url, headers=web.headers) as another:
        with pytest.raises(httpx.ConnectError):
            await sent(another, 1)
        await teams.listen()
        assert await sent(another, 1) == [201]


async def test_every_call_is_written_down_with_its_answer(teams: FakeTeams, web: httpx.AsyncClient):
    await web.post(to(CRISIS), json=attached(card("x", actions=(submits("A", "a"),))))
    await web.delete(f"{to(CRISIS)}/1")
    kept = [(one.operation, one.conversation, one.answer) for one in teams.calls[-2:]]
    assert kept == [("send", CRISIS, "ok"), ("delete", CRISIS, "ActivityNotFoundInConversation")]
    assert teams.calls_of("send")[0].body["attachments"][0]["content"]["actions"][0]["title"] == "A"
