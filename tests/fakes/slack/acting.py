"""People at work in the fake Slack: they click, command, speak, and the app receives what Slack would send."""

from copy import deepcopy
from typing import Any

from . import payloads
from .controls import CannotActError, action, chosen, find_control, values_in
from .delivery import Ack, Delivery
from .events import Delivered, Events
from .state import Channel, Ephemeral, Json, State, User


class Acting:
    """The acts of people on messages and channels."""

    state: State
    delivery: Delivery
    events: Events
    base_url: str

    async def click(self, user: str, channel: str, ts: str, action_id: str, value: Any = None, *, seen: Json | None = None) -> Ack:
        """Press a button, or choose `value` in a select, of a message.

        `seen` is an older state of the message (see `Channel.versions`): what still stands on a slow screen.
        """
        who, where = self._person(user), self._channel_of(user, channel)
        message, ephemeral = self._on_screen(where, user, ts)
        blocks = (seen or message).get("blocks", [])
        block, control = find_control(blocks, action_id)
        typed = self._remember(ts, block, control, value)
        payload = payloads.message_actions(
            self.state,
            who,
            where,
            seen or message,
            ephemeral=ephemeral,
            values=values_in(blocks, typed),
            actions=[action(block, control, value, self.state.clock.now())],
            urls=self._urls(user, where, ts),
        )
        return await self.delivery.send("interactive", payload)

    async def command(self, user: str, name: str, text: str = "", channel: str | None = None) -> Ack:
        """Type a slash command; words in the acknowledgement are shown to the person, as Slack does."""
        where = self._channel_of(user, channel) if channel else self.state.direct(user)
        urls = self._urls(user, where)
        ack = await self.delivery.send("slash_commands", payloads.command(self.state, self._person(user), where, name, text, urls))
        self._show_answer(user, where, ack)
        return ack

    async def shortcut(self, user: str, callback_id: str, channel: str | None = None, ts: str | None = None) -> Ack:
        """Use a shortcut: a message shortcut when a message is given, else a global one."""
        who = self._person(user)
        if channel is None or ts is None:
            trigger = self.state.new_trigger(user)
            return await self.delivery.send("interactive", payloads.global_shortcut(self.state, who, callback_id, trigger.id))
        where = self._channel_of(user, channel)
        message, _ephemeral = self._on_screen(where, user, ts)
        urls = self._urls(user, where, ts)
        return await self.delivery.send("interactive", payloads.message_shortcut(self.state, who, where, message, callback_id, urls))

    async def say(self, user: str, channel: str | None, text: str, *, thread_ts: str | None = None) -> Json:
        """Write a message (in the direct conversation with the bot when `channel` is None) and let the events follow."""
        where = self._channel_of(user, channel) if channel else self.state.direct(user)
        if where.is_archived:
            raise CannotActError(f"{where.name} is archived")
        threaded = {"thread_ts": thread_ts} if thread_ts else {}
        message = self.state.add_message(where, {"user": user, "text": text, "team": self.state.team_id, **threaded})
        if self.state.bot_user in where.members:
            await self._announce(where, message)
        return deepcopy(message)

    async def open_home(self, user: str, tab: str = "home") -> Delivered:
        """Look at the app's Home tab."""
        self._person(user)
        view_id = self.state.homes.get(user)
        view = {"view": deepcopy(self.state.views[view_id])} if view_id else {}
        channel = self.state.direct(user).id
        return await self.events.send({"type": "app_home_opened", "user": user, "channel": channel, "tab": tab, **view})

    async def event(self, event: Json, channel: str | None = None) -> Delivered:
        """Send any event, subscribed or not; returns after the first attempt, repetitions follow behind."""
        return await self.events.send(event, self.state.channels.get(channel or ""))

    async def _announce(self, channel: Channel, message: Json) -> None:
        subscribed = self.events.subscribed
        if f"message.{channel.kind}" in subscribed:
            await self.events.send(payloads.message_event(channel, message), channel)
        mentioned = f"<@{self.state.bot_user}>" in message["text"]
        if mentioned and "app_mention" in subscribed and not channel.im_with:
            await self.events.send({**message, "type": "app_mention", "channel": channel.id}, channel)

    def _person(self, user: str) -> User:
        if user not in self.state.users or self.state.users[user].deleted:
            raise CannotActError(f"nobody here is {user}")
        return self.state.users[user]

    def _channel_of(self, user: str, channel: str) -> Channel:
        found = self.state.find_channel(channel)
        if found is None or user not in found.members:
            raise CannotActError(f"{user} does not see {channel}")
        return found

    def _on_screen(self, channel: Channel, user: str, ts: str) -> tuple[Json, bool]:
        """The message that this person sees, and whether they alone do."""
        message = channel.message(ts)
        if message is not None:
            return message, False
        for shown in self.state.ephemerals:
            if (shown.channel, shown.user, shown.message["ts"]) == (channel.id, user, ts):
                return shown.message, True
        raise CannotActError(f"{user} sees no message {ts} in {channel.name}")

    def _remember(self, key: str, block: Json, control: Json, value: Any) -> Json:
        typed: Json = self.state.typed.setdefault(key, {})
        if control["type"] not in {"button", "overflow"}:
            typed.setdefault(block["block_id"], {})[control["action_id"]] = chosen(control, value)
        return typed

    def _urls(self, user: str, channel: Channel, message_ts: str | None = None) -> Json:
        """A fresh trigger and a fresh response_url."""
        answer_at = self.state.new_response_url(channel.id, user, message_ts)
        address = self.base_url.removesuffix("/api/") + f"/response/{answer_at.id}"
        return {"trigger_id": self.state.new_trigger(user).id, "response_url": address}

    def _show_answer(self, user: str, channel: Channel, ack: Ack) -> None:
        body = ack.body if isinstance(ack.body, dict) else {"text": ack.body} if ack.body else {}
        if not ack.acknowledged or not (body.get("text") or body.get("blocks")):
            return
        message = {"user": self.state.bot_user, "bot_id": self.state.bot_id, "text": "", **body}
        if message.pop("response_type", "ephemeral") == "in_channel":
            self.state.add_message(channel, message)
            return
        shown = {"type": "message", **message, "ts": self.state.next_ts(channel)}
        self.state.ephemerals.append(Ephemeral(channel.id, user, shown))
