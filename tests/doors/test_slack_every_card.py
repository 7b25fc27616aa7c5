"""Every card and form of the answers and of the crisis room, as Block Kit in each language: within Slack's limits, and no word of ours cut."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.refilling import refilled
from bot.slack.blocks import card_blocks
from bot.slack.views import answers, form_view, origin_of, shown
from handlers.answers.acts import FILLED, proposed_card
from handlers.answers.drafts import Wording
from handlers.answers.forms import STARTS
from handlers.answers.spoken import list_card
from handlers.ports import Card, Field, FieldKind, Form, Option, Words
from handlers.room.desk import ASKS
from storage import replies
from storage.types import ReplyState
from templates import say
from tests.doors.blockkit_check import rebuild
from tests.doors.slack_house import all_text, first_text
from tests.fakes.slack import problems, view_problems
from tests.fakes.slack.controls import values_in
from tests.fakes.slack.validate import characters
from tests.handlers.sending import post_office

SAID = "do you even read what people write to you here?"
ANSWER = "I do read what people write to us here, yours too. Ana"
LONG_NUMBER = 123_456
LANGUAGES = ["en", "es", "fr"]


@pytest.fixture
async def post(store, dial):
    """A crisis with facts and statements, a case with a draft in every state."""
    post = await post_office(store, dial)
    house = post.house
    post.max = await house.person("Max", "manager", "lead")
    post.ana = await house.person("Ana", "agent")
    post.lou = await house.person("Lou", "legal")
    await house.crises.open(post.max, "Meridia")
    fact = await house.facts.add(post.max, "Names were copied", "Logs")
    await house.facts.confirm(post.max, fact, "Names were copied", "Logs")
    for kind in ("holding", "full"):
        made = await house.statements.propose(post.max, kind, dict.fromkeys(LANGUAGES, f"We say: {kind}"), [fact])
        await house.statements.approve(post.lou, made.id)
        boss = await house.person(f"Boss {kind}", "manager")
        await house.statements.approve(boss, made.id)
    post.waiting = await house.statements.propose(post.max, "full", {"en": "Again"}, [fact])
    post.case = await house.case(SAID)
    post.draft = await house.drafts.propose(post.ana, post.case, Wording(ANSWER, private=True))
    sent = await house.drafts.propose(post.ana, post.case, Wording(ANSWER + " Truly.", private=True))
    await house.approvals.approve(post.max, sent.version_id)
    await post.send(5)
    async with store.read() as work:
        (post.reply,) = await replies.in_state(work, ReplyState.SENT)
    return post


def assert_whole(texts: Sequence[str], most: int) -> None:
    """None was cut: some labels of ours end with the same sign, but not at the limit."""
    assert [one for one in texts if one.endswith("…") and len(one) > most - 8] == []


def assert_a_view(form: Form, language: str) -> None:
    named = {**form.title.facts, **({"number": LONG_NUMBER} if "number" in form.title.facts else {})}
    view = form_view(replace(form, title=Words(form.title.name, named)), language, {"response_url": "https://hooks.slack.com/" + "x" * 200})
    assert view_problems(view) == []
    rebuild(view["blocks"])
    labels = [one["label"]["text"] for one in view["blocks"] if one["type"] == "input"]
    options = [option["text"]["text"] for one in view["blocks"] if one["type"] == "input" for option in one["element"].get("options", ())]
    assert_whole([view["title"]["text"], view["submit"]["text"], view["close"]["text"]], 24)
    assert_whole([*labels, *options], 75)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_form_is_one_that_slack_takes(post, language):
    desk, of_room = post.house.answers.desk, post.house.room.desk
    bound = {"reply": "", "handover": "", "correct": f":{post.reply.id}", "arrived": f":{post.reply.id}"}
    for name in FILLED:
        ids = f"{post.case}{bound.get(name, f':{post.draft.version_id}')}"
        assert_a_view(await desk.form(post.max, name, ids), language)
    for start in STARTS:
        assert_a_view(await desk.form(post.max, "reply", str(post.case), start), language)
    about = {
        "fact": ("", "1"), "statement": ("holding", "full"), "reject_statement": (str(post.waiting.id),),
        "attest": ("customers_first", "posts_stopped"), "callback": (str(post.case),), "except": (str(post.case),),
    }  # fmt: skip
    assert set(about) == set(ASKS)
    for name, each in about.items():
        for ids in each:
            assert_a_view(await of_room.form(post.max, name, ids), language)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_card_is_one_that_slack_takes(post, language):
    desk, of_room = post.house.answers.desk, post.house.room.desk
    cards = [
        *await desk.of_case(post.max, post.case),
        list_card("approvals", await desk.approvals(post.max)),
        list_card("kept", await desk.kept(post.max)),
        proposed_card(post.draft),
        await of_room.board(post.max),
        await of_room.statements(post.max),
        await of_room.statement(post.max, post.waiting.id),
        await of_room.callbacks(post.max),
    ]
    for card in cards:
        blocks = card_blocks(card, language)
        assert problems(blocks) == []
        rebuild(blocks)
        assert characters(blocks) <= 13_200
        labels = [one["text"]["text"] for block in blocks if block["type"] == "actions" for one in block["elements"] if "text" in one]
        assert_whole(labels, 75)


def test_what_is_said_of_a_statement_is_said_whole():
    text = "We are looking into it. " * 40
    shown_ = all_text(
        card_blocks(Card(Words("statement.approved_now", {"number": 1, "kind": "full", "version": 1, "texts": [text]})), "en")
    )
    assert text.strip() in shown_


def test_a_text_that_does_not_fit_says_so():
    written = "what people write to us here. " * 500
    blocks = card_blocks(Card(Words("plain.text", {"text": "t"}), (Words("draft.text", {"text": written}), Words("draft.seen"))), "en")
    assert problems(blocks) == []
    assert characters(blocks) <= 13_200
    assert say("command.cut", "en") in all_text(blocks)
    assert "what people write" in all_text(blocks)


def test_a_heading_is_bold_and_a_sentence_is_not():
    heading, sentence = (card_blocks(Card(Words("draft.seen"), body), "en")[0] for body in ((Words("draft.rejected"),), ()))
    assert "style" in heading["elements"][0]["elements"][0]
    assert "style" not in sentence["elements"][0]["elements"][0]
    assert first_text({"blocks": [heading]}).strip() == first_text({"blocks": [sentence]}).strip()


def form_of(text: str, rests: str = "none", start: str = "blank") -> Form:
    options = tuple(Option(one, Words("plain.text", {"text": one})) for one in ("blank", "sorry", "holding"))
    rests_on = tuple(Option(one, Words("plain.text", {"text": one})) for one in ("none", "holding"))
    fields = (
        Field("start", Words("form.start"), FieldKind.CHOICE, options, (start,), optional=True, refills=True),
        Field("text", Words("form.text"), FieldKind.LONG, initial=(text,) if text else ()),
        Field("rests_on", Words("form.rests_on"), FieldKind.CHOICE, rests_on, (rests,)),
    )
    return Form("reply", Words("form.save"), Words("form.save"), fields, "7")


def typed(view, **values: str):
    """The view as Slack sends it after somebody was at it: fields by name."""
    blocks = [{**one, "block_id": one["block_id"]} for one in view["blocks"]]
    state = values_in(blocks, {})
    for name, value in values.items():
        (block_id,) = [one for one in state if one.partition("@")[0] == name]
        (control,) = state[block_id].values()
        control.update({"value": value} if "value" in control else {"selected_option": {"value": value}})
    return {**view, "state": {"values": state}}


def begun_anew(form: Form, view):
    begun, origin = refilled(form, shown(view), answers(view), origin_of(view))
    return form_view(begun, "en", origin)


def test_untouched_words_of_one_starting_point_give_way_to_those_of_the_next():
    view = begun_anew(form_of("Sorry.", start="sorry"), typed(form_view(form_of(""), "en", {})))
    assert shown(view)["text"] == ("Sorry.",)
    view = begun_anew(form_of("We know.", "holding", "holding"), typed(view))
    assert (shown(view)["text"], shown(view)["rests_on"]) == (("We know.",), ("holding",))
    view = begun_anew(form_of("Sorry.", start="sorry"), typed(view))
    assert (shown(view)["text"], shown(view)["rests_on"]) == (("Sorry.",), ("none",))


def test_what_was_typed_by_hand_stays_above_whatever_is_chosen_after_it():
    view = begun_anew(form_of("Sorry.", start="sorry"), typed(form_view(form_of(""), "en", {}), text="Dear Carla"))
    assert shown(view)["text"] == ("Dear Carla\n\nSorry.",)
    view = begun_anew(form_of("We know.", "holding", "holding"), typed(view))
    assert shown(view)["text"] == ("Dear Carla\n\nWe know.",)
    view = begun_anew(form_of("Sorry.", start="sorry"), typed(view, text="Dear Carla\n\nWe know, truly."))
    assert shown(view)["text"] == ("Dear Carla\n\nWe know, truly.\n\nSorry.",)
    assert shown(view)["rests_on"] == ("holding",), "its words may still stand there"
    assert shown(begun_anew(form_of(""), typed(view)))["text"] == ("Dear Carla\n\nWe know, truly.",)


def test_a_choice_by_hand_stays():
    view = begun_anew(form_of("Sorry.", start="sorry"), typed(form_view(form_of(""), "en", {}), rests_on="holding"))
    assert shown(view)["rests_on"] == ("holding",)


def test_words_kept_from_before_are_somebodys_own():
    kept = typed(form_view(form_of("I had begun this"), "en", {}))
    assert shown(begun_anew(form_of("Sorry.", start="sorry"), kept))["text"] == ("I had begun this\n\nSorry.",)


@pytest.mark.parametrize("text", ["x" * 7000, "word " * 1500, ("a line\n" * 900).strip(), ("One.\n\nTwo. " * 700).strip(), "é🙂" * 2500])
def test_a_long_text_in_several_inputs_comes_back_letter_by_letter(text):
    text = text.strip()
    view = form_view(form_of(text), "en", {"turn": "3"})
    assert view_problems(view) == []
    assert len([one for one in view["blocks"] if one["block_id"].startswith("text@3~")]) > 1
    assert answers(typed(view))["text"] == (text,)


def test_a_moment_and_a_number_of_a_form_come_back_as_they_were_put():
    at = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    form = Form(
        "x", Words("form.save"), Words("form.save"), (Field("at", Words("form.text"), FieldKind.MOMENT, initial=(at.isoformat(),)),)
    )
    assert shown(form_view(form, "en", {})) == {"at": (str(int(at.timestamp())),)}
