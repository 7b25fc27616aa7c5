"""Our voice on Bluesky: a reply is written once, under a key of its own, after a look at what it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.networks.bluesky.faults import Said
from bot.networks.bluesky.reading import NAME, POST
from bot.networks.bluesky.record import GRAPHEMES_MOST, Refs, fits, is_this, key_of, length, record_of
from bot.networks.bluesky.wording import web_address
from bot.networks.bluesky.xrpc import Xrpc
from handlers.errors import Refused, TryLater, Unconfirmed
from handlers.networks import Abilities, Published, Reply
from handlers.ports import Bucket

Json = Mapping[str, Any]
SWAP, MISSING = "InvalidSwap", "RecordNotFound"
# 5,000 points an hour and 35,000 a day, a record costs 3 (https://docs.bsky.app/docs/advanced-guides/rate-limits): burst + time / every
# stay under 1,666 records in any hour, 11,666 in any day. What people post from the app counts too: then the server says for how long.
HOUR_EVERY, HOUR_BURST = timedelta(seconds=2.3), 100
DAY_EVERY, DAY_BURST = timedelta(seconds=8.8), 1600
KEPT = 20  # for what is critical


@dataclass(frozen=True)
class BlueskyNetwork:
    """A `Network`. The parent of a reply is looked at before it leaves, so a mention needs no context of its own."""

    xrpc: Xrpc
    account: str
    abilities: Abilities
    name: str = NAME

    def most(self, *, private: bool) -> int | None:
        return None if private else GRAPHEMES_MOST

    def length(self, text: str) -> int:
        """In graphemes, as the record's lexicon counts."""
        return length(text)

    def limits(self, act: str) -> Sequence[Bucket]:
        lane = f"{self.name}:{self.account}"
        hour = Bucket(f"{lane}#hour", HOUR_EVERY, burst=HOUR_BURST, kept=KEPT)
        day = Bucket(f"{lane}#day", DAY_EVERY, burst=DAY_BURST, kept=KEPT)
        return (Bucket(f"{lane}#{act}", timedelta(milliseconds=500), burst=5), hour, day)

    async def publish(self, reply: Reply) -> Published:
        if reply.private:
            raise Refused("private_in_public")
        if not fits(reply.text):
            raise Refused("too_long")
        refs = await self._looked_at(reply.in_reply_to)
        us = await self.xrpc.me()
        where = {"repo": us.did, "collection": POST, "rkey": key_of(reply.token)}
        # swapRecord null: only if nothing stands there yet, whatever became of an earlier attempt
        body = {**where, "record": record_of(reply, refs, datetime.now(UTC)), "swapRecord": None, "validate": True}
        try:
            answer = await self.xrpc.procedure("com.atproto.repo.putRecord", body, SWAP)
        except Said:
            return await self._standing_there(reply)
        uri = answer.body.get("uri")
        if not isinstance(uri, str):
            raise Unconfirmed("unreadable_answer")
        return Published(uri, web_address(uri, us.handle))

    async def find(self, reply: Reply, since: datetime) -> Published | None:  # noqa: ARG002 - its key tells more than its time
        us = await self.xrpc.me()
        try:
            answer = await self.xrpc.query("com.atproto.repo.getRecord", MISSING, repo=us.did, collection=POST, rkey=key_of(reply.token))
        except Said:
            return None
        except (Refused, TryLater) as error:
            raise Unconfirmed(error.reason) from error
        uri = answer.body.get("uri")
        if not isinstance(uri, str):
            raise Unconfirmed("unreadable_answer")
        return Published(uri, web_address(uri, us.handle)) if is_this(answer.body.get("value"), reply) else None

    async def delete(self, external_id: str) -> None:
        us = await self.xrpc.me()
        repo, collection, key = _parts(external_id)
        if repo != us.did or collection != POST:
            raise Refused("not_ours")
        await self.xrpc.procedure("com.atproto.repo.deleteRecord", {"repo": repo, "collection": collection, "rkey": key})

    async def _standing_there(self, reply: Reply) -> Published:
        found = await self.find(reply, datetime.now(UTC))
        if found is None:
            raise Refused("key_taken")
        return found

    async def _looked_at(self, uri: str) -> Refs:
        """Raises Refused when nobody may answer it: a server takes such a reply, and nobody ever sees it below the thread."""
        if _parts(uri)[1] != POST:
            raise Refused("parent_gone")
        try:
            answer = await self.xrpc.query("app.bsky.feed.getPostThread", "NotFound", uri=uri, depth=0, parentHeight=0)
        except Said:
            raise Refused("parent_gone") from None
        thread = _dict(answer.body.get("thread"))
        if thread.get("blocked"):
            raise Refused("blocked")
        post = _dict(thread.get("post"))
        if post.get("uri") != uri or not isinstance(post.get("cid"), str):
            raise Refused("parent_gone")
        _must_let_us_in(post)
        parent = {"uri": uri, "cid": post["cid"]}
        return Refs(parent, _root(post) or parent)


def _must_let_us_in(post: Json) -> None:
    viewer, author = _dict(post.get("viewer")), _dict(_dict(post.get("author")).get("viewer"))
    if author.get("blockedBy") or author.get("blocking"):
        raise Refused("blocked")
    if viewer.get("replyDisabled"):
        raise Refused("replies_disabled")


def _root(post: Json) -> Json | None:
    root = _dict(_dict(_dict(post.get("record")).get("reply")).get("root"))
    uri, cid = root.get("uri"), root.get("cid")
    return {"uri": uri, "cid": cid} if isinstance(uri, str) and isinstance(cid, str) else None


def _parts(uri: str) -> tuple[str, str, str]:
    parts = uri.removeprefix("at://").split("/")
    return (parts[0], parts[1], parts[2]) if uri.startswith("at://") and len(parts) == 3 else ("", "", "")


def _dict(value: Any) -> Json:
    return value if isinstance(value, dict) else {}
