"""Looks for what an earlier attempt became: Meta keeps no key of ours, so our own words are looked for where they would stand."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.networks.meta.accounts import FACEBOOK, Account
from bot.networks.meta.faults import NotThere
from bot.networks.meta.graph import Graph, node
from bot.networks.meta.lists import Asked, pages, reaches, written_at
from bot.networks.meta.looking import Looking
from bot.networks.meta.payloads import Payload, Way, remembered, some
from handlers.errors import CannotAsk, DoorClosed, Refused, TryLater, Unconfirmed
from handlers.networks import Reply

CLOCKS_DIFFER = timedelta(minutes=2)
LATEST = 100  # messages of a conversation
_NUMBERS = re.compile(r"[0-9_]+")


@dataclass(frozen=True)
class Finding:
    graph: Graph
    account: Account

    async def find(self, reply: Reply, since: datetime) -> str | None:
        """Its id. None: not there, and surely so. Raises Unconfirmed, CannotAsk or DoorClosed."""
        about = remembered(reply.context)
        way = way_of(reply, about)
        since -= CLOCKS_DIFFER
        try:
            if reply.private:
                return await self._among_messages(reply, about.get("person") or reply.customer.external_id, since)
            return await self._below(reply, way, about, since)
        except NotThere:
            # below something that is not there nothing of ours stands either; but Meta says the same of what it does not show us
            raise Unconfirmed("what it answers is not there any more") from None
        except (TryLater, Refused) as error:
            raise Unconfirmed(error.reason) from None
        except DoorClosed as error:
            if error.whole:
                raise
            raise CannotAsk(error.reason) from None

    async def still_lists(self, reply: Reply) -> bool:
        """Whether a message that is answered may still stand in its conversation."""
        person = remembered(reply.context).get("person") or reply.customer.external_id
        said, older = await Looking(self.graph, self.account).said_to(person, LATEST)
        return older or any(one.get("id") == reply.in_reply_to for one in said)

    async def _among_messages(self, reply: Reply, person: str, since: datetime) -> str | None:
        if person in ("", reply.in_reply_to) or person.startswith("@"):
            raise CannotAsk("Meta does not tell who wrote this")
        said, older = await Looking(self.graph, self.account).said_to(person, LATEST)
        found = self._ours(said, "message", reply.text, since)
        if found is None and older and not reaches(said, since):
            raise Unconfirmed("too much was said since")
        return found

    async def _below(self, reply: Reply, way: str, about: dict[str, str], since: datetime) -> str | None:
        """Facebook lists what stands below a comment; Instagram, below the head of its thread."""
        if self.account.network == FACEBOOK:
            asked: Asked = {"fields": "id,from,message,created_time", "filter": "stream", "order": "reverse_chronological", "limit": 100}
            path, text_name = f"{node(reply.in_reply_to)}/comments", "message"
        elif way == Way.COMMENT:
            asked = {"fields": "id,from,text,timestamp,username,user", "limit": 100}
            path, text_name = f"{node(about.get('top') or reply.in_reply_to)}/replies", "text"
        else:
            raise CannotAsk("what stands below others' media is not told")
        async for page in pages(self.graph, path, None, asked):
            found = self._ours(page, text_name, reply.text, since)
            if found:
                return found
            if self.account.network == FACEBOOK and reaches(page, since):
                break
        return None

    def _ours(self, said: list[Payload], text_name: str, text: str, since: datetime) -> str | None:
        """The oldest of ours with these words. Instagram's comments carry a name in front that the words lack."""
        for one in reversed(said):
            when, by = written_at(one), some(one.get("from"))
            ours = self.account.is_ours(by.get("id") or "") or bool(one.get("user"))
            if ours and when and when >= since and _same(str(one.get(text_name) or ""), text):
                return str(one["id"])
        return None


def way_of(reply: Reply, about: Mapping[str, str]) -> str:
    """What an id tells stands above what was remembered: nothing private is ever taken for a comment."""
    return Way.MESSAGE if is_message(reply.in_reply_to) else about.get("way", Way.COMMENT)


def is_message(external_id: str) -> bool:
    """Comments and posts have numbers, joined by underscores; messages have anything else."""
    return not _NUMBERS.fullmatch(external_id)


def _same(theirs: str, ours: str) -> bool:
    said, meant = _plain(theirs), _plain(ours)
    return said == meant or (said.startswith("@") and said.partition(" ")[2] == meant)


def _plain(text: str) -> str:
    """Meta trims what it is given, and joins blanks."""
    return " ".join(unicodedata.normalize("NFC", text).split())
