"""What a digest says of numbers is true of small ones, of none and of very many, in every language."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from bot.voice import speak
from handlers.insight.cards import Digest, digest_card
from handlers.insight.figures import Approving, Arrivals, Figures, Period, Promises, Spread, Tally, Times, Waiting
from templates import LANGUAGES

UNTIL = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
NONE = Spread(0, None, None)


def said(language, n, before, spread=NONE):
    both = Tally("all", n, before), Tally("all", n, before)
    came = Arrivals(*both, (Tally("x", n, before),), (), (), (Tally("phishing", n, before),), (), ())
    period, times = Period(UNTIL - timedelta(days=1), UNTIL, "UTC"), Times(spread, spread, spread)
    rest = (Approving(0, None, 0, None, 0), Waiting(n, n, None, None), (), Promises(0, 0, 0, 0), (), (), ())
    card = digest_card(Digest(Figures(period, "", came, (), times, *rest)), full=True)
    lines = [speak(words, language, str, str) for words in (card.title, *card.body)]
    return "\n".join(lines).replace("\xa0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("n", "before"), [(201, 200), (199, 200), (1_000_001, 1_000_000), (603, 600)])
def test_a_change_that_is_hardly_one_is_no_percentage(language, n, before):
    assert not re.search(r"(?<!\d)0 ?%", said(language, n, before))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("n", [0, 1, 2, 19, 1_000_000])
def test_after_a_day_on_which_nobody_wrote_nothing_is_divided(language, n):
    assert "%" not in said(language, n, 0)


@pytest.mark.parametrize(("language", "many"), [("en", "50,000"), ("es", "50.000"), ("fr", "50 000")])
def test_what_multiplies_is_told_as_times(language, many):
    words = said(language, 1_000_000, 20)
    assert f"{many} " in words and f"×{many})" in words and "%" not in words


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_in_time_are_said_to_be_so_only_when_none_was_late(language):
    late, well = (re.search(r"(\d+) ?%", said(language, 1, 0, Spread(1000, 60, 90, 1000, n)))[1] for n in (999, 1000))
    assert (late, well) == ("99", "100")
