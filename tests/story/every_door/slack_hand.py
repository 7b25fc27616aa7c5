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
        self.pressed: set[str] = set()

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
        with saying((act, ids)):
            shown, action = await until(lambda: self.offered(user, act, ids), 15)
        in_view = shown.get("type") == "home"
        ack = await (
            self.there.slack.click_in_view(self.account(user), action) if in_view else self.there.click(self.account(user), shown, action)
        )
        assert ack.acknowledged and ack.seconds < 3, ack
        self.pressed.add(act)

    def offered(self, user: str, act: str, ids: object) -> tuple[Any, str] | None:
        """The latest that offers it, and the button; somebody's own page last."""
        home = self.there.slack.home_of(self.account(user))
        for shown in reversed([*([home] if home else []), *self.posts(), *self.private(user)]):
            for action in (*action_ids(shown), *(line for lines in menus(shown).values() for line in lines)):
                if action == f"{act}:{ids}" or (action.partition(":")[0] == act and ids is None):
                    return shown, action
        return None

    def private(self, user: str) -> list[Any]:
        return [*self.there.slack.channel(self.account(user)).messages, *self.there.slack.messages_to(self.account(user))]

    async def fill(self, user: str, act: str, ids: object, page: str = "", **values: Any) -> None:
        await self.press(user, act, ids)
        await self.send_in(user, FORMS.get(act, act), values)

    async def send_in(self, user: str, name: str, values: dict[str, Any]) -> None:
        sent = await self.submitted(user, name, values)
        assert sent.outcome == "closed", sent

    async def submitted(self, user: str, name: str, values: dict[str, Any]) -> Any:
        with saying(name):
            await self.there.opened(self.account(user), name)
        typed = {field: int(one.timestamp()) if isinstance(one, datetime) else one for field, one in values.items()}
        return await self.there.slack.submit(self.account(user), values=typed)

    async def opens(self, user: str, act: str, ids: object, page: str = "") -> None:
        await self.press(user, act, ids)
        await self.there.opened(self.account(user), FORMS.get(act, act))

    async def sends(self, user: str, act: str, ids: object, **values: str) -> None:
        self.form, self.values = FORMS.get(act, act), values
        self.sent = await self.submitted(user, self.form, values)

    async def sends_again(self, user: str) -> None:
        await self.send_in(user, self.form, self.values)

    async def keeps(self, user: str, text: str) -> None:
        assert self.sent.outcome == "errors", self.sent
        assert any(text in str(one.get("state")) for one in self.there.slack.views_open(self.account(user)))

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
        self.pressed.add("callback")

    async def excuses(self, user: str, case: int, reason: str) -> None:
        await self.does(user, f"hold except {case}")
        await self.send_in(user, "except", {"reason": reason})
        self.pressed.add("except")

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
