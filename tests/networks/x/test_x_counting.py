"""Lengths as X's page "Counting characters" and twitter-text's published weights have them."""

import time

import pytest

from bot.networks.x.costs import DM, POST_WITH_LINK, REPLY, cost
from bot.networks.x.counting import links, weighted, without_links


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("This is a test.", 15),
        ("http://test.com", 23),
        ("https://test.com", 23),
        ("test.com", 23),
        ("Test https://test.com test https://test.com test.com test", 86),
        ("https://example.com/" + "a" * 200, 23),
        ("see (https://example.com/a), thanks", 37),
        ("のの", 4),
        ("저찀쯿쿿", 8),
        ("🐱", 2),
        ("👨‍👩‍👧‍👦", 2),  # seven code points
        ("👋🏽", 2),
        ("🇫🇷", 2),
        ("🏳️‍🌈", 2),
        ("naïve", 5),
        ("cafe\u0301", 4),  # counted as it is normalised: é is one
        ("“so” — …", 9),  # an ellipsis is 2
        ("שלום عليكم", 10),
        ("a\r\nb", 4),
        ("me@example.com", 14),  # an address of a mail is no link
        ("version 2.0 of it.And more", 26),
        ("", 0),
    ],
)
def test_a_text_is_as_long_as_x_counts_it(text, length):
    assert weighted(text) == length


def test_no_text_makes_counting_slow():
    began = time.process_time()
    for text in ("a." * 5_000, "https://" + "a." * 5_000, "a." * 130 + "com", "日" * 10_000, "https://a.com/" + "(" * 5_000, "a " * 5_000):
        assert weighted(text) > 0
    assert time.process_time() - began < 10


def test_a_text_that_is_too_strange_to_be_read_for_links_is_never_counted_too_short():
    assert weighted("a." * 5_000) == 10_000


def test_what_is_a_link_is_known_also_without_a_scheme():
    assert links("see example.com/a or https://test.com.") == ["example.com/a", "https://test.com"]
    assert links("no link here. None at all") == []


def test_a_text_whose_links_x_shortened_is_the_same_text():
    assert without_links("Go to https://example.com/a?b=1, or test.com.") == without_links(
        "Go to https://t.co/abcdefghij, or https://t.co/klmnopqrst."
    )
    assert without_links("one https://example.com") != without_links("two https://t.co/abcdefghij")


def test_a_link_makes_a_reply_twenty_times_as_dear():
    assert cost("Your data is safe.") == REPLY
    assert cost("See meridia.example.com/help") == POST_WITH_LINK
    assert cost("See https://example.com", private=True) == DM
