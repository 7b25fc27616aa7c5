"""From a chart to its PNG, in the letters that we ship. Only this module knows Matplotlib; it loads when the first chart is drawn."""

from collections.abc import Iterator
from io import BytesIO
from itertools import groupby

from matplotlib import rcParams
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.text import Text as Lettering
from matplotlib.transforms import Affine2D, Transform

from bot.pictures.chart_palette import BARS, DASHES, SIGNS, SMALL, STROKES, Palette
from bot.pictures.chart_shapes import WIDTH, Chart, Part, Trace
from bot.pictures.shapes import Box, Line, Look, Sign, Text
from templates import FONTS

rcParams["text.hinting"] = "no_hinting"  # once, for the whole process: letters stand where they were measured
HALO = 8  # pixels of the sheet's own colour round words and lines, so that they can be read over bars


def png(chart: Chart, palette: Palette) -> bytes:
    """The same bytes for the same chart: neither a date nor a version is written into it."""
    canvas = painted(chart, palette)
    content = BytesIO()
    canvas.print_png(content, metadata={"Software": None})  # type: ignore[no-untyped-call] # Matplotlib types only part of itself
    return content.getvalue()


def painted(chart: Chart, palette: Palette) -> FigureCanvasAgg:
    """At 72 dots an inch a point is a pixel. No pyplot, whose state all threads would share."""
    figure = Figure(figsize=(WIDTH / 72, chart.height / 72), dpi=72, facecolor=palette["sheet"], edgecolor=palette["sheet"])
    canvas = FigureCanvasAgg(figure)
    downwards = Affine2D().scale(1, -1).translate(0, chart.height)
    for place, artist in enumerate(_artists(chart, palette, downwards)):
        artist.set_zorder(place)
        figure.add_artist(artist)
    return canvas


def _artists(chart: Chart, palette: Palette, downwards: Transform) -> Iterator[Artist]:
    """In the order of the shapes; boxes of one look that follow each other are one."""
    for _, group in groupby(chart.shapes, lambda shape: (shape.kind, shape.look) if isinstance(shape, Box) else id(shape)):
        shapes = list(group)
        boxes = [shape for shape in shapes if isinstance(shape, Box)]
        yield _boxes(boxes, palette, downwards) if boxes else _artist(shapes[0], palette, downwards)


def _boxes(boxes: list[Box], palette: Palette, downwards: Transform) -> PolyCollection:
    corners = [
        ((one.x, one.y), (one.x + one.width, one.y), (one.x + one.width, one.y + one.height), (one.x, one.y + one.height)) for one in boxes
    ]
    return PolyCollection(corners, transform=downwards, facecolor=palette[BARS[boxes[0].look]], linewidth=0, antialiased=False)


def _artist(shape: Part, palette: Palette, downwards: Transform) -> Artist:
    match shape:
        case Text():
            return _words(shape, palette, downwards)
        case Line():
            return _stroke([(shape.x, shape.y), (shape.to_x, shape.to_y)], shape.look, palette, downwards)
        case Trace():
            return _stroke(shape.points, shape.look, palette, downwards)
        case Sign():
            return _sign(shape, palette, downwards)
    raise TypeError(f"a chart has no {shape.kind}")


def _stroke(
    points: list[tuple[float, float]] | tuple[tuple[float, float], ...], look: str, palette: Palette, downwards: Transform
) -> Line2D:
    stroke = STROKES[look]
    line = Line2D(*zip(*points, strict=True), color=palette[stroke.ink], linewidth=stroke.width, transform=downwards)
    line.set_solid_capstyle("butt")
    if look in DASHES:
        line.set_linestyle((0, DASHES[look]))
    if stroke.halo:
        line.set_path_effects([withStroke(linewidth=stroke.width + stroke.halo, foreground=palette["sheet"])])
    return line


def _sign(sign: Sign, palette: Palette, downwards: Transform) -> Line2D:
    middle, size = sign.size / 2, sign.size * (0.7 if sign.name == SMALL else 1)
    dot = Line2D([sign.x + middle], [sign.y + middle], linestyle="none", marker=SIGNS[sign.name], markersize=size, transform=downwards)
    dot.set_markerfacecolor(palette[sign.tone])
    dot.set_markeredgewidth(0)
    return dot


def _words(text: Text, palette: Palette, downwards: Transform) -> Lettering:
    """Never read as a formula, whatever stands in it."""
    anchor = {"start": "left", "middle": "center", "end": "right"}[text.anchor]
    words = Lettering(
        text.x,
        text.y,
        text.words,
        transform=downwards,
        color=palette[_ink(text)],
        fontproperties=_font(text.look),
        ha=anchor,
        va="baseline",
    )
    words.set_parse_math(False)
    words.set_path_effects([withStroke(linewidth=HALO, foreground=palette["sheet"])])
    return words


def _ink(text: Text) -> str:
    return text.tone if text.look.ink == "tone" else text.look.ink


def _font(look: Look) -> FontProperties:
    return FontProperties(fname=str(FONTS / ("Inter-SemiBold.ttf" if look.bold else "Inter-Regular.ttf")), size=look.size)
