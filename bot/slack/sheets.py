"""Shares the pictures of figures and the table behind them as files of one message, and can tell whether they are there already."""

import asyncio
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.pictures.charts import charts
from bot.slack.answers import send_error
from bot.slack.markup import Json, plain_words
from handlers.errors import DoorClosed, Refused, SendError
from handlers.insight.ports import Album
from handlers.ports import Words

TITLE, ALT = 200, 1000  # characters
MARK = 20  # of the token, in each file's name
# of what a 429 of the upload's two methods means (https://docs.slack.dev/reference/methods/files.completeUploadExternal)
BUCKET = "slack:files.completeUploadExternal"


async def share(client: AsyncWebClient, channel: str, album: Album, language: str, token: str) -> str:
    """The first file's id. Drawing takes the processor for a second: others are not kept waiting. Raises a SendError."""
    files = await asyncio.to_thread(_files, album, language, token[:MARK])
    try:
        answer: Any = await client.files_upload_v2(file_uploads=files, channel=channel)
    except Exception as error:
        raise _of_files(send_error(error, BUCKET)) from error
    return str(answer["files"][0]["id"])


def is_shared_by(message: Json, token: str) -> bool:
    """Without files:read Slack may tell of a file that it is there and no name: then it is taken for ours."""
    files = [one for one in message.get("files") or [] if isinstance(one, dict)]
    return any(token[:MARK] in str(one.get("name") or one.get("title") or token) for one in files)


def _files(album: Album, language: str, mark: str) -> list[Json]:
    pictures = [
        _file(f"{album.name}-{sheet.name}-{mark}.png", sheet.content, sheet.title, sheet.described)
        for sheet in charts(album.figures, language)
    ]
    about = plain_words(Words("digest.table"), language, TITLE)
    return [*pictures, _file(f"{album.name}-{mark}.csv", album.table.encode("utf-8-sig"), about, about)]


def _file(name: str, content: bytes, title: str, described: str) -> Json:
    return {"filename": name, "content": content, "title": title[:TITLE], "alt_txt": described[:ALT]}


def _of_files(error: SendError) -> SendError:
    """What keeps files away keeps no card away: the door stays open, these are given up."""
    return Refused(error.reason) if isinstance(error, DoorClosed) else error
