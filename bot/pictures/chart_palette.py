"""The colours of our charts, by day and by night: the console's own, told apart by everybody, however they see colours."""

from collections.abc import Mapping
from dataclasses import dataclass

Palette = Mapping[str, str]

LIGHT: Palette = {
    "sheet": "#fffefc",
    "ink": "#1d1b18",
    "soft": "#5b564d",
    "bar": "#1f4fa3",
    "rest": "#857e72",
    "before": "#857e72",
    "grid": "#e4dfd6",
    "base": "#8f887c",
    "critical": "#b3160c",
    "high": "#a14a00",
    "normal": "#2c6a52",
    "low": "#6d675d",
}
DARK: Palette = {
    "sheet": "#1a1d23",
    "ink": "#ece9e3",
    "soft": "#a9adb6",
    "bar": "#8fb4ff",
    "rest": "#747b88",
    "before": "#a9adb6",
    "grid": "#2f343e",
    "base": "#6a7180",
    "critical": "#ff8a7a",
    "high": "#ffb467",
    "normal": "#7fcfae",
    "low": "#a3a29c",
}


@dataclass(frozen=True)
class Stroke:
    """`halo`: how much of the sheet's colour lies round it, in pixels."""

    ink: str
    width: float
    halo: float = 0


STROKES = {
    "grid": Stroke("grid", 1.5),
    "base": Stroke("base", 2),
    "midnight": Stroke("base", 1.5),
    "flag": Stroke("ink", 2, 5),
    "before": Stroke("before", 3, 4),
}
DASHES = {"midnight": (4, 5)}
BARS = {"bar": "bar", "rest": "rest", "track": "grid", "critical": "critical", "high": "high", "normal": "normal", "low": "low"}
SIGNS = {"critical": "8", "high": "^", "normal": "o", "low": "o"}  # the console's: a shape for each severity beside its colour
SMALL = "low"
