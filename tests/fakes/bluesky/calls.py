"""What each call of the protocol does on the fake. A parameter that its lexicon does not know is refused."""

import re
from datetime import datetime
from typing import Any

from . import views
from .limits import CREATE, DELETE, UPDATE
from .rules import BadRequest, check_key, check_post
from .world import POST, Account, World, moment

Json = dict[str, Any]
PAGE_MOST = 100
KNOWN = {
    "com.atproto.server.getSession": set(),
    "app.bsky.notification.listNotifications": {"limit", "cursor", "reasons", "priority"},
    "app.bsky.notification.getPreferences": set(),
    "app.bsky.feed.searchPosts": {"q", "sort", "since", "until", "limit", "cursor", "lang", "tag", "author", "mentions"},
    "app.bsky.feed.getPostThread": {"uri", "depth", "parentHeight"},
    "app.bsky.actor.getProfiles": {"actors"},
    "com.atproto.repo.getRecord": {"repo", "collection", "rkey", "cid"},
    "com.atproto.repo.putRecord": {"repo", "collection", "rkey", "record", "swapRecord", "swapCommit", "validate"},
    "com.atproto.repo.deleteRecord": {"repo", "collection", "rkey", "swapRecord", "swapCommit"},
}
CHANGES = {"com.atproto.repo.putRecord", "com.atproto.repo.deleteRecord"}


class Calls:
    """`preferences` are those of our account; `deaf_search` makes search fail as a service of its own."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.preferences: Json = {one: {"include": "all", "list": True, "push": True} for one in ("mention", "reply", "quote")}
        self.deaf_search = False

    def cost(self, name: str, said: Json, us: Account) -> int:
        if name == "com.atproto.repo.deleteRecord":
            return DELETE
        return UPDATE if f"at://{us.did}/{POST}/{said.get('rkey')}" in self.world.posts else CREATE

    def call(self, name: str, said: Json, us: Account) -> Json:
        if name not in KNOWN:
            raise BadRequest("Method Not Implemented", "MethodNotImplemented")
        if unknown := set(said) - KNOWN[name]:
            raise BadRequest(f"unknown {sorted(unknown)}")
        does = getattr(self, re.sub("([A-Z])", r"_\1", name.rpartition(".")[2]).lower())
        done: Json = does(us, said)
        return done

    def get_session(self, us: Account, said: Json) -> Json:
        return {"did": us.did, "handle": us.handle, "active": True}

    def get_preferences(self, us: Account, said: Json) -> Json:
        return {"preferences": self.preferences}

    def list_notifications(self, us: Account, said: Json) -> Json:
        before = _cursor(said)
        wanted = said.get("reasons")
        reasons = {wanted} if isinstance(wanted, str) else set(wanted or ())
        left = [one for one in self.world.notifications(us.did) if one.at < before]
        page = left[: _limit(said)]
        shown = [views.notification(self.world, one, us.did) for one in page if not reasons or one.reason in reasons]
        return {"notifications": shown, "priority": False, **({"cursor": moment(page[-1].at)} if page else {})}

    def search_posts(self, us: Account, said: Json) -> Json:
        if self.deaf_search:
            raise ConnectionError
        words = said["q"].strip('"').casefold()
        since, until = (_at(said[name]) if name in said else None for name in ("since", "until"))
        inside = [one for one in self.world.posts.values() if (since or 0) <= one.sort_at < (until or float("inf"))]
        found = [one for one in inside if words in one.record["text"].casefold()]
        found = sorted((one for one in found if not self.world.blocked(one.author.did, us.did)), key=lambda one: -one.sort_at)
        begin, end = int(said.get("cursor", 0)), int(said.get("cursor", 0)) + _limit(said)
        following = {"cursor": str(end)} if end < len(found) else {}
        return {"posts": [views.post_view(self.world, one, us.did) for one in found[begin:end]], **following}

    def get_post_thread(self, us: Account, said: Json) -> Json:
        post = self.world.posts.get(said["uri"])
        if post is None:
            raise BadRequest(f"Post not found: {said['uri']}", "NotFound")
        return {"thread": views.thread(self.world, post, us.did)}

    def get_profiles(self, us: Account, said: Json) -> Json:
        actors = said["actors"] if isinstance(said["actors"], list) else [said["actors"]]
        if len(actors) > 25:
            raise BadRequest("actors must not have more than 25 elements")
        known = [self.world.accounts[one] for one in actors if one in self.world.accounts]
        return {"profiles": [views.detailed(self.world, one, us.did) for one in known]}

    def get_record(self, us: Account, said: Json) -> Json:
        uri = f"at://{said['repo']}/{said['collection']}/{said['rkey']}"
        post = self.world.posts.get(uri)
        if post is None:
            raise BadRequest(f"Could not locate record: {uri}", "RecordNotFound")
        return {"uri": uri, "cid": post.cid, "value": post.record}

    def put_record(self, us: Account, said: Json) -> Json:
        """Only posts are written here. The same again changes nothing; with swapRecord null nothing else may stand there."""
        self._must_be_ours(us, said)
        check_key(said["rkey"])
        check_post(said["record"])
        known = self.world.posts.get(f"at://{us.did}/{POST}/{said['rkey']}")
        if known and known.record != said["record"] and "swapRecord" in said and said["swapRecord"] != known.cid:
            raise BadRequest(f"Record was at {known.cid}", "InvalidSwap")
        if not known and said.get("swapRecord"):
            raise BadRequest("Record was at null", "InvalidSwap")
        post = self.world.put(us, said["rkey"], said["record"])
        return {"uri": post.uri, "cid": post.cid, "validationStatus": "valid"}

    def delete_record(self, us: Account, said: Json) -> Json:
        self._must_be_ours(us, said)
        self.world.remove(f"at://{us.did}/{POST}/{said['rkey']}")
        return {}

    def _must_be_ours(self, us: Account, said: Json) -> None:
        if said["repo"] not in (us.did, us.handle) or said["collection"] != POST:
            raise PermissionError


def _limit(said: Json) -> int:
    limit = int(said.get("limit", 50))
    if not 1 <= limit <= PAGE_MOST:
        raise BadRequest(f"limit can not be greater than {PAGE_MOST}")
    return limit


def _cursor(said: Json) -> float:
    try:
        return _at(said["cursor"]) if "cursor" in said else float("inf")
    except ValueError as error:
        raise BadRequest("Malformed cursor") from error


def _at(said: str) -> int:
    return round(datetime.fromisoformat(said).timestamp() * 1000)
