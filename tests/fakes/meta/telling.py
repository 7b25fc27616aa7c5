"""What Meta's webhook tells: the payloads as the reference pages show them, signed, and again when nobody said 200."""

import hashlib
import hmac
import json
from typing import Any

import aiohttp

from .world import Entry, Message, World

Json = dict[str, Any]


class Telling:
    """`endpoint` empty: nobody subscribed. `lost`: deliveries that never get there. `untold`: those that nobody took."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.endpoint = ""
        self.lost = False
        self.untold: list[bytes] = []
        self.answers: list[int] = []

    async def shake_hands(self, token: str | None = None) -> tuple[int, str]:
        asked = {"hub.mode": "subscribe", "hub.verify_token": token or self.world.verify_token, "hub.challenge": "1158201444"}
        async with aiohttp.ClientSession() as web, web.get(self.endpoint, params=asked) as answer:
            return answer.status, await answer.text()

    async def comment(self, entry: Entry, verb: str = "add") -> None:
        if entry.network == "instagram":
            await self._change("instagram", "comments" if entry.ours_below else "mentions", self._on_instagram(entry))
        elif entry.ours_below:
            await self._change("page", "feed", self._on_page(entry, verb))
        else:
            await self._change("page", "mention", self._on_page(entry, verb))

    def _on_page(self, entry: Entry, verb: str) -> Json:
        author = (
            {"id": entry.author.id, "name": entry.author.name} if entry.author else {"id": self.world.page_id, "name": self.world.page_name}
        )
        value: Json = {"post_id": entry.root, "created_time": int(entry.at), "item": "status", "verb": verb}
        if entry.kind == "comment":
            value |= {"item": "comment", "comment_id": entry.id, "parent_id": entry.parent or entry.root}
            value["post"] = {
                "id": entry.root,
                "status_type": "mobile_status_update",
                "is_published": True,
                "permalink_url": f"https://www.facebook.com/{entry.root}",
            }
        if self.world.tells_authors or entry.author is None:
            value["from"] = author
        return value if verb == "remove" else {**value, "message": entry.text}

    def _on_instagram(self, entry: Entry) -> Json:
        if not entry.ours_below:
            return {"media_id": entry.root, **({"comment_id": entry.id} if entry.kind == "comment" else {})}
        author: Json = (
            {"id": entry.author.id, "username": entry.author.handle}
            if entry.author
            else {"id": "9900001", "username": self.world.instagram_name, "self_ig_scoped_id": "9900001"}
        )
        value: Json = {"id": entry.id, "from": author, "media": {"id": entry.root, "media_product_type": "FEED"}, "text": entry.text}
        return {**value, "parent_id": entry.parent} if entry.parent else value

    async def message(self, message: Message, **inner: Any) -> None:
        ours = self.world.page_id if message.network == "facebook" else self.world.instagram_id
        told: Json = {"mid": message.id, **inner} if inner else {"mid": message.id, "text": message.text}
        if message.answers:
            told["reply_to"] = {"mid": message.answers}
        if message.by_us:
            told |= {"is_echo": True, "app_id": int(self.world.app_id)}
        sender, recipient = (ours, message.person.id) if message.by_us else (message.person.id, ours)
        await self.messaging(message.network, {"sender": {"id": sender}, "recipient": {"id": recipient}, "message": told})

    async def messaging(self, network: str, event: Json) -> None:
        now = int(self.world.clock.now() * 1000)
        entry = {"time": now, "messaging": [{"timestamp": now, **event}]}
        await self.entry("page" if network == "facebook" else "instagram", entry)

    async def _change(self, about: str, field: str, value: Json) -> None:
        await self.entry(about, {"time": int(self.world.clock.now()), "changes": [{"field": field, "value": value}]})

    async def entry(self, about: str, entry: Json) -> None:
        own = self.world.page_id if about == "page" else self.world.instagram_id
        await self.deliver({"object": about, "entry": [{"id": own, **entry}]})

    async def deliver(self, body: Any, *, secret: str = "", raw: bytes | None = None) -> int:
        sent = raw if raw is not None else json.dumps(body).encode()
        if self.lost or not self.endpoint:
            return 0
        status = await self.deliver_raw(sent, self.sign(sent, secret))
        if status != 200:
            self.untold.append(sent)
        return status

    async def deliver_raw(self, body: bytes, signature: str) -> int:
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature}
        async with aiohttp.ClientSession() as web, web.post(self.endpoint, data=body, headers=headers) as answer:
            self.answers.append(answer.status)
            return answer.status

    async def again(self) -> None:
        """Meta comes again with what nobody took."""
        waiting, self.untold = self.untold, []
        for body in waiting:
            if await self.deliver_raw(body, self.sign(body)) != 200:
                self.untold.append(body)

    def sign(self, body: bytes, secret: str = "") -> str:
        return "sha256=" + hmac.new((secret or self.world.app_secret).encode(), body, hashlib.sha256).hexdigest()
