"""The fake X's filtered stream: rules, one connection, a sign of life now and then."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web

from .guards import Refusal, invalid, only
from .search import matcher
from .timelines import Timelines, _asked

if TYPE_CHECKING:
    from .server import FakeX
    from .world import Post

RULES_MOST, RULE_MOST = 1000, 1024


class Streaming:
    def __init__(self, x: FakeX) -> None:
        self.x = x
        self.standing: dict[str, dict[str, str]] = {}
        self.connections = 0
        self._queues: list[asyncio.Queue[Any]] = []

    async def rules(self, _request: web.Request, _who: str) -> dict[str, Any]:
        meta = {"sent": datetime.now(UTC).isoformat(), "result_count": len(self.standing)}
        return {"data": list(self.standing.values()), "meta": meta} if self.standing else {"meta": meta}

    async def change_rules(self, request: web.Request, _who: str) -> dict[str, Any]:
        body = await request.json()
        only(body, {"add", "delete"}, "field")
        removed = [self.standing.pop(id_, None) for id_ in body.get("delete", {}).get("ids", ())]
        added = [self.add(one["value"], one.get("tag", "")) for one in body.get("add", ())]
        summary = {"created": len(added), "not_created": 0} if added else {"deleted": len(removed), "not_deleted": 0}
        answer: dict[str, Any] = {"meta": {"sent": datetime.now(UTC).isoformat(), "summary": summary}}
        return {"data": added, **answer} if added else answer

    def add(self, value: str, tag: str) -> dict[str, str]:
        matcher(value, self.x.world, RULE_MOST)
        if len(self.standing) >= RULES_MOST:
            raise invalid("rule-cap")
        if any(one["value"] == value for one in self.standing.values()):
            raise invalid("DuplicateRule")
        rule = {"id": self.x.world.next_id(), "value": value, "tag": tag}
        self.standing[rule["id"]] = rule
        return rule

    async def stream(self, request: web.Request) -> web.StreamResponse:
        asked = _asked(request, {"backfill_minutes"})
        if not self.standing:
            raise Refusal(409, "RuleConfigurationIssue", "You must define rules before connecting to the stream.")
        if self._queues:
            detail = "This stream is currently at the maximum allowed connection limit."
            raise Refusal(429, "ConnectionException", detail, "https://api.twitter.com/2/problems/streaming-connection")
        queue: asyncio.Queue[Any] = asyncio.Queue()
        self._queues.append(queue)
        self.connections += 1
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        try:
            await response.prepare(request)
            with suppress(ConnectionError):
                await self._send(request, response, queue, asked)
        finally:
            self._queues.remove(queue)
        return response

    async def _send(self, request: web.Request, response: web.StreamResponse, queue: asyncio.Queue[Any], asked: dict[str, str]) -> None:
        while not self.x.stopping.is_set() and request.transport and not request.transport.is_closing():
            try:
                told = await asyncio.wait_for(queue.get(), self.x.heartbeat)
            except TimeoutError:
                await response.write(b"\r\n")
                continue
            if told is None:
                return
            if isinstance(told, dict):
                await response.write(json.dumps(told).encode() + b"\r\n")
                return
            await response.write(json.dumps(self._shown(told, asked)).encode() + b"\r\n")

    def _shown(self, post: Post, asked: dict[str, str]) -> dict[str, Any]:
        self.x.bill.reads("read", [post.id])
        page = Timelines(self.x).shown([post], asked)
        shown = {**page, "data": page["data"][0], "matching_rules": [{"id": one["id"], "tag": one["tag"]} for one in self._matching(post)]}
        self.x.answers.append(("stream", shown))
        return shown

    def tell(self, post: Post) -> None:
        """A post was written just now."""
        if not post.author.protected and self._matching(post):
            for queue in self._queues:
                queue.put_nowait(post)

    def _matching(self, post: Post) -> list[dict[str, str]]:
        return [one for one in self.standing.values() if matcher(one["value"], self.x.world, RULE_MOST)(post)]

    def hang_up(self, because: str = "") -> None:
        """As X does when it restarts; or with a word why."""
        told = {"errors": [{"title": "operational-disconnect", "detail": because, "disconnect_type": "UpstreamOperationalDisconnect"}]}
        for queue in self._queues:
            queue.put_nowait(told if because else None)
