"""The Bot Connector's service, which the bot calls: conversations, what is said in them, and who is there."""

from dataclasses import dataclass

from aiohttp import web

from .adaptive import problems, size_of, warnings
from .calls import Recorded, Refused, described
from .entra import Entra
from .limits import Limits, Meters
from .state import ADAPTIVE, Conversation, Json, Message, Person, State, Team, thread_of

KINDS = {"message", "typing"}


@dataclass
class Connector:
    state: State
    limits: Limits
    meters: Meters
    entra: Entra
    warned: list[str]  # what Teams takes, and clients show badly
    service_url: str = ""

    async def create(self, request: web.Request, recorded: Recorded) -> web.Response:
        """A chat with one person, or a new thread in a channel."""
        self.entra.admit(request)
        wanted = described(recorded.body)
        channel_id = str((wanted.get("channelData") or {}).get("channel", {}).get("id") or "")
        recorded.conversation = channel_id or "new chats"  # counted together: nobody says that each person counts alone
        self._admit("create", recorded.conversation)
        conversation = self._channel(channel_id) if channel_id else self._chat(wanted)
        activity = wanted.get("activity")
        if not activity:
            if channel_id:
                raise Refused(400, "BadSyntax", "Incorrect conversation creation parameters")
            return web.json_response({"id": conversation.id, "serviceUrl": self.service_url}, status=201)
        self._admit("send", conversation.id)
        message = self._posted(conversation, self._checked(activity), "")
        about = {"id": message.thread, "activityId": message.id, "serviceUrl": self.service_url}
        return web.json_response(about, status=201)

    async def send(self, request: web.Request, recorded: Recorded) -> web.Response:
        """In a channel without a thread a new one begins; `activity` in the address is the message that is answered."""
        self.entra.admit(request)
        conversation, root_id = self._open(recorded)
        self._admit("send", conversation.id)
        activity = self._checked(recorded.body)
        if activity["type"] == "typing":
            return web.json_response({}, status=202)
        answered = request.match_info.get("activity") or (root_id or activity.get("replyToId") or "")
        message = self._posted(conversation, activity, answered)
        return web.json_response({"id": message.id}, status=201)

    async def update(self, request: web.Request, recorded: Recorded) -> web.Response:
        self.entra.admit(request)
        conversation, root_id = self._open(recorded)
        self._admit("update", conversation.id)
        message = self._own(conversation, root_id, request.match_info["activity"])
        message.change(self._checked(recorded.body), self.state.clock.now())
        return web.json_response({"id": message.id})

    async def delete(self, request: web.Request, recorded: Recorded) -> web.Response:
        self.entra.admit(request)
        conversation, root_id = self._open(recorded)
        self._admit("delete", conversation.id)
        self.state.remove(self._own(conversation, root_id, request.match_info["activity"]))
        return web.Response()

    async def members(self, request: web.Request, recorded: Recorded) -> web.Response:
        self.entra.admit(request)
        return web.json_response([one.member for one in self._roster(recorded)])

    async def paged_members(self, request: web.Request, recorded: Recorded) -> web.Response:
        """https://learn.microsoft.com/microsoftteams/platform/resources/team-chat-member-api-changes"""
        self.entra.admit(request)
        roster = self._roster(recorded)
        least, most = self.limits.page_sizes
        size = min(max(int(request.query.get("pageSize") or least), least), most)
        start = int(request.query.get("continuationToken") or 0)
        following = {"continuationToken": str(start + size)} if start + size < len(roster) else {}
        return web.json_response({"members": [one.member for one in roster[start : start + size]], **following})

    async def member(self, request: web.Request, recorded: Recorded) -> web.Response:
        self.entra.admit(request)
        person = self.state.person(request.match_info["member"])
        if person is None or person not in self._roster(recorded):
            raise Refused(404, "MemberNotFoundInConversation", "Member not found in conversation.")
        return web.json_response(person.member)

    async def team(self, request: web.Request, recorded: Recorded) -> web.Response:
        self.entra.admit(request)
        team = self._team(request, recorded)
        counts = {"channelCount": len(team.channels), "memberCount": len(team.members)}
        return web.json_response(
            {"id": team.id, "name": team.name, "type": "standard", "aadGroupId": team.group_id, "tenantId": team.tenant_id, **counts}
        )

    async def channels(self, request: web.Request, recorded: Recorded) -> web.Response:
        """The General channel has no name here, as in Teams."""
        self.entra.admit(request)
        team = self._team(request, recorded)
        shown = [{"id": one.id, **({} if one.id == team.id else {"name": one.name})} for one in team.channels.values()]
        return web.json_response({"conversations": shown})

    def _admit(self, operation: str, conversation_id: str) -> None:
        kind = operation if operation in ("create", "read") else "send"
        refusal = self.meters.admit(operation, conversation_id, kind)
        if refusal:
            raise Refused(429, "Throttled", retry_after=refusal.retry_after)

    def _open(self, recorded: Recorded) -> tuple[Conversation, str]:
        """The conversation, if the bot may act in it, and the thread that its id names."""
        conversation_id, root_id = thread_of(recorded.conversation or "")
        recorded.conversation = conversation_id
        if conversation_id.startswith("19:"):
            return self._channel(conversation_id), root_id
        chat = self.state.conversations.get(conversation_id)
        if chat is None or chat.person is None:
            raise Refused(403, "BadArgument", "Failed to decrypt conversation id")
        self._allowed(chat.person)
        return chat, ""

    def _channel(self, channel_id: str) -> Conversation:
        channel = self.state.conversations.get(channel_id)
        if channel is None or channel.person is not None:
            raise Refused(404, "ConversationNotFound")
        if self.state.disabled_by_admin:
            raise Refused(403, "BotDisabledByAdmin")
        if not channel.hears_the_bot:
            raise Refused(403, "BotNotInConversationRoster")
        return channel

    def _chat(self, wanted: Json) -> Conversation:
        named = [str(one.get("id") or "") for one in wanted.get("members") or []]
        if len(named) != 1 or wanted.get("isGroup"):
            raise Refused(400, "BadSyntax", "Incorrect conversation creation parameters")
        tenant = wanted.get("tenantId") or (wanted.get("channelData") or {}).get("tenant", {}).get("id")
        person = next((one for one in self.state.people if named[0] in (one.id, one.aad_object_id)), None)
        if person is None or person.gone or tenant != person.tenant_id:
            raise Refused(400, "BadArgument", "Failed to decrypt pairwise id")
        self._allowed(person)
        return self.state.chat(person)

    def _allowed(self, person: Person) -> None:
        if self.state.disabled_by_admin:
            raise Refused(403, "BotDisabledByAdmin")
        if person.blocked_bot:
            raise Refused(403, "ConversationBlockedByUser")
        if person.gone or not self.state.reached(person):
            raise Refused(403, "ForbiddenOperationException")

    def _own(self, conversation: Conversation, root_id: str, message_id: str) -> Message:
        message = conversation.message(message_id)
        if message is None or (root_id and root_id not in (message.id, message.root_id)):
            raise Refused(404, "ActivityNotFoundInConversation")
        if not message.by_bot:
            raise Refused(403, "ForbiddenOperationException", "Only the author of a message changes or deletes it")
        return message

    def _posted(self, conversation: Conversation, activity: Json, answered: str) -> Message:
        """In a channel an answer goes to the thread of what it answers; in a chat there are none."""
        found = conversation.all.get(answered) if conversation.team else None
        if conversation.team and answered and found is None:
            raise Refused(404, "ActivityNotFoundInConversation")
        return self.state.add_message(conversation, activity, None, (found.root_id or found.id) if found else "")

    def _checked(self, body: object) -> Json:
        """The activity, if Teams would take it."""
        activity = described(body)
        if activity.get("type") not in KINDS:
            raise Refused(400, "BadSyntax", f"Invalid activity type {activity.get('type')}")
        if size_of(activity, "utf-16-le") > self.limits.message_bytes:
            raise Refused(413, "MessageSizeTooBig")
        attachments = activity.get("attachments") or []
        if activity["type"] == "message" and not activity.get("text") and not attachments:
            raise Refused(400, "BadSyntax", "Activity must have text or attachments")
        for one in attachments:
            self._check_attachment(one)
        return activity

    def _check_attachment(self, attachment: Json) -> None:
        kind = str(attachment.get("contentType") or "")
        if kind == ADAPTIVE:
            card = attachment.get("content")
            wrong = problems(card, self.limits)
            if wrong:
                raise Refused(400, "BadArgument", f"Invalid card: {'; '.join(wrong)}")
            self.warned.extend(warnings(card, self.limits))
        elif not kind.startswith("image/"):
            raise Refused(400, "BadArgument", f"Unknown attachment type {kind}")
        elif not str(attachment.get("contentUrl") or "").startswith(("https://", "http://", "data:image/")):
            raise Refused(400, "BadArgument", "An image needs a contentUrl")
        elif len(attachment["contentUrl"]) > self.limits.image_bytes * 4 / 3 + 100:
            raise Refused(413, "MessageSizeTooBig")

    def _roster(self, recorded: Recorded) -> list[Person]:
        team = self.state.teams.get(recorded.conversation or "")
        conversation, _root = (self._channel(team.id), "") if team else self._open(recorded)
        self._admit("read", conversation.id)
        return [one for one in conversation.members if not one.gone or one is conversation.person]

    def _team(self, request: web.Request, recorded: Recorded) -> Team:
        recorded.conversation = request.match_info["team"]
        self._admit("read", recorded.conversation)
        team = self.state.teams.get(recorded.conversation)
        if team is None:
            raise Refused(404, "ConversationNotFound")
        if not team.has_bot:
            raise Refused(403, "BotNotInConversationRoster")
        return team
