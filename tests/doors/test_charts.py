"""The pictures of a digest and of how things stand: legible on a telephone in every language, and the same every time."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import combinations

import pytest

from bot.pictures.chart_shapes import MARGIN, WIDTH
from bot.pictures.charts import charts, layouts, status_sheet
from bot.pictures.lettering import drawable, width
from bot.pictures.shapes import Box
from handlers.insight.figures import as_plain, from_plain
from templates import LANGUAGES
from tests.builders import ROOT
from tests.doors.charted import BAD, SECRET, bars, day, every_chart, extents, huge, overlapping, sheets_of, standing_of, volume, words
from tests.doors.drawn import ink, size_of


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_words_touch_each_other_or_leave_the_sheet(language):
    for chart in every_chart(language):
        placed = extents(chart)
        assert [
            said for said, (left, foot, right, top) in placed if left < 8 or right > WIDTH - 8 or foot < 4 or top > chart.height - 4
        ] == []
        assert [(one[0], other[0]) for one, other in combinations(placed, 2) if overlapping(one[1], other[1])] == [], chart.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_as_wide_as_they_were_measured(language):
    for chart in sheets_of("day", language):
        for text, (said, (left, _, right, _)) in zip(chart.texts(), extents(chart), strict=True):
            assert said == text.words
            assert right - left <= width(said, text.look) * 1.012 + 2
            assert right - left <= text.room * 1.012 + 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_is_large_enough_for_a_telephone(language):
    assert min(text.look.size for chart in every_chart(language) for text in chart.texts()) >= 28
    assert WIDTH == 1080


def test_nothing_has_a_negative_size_or_lies_outside():
    for chart in every_chart("en"):
        for box in (shape for shape in chart.shapes if isinstance(shape, Box)):
            assert box.width > 0 and box.height > 0 and box.x >= MARGIN - 1 and box.x + box.width <= WIDTH - MARGIN + 1
            assert box.y > 0 and box.y + box.height <= chart.height


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_digest_has_three_pictures_as_large_as_they_were_laid_out(language, dark):
    sheets = charts(day(), language, dark=dark)
    assert [sheet.name for sheet in sheets] == ["volume", "tags", "times"]
    for sheet, chart in zip(sheets, layouts(day(), language), strict=True):
        assert size_of(sheet.content) == (WIDTH, chart.height)
        assert (sheet.title, sheet.described) == (chart.title, chart.described)
        assert ink(sheet.content) > 0.01
        assert len(sheet.content) < 250_000


def test_every_language_says_it_its_own_way_over_the_same_shapes():
    for name in ("day", "month", "empty"):
        for place in range(3):
            three = [sheets_of(name, language)[place] for language in LANGUAGES]
            assert len({chart.title for chart in three}) == len({chart.described for chart in three}) == 3
            assert len({len(bars(chart)) for chart in three}) == 1
    assert len({standing_of("bad", language).title for language in LANGUAGES}) == 3


@pytest.mark.parametrize(
    ("language", "hour", "total"), [("en", "15:00", "1,234,567"), ("es", "15:00", "1.234.567"), ("fr", "15\u00a0h", "1\u00a0234\u00a0567")]
)
def test_hours_and_numbers_are_written_as_the_reader_writes_them(language, hour, total):
    said = words(volume("huge", language))
    assert hour in said and total in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_of_our_own_words_can_be_drawn(language):
    assert drawable((ROOT / f"templates/{language}/chart.j2").read_text(encoding="utf-8"))


def test_no_word_of_a_customer_and_no_name_is_in_a_digests_pictures():
    for chart in layouts(day(), "en"):
        assert SECRET not in " ".join([*words(chart), chart.described])
        assert "The leak" not in " ".join([*words(chart), chart.described])
    whole = day()
    unmarked = replace(whole, arrivals=replace(whole.arrivals, marks=()))
    assert layouts(whole.counts_only(), "en") == layouts(unmarked, "en")


def test_the_figures_that_were_kept_with_a_digest_draw_the_same_pictures():
    kept = from_plain(as_plain(day()))
    assert [sheet.content for sheet in charts(kept, "es")] == [sheet.content for sheet in charts(day(), "es")]


def test_the_same_figures_are_the_same_bytes_also_from_many_threads():
    wanted = [sheet.content for sheet in charts(day(), "en")]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: [sheet.content for sheet in charts(day(), "en")], range(6)))
    assert found == [wanted] * 6
    assert b"tEXt" not in wanted[0] and b"atplotlib" not in wanted[0]


def test_the_bot_starts_without_what_paints_charts():
    check = "import sys, bot.pictures.charts as c; assert 'matplotlib' not in sys.modules and 'numpy' not in sys.modules, c"
    subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=True)


def test_painting_touches_no_state_that_threads_share():
    check = (
        "import sys; from tests.doors.charted import day; from bot.pictures.charts import charts; charts(day(), 'en');"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=True)


def test_by_night_only_the_colours_differ():
    light, dark = charts(huge(), "en"), charts(huge(), "en", dark=True)
    assert all(
        one.content != other.content and size_of(one.content) == size_of(other.content) for one, other in zip(light, dark, strict=True)
    )


def test_the_status_is_one_picture():
    sheet = status_sheet(BAD, "es", "Europe/Madrid", dark=True)
    assert sheet.name == "status" and size_of(sheet.content)[0] == WIDTH
    assert sheet.described.startswith("1.284 casos abiertos, 312 sin responsable")


@pytest.mark.alone
def test_three_pictures_take_less_than_a_second_and_a_half_of_the_processor():
    def taken():
        began = time.process_time()
        charts(day(), "en")
        return time.process_time() - began

    charts(day(), "en")
    assert min(taken() for _ in range(3)) < 1.5
