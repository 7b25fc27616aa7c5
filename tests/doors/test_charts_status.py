"""The picture of how things stand now."""

from dataclasses import replace

import pytest

from bot.pictures.chart_paint import png
from bot.pictures.chart_palette import LIGHT, SIGNS
from bot.pictures.chart_shapes import MARGIN, WIDTH
from bot.pictures.chart_words import Manner
from bot.pictures.shapes import Sign
from bot.pictures.status_chart import status_chart
from handlers.insight.figures import Clock
from tests.doors.charted import BAD, HOUR, NOW, bars, day, standing_of, words


def test_the_status_shows_its_numbers_and_what_is_red():
    said = words(standing_of("bad", "en"))
    assert {"1,284", "312", "2 h 4 min", "17", "14", "220", "810", "240"} <= set(said)
    assert {"3 cases: everybody was told, nobody answered", "Hold: holding statement only", "for 3 h", "2 days 6 h left"} <= set(said)
    red = [text.words for text in standing_of("bad", "en").texts() if text.tone == "critical" and text.look.ink == "tone"]
    assert red == ["3 cases: everybody was told, nobody answered", "overdue by 24 min", "Not working: slack, webhook:x"]
    assert "Crisis “The leak”, open for 26 h 18 min" in said and "Mon 23 Nov, 18:05 · Europe/Madrid" in said


def test_a_clock_shows_how_much_of_it_has_run():
    track, run = bars(standing_of("bad", "en"), "track", "bar")
    assert run.width / track.width == pytest.approx(18 / 72)
    late = replace(BAD, clocks=(Clock("authority", NOW - 80 * HOUR, NOW - 8 * HOUR), Clock("update", NOW, NOW)))
    found = status_chart(late, Manner("en", day().period.zone))
    assert [(box.look, box.width) for box in bars(found, "track")] == [("track", WIDTH - 2 * MARGIN)]
    assert "overdue by 8 h" in words(found)


def test_a_quiet_status_has_nothing_red_and_no_empty_bars():
    chart = standing_of("quiet", "fr")
    assert "Aucune crise n’est ouverte" in words(chart)
    assert not [text for text in chart.texts() if text.tone == "critical"] and not bars(chart, *SIGNS)


def test_a_crisis_whose_name_we_have_no_letters_for_is_still_drawn():
    chart = status_chart(replace(BAD, crisis="漏洩 🔥"), Manner("en", day().period.zone))
    assert "The crisis, open for 26 h 18 min" in words(chart)
    assert png(chart, LIGHT)


def test_each_severity_has_a_sign_of_its_own_and_a_word_beside_its_colour():
    chart = standing_of("bad", "en")
    signs = [shape for shape in chart.shapes if isinstance(shape, Sign)]
    assert [sign.name for sign in signs] == ["critical", "high", "normal", "low"]
    for sign, word in zip(signs, ("Critical", "High", "Normal", "Low"), strict=True):
        assert [text for text in chart.texts() if text.words == word and abs(text.y - sign.y - sign.size) < 12]
