"""What can be done on the fake X: posting, taking back, hiding, writing in private; with what it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from .guards import Refusal, invalid, only
from .world import LINK, Post, weighed

if TYPE_CHECKING:
    from .server import FakeX

NOT_SUMMONED = "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the post you are replying to."
PERMISSIONS = "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint."


class Acts:
    def __init__(self, x: FakeX) -> None:
        self.x = x

    async def create(self, request: web.Request, _who: str) -> dict[str, Any]:
        self._writes()
        body = await request.json()
        only(body, {"text", "reply"}, "field")
        only(body.get("reply", {}), {"in_reply_to_tweet_id", "exclude_reply_user_ids"}, "field")
        text = body.get("text") or ""
        if not text.strip():
            raise invalid("text is required")
        if weighed(text) > 280:
            raise Refusal(
                403, "Forbidden", "Your Tweet text is too long. For more information on how Tweet length is determined see our docs."
            )
        parent = self._parent(body.get("reply"))
        self._duplicate(text, parent)
        post = self.x.world.write(self.x.world.us, text, to=parent)
        self.x.bill.act("post_with_link" if LINK.search(text) else "reply")
        self.x.streaming.tell(post)
        return {"data": {"id": post.id, "text": post.whole, "edit_history_tweet_ids": post.versions}}

    def _parent(self, reply: dict[str, str] | None) -> Post | None:
        if reply is None:
            return None
        parent = self.x.world.posts.get(reply["in_reply_to_tweet_id"])
        if parent is None or parent.gone:
            raise Refusal(403, "Forbidden", "You attempted to reply to a Tweet that is deleted or not visible to you.")
        if not (self.x.enterprise or self._summoned(parent)):
            raise Refusal(403, "Forbidden", NOT_SUMMONED)
        return parent

    def _summoned(self, post: Post) -> bool:
        us = self.x.world.us
        answers_us = post.parent is not None and post.parent.author is us
        return answers_us or us in self.x.world.named(post.text) or (post.quoted is not None and post.quoted.author is us)

    def _duplicate(self, text: str, parent: Post | None) -> None:
        """X does not say how it compares; the same words to the same post are the same beyond doubt."""
        ours = [one for one in self.x.world.posts.values() if one.author is self.x.world.us and not one.gone]
        if any(one.text == text and one.parent is parent for one in ours):
            raise Refusal(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.")

    async def delete(self, request: web.Request, _who: str) -> dict[str, Any]:
        self._writes()
        post = self.x.world.posts.get(request.match_info["id"])
        if post is None or post.gone:
            raise Refusal(404, "Not Found Error", "Could not find tweet", "https://api.twitter.com/2/problems/resource-not-found")
        if post.author is not self.x.world.us:
            raise Refusal(403, "Forbidden", "You are not authorized to delete this Tweet.")
        post.gone = True
        self.x.bill.act("delete")
        return {"data": {"deleted": True}}

    async def hide(self, request: web.Request, _who: str) -> dict[str, Any]:
        self._writes()
        body = await request.json()
        only(body, {"hidden"}, "field")
        post = self.x.world.posts.get(request.match_info["id"])
        if post is None or post.gone:
            raise Refusal(404, "Not Found Error", "Could not find tweet", "https://api.twitter.com/2/problems/resource-not-found")
        if self.x.world.posts[post.conversation_id].author is not self.x.world.us:
            raise Refusal(403, "Forbidden", "You are not the author of the conversation.")
        post.hidden = body["hidden"]
        self.x.bill.act("hide")
        return {"data": {"hidden": post.hidden}}

    async def message(self, request: web.Request, _who: str) -> dict[str, Any]:
        self._writes(private=True)
        body = await request.json()
        only(body, {"text", "attachments"}, "field")
        other = self.x.world.users.get(request.match_info["id"])
        if other is None or other.no_messages:
            raise Refusal(403, "Forbidden", "You do not have permission to DM one or more participants.")
        if not 1 <= weighed(body.get("text") or "") <= 10_000:
            raise invalid("text must have 1 to 10,000 characters")
        one = self.x.world.message(self.x.world.us, other, body["text"])
        self.x.bill.act("message")
        return {"data": {"dm_conversation_id": one.conversation_id, "dm_event_id": one.id}}

    async def delete_message(self, request: web.Request, _who: str) -> dict[str, Any]:
        self._writes(private=True)
        one = self.x.world.messages.get(request.match_info["id"])
        if one is None or one.gone:
            raise Refusal(404, "Not Found Error", "Could not find event", "https://api.twitter.com/2/problems/resource-not-found")
        one.gone = True
        self.x.bill.act("delete")
        return {"data": {"deleted": True}}

    def _writes(self, *, private: bool = False) -> None:
        levels = {"read-write-directmessages"} if private else {"read-write", "read-write-directmessages"}
        if self.x.level not in levels:
            raise Refusal(403, "Forbidden", PERMISSIONS, "https://api.twitter.com/2/problems/oauth1-permissions")
