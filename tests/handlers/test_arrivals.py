"""What arrives, as rows: the mood that figures count, and a severity that does not rest on it."""

from dataclasses import replace

from flows.severity import Severity
from flows.triage import Suggestion
from handlers.arrivals import Arrival, matter_of, mention_row
from tests.builders import mention
from tests.dial import Dial

CALM = Suggestion(True, 0.9, "en", (("my_data", 0.5),), Severity.NORMAL, 0.05, False, 1, "linear", 0.1)


def test_the_counts_read_the_mood_and_not_how_alike_it_is_to_flows_anger():
    row = mention_row(Arrival(mention("you clowns"), replace(CALM, mood=0.8), 1, "unknown"), 1, Dial()())
    assert row["suggestion"]["anger"] == 0.8


def test_what_chooses_a_ladder_does_not_change_with_the_mood():
    calm, furious = (Arrival(mention("where is my parcel"), one, 1, "unknown") for one in (CALM, replace(CALM, mood=0.99)))
    assert matter_of([calm], Severity.NORMAL, crisis=True) == replace(matter_of([furious], Severity.NORMAL, crisis=True))
