"""What charts show of a period: each hour in its place, what happened then, tags, and how long customers waited."""

import re
from dataclasses import replace
from datetime import timedelta
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.pictures.chart_axis import Axis, heights
from bot.pictures.chart_flags import ROWS, Flag, drawn, raised
from bot.pictures.chart_shapes import MARGIN, WIDTH, Trace
from bot.pictures.chart_words import Manner
from bot.pictures.charts import charts, layouts
from bot.pictures.shapes import Line, Text
from handlers.insight.figures import Mark
from templates import LANGUAGES
from tests.doors.charted import (
    CURVE,
    HOUR,
    LABELS,
    bars,
    by_hour,
    day,
    empty,
    extents,
    figures,
    moment,
    overlapping,
    sheets_of,
    spread,
    volume,
    words,
)


def test_a_bar_is_as_high_as_its_hour_had_messages():
    found = bars(volume())
    assert len(found) == len(CURVE)
    highest = max(box.height for box in found)
    assert [round(box.height * max(CURVE) / highest) for box in found] == pytest.approx(list(CURVE), abs=3)


def test_the_highest_hour_is_named_and_told_to_those_who_cannot_see_it():
    chart = volume()
    assert "402" in words(chart)
    assert "2,982 messages" in chart.described and "(402): Mon 23 Nov, 15:30" in chart.described
    assert sum(CURVE) == 2982


def test_one_message_among_thousands_can_still_be_seen():
    since = moment(2026, 11, 23)
    chart = layouts(figures(since, since + 24 * HOUR, by_hour(since, [1] + [0] * 20 + [90000])), "en")[0]
    assert [box.height >= 3 for box in bars(chart)] == [True, True]


def test_the_period_before_is_a_line_with_its_sum_and_missing_where_it_is_unknown():
    lines = [shape for shape in volume().shapes if isinstance(shape, Trace)]
    assert len(lines) == 2  # the key, and the line itself
    assert any(said.startswith("The day before: ") for said in words(volume()))
    assert not [shape for shape in volume("huge").shapes if isinstance(shape, Trace)]
    assert not [shape for shape in volume("week").shapes if isinstance(shape, Trace)]  # 168 steps would be a thicket
    assert any("more than the week before" in said for said in words(volume("week")))


def test_what_happened_to_the_crisis_stands_at_its_time_and_nothing_else_does():
    chart = volume()
    flags = [shape for shape in chart.shapes if isinstance(shape, Line) and shape.look == "flag"]
    assert len(flags) == 8
    said = words(chart)
    assert {"09:05 crisis opened", "09:12 hold: silent", "16:10 hold lifted", "18:00 public update"} <= set(said)
    assert not [one for one in said if one.startswith("10:00 ")]  # a fact is not for this picture
    axis = Axis(day().period, min(box.x for box in bars(chart)), 1)
    assert axis.period.since == moment(2026, 11, 23, 8, 30)
    opened = next(shape for shape in chart.shapes if isinstance(shape, Text) and shape.words.startswith("09:05"))
    assert min(abs(line.x - opened.x) for line in flags) <= 10


def test_an_unknown_detail_of_a_mark_is_no_error():
    since = moment(2026, 11, 23)
    marks = [Mark(since + HOUR, "hold_set", "sideways"), Mark(since + HOUR, "statement_approved", "draft"), Mark(since, "never_heard_of")]
    chart = layouts(figures(since, since + 24 * HOUR, marks=marks), "en")[0]
    assert not [shape for shape in chart.shapes if isinstance(shape, Line) and shape.look == "flag"]


def test_marks_that_find_no_room_are_counted():
    since = moment(2026, 11, 23)
    marks = [Mark(since + place * timedelta(minutes=61), "update_given") for place in range(20)]
    said = words(layouts(figures(since, since + 24 * HOUR, marks=[*marks, Mark(since, "crisis_opened")]), "en")[0])
    shown = [one for one in said if re.match(r"\d\d:\d\d [a-z]", one)]
    assert "00:00 crisis opened" in shown
    assert f"and {21 - len(shown)} more events" in said


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(MARGIN, WIDTH - MARGIN), st.text("abc ", min_size=1, max_size=26), st.integers(0, 5)), max_size=14))
def test_no_flag_stands_on_another_and_none_is_lost_uncounted(wanted):
    flags = [Flag(x, said, rank) for x, said, rank in wanted]
    found, left_out = raised(flags)
    assert len(found) + left_out == len(flags)
    assert left_out == 0 or max(one.flag.rank for one in found) <= max(flag.rank for flag in flags)
    texts = [shape for shape in drawn(found, 1000, lambda _: 1100) if isinstance(shape, Text)]
    for one, other in combinations(texts, 2):
        assert one.y != other.y or one.x + one.room <= other.x or other.x + other.room <= one.x
    lines = [shape for shape in drawn(found, 1000, lambda _: 1100) if isinstance(shape, Line)]
    for line in lines:
        assert not [text.words for text in texts if text.y > line.y + 30 and text.x < line.x < text.x + text.room]
    assert all(one.row < ROWS and one.begin >= MARGIN and one.end <= WIDTH - MARGIN for one in found)


@given(st.integers(0, 10**9))
def test_heights_are_round_begin_at_nought_and_are_few(peak):
    found = heights(peak)
    assert found[0] == 0 and found[-1] <= peak and len(found) <= 5
    steps = {later - earlier for earlier, later in pairwise(found)}
    assert len(steps) <= 1 and all(re.fullmatch("[125]0*", str(step)) for step in steps)


def test_the_five_most_frequent_tags_have_rows_of_their_own_and_the_rest_share_one():
    chart = sheets_of("day", "en")[1]
    tallies = sorted(day().arrivals.tags, key=lambda tag: -tag.n)
    said = words(chart)
    for tag in tallies[:5]:
        assert LABELS[tag.name]["en"] in said and f"{tag.n:,}" in said
    rest = [tag for tag in tallies[5:] if tag.n]
    assert f"{len(rest)} other tags" in said and f"{sum(tag.n for tag in rest):,}" in said
    assert {box.look for box in bars(chart)} == {"bar", "rest"}
    assert chart.described.startswith(f"New cases by tag: {LABELS[tallies[0].name]['en']} {tallies[0].n:,}, ")


def test_six_tags_need_no_row_for_others():
    since = moment(2026, 11, 23)
    chart = layouts(figures(since, since + 24 * HOUR, by_hour(since, [600] * 24, tags=6)), "en")[1]
    assert {box.look for box in bars(chart)} == {"bar"}
    assert not [said for said in words(chart) if "other" in said]


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ({"en": "Phishing", "fr": "Hameçonnage"}, "Hameçonnage"),
        ({"en": "Phishing"}, "Phishing"),
        ({"en": "Phishing", "fr": "データ漏洩"}, "Phishing"),
        ({"en": "تسريب", "fr": "データ漏洩"}, "My tag"),
        ({}, "My tag"),
        ({"en": "x", "fr": "$\\frac{1}{0}$ \x00\n"}, "$\\frac{1}{0}$"),
    ],
)
def test_a_label_that_we_have_no_letters_for_is_said_another_way(label, shown):
    since = moment(2026, 11, 23)
    tagged = [replace(hour, tags={"my_tag": 3}) for hour in by_hour(since, [9] * 24)]
    tally = replace(day().arrivals.mentions, name="my_tag", n=72)
    plain = figures(since, since + 24 * HOUR, tagged)
    asked = replace(plain, labels={"my_tag": label}, arrivals=replace(plain.arrivals, tags=(tally,)))
    assert shown in words(layouts(asked, "fr")[1])
    assert charts(asked, "fr")[1].content  # never read as a formula


def test_a_long_label_is_cut_before_its_number():
    asked = replace(day(), labels={name: {"en": "Datenschutzgrundverordnung " * 9} for name in LABELS})
    chart = layouts(asked, "en")[1]
    placed = extents(chart)
    assert [(one[0], other[0]) for one, other in combinations(placed, 2) if overlapping(one[1], other[1])] == []


def test_the_middle_and_nine_of_ten_stand_in_their_bins_and_the_share_is_said():
    chart = sheets_of("day", "en")[2]
    said = words(chart)
    assert {"half within 42 min", "9 of 10 within 8 h 40 min", "88% in time (1,611 of 1,840 due)", "1,912 first answers"} <= set(said)
    lines = sorted(shape.x for shape in chart.shapes if isinstance(shape, Line) and shape.look == "flag")
    found = bars(chart)
    assert found[3].x <= lines[0] <= found[3].x + found[3].width  # 30 min to 1 h
    assert abs(lines[1] - found[7].x) < 20  # just over 8 h
    assert chart.described == "1,912 first answers: half within 42 min, 9 of 10 within 8 h 40 min, 88% in time (1,611 of 1,840 due)"


def test_a_time_in_the_bin_without_an_end_stands_in_its_middle():
    since = moment(2026, 11, 23)
    late = spread(0, 0, 0, 0, 0, 0, 0, 0, 7, median=1e6, p90=1e7)
    chart = layouts(figures(since, since + 24 * HOUR, first=late), "en")[2]
    line = next(shape for shape in chart.shapes if isinstance(shape, Line) and shape.look == "flag")
    (bar,) = bars(chart)
    assert line.x == pytest.approx(bar.x + bar.width / 2, abs=2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_without_anything_says_so(language):
    manner = Manner(language, empty().period.zone)
    said = [words(chart) for chart in sheets_of("empty", language)]
    for name, spoken in zip(("no_messages", "no_tags", "no_answers"), said, strict=True):
        assert manner.say(name) in spoken


def test_of_a_few_answers_only_the_middle_is_told():
    since = moment(2026, 11, 23)
    chart = layouts(figures(since, since + 24 * HOUR, first=spread(9, 0, 0, 0, 0, 0, 0, 0, 0, median=120.0, p90=200.0)), "en")[2]
    assert chart.described == "9 first answers: half within 2 min"
    more = layouts(figures(since, since + 24 * HOUR, first=spread(10, 0, 0, 0, 0, 0, 0, 0, 0, median=120.0, p90=200.0)), "en")[2]
    assert more.described == "10 first answers: half within 2 min, 9 of 10 within 3 min"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_end_of_a_bin_is_written_below_it(language):
    for kind in ("day", "huge"):
        said = words(sheets_of(kind, language)[2])
        assert [one for one in said if re.fullmatch(r"\d+ (min|h)", one)] == [
            "5 min",
            "15 min",
            "30 min",
            "1 h",
            "2 h",
            "4 h",
            "8 h",
            "24 h",
        ]
