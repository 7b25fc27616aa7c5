"""Answers to a person's own act: a private word, the clicked card as it stands now, a form. Losing one is harmless."""

from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.slack.acquaintance import AWAY
from bot.slack.blocks import card_blocks, notice
from bot.slack.calm import Calm
from bot.slack.drawings import show_drawing
from bot.slack.markup import Json
from bot.slack.payloads import Click, is_direct
from bot.slack.refill import refilled
from bot.slack.views import Origin, form_view, loading_view, words_view
from bot.slack.workspace import NAME
from handlers.glance import Clicked, Glance
from handlers.ports import Card, Drawing, Form, Who, Words
from handlers.staff import Staff

log = structlog.get_logger()
MISSED = ("not_found", "hash_conflict")  # somebody closed the window, or it has changed since


@dataclass(frozen=True)
class Replies:
    """`language` is the channels' own; a private word speaks the person's."""

    client: AsyncWebClient
    glance: Glance
    staff: Staff
    language: str
    calm: Calm = field(default_factory=Calm)

    async def language_of(self, who: Who) -> str:
        return await self.staff.language_of(who)

    async def content(self, who: Who, card: Card) -> Json:
        """A private answer, as it goes into an acknowledgement."""
        language = await self.language_of(who)
        return {"response_type": "ephemeral", "blocks": card_blocks(card, language), "text": notice(card, language)}

    async def privately(self, who: Who, response_url: str, card: Card, thread_id: str = "") -> None:
        """In the thread where the person is, if they are in one: elsewhere they would not see it."""
        there = {"thread_ts": thread_id} if thread_id else {}
        await self._respond(response_url, {**await self.content(who, card), "replace_original": False, **there})

    async def refresh(self, click: Click) -> None:
        """Show the clicked message as it stands now, before its outbox row gets there; acknowledgements come first."""
        if not (click.private or click.message_id):
            return
        async with self.calm.turn():
            language = await self.language_of(click.who) if click.private or click.direct else self.language
            where = () if click.private else (NAME, click.message_id)
            card = await self.glance.at(Clicked(click.act, click.ids, *where))
            if card:
                await self._replace(click.response_url, card, language)

    async def instead(self, click: Click, card: Card) -> None:
        """In the place of an answer that this person alone sees."""
        await self._replace(click.response_url, card, await self.language_of(click.who))

    async def _replace(self, response_url: str, card: Card, language: str) -> None:
        shown = {"blocks": card_blocks(card, language), "text": notice(card, language)}
        await self._respond(response_url, {**shown, "replace_original": True})

    async def answer(self, click: Click, card: Card) -> None:
        """A private word about what somebody has just done."""
        await self.privately(click.who, click.response_url, card, click.thread_id)

    async def show(self, who: Who, drawing: Drawing, channel_id: str) -> None:
        """For everybody where it was asked for."""
        language = await self.language_of(who) if is_direct(channel_id) else self.language
        await show_drawing(self.client, drawing, channel_id, language)

    async def open_window(self, trigger_id: str) -> str:
        """Open an empty form at once; its id."""
        opened = await self.client.views_open(trigger_id=trigger_id, view=loading_view(self.language))
        return str(opened["view"]["id"])

    async def fill_window(self, view_id: str, who: Who, form: Form, origin: Origin) -> None:
        await self._put_into_window(form_view(form, await self.language_of(who), origin), view_id=view_id)

    async def refill_window(self, view: Json, who: Who, form: Form) -> None:
        """What was typed by hand stays. If the window has changed meanwhile, this came too late and would undo that: nothing is done."""
        begun, origin = refilled(form, view)
        await self._put_into_window(form_view(begun, await self.language_of(who), origin), view_id=view["id"], hash=view["hash"])

    async def _put_into_window(self, view: Json, **which: str) -> None:
        try:
            await self.client.views_update(view=view, **which)
        except SlackApiError as error:
            if error.response.get("error") not in MISSED:
                raise
            log.info("slack_window_missed", reason=error.response["error"])

    async def open_form(self, trigger_id: str, who: Who, form: Form, origin: Origin) -> None:
        """For a form that needs nothing looked up."""
        await self.client.views_open(trigger_id=trigger_id, view=form_view(form, await self.language_of(who), origin))

    async def say_in_window(self, view_id: str, words: Words, language: str) -> None:
        """Instead of the form that was to open."""
        await self._say(self.client.views_update(view_id=view_id, view=_not_done(words, language)))

    async def say_above(self, trigger_id: str, words: Words, language: str) -> None:
        """In a window above a form that somebody is filling in."""
        await self._say(self.client.views_push(trigger_id=trigger_id, view=_not_done(words, language)))

    async def _say(self, saying: Awaitable[Any]) -> None:
        try:
            await saying
        except AWAY as error:
            log.warning("slack_answer_lost", reason=str(error)[:200])

    async def _respond(self, response_url: str, body: Json) -> None:
        if not response_url:
            return
        webhook = AsyncWebhookClient(response_url, timeout=10, session=self.client.session, retry_handlers=[])
        try:
            answer = await webhook.send_dict({**body, "unfurl_links": False, "unfurl_media": False})
        except AWAY as error:
            log.warning("slack_answer_lost", reason=str(error)[:200])
        else:
            if answer.status_code != 200:
                log.warning("slack_answer_lost", reason=answer.body[:200], status=answer.status_code)


def _not_done(words: Words, language: str) -> Json:
    return words_view(Words("command.not_done"), (words,), language)
