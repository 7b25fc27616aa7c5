"""Facebook's and Instagram's stages: the fake Meta over real HTTP, whose webhook knocks at our door as its lists are read."""

from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from bot.networks import facebook as page_network
from bot.networks import instagram as account_network
from handlers.networks import Connected, Heard, Network, News, Source, Standing
from tests.fakes.meta import FakeMeta
from tests.fakes.meta.world import Entry
from tests.networks.contract.stage import Fault, Scene, Seen
from tests.networks.meta.connecting import Noted, connected, environment, subscribed

_FAULTS: dict[Fault, int | str] = {Fault.BUSY: 429, Fault.BROKEN: 503, Fault.LOST: "lost", Fault.CUT: "cut"}


class WithWebhook:
    """The source itself; and, as pushed, what the webhook brought to the inbox: in the product it is stored there at once."""

    def __init__(self, source: Source, noted: Noted) -> None:
        self._source, self._noted = source, noted
        self.name, self.every = source.name, source.every

    def __repr__(self) -> str:
        return repr(self._source)

    async def since(self, cursor: str | None) -> Heard:
        return await self._source.since(cursor)

    async def standing(self) -> Standing:
        return await self._source.standing()

    async def stirs(self) -> AsyncIterator[News | None]:
        told = len(self._noted.news)
        while True:
            while told < len(self._noted.news):
                told += 1
                yield self._noted.news[told - 1]
            self._noted.told.clear()
            await self._noted.told.wait()


class MetaStage:
    private_stays = True  # what was said in private cannot be taken back there: the Send API has no such call

    def __init__(self, meta: FakeMeta, noted: Noted, network: str) -> None:
        self.meta, self.world, self.noted, self.platform = meta, meta.world, noted, network
        self.open: list[Connected] = []
        self.customers_write = self.world.limits.comment if network == "facebook" else self.world.limits.caption
        self.secrets = (self.world.token, self.world.app_secret, self.world.verify_token)
        self.environment = environment(meta)
        self.network, self.source = self._connected()

    def _connected(self) -> tuple[Network, Source]:
        one = connected(self.meta, self.platform)
        self.open.append(one)
        assert one.network and one.source
        return one.network, WithWebhook(one.source, self.noted)

    async def again(self) -> tuple[Network, Source]:
        return self._connected()

    async def say(self, text: str, *, customer: str = "anna", to: str | None = None, private: bool = False) -> str:
        person = self.world.person(self.platform, customer)
        if private:
            message = self.world.add_message(self.platform, person, text, by_us=False, answers=to or "")
            await self.meta.telling.message(message)
            return message.id
        return (await self._comment(self.world.add_comment(self.platform, person, text, to or self._post().id))).id

    async def _comment(self, entry: Entry) -> Entry:
        await self.meta.telling.comment(entry)
        return entry

    def _post(self) -> Entry:
        return self.world.post if self.platform == "facebook" else self.world.medium

    async def edit(self, external_id: str, text: str) -> None:
        entry = self.world.entry(external_id)
        entry.text = text
        await self.meta.telling.comment(entry, "edited")

    async def take_away(self, external_id: str) -> None:
        if external_id in self.world.messages:
            message = self.world.messages[external_id]
            message.deleted = True
            await self.meta.telling.message(message, is_deleted=True)
            return
        entry = self.world.entry(external_id)
        self.meta.writing.delete(external_id)
        if self.platform == "facebook":
            await self.meta.telling.comment(entry, "remove")

    async def say_as_us(self, text: str) -> str:
        person = self.world.person(self.platform, "anna")
        await self.meta.telling.message(self.world.add_message(self.platform, person, text, by_us=True))
        return (await self._comment(self.world.add_comment(self.platform, None, text, self._post().id))).id

    async def say_as_impostor(self, text: str) -> str:
        person = self.world.person(self.platform, "rneridia", self.world.page_name)
        return (await self._comment(self.world.add_comment(self.platform, person, text, self._post().id))).id

    async def garble(self) -> None:
        entry = self.world.add_comment(self.platform, self.world.person(self.platform, "anna"), "?", self._post().id)
        self.meta.reading.garbled.add(entry.id)

    async def ours(self) -> Sequence[Seen]:
        entries = [one for one in self.world.entries.values() if one.author is None and one.kind == "comment"]
        messages = [one for one in self.world.messages.values() if one.by_us]
        public = [(one.at, Seen(one.id, one.text, one.parent, private=False)) for one in entries]
        private = [(one.at, Seen(one.id, one.text, one.about or self._answered(one.id), private=True)) for one in messages]
        return [seen for _, seen in sorted(public + private, key=lambda one: one[0])]

    def _answered(self, message_id: str) -> str | None:
        """Messages stand one after the other: ours answers the last of theirs before it."""
        mine = self.world.messages[message_id]
        before = [one for one in self.world.messages.values() if one.person is mine.person and not one.by_us and one.at <= mine.at]
        return before[-1].id if before else None

    async def fault(self, fault: Fault, times: int = 1) -> None:
        self.meta.faults, self.meta.send_faults, self.meta.dead_token = deque(), deque(), 0
        if fault is Fault.DEAD_TOKEN:
            self.meta.dead_token = 463 if times else 0
        elif fault is Fault.LOST:
            self.meta.send_faults = deque([_FAULTS[fault]] * times)
        else:
            self.meta.faults = deque([_FAULTS[fault]] * times)

    async def lift_limits(self) -> None:
        self.world.limits.private_replies = 1_000_000

    async def close(self) -> None:
        for one in self.open:
            assert one.close
            await one.close()


@asynccontextmanager
async def _opened(network: str) -> AsyncIterator[MetaStage]:
    noted = Noted()
    async with FakeMeta() as meta, subscribed(meta, noted):
        stage = MetaStage(meta, noted, network)
        yield stage
        await stage.close()


facebook = Scene("facebook", page_network.KIND.abilities, page_network.KIND.hearing, lambda: _opened("facebook"))
instagram = Scene("instagram", account_network.KIND.abilities, account_network.KIND.hearing, lambda: _opened("instagram"))
