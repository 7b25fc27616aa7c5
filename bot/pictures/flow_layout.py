"""Where everything of a FLOW's picture stands: lanes beneath each other, in each its stops along an axis of time. Pure."""

from dataclasses import dataclass

from bot.pictures.lettering import broken, width
from bot.pictures.shapes import (
    CLOCK,
    EYEBROW,
    HEADING,
    LEAD,
    MARK,
    NAME,
    NOTE,
    TITLE,
    UNDER,
    WAY,
    Box,
    Dot,
    Line,
    Look,
    Shape,
    Sheet,
    Sign,
    Text,
)
from bot.pictures.words import Tongue
from handlers.pictures.flow_picture import FlowPicture, Item, Lane, Stop

MARGIN, PAD, GAP = 28, 24, 18
INDENT = 30  # of words behind a sign
AXIS = 34  # from the axis to its boxes


@dataclass(frozen=True)
class Grid:
    """`head` is how much of a lane's width its heading takes beside the stops; with 0 it stands above them."""

    x: float
    width: float
    columns: int
    head: float

    @property
    def inner(self) -> float:
        return self.width - 2 * PAD - 8


def _whole(width: int, head: float) -> Grid:
    return Grid(MARGIN, width - 2 * MARGIN, 3, head)


def _halves(width: int) -> tuple[Grid, Grid]:
    each = (width - 2 * MARGIN - GAP) / 2
    return Grid(MARGIN, each, 2, 0), Grid(MARGIN + each + GAP, each, 2, 0)


@dataclass(frozen=True)
class Block:
    """Shapes, and how far down they reach."""

    shapes: list[Shape]
    bottom: float


def flow_sheet(picture: FlowPicture, language: str) -> Sheet:
    width, tongue = 760 if picture.one else 1080, Tongue(language)
    head = _heading(picture, width - 2 * MARGIN, tongue)
    shapes, y = head.shapes, head.bottom + GAP
    for row in _rows(picture, width):
        block = _side_by_side(row, y, tongue)
        shapes += block.shapes
        y = block.bottom + GAP
    height = round(y - GAP + MARGIN)
    paper = Box(0, 0, width, height, "paper", round=0)
    about = tongue.say("flow_described", count=len(picture.ladders))
    return Sheet(width, height, tongue.speak(picture.title), about, language, (paper, *shapes))


def _rows(picture: FlowPicture, width: int) -> list[list[tuple[Lane, Grid]]]:
    """A ladder takes a row for itself; the approvals share one where it is wide enough."""
    whole = _whole(width, 0 if picture.one else 282)
    rows = [[(lane, whole)] for lane in picture.ladders]
    if picture.one:
        return rows + [[(lane, whole)] for lane in picture.approvals]
    return [*rows, list(zip(picture.approvals, _halves(width), strict=True))]


def _side_by_side(row: list[tuple[Lane, Grid]], y: float, tongue: Tongue) -> Block:
    blocks = [_lane(lane, y, grid, tongue) for lane, grid in row]
    bottom = max(block.bottom for block in blocks)
    shapes: list[Shape] = []
    for (lane, grid), block in zip(row, blocks, strict=True):
        card = Box(grid.x, y, grid.width, bottom - y, "lane", round=14)
        edge = Box(grid.x + 10, y + PAD, 6, bottom - y - 2 * PAD, "edge", _tone(lane), round=3)
        shapes += [card, edge, *block.shapes]
    return Block(shapes, bottom)


@dataclass(frozen=True)
class Spot:
    """Where something begins, and how wide it may be."""

    x: float
    y: float
    room: float


def lines(words: str, at: Spot, look: Look, *, tone: str = "plain", most: int = 3) -> Block:
    """Words from a top on downwards."""
    parts = broken(words, at.room, look, most)
    foot = at.y + look.size
    shapes: list[Shape] = [Text(at.x, foot + place * look.leading, part, look, at.room, tone) for place, part in enumerate(parts)]
    return Block(shapes, at.y + len(parts) * look.leading)


def _heading(picture: FlowPicture, room: float, tongue: Tongue) -> Block:
    block = lines(tongue.speak(picture.title), Spot(MARGIN, MARGIN, room), TITLE, most=2)
    shapes, y = block.shapes, block.bottom + 2
    for words in picture.under:
        block = lines(tongue.speak(words), Spot(MARGIN, y, room), UNDER)
        shapes += block.shapes
        y = block.bottom
    return Block(shapes, y)


def _lane(lane: Lane, y: float, grid: Grid, tongue: Tongue) -> Block:
    left = grid.x + PAD + 8
    head = _head(lane, Spot(left, y + PAD, grid.head or grid.inner), tongue)
    beside = grid.head + PAD if grid.head else 0
    top = y + PAD if grid.head else head.bottom + GAP
    stops = _stops(lane, Spot(left + beside, top, grid.inner - beside), grid.columns, tongue)
    return Block([*head.shapes, *stops.shapes], max(head.bottom, stops.bottom) + PAD)


def _tone(lane: Lane) -> str:
    return "accent" if lane.tone == "plain" else lane.tone


def _head(lane: Lane, at: Spot, tongue: Tongue) -> Block:
    x, y, room = at.x, at.y, at.room
    shapes: list[Shape] = []
    if lane.tone != "plain":
        word = Text(x + 24, y + EYEBROW.size, tongue.say("severity", severity=lane.tone), EYEBROW, room - 24, lane.tone)
        shapes += [Sign(lane.tone, x, y + 2, 16, lane.tone), word]
        y += EYEBROW.leading + 4
    blocks = [(tongue.speak(lane.title), HEADING, 3), *((tongue.speak(words), LEAD, 5) for words in lane.leads)]
    for words, look, most in blocks:
        block = lines(words, Spot(x, y, room), look, most=most)
        shapes += block.shapes
        y = block.bottom + 3
    for mark in lane.marks:
        block = item(mark, Spot(x, y + 5, room), MARK, tongue)
        shapes += block.shapes
        y = block.bottom
    return Block(shapes, y)


def item(one: Item, at: Spot, look: Look, tongue: Tongue) -> Block:
    """A sign and its words behind it, which begin at the same place without one."""
    block = lines(tongue.speak(one.words), Spot(at.x + INDENT, at.y, at.room - INDENT), look, most=5)
    signs = [Sign(one.sign, at.x, at.y + (look.leading - 21) / 2 + 1, 21)] if one.sign else []
    return Block([*signs, *block.shapes], block.bottom + 2)


def _stops(lane: Lane, at: Spot, columns: int, tongue: Tongue) -> Block:
    y, each = at.y, (at.room - (columns - 1) * GAP) / columns
    shapes: list[Shape] = []
    for begin in range(0, len(lane.stops), columns):
        row = lane.stops[begin : begin + columns]
        block = _row(row, Spot(at.x, y, each), tongue, goes_on=begin + columns < len(lane.stops))
        shapes += block.shapes
        y = block.bottom + GAP
    return Block(shapes, y - GAP)


def _row(row: tuple[Stop, ...], first: Spot, tongue: Tongue, *, goes_on: bool) -> Block:
    """Boxes of one height; an arrow leads from every stop to the next, and on to the next row."""
    y, each = first.y, first.room
    spots = [Spot(first.x + place * (each + GAP), y, each) for place in range(len(row))]
    contents = [_content(stop, spot, tongue) for stop, spot in zip(row, spots, strict=True)]
    bottom = max(content.bottom for content in contents)
    shapes: list[Shape] = []
    for stop, spot, content in zip(row, spots, contents, strict=True):
        shapes += _on_the_axis(stop, spot, tongue, leads_on=goes_on or spot is not spots[-1])
        shapes += [Box(spot.x, y + AXIS, each, bottom - y - AXIS, stop.kind), *content.shapes]
    return Block(shapes, bottom)


def _on_the_axis(stop: Stop, at: Spot, tongue: Tongue, *, leads_on: bool) -> list[Shape]:
    x, y, each = at.x, at.y + 12, at.room
    tone = "critical" if stop.kind == "last" else "plain"
    clock = broken(tongue.speak(stop.at), each - 22 - 24, CLOCK, most=1)[0]
    shapes: list[Shape] = [Dot(x + 8, y, 6, "stop", tone), Text(x + 22, y + 6, clock, CLOCK, each - 22, tone)]
    begin, end = x + 22 + width(clock, CLOCK) + 10, x + each + GAP - 4
    return [*shapes, Line(begin, y, end, y, "arrow")] if leads_on and end - begin > 12 else shapes


def _content(stop: Stop, at: Spot, tongue: Tongue) -> Block:
    inner, y, room = at.x + 14, at.y + AXIS + 12, at.room - 28
    shapes: list[Shape] = []
    for items, look in ((stop.who, NAME), (stop.how, WAY)):
        for one in items:
            block = item(one, Spot(inner, y, room), look, tongue)
            shapes += block.shapes
            y = block.bottom
        y += 3
    if stop.note is not None:
        block = lines(tongue.speak(stop.note), Spot(inner, y, room), NOTE, tone="critical" if stop.kind == "last" else "accent")
        shapes += block.shapes
        y = block.bottom
    return Block(shapes, y + 9)
