"""Answers to a person's own act: the card as it stands now, a window, a word in their own chat. Losing one is harmless."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog

from bot.teams.access import NAME
from bot.teams.cards import card_content, confirm_content, words_content
from bot.teams.forms import as_sent, form_content
from bot.teams.markup import plain_words
from bot.teams.payloads import REFRESH, Click, Json
from bot.teams.workspace import TeamsWorkspace
from handlers.errors import SendError
from handlers.glance import Clicked, Glance
from handlers.ports import Button, Card, Drawing, Form, Pictured, Place, Who, Words
from handlers.replies import told
from handlers.staff import Staff

log = structlog.get_logger()
ADAPTIVE, MESSAGE = "application/vnd.microsoft.card.adaptive", "application/vnd.microsoft.activity.message"
WORD = 500  # letters below a card
PATIENCE = 10.0  # seconds for a word in somebody's own chat


@dataclass(frozen=True)
class Replies:
    """`language` is the channels' own; a private word speaks the person's. `url` is the console's."""

    workspace: TeamsWorkspace
    glance: Glance
    staff: Staff
    language: str
    url: str = ""

    async def language_of(self, who: Who) -> str:
        return await self.staff.language_of(who)

    async def fresh(self, click: Click) -> Card | None:
        """What was clicked as it stands now; None where nobody can tell."""
        found = await self.glance.at(
            Clicked(click.shown_by, click.ids, NAME, click.message_id, "" if click.direct else click.conversation_id)
        )
        if found is None and click.direct:  # what somebody asked for in their own chat stands in no table
            found = await self.glance.at(Clicked(click.shown_by, click.ids, NAME))
        return found

    async def in_place(self, click: Click, card: Card) -> Json:
        """An invoke's answer that takes the clicked card's place."""
        language = await self.language_of(click.who) if click.direct else self.language
        return {"statusCode": 200, "type": ADAPTIVE, "value": card_content(card, language)}

    async def form_in_place(self, click: Click, form: Form, origin: dict[str, str]) -> Json:
        content = await self._asked(click.who, form, origin, in_chat=True)
        return {"statusCode": 200, "type": ADAPTIVE, "value": content}

    async def refreshed(self, click: Click) -> Json:
        """The card as it stands now; where nobody can tell what it shows, that is said."""
        card = await self.fresh(click)
        return await self.in_place(click, card) if card else not_shown(click, await self.language_of(click.who))

    async def show_anew(self, click: Click, card: Card | None = None) -> None:
        """What stands in somebody's own chat, on each of their screens. What stands in a channel is shown anew by the outbox."""
        if not (click.direct and click.message_id):
            return
        if shown := card or await self.fresh(click):
            place, language = Place(click.who.external_id), await self.language_of(click.who)
            await self._say(click.who, self.workspace.update(place, click.message_id, shown, language))

    async def window(self, who: Who, card: Card) -> Json:
        language = await self.language_of(who)
        return _window(card_content(card, language, in_dialog=True), Words("home.window"), language)

    async def form_window(self, who: Who, form: Form, origin: dict[str, str], errors: dict[str, Words] | None = None) -> Json:
        return _window(await self._asked(who, form, origin, errors=errors), form.title, await self.language_of(who))

    async def question(self, click: Click) -> Json | None:
        """A window that asks whether an act is really meant; None where nothing needs to be asked."""
        language = await self.language_of(click.who)
        asked = confirm_content(click.data, language, click.origin)
        return _window(asked, Words("home.window"), language, height="small") if asked else None

    def sent_window(self, data: Mapping[str, Any], words: Words, language: str) -> Json:
        """What was sent in and not taken, of which no more can be shown than what came with it."""
        return _window(as_sent(data, words, language), Words("command.not_done"), language)

    def words_window(self, words: Words, language: str) -> Json:
        title = Words("command.not_done")
        return _window(words_content(title, (words,), language), title, language)

    async def privately(self, who: Who, card: Card, language: str = "") -> None:
        """In the person's own chat with us: a channel has no message for one alone. `language` where it is known already."""
        await self._say(who, self.workspace.post(Place(who.external_id), card, language or await self.language_of(who), ""))

    async def introduce(self, conversation_id: str) -> None:
        """To people who may not know what was added to their chat."""
        await self._say(Who(NAME, conversation_id), self.workspace.post(Place(conversation_id), told("home.in_a_chat"), self.language, ""))

    async def form_privately(self, who: Who, form: Form) -> None:
        content = await self._asked(who, form, {}, in_chat=True)
        await self._say(who, self.workspace.post_content(Place(who.external_id), content))

    async def _asked(self, who: Who, form: Form, origin: dict[str, str], **how: Any) -> Json:
        """In the words, and by the clock, of whoever fills it in."""
        return form_content(form, await self.language_of(who), origin, timezone=await self.staff.timezone_of(who), **how)

    async def show(self, who: Who, drawing: Drawing) -> None:
        await self._say(who, self.workspace.show(Place(who.external_id), drawing, await self.language_of(who)))

    async def picture(self, who: Who, shown: Pictured) -> None:
        """The lines stand, whatever becomes of the picture."""
        await self.privately(who, self.with_more(shown))
        await self.show(who, shown.drawing)

    async def several(self, who: Who, cards: Sequence[Card]) -> None:
        """One after the other, in their order."""
        for card in cards:
            await self.privately(who, card)

    def with_more(self, shown: Pictured) -> Card:
        """The card, with the way to where the console tells more."""
        if not (self.url and shown.page):
            return shown.card
        return replace(shown.card, buttons=((Button("open_console", Words("status.rest"), url=self.url + shown.page),),))

    async def _say(self, who: Who, saying: Any) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await saying
        except (SendError, TimeoutError) as error:
            log.warning("teams_answer_lost", account=who.external_id, reason=getattr(error, "reason", "timeout"))


def word(words: Words, language: str) -> Json:
    """An invoke's answer that only this person sees, below the card, which stays as it is. Besides a card there is no other
    (https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model#response-format), and one without words counts as no
    answer: Teams says that we cannot be reached and delivers the act again (https://github.com/vercel/chat/issues/731).
    """
    return {"statusCode": 200, "type": MESSAGE, "value": plain_words(words, language, WORD)}


def not_shown(click: Click, language: str) -> Json:
    """Whatever keeps us from showing the card, what was pressed on it is done."""
    return word(Words("command.not_shown", {"done": click.act != REFRESH}), language)


def _window(content: Json, title: Words, language: str, height: str = "medium") -> Json:
    about: Json = {"title": plain_words(title, language, 64), "height": height, "width": "medium"}
    return {"task": {"type": "continue", "value": {**about, "card": {"contentType": ADAPTIVE, "content": content}}}}
