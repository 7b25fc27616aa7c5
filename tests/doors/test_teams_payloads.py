"""What Teams sends, as our own values: activities in the shapes that Microsoft's pages give."""

import pytest

from bot.teams.payloads import delivery_of, is_direct, is_for_us, place_of, pointed_at, pressed, readable, said, who_acts
from bot.teams.typed import ShowHome, heard
from handlers.commands import Help, ShowStatus, TakeNext
from handlers.insight.commands import ListDigests, Subscribe
from handlers.ports import Who

US = {"id": "28:bot", "name": "Tocsin"}
ANA = {"id": "29:ana", "name": "Ana", "aadObjectId": "aad-ana"}
CHANNEL = {"id": "19:crisis@thread.tacv2;messageid=100", "conversationType": "channel", "tenantId": "t"}
CHAT = {"id": "a:ana", "conversationType": "personal", "tenantId": "t"}


def activity(**given):
    return {"type": "message", "id": "f:1", "from": ANA, "recipient": US, "conversation": CHANNEL, **given}


def mention(who, text):
    return {"type": "mention", "mentioned": who, "text": text}


def invoke(name, value, **given):
    return activity(type="invoke", name=name, value=value, **given)


def test_a_person_is_known_by_their_account_in_entra():
    assert who_acts(activity()) == Who("teams", "aad-ana")
    assert who_acts(activity(**{"from": {"id": "29:guest"}})) == Who("teams", "29:guest")
    assert who_acts({}) == Who("teams", "")


def test_a_channel_s_conversation_tells_its_thread():
    assert place_of(activity()) == ("19:crisis@thread.tacv2", "100")
    assert place_of(activity(conversation=CHAT)) == ("a:ana", "")
    assert (is_direct(activity()), is_direct(activity(conversation=CHAT))) == (False, True)


def test_a_button_of_a_card():
    value = {"action": {"type": "Action.Execute", "verb": "tag", "data": {"act": "tag", "ids": "7:phishing"}}}
    click = pressed(invoke("adaptiveCard/action", value, replyToId="100"))
    assert (click.act, click.case_id, click.choice, click.message_id, click.dialog) == ("tag", 7, "phishing", "100", False)


def test_what_people_say_among_themselves_is_not_for_us():
    other = mention({"id": "29:bo", "name": "Bo"}, "<at>Bo</at>")
    assert not is_for_us(activity(text="next"))
    assert not is_for_us(activity(text="<at>Bo</at> next", entities=[other]))
    assert is_for_us(activity(text="<at>Tocsin</at> next", entities=[other, mention(US, "<at>Tocsin</at>")]))
    assert is_for_us(activity(text="next", conversation=CHAT))
    assert is_for_us(activity(value={"act": "claim", "ids": "7"}))
    assert is_for_us(invoke("task/fetch", {"data": {"act": "note", "ids": "7"}}))


def test_a_card_that_is_only_looked_at_is_no_act():
    value = {"action": {"type": "Action.Execute", "verb": "refresh", "data": {"act": "claim", "ids": "7"}}, "trigger": "automatic"}
    assert pressed(invoke("adaptiveCard/action", value)).act == "refresh"


def test_a_form_goes_back_to_the_card_that_it_was_opened_from():
    opened = pressed(invoke("task/fetch", {"data": {"act": "note", "ids": "7", "msteams": {"type": "task/fetch"}}}, replyToId="100"))
    assert (opened.dialog, opened.origin) == (True, {"act": "note", "message_id": "100"})
    sent = pressed(invoke("task/submit", {"data": {"form": "note", "ids": "7", "origin": opened.origin, "text": "called"}}))
    assert (sent.act, sent.case_id, sent.message_id, sent.data["text"]) == ("note", 7, "100", "called")


@pytest.mark.parametrize("value", [None, "text", [], {"action": "none"}, {"data": "text"}, {"action": {"data": ["a"]}}])
def test_what_has_another_shape_is_nobody_s_act(value):
    for name in ("adaptiveCard/action", "task/fetch", "task/submit", "somethingNew"):
        assert (pressed(invoke(name, value)).act, pressed(invoke(name, value)).ids) == ("", "")


def test_our_own_name_is_no_part_of_what_was_said():
    text = "<at>Tocsin</at>&nbsp;close&#160;7\n"
    assert said(activity(text=text, entities=[mention(US, "<at>Tocsin</at>")])) == "close 7"
    assert said(activity(text="<p><at id='0'>Tocsin</at> status</p>")) == "status"


def test_a_colleague_who_is_called_stands_there_by_their_account():
    bo = {"id": "29:bo", "name": "Bo"}
    text = "<at>Tocsin</at> digest subscribe <at>Bo</at> daily"
    found = said(activity(text=text, entities=[mention(US, "<at>Tocsin</at>"), mention(bo, "<at>Bo</at>")]))
    assert found == "digest subscribe @29:bo daily"


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("next", TakeNext()),
        ("Status", ShowStatus()),
        ("/crisis-status", ShowStatus()),
        ("/crisis next", TakeNext()),
        ("home", ShowHome()),
        ("", Help()),
    ],
)
def test_the_same_words_as_everywhere(text, command):
    assert heard(activity(text=f"<at>Tocsin</at> {text}")) == command


def test_a_digest_without_a_place_is_about_where_it_was_typed():
    there = heard(activity(text="<at>Tocsin</at> digest subscribe daily"))
    mine = heard(activity(text="/crisis-digest subscribe daily", conversation=CHAT))
    assert isinstance(there, Subscribe)
    assert isinstance(mine, Subscribe)
    assert (there.asked.target, mine.asked.target) == ("#19:crisis@thread.tacv2", "@aad-ana")
    assert heard(activity(text="digest list")) == ListDigests()


def test_a_message_that_somebody_pointed_at():
    message = {
        "id": "200", "linkToMessage": "https://teams.example/l/200", "from": {"user": {"id": "u", "displayName": "Eve"}},
        "body": {"contentType": "html", "content": "<div>Is &lt;my&gt; data<br>safe?</div>"},
    }  # fmt: skip
    found = pointed_at(invoke("composeExtension/fetchTask", {"commandId": "make_case", "messagePayload": message}))
    assert (found.message_id, found.author, found.text, found.link) == ("200", "Eve", "Is <my> data\nsafe?", "https://teams.example/l/200")
    assert pointed_at(invoke("composeExtension/fetchTask", {})).text == ""


def test_markup_becomes_the_words_that_were_typed():
    assert readable("<p>One</p><ul><li>two</li></ul>&amp; three") == "One\ntwo\n& three"


def test_the_same_act_delivered_again_has_the_same_name():
    assert delivery_of(activity()) == delivery_of(activity(timestamp="later")) != delivery_of(activity(id="f:2"))
