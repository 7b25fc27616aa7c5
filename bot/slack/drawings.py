"""Shows a picture in the channel where somebody asked for it, as a file of its own, or says what keeps it away."""

import asyncio

from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from bot.pictures import flow_png
from bot.pictures.charts import status_sheet
from bot.slack.acquaintance import AWAY
from bot.slack.markup import plain_words
from handlers.errors import PictureNotShown
from handlers.insight.status import Standing
from handlers.ports import Drawing

OUTSIDE = ("is_ext_shared", "is_shared", "is_org_shared", "is_pending_ext_shared")
TITLE, ALT = 200, 1000  # characters
PATIENCE = 5.0  # seconds


async def show_drawing(client: AsyncWebClient, drawing: Drawing, channel_id: str, language: str) -> None:
    """Raises PictureNotShown. Drawing takes the processor for a moment: others are not kept waiting."""
    name, content = await asyncio.to_thread(_painted, drawing.picture, language)
    title, alt = plain_words(drawing.title, language, TITLE), plain_words(drawing.described, language, ALT)
    try:
        await client.files_upload_v2(content=content, filename=f"{name}.png", title=title, alt_txt=alt, channel=channel_id)
    except SlackApiError as error:
        data = getattr(error.response, "data", None)
        reason = data.get("error") if isinstance(data, dict) else None
        raise PictureNotShown(reason=str(reason or "unreadable_answer")) from error
    except (SlackRequestError, *AWAY) as error:
        raise PictureNotShown(reason=type(error).__name__) from error


def _painted(picture: object, language: str) -> tuple[str, bytes]:
    """Its name and its content, a PNG."""
    if isinstance(picture, Standing):
        return "status", status_sheet(picture, language, picture.timezone).content
    return "flow", flow_png(picture, language)  # type: ignore[arg-type]  # the other kind of Drawing


async def beside(client: AsyncWebClient, account: str, channel_id: str) -> str:
    """The channel itself if only our own people read there and we do too; else the conversation with that person."""
    try:
        async with asyncio.timeout(PATIENCE):
            found = (await client.conversations_info(channel=channel_id)).get("channel") or {}
            apart = found.get("is_private") or found.get("is_mpim") or (found.get("is_im") and found.get("user") == account)
            if apart and not any(found.get(name) for name in OUTSIDE):
                return channel_id
    except AWAY:
        pass  # we are not in it, or it cannot be asked
    try:
        opened = await client.conversations_open(users=account)
    except (SlackApiError, SlackRequestError, *AWAY) as error:
        raise PictureNotShown(reason=type(error).__name__) from error
    return str(opened["channel"]["id"])
