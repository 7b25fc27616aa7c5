"""Every listener of the Slack door, on one screen. An act commits, then is acknowledged; a form opens first."""

import asyncio
import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.slack import payloads
from bot.slack.acquaintance import AWAY, Acquaintance
from bot.slack.markup import Json
from bot.slack.payloads import Click
from bot.slack.replies import Replies
from bot.slack.traces import traced
from bot.slack.troubles import WINDOW, Troubles
from bot.slack.typed import COMMANDS, heard
from bot.slack.views import REFILL, Answers, answers, origin_of
from bot.slack.workspace import NAME
from handlers.answers import acts as of_answers
from handlers.answers.forms import BLANK
from handlers.escalation import acts as of_ladders
from handlers.escalation.replies import LISTED_ACT, waiting_card
from handlers.insight import acts as of_insight
from handlers.insight.commands import TAKES_TIME
from handlers.insight.finding import OPENS
from handlers.insight.home import STATUS
from handlers.insight.spoken import DigestsSpoken
from handlers.insight.status import standing, status_card
from handlers.ports import Card, Drawing, Form, Pictured, Who
from handlers.replies import cases_card, told
from handlers.room.desk import ASKS as ROOM
from handlers.use_cases import UseCases

Ack = Callable[..., Awaitable[Any]]
Listener = Callable[..., Awaitable[None]]
LEADING = ("open_original", "open_reply", "open_console")  # buttons that Slack itself follows


@dataclass(frozen=True)
class Listeners:
    acts: UseCases
    replies: Replies
    acquaintance: Acquaintance
    troubles: Troubles

    def kept(self, listener: Listener) -> Listener:
        wanted = inspect.signature(listener).parameters

        async def listen(ack: Ack, body: Json, context: Json) -> None:
            self.troubles.keep(asyncio.current_task())
            given = {"ack": ack, "body": body, "context": context}
            with traced(body):
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
        begun = await self.acts.answers.desk.form(who, view["callback_id"], origin_of(view)["ids"], payloads.chosen(body) or BLANK)
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

    def looked_up(self, look: Callable[[Click], Awaitable[Card]]) -> Listener:
        """Shown to the person alone; what was clicked stays as it is."""

        async def listen(ack: Ack, body: Json) -> None:
            click = payloads.click(body)
            card = await look(click)
            await ack()
            await self.replies.answer(click, card)

        return listen

    async def reveal(self, click: Click) -> Card:
        """What is masked, for one person's eyes and without buttons."""
        await self.acts.cases.reveal(click.who, click.case_id)
        return replace((await self.acts.desk.thread(click.who, click.case_id, whole=True)).card, buttons=())

    async def case(self, click: Click) -> Card:
        return (await self.acts.desk.thread(click.who, click.case_id)).card

    async def like_this(self, click: Click) -> Card:
        return cases_card(click.case_id, await self.acts.desk.like_this(click.who, click.case_id))

    async def home_opened(self, body: Json) -> None:
        """By somebody whom we may see for the first time."""
        event = body["event"]
        if event.get("tab") == "home":
            who = Who(NAME, str(event.get("user") or ""))
            await self.acquaintance.recognise(who)
            self.replies.home.refresh(who, event.get("view"))

    async def status(self, click: Click) -> Card:
        return status_card(standing(await self.acts.desk.status(click.who), self.acts.desk.shelf.present))

    async def draft(self, click: Click) -> Card:
        return await self.acts.answers.desk.shown(click.who, await self.acts.answers.version_of(click.act, click.ids))

    async def reply(self, click: Click) -> Form:
        """Whoever opens it is seen to be writing."""
        await self.acts.answers.drafts.keep(click.who, click.case_id, None)
        return await self.acts.answers.desk.form(click.who, click.act, click.ids)

    async def record(self, click: Click, said: Answers) -> Card:
        number = await self.acts.logbook.record(click.who, *(_one(said, name) for name in ("way", "name", "reach_at", "text")))
        return told("command.recorded", number=number)

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

    async def listed(self, ack: Ack, body: Json) -> None:
        """One of what waits for a person: the list stays in its place, shorter."""
        click = payloads.click(body)
        await self.acts.escalation.press(click.who, "acknowledge", click.ids)
        await ack()
        await self.replies.instead(click, waiting_card(await self.acts.escalation.desk.waiting(click.who)))

    async def confirmed(self, ack: Ack, body: Json) -> None:
        """A question that was answered by its button: what came of it takes its place."""
        click = payloads.click(body)
        card = await self.acts.insight.press(click.who, click.act, click.ids)
        await ack()
        await self.replies.instead(click, card)

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


def _one(said: Answers, name: str) -> str:
    return said.get(name, ("",))[0]


def register(app: AsyncApp, acts: UseCases, replies: Replies, acquaintance: Acquaintance) -> Troubles:
    """Bind every button, form, command and shortcut; the error listener is given back, to be closed with the door."""
    troubles = Troubles(replies, acquaintance, replies.language)
    on = Listeners(acts, replies, acquaintance, troubles)
    app.middleware(on.recognise)
    buttons = {
        **{act: on.small_act(do) for act, do in _pressed(acts).items()},
        **{act: on.form(ask) for act, ask in _asked(on).items()},
        "reveal": on.looked_up(on.reveal),
        "like_this": on.looked_up(on.like_this),
        LISTED_ACT: on.listed,
        **dict.fromkeys(of_insight.PRESSED, on.confirmed),
        OPENS: on.looked_up(on.case),
        STATUS: on.looked_up(on.status),
        "show_draft": on.looked_up(on.draft),
        "show_statement": on.looked_up(lambda click: acts.room.desk.statement(click.who, click.number)),
    }
    app.action(re.compile(f"^{REFILL}:"))(on.kept(on.refill))
    app.action(re.compile(""))(on.clicked(buttons, on.stale))
    for name, do in _filled(on).items():
        app.view(name)(on.kept(on.sent_in(do)))
    app.shortcut("make_case")(on.kept(on.make_case))
    for command in COMMANDS:
        app.command(command)(on.kept(on.command))
    app.event("app_home_opened")(on.kept(on.home_opened))
    app.error(troubles.listen)
    return troubles


def _pressed(acts: UseCases) -> Mapping[str, Callable[[Click], Awaitable[object]]]:
    """Small acts: done when they are acknowledged."""
    cases, statements = acts.cases, acts.room.statements
    return {
        "tag": lambda click: acts.tags.toggle(click.who, click.case_id, click.choice),
        "claim": lambda click: cases.claim(click.who, click.case_id),
        "move": lambda click: cases.move(click.who, click.case_id, crisis=click.choice == "crisis"),
        "close": lambda click: cases.close(click.who, click.case_id),
        "reopen": lambda click: cases.reopen(click.who, click.case_id),
        **dict.fromkeys(of_answers.PRESSED, lambda click: acts.answers.press(click.who, click.act, click.ids)),
        **dict.fromkeys(of_ladders.PRESSED, lambda click: acts.escalation.press(click.who, click.act, click.ids)),
        "approve_statement": lambda click: statements.approve(click.who, click.number),
        "withdraw_statement": lambda click: statements.withdraw(click.who, click.number),
    }


def _asked(on: Listeners) -> Mapping[str, Callable[[Click], Awaitable[Form]]]:
    """Buttons that open a form."""
    of_case, of_answer, of_room = on.acts.desk.form, on.acts.answers.desk.form, on.acts.room.desk.form
    of_ladder = on.acts.escalation.desk.form
    return {
        **dict.fromkeys(("more_tags", "note", "kind", "link"), lambda click: of_case(click.who, click.act, click.case_id)),
        **dict.fromkeys(of_answers.FILLED, lambda click: of_answer(click.who, click.act, click.ids)),
        **dict.fromkeys(of_ladders.FILLED, lambda click: of_ladder(click.who, click.act, click.case_id)),
        **dict.fromkeys(ROOM, lambda click: of_room(click.who, click.act, click.ids)),
        "reply": on.reply,
    }


def _filled(on: Listeners) -> Mapping[str, Callable[[Click, Answers], Awaitable[Card | None]]]:
    """Forms by name. What became of some is seen on the card, of the others it is told."""
    acts, tags, cases = on.acts, on.acts.tags, on.acts.cases
    return {
        "choose_tags": lambda click, said: tags.choose(click.who, click.case_id, said.get("tags", ())),
        "note": lambda click, said: cases.note(click.who, click.case_id, _one(said, "text")),
        "kind": lambda click, said: cases.set_kind(click.who, click.case_id, _one(said, "kind")),
        "link": lambda click, said: acts.customers.link(click.who, click.case_id, _one(said, "network"), _one(said, "account")),
        "log": on.record,
        **dict.fromkeys(of_answers.FILLED, lambda click, said: acts.answers.fill(click.who, click.act, click.ids, said)),
        **dict.fromkeys(of_ladders.FILLED, lambda click, said: acts.escalation.fill(click.who, click.act, click.ids, said)),
        **dict.fromkeys(ROOM, lambda click, said: acts.room.fill(click.who, click.act, click.ids, said)),
    }
