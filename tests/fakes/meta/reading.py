"""What the Graph API tells of each kind of thing, and its edges, page by page. A field that it does not have is refused."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from .errors import GraphError, not_there, too_fast
from .fields import Wanted, parse
from .world import NEWEST_TOLD, Entry, Message, Person, World

Json = dict[str, Any]
ABSENT = object()


def written(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


class Reading:
    """`read(path, query)`. Every edge is newest first, but replies on Instagram."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.url = ""
        self.forbidden: set[str] = set()  # nodes and edges that the token may not read
        self.busy: set[str] = set()  # those that ask for quiet
        self.oldest_first = False  # whatever order is asked for
        self.garbled: set[str] = set()  # told in a shape that nobody expects

    def read(self, path: str, query: Mapping[str, str]) -> Json:
        node_id, _, edge = path.partition("/")
        if self.forbidden & {edge or node_id}:
            raise GraphError(200, "(#200) Permissions error", status=403)
        if edge in self.busy:
            raise too_fast(80006)
        wanted = parse(query.get("fields", "id"))
        if not edge:
            return self._node(node_id, wanted)
        return self._edge(node_id, edge, wanted, {**query})

    def _node(self, node_id: str, wanted: list[Wanted]) -> Json:
        world = self.world
        if node_id == "app":
            return self._told("Application", {"id": lambda _: world.app_id, "name": lambda _: "Tocsin"}, wanted)
        if node_id == world.page_id:
            return self._told("Page", {"id": lambda _: world.page_id, "name": lambda _: world.page_name}, wanted)
        if node_id == world.instagram_id:
            return self._told("IGUser", self._account(), wanted)
        if node_id in world.messages:
            return self._message_alone(world.messages[node_id], wanted)
        return self._entry(world.entry(node_id), wanted)

    def _account(self) -> Mapping[str, Callable[[Wanted], Any]]:
        world = self.world

        def mentioned(kind: str, name: str) -> Callable[[Wanted], Any]:
            def tell(wanted: Wanted) -> Any:
                entry = world.entry(wanted.modifiers[name])
                if entry.kind != kind or entry.ours_below or f"@{world.instagram_name}" not in entry.text:
                    raise not_there(entry.id)
                allowed = {"id", "text", "timestamp", "media", "like_count"} if kind == "comment" else None
                if allowed and any(one.name not in allowed for one in wanted.inner or ()):
                    raise GraphError(100, "(#100) Tried accessing nonexisting field on node type (ShadowIGComment)")
                return self._entry(entry, wanted.inner or [])

            return tell

        return {
            "id": lambda _: world.instagram_id,
            "username": lambda _: world.instagram_name,
            "name": lambda _: world.page_name,
            "mentioned_comment": mentioned("comment", "comment_id"),
            "mentioned_media": mentioned("medium", "media_id"),
        }

    def _told(self, kind: str, fields: Mapping[str, Callable[[Wanted], Any]], wanted: Sequence[Wanted]) -> Json:
        answer: Json = {}
        for one in [*wanted, Wanted("id")]:
            if one.name not in fields:
                raise GraphError(100, f"(#100) Tried accessing nonexisting field ({one.name}) on node type ({kind})")
            value = fields[one.name](one)
            if value is not ABSENT:
                answer[one.name] = value
        return answer

    def _entry(self, entry: Entry, wanted: Sequence[Wanted]) -> Json:
        if entry.id in self.garbled:
            return {"id": entry.id, "from": "?", "created_time": [], "timestamp": []}
        if entry.network == "instagram":
            return self._told("IGMedia" if entry.kind == "medium" else "IGComment", self._on_instagram(entry), wanted)
        return self._told("Post" if entry.kind == "post" else "Comment", self._on_page(entry), wanted)

    def _on_page(self, entry: Entry) -> Mapping[str, Callable[[Wanted], Any]]:
        common: dict[str, Callable[[Wanted], Any]] = {
            "id": lambda _: entry.id,
            "from": lambda _: self._author(entry),
            "message": lambda _: entry.text,
            "created_time": lambda _: written(entry.at),
            "permalink_url": lambda _: f"https://www.facebook.com/{entry.id}",
            "is_hidden": lambda _: entry.hidden,
            "comments": lambda one: self._inside(entry.id, "comments", one),
        }
        if entry.kind == "comment":
            common["parent"] = lambda one: (
                self._entry(self.world.entries[entry.parent], one.inner or []) if entry.parent in self.world.entries else ABSENT
            )
            common["attachment"] = lambda _: entry.attachment or ABSENT
        return common

    def _author(self, entry: Entry) -> Any:
        if entry.author is None:
            return {"name": self.world.page_name, "id": self.world.page_id}
        return {"name": entry.author.name, "id": entry.author.id} if self.world.tells_authors else ABSENT

    def _on_instagram(self, entry: Entry) -> Mapping[str, Callable[[Wanted], Any]]:
        world = self.world
        name = entry.author.handle if entry.author else world.instagram_name
        common: dict[str, Callable[[Wanted], Any]] = {
            "id": lambda _: entry.id,
            "timestamp": lambda _: written(entry.at),
            "username": lambda _: name,
        }
        if entry.kind == "medium":
            common["caption"] = lambda _: entry.text
            common["media_type"] = lambda _: "IMAGE"
            common["permalink"] = lambda _: f"https://www.instagram.com/p/{entry.id}/"
            common["comments"] = lambda one: self._inside(entry.id, "comments", one)
            return common
        common["text"] = lambda _: entry.text
        common["hidden"] = lambda _: entry.hidden
        common["media"] = lambda one: self._entry(world.entries[entry.root], one.inner or [])
        common["from"] = lambda _: (
            {"id": entry.author.id if entry.author else world.instagram_id, "username": name} if world.tells_authors else ABSENT
        )
        common["user"] = lambda _: ABSENT if entry.author else {"id": world.instagram_id}
        common["replies"] = lambda one: self._inside(entry.id, "replies", one)
        return common

    def _inside(self, node_id: str, edge: str, one: Wanted) -> Any:
        page = self._edge(node_id, edge, one.inner or [Wanted("id")], one.modifiers)
        return page if page["data"] else ABSENT

    def _edge(self, node_id: str, edge: str, wanted: list[Wanted], query: Mapping[str, str]) -> Json:
        world = self.world
        match edge:
            case "feed" if node_id == world.page_id:
                things = [one for one in self._newest("facebook") if one.kind == "post" and one.ours_below]
                return self._page(things, lambda one: self._entry(one, wanted), query)
            case "comments" | "replies":
                return self._page(self._below(world.entry(node_id), edge, query), lambda one: self._entry(one, wanted), query)
            case "media" | "tags" if node_id == world.instagram_id:
                media = [one for one in self._newest("instagram") if one.kind == "medium"]
                things = [one for one in media if (one.tagged if edge == "tags" else one.author is None)]
                return self._page(things, lambda one: self._entry(one, wanted), query)
            case "conversations" if node_id == world.page_id:
                return self._conversations(wanted, query)
            case "messages" if node_id.startswith("t_"):
                return self._messages(*node_id.split("_")[1:3], wanted, query)
        raise GraphError(2500, f"Unknown path components: /{edge}")

    def _newest(self, network: str) -> list[Entry]:
        return [one for one in reversed(self.world.entries.values()) if one.network == network]

    def _below(self, above: Entry, edge: str, query: Mapping[str, str]) -> list[Entry]:
        """Facebook tells all levels at once when asked for the stream; Instagram one level at a time."""
        if above.network == "instagram":
            if (edge == "replies") != (above.kind == "comment"):
                raise GraphError(100, f"(#100) Tried accessing nonexisting field ({edge}) on node type")
            below = [one for one in self._newest("instagram") if one.kind == "comment" and one.root == above.root]
            if edge == "comments":
                return [one for one in below if not one.parent]
            return [one for one in reversed(below) if one.parent == above.id]
        below = [one for one in self._newest("facebook") if one.kind == "comment" and self._stands_below(one, above)]
        stream = query.get("filter") == "stream"
        shown = below if stream else [one for one in below if one.parent == ("" if above.kind == "post" else above.id)]
        newest_first = query.get("order") == "reverse_chronological" and not self.oldest_first
        return shown if newest_first else list(reversed(shown))

    def _stands_below(self, one: Entry, above: Entry) -> bool:
        if above.kind == "post":
            return one.root == above.id
        while one.parent:
            if one.parent == above.id:
                return True
            one = self.world.entries.get(one.parent, Entry("", "", None, "", 0))
        return False

    def _conversations(self, wanted: list[Wanted], query: Mapping[str, str]) -> Json:
        network = {"messenger": "facebook", "instagram": "instagram"}.get(query.get("platform", "messenger"))
        if network is None:
            raise GraphError(100, "(#100) Param platform must be one of {INSTAGRAM, MESSENGER}")
        latest: dict[str, Message] = {one.person.id: one for one in self.world.messages.values() if one.network == network}
        asked = [one for one in latest.values() if query.get("user_id") in (None, one.person.id)]
        newest = sorted(asked, key=lambda one: one.at, reverse=True)
        return self._page(newest, lambda one: self._conversation(one, wanted), query, key=lambda one: f"t_{network}_{one.person.id}")

    def _conversation(self, latest: Message, wanted: list[Wanted]) -> Json:
        own_id = f"t_{latest.network}_{latest.person.id}"
        fields: Mapping[str, Callable[[Wanted], Any]] = {
            "id": lambda _: own_id,
            "updated_time": lambda _: written(latest.at),
            "messages": lambda one: self._messages(latest.network, latest.person.id, one.inner or [Wanted("id")], one.modifiers),
        }
        return self._told("UnifiedThread", fields, wanted)

    def _messages(self, network: str, person_id: str, wanted: list[Wanted], query: Mapping[str, str]) -> Json:
        said = self.world.conversation(network, person_id)
        told = {one.id for one in said[:NEWEST_TOLD]}
        ids = [one for one in wanted if one.name in ("id", "created_time")]
        return self._page(said, lambda one: self._message(one, wanted if one.id in told else ids), query)

    def _message_alone(self, message: Message, wanted: list[Wanted]) -> Json:
        newest = self.world.conversation(message.network, message.person.id)[:NEWEST_TOLD]
        if message not in newest:
            raise not_there(message.id)
        return self._message(message, wanted)

    def _message(self, message: Message, wanted: Sequence[Wanted]) -> Json:
        them, us = self._party(message.network, message.person), self._party(message.network, None)
        fields: Mapping[str, Callable[[Wanted], Any]] = {
            "id": lambda _: message.id,
            "created_time": lambda _: written(message.at),
            "from": lambda _: us if message.by_us else them,
            "to": lambda _: {"data": [them if message.by_us else us]},
            "message": lambda _: message.text,
            "sticker": lambda _: ABSENT,
            "attachments": lambda _: {"data": message.attachments} if message.attachments else ABSENT,
        }
        return self._told("Message", fields, wanted)

    def _party(self, network: str, person: Person | None) -> Json:
        world = self.world
        if network == "facebook":
            return {"name": person.name, "id": person.id} if person else {"name": world.page_name, "id": world.page_id}
        return {"username": person.handle, "id": person.id} if person else {"username": world.instagram_name, "id": world.instagram_id}

    def _page(
        self, things: list[Any], tell: Callable[[Any], Json], query: Mapping[str, str], key: Callable[[Any], str] = lambda one: one.id
    ) -> Json:
        ids = [key(one) for one in things]
        after = urlsafe_b64decode(query["after"]).decode() if "after" in query else None
        begin = ids.index(after) + 1 if after in ids else 0
        limit = min(int(query.get("limit", 25)), 100)
        shown = things[begin : begin + limit]
        answer: Json = {"data": [tell(one) for one in shown]}
        if shown:
            answer["paging"] = {"cursors": {"before": _cursor(key(shown[0])), "after": _cursor(key(shown[-1]))}}
            if begin + limit < len(things):
                answer["paging"]["next"] = f"{self.url}/next?after={_cursor(key(shown[-1]))}"
        return answer


def _cursor(external_id: str) -> str:
    return urlsafe_b64encode(external_id.encode()).decode()
