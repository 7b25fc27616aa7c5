"""What may be done: comment, answer, write in private, hide and delete. A parameter that nobody knows is refused."""

from typing import Any

from .errors import GraphError, not_there
from .world import World

Json = dict[str, Any]


class Writing:
    def __init__(self, world: World) -> None:
        self.world = world

    def post(self, path: str, body: Json) -> Json:
        node_id, _, edge = path.partition("/")
        match edge:
            case "comments":
                return self._comment("facebook", node_id, body)
            case "replies":
                if self.world.entry(node_id, "post").kind != "comment":
                    raise not_there(node_id, "post")
                return self._comment("instagram", node_id, body)
            case "mentions" if node_id == self.world.instagram_id:
                return self._mention(body)
            case "messages" if node_id == self.world.page_id:
                return self._message(body)
            case "":
                return self._change(node_id, body)
        raise GraphError(2500, f"Unknown path components: /{edge}")

    def delete(self, node_id: str) -> Json:
        """Ours, or what stands below ours."""
        entry = self.world.entry(node_id, "delete")
        for one in [*self._answers(entry.id), entry.id]:
            self.world.entries.pop(one, None)
        return {"success": True}

    def _answers(self, external_id: str) -> list[str]:
        direct = [one.id for one in self.world.entries.values() if one.parent == external_id]
        return [deeper for one in direct for deeper in (*self._answers(one), one)]

    def _comment(self, network: str, below: str, body: Json) -> Json:
        _only(body, "message")
        above = self.world.entry(below, "post")
        if above.network != network or (network == "instagram" and above.hidden):
            raise not_there(below, "post")
        return {"id": self.world.add_comment(network, None, str(body.get("message", "")), below).id}

    def _mention(self, body: Json) -> Json:
        _only(body, "message", "media_id", "comment_id")
        medium = self.world.entry(str(body.get("media_id")), "post")
        below = self.world.entry(str(body["comment_id"]), "post") if "comment_id" in body else medium
        if medium.tagged or f"@{self.world.instagram_name}" not in below.text:
            raise GraphError(100, "(#100) You were not mentioned there")
        return {"id": self.world.add_comment("instagram", None, str(body.get("message", "")), below.id).id}

    def _message(self, body: Json) -> Json:
        _only(body, "recipient", "message", "messaging_type")
        _only(body.get("recipient", {}), "id", "comment_id", "post_id")
        _only(body.get("message", {}), "text")
        recipient = {name: str(value) for name, value in body["recipient"].items()}
        if "id" in recipient and body.get("messaging_type") != "RESPONSE":
            raise GraphError(100, "(#100) param messaging_type is required")
        text = str(body["message"].get("text", ""))
        message = self.world.send(self._network(recipient), recipient, text)
        return {"recipient_id": message.person.id, "message_id": message.id}

    def _network(self, recipient: dict[str, str]) -> str:
        """Whose the person is, or the comment: the page's address serves both."""
        entry = self.world.entries.get(recipient.get("comment_id") or recipient.get("post_id") or "")
        person = next((of for (of, _), one in self.world.people.items() if one.id == recipient.get("id")), "facebook")
        return entry.network if entry else person

    def _change(self, node_id: str, body: Json) -> Json:
        entry = self.world.entry(node_id, "post")
        name = "is_hidden" if entry.network == "facebook" else "hide"
        _only(body, name)
        if entry.author is None or not entry.ours_below:
            raise GraphError(200, "(#200) Permissions error", status=403)
        entry.hidden = bool(body[name])
        return {"success": True}


def _only(body: Any, *known: str) -> None:
    unknown = set(body) - set(known)
    if unknown:
        raise GraphError(100, f"(#100) Unexpected parameter {min(unknown)}")
