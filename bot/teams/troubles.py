"""Whatever an act ends with, the person is told, privately and in their own language; what goes on after an answer is waited for."""

import asyncio
import secrets
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import structlog

from bot.teams.acquaintance import Acquaintance
from bot.teams.replies import Replies
from handlers.errors import DraftStopped, FactsNotConfirmed, NoWayOut, Told, UnknownPerson
from handlers.ports import Who, Words

log = structlog.get_logger()
PATIENCE = 5.0  # seconds
ABOUT: dict[type[Exception], str] = {DraftStopped: "text", NoWayOut: "where", FactsNotConfirmed: "facts"}


@dataclass
class Troubles:
    replies: Replies
    acquaintance: Acquaintance
    _under_way: set[asyncio.Task[Any]] = field(default_factory=set)

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


def field_of(error: Exception) -> str:
    """The field that an error is about, where a form has it."""
    facts: dict[str, object] = getattr(error, "facts", {})
    return str(facts.get("field") or ABOUT.get(type(error)) or "")
