"""The stops of a lane along its axis of time: in each box who is told, and how. Pure."""

from collections.abc import Iterator
from math import ceil

from bot.pictures.blocks import GAP, Block, Spot, item, lines
from bot.pictures.lettering import broken, width
from bot.pictures.shapes import CLOCK, NAME, NARROW_NAME, NOTE, WAY, Box, Dot, Line, Look, Shape, Sign, Text
from bot.pictures.words import Tongue
from handlers.pictures.flow_picture import Item, Lane, Stop

AXIS = 34  # from the axis to its boxes
SIDE = 11  # from the edge of a box to its words
SIGN, SIGNS_APART = 22, 31


def stops(lane: Lane, at: Spot, columns: int, tongue: Tongue, *, signs: bool) -> Block:
    """As many in a row as there are columns. With `signs` the ways are told by their signs alone."""
    y, each = at.y, (at.room - (columns - 1) * GAP) / columns
    shapes: list[Shape] = []
    abreast = max(1, ceil(len(lane.stops) / max(1, ceil(len(lane.stops) / columns))))  # six in fives are three and three
    for begin in range(0, len(lane.stops), abreast):
        row = lane.stops[begin : begin + abreast]
        block = _row(row, Spot(at.x, y, each), tongue, signs=signs, goes_on=begin + abreast < len(lane.stops))
        shapes += block.shapes
        y = block.bottom + GAP
    return Block(shapes, y - GAP)


def _row(row: tuple[Stop, ...], first: Spot, tongue: Tongue, *, signs: bool, goes_on: bool) -> Block:
    """Boxes of one height; an arrow leads from every stop to the next, and on to the next row."""
    y, each = first.y, first.room
    spots = [Spot(first.x + place * (each + GAP), y, each) for place in range(len(row))]
    contents = [_content(stop, spot, tongue, signs=signs) for stop, spot in zip(row, spots, strict=True)]
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


def _content(stop: Stop, at: Spot, tongue: Tongue, *, signs: bool) -> Block:
    inner = Spot(at.x + SIDE, at.y + AXIS + 12, at.room - 2 * SIDE)
    if signs and stop.kind != "stage":
        blocks = [_lines(stop.who, inner, NARROW_NAME, tongue)]
        below = inner.below(blocks[-1])
        blocks.append(_signs(stop.how, below) if stop.kind == "step" else _lines(stop.how, below, WAY, tongue))
    else:
        blocks = [_items(stop, inner, tongue)]
    if stop.note is not None:
        tone = "critical" if stop.kind == "last" else "accent"
        blocks.append(lines(tongue.speak(stop.note), inner.below(blocks[-1]), NOTE, tone=tone))
    return Block([shape for block in blocks for shape in block.shapes], blocks[-1].bottom + 9)


def _items(stop: Stop, at: Spot, tongue: Tongue) -> Block:
    shapes: list[Shape] = []
    for items, look in ((stop.who, NAME), (stop.how, WAY)):
        for one in items:
            block = item(one, at, look, tongue)
            shapes += block.shapes
            at = at.below(block)
        at = at.below(Block([], at.y + 3))
    return Block(shapes, at.y)


def _lines(items: tuple[Item, ...], at: Spot, look: Look, tongue: Tongue) -> Block:
    """Their words alone."""
    shapes: list[Shape] = []
    for one in items:
        block = lines(tongue.speak(one.words), at, look, most=4)
        shapes += block.shapes
        at = at.below(Block([], block.bottom + 4))
    return Block(shapes, at.y)


def _signs(how: tuple[Item, ...], at: Spot) -> Block:
    """The ways in one line; a bar before those that are a fallback."""
    shapes = list(_in_line(how, at))
    return Block(shapes, at.y + SIGN + 8 if shapes else at.y)


def _in_line(how: tuple[Item, ...], at: Spot) -> Iterator[Shape]:
    x, fallback = at.x, False
    for one in how:
        if one.fallback and not fallback:
            fallback = True
            yield Line(x + 2, at.y + 2, x + 2, at.y + SIGN + 2, "bar")
            x += 14
        yield Sign(one.sign, x, at.y + 2, SIGN, "low" if one.fallback else "ink")
        x += SIGNS_APART
