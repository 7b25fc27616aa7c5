"""Proves, with a real Bolt app by HTTP and by Socket Mode, the fake Slack's modals and Home tabs."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import CannotActError, FakeSlack, Limits, ManualClock
from tests.fakes.slack.sample_app import FORM, over_http, over_socket, sample_app

BUTTON = {"type": "button", "action_id": "claim", "text": {"type": "plain_text", "text": "Claim"}}
CARD = [{"type": "actions", "block_id": "acts", "elements": [BUTTON]}]
Heard = list[dict[str, Any]]


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack(limits=Limits(burst=10)) as fake:
        fake.add_user("ana", user_id="U1")
        fake.add_user("ben", user_id="U2")
        fake.add_channel("crisis", channel_id="C1", is_private=True, members=["U1"])
        yield fake


@pytest.fixture
def client(slack: FakeSlack) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.base_url, timeout=5, retry_handlers=[])


@pytest.fixture(params=["http", "socket"])
async def heard(slack: FakeSlack, request: pytest.FixtureRequest) -> AsyncIterator[Heard]:
    """What the app heard, on either road."""
    heard: Heard = []
    road = over_http if request.param == "http" else over_socket
    async with road(slack, sample_app(slack, heard)):
        yield heard


async def test_a_form_is_opened_filled_and_saved(slack: FakeSlack, heard: Heard):
    await slack.command("U1", "/crisis", "form", "C1")
    assert [v["callback_id"] for v in slack.views_open("U1")] == ["form"]
    with pytest.raises(CannotActError, match="required"):
        await slack.submit("U1")
    with pytest.raises(CannotActError, match="characters"):
        await slack.submit("U1", values={"words": "x" * 21})
    done = await slack.submit("U1", values={"words": "water"})
    assert (done.outcome, slack.views_open("U1")) == ("closed", [])
    assert heard[-1]["view"]["state"]["values"] == {"reason": {"words": {"type": "plain_text_input", "value": "water"}}}


@pytest.mark.parametrize(
    ("words", "outcome", "still_open"),
    [("wrong", "errors", 1), ("astray", "trouble", 1), ("more", "pushed", 2), ("again", "updated", 1), ("all", "cleared", 0)],
)
async def test_the_answer_to_a_form_decides_what_the_person_sees(slack: FakeSlack, heard: Heard, words: str, outcome: str, still_open: int):
    await slack.command("U1", "/crisis", "form", "C1")
    done = await slack.submit("U1", values={"reason": words})
    assert (done.outcome, len(slack.views_open("U1"))) == (outcome, still_open)
    assert done.errors == ({"reason": "say more"} if words == "wrong" else {})


async def test_a_stack_of_forms_is_three_deep(slack: FakeSlack, heard: Heard):
    await slack.command("U1", "/crisis", "form", "C1")
    outcomes = [(await slack.submit("U1", values={"reason": "more"})).outcome for _ in range(3)]
    assert outcomes == ["pushed", "pushed", "trouble"]
    await slack.close_view("U1", everything=True)
    assert (slack.views_open("U1"), heard[-1]["type"]) == ([], "view_closed")


async def test_a_trigger_works_once_and_for_three_seconds(client: AsyncWebClient, slack: FakeSlack):
    async def refusal(trigger: str) -> str:
        with pytest.raises(SlackApiError) as caught:
            await client.views_open(trigger_id=trigger, view=FORM)
        return str(caught.value.response["error"])

    trigger = slack.state.new_trigger("U1").id
    await client.views_open(trigger_id=trigger, view=FORM)
    assert (await refusal(trigger), await refusal("made.up")) == ("exchanged_trigger_id", "invalid_trigger_id")
    clock = ManualClock()
    async with FakeSlack(clock=clock) as slow:
        other = AsyncWebClient(token=slow.bot_token, base_url=slow.base_url)
        late = slow.state.new_trigger(slow.add_user("ana").id).id
        clock.advance(3.1)
        with pytest.raises(SlackApiError) as caught:
            await other.views_open(trigger_id=late, view=FORM)
        assert caught.value.response["error"] == "expired_trigger_id"


async def test_a_view_is_guarded_by_its_hash(client: AsyncWebClient, slack: FakeSlack):
    view = (await client.views_open(trigger_id=slack.state.new_trigger("U1").id, view=FORM))["view"]
    await client.views_update(view_id=view["id"], hash=view["hash"], view=FORM)
    with pytest.raises(SlackApiError) as caught:
        await client.views_update(view_id=view["id"], hash=view["hash"], view=FORM)
    assert caught.value.response["error"] == "hash_conflict"
    with pytest.raises(SlackApiError) as caught:
        await client.views_open(trigger_id=slack.state.new_trigger("U1").id, view={k: v for k, v in FORM.items() if k != "submit"})
    assert caught.value.response["error"] == "invalid_arguments"
    assert "submit is required" in caught.value.response["response_metadata"]["messages"][0]


async def test_the_home_tab_is_published_opened_and_clicked(slack: FakeSlack, client: AsyncWebClient, heard: Heard):
    await client.views_publish(user_id="U1", view={"type": "home", "blocks": CARD})
    opened = await slack.open_home("U1")
    assert opened.acknowledged
    assert (await slack.click_in_view("U1", "claim")).acknowledged
    assert [h.get("type") for h in heard] == ["event_callback", "block_actions"]
    assert heard[1]["container"]["view_id"] == slack.home_of("U1")["id"]  # type: ignore[index]


async def test_an_external_select_asks_the_app_for_its_options(slack: FakeSlack, client: AsyncWebClient):
    heard: Heard = []
    app = sample_app(slack, heard)

    @app.options("owner")
    async def options(ack: Any, payload: dict[str, Any]) -> None:
        await ack(options=[{"text": {"type": "plain_text", "text": f"{payload['value']}na"}, "value": "U1"}])

    picker = {"type": "external_select", "action_id": "owner"}
    block = {"type": "input", "block_id": "who", "label": {"type": "plain_text", "text": "Owner"}, "element": picker}
    async with over_http(slack, app):
        await client.views_open(trigger_id=slack.state.new_trigger("U1").id, view={**FORM, "blocks": [*FORM["blocks"], block]})
        [offer] = await slack.suggest("U1", "owner", "a")
        await slack.submit("U1", values={"words": "water", "owner": offer})
    assert offer["text"]["text"] == "ana"
    assert heard[-1]["view"]["state"]["values"]["who"]["owner"]["selected_option"]["value"] == "U1"


async def test_what_people_chose_keeps_its_place_when_the_view_changes(slack: FakeSlack, client: AsyncWebClient, heard: Heard):
    choices = [{"text": {"type": "plain_text", "text": word.title()}, "value": word} for word in ("press", "legal")]
    boxes = {"type": "checkboxes", "action_id": "claim", "options": choices}
    block = {"type": "section", "block_id": "tags", "text": {"type": "plain_text", "text": "Tags"}, "accessory": boxes}
    view = (await client.views_open(trigger_id=slack.state.new_trigger("U1").id, view={**FORM, "blocks": [block]}))["view"]
    await slack.click_in_view("U1", "claim", ["Press"])
    assert [o["value"] for o in heard[-1]["actions"][0]["selected_options"]] == ["press"]
    changed = (await client.views_update(view_id=view["id"], view={**FORM, "blocks": [block, *FORM["blocks"]]}))["view"]
    assert [o["value"] for o in changed["state"]["values"]["tags"]["claim"]["selected_options"]] == ["press"]
