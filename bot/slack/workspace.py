"""The Workspace port over Slack's Web API: shows cards, and can tell whether one arrived."""

import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack import channels, sheets
from bot.slack.answers import send_error
from bot.slack.blocks import card_blocks, notice
from bot.slack.markup import Json
from bot.slack.pace import Pace
from handlers.errors import Gone, Refused, Unconfirmed
from handlers.insight.ports import Album, Spot
from handlers.ports import Bucket, Card, Place

NAME = "slack"
EVENT = "tocsin"  # event_type of our messages' metadata
# one post a second and channel (https://docs.slack.dev/apis/web-api/rate-limits); two processes also differ in their way to Slack
POST_EVERY, POST_EVERY_SHARED = timedelta(milliseconds=1006), timedelta(milliseconds=1012)
EARLY = timedelta(milliseconds=250)  # for claiming and rendering; what is claimed cannot be overtaken any more
ARRIVE_EVERY = 1.003  # seconds
# in any minute burst + 60 / every stay under the limit: 295 of 300 posts, 48 of the 50 updates of tier 3
ALL_POSTS = Bucket("slack:post", timedelta(milliseconds=210), burst=9)
ALL_UPDATES = Bucket("slack:chat.update", timedelta(milliseconds=1400), burst=6)
ALL_DELETIONS = Bucket("slack:chat.delete", timedelta(milliseconds=1400), burst=6)
CLOCKS_APART = timedelta(minutes=5)
# how long a conversation is used without asking: Slack takes posts to somebody who has left, and nobody reads them
# (https://github.com/slackapi/python-slack-sdk/issues/1156); only opening it says so
OPEN_FOR = timedelta(minutes=5)
PAGE = 200


@dataclass(frozen=True)
class SlackWorkspace:
    """`client` must not repeat a request by itself: whether to send again is decided by who knows what arrived."""

    client: AsyncWebClient
    name: str = NAME
    alone: bool = True  # no other process posts
    clocks_apart: timedelta = CLOCKS_APART  # how far Slack's clock may be from ours when a post is looked for
    _pace: Pace = field(default_factory=lambda: Pace(ARRIVE_EVERY))
    open_for: timedelta = OPEN_FOR
    _direct: dict[str, tuple[str, float]] = field(default_factory=dict)  # person's account → the conversation with them, since when

    def limits(self, channel_id: str, act: str) -> Sequence[Bucket]:
        if act == "update":
            return (Bucket(f"slack:{channel_id}#update", timedelta(milliseconds=200), burst=5), ALL_UPDATES)
        if act == "delete":
            return (Bucket(f"slack:{channel_id}#delete", timedelta(milliseconds=200), burst=5), ALL_DELETIONS)
        every = POST_EVERY if self.alone else POST_EVERY_SHARED
        return (Bucket(f"slack:{channel_id}", every, early=EARLY, apart=not self.alone), ALL_POSTS)

    async def post(self, place: Place, card: Card, language: str, token: str) -> str:
        content, channel = _content(card, language), await self._conversation(place.channel_id)
        async with self._pace.turn(place.channel_id) as turn:
            post = self.client.chat_postMessage(
                channel=channel,
                thread_ts=place.thread_id,
                metadata={"event_type": EVENT, "event_payload": {"token": token}},
                unfurl_links=False,
                unfurl_media=False,
                **content,
            )
            answer = await self._said(place.channel_id, post, "")
            try:
                turn.arrived = float(answer["ts"])
            except (KeyError, ValueError) as error:
                raise Unconfirmed("unreadable_answer") from error
        return str(answer["ts"])

    async def update(self, place: Place, message_id: str, card: Card, language: str) -> None:
        channel = await self._conversation(place.channel_id)
        update = self.client.chat_update(channel=channel, ts=message_id, **_content(card, language))
        await self._said(place.channel_id, update, "chat.update")

    async def delete(self, place: Place, message_id: str) -> None:
        channel = await self._conversation(place.channel_id)
        with suppress(Gone):
            await _answer(self.client.chat_delete(channel=channel, ts=message_id), "chat.delete")

    async def find(self, place: Place, token: str, since: datetime) -> str | None:
        return await self._seen(place, since, lambda message: _token(message) == token)

    async def look(self, said: str) -> Spot | None:
        return await channels.look(self.client, said)

    async def share(self, place: Place, album: Album, language: str, token: str) -> str:
        channel = await self._conversation(place.channel_id)
        async with self._pace.turn(place.channel_id):
            return await sheets.share(self.client, channel, album, language, token)

    async def find_shared(self, place: Place, token: str, since: datetime) -> str | None:
        return await self._seen(place, since, lambda message: sheets.is_shared_by(message, token))

    async def _seen(self, place: Place, since: datetime, is_it: Callable[[Json], bool]) -> str | None:
        """The id of the message that is it; None when there surely is none."""
        channel = await self._conversation(place.channel_id)
        cursor: str | None = None
        while True:
            page = await self._page(channel, place.thread_id, since - self.clocks_apart, cursor)
            for message in page.get("messages", []):
                if is_it(message):
                    return str(message["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None

    async def _page(self, channel: str, thread_id: str | None, since: datetime, cursor: str | None) -> Json:
        oldest = f"{since.timestamp():.6f}"
        asked: Json = {"channel": channel, "oldest": oldest, "limit": PAGE, "include_all_metadata": True, "cursor": cursor}
        if thread_id is None:
            return await _answer(self.client.conversations_history(**asked), "conversations.history")
        try:
            return await _answer(self.client.conversations_replies(ts=thread_id, **asked), "conversations.replies")
        except Gone:
            return {}

    async def _conversation(self, channel_id: str) -> str:
        """A person's account stands for the direct conversation with them."""
        if not _is_person(channel_id):
            return channel_id
        known, since = self._direct.get(channel_id, ("", 0.0))
        if not known or time.monotonic() - since > self.open_for.total_seconds():
            opened = await _answer(self.client.conversations_open(users=channel_id), "conversations.open", direct=True)
            known = str(opened["channel"]["id"])
            self._direct[channel_id] = known, time.monotonic()
        return known

    async def _said(self, channel_id: str, call: Awaitable[AsyncSlackResponse], method: str) -> Json:
        """A conversation that takes nothing any more is opened anew the next time."""
        try:
            return await _answer(call, method, direct=_is_person(channel_id))
        except Refused:
            self._direct.pop(channel_id, None)
            raise


def _is_person(channel_id: str) -> bool:
    return channel_id.startswith(("U", "W"))


async def _answer(call: Awaitable[AsyncSlackResponse], method: str, *, direct: bool = False) -> Json:
    """`method` names the limit that a 429 means; "" the channel's own."""
    try:
        answer = await call
    except Exception as error:
        raise send_error(error, f"slack:{method}" if method else "", direct=direct) from error
    if not isinstance(answer.data, dict):
        raise Unconfirmed("unreadable_answer")
    return answer.data


def _content(card: Card, language: str) -> Json:
    return {"blocks": card_blocks(card, language), "text": notice(card, language)}


def _token(message: Json) -> str | None:
    metadata = message.get("metadata") or {}
    return metadata.get("event_payload", {}).get("token") if metadata.get("event_type") == EVENT else None
