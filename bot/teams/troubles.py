"""Whatever an act ends with, the person is told where they look, in their own language; what goes on after an answer is waited for."""

import asyncio
import secrets
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from bot.refilling import OWN
from bot.teams import payloads
from bot.teams.acquaintance import Acquaintance
from bot.teams.forms import answers, origin_of
from bot.teams.payloads import Click, Json
from bot.teams.replies import Replies, word
from handlers.buttons import Buttons
from handlers.errors import DraftStopped, FactsNotConfirmed, NoWayOut, Told, UnknownPerson
from handlers.ports import Card, Form, Who, Words

log = structlog.get_logger()
PATIENCE = 5.0  # seconds
SOON = 2.0  # seconds of those that Teams waits for an answer
ABOUT: dict[type[Exception], str] = {DraftStopped: "text", NoWayOut: "where", FactsNotConfirmed: "facts"}


@dataclass
class Troubles:
    replies: Replies
    acquaintance: Acquaintance
    buttons: Buttons = field(repr=False)  # it holds the whole house: asyncio writes out whatever a task returns
    _under_way: set[asyncio.Task[Any]] = field(default_factory=set)

    async def on_card(self, activity: Json, error: Exception) -> Json:
        who = payloads.who_acts(activity)
        return word(self.words(error, who), await self.language_of(who))

    async def in_window(self, activity: Json, error: Exception) -> Json:
        """Above the field that it is about, with everything that was typed; else in a window that says it."""
        click = payloads.pressed(activity)
        words = self.words(error, click.who)
        if click.data.get("form"):
            return await self.not_taken(click, error, words)
        return self.replies.words_window(words, await self.language_of(click.who))

    async def not_taken(self, click: Click, error: Exception, words: Words) -> Json:
        """The form again. What was typed stays, even where nothing can be read of what the form was."""
        kept = {name: value for name, value in origin_of(click.data).items() if name != OWN}  # from here on all is their own
        try:
            async with asyncio.timeout(SOON):
                return await self.replies.form_window(click.who, await self.as_typed(click), kept, {_field(error): words})
        except Exception as away:  # noqa: BLE001 - the database, or what the form was about: their words must not go with it
            log.info("teams_form_not_made_again", form=click.act, reason=type(away).__name__)
            return self.replies.sent_window(click.data, words, await self.language_of(click.who))

    async def as_typed(self, click: Click) -> Form:
        """The form that was sent in, with what stands in it. Raises whatever keeps it from being made."""
        opened_by, now = origin_of(click.data).get("act", ""), answers(click.data)
        form = await self.buttons.forms[opened_by](replace(click, act=opened_by))
        return replace(form, fields=tuple(replace(one, initial=now.get(one.name, ())) for one in form.fields))

    async def there(self, activity: Json, error: Exception) -> None:
        """In their own chat with us."""
        who = payloads.who_acts(activity)
        words, language = self.words(error, who), await self.language_of(who)
        self.later(self.replies.privately(who, Card(title=words), language))

    def words(self, error: Exception, who: Who) -> Words:
        """Why it was not done. What nobody foresaw gets a reference, under which it stands in the log."""
        if isinstance(error, UnknownPerson):
            self.acquaintance.forget(who)
        if isinstance(error, Told):
            return error.words
        reference = secrets.token_hex(4)
        log.error("teams_act_failed", reference=reference, exc_info=error)
        return Words("error.unexpected", {"reference": reference})

    async def language_of(self, who: Who) -> str:
        """The person's; the house's when even that cannot be found out."""
        try:
            return await self.replies.language_of(who)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the database, the person must be told
            log.warning("language_not_known", reason=str(error)[:200])
            return self.replies.language

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Goes on after the answer."""
        self.keep(asyncio.create_task(work))

    def keep(self, task: asyncio.Task[Any]) -> None:
        """Waited for when the door closes."""
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def close(self) -> None:
        """An act that is under way may begin what goes on after its answer."""
        last = asyncio.get_running_loop().time() + PATIENCE
        while self._under_way and (left := last - asyncio.get_running_loop().time()) > 0:
            await asyncio.wait(self._under_way, timeout=left)


def _field(error: Exception) -> str:
    """The field that an error is about, where a form has it."""
    facts: dict[str, object] = getattr(error, "facts", {})
    return str(facts.get("field") or ABOUT.get(type(error)) or "")
