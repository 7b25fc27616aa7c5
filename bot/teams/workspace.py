"""The Workspace port over the Bot Connector: shows cards in channels, threads and people's own chats, and can tell whether one arrived."""

import re
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
from microsoft_teams.api import ApiClient
from microsoft_teams.api.activities.message import MessageActivityInput
from microsoft_teams.api.clients.conversation import CreateConversationParams

from bot.teams.access import NAME, Access
from bot.teams.answers import DELETE, POST, UPDATE, Backoff, send_error
from bot.teams.cards import ADAPTIVE, WATCHING, card_message, token_of
from bot.teams.channels import Channels, is_person
from bot.teams.files import album_message, drawing_message
from bot.teams.graph import URL, Graph
from bot.teams.pace import CREATIONS, Pace, Turns
from bot.teams.payloads import Json
from bot.teams.services import Services
from bot.teams.tokens import Tokens
from handlers.errors import CannotAsk, Gone, Refused, SendError, TryLater, Unconfirmed
from handlers.insight.ports import Album, Spot
from handlers.ports import Bucket, Called, Card, Drawing, Place, Words

CLOCKS_APART = timedelta(minutes=5)
CREATE = "#create"  # the pace of conversations that are begun
_ID = re.compile(r"[^\s/?#\\%;\x00-\x1f\x7f]{1,500}")  # it becomes part of an address
_NO_ID = ("", "DO_NOT_USE_PLACEHOLDER_ID")  # the SDK's own for an answer without one


@dataclass(frozen=True)
class TeamsWorkspace:
    """`web` asks Graph. The SDK repeats no request by itself: whether to send again is decided by who knows what arrived."""

    api: ApiClient
    access: Access
    tokens: Tokens
    web: httpx.AsyncClient
    name: str = NAME
    services: Services = field(default_factory=Services)
    clocks_apart: timedelta = CLOCKS_APART  # how far Teams' clock may be from ours when a message is looked for
    graph_url: str = URL
    _pace: Pace = field(default_factory=Pace)
    _turns: Turns = field(default_factory=Turns)
    _backoff: Backoff = field(default_factory=Backoff)
    _clients: dict[str, ApiClient] = field(default_factory=dict)  # by the service's address

    def limits(self, channel_id: str, act: str) -> Sequence[Bucket]:
        unknown = is_person(channel_id) and not self.services.chat_with(channel_id)
        return self._turns.limits(channel_id, act, unknown=unknown)

    async def post(self, place: Place, card: Card, language: str, token: str) -> str:
        return await self._post(place, self._message(card, language, token))

    async def post_content(self, place: Place, content: Json) -> str:
        """An Adaptive Card that is ready: a form in somebody's chat."""
        return await self._post(place, {"attachments": [{"contentType": ADAPTIVE, "content": content}]})

    async def show(self, place: Place, drawing: Drawing, language: str) -> str:
        return await self._post(place, await drawing_message(drawing, language))

    async def share(self, place: Place, album: Album, language: str, token: str) -> str:
        return await self._post(place, await album_message(album, language, token, self.access.url))

    async def update(self, place: Place, message_id: str, card: Card, language: str) -> None:
        conversation = await self._conversation(place.channel_id)
        client, address = self.client(conversation).conversations, _address(conversation, place.thread_id)
        activity = self._activity(conversation, self._message(card, language, ""))
        async with self._pace.turn(conversation):
            with suppress(KeyError):  # it was changed; the SDK misses an id in the answer, which nobody needs
                await self._said(place, UPDATE, client.update_activity(address, _checked(message_id), activity))

    async def delete(self, place: Place, message_id: str) -> None:
        conversation = await self._conversation(place.channel_id)
        client, address = self.client(conversation).conversations, _address(conversation, place.thread_id)
        async with self._pace.turn(conversation):
            with suppress(Gone):
                await self._said(place, DELETE, client.delete_activity(address, _checked(message_id)))

    async def find(self, place: Place, token: str, since: datetime) -> str | None:
        """Raises CannotAsk in a person's chat, and in a channel of which Graph may not tell us."""
        team = None if is_person(place.channel_id) else self.services.team_of(place.channel_id)
        if team is None or not team.group_id:
            raise CannotAsk("nobody_to_ask")
        earliest = since - self.clocks_apart
        graph = Graph(self.tokens, self.web, self.graph_url)
        async for message in graph.messages(team.group_id, place.channel_id, place.thread_id, earliest):
            if not message.get("deletedDateTime") and token in _tokens(message):
                return str(message["id"])
        return None

    async def find_shared(self, place: Place, token: str, since: datetime) -> str | None:
        """Where nobody can be asked they are shared once more: a picture that is there twice harms nobody, and attempts are few."""
        try:
            return await self.find(place, token, since)
        except CannotAsk:
            return None

    async def look(self, said: str) -> Spot | None:
        return await Channels(self.api, self.access, self.services, Graph(self.tokens, self.web, self.graph_url)).look(said)

    async def close(self) -> None:
        """Nothing is kept open but what the SDK's own client holds, which every client for another address shares."""
        await self.api.http.http.aclose()

    async def _post(self, place: Place, message: Json) -> str:
        conversation = await self._conversation(place.channel_id)
        client, address = self.client(conversation).conversations, _address(conversation, place.thread_id)
        activity = self._activity(conversation, message)
        async with self._pace.turn(conversation):
            sent = await self._said(place, POST, client.create_activity(address, activity))
        if str(sent.id or "") in _NO_ID:
            raise Unconfirmed("unreadable_answer")
        return str(sent.id)

    def _message(self, card: Card, language: str, token: str) -> Json:
        people = self.services.called
        return card_message(card, language, token=token, refresh=_concerned(card, people), accounts=people)

    def _activity(self, conversation: str, message: Json) -> MessageActivityInput:
        ours = {"type": "message", "from": {"id": self.access.client_id}, "conversation": {"id": conversation}}
        return MessageActivityInput.model_validate({**ours, **message})

    async def _conversation(self, channel_id: str) -> str:
        """A person's account stands for their own chat with us."""
        if not is_person(channel_id):
            return _checked(channel_id)
        return self.services.chat_with(channel_id) or await self._begun(channel_id)

    async def _begun(self, account: str) -> str:
        """Teams gives the same conversation each time that it is asked for."""
        tenant = self.services.tenant_of(account) or self.access.tenants[0]
        asked = {
            "isGroup": False,
            "bot": {"id": f"28:{self.access.client_id}"},
            "members": [{"id": self.services.called.get(account, account)}],
            "tenantId": tenant,
            "channelData": {"tenant": {"id": tenant}},
        }
        client = self.client("", tenant).conversations
        async with self._pace.turn(CREATE):
            begun = await self._said(Place(account), POST, client.create(CreateConversationParams.model_validate(asked)), CREATIONS.name)
        self.services.begun(account, _checked(str(begun.id)), str(begun.service_url or ""))
        return str(begun.id)

    async def _said(self, place: Place, act: str, call: Awaitable[Any], bucket: str = "") -> Any:
        """`bucket` is the limit that a 429 means; "" the conversation's own."""
        self._turns.took(place.channel_id, act)
        try:
            answer = await call
        except KeyError:
            if act == UPDATE:
                raise
            raise Unconfirmed("unreadable_answer") from None
        except Exception as error:
            meant = self._error(error, place, act)
            raise (TryLater(meant.reason, meant.after, bucket) if isinstance(meant, TryLater) else meant) from error
        self._backoff.well(place.channel_id)
        return answer

    def _error(self, error: Exception, place: Place, act: str) -> SendError:
        """A chat that takes nothing any more is begun anew the next time; a token that was not taken is renewed."""
        direct, thread = is_person(place.channel_id), bool(place.thread_id)
        meant = send_error(error, act, direct=direct, in_thread=thread, wait=lambda: self._backoff.after(place.channel_id))
        if direct and isinstance(meant, Refused):
            self.services.ended(place.channel_id)
        if isinstance(error, httpx.HTTPStatusError) and error.response.status_code == 401:
            self.tokens.forget(error.request.headers.get("Authorization", "").removeprefix("Bearer "))
        return meant

    def client(self, conversation: str, tenant: str = "") -> ApiClient:
        """For the address that the conversation itself, or its tenant, has told last."""
        url = self.services.url_of(conversation, tenant or self.access.tenants[0])
        if not url or url.rstrip("/") == self.api.service_url:
            return self.api
        if url not in self._clients:
            self._clients[url] = self.api.from_service_url(url)
        return self._clients[url]


def _checked(one: str) -> str:
    if not _ID.fullmatch(one):
        raise Refused("bad_id")
    return one


def _address(conversation: str, thread_id: str | None) -> str:
    """A thread is a conversation of its own; a personal chat has none."""
    return f"{conversation};messageid={_checked(thread_id)}" if thread_id and conversation.startswith("19:") else conversation


def _tokens(message: Mapping[str, Any]) -> set[str | None]:
    return {token_of(one.get("content")) for one in message.get("attachments") or () if isinstance(one, dict)}


def _concerned(card: Card, people: Mapping[str, str]) -> list[str]:
    """Whom the card names, as Teams calls them: what they see is asked for anew, so that it is never behind."""
    lines = [card.title, *(one for one in card.body if isinstance(one, Words)), *card.small]
    accounts = [called.accounts.get(NAME) or "" for line in lines for called in _called(line)]
    return list(dict.fromkeys(people[one] for one in accounts if one in people))[:WATCHING]


def _called(value: object) -> Iterator[Called]:
    if isinstance(value, Called):
        yield value
    elif isinstance(value, Words):
        for fact in value.facts.values():
            yield from _called(fact)
    elif isinstance(value, tuple):
        for one in value:
            yield from _called(one)
