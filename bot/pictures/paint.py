"""From a sheet to SVG and PNG. The PNG looks the same on every machine: it is drawn in the letters that we ship."""

import resvg_py

from bot.pictures.lettering import drawable
from bot.pictures.shapes import Sheet
from templates import FONTS, picture

PNG_WIDTH = 1280  # pixels; wide enough for a telephone's screen to be zoomed into


def svg(sheet: Sheet) -> str:
    return picture("sheet.svg", {"sheet": sheet})


def png(sheet: Sheet) -> bytes:
    """Only names in letters that we do not ship are looked for in the system's, where there are any."""
    ours = all(drawable(text.words) for text in sheet.texts())
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg(sheet),
            width=PNG_WIDTH,
            skip_system_fonts=ours,
            font_files=[str(file) for file in sorted(FONTS.glob("*.ttf"))],
            font_family="Inter",
            sans_serif_family="Inter",
        )
    )
