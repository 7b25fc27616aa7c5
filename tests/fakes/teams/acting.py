"""People at work in the fake Teams: they click, speak, look and fill in dialogs, and the bot receives what Teams would send."""

import re
from dataclasses import dataclass, replace

from . import activities
from .adaptive import dialog_problems, problems
from .controls import CannotActError, find_action, sent_along
from .delivery import Answer, Delivery
from .limits import Limits
from .reading import actions
from .state import ADAPTIVE, Conversation, Json, Message, Person, State

MESSAGE = "application/vnd.microsoft.activity.message"


@dataclass
class Dialog:
    """The window that stands open before one person."""

    title: str
    card: Json
    conversation: Conversation
    message: Message | None = None
    command_id: str = ""  # of the message extension that opened it


class Acting:
    """The acts of people. Whoever is meant by `user` is found by account, id, address or name."""

    state: State
    limits: Limits
    delivery: Delivery
    dialogs: dict[str, Dialog]  # account in Entra -> what stands open
    notes: dict[str, list[str]]  # account in Entra -> what this person alone was told by a card or a dialog

    async def click(
        self,
        user: str,
        message: Message | str,
        wanted: str,
        values: Json | None = None,
        *,
        seen: Json | None = None,
        redeliver: bool = False,
    ) -> Answer:
        """Press a button of a message, by the words on it or by its act; `values` fill in inputs of the card.

        `seen` is an older state of the card: what still stands on a slow screen.
        """
        person, shown = self._person(user), self._message(user, message)
        card = seen or shown.seen_by(person)
        if card is None:
            raise CannotActError("the message has no card")
        action = find_action(card, wanted)
        return await self._pressed(person, shown, action, sent_along(card, action, values or {}), redeliver=redeliver)

    async def submit(self, user: str, values: Json | None = None, wanted: str = "", *, redeliver: bool = False) -> Answer:
        """Send the dialog in by its button `wanted`: the first one that sends, when not told."""
        person = self._person(user)
        window = self.dialogs.get(person.aad_object_id)
        if window is None:
            raise CannotActError(f"no dialog is open before {person.name}")
        action = find_action(window.card, wanted) if wanted else _sender(window.card)
        if action["type"] == "Action.OpenUrl":
            return Answer(url=str(action["url"]))
        data = sent_along(window.card, action, values or {})
        if window.command_id and window.message:
            name = "composeExtension/submitAction"
            sent = activities.extension(self.state, name, person, window.message, window.command_id, data)
        else:
            sent = activities.submitted(self.state, person, window.message, window.conversation, data)
        return self._shown(person, window, await self.delivery.send(sent, redeliver=redeliver))

    def close_dialog(self, user: str) -> None:
        self.dialogs.pop(self._person(user).aad_object_id, None)

    async def extend(self, user: str, message: Message | str, command_id: str, *, redeliver: bool = False) -> Answer:
        """Use a message extension on a message, from its menu."""
        person, shown = self._person(user), self._message(user, message)
        sent = activities.extension(self.state, "composeExtension/fetchTask", person, shown, command_id)
        opening = Dialog("", {}, shown.conversation, shown, command_id)
        return self._shown(person, opening, await self.delivery.send(sent, redeliver=redeliver))

    async def say(self, user: str, conversation: str | None, text: str, *, thread: str = "", redeliver: bool = False) -> Message:
        """Write in a channel, or to the bot alone when none is named. @Name becomes a mention, of the bot or of a person.

        In a channel the bot hears only what mentions it.
        """
        person = self._person(user)
        where = self._conversation(person, conversation)
        shown, mentions = self._mentioned(text)
        message = self.state.add_message(where, {"type": "message", "text": text, "html": shown}, person, thread)
        called = any(one["mentioned"]["id"] == self.state.bot["id"] for one in mentions)
        if where.person or (called and where.hears_the_bot):
            await self.delivery.send(activities.said(self.state, message, shown, mentions), redeliver=redeliver)
        return message

    async def view(self, user: str, message: Message | str) -> Json | None:
        """Look at a message: a card that names this person is refreshed first, when it is older than a minute."""
        person, shown = self._person(user), self._message(user, message)
        refresh = (shown.card or {}).get("refresh") or {}
        _card, at = shown.views.get(person.aad_object_id, ({}, 0.0))
        stale = self.state.clock.now() - at >= self.limits.refresh_seconds
        if stale and {person.id, f"8:orgid:{person.aad_object_id}"} & set(refresh.get("userIds") or []):
            await self.refresh(user, shown, trigger="automatic")
        return shown.seen_by(person)

    async def refresh(self, user: str, message: Message | str, *, trigger: str = "manual") -> Answer:
        """Ask for the card anew, as "Refresh card" in the message's menu does."""
        person, shown = self._person(user), self._message(user, message)
        action = ((shown.card or {}).get("refresh") or {}).get("action")
        if not action:
            raise CannotActError("the card cannot be refreshed")
        sent = activities.executed(self.state, person, shown, action, dict(action.get("data") or {}), trigger)
        return self._replaced(person, shown, await self.delivery.send(sent))

    async def deliver(self, activity: Json, *, redeliver: bool = False) -> Answer:
        """Send any activity."""
        return await self.delivery.send(activity, redeliver=redeliver)

    async def _pressed(self, person: Person, shown: Message, action: Json, data: Json, *, redeliver: bool) -> Answer:
        if action["type"] == "Action.OpenUrl":
            return Answer(url=str(action["url"]))
        if action["type"] == "Action.Execute":
            sent = activities.executed(self.state, person, shown, action, data)
            return self._replaced(person, shown, await self.delivery.send(sent, redeliver=redeliver))
        if action["type"] != "Action.Submit":
            return Answer()  # the client alone shows or hides something
        if (data.get("msteams") or {}).get("type") == "task/fetch":
            sent = activities.fetched(self.state, person, shown, data)
            opening = Dialog("", {}, shown.conversation, shown)
            return self._shown(person, opening, await self.delivery.send(sent, redeliver=redeliver))
        return await self.delivery.send(activities.pressed(self.state, person, shown, data), redeliver=redeliver)

    def _replaced(self, person: Person, shown: Message, answer: Answer) -> Answer:
        """What an invoke adaptiveCard/action was answered with: a card in its place, or a word to this person."""
        if not answer.fine:
            return answer
        body: Json = answer.body if isinstance(answer.body, dict) else {}
        kind, value = body.get("type"), body.get("value")
        if body.get("statusCode") != 200:
            return replace(answer, reason=f"the client shows that something went wrong: {answer.body}")
        if kind == MESSAGE and isinstance(value, str):
            if not value.strip():
                return replace(answer, reason="the client says that the app cannot be reached: a message without words")
            return replace(answer, told=self._told(person, value))
        if kind != ADAPTIVE:
            return replace(answer, reason=f"the client cannot show {kind}")
        if wrong := problems(value, self.limits):
            return replace(answer, reason=f"the client cannot show the card: {'; '.join(wrong)}")
        shown.views[person.aad_object_id] = (dict(value or {}), self.state.clock.now())
        return replace(answer, card=value)

    def _shown(self, person: Person, before: Dialog, answer: Answer) -> Answer:
        """What task/fetch, task/submit and their like were answered with: a dialog, a word in it, or its end."""
        if not answer.fine:
            return answer  # what stood open stays, and says that something went wrong
        task = answer.body.get("task") if isinstance(answer.body, dict) else None
        if not task:
            self.dialogs.pop(person.aad_object_id, None)
            return answer
        value = task.get("value")
        if task.get("type") == "message":
            self.dialogs.pop(person.aad_object_id, None)
            return replace(answer, told=self._told(person, str(value)))
        card = ((value or {}).get("card") or {}).get("content") if isinstance(value, dict) else None
        wrong = dialog_problems(card, self.limits) if task.get("type") == "continue" else [f"no such task: {task}"]
        if wrong or not card:
            return replace(answer, reason=f"the client cannot show the dialog: {'; '.join(wrong)}")
        title = str(value.get("title") or "")
        self.dialogs[person.aad_object_id] = replace(before, title=title, card=card)
        return replace(answer, card=card)

    def _told(self, person: Person, words: str) -> str:
        if words:
            self.notes.setdefault(person.aad_object_id, []).append(words)
        return words

    def _mentioned(self, text: str) -> tuple[str, list[Json]]:
        """The text with <at>…</at> for every @Name that is known, and its mentions as entities."""
        people = [{"id": one.id, "name": one.name} for one in self.state.people]
        mentions: list[Json] = []
        for who in sorted([self.state.bot, *people], key=lambda one: -len(one["name"])):
            marked = f"<at>{who['name']}</at>"
            text, count = re.subn(rf"@{re.escape(who['name'])}\b", marked, text)
            mentions += [{"type": "mention", "mentioned": who, "text": marked}] if count else []
        return text, mentions

    def _conversation(self, person: Person, named: str | None) -> Conversation:
        if named is None:
            return self.state.chat(person)
        found = self.state.conversations.get(named) or next(
            (c for c in self.state.conversations.values() if c.team and c.name == named), None
        )
        if found is None or not found.knows(person):
            raise CannotActError(f"{person.name} does not see {named}")
        return found

    def _person(self, user: str) -> Person:
        person = self.state.person(user)
        if person is None or person.gone:
            raise CannotActError(f"nobody here is {user}")
        return person

    def _message(self, user: str, message: Message | str) -> Message:
        found = message if isinstance(message, Message) else self.state.message(message)
        if found is None or found.deleted or not found.conversation.knows(self._person(user)):
            raise CannotActError(f"{user} sees no such message")
        return found


def _sender(card: Json) -> Json:
    found = next((one for one in actions(card) if one["type"] == "Action.Submit"), None)
    if found is None:
        raise CannotActError("the dialog has nothing to send in")
    return found
