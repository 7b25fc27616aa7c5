"""Answers to a person's own act: a private word, the clicked card as it stands now, a form. Losing one is harmless."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.refilling import refilled
from bot.slack.acquaintance import AWAY
from bot.slack.blocks import card_blocks, notice
from bot.slack.calm import Calm
from bot.slack.drawings import beside, show_drawing
from bot.slack.home import HomeTab, card_view
from bot.slack.markup import Json
from bot.slack.payloads import Click, is_direct
from bot.slack.views import Origin, answers, form_view, loading_view, origin_of, shown, words_view
from bot.slack.workspace import NAME
from handlers.errors import PictureNotShown
from handlers.glance import Clicked, Glance
from handlers.ports import Button, Card, Drawing, Form, Pictured, Who, Words
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
    home: HomeTab
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
        if click.window:
            self.home.refresh(click.who)
        if click.window_id and click.window == "modal":
            await self._refresh_window(click)
        if not (click.private or click.message_id):
            return
        async with self.calm.turn():
            language = await self.language_of(click.who) if click.private or click.direct else self.language
            card = await self.glance.at(Clicked(click.act, click.ids, NAME, "" if click.private else click.message_id))
            if card:
                await self._replace(click.response_url, card, language)

    async def _refresh_window(self, click: Click) -> None:
        """The card in a window of its own, after one of its buttons."""
        card = await self.glance.at(Clicked(click.act, click.ids, NAME))
        if card:
            await self._put_into_window(card_view(card, await self.language_of(click.who)), view_id=click.window_id)

    async def instead(self, click: Click, card: Card) -> None:
        """In the place of an answer that this person alone sees."""
        await self._replace(click.response_url, card, await self.language_of(click.who))

    async def _replace(self, response_url: str, card: Card, language: str) -> None:
        shown = {"blocks": card_blocks(card, language), "text": notice(card, language)}
        await self._respond(response_url, {**shown, "replace_original": True})

    async def answer(self, click: Click, card: Card) -> None:
        """A private word about what somebody has just done: in a window, where no message is near."""
        if not click.window:
            await self.privately(click.who, click.response_url, card, click.thread_id)
        elif click.trigger_id:
            await self._say(self._window(click)(trigger_id=click.trigger_id, view=card_view(card, await self.language_of(click.who))))

    def _window(self, click: Click) -> Callable[..., Awaitable[Any]]:
        """A window over a window is put on top of it."""
        return self.client.views_push if click.window == "modal" and click.window_id else self.client.views_open

    async def show(self, who: Who, drawing: Drawing, channel_id: str) -> None:
        """For everybody where it was asked for."""
        language = await self.language_of(who) if is_direct(channel_id) else self.language
        await show_drawing(self.client, drawing, channel_id, language)

    def with_more(self, shown: Pictured) -> Card:
        """The card, with the way to where the console tells more."""
        if not (self.home.url and shown.page):
            return shown.card
        return replace(shown.card, buttons=((Button("open_console", Words("status.rest"), url=self.home.url + shown.page),),))

    async def show_beside(self, who: Who, drawing: Drawing, channel_id: str) -> None:
        """Where it was asked for, if nobody from outside reads there; else to that person alone. Without it the lines still stand."""
        try:
            await self.show(who, drawing, await beside(self.client, who.external_id, channel_id))
        except PictureNotShown as error:
            log.warning("slack_picture_lost", reason=error.facts.get("reason"))

    async def open_window(self, click: Click) -> str:
        """Open an empty form at once; its id."""
        opened = await self._window(click)(trigger_id=click.trigger_id, view=loading_view(self.language))
        return str(opened["view"]["id"])

    async def fill_window(self, view_id: str, who: Who, form: Form, origin: Origin) -> None:
        await self._put_into_window(form_view(form, await self.language_of(who), origin), view_id=view_id)

    async def refill_window(self, view: Json, who: Who, form: Form) -> None:
        """What was typed by hand stays. If the window has changed meanwhile, this came too late and would undo that: nothing is done."""
        begun, origin = refilled(form, shown(view), answers(view), origin_of(view))
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

    async def say_above(self, click: Click, words: Words, language: str) -> None:
        """In a window above a form that somebody is filling in, or above their Home."""
        await self._say(self._window(click)(trigger_id=click.trigger_id, view=_not_done(words, language)))

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
