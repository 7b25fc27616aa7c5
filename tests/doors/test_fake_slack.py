"""Proves the fake Slack's Web API with the real SDK: whatever is built on it may trust it."""

import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import FakeSlack, Limits

NOTE = [{"type": "section", "text": {"type": "mrkdwn", "text": "A customer writes"}}]
CARD = [*NOTE, {"type": "divider"}]


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack(limits=Limits(burst=10)) as fake:
        fake.add_user("ana", user_id="U1", email="ana@example.com")
        fake.add_channel("crisis", channel_id="C1", is_private=True)
        yield fake


@pytest.fixture
def client(slack: FakeSlack) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.base_url, timeout=5)


async def refusal(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


@pytest.mark.alone
async def test_it_starts_in_less_than_a_third_of_a_second():
    started = time.monotonic()
    async with FakeSlack():
        assert time.monotonic() - started < 0.3


async def test_the_sdk_posts_changes_reads_and_deletes_a_message(slack: FakeSlack, client: AsyncWebClient):
    posted = await client.chat_postMessage(channel="C1", text="hello", blocks=CARD)
    await client.chat_update(channel="C1", ts=posted["ts"], text="changed", blocks=NOTE)
    seen = (await client.conversations_history(channel="C1"))["messages"]
    assert [(m["text"], len(m["blocks"]), m["bot_id"]) for m in seen] == [("changed", 1, slack.state.bot_id)]
    assert [len(v["blocks"]) for v in slack.channel("C1").versions[posted["ts"]]] == [2, 1]
    await client.chat_delete(channel="C1", ts=posted["ts"])
    assert slack.channel("crisis").messages == []


async def test_an_update_with_text_alone_removes_the_blocks_and_one_with_neither_is_refused(client: AsyncWebClient):
    posted = await client.chat_postMessage(channel="C1", text="hello", blocks=CARD)
    answer = await client.chat_update(channel="C1", ts=posted["ts"], text="only words")
    assert "blocks" not in answer["message"]
    assert await refusal(client.api_call("chat.update", json={"channel": "C1", "ts": posted["ts"]})) == "no_text"


async def test_auth_test_names_the_bot_and_its_scopes(slack: FakeSlack, client: AsyncWebClient):
    slack.token().scopes = {"chat:write", "commands"}
    answer = await client.auth_test()
    assert (answer["user_id"], answer["bot_id"]) == (slack.state.bot_user, slack.state.bot_id)
    assert answer.headers["x-oauth-scopes"] == "chat:write,commands"


async def test_a_token_without_the_scope_is_told_which_one_it_needs(slack: FakeSlack, client: AsyncWebClient):
    slack.token().scopes.discard("chat:write")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C1", text="x")
    assert (caught.value.response["error"], caught.value.response["needed"]) == ("missing_scope", "chat:write")
    slack.token().scopes.discard("groups:history")
    assert await refusal(client.conversations_history(channel="C1")) == "missing_scope"


@pytest.mark.parametrize("trouble", ["token_revoked", "account_inactive", "invalid_auth"])
async def test_a_token_in_trouble_is_refused_everywhere(slack: FakeSlack, client: AsyncWebClient, trouble: str):
    slack.token().trouble = trouble
    assert await refusal(client.auth_test()) == trouble
    assert await refusal(client.chat_postMessage(channel="C1", text="x")) == trouble


async def test_the_wrong_kind_of_token_and_none_at_all_are_refused(slack: FakeSlack, client: AsyncWebClient):
    assert await refusal(client.apps_connections_open(app_token=slack.bot_token)) == "not_allowed_token_type"
    assert await refusal(AsyncWebClient(token="xoxb-other", base_url=slack.base_url).auth_test()) == "invalid_auth"
    assert await refusal(AsyncWebClient(base_url=slack.base_url).auth_test()) == "not_authed"
    assert await refusal(client.api_call("chat.shout")) == "unknown_method"


async def test_posting_is_refused_where_slack_refuses_it(slack: FakeSlack, client: AsyncWebClient):
    slack.add_channel("old", channel_id="C2", is_archived=True)
    slack.add_channel("elsewhere", channel_id="C3", bot=False)
    slack.add_channel("secret", channel_id="C4", bot=False, is_private=True)
    slack.add_user("gone", user_id="U9", deleted=True)
    answers = {channel: await refusal(client.chat_postMessage(channel=channel, text="x")) for channel in ("C2", "C3", "C4", "C5", "U9")}
    assert answers == {
        "C2": "is_archived",
        "C3": "not_in_channel",
        "C4": "channel_not_found",
        "C5": "channel_not_found",
        "U9": "user_disabled",
    }
    assert await refusal(client.api_call("chat.postMessage", json={"channel": "C1", "text": ""})) == "no_text"
    assert await refusal(client.chat_postMessage(channel="C1", text="x", thread_ts="1.000001")) == "thread_not_found"
    assert await refusal(client.chat_postMessage(text="x", channel="")) == "invalid_arguments"


async def test_only_own_messages_can_be_changed_or_deleted(slack: FakeSlack, client: AsyncWebClient):
    said = await slack.say("U1", "C1", "mine")
    assert await refusal(client.chat_update(channel="C1", ts=said["ts"], text="x")) == "cant_update_message"
    assert await refusal(client.chat_delete(channel="C1", ts=said["ts"])) == "cant_delete_message"
    assert await refusal(client.chat_update(channel="C1", ts="1.000001", text="x")) == "message_not_found"


async def test_invalid_blocks_come_with_the_places_that_are_wrong(client: AsyncWebClient):
    empty = [{"type": "actions", "elements": []}]
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C1", text="x", blocks=empty)
    assert caught.value.response["error"] == "invalid_blocks"
    assert caught.value.response["response_metadata"]["messages"] == [
        "[ERROR] no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"
    ]
    long = [{"type": "section", "text": {"type": "plain_text", "text": "x" * 2900}}] * 5
    assert await refusal(client.chat_postMessage(channel="C1", text="x", blocks=long)) == "msg_blocks_too_long"


async def test_a_long_text_is_cut_when_posted_and_refused_when_updated(client: AsyncWebClient):
    posted = await client.chat_postMessage(channel="C1", text="x" * 40_001)
    assert (len(posted["message"]["text"]), posted["response_metadata"]["warnings"]) == (40_000, ["message_truncated"])
    assert await refusal(client.chat_update(channel="C1", ts=posted["ts"], text="x" * 4_001)) == "msg_too_long"


async def test_metadata_comes_back_from_history_and_replies_only_when_asked_for(client: AsyncWebClient):
    marked = {"event_type": "tocsin", "event_payload": {"key": "outbox-7"}}
    parent = await client.chat_postMessage(channel="C1", text="card", metadata=marked)
    await client.chat_postMessage(channel="C1", text="reply", thread_ts=parent["ts"], metadata=marked)
    history = await client.conversations_history(channel="C1", include_all_metadata=True)
    replies = await client.conversations_replies(channel="C1", ts=parent["ts"], include_all_metadata=True)
    silent = await client.conversations_history(channel="C1")
    assert [m["metadata"] for m in history["messages"] + replies["messages"]] == [marked] * 3
    assert "metadata" not in silent["messages"][0]
    assert await refusal(client.chat_postMessage(channel="C1", text="x", metadata={"event_type": "a b"})) == "invalid_metadata_schema"


async def test_replies_are_counted_and_stay_out_of_the_channel(slack: FakeSlack, client: AsyncWebClient):
    parent = await client.chat_postMessage(channel="C1", text="card")
    first = await client.chat_postMessage(channel="C1", text="one", thread_ts=parent["ts"])
    await client.chat_postMessage(channel="C1", text="two", thread_ts=first["ts"])
    [top] = (await client.conversations_history(channel="C1"))["messages"]
    assert (top["reply_count"], [m["text"] for m in slack.channel("C1").thread(parent["ts"])]) == (2, ["card", "one", "two"])
    await client.chat_delete(channel="C1", ts=parent["ts"])
    [grave] = (await client.conversations_history(channel="C1"))["messages"]
    assert (grave["subtype"], grave["reply_count"]) == ("tombstone", 2)


async def test_ts_is_unique_and_rising_and_history_pages_by_cursor(slack: FakeSlack, client: AsyncWebClient):
    for number in range(25):
        await slack.say("U1", "C1", str(number))
    stamps = [m["ts"] for m in slack.channel("C1").messages]
    assert stamps == sorted(set(stamps), key=float)
    texts = []
    async for part in await client.conversations_history(channel="C1", limit=10):
        texts += [m["text"] for m in part["messages"]]
    assert texts == [str(n) for n in reversed(range(25))]
    newer = await client.conversations_history(channel="C1", oldest=stamps[22])
    assert [m["text"] for m in newer["messages"]] == ["24", "23"]


async def test_channels_people_and_direct_conversations_are_described(slack: FakeSlack, client: AsyncWebClient):
    slack.add_channel("partners", channel_id="C2", is_ext_shared=True)
    shared = (await client.conversations_info(channel="C2"))["channel"]
    private = (await client.conversations_info(channel="C1"))["channel"]
    assert (shared["is_ext_shared"], private["is_private"], private["is_ext_shared"]) == (True, True, False)
    listed = await client.conversations_list(types="public_channel,private_channel")
    assert {c["id"] for c in listed["channels"]} == {"C1", "C2"}
    assert (await client.users_lookupByEmail(email="ANA@example.com"))["user"]["id"] == "U1"
    assert await refusal(client.users_lookupByEmail(email="no@example.com")) == "users_not_found"
    slack.token().scopes.discard("users:read.email")
    assert "email" not in (await client.users_info(user="U1"))["user"]["profile"]
    opened = (await client.conversations_open(users="U1"))["channel"]["id"]
    posted = await client.chat_postMessage(channel="U1", text="psst")
    assert (posted["channel"], [m["text"] for m in slack.messages_to("U1")]) == (opened, ["psst"])


async def test_a_conversation_with_several_people_is_found_again(slack: FakeSlack, client: AsyncWebClient):
    slack.add_user("ben", user_id="U2")
    first = (await client.conversations_open(users=["U1", "U2"]))["channel"]["id"]
    again = (await client.conversations_open(users="U2,U1"))["channel"]["id"]
    assert first == again
    assert (await client.conversations_info(channel=first))["channel"]["is_mpim"]
    assert await refusal(client.conversations_open(users="U7")) == "user_not_found"


async def test_joining_works_for_public_channels_only(slack: FakeSlack, client: AsyncWebClient):
    slack.add_channel("open", channel_id="C2", bot=False)
    slack.add_channel("closed", channel_id="C3", bot=False, is_private=True)
    assert (await client.conversations_join(channel="C2"))["channel"]["is_member"]
    assert await refusal(client.conversations_join(channel="C3")) == "channel_not_found"
    assert slack.state.bot_user in (await client.conversations_members(channel="C2"))["members"]


async def test_an_ephemeral_message_reaches_one_person_who_must_be_there(slack: FakeSlack, client: AsyncWebClient):
    slack.add_user("late", user_id="U2")
    await client.chat_postEphemeral(channel="C1", user="U1", text="only you")
    assert [m["text"] for m in slack.messages_to("U1")] == ["only you"]
    assert slack.channel("C1").messages == []
    assert await refusal(client.chat_postEphemeral(channel="C1", user="U2", text="x")) == "user_not_in_channel"


async def test_a_file_goes_up_by_the_external_flow(slack: FakeSlack, client: AsyncWebClient):
    answer = await client.files_upload_v2(channel="C1", filename="report.csv", content="a,b\n1,2\n", initial_comment="here")
    [message] = slack.channel("C1").messages
    assert (message["text"], message["files"][0]["name"]) == ("here", "report.csv")
    assert slack.state.files[answer["files"][0]["id"]]["content"] == b"a,b\n1,2\n"


async def test_a_form_encoded_call_without_the_sdk_works_as_well(slack: FakeSlack):
    form = {"token": slack.bot_token, "channel": "crisis", "blocks": '[{"type":"divider"}]', "text": "by form"}
    async with aiohttp.ClientSession() as session, session.post(slack.base_url + "chat.postMessage", data=form) as response:
        assert (await response.json())["ok"]
    assert slack.channel("C1").messages[0]["blocks"][0]["type"] == "divider"


async def test_a_reaction_and_a_permalink(slack: FakeSlack, client: AsyncWebClient):
    posted = await client.chat_postMessage(channel="C1", text="x")
    await client.reactions_add(channel="C1", timestamp=posted["ts"], name="eyes")
    assert slack.channel("C1").messages[0]["reactions"][0]["name"] == "eyes"
    assert await refusal(client.reactions_add(channel="C1", timestamp=posted["ts"], name="eyes")) == "already_reacted"
    link = (await client.chat_getPermalink(channel="C1", message_ts=posted["ts"]))["permalink"]
    assert link.endswith(f"/archives/C1/p{posted['ts'].replace('.', '')}")


async def test_a_transcript_shows_threads_and_escapes_what_people_wrote(slack: FakeSlack, client: AsyncWebClient):
    parent = await slack.say("U1", "C1", "<script>")
    await client.chat_postMessage(channel="C1", text="reply", blocks=NOTE, thread_ts=parent["ts"])
    data = slack.transcript("C1")
    assert [r["author"]["is_bot"] for r in data["messages"][0]["replies"]] == [True]
    page = slack.transcript_html("C1")
    assert "&lt;script&gt;" in page
    assert "<script>" not in page
