"""A house whose Slack door is open, with a rota, mail beside it, and time as a dial that also runs: for stories of ladders."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.rota import Rota
from handlers.escalation.roster import Roster
from storage import people, status
from templates import say
from tests.builders import data_breach
from tests.dial import RunningDial
from tests.doors.slack_house import SlackHouse, action_ids, all_text, first_text, slack_house, until
from tests.fakes.courier import FakeCourier
from tests.fakes.slack import Limits, problems

QUICK = Limits(channel_posts_per_second=20.0, workspace_posts_per_minute=10_000, burst=20, tiers=dict.fromkeys(range(1, 5), 1000))
GRAVE = "high: all of it is gone"
DANGER = "threat_to_life critical: I cannot go on"
Message = dict[str, Any]


@dataclass
class LadderHouse:
    """Bo (Spanish) is on duty as lead; Max is manager and admin; Ana is an agent; Lou is legal. Mail reaches all of them."""

    there: SlackHouse
    dial: RunningDial
    mail: FakeCourier

    async def forward(self, **span: float) -> None:
        """Time passes, and what it does here is done."""
        self.dial.forward(**span)
        await self.there.house.climb.fire()
        await self.there.house.climb.hurry()
        await self.there.house.ticks.recover()
        self.there.house.store.wake.set()

    async def case(self, text: str = DANGER, **changes: object) -> int:
        """A case, its card in the channel, its first step told if that is due at once."""
        number = await self.there.house.case(text, **changes)
        await self.there.card_of(number)
        await self.forward()
        return number

    def direct(self, user: str) -> list[Message]:
        """What stands in somebody's direct messages, oldest first."""
        return self.there.slack.channel(user).messages

    async def posted(self, user: str, count: int) -> None:
        """So many messages stand there, and no more."""
        await until(lambda: len(self.direct(user)) >= count, 15)
        assert len(self.direct(user)) == count

    async def meanwhile(self, look: Callable[[], Any]) -> None:
        """The clock's ticks go on until it is so; the dial is not turned."""

        async def come() -> None:
            while not look():
                await self.forward()
                await asyncio.sleep(0.1)

        await asyncio.wait_for(come(), 15)

    def cards(self) -> list[Message]:
        """Of cases, in both channels."""
        every = [*self.there.messages(), *self.there.messages(self.there.ordinary)]
        return [one for one in every if any(act.startswith("more_tags:") for act in action_ids(one))]

    async def told(self, user: str, words: str) -> Message:
        """The latest direct message that says this, as soon as one does."""
        return await _found(lambda: self.direct(user), words)

    async def thread(self, number: int, words: str) -> Message:
        """The latest message in a case's thread that says this, as soon as one does."""
        card = await self.there.card_of(number)
        return await _found(lambda: [one for one in self.there.messages() if one.get("thread_ts") == card["ts"] != one["ts"]], words)

    async def card(self, number: int, words: str) -> Message:
        """The case's card, once it says this."""
        return await _found(lambda: [one for one in self.there.messages() if f"#{number} " in first_text(one)], words)

    async def press(self, user: str, message: Message, act: str) -> None:
        """A click that is answered, before anything else, within Slack's time."""
        ack = await self.there.press(user, message, act)
        assert ack.acknowledged and ack.seconds < 3, ack

    async def fill(self, user: str, message: Message, act: str, **values: Any) -> None:
        """The form behind a button, filled in and sent."""
        await self.press(user, message, act)
        await self.there.opened(user, {"more_tags": "choose_tags"}.get(act, act))
        sent = await self.there.slack.submit(user, values=values)
        assert sent.outcome == "closed", sent

    async def command(self, user: str, text: str, channel: str | None = None) -> None:
        ack = await self.there.slack.command(user, "/crisis", text, channel or self.there.crisis)
        assert ack.acknowledged and ack.seconds < 3, ack

    async def quiet(self, **span: float) -> None:
        """Time passes and nobody is told anything."""
        await self._settle()
        before = self._said()
        await self.forward(**span)
        await self._settle()
        assert self._said() == before, [all_text(one) for channel in self.there.slack.state.channels.values() for one in channel.messages]

    def _said(self) -> tuple[int, int]:
        return sum(len(one.messages) for one in self.there.slack.state.channels.values()), len(self.mail.told)

    async def _settle(self) -> None:
        """Until nothing is left to be sent."""

        async def settled() -> None:
            while True:
                async with self.there.house.store.read() as work:
                    if not await status.backlog(work):
                        return
                await asyncio.sleep(0.05)

        await asyncio.wait_for(settled(), 30)


def waits(language: str, ladder: str = "life_at_risk", severity: str = "critical", cases: int = 1) -> str:
    """What somebody is told first: something of this kind waits for them."""
    (label,) = [one.label for one in data_breach().ladders if one.name == ladder]
    return say("notice.title", language, cases=cases, severity=severity, exercise=False, what=label[language])


async def _found(look: Callable[[], list[Message]], words: str) -> Message:
    """The latest that says it, once one does."""
    try:
        return await until(lambda: next((one for one in reversed(look()) if words in all_text(one)), None), 15)
    except AssertionError:
        raise AssertionError(f"nobody said {words!r}, but: {[all_text(one) for one in look()]}") from None


def acts(message: Message) -> list[str]:
    """The acts of a message's buttons, in order."""
    return [one.partition(":")[0] for one in action_ids(message) if not one.startswith("more:")]


@asynccontextmanager
async def ladder_house(tmp_path: Path, *, language: str = "en") -> AsyncIterator[LadderHouse]:
    dial = RunningDial()
    mail = FakeCourier(dial)
    roster = Roster({"duty_lead": Rota("duty_lead", "UTC", order=("Bo",))})
    async with slack_house(tmp_path, limits=QUICK, language=language, dial=dial, couriers={"email": mail}, roster=roster) as there:
        async with there.house.store.begin() as work:
            for person in await people.everyone(work):
                await people.know_as(work, person.id, "slack", getattr(there, person.name.lower()))
            await work.commit()
        yield LadderHouse(there, dial, mail)
        shown = [message for channel in there.slack.state.channels.values() for message in channel.messages]
        for message in (*shown, *(one.message for one in there.slack.ephemerals)):
            assert problems(message.get("blocks", [])) == []
