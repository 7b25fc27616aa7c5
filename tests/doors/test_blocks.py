"""Cards and forms as Block Kit: within every limit of Slack, and deaf to whatever a stranger writes into them."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.slack.blocks import SEVERITIES, card_blocks, notice
from bot.slack.views import answers, error_place, form_view, loading_view, origin_of, words_view
from handlers import cards, replies
from handlers.commands import Help
from handlers.ports import Button, Card, CustomerText, Field, FieldKind, Form, Label, Option, Style, Words
from tests.doors.blockkit_check import rebuild
from tests.doors.slack_house import action_ids, all_text
from tests.fakes.slack import problems, view_problems
from tests.fakes.slack.validate import characters

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])  # the machine may be busy
AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
HOSTILE = st.one_of(
    st.text(max_size=200),
    st.text(alphabet="<>&!@#|^*_~`:/.\\\u202e\u200b\ue000\ue001\ud83d\x00 \nabcht", max_size=400),
    st.sampled_from([
        "<!channel>", "<!here|x>", "<!everyone>", "<@U0FAKEBOT1>", "<#C1|x>", "<!subteam^S1>", "<https://evil.com|your bank>", "@channel @here",
        "https://evil.com", "hTTps://evil.com/x?<!channel>", "www.evil.com", "javascript:alert(1)", "&lt;!channel&gt;", "&amp;lt;", "\ue0001795306974\ue001",
        "<!date^0^{date}|x>", "x" * 5000, "<" * 4000, "&" * 4000, "é🙂" * 2000, " ", "", "\n\n", "evil.com", "mailto:a@b.com",
    ]),
)  # fmt: skip
ANY_WORDS = st.builds(lambda text: Words("plain.text", {"text": text}), HOSTILE)
CUSTOMER = st.builds(CustomerText, HOSTILE, st.booleans())
IDS = st.one_of(st.sampled_from(["7", "7:phishing", ""]), st.text(max_size=3000))
URLS = st.one_of(
    st.none(), HOSTILE, st.sampled_from(["https://x.com/1", "javascript:alert(1)", "https://x.com/" + "a" * 4000, "http://[", "https:///"])
)
BUTTONS = st.builds(
    Button, st.sampled_from(["tag", "claim", "close"]), ANY_WORDS, IDS, st.sampled_from(Style), st.booleans(), st.none() | ANY_WORDS, URLS
)
TITLES = st.one_of(
    ANY_WORDS,
    st.builds(
        lambda handle, name, network: Words("case.title", {"number": 7, "handle": handle, "name": name, "network": network, "private": True}),
        HOSTILE, HOSTILE, HOSTILE,
    ),
)  # fmt: skip
LINES = st.one_of(
    ANY_WORDS,
    st.just(Words("case.since", {"at": AT, "mentions": 3})),
    st.builds(lambda tag: Words("case.tags", {"tags": (Label({"en": tag}), "x")}), HOSTILE),
)
CARDS = st.builds(
    Card,
    TITLES,
    st.lists(st.one_of(LINES, CUSTOMER), max_size=12).map(tuple),
    st.lists(LINES, max_size=12).map(tuple),
    st.lists(st.lists(BUTTONS, max_size=30).map(tuple), max_size=5).map(tuple),
    st.sampled_from(["low", "critical", "plain", "alarm"]),
)


def marked(blocks: list[dict[str, Any]]) -> str:
    """All that Slack reads as mrkdwn."""
    found = []
    for block in blocks:
        found += [one["text"] for one in block.get("elements", []) if one.get("type") == "mrkdwn"]
    return "\n".join(found)


def assert_dead(text: str) -> None:
    """No control sequence but our own dates, nothing half open, no address that a client would make clickable."""
    rest = re.sub(r"<!date\^\d+\^\{date_short_pretty\} \{time\}\|[-0-9: UTC]+>", "", text)
    assert "<" not in rest
    assert ">" not in rest
    assert not re.search(r"&(?!amp;|lt;|gt;)", rest)
    assert not re.search(r"https?:|\bwww\.|javascript:", rest, re.IGNORECASE)


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@patient
@given(CARDS, st.sampled_from(["en", "es", "fr"]))
def test_no_card_whatever_it_holds_breaks_a_limit_or_brings_a_mention_to_life(card, language):
    blocks, text = card_blocks(card, language), notice(card, language)
    assert problems(blocks) == []
    rebuild(blocks)
    assert characters(blocks) <= 13_200
    assert all(block["elements"] for block in blocks if block["type"] == "actions")
    assert len(set(action_ids({"blocks": blocks}))) == len(action_ids({"blocks": blocks}))
    assert_dead(marked(blocks))
    assert_dead(text)
    assert 0 < len(text) <= 4000
    assert all(one["verbatim"] for block in blocks if block["type"] == "context" for one in block["elements"])
    json.dumps(blocks, ensure_ascii=False).encode()  # no half of a surrogate pair


@patient
@given(CUSTOMER)
def test_a_customers_words_stand_in_rich_text_which_parses_nothing(said):
    blocks = card_blocks(Card(Words("plain.text", {"text": "t"}), body=(said,)), "en")
    assert {block["type"] for block in blocks} == {"rich_text"}
    kinds = {element["type"] for block in blocks for part in block["elements"] for element in part["elements"]}
    assert kinds == {"text"}
    assert not re.search(r"(https?|ftp|file)://|\bwww\.", all_text(blocks), re.IGNORECASE)


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@patient
@given(CARDS)
def test_a_locked_screen_never_shows_what_a_customer_wrote_or_is_called(card):
    secret = Card(
        Words("case.title", {"number": 7, "handle": "@SECRET", "name": "SECRET", "network": "x", "private": False}),
        (CustomerText("SECRET"),),
        tone="high",
    )
    assert notice(secret, "en") == "#7 · High · X"
    assert notice(Card(Words("plain.text", {"text": CustomerText("SECRET")})), "es") == "Hay algo nuevo"
    assert notice(card, "fr").strip()


def test_a_name_of_several_lines_cannot_pose_as_lines_of_ours():
    name = "@eve\n\nNote by Max: close it\r\n\u2028again\x85and"
    title = Words("case.title", {"number": 7, "handle": name, "name": "", "network": "x", "private": False})
    card = Card(title=title, small=(Words("plain.text", {"text": name}),))
    shown = all_text(card_blocks(card, "en")).splitlines()
    assert any("@eve Note by Max: close it again and" in line for line in shown)
    assert not any(line.startswith(("Note", "again", "and")) for line in shown)


def test_a_moment_shows_in_the_readers_own_time_zone():
    blocks = card_blocks(Card(Words("case.wrote_again", {"at": AT}), small=(Words("case.since", {"at": AT, "mentions": 1}),)), "en")
    dates = [one for part in blocks[0]["elements"] for one in part["elements"] if one["type"] == "date"]
    assert [one["timestamp"] for one in dates] == [int(AT.timestamp())]
    assert f"<!date^{int(AT.timestamp())}^" in marked(blocks)


@pytest.mark.parametrize("tone", ["low", "normal", "high", "critical"])
def test_a_severity_shows_by_a_mark_of_its_own(tone):
    shown = {one: all_text(card_blocks(Card(Words("plain.text", {"text": "t"}), tone=one), "en")).split() for one in (*SEVERITIES, "plain")}
    assert shown["plain"] == ["t"]
    assert [one for one in shown if shown[one] == shown[tone]] == [tone]


def test_a_link_that_leads_to_no_web_address_makes_no_button():
    row = tuple(
        Button("open_original", Words("button.open_original"), str(n), url=url)
        for n, url in enumerate(["javascript:x", "https://x.com/1", "ftp://a"])
    )
    assert action_ids({"blocks": card_blocks(Card(Words("plain.text", {"text": "t"}), buttons=(row,)), "en")}) == ["open_original:1"]


def test_the_customers_words_outlast_everything_else_when_room_is_short():
    many = tuple(tuple(Button("tag", Words("plain.text", {"text": "x" * 75}), f"{row}:{n}") for n in range(25)) for row in range(20))
    card = Card(Words("plain.text", {"text": "t"}), body=(CustomerText("please help " * 500),), buttons=many)
    quote = next(
        part
        for block in card_blocks(card, "en")
        if block["type"] == "rich_text"
        for part in block["elements"]
        if part["type"] == "rich_text_quote"
    )
    assert len(quote["elements"][0]["text"]) == 3000


FIELDS = st.lists(
    st.builds(
        lambda name, label, kind, options, optional, most, text: Field(
            name, label, kind, options, _initial(kind, options, text), optional, most
        ),
        st.sampled_from(["a", "b", "c", "d", "e"]), ANY_WORDS, st.sampled_from(FieldKind),
        st.lists(st.builds(Option, st.text(min_size=1, max_size=200), ANY_WORDS), max_size=120, unique_by=lambda one: one.value[:150]).map(tuple),
        st.booleans(), st.integers(1, 5000), st.text(max_size=5000),
    ),
    min_size=1, max_size=5, unique_by=lambda field: field.name,
)  # fmt: skip


def _initial(kind: FieldKind, options: tuple[Option, ...], text: str) -> tuple[str, ...]:
    if kind is FieldKind.MOMENT:
        return (AT.isoformat(),) if text else ()
    if kind in (FieldKind.CHOICE, FieldKind.CHOICES):
        return tuple(option.value for option in options[:3])
    return (text,) if text else ()


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@patient
@given(FIELDS, ANY_WORDS, HOSTILE, st.lists(CUSTOMER, max_size=3))
def test_no_form_whatever_it_holds_breaks_a_limit(fields, title, ids, intro):
    form = Form("note", title, Words("form.save"), tuple(fields), ids, tuple(intro))
    view = form_view(form, "fr", {"response_url": "https://hooks.slack.com/x"})
    assert view_problems(view) == []
    rebuild(view["blocks"])
    assert origin_of(view)["ids"] == ids or len(ids) > 200


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_what_is_said_instead_of_a_form_is_a_view_that_slack_takes(language):
    assert view_problems(loading_view(language)) == []
    assert view_problems(words_view(Words("command.not_done"), (Words("error.nothing_waits"),), language)) == []
    assert view_problems(form_view(cards.log_form("<!channel>"), language, {})) == []
    assert view_problems(form_view(cards.note_form(123456), language, {})) == []


def test_what_was_filled_in_comes_back_by_field():
    values = {
        "tags": {"tags": {"type": "multi_static_select", "selected_options": [{"value": "a"}, {"value": "b"}]}},
        "kind": {"kind": {"type": "static_select", "selected_option": {"value": "press"}}},
        "none": {"none": {"type": "static_select", "selected_option": None}},
        "text": {"text": {"type": "plain_text_input", "value": "hello"}},
        "empty": {"empty": {"type": "plain_text_input", "value": None}},
        "at": {"at": {"type": "datetimepicker", "selected_date_time": 1795306974}},
    }
    assert answers({"state": {"values": values}}) == {"tags": ("a", "b"), "kind": ("press",), "text": ("hello",), "at": ("1795306974",)}


def test_an_error_without_a_field_of_the_form_stands_under_the_first():
    view = form_view(cards.log_form(), "en", {})
    assert (error_place(view, "text"), error_place(view, None), error_place(view, "roles")) == ("text", "way", "way")


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_help_fits_a_message_in_every_language(language):
    blocks = card_blocks(replies.help_card(Help("stauts", "status")), language)
    assert problems(blocks) == []
    assert "/crisis next" in all_text(blocks)
