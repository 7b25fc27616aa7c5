"""Hands at Slack."""

from datetime import datetime
from typing import Any

from tests.doors.slack_house import SlackHouse, action_ids, all_text, menus, until
from tests.fakes.slack import calls_out
from tests.story.every_door.hand import FORMS, saying


class SlackHand:
    door = "slack"

    def __init__(self, there: SlackHouse) -> None:
        self.there, self.house = there, there.house

    @property
    def published(self) -> list[str]:
        return self.there.published

    def account(self, user: str) -> str:
        return str(getattr(self.there, user.lower()))

    def posts(self) -> list[Any]:
        return [one for channel in (self.there.crisis, self.there.ordinary) for one in self.there.messages(channel)]

    def own(self, user: str) -> list[Any]:
        account = self.account(user)
        windows = [*self.there.slack.views_open(account), self.there.slack.home_of(account)]
        return [*self.there.slack.messages_to(account), *self.there.slack.channel(account).messages, *(one for one in windows if one)]

    async def sees(self, user: str, words: str, page: str = "") -> None:
        with saying(words):
            await until(lambda: any(words in all_text(one) for one in self.posts()), 15)

    async def press(self, user: str, act: str, ids: object, page: str = "") -> None:
        action = f"{act}:{ids}"
        with saying(action):
            message = await until(
                lambda: next((one for one in reversed([*self.posts(), *self.private(user)]) if offers(one, action)), None)
            )
        ack = await self.there.click(self.account(user), message, action)
        assert ack.acknowledged and ack.seconds < 3, ack

    def private(self, user: str) -> list[Any]:
        return [*self.there.slack.channel(self.account(user)).messages, *self.there.slack.messages_to(self.account(user))]

    async def fill(self, user: str, act: str, ids: object, page: str = "", **values: Any) -> None:
        await self.press(user, act, ids)
        await self.send_in(user, FORMS.get(act, act), values)

    async def send_in(self, user: str, name: str, values: dict[str, Any]) -> None:
        with saying(name):
            await self.there.opened(self.account(user), name)
        typed = {field: int(one.timestamp()) if isinstance(one, datetime) else one for field, one in values.items()}
        sent = await self.there.slack.submit(self.account(user), values=typed)
        assert sent.outcome == "closed", sent

    async def does(self, user: str, command: str) -> None:
        ack = await self.there.slack.command(self.account(user), "/crisis", command, self.there.crisis)
        assert ack.acknowledged, ack

    async def told(self, user: str, words: str) -> None:
        with saying(words):
            await until(lambda: any(words in all_text(one) for one in self.own(user)), 15)

    async def notified(self, user: str, words: str) -> None:
        await self.told(user, words)

    async def records(self, user: str, **values: str) -> None:
        await self.does(user, "log")
        await self.send_in(user, "log", values)

    async def calls_back(self, user: str, case: int, **values: str) -> None:
        await self.does(user, f"callback for {case}")
        await self.send_in(user, "callback", values)

    async def draws(self, user: str) -> None:
        await self.does(user, "flow")
        with saying("flow"):
            await until(lambda: any(one["name"].endswith(".png") for message in self.posts() for one in message.get("files", [])), 20)

    async def digests(self, user: str) -> None:
        await self.does(user, "digest subscribe daily")
        await self.told(user, "every day")
        await self.does(user, "digest now")

    async def goes_home(self, user: str) -> None:
        await self.there.slack.open_home(self.account(user))

    async def points_at(self, user: str, text: str) -> None:
        said = await self.there.slack.say(self.there.eve, self.there.crisis, text)
        await self.there.slack.shortcut(self.account(user), "make_case", self.there.crisis, said["ts"])

    async def pictured(self) -> bool:
        return any(one["name"].endswith(".png") for message in self.posts() for one in message.get("files", []))

    async def tabled(self, user: str) -> bool:
        return any(one["name"].endswith(".csv") for message in self.posts() for one in message.get("files", []))

    def rung(self, user: str) -> bool:
        return any(f"@{self.account(user)}" in calls_out(one) for one in self.posts())


def offers(message: Any, action: str) -> bool:
    return action in action_ids(message) or any(action in lines for lines in menus(message).values())
