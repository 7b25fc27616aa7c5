"""Shows a picture in the channel where somebody asked for it, as a file of its own, or says what keeps it away."""

import asyncio

from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from bot.pictures import flow_png
from bot.slack.acquaintance import AWAY
from bot.slack.markup import plain_words
from handlers.errors import PictureNotShown
from handlers.ports import Drawing

NAME = "flow.png"
TITLE, ALT = 200, 1000  # characters


async def show_drawing(client: AsyncWebClient, drawing: Drawing, channel_id: str, language: str) -> None:
    """Raises PictureNotShown. Drawing takes the processor for a moment: others are not kept waiting."""
    content = await asyncio.to_thread(flow_png, drawing.picture, language)
    title, alt = plain_words(drawing.title, language, TITLE), plain_words(drawing.described, language, ALT)
    try:
        await client.files_upload_v2(content=content, filename=NAME, title=title, alt_txt=alt, channel=channel_id)
    except SlackApiError as error:
        data = getattr(error.response, "data", None)
        reason = data.get("error") if isinstance(data, dict) else None
        raise PictureNotShown(reason=str(reason or "unreadable_answer")) from error
    except (SlackRequestError, *AWAY) as error:
        raise PictureNotShown(reason=type(error).__name__) from error
