"""The Home tab: what one person sees first, painted from the same cards as everywhere, again after what they do on it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.acquaintance import AWAY
from bot.slack.blocks import card_blocks
from bot.slack.markup import Json, plain_text
from bot.slack.workspace import NAME
from handlers.insight.home import Home
from handlers.ports import Card, Who, Words
from handlers.staff import Staff

log = structlog.get_logger()
EVERY = 3.0  # seconds between two pictures of one person's page
AT_ONCE = 2  # pages that are read at the same time: two hundred who open theirs keep no click and no command waiting
BLOCKS, TITLE = 100, 24
CONFLICT = "hash_conflict"


def home_view(cards: Sequence[Card], language: str) -> Json:
    """A rule between two cards; a card that does not fit whole is left out with those below it."""
    blocks: list[Json] = []
    for number, card in enumerate(cards):
        part = [*([{"type": "divider"}] if blocks else []), *_named(card_blocks(card, language), f"{number}")]
        if len(blocks) + len(part) > BLOCKS:
            break
        blocks += part
    return {"type": "home", "blocks": blocks}


def card_view(card: Card, language: str) -> Json:
    """A card in a window of its own, where there is no message to show it in."""
    return {
        "type": "modal",
        "title": plain_text(Words("home.window"), language, TITLE),
        "close": plain_text(Words("command.put_away"), language, TITLE),
        "blocks": card_blocks(card, language),
    }


def _named(blocks: Sequence[Json], card: str) -> list[Json]:
    """Ids are unique within the whole page: what a button is about stands in its value."""
    return [{**block, **_ids(block, card)} if block["type"] == "actions" else block for block in blocks]


def _ids(block: Json, card: str) -> Json:
    elements = [{**one, "action_id": f"{one['action_id'][:245]}~{card}"} for one in block["elements"]]
    return {"block_id": f"{card}:{block['block_id']}", "elements": elements}


@dataclass
class HomeTab:
    """`url` is the console's; `every`: a page is painted at once, and then no sooner than that again, as it stands by then."""

    client: AsyncWebClient
    home: Home
    staff: Staff
    url: str = ""
    every: float = EVERY
    _turns: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _wanted: set[str] = field(default_factory=set)
    _hashes: dict[str, str] = field(default_factory=dict)
    _reading: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    def refresh(self, who: Who, view: Json | None = None) -> None:
        """Soon; nobody waits for it. `view` is the page as they have it before them."""
        account = who.external_id
        if view and view.get("type") == "home" and view.get("hash"):
            self._hashes[account] = str(view["hash"])
        self._wanted.add(account)
        if account not in self._turns:
            self._turns[account] = asyncio.create_task(self._turn(account))

    async def close(self) -> None:
        for turn in (turns := list(self._turns.values())):
            turn.cancel()
        await asyncio.gather(*turns, return_exceptions=True)

    async def _turn(self, account: str) -> None:
        try:
            while account in self._wanted:
                self._wanted.discard(account)
                await self._paint(Who(NAME, account))
                await asyncio.sleep(self.every)
        finally:
            self._turns.pop(account, None)

    async def _paint(self, who: Who) -> None:
        try:
            await self._publish(who, self._hashes.get(who.external_id, ""))
        except SlackApiError as error:
            if error.response.get("error") == CONFLICT:
                await self._again(who)
            else:
                self._lost(error)
        except AWAY as error:
            self._lost(error)

    async def _again(self, who: Who) -> None:
        """Another process has painted it since: what stands now is newer than either, so it goes on top."""
        try:
            await self._publish(who, "")
        except AWAY as error:
            self._lost(error)

    def _lost(self, error: Exception) -> None:
        log.warning("slack_home_lost", reason=str(getattr(error, "response", error))[:200])

    async def _publish(self, who: Who, seen: str) -> None:
        async with self._reading:
            view = await self._view(who)
        answer = await self.client.views_publish(user_id=who.external_id, view=view, **({"hash": seen} if seen else {}))
        self._hashes[who.external_id] = str((answer.get("view") or {}).get("hash") or "")

    async def _view(self, who: Who) -> Json:
        try:
            return home_view(await self.home.of(who, self.url), await self.staff.language_of(who))
        except Exception:
            log.exception("slack_home_failed")
            return home_view((Card(Words("home.welcome"), (Words("home.away"),)),), self.staff.language)
