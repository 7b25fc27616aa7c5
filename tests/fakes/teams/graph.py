"""As much of Microsoft Graph as a bot asks to find out whether its message arrived (https://learn.microsoft.com/graph/api/channel-list-messages)."""

import json
import uuid
from dataclasses import dataclass
from html import escape

from aiohttp import web

from .calls import Recorded
from .entra import Entra
from .state import Conversation, Json, Message, State, Team, moment

PAGE, PAGE_MOST = 20, 50


@dataclass
class Graph:
    """`allowed` is the consent of the team's owner; without it there is 403. What was just sent shows after `lag` seconds."""

    state: State
    entra: Entra
    allowed: bool = True
    lag: float = 0.0
    url: str = ""

    async def team(self, request: web.Request, recorded: Recorded) -> web.Response:
        self.entra.admit(request, self.entra.cloud.graph)
        team = self._team(request)
        refused = self._refused(team, recorded)
        if refused or team is None:
            return refused or self._no(404, "NotFound", recorded)
        about = {"id": team.group_id, "displayName": team.name, "visibility": team.visibility, "tenantId": team.tenant_id}
        return web.json_response({"@odata.context": f"{self.url}/v1.0/$metadata#teams/$entity", **about})

    async def messages(self, request: web.Request, recorded: Recorded) -> web.Response:
        """The beginnings of threads, those with the latest answer first."""
        self.entra.admit(request, self.entra.cloud.graph)
        team, channel = self._team(request), self.state.conversations.get(request.match_info["channel"])
        if refused := self._refused(team, recorded):
            return refused
        if team is None or channel is None or channel.team is not team:
            return self._no(404, "NotFound", recorded)
        roots = [one for one in channel.all.values() if one.root_id is None]
        return self._page(request, channel, sorted(roots, key=_stirred, reverse=True))

    async def replies(self, request: web.Request, recorded: Recorded) -> web.Response:
        """Newest first."""
        self.entra.admit(request, self.entra.cloud.graph)
        team, channel = self._team(request), self.state.conversations.get(request.match_info["channel"])
        if refused := self._refused(team, recorded):
            return refused
        root = channel.all.get(request.match_info["message"]) if channel else None
        if channel is None or channel.team is not team or root is None:
            return self._no(404, "NotFound", recorded)
        answers = [one for one in channel.all.values() if one.root_id == root.id]
        return self._page(request, channel, sorted(answers, key=lambda one: one.at, reverse=True))

    def _team(self, request: web.Request) -> Team | None:
        return next((one for one in self.state.teams.values() if one.group_id == request.match_info["team"]), None)

    def _refused(self, team: Team | None, recorded: Recorded) -> web.Response | None:
        if self.allowed and (team is None or team.has_bot):
            return None
        return self._no(403, "Forbidden", recorded)

    def _no(self, status: int, code: str, recorded: Recorded) -> web.Response:
        recorded.answer = code
        at = moment(self.state.clock.now()).removesuffix("Z")
        inner = {"date": at, "request-id": str(uuid.uuid4()), "client-request-id": str(uuid.uuid4())}
        words = "Missing role permissions on the request." if status == 403 else "NotFound"
        return web.json_response({"error": {"code": code, "message": words, "innerError": inner}}, status=status)

    def _page(self, request: web.Request, channel: Conversation, found: list[Message]) -> web.Response:
        size = min(int(request.query.get("$top") or PAGE), PAGE_MOST)
        start = int(request.query.get("$skiptoken") or 0)
        seen = [one for one in found if one.at <= self.state.clock.now() - self.lag]
        shown = [self._message(one, channel) for one in seen[start : start + size]]
        body: Json = {"@odata.context": f"{self.url}/v1.0/$metadata#messages", "@odata.count": len(shown), "value": shown}
        if start + size < len(seen):
            body["@odata.nextLink"] = f"{self.url}{request.path.removeprefix('/graph')}?$top={size}&$skiptoken={start + size}"
        return web.json_response(body)

    def _message(self, message: Message, channel: Conversation) -> Json:
        """https://learn.microsoft.com/graph/api/resources/chatmessage: a card is an attachment whose content is text."""
        author, team = message.author, channel.team
        at = moment(message.changed_at)
        user = {"id": author.aad_object_id, "displayName": author.name, "userIdentityType": "aadUser"} if author else None
        bot = {"id": self.state.client_id, "displayName": self.state.bot["name"], "applicationIdentityType": "bot"}
        attachments = [] if message.deleted else [_attachment(one) for one in message.activity.get("attachments") or []]
        shown = "".join(f'<attachment id="{one["id"]}"></attachment>' for one in attachments)
        return {
            "id": message.id,
            "replyToId": message.root_id,
            "etag": message.id,
            "messageType": "message",
            "createdDateTime": moment(message.at),
            "lastModifiedDateTime": at,
            "lastEditedDateTime": at if message.versions else None,
            "deletedDateTime": at if message.deleted else None,
            "subject": None,
            "summary": message.summary or None,
            "chatId": None,
            "importance": "normal",
            "locale": "en-us",
            "webUrl": f"https://teams.microsoft.com/l/message/{channel.id}/{message.id}",
            "from": {"application": None if author else bot, "device": None, "user": user},
            "body": {"contentType": "html", "content": "" if message.deleted else escape(message.text) + shown},
            "channelIdentity": {"teamId": team.group_id if team else "", "channelId": channel.id},
            "attachments": attachments,
            "mentions": [],
            "reactions": [],
        }


def _stirred(root: Message) -> float:
    return max([root.at, *(one.at for one in root.replies)])


def _attachment(one: Json) -> Json:
    content = one.get("content")
    written = json.dumps(content, indent=2) if content is not None else None
    about = {"contentType": one.get("contentType"), "contentUrl": one.get("contentUrl"), "content": written, "name": one.get("name")}
    return {"id": uuid.uuid4().hex, **about, "thumbnailUrl": None, "teamsAppId": None}
