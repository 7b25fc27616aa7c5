"""A site that sends very many items at once becomes one feed that cannot be read, not a flood of cases."""

import time

import pytest

from bot.networks.press.faults import FeedAway
from bot.networks.press.reading import read_feed


@pytest.mark.parametrize(("item", "number"), [(b"<item/>", 500_000), (b"<i:item xmlns:i=''><title>x</title></i:item>", 3_000)])
def test_a_feed_of_very_many_items_is_too_long(item: bytes, number: int) -> None:
    body = b"<rss version='2.0'><channel><title>t</title>" + item * number + b"</channel></rss>"
    begun = time.monotonic()
    with pytest.raises(FeedAway, match="too_long"):
        read_feed(body, "daily", "https://daily.example/", "text/xml")
    assert time.monotonic() - begun < 5
