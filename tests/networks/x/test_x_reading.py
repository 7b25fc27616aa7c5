"""X's payloads become mentions: pure, field by field."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.networks.x.reading import RAW_MOST, messages, posts
from handlers.networks import Unread
from handlers.ports import Attachment, Customer, Event

US = "2244668810"
PAYLOADS = Path(__file__).parents[1] / "payloads" / "x"


def _payload(name):
    return json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("words", ["mentions", "mentions_new_words"])
def test_a_long_post_with_pictures_is_read_whole(words):
    long, _ = posts(_payload(words), US)
    assert (
        long.text
        == "@acme “Is my data safe?” I asked & nobody answered. Here is all of it, <b>in full</b>: https://example.com/long?a=1&copy=2"
    )
    assert long.customer == Customer("783214", "anna", "Anna", reach=4321)
    assert long.posted_at == datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
    assert long.attachments == (Attachment("3_1998877665544330000", "image"), Attachment("7_1998877665544330001", "video"))
    assert (long.event, long.no_answer, long.private, long.language, long.hideable) == (Event.POSTED, "", False, "en", False)
    assert long.url == "https://x.com/anna/status/1998877665544332211"


@pytest.mark.parametrize("words", ["mentions", "mentions_new_words"])
def test_an_edited_answer_to_us_keeps_its_first_id_and_its_thread(words):
    _, answer = posts(_payload(words), US)
    assert (answer.external_id, answer.event) == ("1998877665544332190", Event.EDITED)
    assert answer.conversation_id == "1998877665544332100"
    assert json.loads(answer.context)["post"] == "1998877665544332200"
    assert (answer.no_answer, answer.language, answer.hideable) == ("", None, True)


def test_the_vendors_payload_is_kept_with_what_belongs_to_it_and_nothing_of_others():
    long, answer = posts(_payload("mentions"), US)
    kept = json.loads(answer.raw)
    assert [one["username"] for one in kept["includes"]["users"]] == ["chloe"]
    assert [one["author_id"] for one in kept["includes"]["tweets"]] == [US]
    assert [one["type"] for one in json.loads(long.raw)["includes"]["media"]] == ["photo", "video"]


def test_only_what_a_customer_wrote_in_private_is_read():
    (heard,) = messages(_payload("dm_events"), US)
    assert heard.text == "Hello, my case is 1234 & I wait https://example.com/case/1234"
    assert (heard.external_id, heard.conversation_id) == ("dm:1998877665544339003", "dm:783214-2244668810")
    assert heard.private and heard.no_answer == "" and heard.url is None
    assert heard.attachments == (Attachment("3_1998877665544339000", "image"),)


def test_a_mere_repetition_is_no_mention():
    told = _payload("stream")
    assert posts({**told, "data": [told["data"]]}, US) == []


def test_our_own_post_is_known_by_our_number_and_not_by_a_name():
    told = _payload("mentions")
    told["includes"]["users"][0] |= {"username": "acme", "name": "Acme"}
    assert len(posts(told, US)) == 2
    assert [one.external_id for one in posts(told, "783214")] == ["1998877665544332190"]


@pytest.mark.parametrize("lost", ["id", "author_id", "created_at"])
def test_a_post_that_lacks_what_it_needs_is_set_aside_and_the_other_is_read(lost):
    told = _payload("mentions")
    del told["data"][0][lost]
    aside, answer = posts(told, US)
    assert isinstance(aside, Unread) and lost in aside.because
    assert answer.external_id == "1998877665544332190"


@pytest.mark.parametrize("strange", [None, 7, "x", [], {"id": "1", "author_id": "2", "created_at": "yesterday", "text": "@acme"}])
def test_whatever_x_may_send_in_a_posts_place_is_set_aside(strange):
    (aside,) = posts({"data": [strange]}, US)
    assert isinstance(aside, Unread) and aside.because


def test_a_payload_that_is_too_large_is_kept_without_what_came_beside():
    told = _payload("mentions")
    told["includes"]["users"][0]["name"] = "A" * RAW_MOST
    long, answer = posts(told, US)
    assert len(long.raw.encode()) <= RAW_MOST and "includes" not in json.loads(long.raw)
    assert replace(answer, raw=None) == replace(posts(_payload("mentions"), US)[1], raw=None)
