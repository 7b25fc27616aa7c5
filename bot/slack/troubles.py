"""The one error listener: whatever an act ends with, the person is told, privately and in their own language."""

import asyncio
import json
import secrets
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import structlog
from slack_bolt import BoltResponse

from bot.slack.acquaintance import Acquaintance
from bot.slack.markup import Json, mrkdwn, plain_words
from bot.slack.payloads import click, thread_of, who_acts
from bot.slack.replies import Replies
from bot.slack.views import error_place
from handlers.errors import DraftStopped, FactsNotConfirmed, NoWayOut, Told, UnknownPerson
from handlers.ports import Card, Words

log = structlog.get_logger()
ABOUT: dict[type[Exception], str] = {DraftStopped: "text", NoWayOut: "where", FactsNotConfirmed: "facts"}
WINDOW = "window"  # in Bolt's context: the id of the form that this act has opened


@dataclass
class Troubles:
    replies: Replies
    acquaintance: Acquaintance
    language: str
    _under_way: set[asyncio.Task[Any]] = field(default_factory=set)

    async def listen(self, error: Exception, body: Json, context: Json, response: BoltResponse | None) -> BoltResponse | None:
        """Bolt's error listener. `response` is None when the act was acknowledged before it failed."""
        words, who = self._words(error), who_acts(body)
        if isinstance(error, UnknownPerson):
            self.acquaintance.forget(who)
        language = await self._language(body)
        if context.get(WINDOW):
            self._later(self.replies.say_in_window(context[WINDOW], words, language))
        elif response is not None and body.get("command"):
            return _json({"response_type": "ephemeral", "text": mrkdwn(words, language)})
        elif response is not None and body.get("type") == "view_submission":
            place = error_place(body["view"], _field(error))
            return _json({"response_action": "errors", "errors": {place: plain_words(words, language, 2000)}})
        elif body.get("type") == "block_actions" and body.get("view"):
            if body["view"].get("type") == "home":
                self.replies.home.refresh(who)
            self._later(self.replies.say_above(click(body), words, language))
        else:
            self._later(self.replies.privately(who, str(body.get("response_url") or ""), Card(title=words), thread_of(body)))
        return BoltResponse(status=200, body="") if response is not None else None

    def keep(self, task: asyncio.Task[Any] | None) -> None:
        """A listener goes on after its acknowledgement: it is waited for when the door closes."""
        if task:
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def close(self) -> None:
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=5)

    def _words(self, error: Exception) -> Words:
        if isinstance(error, Told):
            return error.words
        reference = secrets.token_hex(4)
        log.error("slack_act_failed", reference=reference, exc_info=error)
        return Words("error.unexpected", {"reference": reference})

    async def _language(self, body: Json) -> str:
        """The person's; the house's when even that cannot be found out."""
        try:
            return await self.replies.language_of(who_acts(body))
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the database, the person must be told
            log.warning("language_not_known", reason=str(error)[:200])
            return self.language

    def _later(self, telling: Coroutine[Any, Any, None]) -> None:
        self.keep(asyncio.create_task(telling))


def _field(error: Exception) -> object:
    """The field that an error is about, where a form has it."""
    return getattr(error, "facts", {}).get("field") or ABOUT.get(type(error))


def _json(body: Json) -> BoltResponse:
    return BoltResponse(status=200, headers={"content-type": "application/json"}, body=json.dumps(body))
