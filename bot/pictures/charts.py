"""The pictures of a digest: how much came in, what it was about, how long customers waited. As PNG, 1,080 pixels wide."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.pictures.chart_palette import DARK, LIGHT
from bot.pictures.chart_shapes import Chart
from bot.pictures.chart_words import Manner
from bot.pictures.status_chart import status_chart
from bot.pictures.tags_chart import tags_chart
from bot.pictures.times_chart import times_chart
from bot.pictures.volume_chart import volume_chart
from handlers.insight.figures import Figures
from handlers.insight.status import Standing


@dataclass(frozen=True)
class Sheet:
    """One picture. `described` says it in a sentence to those who cannot see it; `content` is a PNG."""

    name: str
    title: str
    described: str
    content: bytes


def charts(figures: Figures, language: str, *, dark: bool = False) -> tuple[Sheet, ...]:
    """Takes a good part of a second, so call it in a thread. No word of a customer is in them."""
    return tuple(_painted(chart, dark=dark) for chart in layouts(figures, language))


def status_sheet(standing: Standing, language: str, timezone: str = "UTC", *, dark: bool = False) -> Sheet:
    """How things stand now, in one picture."""
    return _painted(status_chart(standing, Manner(language, ZoneInfo(timezone))), dark=dark)


def layouts(figures: Figures, language: str) -> tuple[Chart, ...]:
    """The same before they are painted."""
    manner = Manner(language, figures.period.zone)
    return volume_chart(figures, manner), tags_chart(figures, manner), times_chart(figures, manner)


def _painted(chart: Chart, *, dark: bool) -> Sheet:
    from bot.pictures.chart_paint import png  # noqa: PLC0415 - Matplotlib loads with the first chart, not with the bot

    return Sheet(chart.name, chart.title, chart.described, png(chart, DARK if dark else LIGHT))
