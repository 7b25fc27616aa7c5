"""The smallest bot that does what Microsoft's pages demand of one, to try the fake with."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import jwt
from aiohttp import web

from .server import FakeTeams
from .state import Json


@dataclass
class SampleBot:
    """It keeps all it hears. `answers` holds what each invoke is answered with, or what makes it, by the invoke's name."""

    teams: FakeTeams
    heard: list[Json] = field(default_factory=list)
    answers: dict[str, Json | Callable[[Json], Json]] = field(default_factory=dict)
    delays: list[float] = field(default_factory=list)  # seconds that the next answers take
    refused: list[str] = field(default_factory=list)

    @property
    def last(self) -> Json:
        return self.heard[-1]

    async def handle(self, request: web.Request) -> web.Response:
        activity: Json = await request.json()
        try:
            await self._check(request.headers.get("Authorization", ""), activity)
        except (jwt.InvalidTokenError, KeyError, PermissionError) as wrong:
            self.refused.append(repr(wrong))
            return web.json_response({"error": "Unauthorized"}, status=403)
        self.heard.append(activity)
        if self.delays:
            await asyncio.sleep(self.delays.pop(0))
        answer = self.answers.get(str(activity.get("name")))
        body = answer(activity) if callable(answer) else answer
        return web.json_response(body) if body is not None else web.Response()

    async def _check(self, authorization: str, activity: Json) -> None:
        """https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication#step-4-verify-the-jwt-token"""
        token = authorization.removeprefix("Bearer ")
        async with aiohttp.ClientSession() as web_client, web_client.get(self.teams.openid_url) as metadata:
            address = (await metadata.json())["jwks_uri"]
            async with web_client.get(address) as keys:
                published = (await keys.json())["keys"]
        key = {one["kid"]: one for one in published}[jwt.get_unverified_header(token)["kid"]]
        claims = jwt.decode(
            token, jwt.PyJWK(key).key, algorithms=["RS256"], audience=self.teams.client_id, issuer=self.teams.keyring.issuer
        )
        if activity["channelId"] != "msteams" or "msteams" not in key.get("endorsements", ()):
            raise PermissionError("the key does not vouch for Teams")
        if claims["serviceurl"] != activity["serviceUrl"]:
            raise PermissionError("the token speaks for another service")
        if activity["channelData"]["tenant"]["id"] != self.teams.tenant_id:
            raise PermissionError("another organisation")


@asynccontextmanager
async def listening(bot: SampleBot) -> AsyncIterator[SampleBot]:
    """The bot behind /api/messages, with the fake delivering there."""
    app = web.Application()
    app.router.add_post("/api/messages", bot.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.2, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    bot.teams.bot_endpoint = f"http://127.0.0.1:{runner.addresses[0][1]}/api/messages"
    try:
        yield bot
    finally:
        await runner.cleanup()


def in_place(card: Json) -> Json:
    """What an Action.Execute is answered with."""
    return {"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": card}


def window(title: str, card: Json) -> Json:
    """What task/fetch is answered with."""
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {"task": {"type": "continue", "value": {"title": title, "height": "medium", "width": "medium", "card": attachment}}}


def card(*body: Any, actions: tuple[Json, ...] = (), **more: Any) -> Json:
    """A card of texts and elements."""
    blocks = [{"type": "TextBlock", "text": one, "wrap": True} if isinstance(one, str) else one for one in body]
    return {"type": "AdaptiveCard", "version": "1.5", "body": blocks, **({"actions": list(actions)} if actions else {}), **more}


def attached(content: Json, **more: Any) -> Json:
    """A message that carries the card."""
    return {"type": "message", "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": content}], **more}


def executes(title: str, act: str, **data: Any) -> Json:
    return {
        "type": "Action.Execute",
        "title": title,
        "verb": act,
        "data": {"act": act, **data},
        "fallback": {**submits(title, act, **data)},
    }


def submits(title: str, act: str, **data: Any) -> Json:
    return {"type": "Action.Submit", "title": title, "data": {"act": act, **data}}


def asks(title: str, act: str, **data: Any) -> Json:
    """A button that opens a dialog."""
    return submits(title, act, msteams={"type": "task/fetch"}, **data)
