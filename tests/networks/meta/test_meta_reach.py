"""How long somebody can be answered in private, and what can be hidden, is told with each message."""

from datetime import timedelta

import pytest

from bot.networks.meta.carrying import within
from bot.networks.meta.payloads import Way, context
from tests.builders import mention


@pytest.mark.parametrize(
    ("way", "closes", "hideable"),
    [
        (Way.COMMENT, timedelta(days=7), True),
        (Way.POST, timedelta(days=7), False),
        (Way.MESSAGE, timedelta(hours=24), False),
        (Way.ELSEWHERE, None, False),
        (Way.CAPTION, None, False),
        (Way.TAGGED, None, False),
    ],
)
def test_the_window_counts_from_the_message_and_only_what_is_below_our_own_can_be_hidden(way, closes, hideable):
    told = within(mention(context=context(way)))
    assert told.private_until == (told.posted_at + closes if closes else None)
    assert told.hideable is hideable
