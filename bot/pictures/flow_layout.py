"""Where everything of a FLOW's picture stands: lanes beneath each other, in each its stops along an axis of time. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.pictures.blocks import GAP, MARGIN, PAD, Block, Spot, item, lines
from bot.pictures.lettering import width
from bot.pictures.shapes import EYEBROW, HEADING, LEAD, MARK, TITLE, UNDER, Box, Line, Shape, Sheet, Sign, Text
from bot.pictures.stops import stops
from bot.pictures.words import Tongue
from handlers.pictures.flow_picture import FlowPicture, Lane

ALL_WIDE, ONE_WIDE = 1280, 760  # units; a single ladder fills the same screen with larger letters
HEAD = 250


@dataclass(frozen=True)
class Grid:
    """`head` is how much of a lane's width its heading takes beside the stops; with 0 it stands above them."""

    x: float
    width: float
    columns: int
    head: float = 0
    signs: bool = False

    @property
    def inner(self) -> float:
        return self.width - 2 * PAD - 8


def flow_sheet(picture: FlowPicture, language: str) -> Sheet:
    wide, tongue = ONE_WIDE if picture.one else ALL_WIDE, Tongue(language)
    head = _heading(picture, wide - 2 * MARGIN, tongue)
    shapes, y = head.shapes, head.bottom + GAP
    for row in _one(picture) if picture.one else _all(picture):
        block = _side_by_side(row, y, tongue)
        shapes += block.shapes
        y = block.bottom + GAP
    height = round(y - GAP + MARGIN)
    paper = Box(0, 0, wide, height, "paper", round=0)
    about = tongue.say("flow_described", count=len(picture.ladders))
    return Sheet(wide, height, tongue.speak(picture.title), about, language, (paper, *shapes))


def _one(picture: FlowPicture) -> list[list[tuple[Lane, Grid]]]:
    grid = Grid(MARGIN, ONE_WIDE - 2 * MARGIN, columns=3)
    return [[(lane, grid)] for lane in (*picture.ladders, *picture.approvals)]


def _all(picture: FlowPicture) -> list[list[tuple[Lane, Grid]]]:
    """A ladder takes a row for itself, the approvals share one."""
    grid = Grid(MARGIN, ALL_WIDE - 2 * MARGIN, columns=5, head=HEAD, signs=True)
    each = (ALL_WIDE - 2 * MARGIN - GAP) / 2
    halves = (Grid(MARGIN, each, columns=2), Grid(MARGIN + each + GAP, each, columns=2))
    return [*([(lane, grid)] for lane in picture.ladders), list(zip(picture.approvals, halves, strict=True))]


def _side_by_side(row: list[tuple[Lane, Grid]], y: float, tongue: Tongue) -> Block:
    blocks = [_lane(lane, y, grid, tongue) for lane, grid in row]
    bottom = max(block.bottom for block in blocks)
    shapes: list[Shape] = []
    for (lane, grid), block in zip(row, blocks, strict=True):
        card = Box(grid.x, y, grid.width, bottom - y, "lane", round=14)
        edge = Box(grid.x + 10, y + PAD, 6, bottom - y - 2 * PAD, "edge", _tone(lane), round=3)
        shapes += [card, edge, *block.shapes]
    return Block(shapes, bottom)


def _heading(picture: FlowPicture, room: float, tongue: Tongue) -> Block:
    block = lines(tongue.speak(picture.title), Spot(MARGIN, MARGIN, room), TITLE, most=2)
    shapes, y = block.shapes, block.bottom + 2
    for words in picture.under:
        block = lines(tongue.speak(words), Spot(MARGIN, y, room), UNDER)
        shapes += block.shapes
        y = block.bottom
    if picture.one:
        return Block(shapes, y)
    key = list(_key(picture, Spot(MARGIN, y + 12, room), tongue))
    return Block([*shapes, *key], y + 12 + UNDER.leading if key else y)


def _key(picture: FlowPicture, at: Spot, tongue: Tongue) -> Iterator[Shape]:
    """What the signs of the ways mean: those that this FLOW uses."""
    used = dict.fromkeys(one.sign for lane in picture.ladders for stop in lane.stops for one in stop.how if stop.kind == "step")
    x = at.x
    for way in used:
        words = tongue.say("way", way=way)
        yield from (Sign(way, x, at.y, 22, "ink"), Text(x + 30, at.y + 17, words, LEAD, 180))
        x += 30 + width(words, LEAD) + 28
    if any(one.fallback for lane in picture.ladders for stop in lane.stops for one in stop.how):
        words = tongue.say("behind_the_bar")
        yield from (Line(x, at.y, x, at.y + 22, "bar"), Text(x + 14, at.y + 17, words, LEAD, 240))


def _lane(lane: Lane, y: float, grid: Grid, tongue: Tongue) -> Block:
    left = grid.x + PAD + 8
    head = _head(lane, Spot(left, y + PAD, grid.head or grid.inner), tongue)
    beside = grid.head + PAD if grid.head else 0
    top = y + PAD if grid.head else head.bottom + GAP
    steps = stops(lane, Spot(left + beside, top, grid.inner - beside), grid.columns, tongue, signs=grid.signs)
    return Block([*head.shapes, *steps.shapes], max(head.bottom, steps.bottom) + PAD)


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
