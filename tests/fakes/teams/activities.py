"""Activities as Teams sends them to a bot (https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference); pure."""

import uuid
from html import escape
from typing import Any

from .state import Conversation, Json, Message, Person, State, Team, moment


def envelope(state: State, kind: str, person: Person, conversation: Conversation, /, **more: Any) -> Json:
    """What every activity has. `serviceUrl` is put in by who delivers it."""
    at = moment(state.clock.now())
    return {
        "type": kind,
        "id": f"f:{uuid.uuid4()}",
        "timestamp": at,
        "localTimestamp": at,
        "localTimezone": "Europe/London",
        "channelId": "msteams",
        "from": person.account,
        "conversation": conversation.account,
        "recipient": state.bot,
        "locale": person.locale,
        "entities": [_client(person)],
        "channelData": channel_data(conversation, person.tenant_id),
        **more,
    }


def channel_data(conversation: Conversation, tenant_id: str, **more: Any) -> Json:
    """Which group of Entra a team is, only events of the team tell."""
    data: Json = {"tenant": {"id": tenant_id}}
    if conversation.team:
        data = {"teamsChannelId": conversation.id, "teamsTeamId": conversation.team.id, **data}
        data |= {"channel": {"id": conversation.id}, "team": {"id": conversation.team.id}}
    return {**data, **more}


def _team(team: Team) -> Json:
    return {"id": team.id, "name": team.name, "aadGroupId": team.group_id}


def invoke(state: State, name: str, person: Person, conversation: Conversation, value: Json, /, **more: Any) -> Json:
    about: Json = {"name": name, "value": value, **more}
    source = channel_data(conversation, person.tenant_id, source={"name": "message"})
    return envelope(state, "invoke", person, conversation, channelData=source, **about)


def on_message(message: Message) -> Json:
    """The fields that say which message somebody acted on: the thread in the conversation, the message in `replyToId`."""
    account = {**message.conversation.account, "id": message.thread}
    return {"conversation": account, "replyToId": message.id}


def executed(state: State, person: Person, message: Message, action: Json, data: Json, trigger: str = "manual") -> Json:
    """adaptiveCard/action (https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model#request-format)."""
    about = {key: action.get(key, "") for key in ("id", "verb")}
    named = {"type": "Action.Execute", "title": action.get("title", ""), **about, "data": data}
    value = {"action": named, "trigger": trigger}
    return invoke(state, "adaptiveCard/action", person, message.conversation, value, **on_message(message))


def fetched(state: State, person: Person, message: Message, data: Json) -> Json:
    """task/fetch: a button asks for a dialog."""
    return invoke(state, "task/fetch", person, message.conversation, _task({"type": "task/fetch", **data}), **on_message(message))


def submitted(state: State, person: Person, message: Message | None, conversation: Conversation, data: Json) -> Json:
    """task/submit: a dialog is sent in. It names the thread it was opened from; nobody promises that it names the message."""
    where = {"conversation": on_message(message)["conversation"]} if message else {}
    return invoke(state, "task/submit", person, conversation, _task(data), **where)


def extension(state: State, name: str, person: Person, message: Message, command_id: str, data: Json | None = None) -> Json:
    """A message extension, used on a message
    (https://learn.microsoft.com/microsoftteams/platform/messaging-extensions/how-to/action-commands/create-task-module).
    """
    filled = {"data": data} if data is not None else {}
    value = {
        "commandId": command_id,
        "commandContext": "message",
        "requestId": uuid.uuid4().hex,
        "messagePayload": payload_of(state, message),
        "context": {"theme": "default"},
        **filled,
    }
    where = {"conversation": {**message.conversation.account, "id": message.thread}}
    return invoke(state, name, person, message.conversation, value, **where)


def payload_of(state: State, message: Message) -> Json:
    """A message as an extension gets it: without its attachments' content."""
    author = message.author
    user = {"userIdentityType": "aadUser", "id": author.aad_object_id, "displayName": author.name} if author else None
    app = None if author else {"applicationIdentityType": "bot", "id": state.client_id, "displayName": state.bot["name"]}
    return {
        "linkToMessage": f"https://teams.microsoft.com/l/message/{message.conversation.id}/{message.id}",
        "id": message.id,
        "replyToId": message.root_id,
        "createdDateTime": moment(message.at),
        "lastModifiedDateTime": None,
        "deleted": False,
        "summary": None,
        "importance": "normal",
        "locale": author.locale.lower() if author else "en-us",
        "body": {"contentType": "html", "content": message.activity.get("html") or f"<div><div>{escape(message.text)}</div>\n</div>"},
        "from": {"device": None, "conversation": None, "user": user, "application": app},
        "reactions": [],
        "mentions": [],
        "attachments": [],
    }


def said(state: State, message: Message, text: str, mentions: list[Json]) -> Json:
    """A message that somebody typed; `text` has the mentions as <at>…</at>."""
    person, conversation = message.author, message.conversation
    assert person is not None
    shown = {"contentType": "text/html", "content": f"<div><div>{text}</div>\n</div>"}
    where = {"conversation": {**conversation.account, "id": message.thread}}
    about = {"id": message.id, "text": text, "textFormat": "plain", "attachments": [shown], **where}
    return envelope(state, "message", person, conversation, **about, entities=[*mentions, _client(person)])


def pressed(state: State, person: Person, message: Message, data: Any) -> Json:
    """An Action.Submit of a card: a message without words."""
    return envelope(state, "message", person, message.conversation, id=state.next_id(), value=data, **on_message(message))


def installed(state: State, person: Person, conversation: Conversation, action: str) -> Json:
    """installationUpdate: `action` is "add" or "remove"."""
    of_team = {"team": _team(conversation.team)} if conversation.team else {}
    data = channel_data(conversation, person.tenant_id, **of_team)
    return envelope(state, "installationUpdate", person, conversation, action=action, channelData=data)


def bot_added(state: State, person: Person, chat: Conversation) -> Json:
    """conversationUpdate of somebody's own chat, when it begins."""
    return envelope(state, "conversationUpdate", person, chat, membersAdded=[state.bot])


def members_changed(state: State, person: Person, team: Team, *, added: tuple[Json, ...] = (), removed: tuple[Json, ...] = ()) -> Json:
    """conversationUpdate of a team: its conversation is the team, whatever the channel."""
    general = team.channels[team.id]
    event = "teamMemberAdded" if added else "teamMemberRemoved"
    told = {"membersAdded": list(added)} if added else {"membersRemoved": list(removed)}
    return envelope(
        state,
        "conversationUpdate",
        person,
        general,
        channelData=channel_data(general, team.tenant_id, eventType=event, team=_team(team)),
        **told,
    )


def _task(data: Json) -> Json:
    return {"data": data, "context": {"theme": "default"}}


def _client(person: Person) -> Json:
    country = person.locale.partition("-")[2] or "GB"
    return {"type": "clientInfo", "locale": person.locale, "country": country, "platform": "Web", "timezone": "Europe/London"}
