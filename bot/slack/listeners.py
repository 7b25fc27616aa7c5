"""Every listener of the Slack door, on one screen. An act commits, then is acknowledged; a form opens first."""

import asyncio
import inspect
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.slack import payloads
from bot.slack.acquaintance import AWAY, Acquaintance
from bot.slack.markup import Json
from bot.slack.payloads import Click
from bot.slack.replies import Replies
from bot.slack.troubles import WINDOW, Troubles
from bot.slack.views import Answers, answers, origin_of
from handlers.commands import parse
from handlers.ports import Form
from handlers.replies import cases_card, told
from handlers.use_cases import UseCases

Ack = Callable[..., Awaitable[Any]]


@dataclass(frozen=True)
class Listeners:
    acts: UseCases
    replies: Replies
    acquaintance: Acquaintance
    troubles: Troubles

    def kept(self, listener: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        wanted = inspect.signature(listener).parameters

        async def listen(ack: Ack, body: Json, context: Json) -> None:
            self.troubles.keep(asyncio.current_task())
            given = {"ack": ack, "body": body, "context": context}
            await listener(**{name: given[name] for name in wanted})

        return listen

    async def recognise(self, body: Json, next_: Callable[[], Awaitable[Any]]) -> None:
        await self.acquaintance.recognise(payloads.who_acts(body))
        await next_()

    def small_act(self, do: Callable[[Click], Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        async def listen(ack: Ack, body: Json) -> None:
            click = payloads.click(body)
            await do(click)
            await ack()
            await self.replies.refresh(click)

        return listen

    def sent_in(self, do: Callable[[Click, Answers], Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        async def listen(ack: Ack, body: Json) -> None:
            click = payloads.submitted(body, origin_of(body["view"]))
            await do(click, answers(body["view"]))
            await ack()
            await self.replies.refresh(click)

        return listen

    async def form(self, ack: Ack, body: Json, context: Json) -> None:
        click = payloads.click(body)
        context[WINDOW] = await self.replies.open_window(click.trigger_id)
        await ack()
        form = await self.acts.desk.form(click.who, click.act, click.case_id)
        await self.replies.fill_window(context[WINDOW], click.who, form, click.origin)

    async def reveal(self, ack: Ack, body: Json) -> None:
        click = payloads.click(body)
        await self.acts.cases.reveal(click.who, click.case_id)
        await ack()
        thread = await self.acts.desk.thread(click.who, click.case_id, whole=True)
        await self.replies.show_whole(click, thread.card)

    async def like_this(self, ack: Ack, body: Json) -> None:
        click = payloads.click(body)
        alike = await self.acts.desk.like_this(click.who, click.case_id)
        await ack()
        await self.replies.privately(click.who, click.response_url, cases_card(click.case_id, alike))

    async def command(self, ack: Ack, body: Json) -> None:
        who = payloads.who_acts(body)
        text = "status" if body["command"] == "/crisis-status" else payloads.readable(body.get("text", ""), accounts=True)
        outcome = await self.acts.spoken.obey(who, parse(text))
        if isinstance(outcome, Form):
            await self.replies.open_form(body["trigger_id"], who, outcome, {"response_url": body["response_url"]})
            await ack()
        else:
            await ack(**await self.replies.content(who, outcome))

    async def log(self, ack: Ack, body: Json) -> None:
        click, said = payloads.submitted(body, origin_of(body["view"])), answers(body["view"])
        number = await self.acts.logbook.record(click.who, *(_one(said, name) for name in ("way", "name", "reach_at", "text")))
        await ack()
        await self.replies.privately(click.who, click.response_url, told("command.recorded", number=number))

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
        if click.act != "open_original" and click.ids:
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


def _one(said: Answers, name: str) -> str:
    return said.get(name, ("",))[0]


def register(app: AsyncApp, acts: UseCases, replies: Replies, acquaintance: Acquaintance) -> Troubles:
    """Bind every button, form, command and shortcut; the error listener is given back, to be closed with the door."""
    troubles = Troubles(replies, acquaintance, replies.language)
    cases, tags, on = acts.cases, acts.tags, Listeners(acts, replies, acquaintance, troubles)
    app.middleware(on.recognise)
    small = {
        "tag": lambda click: tags.toggle(click.who, click.case_id, click.choice),
        "claim": lambda click: cases.claim(click.who, click.case_id),
        "move": lambda click: cases.move(click.who, click.case_id, crisis=click.choice == "crisis"),
        "close": lambda click: cases.close(click.who, click.case_id),
        "reopen": lambda click: cases.reopen(click.who, click.case_id),
    }
    forms = {
        "choose_tags": lambda click, said: tags.choose(click.who, click.case_id, said.get("tags", ())),
        "note": lambda click, said: cases.note(click.who, click.case_id, _one(said, "text")),
        "kind": lambda click, said: cases.set_kind(click.who, click.case_id, _one(said, "kind")),
        "link": lambda click, said: acts.customers.link(click.who, click.case_id, _one(said, "network"), _one(said, "account")),
    }
    listeners = {
        **{act: on.small_act(do) for act, do in small.items()},
        **dict.fromkeys(("more_tags", "note", "kind", "link"), on.form),
        "reveal": on.reveal,
        "like_this": on.like_this,
    }
    for act, listener in listeners.items():
        app.action(re.compile(f"^{act}:"))(on.kept(listener))
    app.action(re.compile(""))(on.kept(on.stale))
    for name, do in forms.items():
        app.view(name)(on.kept(on.sent_in(do)))
    app.view("log")(on.kept(on.log))
    app.shortcut("make_case")(on.kept(on.make_case))
    for command in ("/crisis", "/crisis-status"):
        app.command(command)(on.kept(on.command))
    app.error(troubles.listen)
    return troubles
