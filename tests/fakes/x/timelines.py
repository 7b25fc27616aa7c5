"""What the fake X shows: timelines, the search, private messages; page by page, the youngest first."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from aiohttp import web

from .guards import Refusal, invalid, only
from .search import matcher
from .world import EPOCH, Message, Post, moment

if TYPE_CHECKING:
    from .server import FakeX

FIELDS = {
    "tweet.fields": {"attachments", "author_id", "conversation_id", "created_at", "edit_history_tweet_ids", "entities", "id", "in_reply_to_user_id", "lang", "note_tweet", "referenced_tweets", "text", "public_metrics"},
    "user.fields": {"id", "name", "protected", "public_metrics", "username", "subscription_type", "verified_type"},
    "media.fields": {"media_key", "type", "url", "alt_text"},
    "dm_event.fields": {"attachments", "created_at", "dm_conversation_id", "entities", "event_type", "id", "sender_id", "text", "participant_ids", "referenced_tweets"},
    "expansions": {"author_id", "attachments.media_keys", "referenced_tweets.id", "in_reply_to_user_id", "sender_id"},
    "event_types": {"MessageCreate", "ParticipantsJoin", "ParticipantsLeave"},
}  # fmt: skip
ALWAYS = {"id", "text", "edit_history_tweet_ids"}
PAGING = {"since_id", "until_id", "start_time", "end_time", "max_results", "pagination_token"}
WEEK = 7 * 24 * 3600


class Timelines:
    def __init__(self, x: FakeX) -> None:
        self.x = x

    async def me(self, request: web.Request, _who: str) -> dict[str, Any]:
        _asked(request, set())
        us = self.x.world.us
        self.x.bill.reads("user_read", [us.id])
        return {"data": {name: us.shown[name] for name in ("id", "name", "username")}}

    async def mentions(self, request: web.Request, who: str) -> dict[str, Any]:
        self._is_us(request, who)
        world = self.x.world
        named = [one for one in world.posts.values() if world.visible(one) and world.us in world.named(one.whole)]
        return self._page(request, named[-800:], "own_read", least=5)

    async def tweets_of(self, request: web.Request, who: str) -> dict[str, Any]:
        self._is_us(request, who)
        shown = (int((time.time() - self.x.hides) * 1000) - EPOCH) << 22
        ours = [one for one in self.x.world.posts.values() if one.author is self.x.world.us and not one.gone and int(one.id) <= shown]
        return self._page(request, ours, "own_read", least=5)

    async def search(self, request: web.Request, _who: str) -> dict[str, Any]:
        asked = _asked(request, PAGING | {"query", "next_token", "sort_order"} - {"pagination_token"})
        oldest = (int((time.time() - WEEK) * 1000) - EPOCH) << 22
        if int(asked.get("since_id", oldest)) < oldest:
            raise invalid("'since_id' must be a tweet id created after a week ago.")
        matches = matcher(asked.get("query", ""), self.x.world, 512)
        found = [one for one in self.x.world.posts.values() if self.x.world.visible(one) and not one.author.protected and matches(one)]
        return self._page(request, [one for one in found if int(one.id) >= oldest], "read", least=10)

    async def messages(self, request: web.Request, _who: str) -> dict[str, Any]:
        return self._messages(request, lambda _: True)

    async def messages_with(self, request: web.Request, _who: str) -> dict[str, Any]:
        pair = "-".join(sorted((self.x.world.us.id, request.match_info["id"]), key=int))
        return self._messages(request, lambda one: one.conversation_id == pair)

    def _is_us(self, request: web.Request, who: str) -> None:
        if who != "user" or request.match_info["id"] != self.x.world.us.id:
            raise Refusal(403, "Forbidden", "not yours: an Owned Read is of your own account")

    def _page(self, request: web.Request, posts: list[Post], price: str, least: int) -> dict[str, Any]:
        asked = _asked(request, PAGING | {"query", "next_token"})
        if ("since_id" in asked or "until_id" in asked) and ("start_time" in asked or "end_time" in asked):
            raise invalid("Invalid use of 'since_id' or 'until_id' in conjunction with 'start_time' or 'end_time'.")
        most = _most(asked, least)
        since, until = int(asked.get("since_id", 0)), int(asked.get("until_id", 1 << 80))
        begin = asked.get("pagination_token") or asked.get("next_token")
        until = min(until, int(begin, 36)) if begin else until
        found = sorted((one for one in posts if since < int(one.id) < until), key=lambda one: -int(one.id))
        page = found[:most]
        self.x.bill.reads(price, [one.id for one in page])
        answer = self.shown(page, asked)
        answer["meta"] = {"result_count": len(page)}
        if page:
            answer["meta"] |= {"newest_id": page[0].id, "oldest_id": page[-1].id}
        if len(found) > most:
            answer["meta"]["next_token"] = _base36(int(page[-1].id))
        return answer

    def shown(self, page: list[Post], asked: dict[str, str]) -> dict[str, Any]:
        """With those fields and expansions that were asked for; without posts no `data` at all."""
        fields = ALWAYS | set(asked.get("tweet.fields", "").split(","))
        world, expansions = self.x.world, asked.get("expansions", "").split(",")

        def cut(post: Post) -> dict[str, Any]:
            return {name: value for name, value in world.shown(post).items() if name in fields}

        answer: dict[str, Any] = {"data": [cut(one) for one in page]} if page else {}
        includes: dict[str, Any] = {}
        if "author_id" in expansions:
            includes["users"] = self._users({one.author.id for one in page if one.id not in world.garbled}, asked)
        if "referenced_tweets.id" in expansions:
            others = {one.id: one for post in page for one in (post.parent, post.quoted) if one and not one.gone}
            includes["tweets"] = [cut(one) for one in others.values()]
        if "attachments.media_keys" in expansions:
            keys = [key for post in page for key in world.shown(post).get("attachments", {}).get("media_keys", ())]
            includes["media"] = [{"media_key": key, "type": "photo"} for key in keys]
        if includes := {kind: found for kind, found in includes.items() if found}:
            answer["includes"] = includes
        return answer

    def _users(self, ids: set[str], asked: dict[str, str]) -> list[dict[str, Any]]:
        fields = {"id", "name", "username", *asked.get("user.fields", "").split(",")}
        return [{name: value for name, value in self.x.world.users[one].shown.items() if name in fields} for one in sorted(ids)]

    def _messages(self, request: web.Request, which: Any) -> dict[str, Any]:
        if self.x.level != "read-write-directmessages":
            raise Refusal(
                403, "Forbidden", "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint."
            )
        asked = _asked(request, {"max_results", "pagination_token"})
        begin = asked.get("pagination_token")
        if begin and begin.startswith("stale"):
            raise invalid("The `pagination_token` query parameter value is not valid")
        until = int(begin, 36) if begin else 1 << 80
        found = [one for one in self.x.world.messages.values() if not one.gone and which(one) and int(one.id) < until]
        found.sort(key=lambda one: -int(one.id))
        page = found[: _most(asked, 1)]
        self.x.bill.reads("message_read", [one.id for one in page])
        answer: dict[str, Any] = {"meta": {"result_count": len(page)}}
        if page:
            answer["data"] = [self._message(one, asked) for one in page]
            if "sender_id" in asked.get("expansions", ""):
                answer["includes"] = {"users": self._users({one.sender.id for one in page}, asked)}
        if len(found) > len(page):
            answer["meta"]["next_token"] = _base36(int(page[-1].id))
        return answer

    def _message(self, one: Message, asked: dict[str, str]) -> dict[str, Any]:
        whole = {
            "id": one.id,
            "event_type": "MessageCreate",
            **self.x.world.told(one.text),
            "sender_id": one.sender.id,
            "created_at": moment(one.id),
            "dm_conversation_id": one.conversation_id,
        }
        fields = {"id", "event_type", "text", *asked.get("dm_event.fields", "").split(",")}
        return {name: value for name, value in whole.items() if name in fields}


def _asked(request: web.Request, allowed: set[str]) -> dict[str, str]:
    asked = dict(request.query)
    only(asked, allowed | set(FIELDS), "query parameter")
    for name, values in FIELDS.items():
        if name in asked:
            only(asked[name].split(","), values, f"`{name}` query parameter value")
    return asked


def _most(asked: dict[str, str], least: int) -> int:
    most = int(asked.get("max_results", "10"))
    if not least <= most <= 100:
        raise invalid(f"The `max_results` query parameter value [{most}] is not between {least} and 100")
    return most


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits
