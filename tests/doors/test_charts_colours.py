"""The colours of our charts: told apart by everybody, however they see colours, by day and by night."""

import re

import pytest

from bot.pictures.chart_palette import BARS, DARK, LIGHT, STROKES
from bot.pictures.shapes import Box
from templates import LANGUAGES
from tests.builders import ROOT
from tests.doors.charted import every_chart

PALETTES = {"light": LIGHT, "dark": DARK}


def linear(colour: str) -> list[float]:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def contrast(one: str, other: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    light, dark = sorted(
        (sum(w * part for w, part in zip((0.2126, 0.7152, 0.0722), linear(c), strict=True)) for c in (one, other)), reverse=True
    )
    return (light + 0.05) / (dark + 0.05)


# Machado, Oliveira and Fernandes 2009, severity 1.0: how who lacks one kind of cone sees a linear colour
SIGHT = {
    "all": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))


def times(matrix, colour):
    return [min(1.0, max(0.0, sum(a * b for a, b in zip(row, colour, strict=True)))) for row in matrix]


def lab(colour: str, sight: str) -> tuple[float, float, float]:
    x, y, z = (part / white for part, white in zip(times(XYZ, times(SIGHT[sight], linear(colour))), (0.95047, 1.0, 1.08883), strict=True))
    fx, fy, fz = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def difference(one: str, other: str, sight: str) -> float:
    """Delta E of 1976: two is what a trained eye sees, and twenty is another colour to anybody."""
    return sum((a - b) ** 2 for a, b in zip(lab(one, sight), lab(other, sight), strict=True)) ** 0.5


@pytest.mark.parametrize("theme", PALETTES)
@pytest.mark.parametrize("ink_of", ["ink", "soft", "critical"])
def test_words_stand_out_from_the_sheet(theme, ink_of):
    assert contrast(PALETTES[theme][ink_of], PALETTES[theme]["sheet"]) >= 4.5


@pytest.mark.parametrize("theme", PALETTES)
@pytest.mark.parametrize("look", ["bar", "rest", "critical", "high", "normal", "low", "before", "base"])
def test_what_carries_a_meaning_stands_out_from_the_sheet(theme, look):
    assert contrast(PALETTES[theme][look], PALETTES[theme]["sheet"]) >= 3


@pytest.mark.parametrize("theme", PALETTES)
@pytest.mark.parametrize("sight", SIGHT)
def test_colours_that_stand_beside_each_other_differ_for_everybody(theme, sight):
    palette = PALETTES[theme]
    beside = [
        ("bar", "rest"),
        ("bar", "before"),
        ("bar", "grid"),
        ("critical", "grid"),
        ("critical", "bar"),
        ("critical", "soft"),
        ("critical", "ink"),
    ]
    assert {pair: round(found) for pair in beside if (found := difference(palette[pair[0]], palette[pair[1]], sight)) < 20} == {}


def test_the_simulation_knows_a_pair_that_cannot_be_told_apart():
    """Red and green of one lightness: the test above can fail."""
    assert difference("#b3160c", "#4a5a00", "all") > 60
    assert difference("#b3160c", "#4a5a00", "deuteranopia") < 20


@pytest.mark.parametrize("name", ["sheet", "ink", "soft", "critical", "high", "normal", "low"])
def test_the_colours_are_those_of_the_console(name):
    console = (ROOT / "templates/pages/console.css").read_text(encoding="utf-8")
    assert re.findall(rf"--{name}: (#\w+);", console)[:2] == [LIGHT[name], DARK[name]]


def test_every_look_has_its_colour_by_day_and_by_night():
    assert set(LIGHT) == set(DARK)
    used = {shape.look for language in LANGUAGES for chart in every_chart(language) for shape in chart.shapes if isinstance(shape, Box)}
    assert used <= set(BARS) and set(BARS.values()) | {stroke.ink for stroke in STROKES.values()} <= set(LIGHT)
