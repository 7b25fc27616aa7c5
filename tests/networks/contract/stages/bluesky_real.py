"""Bluesky's stage on its own servers. They are started once for a run; every stage has an account of ours of its own."""

import atexit
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from itertools import count

from pydantic import SecretStr

from bot.networks.bluesky import ABILITIES, KIND
from bot.networks.bluesky.connection import connection
from handlers.networks import Connected, Network, Source
from tests.networks.contract.stage import Fault, Scene, Seen
from tests.servers.bluesky import Bluesky, missing
from tests.servers.bluesky_people import POST, Json, People, Person, naming
from tests.servers.fault_proxy import FaultProxy

FAULTS = (Fault.BUSY, Fault.BROKEN, Fault.LOST, Fault.CUT)  # played by a proxy in front; a token dies in test_bluesky_real.py
CHANGES = ("com.atproto.repo.putRecord", "com.atproto.repo.deleteRecord")
_numbers = count(1)


@cache
def people() -> People:
    server = Bluesky()
    server.__enter__()
    atexit.register(server.__exit__)
    return People(server.pds)


class BlueskyRealStage:
    customers_write = 280
    keeps_order = False  # its AppView takes in what several people write at once in any order
    arrives_within = 30.0

    def __init__(self, proxy: FaultProxy, us: Person, password: str) -> None:
        self.proxy, self.us, self.password = proxy, us, password
        self.authors: dict[str, Person] = {}
        self.open: list[Connected] = []
        self.network, self.source = self._connected()
        self.secrets = (password,)
        self.environment = {"BLUESKY_URL": proxy.url, "BLUESKY_HANDLE": us.handle, "BLUESKY_APP_PASSWORD": password}

    def _connected(self) -> tuple[Network, Source]:
        one = connection(self.proxy.url, self.us.handle, SecretStr(self.password), ())
        self.open.append(one)
        assert one.network and one.source
        return one.network, one.source

    async def again(self) -> tuple[Network, Source]:
        return self._connected()

    async def say(self, text: str, *, customer: str = "anna", to: str | None = None, private: bool = False) -> str:
        person = await people().person(customer)
        if to is None:
            return await self._address(person, text)
        await person.until(to)  # nobody answers what they do not see yet
        repo, _, key = to.removeprefix("at://").split("/")
        parent = (await person.query("com.atproto.repo.getRecord", repo=repo, collection=POST, rkey=key)).json()
        above = {"uri": parent["uri"], "cid": parent["cid"]}
        root = parent["value"].get("reply", {}).get("root", above)
        return await self._write(person, text, reply={"root": root, "parent": above})

    async def _address(self, person: Person, text: str) -> str:
        whole = f"@{self.us.handle} {text}"
        return await self._write(person, whole, facets=naming(whole, self.us))

    async def _write(self, person: Person, text: str, **more: object) -> str:
        uri = str((await person.write(text, **more))["uri"])
        self.authors[uri] = person
        return uri

    async def edit(self, external_id: str, text: str) -> None:
        raise NotImplementedError("nobody edits a post there")

    async def take_away(self, external_id: str) -> None:
        await self.authors[external_id].remove(external_id)

    async def say_as_us(self, text: str) -> str:
        return await self._address(self.us, text)

    async def say_as_impostor(self, text: str) -> str:
        return await self._address(await people().person("rneridia"), text)

    async def ours(self) -> Sequence[Seen]:
        """In our own repository, which is what everybody else reads."""
        listed: list[Json] = []
        more: Json | None = {}
        while more is not None:
            asked = {"repo": self.us.did, "collection": POST, "limit": 100, **more}
            page = (await self.us.query("com.atproto.repo.listRecords", **asked)).json()
            listed += page["records"]
            more = {"cursor": page["cursor"]} if page["records"] and "cursor" in page else None
        listed.sort(key=lambda one: one["value"]["createdAt"])
        return [Seen(one["uri"], one["value"]["text"], _parent(one["value"]), private=False) for one in listed]

    async def fault(self, fault: Fault, times: int = 1) -> None:
        self.proxy.faults = deque([fault.value] * times)

    async def close(self) -> None:
        for one in self.open:
            assert one.close
            await one.close()


def _parent(record: Json) -> str | None:
    return record.get("reply", {}).get("parent", {}).get("uri")


@asynccontextmanager
async def opened() -> AsyncIterator[BlueskyRealStage]:
    us = await people().person(f"meridia{next(_numbers)}")
    password = await us.app_password("tocsin")
    async with FaultProxy(people().pds, lambda path: path.removeprefix("/xrpc/") in CHANGES) as proxy:
        stage = BlueskyRealStage(proxy, us, password)
        try:
            yield stage
        finally:
            await stage.close()


scene = Scene("bluesky_real", ABILITIES, KIND.hearing, opened, missing(), FAULTS, soak=True)
