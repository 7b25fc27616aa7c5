"""Proves that the fake Teams sends what Teams sends when people act: the sample bot hears it, the SDK's own models read it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from microsoft_teams.api import ActivityTypeAdapter
from pydantic import ValidationError

from tests.fakes.teams import CannotActError, FakeTeams, Limits, Message, card_texts
from tests.fakes.teams.sample_bot import SampleBot, asks, attached, card, executes, in_place, listening, submits, window

CRISIS = "19:crisis@thread.tacv2"
OPEN_URL = {"type": "Action.OpenUrl", "title": "Read", "url": "https://example.com/7"}
CASE = card(
    "Case #7", actions=(executes("I take it", "claim", ids="7"), asks("Write", "compose", ids="7"), submits("Old", "old"), OPEN_URL)
)
FORM = card({"type": "Input.Text", "id": "words", "label": "Words", "maxLength": 9, "isRequired": True}, actions=(submits("Save", "save"),))


@pytest.fixture
async def teams() -> AsyncIterator[FakeTeams]:
    async with FakeTeams(limits=Limits(answer_seconds=1.0)) as fake:
        fake.add_user("Ana Lee", user_id="29:ana", aad_id="aad-ana", locale="fr-FR")
        fake.add_user("Bo", user_id="29:bo", aad_id="aad-bo")
        fake.add_channel("crisis", channel_id=CRISIS)
        yield fake


@pytest.fixture
async def bot(teams: FakeTeams) -> AsyncIterator[SampleBot]:
    async with listening(SampleBot(teams)) as made:
        yield made


@pytest.fixture
def shown(teams: FakeTeams) -> Message:
    return teams.state.add_message(teams.channel("crisis"), attached(CASE), None)


async def test_an_execute_button_reaches_the_bot_with_its_verb_its_data_and_its_thread(teams: FakeTeams, bot: SampleBot, shown: Message):
    bot.answers["adaptiveCard/action"] = in_place(card("Case #7, Ana has it"))
    answer = await teams.click("Ana Lee", shown, "I take it")
    heard = bot.last
    assert (heard["type"], heard["name"], heard["channelId"], heard["locale"]) == ("invoke", "adaptiveCard/action", "msteams", "fr-FR")
    assert heard["value"]["action"] == {
        "type": "Action.Execute", "title": "I take it", "id": "", "verb": "claim", "data": {"act": "claim", "ids": "7"},
    }  # fmt: skip
    assert heard["from"] == {"id": "29:ana", "name": "Ana Lee", "aadObjectId": "aad-ana"}
    assert (heard["conversation"]["id"], heard["replyToId"]) == (f"{CRISIS};messageid={shown.id}", shown.id)
    assert heard["channelData"]["tenant"]["id"] == teams.tenant_id and heard["channelData"]["channel"]["id"] == CRISIS
    assert answer.fine and card_texts(answer.card) == ["Case #7, Ana has it"]


async def test_the_answered_card_is_seen_by_who_clicked_until_the_message_changes_for_all(teams: FakeTeams, bot: SampleBot, shown: Message):
    bot.answers["adaptiveCard/action"] = in_place(card("yours"))
    await teams.click("Bo", shown, "claim")
    assert card_texts(await teams.view("Bo", shown)) == ["yours"]
    assert card_texts(await teams.view("Ana Lee", shown))[0] == "Case #7"
    shown.change(attached(card("everybody's")))
    assert card_texts(await teams.view("Bo", shown)) == ["everybody's"]


async def test_a_word_in_answer_is_told_to_that_person_alone_and_leaves_the_card(teams: FakeTeams, bot: SampleBot, shown: Message):
    bot.answers["adaptiveCard/action"] = {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Bo has it"}
    answer = await teams.click("Ana Lee", shown, "I take it")
    assert (answer.told, teams.told("aad-ana"), teams.told("Bo")) == ("Bo has it", ["Bo has it"], [])
    assert shown.seen_by(teams.user("Ana Lee")) == CASE


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"statusCode": 500, "type": "application/vnd.microsoft.error", "value": {"code": "x", "message": "y"}},
        {"statusCode": 200, "type": "text/plain", "value": "x"},
        in_place({"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "Marquee"}]}),
    ],
)
async def test_what_the_client_cannot_show_is_said_to_be_so(teams: FakeTeams, bot: SampleBot, shown: Message, body: dict[str, object]):
    bot.answers["adaptiveCard/action"] = body
    answer = await teams.click("Ana Lee", shown, "I take it")
    assert not answer.fine and "client" in str(answer.reason)


async def test_a_button_that_asks_opens_a_dialog_and_sending_it_in_closes_it(teams: FakeTeams, bot: SampleBot, shown: Message):
    bot.answers["task/fetch"] = window("Write", FORM)
    await teams.click("Ana Lee", shown, "Write")
    assert bot.last["value"]["data"] == {"type": "task/fetch", "act": "compose", "ids": "7", "msteams": {"type": "task/fetch"}}
    opened = teams.dialog("Ana Lee")
    assert opened and opened.title == "Write" and card_texts(opened.card) == ["Words", "Save"] and teams.dialog("Bo") is None
    await teams.submit("Ana Lee", {"words": "sorry"})
    assert (bot.last["name"], bot.last["value"]["data"]) == ("task/submit", {"act": "save", "words": "sorry"})
    assert bot.last["conversation"]["id"] == f"{CRISIS};messageid={shown.id}" and teams.dialog("Ana Lee") is None
    assert "replyToId" not in bot.last


async def test_a_dialog_can_be_followed_by_another_and_by_a_last_word(teams: FakeTeams, bot: SampleBot, shown: Message):
    bot.answers |= {"task/fetch": window("Write", FORM), "task/submit": window("Again", FORM)}
    await teams.click("Bo", shown, "compose")
    await teams.submit("Bo", {"words": "one"})
    assert teams.dialog("Bo").title == "Again"
    bot.answers["task/submit"] = {"task": {"type": "message", "value": "Sent"}}
    answer = await teams.submit("Bo", {"words": "two"})
    assert (answer.told, teams.told("Bo"), teams.dialog("Bo")) == ("Sent", ["Sent"], None)


async def test_a_dialog_that_executes_is_not_shown(teams: FakeTeams, bot: SampleBot, shown: Message):
    bot.answers["task/fetch"] = window("Write", CASE)
    answer = await teams.click("Bo", shown, "Write")
    assert "Action.Execute does nothing in a dialog" in str(answer.reason) and teams.dialog("Bo") is None


async def test_people_cannot_do_what_the_client_would_not_let_them(teams: FakeTeams, bot: SampleBot, shown: Message):
    bot.answers["task/fetch"] = window("Write", FORM)
    for call in (
        teams.click("Ana Lee", shown, "Nothing"),
        teams.click("Ana Lee", "1", "Write"),
        teams.submit("Ana Lee"),
        teams.say("Eve", None, "x"),
    ):
        with pytest.raises(CannotActError):
            await call
    await teams.click("Ana Lee", shown, "Write")
    for values in ({}, {"words": "much too long"}, {"other": "x"}):
        with pytest.raises(CannotActError):
            await teams.submit("Ana Lee", values)


async def test_an_old_button_comes_as_a_message_with_a_value(teams: FakeTeams, bot: SampleBot, shown: Message):
    await teams.click("Bo", shown, "Old")
    assert (bot.last["type"], bot.last["value"], bot.last["replyToId"]) == ("message", {"act": "old"}, shown.id)
    assert "text" not in bot.last


async def test_a_button_that_leads_somewhere_asks_nobody(teams: FakeTeams, bot: SampleBot, shown: Message):
    assert (await teams.click("Bo", shown, "Read")).url == "https://example.com/7" and bot.heard == []


async def test_the_bot_hears_in_a_channel_what_mentions_it_and_everything_in_a_chat(teams: FakeTeams, bot: SampleBot):
    await teams.say("Ana Lee", "crisis", "nobody is called")
    await teams.say("Ana Lee", "crisis", "@Tocsin give 7 to @Bo")
    await teams.say("Bo", None, "status")
    first, second = bot.heard
    assert first["text"] == "<at>Tocsin</at> give 7 to <at>Bo</at>"
    assert [one["mentioned"]["id"] for one in first["entities"] if one["type"] == "mention"] == [f"28:{teams.client_id}", "29:bo"]
    assert first["conversation"]["id"] == f"{CRISIS};messageid={first['id']}" and first["conversation"]["conversationType"] == "channel"
    assert (second["text"], second["conversation"]["conversationType"], second["conversation"]["id"]) == (
        "status",
        "personal",
        teams.chat("Bo").id,
    )
    assert [one.text for one in teams.channel("crisis").messages] == ["nobody is called", "@Tocsin give 7 to @Bo"]


async def test_what_is_said_in_a_thread_names_the_thread(teams: FakeTeams, bot: SampleBot, shown: Message):
    said = await teams.say("Bo", "crisis", "@Tocsin help", thread=shown.id)
    assert bot.last["conversation"]["id"] == f"{CRISIS};messageid={shown.id}" and shown.replies == [said]


async def test_an_extension_on_a_message_brings_the_message_with_it(teams: FakeTeams, bot: SampleBot):
    said = await teams.say("Ana Lee", "crisis", "a <b> customer called")
    bot.answers |= {
        "composeExtension/fetchTask": window("Case", FORM),
        "composeExtension/submitAction": {"task": {"type": "message", "value": "Kept"}},
    }
    await teams.extend("Bo", said, "makeCase")
    about = bot.last["value"]
    assert (about["commandId"], about["commandContext"], about["messagePayload"]["id"]) == ("makeCase", "message", said.id)
    assert about["messagePayload"]["from"]["user"]["displayName"] == "Ana Lee"
    await teams.submit("Bo", {"words": "hm"})
    assert (bot.last["name"], bot.last["value"]["data"]["words"], bot.last["value"]["commandId"]) == (
        "composeExtension/submitAction",
        "hm",
        "makeCase",
    )
    assert teams.told("Bo") == ["Kept"]


async def test_a_card_is_refreshed_for_those_whom_it_names_when_it_is_older_than_a_minute(teams: FakeTeams, bot: SampleBot):
    refresh = {"action": {"type": "Action.Execute", "verb": "refresh", "data": {"ids": "7"}}, "userIds": ["29:ana"]}
    shown = teams.state.add_message(teams.channel("crisis"), attached({**CASE, "refresh": refresh}), None)
    bot.answers["adaptiveCard/action"] = in_place(card("fresh"))
    assert card_texts(await teams.view("Ana Lee", shown)) == ["fresh"]
    assert bot.last["value"]["trigger"] == "automatic" and bot.last["value"]["action"]["verb"] == "refresh"
    await teams.view("Ana Lee", shown)
    assert card_texts(await teams.view("Bo", shown))[0] == "Case #7" and len(bot.heard) == 1
    await teams.refresh("Bo", shown)
    assert bot.last["value"]["trigger"] == "manual" and card_texts(await teams.view("Bo", shown)) == ["fresh"]


async def test_the_bot_is_told_when_it_and_others_come_and_go(teams: FakeTeams, bot: SampleBot):
    (team,) = teams.state.teams.values()
    await teams.remove_bot(team, "Ana Lee")
    await teams.add_bot(team, "Ana Lee")
    await teams.leave("Bo", team)
    await teams.join("Bo", team)
    await teams.install("Bo")
    told = [(one["type"], one.get("action") or one["channelData"].get("eventType")) for one in bot.heard]
    assert told == [
        ("conversationUpdate", "teamMemberRemoved"),
        ("installationUpdate", "remove"),
        ("conversationUpdate", "teamMemberAdded"),
        ("installationUpdate", "add"),
        ("conversationUpdate", "teamMemberRemoved"),
        ("conversationUpdate", "teamMemberAdded"),
        ("conversationUpdate", None),
        ("installationUpdate", "add"),
    ]
    assert bot.heard[2]["membersAdded"][0]["id"] == bot.heard[2]["recipient"]["id"]
    assert bot.heard[5]["membersAdded"] == [teams.user("Bo").account]


async def test_an_answer_that_comes_too_late_is_lost_and_the_activity_comes_again(teams: FakeTeams, bot: SampleBot):
    teams.limits.answer_seconds = 0.2
    bot.delays = [0.5]
    await teams.say("Bo", None, "status")
    await asyncio.sleep(0)
    assert [one["id"] for one in bot.heard] == [bot.heard[0]["id"]] * 2
    assert [one.reason for one in teams.answers] == ["lost", None]


async def test_an_activity_can_be_made_to_come_twice(teams: FakeTeams, bot: SampleBot, shown: Message):
    bot.answers["adaptiveCard/action"] = lambda heard: in_place(card(f"answer {len(bot.heard)}"))
    answer = await teams.click("Bo", shown, "I take it", redeliver=True)
    assert [one["id"] for one in bot.heard] == [bot.heard[0]["id"]] * 2
    assert answer.attempts == 2 and card_texts(answer.card) == ["answer 2"]


async def test_a_bot_that_is_not_there_is_not_reached(teams: FakeTeams, shown: Message):
    teams.bot_endpoint = "http://127.0.0.1:1/api/messages"
    assert (await teams.click("Bo", shown, "I take it")).reason == "connection_failed"


async def test_the_models_of_the_sdk_read_everything_that_is_sent(teams: FakeTeams, bot: SampleBot, shown: Message):
    bot.answers |= {
        "adaptiveCard/action": in_place(CASE),
        "task/fetch": window("Write", FORM),
        "composeExtension/fetchTask": window("x", FORM),
    }
    (team,) = teams.state.teams.values()
    for wanted in ("claim", "compose", "old"):
        await teams.click("Bo", shown, wanted)
    await teams.submit("Bo", {"words": "x"})
    said = await teams.say("Ana Lee", "crisis", "a customer called")
    await teams.extend("Bo", said, "makeCase")
    await teams.submit("Bo", {"words": "x"})
    await teams.say("Bo", "crisis", "@Tocsin hi")
    await teams.add_bot(team, "Bo")
    await teams.install("Bo")
    read = [ActivityTypeAdapter.validate_python(one) for one in bot.heard]
    assert [type(one).__name__ for one in read] == [
        "AdaptiveCardInvokeActivity",
        "TaskFetchInvokeActivity",
        "MessageActivity",
        "TaskSubmitInvokeActivity",
        "MessageExtensionFetchTaskInvokeActivity",
        "MessageExtensionSubmitActionInvokeActivity",
        "MessageActivity",
        "ConversationUpdateActivity",
        "InstalledActivity",
        "ConversationUpdateActivity",
        "InstalledActivity",
    ]


async def test_the_models_of_the_sdk_refuse_two_things_that_teams_sends(teams: FakeTeams, bot: SampleBot):
    """Whoever reads with them must mend these first: an automatic refresh, and an extension used on a message of a bot."""
    refresh = {"action": {"type": "Action.Execute", "verb": "refresh"}, "userIds": ["29:ana"]}
    shown = teams.state.add_message(teams.channel("crisis"), attached({**CASE, "refresh": refresh}), None)
    await teams.view("Ana Lee", shown)
    await teams.extend("Ana Lee", shown, "makeCase")
    for heard, where in zip(bot.heard, ("trigger", "applicationIdentityType"), strict=True):
        with pytest.raises(ValidationError, match=where):
            ActivityTypeAdapter.validate_python(heard)
