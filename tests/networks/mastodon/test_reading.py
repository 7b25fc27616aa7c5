"""A status becomes a mention: all of its author's words, and none of what could be taken for them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.networks.mastodon.plain import plain
from bot.networks.mastodon.reading import LONGEST, MOST_RAW, mention_of
from handlers.ports import AUTOMATIC, Event

SHORTENED = (
    '<a href="https://bank.example/a/b?c=1&amp;d=2"><span class="invisible">https://</span>'
    '<span class="ellipsis">bank.example/a</span><span class="invisible">/b?c=1&amp;d=2</span></a>'
)
PAYLOADS = Path(__file__).parents[1] / "payloads" / "mastodon"


def payload(name):
    return json.loads((PAYLOADS / f"{name}.json").read_text())


def status(**changes):
    return payload("notifications")[0]["status"] | changes


def test_what_mastodon_tells_of_a_mention_is_read_field_by_field():
    heard = mention_of(status(), "root")
    assert (heard.network, heard.external_id, heard.conversation_id) == ("mastodon", "117440821885976823", "root")
    assert heard.text == "@mastodonpy_test hello!"
    assert (heard.customer.external_id, heard.customer.handle, heard.customer.name) == ("117440810233042393", "@admin", "")
    assert heard.posted_at == datetime(2026, 10, 14, 19, 5, 28, 486000, tzinfo=UTC)
    assert heard.url == "http://localhost:3000/@admin/117440821885976823"
    assert (heard.private, heard.language, heard.no_answer) == (False, "en", "")
    assert json.loads(heard.raw) == status()


@pytest.mark.parametrize(
    ("visibility", "private"), [("public", False), ("unlisted", False), ("private", True), ("direct", True), ("something_new", True)]
)
def test_what_is_not_surely_open_is_private(visibility, private):
    assert mention_of(status(visibility=visibility), "root").private is private


def test_the_choices_of_a_poll_are_words_of_its_author():
    heard = mention_of(payload("status_poll"), "root")
    titles = [option["title"] for option in payload("status_poll")["poll"]["options"]]
    assert len(titles) >= 2
    assert heard.text.endswith("\n".join(f"- {title}" for title in titles))


def test_pictures_are_listed_and_called_as_their_author_describes_them():
    pictures = payload("status_media")
    pictures["media_attachments"][0]["description"] = "A letter with my address"
    heard = mention_of(pictures, "root")
    assert [(one.name, one.kind, one.size) for one in heard.attachments] == [
        ("A letter with my address", "image", None),
        ("hololives #1 detective, watson ameliachan", "image", None),
    ]


def test_an_edit_is_told_as_one():
    heard = mention_of(payload("status_edited"), "root", Event.EDITED)
    assert heard.event is Event.EDITED
    assert heard.text


def test_a_quote_keeps_the_whole_address_of_what_it_quotes():
    assert "http://localhost:3000/@mastodonpy_test/117440826455183695" in mention_of(payload("status_quote"), "root").text


def test_the_warning_above_a_text_is_read_first():
    assert mention_of(status(spoiler_text="data leak", content="<p>mine too</p>"), "root").text == "data leak\n\nmine too"


def test_a_machine_is_not_answered():
    account = status()["account"] | {"bot": True}
    assert mention_of(status(account=account), "root").no_answer == AUTOMATIC


@pytest.mark.parametrize(
    ("told", "language"), [("en", "en"), ("zh-TW", "zh"), ("pt_BR", "pt"), ("fil", "fil"), (None, None), ("english", None)]
)
def test_a_language_has_two_or_three_letters(told, language):
    assert mention_of(status(language=told), "root").language == language


@pytest.mark.parametrize("url", [None, "javascript:alert(1)", "https://a b", 7])
def test_an_address_that_is_none_is_not_handed_on(url):
    heard = mention_of(status(url=url, uri=None), "root")
    assert heard.url is None


@pytest.mark.parametrize(
    "broken",
    [
        {"created_at": "yesterday"},
        {"created_at": "2026-10-14T19:05:28"},
        {"created_at": None},
        {"content": None},
        {"content": 7},
        {"account": None},
        {"account": {"id": 5, "acct": "x"}},
        {"id": 117},
        {"id": ""},
        {"media_attachments": [None]},
        {"poll": "?"},
    ],
)
def test_what_cannot_be_read_is_said_and_not_guessed(broken):
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        mention_of(status(**broken), "root")


def test_what_is_handed_on_is_bounded():
    heard = mention_of(status(content="<p>" + '😀"\x01' * 90_000 + "</p>"), "root")
    assert len(heard.text) <= LONGEST
    assert len(heard.raw.encode()) <= MOST_RAW
    json.loads(heard.raw)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one<br />two</p><p>three</p>", "one\ntwo\n\nthree"),
        ("<p>1 &lt; 2 &amp; 3 &gt; 2 &#39;so&#39;</p>", "1 < 2 & 3 > 2 'so'"),
        ('<p><span class="h-card"><a href="https://m.example/@us" class="u-url mention">@<span>us</span></a></span> hi</p>', "@us hi"),
        ('<a href="https://m.example/tags/leak" class="mention hashtag" rel="tag">#<span>leak</span></a>', "#leak"),
        (SHORTENED, "https://bank.example/a/b?c=1&d=2"),
        ('<a href="https://evil.example/x">https://bank.example</a>', "https://bank.example (https://evil.example/x)"),
        ('<a href="https://evil.example/x">click here</a> now', "click here (https://evil.example/x) now"),
        ('<a href="javascript:alert(1)">click</a>', "click"),
        ("<script>alert(1)</script><style>p{}</style>safe", "safe"),
        ("<ul><li>one</li><li>two</li></ul><p>end</p>", "- one\n- two\n\nend"),
        ("<p>unclosed <b>bold <a href='https://a.example'>https://a.example", "unclosed bold https://a.example"),
        ("<blockquote><p>quoted</p></blockquote><p>mine</p>", "quoted\n\nmine"),
        ("שלום 👩🏽\u200d🚀 مرحبا", "שלום 👩🏽\u200d🚀 مرحبا"),
        ("", ""),
        ("<p></p>", ""),
    ],
)
def test_html_is_read_as_its_author_wrote_it(html, text):
    assert plain(html) == text
