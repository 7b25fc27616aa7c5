"""What was not heard stands in the digest: from which network, how long, why, and how much of it came when it was over."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.voice import speak
from handlers.insight.composing import _gaps
from handlers.insight.figures import Period
from handlers.ports import Words
from storage import health
from templates import LANGUAGES

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def said(language, **facts):
    plain = {"door": "mastodon:in", "since": AT, "until": AT + timedelta(hours=1), "reason": "nobody_listened", "late": 3}
    return speak(Words("digest.gap", {**plain, **facts}), language, str, lambda moment: f"{moment:%H:%M}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_network_that_was_not_heard_is_named_in_words(language):
    words = said(language)
    assert "Mastodon" in words and ":in" not in words and "nobody_listened" not in words
    assert all(one in words for one in ("09:00", "10:00", "3"))
    assert said(language, until=None) != words
    assert said(language, door="x:part", reason="search_stopped") != said(language, door="x:in", reason="search_stopped")
    assert "slack" in said(language, door="slack:C1").lower()


def test_in_english_it_reads_like_this():
    assert said("en") == "Nothing was heard from Mastodon from 09:00 to 10:00: Tocsin was not running; 3 messages came in once it was over"
    assert said("en", door="x:part", reason="over_budget", late=0, until=None).startswith(
        "Not all was heard from X since 09:00: the budget is spent"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_access_that_is_dead_is_not_said_to_end_within_a_week(language):
    ends, dead = (
        speak(Words("door.closed", {"door": "x:token", "reason": reason, "since": AT}), language, str, str)
        for reason in ("token_ends", "token_revoked")
    )
    assert ends != dead and "token_ends" not in ends and "X" in dead


async def test_an_access_that_ends_soon_is_no_gap_and_what_came_late_is_counted(house, dial):
    begun = dial()
    async with house.store.begin() as work:
        await health.report(work, "x:token", health.FAILING, "token_ends")
        await health.report(work, "x:in", health.CLOSED, "rate_limited")
        await work.commit()
    dial.forward(minutes=5)
    async with house.store.begin() as work:
        await health.report(work, "x:in", health.WELL)
        await health.came_late(work, "x:in", 2)
        await health.came_late(work, "x:in", 5)
        (gap,) = await _gaps(work, Period(begun, dial(), "UTC"))
    assert (gap.door, gap.since, gap.until, gap.reason, gap.late) == ("x:in", begun, dial(), "rate_limited", 7)
