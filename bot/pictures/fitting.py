"""Makes a picture fit where pictures must be small: narrower, cut into pieces where nothing stands, in few colours."""

from io import BytesIO
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

COLOURS = 96  # of a drawing with soft edges; more cannot be told apart
OVERLONG = 1.15  # of the most: what is hardly too high is made a little smaller rather than cut


def fitted(content: bytes, most: int) -> tuple[bytes, ...]:
    """A PNG as one or more PNGs of at most so many pixels either way, from the top down. Takes a moment, so call it in a thread."""
    from PIL import Image  # noqa: PLC0415 - read with the first picture, not with the bot

    with Image.open(BytesIO(content)) as opened:
        whole = opened.convert("RGB")
    scale = min(1.0, most / whole.width)
    if most < whole.height * scale <= most * OVERLONG:
        scale = most / whole.height
    if scale < 1:
        whole = whole.resize((round(whole.width * scale), round(whole.height * scale)), Image.Resampling.LANCZOS)
    return tuple(_png(piece) for piece in _pieces(whole, most))


def _pieces(whole: "Image", most: int) -> list["Image"]:
    """As even as they come, each cut where the least stands."""
    found, top = [], 0
    while whole.height - top > most:
        left = whole.height - top
        wanted = top + left // -(-left // most)  # as high as the others that are to come
        bottom = _calm_row(whole, max(top + 1, wanted - most // 3), min(top + most, wanted + most // 3))
        found.append(whole.crop((0, top, whole.width, bottom)))
        top = bottom
    return [*found, whole.crop((0, top, whole.width, whole.height))]


def _calm_row(whole: "Image", first: int, last: int) -> int:
    """The middle of the longest stretch of rows with the fewest changes of colour."""
    grey = whole.convert("L")
    changes = [_changes(grey, row) for row in range(first, last)]
    least, at, best = min(changes), first, (0, first)
    for few, stretch in groupby(changes, least.__eq__):
        long = len(list(stretch))
        best = max(best, (long, at + long // 2)) if few else best
        at += long
    return best[1]


def _changes(grey: "Image", row: int) -> int:
    line = grey.crop((0, row, grey.width, row + 1)).tobytes()
    return sum(one != other for one, other in pairwise(line))


def _png(piece: "Image") -> bytes:
    from PIL.Image import Dither  # noqa: PLC0415 - as above

    content = BytesIO()
    piece.quantize(COLOURS, dither=Dither.NONE).save(content, "PNG", optimize=True)
    return content.getvalue()
