"""Forms as Adaptive Cards with inputs: within what Teams takes, and what was filled in comes back field by field."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.refilling import refilled
from bot.teams.forms import answers, begun, form_content, origin_of
from handlers import cards
from handlers.errors import BadInput
from handlers.moments import read_moment
from handlers.ports import CustomerText, Field, FieldKind, Form, Option, Words
from templates import say
from tests.doors.test_teams_cards import ANY_WORDS, CUSTOMER, HOSTILE, actions, assert_dead
from tests.fakes.teams.adaptive import dialog_problems, elements, problems, warnings
from tests.fakes.teams.reading import card_text

Json = dict[str, Any]
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], max_examples=60)
AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
VALUES = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=200)
FIELDS = st.lists(
    st.builds(
        lambda name, label, kind, options, optional, refills, most, text: Field(
            name, label, kind, options, _initial(kind, options, text), optional, most, refills
        ),
        st.sampled_from(["a", "b", "c", "d", "e"]), ANY_WORDS, st.sampled_from(FieldKind),
        st.lists(st.builds(Option, VALUES, ANY_WORDS), max_size=120, unique_by=lambda one: one.value).map(tuple),
        st.booleans(), st.booleans(), st.integers(1, 5000), st.text(st.characters(blacklist_categories=["Cs"]), max_size=5000),
    ),
    min_size=1, max_size=5, unique_by=lambda field: field.name,
)  # fmt: skip


def _initial(kind: FieldKind, options: tuple[Option, ...], text: str) -> tuple[str, ...]:
    if kind is FieldKind.MOMENT:
        return (AT.isoformat(),) if text else ()
    if kind in (FieldKind.CHOICE, FieldKind.CHOICES):
        return tuple(option.value for option in options[:3])
    return (text,) if text else ()


def inputs(content: Json) -> list[Json]:
    return [one for _at, one in elements(content) if str(one.get("type")).startswith("Input.")]


def sent_in(content: Json, press: int = -1, **typed: str) -> Json:
    """The data that Teams brings when somebody presses a button of the form: what stands in its inputs, with what they typed."""
    standing = {one["id"]: one["value"] for one in inputs(content) if one.get("value")}
    return {**actions(content)[press]["data"], **standing, **typed}


def one_field(field: Field) -> Form:
    return Form("x", Words("form.save"), Words("form.save"), (field,), "7")


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@patient
@given(FIELDS, ANY_WORDS, HOSTILE, st.lists(CUSTOMER | ANY_WORDS, max_size=3), st.booleans())
def test_no_form_whatever_it_holds_breaks_a_limit(fields, title, ids, intro, in_chat):
    form = Form("note", title, Words("form.save"), tuple(fields), ids.encode("utf-8", "replace").decode(), tuple(intro))
    wrong = {field.name: title for field in fields[:2]} | {"": title}
    content = form_content(form, "fr", {"message_id": "1"}, in_chat=in_chat, errors=wrong)
    assert (problems if in_chat else dialog_problems)(content) == []
    assert warnings(content) == [] or len(json.dumps(content)) > 20_000
    assert_dead(content)
    data = sent_in(content)
    assert (data["form"], data["ids"], origin_of(data)) == ("note", form.ids, {"message_id": "1"})


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@patient
@given(FIELDS)
def test_what_was_put_into_a_form_and_left_there_comes_back(fields):
    content = form_content(Form("note", Words("form.save"), Words("form.save"), tuple(fields)), "en", {})
    expected = {}
    for field in fields:
        if field.kind in (FieldKind.CHOICE, FieldKind.CHOICES):
            shown = {option.value for option in field.options[:100]} & set(field.initial)
            chosen = tuple(option.value for option in field.options[:100] if option.value in shown)
            values = chosen[:1] if field.kind is FieldKind.CHOICE else chosen
        elif field.kind is FieldKind.MOMENT:
            values = ("2026-11-22T09:30",) if field.initial else ()
        else:
            values = field.initial
        if values:
            expected[field.name] = values
    assert answers(sent_in(content)) == expected


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_what_is_missing_is_asked_for_by_teams_itself(language):
    content = form_content(cards.log_form(), language, {})
    needed = {one["id"]: one.get("errorMessage") for one in inputs(content) if one.get("isRequired")}
    assert needed == dict.fromkeys(("one.way", "in.name", "in.text"), say("form.missing", language))


def test_what_was_filled_in_comes_back_by_field():
    data = {
        "form": "x", "ids": "7", "origin": {"act": "note"}, "one.kind": "press", "many.tags": "a,b%2Cc", "in.none": "", "in.text": " hello\nyou ",
        "date.at": "2026-11-22", "time.at": "08:05", "date.no": "", "time.no": "",
    }  # fmt: skip
    assert answers(data) == {"kind": ("press",), "tags": ("a", "b,c"), "text": (" hello\nyou ",), "at": ("2026-11-22T08:05",)}
    assert origin_of(data) == {"act": "note"}


@pytest.mark.parametrize("forged", [{}, {"origin": "x"}, {"begun": 3, "origin": None}, {"in.": "x", "many.": None}])
def test_data_that_no_form_of_ours_had_is_no_origin_and_begins_nothing(forged):
    assert (origin_of(forged), begun(forged)) == ({}, {})
    answers(forged)


def test_a_moment_is_by_the_clock_of_whoever_fills_it_in():
    form = one_field(Field("at", Words("form.text"), FieldKind.MOMENT, initial=(AT.isoformat(),)))
    data = sent_in(form_content(form, "en", {}, timezone="Europe/Madrid"))
    (typed,) = answers(data)["at"]
    assert (typed, read_moment(typed, "Europe/Madrid", AT)) == ("2026-11-22T10:30", AT)


@pytest.mark.parametrize("typed", ["2026-11-22T08:00", "08:00"])
def test_a_moment_that_was_typed_stands_there_again(typed):
    form = one_field(Field("at", Words("form.text"), FieldKind.MOMENT, initial=(typed,), optional=True))
    assert answers(sent_in(form_content(form, "en", {}, timezone="Asia/Tokyo"))) == {"at": (typed,)}


def test_a_day_without_its_hour_is_no_moment_and_an_hour_alone_is_the_next_such_one():
    form = one_field(Field("at", Words("form.text"), FieldKind.MOMENT, optional=True))
    (day,) = answers(sent_in(form_content(form, "en", {}), **{"date.at": "2026-11-23"}))["at"]
    with pytest.raises(BadInput):
        read_moment(day, "UTC", AT)
    again = form_content(one_field(Field("at", Words("form.text"), FieldKind.MOMENT, initial=(day,), optional=True)), "en", {})
    assert [one.get("value") for one in inputs(again)] == ["2026-11-23", None], "what was typed stays"
    (hour,) = answers(sent_in(form_content(form, "en", {}), **{"time.at": "09:00"}))["at"]
    assert read_moment(hour, "UTC", AT) == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_an_error_is_said_above_its_field_and_what_belongs_to_none_at_the_top():
    wrong = {"text": Words("error.nothing_waits"), "": Words("command.not_done")}
    shown = card_text(form_content(cards.log_form(), "en", {}, errors=wrong)).splitlines()
    above = shown.index(f"⚠ {say('error.nothing_waits', 'en')}")
    assert shown[0] == f"⚠ {say('command.not_done', 'en')}"
    assert shown.index(say("form.log_reach_at", "en")) < above < shown.index(say("form.log_text", "en"))


def test_an_error_about_a_field_that_the_form_does_not_have_is_said_at_the_top():
    shown = card_text(form_content(cards.note_form(7), "en", {}, errors={"roles": Words("error.nothing_waits")}))
    assert shown.splitlines()[0] == f"⚠ {say('error.nothing_waits', 'en')}"


def test_a_window_shows_the_title_itself_and_a_card_in_a_chat_does_not():
    window, chat = (form_content(cards.note_form(7), "en", {"direct": "yes"}, in_chat=in_chat) for in_chat in (False, True))
    title = say("form.note_title", "en", number=7)
    assert title not in card_text(window)
    assert title in card_text(chat)
    (submit,), (execute,) = actions(window), actions(chat)
    assert (submit["type"], execute["type"], execute["verb"]) == ("Action.Submit", "Action.Execute", "fill")
    assert execute["fallback"] == submit, "an older client sends in the same"


def test_a_customers_words_above_a_form_are_a_quotation():
    form = Form(
        "x", Words("form.save"), Words("form.save"), cards.note_form(7).fields, "7", (CustomerText("help **me** https://evil.com"),)
    )
    quotation = form_content(form, "en", {})["body"][0]
    assert (quotation["type"], quotation["style"]) == ("Container", "emphasis")
    assert "hxxps[:]//evil[.]com" in card_text(quotation)


def form_of(text: str, rests: str = "none", start: str = "blank") -> Form:
    options = tuple(Option(one, Words("plain.text", {"text": one})) for one in ("blank", "sorry", "holding"))
    rests_on = tuple(Option(one, Words("plain.text", {"text": one})) for one in ("none", "holding"))
    fields = (
        Field("start", Words("form.start"), FieldKind.CHOICE, options, (start,), optional=True, refills=True),
        Field("text", Words("form.text"), FieldKind.LONG, initial=(text,) if text else ()),
        Field("rests_on", Words("form.rests_on"), FieldKind.CHOICE, rests_on, (rests,)),
    )
    return Form("reply", Words("form.save"), Words("form.save"), fields, "7")


def begun_anew(form: Form, content: Json, **typed: str) -> Json:
    data = sent_in(content, press=0, **typed)
    assert data["refill"] == "start"
    again, origin = refilled(form, begun(data), answers(data), origin_of(data))
    return form_content(again, "en", origin)


def standing(content: Json) -> dict[str, tuple[str, ...]]:
    return dict(answers(sent_in(content)))


def test_a_choice_that_fills_the_form_anew_has_a_button_beside_it_and_needs_nothing_else():
    content = form_content(form_of(""), "en", {"message_id": "1"})
    again, send = actions(content)
    assert again["title"] == say("form.use_this", "en")
    assert (again["data"]["refill"], "refill" in send["data"]) == ("start", False)
    assert not any(one.get("isRequired") for one in inputs(content)), "Teams would hold the button back until the text is there"


def test_untouched_words_of_one_starting_point_give_way_to_those_of_the_next():
    content = begun_anew(form_of("Sorry.", start="sorry"), form_content(form_of(""), "en", {}))
    assert standing(content)["text"] == ("Sorry.",)
    content = begun_anew(form_of("We know.", "holding", "holding"), content)
    assert (standing(content)["text"], standing(content)["rests_on"]) == (("We know.",), ("holding",))


def test_what_was_typed_by_hand_stays_above_whatever_is_chosen_after_it():
    content = begun_anew(form_of("Sorry.", start="sorry"), form_content(form_of(""), "en", {}), **{"in.text": "Dear Carla"})
    assert standing(content)["text"] == ("Dear Carla\n\nSorry.",)
    content = begun_anew(form_of("We know.", "holding", "holding"), content)
    assert standing(content)["text"] == ("Dear Carla\n\nWe know.",)
    content = begun_anew(form_of("Sorry.", start="sorry"), content, **{"in.text": "Dear Carla\n\nWe know, truly."})
    assert standing(content)["text"] == ("Dear Carla\n\nWe know, truly.\n\nSorry.",)
    assert standing(content)["rests_on"] == ("holding",), "its words may still stand there"


def test_a_choice_by_hand_stays():
    content = begun_anew(form_of("Sorry.", start="sorry"), form_content(form_of(""), "en", {}), **{"one.rests_on": "holding"})
    assert standing(content)["rests_on"] == ("holding",)


@pytest.mark.parametrize("text", ["x" * 7000, ("a line\n" * 900).strip(), "é🙂" * 2500])
def test_a_long_text_stands_in_one_input_letter_by_letter(text):
    field = Field("text", Words("form.text"), FieldKind.LONG, initial=(text,))
    content = form_content(one_field(field), "en", {})
    assert standing(content)["text"] == (text,)
    assert problems(content) == []
