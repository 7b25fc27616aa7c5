"""Our reply as a record: its key is the token's, its links are named in bytes, and it is counted as the lexicon counts."""

from datetime import UTC, datetime, timedelta

import pytest
from atproto_client import models
from atproto_client.models.string_formats import validate_tid

from bot.networks.bluesky.record import Refs, fits, is_this, key_of, length, record_of
from handlers.networks import Reply
from handlers.ports import Customer

PARENT = "at://did:plc:3kq55zrlntsdbkprt7vmufks/app.bsky.feed.post/3n2w3nt5tx227"
CID = "bafyreifcqeqygqxuhujrzi5pnz3xcnoqjeevh5cmev7siexpyew3sozn6u"
REF = {"uri": PARENT, "cid": CID}
SIGNS = "234567abcdefghijklmnopqrstuvwxyz"
NOW = datetime(2026, 11, 22, 17, tzinfo=UTC)


class Strict:
    context = {"strict_string_format": True}  # noqa: RUF012


def reply(text, handle="anna.test"):
    return Reply("t", text, "en", False, PARENT, PARENT, Customer("did:plc:3kq55zrlntsdbkprt7vmufks", handle))


def record(text, **more):
    made = record_of(reply(text, **more), Refs(REF, REF), NOW)
    models.AppBskyFeedPost.Record.model_validate(made, context=Strict.context)
    return made


def token(at, number=0):
    return f"{int(at.timestamp() * 1_000_000):014x}{number:018x}"


def moment(key):
    number = 0
    for sign in key:
        number = number << 5 | SIGNS.index(sign)
    return datetime.fromtimestamp((number >> 10) / 1_000_000, UTC)


def linked(text, **more):
    """What is named as a link or as somebody, as clients cut it out."""
    raw = text.encode()
    for facet in record(text, **more).get("facets", []):
        (feature,) = facet["features"]
        yield raw[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(), feature.get("uri") or feature["did"]


def test_a_key_is_a_valid_tid_and_the_same_at_every_attempt():
    for one in (token(NOW), "t1", "", "ü" * 50, "ffffffffffffff" + "0" * 18):
        assert validate_tid(key_of(one), Strict()) == key_of(one)
        assert moment(key_of(one)) < datetime.now(UTC) + timedelta(days=365)


def test_keys_made_in_one_moment_differ_and_lie_a_little_back():
    keys = {key_of(token(NOW, number)) for number in range(20_000)}
    assert len(keys) == 20_000
    assert all(NOW - timedelta(hours=3) < moment(key) <= NOW for key in keys)


def test_keys_follow_the_order_of_the_hours():
    keys = [key_of(token(NOW + timedelta(hours=3 * step))) for step in range(50)]
    assert keys == sorted(keys)


def test_the_record_stands_below_what_it_answers():
    made = record("Your data is safe.")
    assert made["reply"] == {"root": REF, "parent": REF}
    assert (made["langs"], made["createdAt"]) == (["en"], "2026-11-22T17:00:00.000Z")
    assert "facets" not in made
    assert is_this(made, reply("Your data is safe."))
    assert not is_this(made, reply("Other words."))
    assert not is_this({**made, "reply": {"root": REF, "parent": {"uri": "at://x/y/z"}}}, reply("Your data is safe."))
    assert not is_this(None, reply("x")) and not is_this({"reply": 3}, reply("x"))


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("See https://a.test/x?y=1&z=2#w.", ["https://a.test/x?y=1&z=2#w"]),
        ("👩🏽‍🚀 ñ (https://a.test/b) — “https://c.test/d”", ["https://a.test/b", "https://c.test/d"]),
        ("https://a.test/wiki/X_(y), https://b.test!", ["https://a.test/wiki/X_(y)", "https://b.test"]),
        ("no link: a.test, http//x", []),
    ],
)
def test_links_are_named_where_they_stand(text, links):
    assert list(linked(text)) == [(one, one) for one in links]


def test_the_customer_is_named_as_an_account_and_nobody_else():
    text = "Ñ @anna.test and @Anna.Test, not @anna.test.evil or @anna.tester or x@anna.test; @bruno.test"
    assert [shown for shown, _ in linked(text)] == ["@anna.test", "@Anna.Test"]
    assert list(linked("@", handle="")) == []


def test_length_is_counted_in_signs_that_people_see():
    assert length("👩🏽‍🚀🇫🇷e\u0301क्षि\r\n") == 5
    assert fits("👨‍👩‍👧‍👦" * 100) and length("👨‍👩‍👧‍👦" * 100) == 100
    assert not fits("a" * 301)
    assert length("👨‍👩‍👧‍👦" * 300) == 300 and not fits("👨‍👩‍👧‍👦" * 300), "7,500 bytes of at most 3,000"
