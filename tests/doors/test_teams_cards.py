"""Cards as Adaptive Cards: within what Teams takes, and deaf to whatever a stranger writes into them."""

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.teams.cards import SEVERITIES, TOGETHER, card_content, card_message, notice, token_of, words_content
from bot.teams.markup import escaped
from handlers import replies
from handlers.commands import Help
from handlers.ports import Button, Called, Card, CustomerText, Label, Style, Words
from templates import say
from tests.doors.test_teams_buttons import row
from tests.fakes.teams.adaptive import dialog_problems, elements, problems, warnings
from tests.fakes.teams.reading import actions, card_text

Json = dict[str, Any]
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], max_examples=60)  # of much each
AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
ENTRA = "11111111-2222-3333-4444-555555555555"
HOSTILE = st.one_of(
    st.text(max_size=200),
    st.text(alphabet="<>&!@#|^*_~`:/.\\[]()-+123\u202e\u200b\ue000\ue001\ud83d\x00 \n\tabcht{}$", max_size=400),
    st.sampled_from([
        "<at>Max</at>", "<at>everyone</at>", "[your bank](https://evil.example)", "**bold**", "_it_", "# head", "- one\n- two", "1. one", "> q",
        "![x](https://evil.example/x.png)", "<b>x</b>", "https://evil.com", "hTTps://evil.com/x", "www.evil.com", "javascript:alert(1)",
        "&lt;at&gt;Max&lt;/at&gt;", "{{DATE(2026-11-22T09:30:00Z)}}", "${title}", "\ue0000\ue001", "x" * 5000, "*" * 4000, "é🙂" * 2000, " ", "",
        "\n\n", "@team @here", "a\\*b", "`code`", "~~gone~~", "](", "[a]: https://evil.example", "<https://evil.example>",
    ]),
)  # fmt: skip
ANY_WORDS = st.builds(lambda text: Words("plain.text", {"text": text}), HOSTILE)
CUSTOMER = st.builds(CustomerText, HOSTILE, st.booleans())
CALLED = st.builds(lambda name, account: Called(name, {"teams": account}), HOSTILE, st.sampled_from([ENTRA, "29:1xyz", None]) | HOSTILE)
IDS = st.one_of(st.sampled_from(["7", "7:phishing", ""]), st.text(max_size=3000))
URLS = st.one_of(
    st.none(), HOSTILE, st.sampled_from(["https://x.com/1", "javascript:alert(1)", "https://x.com/" + "a" * 4000, "http://[", "https:///"])
)
ACTS = st.sampled_from(["tag", "claim", "reply", "note", "close"])
BUTTONS = st.builds(Button, ACTS, ANY_WORDS, IDS, st.sampled_from(Style), st.booleans(), st.none() | ANY_WORDS, URLS)
LINES = st.one_of(
    ANY_WORDS,
    st.builds(lambda name: Words("case.escalation", {"state": "acknowledged", "name": name, "step": 1, "at": AT}), HOSTILE),
    st.builds(lambda who: Words("call.title", {"people": (who, who), "step": 1, "exercise": False}), CALLED),
    st.builds(lambda tag: Words("case.tags", {"tags": (Label({"en": tag}), "x")}), HOSTILE),
)
TITLES = st.one_of(
    LINES,
    st.builds(
        lambda handle, name, network: Words("case.title", {"number": 7, "handle": handle, "name": name, "network": network, "private": True}),
        HOSTILE, HOSTILE, HOSTILE,
    ),
)  # fmt: skip
CARDS = st.builds(
    Card,
    TITLES,
    st.lists(st.one_of(LINES, CUSTOMER), max_size=12).map(tuple),
    st.lists(LINES, max_size=12).map(tuple),
    st.lists(st.lists(BUTTONS, max_size=12).map(tuple), max_size=5).map(tuple),
    st.sampled_from(["low", "critical", "plain", "alarm"]),
)
markdown = MarkdownIt("commonmark", {"linkify": False}).enable("strikethrough")
FUNCTION = re.compile(r"\{\{(DATE|TIME)\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ(, SHORT)?\)\}\}")


def size_of(card: Json) -> int:
    return len(json.dumps(card, ensure_ascii=False).encode("utf-16-le"))


def read_as_markdown(text: str) -> set[str]:
    """What a client that reads all of Markdown would make of it, besides the text itself."""
    tokens = [(token.type, [child.type for child in token.children or ()]) for token in markdown.parse(text)]
    found = {kind for outer, inner in tokens for kind in (outer, *inner)}
    return found - {"paragraph_open", "paragraph_close", "inline", "text", "softbreak", "text_special"}


def assert_dead(card: Json) -> None:
    """No Markdown, no mention but of people that we call, no function but our own moments."""
    mentions = {one["text"] for one in card.get("msteams", {}).get("entities", ())}
    for _at, one in elements(card):
        if one.get("type") == "TextBlock":
            text = FUNCTION.sub("", one["text"])
            for mention in mentions:
                text = text.replace(mention, "")
            assert read_as_markdown(text) == set()
            assert not re.search(r"(?<!\\)</?at>", text)
            assert "{{" not in text
            assert "${" not in text
        if one.get("type") == "TextRun":
            assert "{{" not in one["text"]


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@patient
@given(CARDS, st.sampled_from(["en", "es", "fr"]), st.booleans())
def test_no_card_whatever_it_holds_breaks_a_limit_or_brings_anything_to_life(card, language, in_dialog):
    shown = card_content(card, language, in_dialog=in_dialog, token="t1", refresh=["29:" + "a" * 80] * 90)
    assert (dialog_problems if in_dialog else problems)(shown) == []
    assert warnings(shown) == []
    assert size_of(shown) <= 40 * 1024
    assert size_of({**shown, "refresh": {}}) <= TOGETHER + 2000, "the frame around what is counted"
    assert_dead(shown)
    assert token_of(json.dumps(shown)) == "t1"
    json.dumps(shown, ensure_ascii=False).encode()  # no half of a surrogate pair


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@patient
@given(HOSTILE)
def test_what_is_escaped_is_read_as_it_was_written(text):
    said = " ".join(re.sub("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ue000\ue001]", " ", text).split())
    assert read_as_markdown(escaped(said)) == set()
    shown = "".join(token.content for one in markdown.parse(escaped(said)) for token in one.children or ())
    assert shown.replace("\u200b", "") == said.replace("\u200b", "").strip()


@patient
@given(CUSTOMER)
def test_a_customers_words_stand_in_rich_text_which_parses_nothing(said):
    shown = card_content(Card(Words("plain.text", {"text": "t"}), body=(said,)), "en")
    kinds = {one.get("type") for _at, one in elements(shown)}
    assert kinds <= {"RichTextBlock", "TextRun", "Container"}
    assert not re.search(r"(https?|ftp|file)://|\bwww\.", card_text(shown), re.IGNORECASE)


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@patient
@given(CARDS)
def test_a_locked_screen_never_shows_what_a_customer_wrote_or_is_called(card):
    title = Words("case.title", {"number": 7, "handle": "@SECRET", "name": "SECRET", "network": "x", "private": False})
    secret = Card(title, (CustomerText("SECRET"),), tone="high")
    assert card_message(secret, "en")["summary"] == notice(secret, "en") == "#7 · High · X"
    assert notice(Card(Words("plain.text", {"text": CustomerText("SECRET")})), "es") == "Hay algo nuevo"
    assert notice(card, "fr").strip()


def test_a_name_of_several_lines_cannot_pose_as_lines_of_ours():
    name = "@eve\n\nNote by Max: close it\r\n\u2028again\x85and"
    title = Words("case.title", {"number": 7, "handle": name, "name": "", "network": "x", "private": False})
    shown = card_text(card_content(Card(title=title, small=(Words("plain.text", {"text": name}),)), "en")).splitlines()
    assert any("@eve Note by Max: close it again and" in line for line in shown)
    assert not any(line.startswith(("Note", "again", "and")) for line in shown)


def blocks(card: Card, kind: str) -> list[Json]:
    return [one for _at, one in elements(card_content(card, "en")) if one.get("type") == kind]


def test_a_moment_shows_in_the_readers_own_time_zone():
    moved = AT.astimezone(timezone(timedelta(hours=9)))
    (line,) = blocks(Card(Words("plain.text", {"text": "t"}), small=(Words("case.since", {"at": moved, "mentions": 1}),)), "TextBlock")
    assert "{{DATE(2026-11-22T09:30:00Z, SHORT)}} {{TIME(2026-11-22T09:30:00Z)}}" in line["text"]


def test_whoever_is_called_is_mentioned_by_the_id_that_teams_knows():
    ana, bo = Called("Ana *López*", {"teams": ENTRA}), Called("Bo", {"slack": "U1"})
    card = Card(Words("call.title", {"people": (ana, bo), "step": 1, "exercise": False}))
    shown = card_content(card, "en", accounts={ENTRA: "29:ana"})
    assert shown["msteams"]["entities"] == [
        {"type": "mention", "text": "<at>Ana López</at>", "mentioned": {"id": "29:ana", "name": "Ana López"}}
    ]
    assert "<at>Ana López</at>" in shown["body"][0]["text"]
    assert "Bo" in shown["body"][0]["text"]
    assert card_content(card, "en")["msteams"]["entities"][0]["mentioned"]["id"] == ENTRA, "Teams takes the account too"


@pytest.mark.parametrize("account", ["everyone", "channel", "19:abc@thread.tacv2", "U1", "29:", "<at>", ""])
def test_only_an_account_of_teams_is_called_anything_else_is_a_name(account):
    shown = card_content(Card(Words("call.title", {"people": (Called("Ana", {"teams": account}),), "step": 1, "exercise": False})), "en")
    assert "msteams" not in shown
    assert "Ana" in card_text(shown)


@pytest.mark.parametrize("tone", ["low", "normal", "high", "critical"])
def test_a_severity_shows_by_a_mark_of_its_own(tone):
    shown = {
        one: card_text(card_content(Card(Words("plain.text", {"text": "t"}), tone=one), "en")).split() for one in (*SEVERITIES, "plain")
    }
    assert shown["plain"] == ["t"]
    assert [one for one in shown if shown[one] == shown[tone]] == [tone]


def test_the_customers_words_outlast_everything_else_when_room_is_short():
    many = tuple(tuple(Button("tag", Words("plain.text", {"text": "x" * 75}), f"{row}:{n}") for n in range(25)) for row in range(20))
    card = Card(
        Words("plain.text", {"text": "t"}),
        (CustomerText("please help " * 500),),
        tuple(Words("plain.text", {"text": "y" * 200}) for _ in range(40)),
        many,
    )
    shown = card_content(card, "en")
    quote = next(one for one in shown["body"] if one["type"] == "Container")
    assert len(quote["items"][0]["inlines"][0]["text"]) == 3000
    assert size_of(shown) <= TOGETHER + 2000


def test_a_text_that_does_not_fit_says_so():
    written = "what people write to us here. " * 1000
    lines = (Words("draft.text", {"text": written}), Words("draft.seen"))
    shown = card_content(Card(Words("plain.text", {"text": "t"}), lines, buttons=row("claim").buttons), "en")
    assert problems(shown) == []
    assert say("command.cut", "en") in card_text(shown)
    assert "what people write" in card_text(shown)
    assert size_of(shown) <= TOGETHER
    assert actions(shown), "what can be done about it stays"


def test_a_heading_is_bold_and_a_sentence_is_not():
    heading, sentence = (card_content(Card(Words("draft.seen"), body), "en")["body"][0] for body in ((Words("draft.rejected"),), ()))
    assert heading["inlines"][0]["weight"] == "bolder"
    assert "weight" not in sentence["inlines"][0]


def test_a_card_is_asked_for_anew_by_those_whom_it_concerns_and_sixty_at_the_most():
    shown = card_content(row("claim"), "en", refresh=[f"29:{n}" for n in range(80)])
    assert (len(shown["refresh"]["userIds"]), shown["refresh"]["action"]["verb"]) == (60, "refresh")
    assert shown["refresh"]["action"]["data"] == {"act": "claim", "ids": "0"}
    assert "refresh" not in card_content(row("claim"), "en")
    assert "refresh" not in card_content(Card(Words("draft.seen")), "en", refresh=["29:a"]), "nothing on it tells what it shows"


@pytest.mark.parametrize("card", ["", "no json", "[]", None, {}, {"body": []}, {"body": ["x"]}, {"body": [{"id": "x"}]}])
def test_what_is_no_card_of_ours_carries_no_token(card):
    assert token_of(card) is None


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_help_fits_a_card_in_every_language(language):
    shown = card_content(replies.help_card(Help("stauts", "status")), language)
    assert problems(shown) == []
    assert "@Tocsin next" in card_text(shown)
    assert say("command.cut", language) not in card_text(shown)


def test_a_window_that_only_says_something_says_it_without_its_title():
    shown = words_content(Words("command.not_done"), (Words("error.nothing_waits"),), "en")
    assert dialog_problems(shown) == []
    assert card_text(shown).splitlines()[0] == say("error.nothing_waits", "en")


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_commands_are_named_as_they_are_said_here(language):
    said = [card_text(card_content(replies.help_card(Help()), language))]
    lines = "\n".join(said)
    assert "/crisis" not in lines
    assert "@Tocsin status –" in lines
    assert "@Tocsin digest subscribe" in lines


def test_what_a_fact_says_of_commands_stays_as_it_is():
    said = card_text(card_content(Card(Words("command.crisis_opened", {"name": "the /crisis-status crisis"})), "en"))
    assert "/crisis-status" in said
