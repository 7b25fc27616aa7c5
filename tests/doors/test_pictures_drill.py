"""A drill's picture: whoever is told, how much and when, can be read off it."""

import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.pictures import drill_png, drill_svg
from bot.pictures.drill_layout import ROW, drill_sheet, short
from bot.pictures.paint import PNG_WIDTH
from bot.pictures.shapes import Box, Dot, Line, Sign
from bot.pictures.time_axis import LABELS, Axis
from flows.severity import SEVERITY_WORDS
from handlers.pictures.timeline_picture import SEVERITIES, Arrival, Drill, Row, Span, Telling, Unanswered, gravest_of
from templates import LANGUAGES
from tests.doors.drawn import HOSTILE, LONG, SVG, astray, ink, parsed, said, size_of

MADRID = ZoneInfo("Europe/Madrid")
EVE = datetime(2026, 12, 24, 20, tzinfo=MADRID)


def after(minutes):
    return EVE + timedelta(minutes=minutes)


def span(begin, end):
    return Span(after(begin), after(end))


def drill(*tellings, **changes):
    plain = {
        "title": "storm.jsonl",
        "span": span(0, 600),
        "zone": MADRID,
        "people": (Row("Grace Okafor", (span(-600, 120),)), Row("Tom Aldous", (span(120, 600),)), Row("Priya Nair")),
        "tellings": tellings,
    }
    return Drill(**plain | changes)


STORM = drill(
    Telling(after(5), "Grace Okafor", 3, "high", ("direct",)),
    Telling(after(6), "Grace Okafor", 1, "critical", ("webhook",)),
    Telling(after(200), "Tom Aldous", 40, "normal", ("email", "thread")),
    Telling(after(400), "Tom Aldous"),
    unanswered=(Unanswered(span(210, 300), 4), Unanswered(span(250, 320), 8, late=True)),
    arrivals=tuple(Arrival(after(minute), 2) for minute in range(0, 300, 7)),
)


def of(sheet, kind, *looks):
    return [shape for shape in sheet.shapes if isinstance(shape, kind) and shape.look in looks]


def dots(sheet):
    """Those of the rows; the key beneath them has smaller ones."""
    return [dot for dot in of(sheet, Dot, "told") if dot.y < sheet.height - 80]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_drill_is_well_formed_fits_and_says_its_sum(language):
    root = parsed(drill_svg(STORM, language))
    assert "storm.jsonl" in root.findtext(f"{SVG}title")
    assert all(number in root.findtext(f"{SVG}desc") for number in ("86", "2", "4", "12"))
    assert astray(drill_sheet(STORM, language)) == []


def test_the_picture_is_built_the_same_in_every_language():
    sheets = [drill_sheet(STORM, language) for language in LANGUAGES]
    assert len({str([(dot.x, dot.y, dot.tone) for dot in dots(sheet)]) for sheet in sheets}) == 1
    assert len({sheet.title for sheet in sheets}) == len(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_png_of_a_drill_has_its_size_and_is_not_empty(language):
    sheet, png = drill_sheet(STORM, language), drill_png(STORM, language)
    wide, high = size_of(png)
    assert wide == PNG_WIDTH and abs(high - sheet.height * wide / sheet.width) <= 1
    assert ink(png) > 0.01


def test_what_somebody_is_told_at_about_the_same_time_is_one_dot_with_the_gravest_colour():
    sheet = drill_sheet(STORM, "en")
    grace, *tom = dots(sheet)
    assert grace.tone == "critical" and [dot.tone for dot in tom] == ["normal", "normal"]
    counts = {text.x: text.words for text in sheet.texts() if text.anchor == "middle" and any(dot.x == text.x for dot in dots(sheet))}
    assert counts[grace.x] == "4" and counts[tom[0].x] == "40"
    assert tom[0].radius > grace.radius > tom[1].radius


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(-60, 700), st.integers(1, 99_999), st.sampled_from(SEVERITIES)), max_size=60))
def test_dots_never_hide_each_other_and_never_leave_their_row(told):
    storm = drill(*(Telling(after(minute), "Tom Aldous", cases, severity) for minute, cases, severity in told))
    sheet = drill_sheet(storm, "en")
    row = sorted(dots(sheet), key=lambda dot: dot.x)
    assert all(one.x + one.radius <= other.x - other.radius for one, other in pairwise(row))
    assert all(2 * dot.radius < ROW for dot in row)
    assert astray(sheet) == []
    assert bool(row) == bool(told)


def test_a_severity_has_a_shape_of_its_own_and_not_only_a_colour():
    told = drill(*(Telling(after(100 * place), "Tom Aldous", 5, severity) for place, severity in enumerate(SEVERITIES)))
    uses = [one.get("href") for one in parsed(drill_svg(told, "en")).iter(f"{SVG}use")]
    assert uses.count("#tocsin-dot-critical") == uses.count("#tocsin-dot-high") == 2  # in the row, and in the key
    texts = [text.look.ink for text in drill_sheet(told, "en").texts() if text.words == "5"]
    assert texts == ["ink", "sheet", "sheet", "sheet"]


def test_dots_stand_where_their_time_is():
    sheet = drill_sheet(STORM, "en")
    band = of(sheet, Box, "rest")[0]
    _, tom, _ = dots(sheet)
    assert tom.x == pytest.approx(band.x + band.width * 200 / 600)


def test_working_hours_are_shaded_for_each_person_and_end_at_the_edge_of_the_picture():
    sheet = drill_sheet(STORM, "en")
    bands, work = of(sheet, Box, "rest"), of(sheet, Box, "work")
    assert len(bands) == 3 and len(work) == 2
    assert [box.width / bands[0].width for box in work] == pytest.approx([0.2, 0.8])
    assert work[0].x == bands[0].x and work[1].x + work[1].width == pytest.approx(bands[0].x + bands[0].width)


def test_unanswered_cases_are_a_red_bar_as_high_as_they_are_many_and_darker_when_late():
    assert STORM.unanswered_most == 12
    sheet = drill_sheet(STORM, "en")
    bars = sorted((box for box in of(sheet, Box, "unanswered", "late")), key=lambda box: box.x)
    assert [box.look for box in bars] == ["unanswered", "late", "late"]
    assert [box.height / bars[1].height for box in bars] == pytest.approx([4 / 12, 1, 8 / 12])
    assert "12 at most" in said(drill_svg(STORM, "en"))


def test_a_calm_drill_has_no_red_bar_and_says_so():
    calm = drill(Telling(after(1), "Grace Okafor"))
    assert not of(drill_sheet(calm, "en"), Box, "unanswered", "late")
    assert "1 person told 1 time · none unanswered" in said(drill_svg(calm, "en"))


def test_a_drill_in_which_nothing_happens_can_be_drawn():
    nothing = drill(people=(), span=span(0, 0))
    assert astray(drill_sheet(nothing, "es")) == []
    assert ink(drill_png(nothing, "es")) > 0


def test_ways_are_shown_by_their_signs_and_who_was_never_told_is_named():
    signs = [shape.name for shape in drill_sheet(STORM, "en").shapes if isinstance(shape, Sign)]
    assert signs == ["direct", "webhook", "email", "thread"]
    assert "never told" in said(drill_svg(STORM, "en"))


def test_somebody_who_was_told_but_is_not_among_the_people_still_has_a_row():
    assert "A stranger" in said(drill_svg(drill(Telling(after(5), "A stranger")), "en"))


@pytest.mark.parametrize("name", [LONG, HOSTILE, "W" * 200, "漢" * 60])
def test_no_name_of_a_person_or_a_file_leaves_its_place(name):
    odd = drill(Telling(after(5), name, 7), title=name, people=(Row(name),))
    assert astray(drill_sheet(odd, "fr")) == []
    assert parsed(drill_svg(odd, "fr")) is not None


@pytest.mark.alone
def test_forty_people_and_a_storm_are_drawn_in_less_than_a_second():
    people = tuple(Row(f"Person {number}", (span(0, 480),)) for number in range(40))
    tellings = tuple(
        Telling(after(minute), f"Person {minute % 40}", 1 + minute % 9, SEVERITIES[minute % 4], ("direct",)) for minute in range(600)
    )
    storm = drill(*tellings, people=people)

    def taken():
        began = time.process_time()
        drill_png(storm, "en")
        return time.process_time() - began

    assert min(taken() for _ in range(3)) < 1


def ticks(begin, minutes, zone=MADRID):
    return [f"{at:%H:%M}" for at in Axis(Span(begin, begin + timedelta(minutes=minutes)), zone, 0, 700).ticks()]


@pytest.mark.parametrize(
    ("minutes", "labels"),
    [
        (20, ["20:00", "20:05", "20:10", "20:15", "20:20"]),
        (60, ["20:00", "20:10", "20:20", "20:30", "20:40", "20:50", "21:00"]),
        (600, ["20:00", "22:00", "00:00", "02:00", "04:00", "06:00"]),
    ],
)
def test_an_axis_has_the_full_hours_and_quarters_of_the_local_clock(minutes, labels):
    assert ticks(EVE, minutes) == labels


def test_an_axis_that_begins_between_hours_names_the_next_one():
    assert ticks(datetime(2026, 12, 24, 19, 50, tzinfo=UTC), 240)[0] == "21:00"


def test_the_night_in_which_clocks_change_shows_what_clocks_show():
    assert ticks(datetime(2027, 3, 27, 23, tzinfo=UTC), 300) == ["00:00", "01:00", "03:00", "04:00", "05:00", "06:00"]


@settings(deadline=None)
@given(st.integers(1, 60 * 24 * 60))
def test_an_axis_is_never_crowded(minutes):
    assert 1 <= len(ticks(EVE, minutes)) <= LABELS + 1


def test_hours_are_equally_long_in_the_night_in_which_clocks_change():
    axis = Axis(Span(datetime(2027, 3, 28, 0, tzinfo=MADRID), datetime(2027, 3, 28, 6, tzinfo=MADRID)), MADRID, 0, 700)
    assert [axis.place(at) for at in axis.ticks()] == pytest.approx([0, 140, 280, 420, 560, 700])


def test_midnight_is_a_line_of_its_own_with_the_day():
    sheet = drill_sheet(STORM, "en")
    assert len(of(sheet, Line, "midnight")) == 1
    assert {"24 Dec", "25 Dec"} <= set(said(drill_svg(STORM, "en")))
    assert astray(drill_sheet(drill(span=span(0, 60 * 24 * 20)), "fr")) == []


@pytest.mark.parametrize(("count", "sign"), [(2, "2"), (999, "999"), (1000, "1k"), (12_345, "12k")])
def test_a_dot_tells_its_cases_in_three_signs(count, sign):
    assert short(count) == sign


def test_severities_are_those_of_flows_in_their_order():
    assert SEVERITIES == SEVERITY_WORDS
    assert gravest_of(["low", "high", "normal"]) == "high" and gravest_of([]) == "low"
