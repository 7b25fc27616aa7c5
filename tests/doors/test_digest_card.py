"""The card of a digest, as Slack takes it: whatever the day was like, and whatever somebody wrote."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.slack.blocks import card_blocks, notice
from handlers.insight.cards import Digest, digest_card
from handlers.insight.figures import (
    Approving,
    Asked,
    Breach,
    Clock,
    Figures,
    Gap,
    Promises,
    Sent,
    Spread,
    Tally,
    Times,
    Told,
    Waiting,
)
from handlers.ports import CustomerText
from templates import LANGUAGES
from tests.doors.blockkit_check import rebuild
from tests.doors.charted import KINDS, day
from tests.doors.slack_house import all_text
from tests.fakes.slack.validate import problems

EVIL = "<!channel> <https://evil.example|click> \u202eabc\u202c @here *bold* " + "x" * 500


def bad() -> Figures:
    """Everything that can be told, and all of it written by somebody who means no good."""
    whole, n = day(), 10**7
    period, asked = whole.period, Asked(f"4111 1111 1111 1111 https://lure.example {EVIL}", "en", n, 0.5)
    spread = Spread(n, 1e6, 1e7, n, n - 1)
    arrivals = replace(
        whole.arrivals,
        mentions=Tally("mentions", n, n // 2),
        cases=Tally("cases", n),
        networks=tuple(Tally(f"network{at}{EVIL}", n) for at in range(9)),
        moods=(Tally("calm", n, 1), Tally("angry", n, n)),
    )
    return replace(
        whole,
        crisis=EVIL,
        arrivals=arrivals,
        asked=(*(asked,) * 5, *(replace(asked, fresh=True, answered=False),) * 5),
        times=Times(spread, spread, spread, tuple(Breach("step", EVIL, at, n) for at in range(9))),
        approving=Approving(n, 1e6, n, 1e6, n, (Tally(EVIL, n),) * 5, tuple(Tally(f"{EVIL}{at}", n) for at in range(9))),
        waiting=Waiting(n, n, 1e7, n, (Tally("unanswered", n),)),
        told=(Told(EVIL, 1, n, n, (Tally(EVIL, n),)),) * 9,
        promises=Promises(n, n, n, n),
        clocks=tuple(Clock(name, period.since, period.until) for name in ("hold", "authority", "update", "fact", "fact")),
        sent=tuple(Sent(f"{EVIL}{at}", n, ((n, "https://x.example/" + "y" * 4000), (7, "javascript:alert(1)"))) for at in range(9)),
        gaps=tuple(Gap(EVIL, period.since, None, EVIL) for _ in range(9)),
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [*KINDS, "bad"])
def test_slack_takes_it_and_nothing_in_it_acts(kind, language):
    figures = bad() if kind == "bad" else KINDS[kind]()
    late = Digest(figures, figures.period.until, figures.period.until + timedelta(hours=3), 2)
    for digest in (Digest(figures), late, Digest(figures.counts_only(), shared=True)):
        for full in (False, True):
            blocks = card_blocks(digest_card(digest, full=full), language)
            assert problems(blocks) == []
            rebuild(blocks)
            said = all_text(blocks)
            assert "\u202e" not in said and "https://lure" not in said and "4111 1111" not in said


def test_on_a_bad_day_it_is_short_enough_for_a_phone():
    card = digest_card(Digest(bad()))
    assert len([line for line in card.body if not isinstance(line, CustomerText)]) <= 21
    assert len([line for line in card.body if isinstance(line, CustomerText)]) <= 4
    assert len(digest_card(Digest(replace(KINDS["empty"](), asked=()))).body) <= 2


def test_a_locked_screen_shows_no_customers_words():
    assert "bold" not in notice(digest_card(Digest(replace(bad(), crisis="Leak"))), "en")


def test_counts_only_holds_no_word_of_anybody():
    said = all_text(card_blocks(digest_card(Digest(bad().counts_only(), shared=True), full=True), "en"))
    assert "Leak" not in said and "on hold" not in said.lower() and "authority" not in said.lower() and "promised" not in said.lower()
