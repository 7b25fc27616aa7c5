"""Every listener of the Teams door, on one screen. An act commits, then is answered; an act that Teams delivers again is done once."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

import structlog

from bot.refilling import refilled
from bot.teams import payloads
from bot.teams.access import NAME
from bot.teams.acquaintance import Acquaintance
from bot.teams.forms import answers, begun, origin_of
from bot.teams.payloads import Click, Json
from bot.teams.replies import Replies, not_shown
from bot.teams.sdk import ActivityEvent, App, InvokeResponse
from bot.teams.troubles import Troubles
from bot.teams.typed import ShowHome, heard
from bot.tracing import traced
from handlers.buttons import Buttons
from handlers.deliveries import Repeated, once
from handlers.insight.commands import TAKES_TIME, OfDigests
from handlers.insight.spoken import DigestsSpoken
from handlers.ports import Card, Drawing, Form, Pictured, Who
from handlers.replies import told
from handlers.use_cases import UseCases

log = structlog.get_logger()
Answer = Json | None
Listener = Callable[[Json], Awaitable[Answer]]


@dataclass(frozen=True)
class Listeners:
    """Each takes an activity, and gives what its invoke is answered with."""

    acts: UseCases
    buttons: Buttons
    replies: Replies
    acquaintance: Acquaintance
    troubles: Troubles

    def hears(self, listen: Listener, sorry: Callable[[Json, Exception], Awaitable[Answer]]) -> Listener:
        """`sorry` says why nothing was done, where the person looks."""

        async def hear(activity: Json) -> Answer:
            if not payloads.is_for_us(activity):
                return None
            act = asyncio.create_task(self._heard(activity, listen, sorry))
            self.troubles.keep(act)
            return await act

        return hear

    async def _heard(self, activity: Json, listen: Listener, sorry: Callable[[Json, Exception], Awaitable[Answer]]) -> Answer:
        click, who = payloads.pressed(activity), payloads.who_acts(activity)
        try:
            with traced(NAME, click.act or payloads.name_of(activity), click.ids):
                await self.acquaintance.recognise(who, payloads.place_of(activity)[0], str((activity.get("from") or {}).get("id") or ""))
                try:
                    with _once(activity):  # after a stranger became known: that commit is not yet the act's
                        return await listen(activity)
                except Repeated:
                    return await self.again(activity)
        except Exception as error:  # noqa: BLE001 - whatever it is, the person is told
            return await sorry(activity, error)

    async def again(self, activity: Json) -> Answer:
        """It was done when it came first: what is shown is how things stand. A window whose answer was lost opens all the same, and a
        message that was made a case is known by its number.
        """
        click, name = payloads.pressed(activity), payloads.name_of(activity)
        if name == payloads.CARD:
            return await self.replies.refreshed(click)
        if name == payloads.EXTENSION_OPEN:
            return await self.make_case(activity)
        return await self.in_a_window(click) if name == payloads.OPEN and self.asks_or_shows(click) else {}

    def asks_or_shows(self, click: Click) -> bool:
        return click.act in self.buttons.forms or click.act in self.buttons.looks

    async def card(self, activity: Json) -> Answer:
        """A button of a card."""
        click = payloads.pressed(activity)
        if click.act == payloads.REFRESH:
            return await self.looked_at_anew(click)
        if click.data.get("form"):
            return await self.form_of_a_chat(click)
        if click.act in self.buttons.answers:
            return await self.put_in_place(click, await self.buttons.answers[click.act](click))
        if click.act in self.buttons.small:
            await self.buttons.small[click.act](click)
        else:
            await self.acts.desk.open_to(click.who)  # a button that we no longer know: they see the card with those that we do
        self.troubles.later(self.replies.show_anew(click))
        return await self.shown(click)

    async def shown(self, click: Click) -> Answer:
        """It was done: whatever keeps us from showing it, nobody is told that it was not."""
        try:
            return await self.replies.refreshed(click)
        except Exception as error:  # noqa: BLE001 - the outbox shows the card as soon as it can
            log.warning("teams_card_not_shown", act=click.act, reason=type(error).__name__)
            return not_shown(click, await self.troubles.language_of(click.who))

    async def looked_at_anew(self, click: Click) -> Answer:
        """Teams asks by itself when somebody sees the card: whoever may not see it hears why, and nothing of it."""
        await self.acts.desk.open_to(click.who)
        return await self.replies.refreshed(click)

    async def put_in_place(self, click: Click, card: Card) -> Answer:
        self.troubles.later(self.replies.show_anew(click, card))
        return await self.replies.in_place(click, card)

    async def form_of_a_chat(self, click: Click) -> Answer:
        if click.data.get(payloads.REFILL):
            form, origin = await self.begun_anew(click)
            return await self.replies.form_in_place(click, form, origin)
        outcome = await self.buttons.filled[click.act](click, answers(click.data)) or await self.replies.fresh(click)
        return await self.put_in_place(click, outcome) if outcome else not_shown(click, await self.replies.language_of(click.who))

    async def opened(self, activity: Json) -> Answer:
        """A button that asks, or that shows something to this person alone."""
        click = payloads.pressed(activity)
        return await self.replies.question(click) or await self.in_a_window(click)

    async def in_a_window(self, click: Click) -> Answer:
        if click.act in self.buttons.forms:
            return await self.replies.form_window(click.who, await self.buttons.forms[click.act](click), click.origin)
        if click.act in self.buttons.looks:
            return await self.replies.window(click.who, await self.buttons.looks[click.act](click))
        if click.act in self.buttons.answers:
            return await self.replies.window(click.who, await self.buttons.answers[click.act](click))
        if click.act in self.buttons.small:
            await self.buttons.small[click.act](click)
            if click.data.get("origin"):  # a question was answered: what came of it stands on the card that it was about
                self.troubles.later(self.replies.show_anew(click))
                return {}
        else:
            await self.acts.desk.open_to(click.who)  # a button that we no longer know
        shown = await self.replies.fresh(replace(click, message_id=""))
        return await self.replies.window(click.who, shown) if shown else {}

    async def sent_in(self, activity: Json) -> Answer:
        """A form, or a button of a card in a window."""
        click = payloads.pressed(activity)
        if not click.data.get("form"):
            return await self.replies.question(click) or await self.in_a_window(click)
        if click.data.get(payloads.REFILL):
            form, origin = await self.begun_anew(click)
            return await self.replies.form_window(click.who, form, origin)
        outcome = await self.buttons.filled[click.act](click, answers(click.data))
        self.troubles.later(self.replies.show_anew(click))
        return await self.replies.window(click.who, outcome) if outcome else {}

    async def begun_anew(self, click: Click) -> tuple[Form, dict[str, str]]:
        """What was typed by hand stays."""
        now = answers(click.data)
        chosen = next(iter(now.get(str(click.data[payloads.REFILL]), ())), "")
        form, origin = refilled(
            await self.buttons.again(click.who, click.act, click.ids, chosen), begun(click.data), now, origin_of(click.data)
        )
        return form, dict(origin)

    async def message(self, activity: Json) -> Answer:
        """A command, typed to us; or a button of a client that knows no other way to press it."""
        if isinstance(activity.get("value"), dict):
            return await self.pressed_elsewhere(activity)
        who, command = payloads.who_acts(activity), heard(activity, self.acquaintance.accounts())
        if isinstance(command, OfDigests) and isinstance(command, TAKES_TIME):
            self.troubles.later(self.slowly(activity, who, command))
        elif isinstance(command, ShowHome):
            self.troubles.later(self.replies.several(who, await self.acts.home.of(who, self.replies.url)))
        else:
            self.troubles.later(self.telling(activity, who, await self.acts.spoken.obey(who, command)))
        return None

    async def slowly(self, activity: Json, who: Who, command: OfDigests) -> None:
        try:
            with _once(activity):  # it was answered before it is done
                outcome = await DigestsSpoken(self.acts.insight).obey(who, command)
        except Repeated:
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, the person is told
            await self.troubles.there(activity, error)
        else:
            await self.telling(activity, who, outcome)

    async def telling(self, activity: Json, who: Who, outcome: Card | Form | Drawing | Pictured) -> None:
        try:
            await self.tell(who, outcome)
        except Exception as error:  # noqa: BLE001 - a picture that cannot be shown is owned up to
            await self.troubles.there(activity, error)

    async def tell(self, who: Who, outcome: Card | Form | Drawing | Pictured) -> None:
        if isinstance(outcome, Form):
            await self.replies.form_privately(who, outcome)
        elif isinstance(outcome, Drawing):
            await self.replies.show(who, outcome)
        elif isinstance(outcome, Pictured):
            await self.replies.picture(who, outcome)
        else:
            await self.replies.privately(who, outcome)

    async def pressed_elsewhere(self, activity: Json) -> Answer:
        click = payloads.pressed(activity)
        if click.data.get("form"):
            outcome = await self.buttons.filled[click.act](click, answers(click.data))
        elif click.act in self.buttons.forms:
            self.troubles.later(self.replies.form_privately(click.who, await self.buttons.forms[click.act](click)))
            return None
        elif click.act in self.buttons.small:
            await self.buttons.small[click.act](click)
            outcome = await self.replies.fresh(replace(click, message_id=""))
        else:
            shows = {**self.buttons.looks, **self.buttons.answers}
            outcome = await shows[click.act](click) if click.act in shows else None
        if outcome:
            self.troubles.later(self.replies.privately(click.who, outcome))
        return None

    async def make_case(self, activity: Json) -> Answer:
        message = payloads.pointed_at(activity)
        number = await self.acts.logbook.make_case(
            message.who, f"{message.conversation_id}:{message.message_id}", message.author, message.text, message.link
        )
        return await self.replies.window(message.who, told("command.recorded", number=number))

    async def added(self, activity: Json) -> Answer:
        """We came into a team or a chat: its members are known soon. An app that is given to everybody comes into thousands at once."""
        self.acquaintance.asked.set()
        if chat := payloads.entered(activity):
            self.troubles.later(self.replies.introduce(chat))
        return None


def _once(activity: Json) -> AbstractContextManager[None]:
    """Two acts without an id are two."""
    delivery = payloads.delivery_of(activity)
    return once(NAME, delivery) if delivery else nullcontext()


def register(app: App, on: Listeners) -> None:
    """By what is asked for. The SDK's own routes refuse whatever its models did not know when they were written: a card that Teams itself
    asks for anew, for one.
    """
    hears = {
        payloads.CARD: on.hears(on.card, on.troubles.on_card),
        payloads.OPEN: on.hears(on.opened, on.troubles.in_window),
        payloads.SENT_IN: on.hears(on.sent_in, on.troubles.in_window),
        payloads.EXTENSION_OPEN: on.hears(on.make_case, on.troubles.in_window),
        payloads.MESSAGE: on.hears(on.message, on.troubles.there),
        **dict.fromkeys(payloads.ARRIVALS, on.hears(on.added, on.troubles.there)),
    }

    async def answer(event: ActivityEvent) -> InvokeResponse[Any]:
        activity = event.body.model_dump(by_alias=True, exclude_none=True, mode="json")
        hear = hears.get(payloads.name_of(activity))
        if hear is None:
            return InvokeResponse(status=501 if payloads.is_invoke(activity) else 200)
        return InvokeResponse(status=200, body=await hear(activity))

    app.server.on_request = answer
