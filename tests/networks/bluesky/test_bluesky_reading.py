"""A post becomes a mention with its words, links and files whole; an odd one is set aside."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from atproto_client import models

from bot.networks.bluesky.reading import NAME, news_of, place_of
from bot.networks.bluesky.wording import web_address
from handlers.networks import Unread
from handlers.ports import AUTOMATIC, NOT_SUMMONED, Attachment, Mention

PAYLOADS = Path(__file__).parent.parent / "payloads/bluesky"
NAMES = sorted(one.stem for one in PAYLOADS.glob("*.json"))
ANNA = "did:plc:3kq55zrlntsdbkprt7vmufks"
OURS = "https://bsky.app/profile/did:plc:lqtxsdoghtsxmxa465ytztcf/post/3n2w3nours227"


def payload(name):
    return json.loads((PAYLOADS / f"{name}.json").read_text())


def read(said):
    mention = news_of(said, {ANNA: 42})
    assert isinstance(mention, Mention), mention
    return mention


@pytest.mark.parametrize("name", NAMES)
def test_each_payload_is_of_the_vendors_shape(name):
    models.AppBskyNotificationListNotifications.Notification.model_validate(payload(name), context={"strict_string_format": True})


def test_a_mention_is_read_whole():
    mention = read(payload("mention"))
    assert mention.external_id == mention.conversation_id == f"at://{ANNA}/app.bsky.feed.post/3n2w3nt5tx227"
    assert mention.text == "@brand.test hello data breach"
    assert mention.url == "https://bsky.app/profile/anna.test/post/3n2w3nt5tx227"
    assert (mention.network, mention.language, mention.private, mention.no_answer) == (NAME, "en", False, "")
    assert (mention.customer.external_id, mention.customer.handle, mention.customer.reach) == (ANNA, "anna.test", 42)
    assert mention.posted_at == datetime(2026, 11, 22, 16, 59, 46, 784000, UTC)
    assert json.loads(mention.raw or "") == payload("mention")


def test_an_answer_belongs_to_its_threads_root_and_links_are_whole():
    mention = read(payload("reply"))
    assert mention.conversation_id == f"at://{ANNA}/app.bsky.feed.post/3n2w3nroot227"
    assert mention.customer.name == "Anna Ñúñez"
    assert mention.language == "es"
    assert mention.text == (
        "¿Es vuestro esto? 👩🏽‍🚀 https://example.com/login?next=%2Fhome&lang=es y bank.test (https://evil.test/bank)\nhttps://news.test/breach"
    )


def test_what_is_quoted_and_what_is_shown_stand_beside_the_words():
    mention = read(payload("quote"))
    assert mention.text == f"Look at this\n{OURS}"
    assert mention.attachments == (Attachment("A letter with my address", "image/jpeg", 345678), Attachment("", "image/png", 12))
    assert mention.language is None


def test_galleries_and_videos_are_listed():
    assert read(payload("gallery")).attachments == (Attachment("Ma facture", "image/webp", 99),)
    assert read(payload("gallery")).text == ""
    assert read(payload("video")).attachments == (Attachment("My screen", "video/mp4", 5_000_000),)


@pytest.mark.parametrize(
    ("shown", "uri", "text"),
    [
        ("https://a.test/x", "https://a.test/x", "https://a.test/x"),
        ("a.test", "https://www.a.test/x?y#z", "https://www.a.test/x?y#z"),
        ("a.test/x…", "https://a.test/x?y", "https://a.test/x?y"),
        ("a.test", "https://a.test.evil.test/", "a.test (https://a.test.evil.test/)"),
        ("click here", "https://evil.test", "click here (https://evil.test)"),
    ],
)
def test_a_link_is_shown_with_where_it_leads(shown, uri, text):
    said = payload("mention")
    link = {"$type": "app.bsky.richtext.facet#link", "uri": uri}
    said["record"] |= {"text": shown, "facets": [{"index": {"byteStart": 0, "byteEnd": len(shown.encode())}, "features": [link]}]}
    assert read(said).text == text


@pytest.mark.parametrize(
    "facets",
    [
        "no list",
        [7, {}, {"index": 3}, {"index": {"byteStart": 0}}],
        [
            {"index": {"byteStart": 1, "byteEnd": 2}, "features": [{"$type": "app.bsky.richtext.facet#link", "uri": "https://a.test"}]}
        ],  # inside a sign
        [{"index": {"byteStart": 0, "byteEnd": 9999}, "features": [{"$type": "app.bsky.richtext.facet#link", "uri": "https://a.test"}]}],
        [{"index": {"byteStart": -5, "byteEnd": 2}, "features": [{"$type": "app.bsky.richtext.facet#link", "uri": "https://a.test"}]}],
        [{"index": {"byteStart": True, "byteEnd": 2}, "features": "x"}],
    ],
)
def test_a_place_that_cannot_be_is_left_alone(facets):
    said = payload("mention")
    said["record"] |= {"text": "é👩🏽‍🚀", "facets": facets}
    assert read(said).text == "é👩🏽‍🚀"


def test_links_that_overlap_do_not_tear_the_words():
    said = payload("mention")
    link = {"$type": "app.bsky.richtext.facet#link", "uri": "https://a.test/x"}
    places = [(0, 6), (3, 9), (0, 6)]
    facets = [{"index": {"byteStart": a, "byteEnd": b}, "features": [link]} for a, b in places]
    said["record"] |= {"text": "a.test and more", "facets": facets}
    assert read(said).text == "https://a.test/x and more"


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"uri": None}, "uri"),
        ({"author": {"handle": "x"}}, "did"),
        ({"author": "x"}, "author"),
        ({"record": []}, "record"),
        ({"record": {"text": 7}}, "record.text"),
        ({"indexedAt": "yesterday"}, "indexedAt"),
        ({"indexedAt": "2026-11-22T16:59:46"}, "indexedAt"),  # of no zone
    ],
)
def test_what_is_not_of_the_shape_is_set_aside_with_its_reason(change, because):
    news = news_of({**payload("mention"), **change}, {})
    assert isinstance(news, Unread)
    assert news.because == because and json.loads(news.raw)


@pytest.mark.parametrize("said", [None, 7, "x", [], {}])
def test_nothing_at_all_is_set_aside_too(said):
    assert isinstance(news_of(said, {}), Unread)


def test_odd_ornaments_do_not_cost_the_mention():
    said = payload("mention")
    said["author"] |= {"handle": None, "displayName": 7}
    said["record"] |= {
        "langs": [7],
        "reply": {"root": "x"},
        "embed": {"images": [1, {"alt": 3, "image": 4}], "record": {"uri": "?"}, "video": []},
    }
    mention = read(said)
    assert mention.language is None and mention.conversation_id == mention.external_id
    assert mention.attachments == (Attachment("", "image", None),)
    assert mention.url == f"https://bsky.app/profile/{ANNA}/post/3n2w3nt5tx227"


@pytest.mark.parametrize(
    ("langs", "language"), [(["en-GB"], "en"), (["fil"], "fil"), (["x-klingon"], None), ([""], None), ([], None), (["ÄÄ"], None)]
)
def test_the_first_language_counts_in_its_short_form(langs, language):
    said = payload("mention")
    said["record"]["langs"] = langs
    assert read(said).language == language


def test_where_it_stands_is_what_it_claims_if_that_is_earlier():
    said = payload("mention")
    taken = place_of(said)
    said["record"]["createdAt"] = "2026-11-22T18:00:00Z"
    assert place_of(said) == taken
    said["record"]["createdAt"] = "2026-11-22T16:00:00.500Z"
    assert place_of(said) == taken - 3_586_284
    said["record"]["createdAt"] = "not a moment"
    assert place_of(said) == taken


def test_a_search_tells_that_its_author_lets_nobody_answer():
    assert read({**payload("mention"), "viewer": {"replyDisabled": True}}).no_answer == NOT_SUMMONED
    assert read({**payload("mention"), "viewer": {"threadMuted": False}}).no_answer == ""


def test_what_is_kept_of_the_vendors_words_is_bounded():
    said = payload("mention")
    said["record"]["more"] = "👩🏽‍🚀" * 100_000
    assert len((read(said).raw or "").encode()) <= 200_000


def test_an_account_without_a_name_is_linked_by_its_id():
    assert web_address("at://did:plc:x/app.bsky.feed.post/3k", "handle.invalid") == "https://bsky.app/profile/did:plc:x/post/3k"
    assert web_address("https://evil.test/a/b/c") is None


@pytest.mark.parametrize(("src", "val", "no_answer"), [(ANNA, "bot", AUTOMATIC), ("did:plc:labeller", "bot", ""), (ANNA, "porn", "")])
def test_an_account_that_calls_itself_a_machine_is_asked_nothing_back(src, val, no_answer):
    said = payload("mention")
    said["author"]["labels"] = [{"src": src, "uri": ANNA, "val": val, "cts": "2026-01-01T00:00:00Z"}]
    assert read(said).no_answer == no_answer
