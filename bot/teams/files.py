"""Pictures in a message, and where the table behind them is to be had.

A picture travels inside the message, as a data URI: it needs no permission and works in channels and chats alike. It may have
1,024 x 1,024 pixels and 1 MB, and the 100 KB of a message do not count it
(https://learn.microsoft.com/microsoftteams/platform/bots/how-to/format-your-bot-messages). A file can be sent to a personal chat
only, once its reader has consented (https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4): so the table is
one click away on the console, from everywhere.
"""

import asyncio
from base64 import b64encode
from collections.abc import Sequence

from bot.pictures import flow_png
from bot.pictures.charts import charts, status_sheet
from bot.pictures.fitting import fitted
from bot.teams.cards import ADAPTIVE, card_content, content
from bot.teams.markup import Json, plain_words, rich
from bot.voice import bare, cut
from handlers.errors import Refused
from handlers.insight.ports import Album
from handlers.insight.status import Standing
from handlers.ports import Button, Card, Drawing, Words

SIDE = 1024  # pixels
TOGETHER = 700_000  # characters of all pictures of one message
TITLE, DESCRIBED = 300, 1000  # characters
TABLE = "/insight.csv"  # on the console
Picture = tuple[str, bytes]  # name, PNG


async def album_message(album: Album, language: str, token: str, url: str) -> Json:
    """The charts below their title, each told in words for those who do not see it; `url` is the console's. Raises Refused."""
    sheets = await asyncio.to_thread(charts, album.figures, language)
    pictures = await asyncio.to_thread(_fitted, [(f"{album.name}-{sheet.name}", sheet.content) for sheet in sheets])
    leads = Button("open_console", Words("digest.table"), url=url + TABLE)
    head = card_content(Card(album.title, buttons=((leads,),) if url else ()), language, token=token)
    told = [_small(f"{sheet.title}: {sheet.described}") for sheet in sheets]
    body, actions = head["body"][:1], head["body"][1:]
    return _message(plain_words(album.title, language, TITLE), {**head, "body": [*body, *told, *actions]}, pictures)


async def drawing_message(drawing: Drawing, language: str) -> Json:
    """Drawing takes the processor for a moment: others are not kept waiting. Raises Refused."""
    name, painted = await asyncio.to_thread(_painted, drawing.picture, language)
    pictures = await asyncio.to_thread(_fitted, [(name, painted)])
    title, described = plain_words(drawing.title, language, TITLE), plain_words(drawing.described, language, DESCRIBED)
    shown = content([rich(title, {"weight": "bolder"}, {}), _small(described)], language)
    return _message(title, shown, pictures)


def _small(text: str) -> Json:
    return rich(cut(bare(text), DESCRIBED), {"size": "small", "isSubtle": True}, {"spacing": "small"})


def _message(summary: str, card: Json, pictures: Sequence[Picture]) -> Json:
    shown = [{"contentType": "image/png", "contentUrl": _data(png), "name": f"{name}.png"} for name, png in pictures]
    if sum(len(one["contentUrl"]) for one in shown) > TOGETHER:
        raise Refused("too_big")
    return {"summary": summary, "attachments": [{"contentType": ADAPTIVE, "content": card}, *shown]}


def _data(png: bytes) -> str:
    return "data:image/png;base64," + b64encode(png).decode()


def _fitted(pictures: Sequence[Picture]) -> list[Picture]:
    """One that is too high comes in several pieces."""
    found = []
    for name, painted in pictures:
        pieces = fitted(painted, SIDE)
        found += [(name if len(pieces) == 1 else f"{name}-{number}", piece) for number, piece in enumerate(pieces, 1)]
    return found


def _painted(picture: object, language: str) -> Picture:
    if isinstance(picture, Standing):
        return "status", status_sheet(picture, language, picture.timezone).content
    return "flow", flow_png(picture, language)  # type: ignore[arg-type]  # the other kind of Drawing
