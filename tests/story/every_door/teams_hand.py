"""Hands at Microsoft Teams."""

from datetime import datetime
from typing import Any

from tests.doors.slack_house import until
from tests.doors.teams_house import TeamsHouse, typed_in
from tests.fakes.teams import Message, actions, buttons, calls_out, card_text, inputs, message_text
from tests.story.every_door.hand import saying


class TeamsHand:
    door = "teams"

    def __init__(self, there: TeamsHouse) -> None:
        self.there, self.house, self.teams = there, there.house, there.teams
        self.pressed: set[str] = set()

    @property
    def published(self) -> list[str]:
        return self.there.published

    def posts(self) -> list[Message]:
        return [*self.there.crisis.posts, *self.there.ordinary.posts]

    async def sees(self, user: str, words: str, page: str = "") -> None:
        with saying(words):
            await until(lambda: any(words in message_text(one) for one in self.posts()), 15)

    async def press(self, user: str, act: str, ids: object, page: str = "") -> None:
        with saying((act, ids)):
            message, title = await until(lambda: self.offered(user, act, ids), 15)
        answer = await self.teams.click(user, message, title)
        assert answer.fine, answer
        if answer.card and self.teams.dialog(user) and asks(answer.card, act):
            assert (await self.teams.submit(user)).fine
        self.pressed.add(act)

    def offered(self, user: str, act: str, ids: object) -> tuple[Message, str] | None:
        wanted = None if ids is None else str(ids)
        for message in reversed([*self.posts(), *self.teams.chat(user).posts]):
            for one in actions(message.seen_by(self.teams.user(user))):
                data = one.get("data") or {}
                if data.get("act") == act and wanted in (None, data.get("ids")):
                    return message, str(one["title"])
        return None

    async def fill(self, user: str, act: str, ids: object, page: str = "", **values: Any) -> None:
        await self.press(user, act, ids)
        typed = {name: one.strftime("%Y-%m-%dT%H:%M") if isinstance(one, datetime) else one for name, one in values.items()}
        before = self.teams.dialog(user)
        assert before, "no form stands open"
        await self.there.send_in(user, **typed)
        after = self.teams.dialog(user)
        assert after is None or not inputs(after.card), card_text(after.card)

    async def opens(self, user: str, act: str, ids: object, page: str = "") -> None:
        await self.press(user, act, ids)

    async def sends(self, user: str, act: str, ids: object, **values: str) -> None:
        await self.there.send_in(user, **values)

    async def sends_again(self, user: str) -> None:
        assert (await self.teams.submit(user)).fine

    async def keeps(self, user: str, text: str) -> None:
        window = self.teams.dialog(user)
        assert window and any(one.get("value") == text for one in inputs(window.card)), window

    async def does(self, user: str, command: str) -> None:
        await self.teams.say(user, self.there.crisis.id, f"@Tocsin {command}")

    async def told(self, user: str, words: str) -> None:
        with saying(words):
            await until(lambda: any(words in one for one in self.own(user)), 15)

    def own(self, user: str) -> list[str]:
        window = self.teams.dialog(user)
        shown = [message_text(one) for one in self.teams.chat(user).posts]
        return [*shown, *self.teams.told(user), *([card_text(window.card)] if window else [])]

    async def notified(self, user: str, words: str) -> None:
        await self.told(user, words)

    async def records(self, user: str, **values: str) -> None:
        await self.does(user, "log")
        await self.fill_in_chat(user, values)

    async def fill_in_chat(self, user: str, values: dict[str, str]) -> None:
        form = await until(lambda: next((one for one in reversed(self.teams.chat(user).posts) if inputs(one.card)), None))
        answer = await self.teams.click(user, form, buttons(form.card)[-1], typed_in(form.card, dict(values)))
        assert answer.fine and not answer.told, answer

    async def calls_back(self, user: str, case: int, **values: str) -> None:
        await self.does(user, f"callback for {case}")
        await self.fill_in_chat(user, values)
        self.pressed.add("callback")

    async def excuses(self, user: str, case: int, reason: str) -> None:
        await self.does(user, f"hold except {case}")
        await self.fill_in_chat(user, {"reason": reason})
        self.pressed.add("except")

    async def draws(self, user: str) -> None:
        await self.does(user, "flow")
        with saying("flow"):
            await until(lambda: any("data:image/png" in str(one.activity) for one in self.teams.chat(user).posts), 20)

    async def digests(self, user: str) -> None:
        await self.does(user, "digest subscribe daily")
        await self.told(user, "every day")
        await self.does(user, "digest now")

    async def goes_home(self, user: str) -> None:
        await self.teams.say(user, None, "home")

    async def points_at(self, user: str, text: str) -> None:
        said = await self.teams.say("Eve", self.there.crisis.id, text)
        assert (await self.teams.extend(user, said, "make_case")).fine

    async def pictured(self) -> bool:
        return any("data:image/png" in str(one.activity) for one in self.posts())

    async def tabled(self, user: str) -> bool:
        return any(str(one.get("url")).endswith("/insight.csv") for message in self.posts() for one in actions(message.card))

    def rung(self, user: str) -> bool:
        return any(self.teams.user(user).id in calls_out(one.activity) for one in self.posts())


def asks(card: Any, act: str) -> bool:
    """A window that asks whether it is really meant."""
    found = [one.get("data") or {} for one in actions(card)]
    return len(found) == 1 and found[0].get("act") == act and "origin" in found[0]
