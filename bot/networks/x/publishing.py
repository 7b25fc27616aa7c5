"""Our replies on X: out, found again, taken back."""

import html
import json
import re
import unicodedata
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.networks.x import ABILITIES, costs, fields
from bot.networks.x.client import Json, X, body
from bot.networks.x.counting import weighted, without_links
from bot.networks.x.faults import FAILURES, is_duplicate, sending, unless_gone, while_reading, while_sending
from bot.networks.x.money import Meter
from bot.networks.x.positions import id_at
from bot.networks.x.reading import PRIVATE, note, referenced, text_of
from handlers.errors import Refused, SendError, TryLater, Unconfirmed
from handlers.networks import Abilities, Published, Reply
from handlers.ports import Bucket

PUBLIC_MOST, PRIVATE_MOST = 280, 10_000
# https://docs.x.com/x-api/fundamentals/rate-limits: 100 posts, 50 deletions and 50 hidden replies in 15 minutes; a burst counts too
PACE = {"publish": (timedelta(seconds=10), 10)}
SLOWER = (timedelta(seconds=20), 5)
PAGES_MOST = 10
_EARLIER = timedelta(seconds=60)  # our clock and X's
_NAMES = re.compile(r"\s*(?:@\w+\s+)*")
_SCHEME = re.compile(r"https?://", re.IGNORECASE)


@dataclass
class XNetwork:
    """A `Network`. X writes the customer's name in front of an answer by itself, and does not count it."""

    x: X = field(repr=False)
    meter: Meter = field(repr=False)
    shown_within: timedelta = timedelta(seconds=30)  # X may take as long to show us our own post
    name: str = "x"
    abilities: Abilities = ABILITIES

    @property
    def account(self) -> str:
        """The number that the access token begins with: the handle can change, and is known only once X was asked."""
        return self.x.account

    def most(self, *, private: bool) -> int:
        return PRIVATE_MOST if private else PUBLIC_MOST

    def length(self, text: str) -> int:
        return weighted(text)

    def cost(self, text: str, *, private: bool = False) -> Decimal:
        """In dollars; one link makes a post twenty times as dear."""
        return costs.cost(text, private=private)

    def limits(self, act: str) -> Sequence[Bucket]:
        every, burst = PACE.get(act, SLOWER)
        return (Bucket(f"{self.name}:{self.account}#{act}", every, burst),)

    async def publish(self, reply: Reply) -> Published:
        self.x.check()
        if not reply.private and _was_private(reply):
            raise Refused("private_in_public")
        if self.length(reply.text) > self.most(private=reply.private):
            raise Refused("too_long")
        with self._apart(reply):
            return await (self._write(reply) if reply.private else self._post(reply))

    @contextmanager
    def _apart(self, reply: Reply) -> Iterator[None]:
        """X takes 15 private messages in 15 minutes: whoever waits for that keeps no public answer waiting."""
        try:
            yield
        except TryLater as later:
            later.bucket = f"{self.name}:{self.account}#private" if reply.private else ""
            raise

    async def _post(self, reply: Reply) -> Published:
        try:
            told = await body(await self.x.api.create_tweet(text=reply.text, in_reply_to_tweet_id=_parent(reply)))
            published = self._public(told["data"]["id"])
        except FAILURES as error:
            if is_duplicate(error) and (earlier := await self._posted(reply, datetime.now(UTC) - timedelta(days=1))):
                return earlier  # X has it already: an earlier attempt arrived
            await self._note(error := sending(error), reply)
            raise error from None
        await self.meter.pays("post", self.cost(reply.text))
        return published

    async def _write(self, reply: Reply) -> Published:
        try:
            told = await body(await self.x.api.create_direct_message(participant_id=reply.customer.external_id, text=reply.text))
            published = Published(f"{PRIVATE}{told['data']['dm_event_id']}")
        except FAILURES as error:
            await self._note(error := sending(error), reply)
            raise error from None
        await self.meter.pays("message", self.cost(reply.text, private=True))
        return published

    async def _note(self, error: SendError, reply: Reply) -> None:
        """What may have arrived may have been charged."""
        if isinstance(error, Unconfirmed):
            await self.meter.pays("message" if reply.private else "post", self.cost(reply.text, private=reply.private))

    async def find(self, reply: Reply, since: datetime) -> Published | None:
        with self._apart(reply):
            found = await (self._written if reply.private else self._posted)(reply, since - _EARLIER)
        if found is None and datetime.now(UTC) - since < self.shown_within:
            raise Unconfirmed("X may not show it yet")
        return found

    async def _posted(self, reply: Reply, since: datetime) -> Published | None:
        parents = {_parent(reply), reply.in_reply_to}
        async for post in self._our_posts(since):
            if referenced(post).get("replied_to") in parents and _same(reply.text, post):
                return self._public(post["id"])
        return None

    async def _our_posts(self, since: datetime) -> AsyncIterator[Json]:
        page: dict[str, Any] = {"since_id": id_at(since), "max_results": 100, "tweet_fields": fields.POST}
        for _ in range(PAGES_MOST):
            with while_reading():
                told = await body(await self.x.api.get_users_tweets(self.account, user_auth=True, **page))
                posts = told.get("data") or []
                await self.meter.reads("own_read", [one["id"] for one in posts], costs.OWNED_READ)
            for post in posts:
                yield post
            if not (token := (told.get("meta") or {}).get("next_token")):
                return
            page["pagination_token"] = token
        raise Unconfirmed("too many posts of ours to look through")

    async def _written(self, reply: Reply, since: datetime) -> Published | None:
        async for event in self._our_messages(reply.customer.external_id, since):
            if event.get("sender_id") == self.account and _same(reply.text, event):
                return Published(f"{PRIVATE}{event['id']}")
        return None

    async def _our_messages(self, customer_id: str, since: datetime) -> AsyncIterator[Json]:
        """The youngest first, until they are older than that."""
        page: dict[str, Any] = {**fields.MESSAGES, "participant_id": customer_id, "max_results": 25}
        for _ in range(PAGES_MOST):
            with while_reading():
                told = await body(await self.x.api.get_direct_message_events(**page))
                events = told.get("data") or []
                await self.meter.reads("message_read", [one["id"] for one in events], costs.DM_READ)
                older = [one for one in events if int(one["id"]) < int(id_at(since))]
            for event in events:
                if event not in older:
                    yield event
            if older or not (token := (told.get("meta") or {}).get("next_token")):
                return
            page["pagination_token"] = token
        raise Unconfirmed("too many messages to look through")

    async def delete(self, external_id: str) -> None:
        number = external_id.removeprefix(PRIVATE)
        with while_sending(), unless_gone():
            await (self.x.delete_message(number) if external_id != number else self.x.api.delete_tweet(number))
        await self.meter.pays("delete", costs.DELETE)

    async def hide(self, external_id: str) -> None:
        """Below our own posts only: X refuses the rest."""
        with while_sending(), unless_gone():
            await self.x.api.hide_reply(external_id)
        await self.meter.pays("hide", costs.MANAGE)

    def _public(self, external_id: str) -> Published:
        return Published(external_id, f"https://x.com/i/status/{external_id}")


def _context(reply: Reply) -> Json:
    try:
        found = json.loads(reply.context or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _was_private(reply: Reply) -> bool:
    return reply.in_reply_to.startswith(PRIVATE) or bool(_context(reply).get("private"))


def _parent(reply: Reply) -> str:
    """The version of it that we read: an edited post has a new id."""
    return str(_context(reply).get("post") or reply.in_reply_to)


def _same(ours: str, payload: Json) -> bool:
    """X puts names in front, shortens links, and writes & and < as HTML does: the links are left out of it, or written out again."""
    theirs = html.unescape((note(payload) or payload).get("text") or "")
    return _plain(ours) == _plain(theirs) or _written_out(ours) == _written_out(text_of(payload))


def _plain(text: str) -> str:
    return without_links(_NAMES.sub("", text, count=1))


def _written_out(text: str) -> str:
    return "".join(_SCHEME.sub("", _NAMES.sub("", unicodedata.normalize("NFC", text), count=1)).split())
