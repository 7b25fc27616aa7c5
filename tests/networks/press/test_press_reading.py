"""What the bytes of a feed are read as, whatever a site sends."""

import json
import time
from datetime import UTC, datetime

import pytest

from bot.networks.press.faults import FeedAway
from bot.networks.press.reading import Item, Unreadable, read_feed
from handlers.ports import Attachment
from tests.fakes.press.site import atom, atom_entry, rss, rss_item
from tests.networks.press.hostile import BILLION_LAUGHS, DEEP, DEEP_HTML, QUADRATIC, external_entity, items


def read(body: bytes, content_type: str = ""):
    return read_feed(body, "daily", "https://news.example/feed.xml", content_type)


def first(*inner: str) -> Item:
    return read(items(*inner)).items[0]


def test_title_and_summary_are_the_text_and_markup_is_gone():
    item = first(
        "<title>Leak &amp; more</title><guid>1</guid><description>&lt;p&gt;One&lt;br&gt;two&lt;/p&gt;&lt;p&gt;three&lt;/p&gt;</description>"
    )
    assert item.text == "Leak & more\n\nOne\ntwo\nthree"


def test_a_link_in_the_words_keeps_its_whole_address():
    html = '&lt;a href="https://a.example/long?x=1&amp;amp;y=2"&gt;here&lt;/a&gt;'
    assert first(f"<title>T</title><guid>1</guid><description>{html}</description>").text.endswith("here (https://a.example/long?x=1&y=2)")


def test_scripts_styles_and_pictures_that_track_are_gone():
    html = "&lt;script&gt;steal()&lt;/script&gt;&lt;style&gt;p{}&lt;/style&gt;&lt;img src=x onerror=steal()&gt;words"
    item = first(f"<title>T</title><guid>1</guid><description>{html}</description>")
    assert item.text == "T\n\nwords"


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("<pubDate>Sun, 22 Nov 2026 12:00:00 +0100</pubDate>", datetime(2026, 11, 22, 11, tzinfo=UTC)),
        ("<pubDate>2026-11-22T12:00:00Z</pubDate>", datetime(2026, 11, 22, 12, tzinfo=UTC)),
        ("<pubDate>yesterday, or so</pubDate>", None),
        ("<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>", None),
        ("", None),
    ],
)
def test_a_moment_is_in_utc_or_unknown(moment, expected):
    assert first(f"<title>T</title><guid>1</guid>{moment}").posted_at == expected


def test_an_id_is_the_items_own_else_its_link_else_what_it_says():
    title = "<title>T</title>"
    assert first(f"{title}<guid>https://a.example/1</guid><link>https://a.example/2</link>").key == "https://a.example/1"
    assert first(f"{title}<guid isPermaLink='false'>17</guid><link>https://a.example/2</link>").key == "daily:17"
    assert first(f"{title}<link>https://a.example/2</link>").key == "https://a.example/2"
    assert first(title).key == first(title).key != first("<title>U</title>").key
    assert len(first(f"{title}<guid>https://a.example/{'x' * 5_000}</guid>").key) < 100


def test_an_id_that_all_items_share_tells_none_of_them_apart():
    found = read(items(*(f"<title>T{n}</title><guid>same</guid><link>https://a.example/{n}</link>" for n in range(3))))
    assert [one.key for one in found.items] == [f"https://a.example/{n}" for n in range(3)]


def test_language_and_title_come_from_the_feed_where_an_item_has_none():
    found = read(atom([atom_entry(_entry())]).encode())
    assert (found.title, found.items[0].language) == ("The Daily", "fr")
    assert read(rss([rss_item(_entry())]).encode()).items[0].language == "en"


def _entry():
    from tests.fakes.press import Entry  # noqa: PLC0415

    return Entry("urn:1", "words")


def test_enclosures_are_listed_and_their_size_where_it_is_one():
    given = '<enclosure url="https://a.example/pod/one.mp3?x=1" type="audio/mpeg" length="{}"/>'
    assert first(f"<title>T</title>{given.format(1234)}").attachments == (Attachment("one.mp3", "audio/mpeg", 1234),)
    assert first(f"<title>T</title>{given.format('²')}").attachments == (Attachment("one.mp3", "audio/mpeg", None),)


def test_an_item_that_says_nothing_is_set_aside_and_the_others_are_read():
    before, nothing, after = read(items("<title>A</title>", "<category>x</category>", "<title>B</title>")).items
    assert (before.text, after.text) == ("A", "B")
    assert isinstance(nothing, Unreadable) and nothing.because == "empty_entry"


def test_a_feed_that_begins_with_its_oldest_is_turned_round():
    dated = [f"<title>{n}</title><pubDate>Sun, 22 Nov 2026 12:0{n}:00 GMT</pubDate>" for n in range(3)]
    assert [one.text for one in read(items(*dated)).items] == ["2", "1", "0"]
    assert [one.text for one in read(items(*reversed(dated))).items] == ["2", "1", "0"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_a_feed_may_be_written_in_another_encoding(encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + items("<title>Données volées à Évry</title><guid>1</guid>").decode()
    assert read(text.encode(encoding)).items[0].text == "Données volées à Évry"
    assert read(text.encode(encoding), f"text/xml; charset={encoding}").items[0].text == "Données volées à Évry"


def test_a_feed_that_breaks_the_rules_of_xml_is_read_as_far_as_it_goes():
    broken = b'<rss version="2.0"><channel><item><title>Fish & chips</title><guid>1</guid></item><item><title>Next'
    assert read(broken).items[0].text == "Fish & chips"


@pytest.mark.parametrize("body", [b"", b"<html><body>Please log in</body></html>", b"\x00\x01\x02", b'{"version": 1}', b"\xff" * 1_000])
def test_what_is_no_feed_is_called_so(body):
    with pytest.raises(FeedAway, match="not_a_feed"):
        read(body)


@pytest.mark.parametrize("body", [BILLION_LAUGHS, QUADRATIC, DEEP, DEEP_HTML], ids=["laughs", "quadratic", "deep", "deep_html"])
def test_what_is_meant_to_exhaust_us_does_not(body):
    began = time.monotonic()
    try:
        found = read(body)
    except FeedAway:
        found = None
    assert time.monotonic() - began < 10
    assert found is None or all(len(one.raw) < 200_000 for one in found.items)


def test_nothing_outside_is_read_into_an_item(tmp_path):
    (secret := tmp_path / "secret").write_text("our own secret")
    assert "our own secret" not in first_of(external_entity(secret.as_uri())).raw


def first_of(body: bytes) -> Item | Unreadable:
    return read(body).items[0]


def test_what_is_kept_of_an_item_is_bounded_json():
    item = first(f"<title>T</title><guid>1</guid><description>{'word ' * 100_000}</description>")
    assert len(item.raw.encode()) < 200_000
    assert json.loads(item.raw)["title"] == "T"
    assert len(item.text) <= 100_000
