"""Every listener of the Slack door, on one screen. An act commits, then is acknowledged; a form opens first."""

import asyncio
import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.slack import payloads
from bot.slack.acquaintance import AWAY, Acquaintance
from bot.slack.markup import Json
from bot.slack.payloads import Click
from bot.slack.replies import Replies
from bot.slack.traces import named
from bot.slack.troubles import WINDOW, Troubles
from bot.slack.typed import COMMANDS, heard
from bot.slack.views import REFILL, Answers, answers, origin_of
from bot.slack.workspace import NAME
from bot.tracing import traced
from handlers.buttons import LEADING, Buttons
from handlers.insight.commands import TAKES_TIME
from handlers.insight.spoken import DigestsSpoken
from handlers.ports import Card, Drawing, Form, Pictured, Who
from handlers.replies import told
from handlers.use_cases import UseCases

Ack = Callable[..., Awaitable[Any]]
Listener = Callable[..., Awaitable[None]]


@dataclass(frozen=True)
class Listeners:
    acts: UseCases
    buttons: Buttons
    replies: Replies
    acquaintance: Acquaintance
    troubles: Troubles

    def kept(self, listener: Listener) -> Listener:
        wanted = inspect.signature(listener).parameters

        async def listen(ack: Ack, body: Json, context: Json) -> None:
            self.troubles.keep(asyncio.current_task())
            given = {"ack": ack, "body": body, "context": context}
            with traced(NAME, *named(body)):
                await listener(**{name: given[name] for name in wanted})

        return listen

    async def recognise(self, body: Json, next_: Callable[[], Awaitable[Any]]) -> None:
        await self.acquaintance.recognise(payloads.who_acts(body))
        await next_()

    def clicked(self, acts: Mapping[str, Listener], otherwise: Listener) -> Listener:
        """One for every button and every line of a menu, whatever Slack calls them."""

        async def listen(ack: Ack, body: Json, context: Json) -> None:
            await self.kept(acts.get(payloads.click(body).act, otherwise))(ack, body, context)

        return listen

    def small_act(self, do: Callable[[Click], Awaitable[object]]) -> Listener:
        async def listen(ack: Ack, body: Json) -> None:
            click = payloads.click(body)
            await do(click)
            await ack()
            await self.replies.refresh(click)

        return listen

    def form(self, ask: Callable[[Click], Awaitable[Form]]) -> Listener:
        async def listen(ack: Ack, body: Json, context: Json) -> None:
            click = payloads.click(body)
            context[WINDOW] = await self.replies.open_window(click)
            await ack()
            await self.replies.fill_window(context[WINDOW], click.who, await ask(click), click.origin)

        return listen

    async def refill(self, ack: Ack, body: Json) -> None:
        await ack()
        view, who = body["view"], payloads.who_acts(body)
        begun = await self.buttons.again(who, view["callback_id"], origin_of(view)["ids"], payloads.chosen(body))
        await self.replies.refill_window(view, who, begun)

    def sent_in(self, do: Callable[[Click, Answers], Awaitable[Card | None]]) -> Listener:
        async def listen(ack: Ack, body: Json) -> None:
            click = payloads.submitted(body, origin_of(body["view"]))
            outcome = await do(click, answers(body["view"]))
            await ack()
            if outcome:
                await self.replies.answer(click, outcome)
            await self.replies.refresh(click)

        return listen

    def instead(self, do: Callable[[Click], Awaitable[Card]]) -> Listener:
        """A list that gets shorter, a question that was answered by its button: what came of it takes its place."""

        async def listen(ack: Ack, body: Json) -> None:
            click = payloads.click(body)
            card = await do(click)
            await ack()
            await self.replies.instead(click, card)

        return listen

    def looked_up(self, look: Callable[[Click], Awaitable[Card]]) -> Listener:
        """Shown to the person alone; what was clicked stays as it is."""

        async def listen(ack: Ack, body: Json) -> None:
            click = payloads.click(body)
            card = await look(click)
            await ack()
            await self.replies.answer(click, card)

        return listen

    async def home_opened(self, body: Json) -> None:
        """By somebody whom we may see for the first time."""
        event = body["event"]
        if event.get("tab") == "home":
            who = Who(NAME, str(event.get("user") or ""))
            await self.acquaintance.recognise(who)
            self.replies.home.refresh(who, event.get("view"))

    async def command(self, ack: Ack, body: Json) -> None:
        who, said = payloads.who_acts(body), heard(body)
        if isinstance(said, TAKES_TIME):
            await ack()
            await self.replies.privately(who, str(body["response_url"]), await DigestsSpoken(self.acts.insight).obey(who, said))
            return
        outcome = await self.acts.spoken.obey(who, said)
        if isinstance(outcome, Form):
            await self.replies.open_form(body["trigger_id"], who, outcome, {"response_url": body["response_url"]})
            await ack()
        elif isinstance(outcome, Drawing):
            await ack()
            await self.replies.show(who, outcome, str(body["channel_id"]))
        elif isinstance(outcome, Pictured):
            await ack(**await self.replies.content(who, self.replies.with_more(outcome)))
            await self.replies.show_beside(who, outcome.drawing, str(body["channel_id"]))
        else:
            await ack(**await self.replies.content(who, outcome))

    async def make_case(self, ack: Ack, body: Json) -> None:
        message = payloads.pointed_at(body)
        author, link = await asyncio.gather(self._author(message), self._link(message))
        number = await self.acts.logbook.make_case(message.who, f"{message.channel_id}:{message.message_id}", author, message.text, link)
        await ack()
        await self.replies.privately(message.who, message.response_url, told("command.recorded", number=number))

    async def stale(self, ack: Ack, body: Json) -> None:
        """A button that only leads somewhere, or that we no longer know: show the card with those that we do."""
        await ack()
        click = payloads.click(body)
        if click.act not in LEADING and click.ids:
            await self.acts.desk.open_to(click.who)
            await self.replies.refresh(click)

    async def _author(self, message: payloads.Told) -> str:
        return message.author or await self.acquaintance.name_of(message.author_id)

    async def _link(self, message: payloads.Told) -> str | None:
        try:
            async with asyncio.timeout(1):
                found = await self.replies.client.chat_getPermalink(channel=message.channel_id, message_ts=message.message_id)
        except AWAY:
            return None
        return str(found["permalink"])


def register(app: AsyncApp, acts: UseCases, replies: Replies, acquaintance: Acquaintance) -> Troubles:
    """Bind every button, form, command and shortcut; the error listener is given back, to be closed with the door."""
    troubles = Troubles(replies, acquaintance, replies.language)
    buttons = Buttons.of(acts)
    on = Listeners(acts, buttons, replies, acquaintance, troubles)
    app.middleware(on.recognise)
    pressed = {
        **{act: on.small_act(do) for act, do in buttons.small.items()},
        **{act: on.form(ask) for act, ask in buttons.forms.items()},
        **{act: on.looked_up(look) for act, look in buttons.looks.items()},
        **{act: on.instead(do) for act, do in buttons.answers.items()},
    }
    app.action(re.compile(f"^{REFILL}:"))(on.kept(on.refill))
    app.action(re.compile(""))(on.clicked(pressed, on.stale))
    for name, do in buttons.filled.items():
        app.view(name)(on.kept(on.sent_in(do)))
    app.shortcut("make_case")(on.kept(on.make_case))
    for command in COMMANDS:
        app.command(command)(on.kept(on.command))
    app.event("app_home_opened")(on.kept(on.home_opened))
    app.error(troubles.listen)
    return troubles
