"""People on the real servers of Bluesky: accounts, and what their clients write."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from tests.servers.bluesky import ADMIN

POST = "app.bsky.feed.post"
PASSWORD = "hunter22-x"
ARRIVES_WITHIN = 20.0
Json = dict[str, Any]


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Person:
    pds: str
    did: str
    handle: str
    token: str

    async def query(self, name: str, **said: Any) -> httpx.Response:
        async with self._client() as client:
            return await client.get(f"/xrpc/{name}", params=said)

    async def do(self, name: str, said: Json) -> Json:
        async with self._client() as client:
            answer = (await client.post(f"/xrpc/{name}", json=said)).raise_for_status()
            return dict(answer.json()) if answer.content else {}

    async def write(self, text: str, **more: Any) -> Json:
        """The reference to a new post."""
        record = {"$type": POST, "text": text, "createdAt": now(), "langs": ["en"], **more}
        made = await self.record(POST, record)
        return {"uri": made["uri"], "cid": made["cid"]}

    async def record(self, collection: str, record: Json, **more: Any) -> Json:
        return await self.do("com.atproto.repo.createRecord", {"repo": self.did, "collection": collection, "record": record, **more})

    async def remove(self, uri: str) -> None:
        """Until nobody sees it any more."""
        key = uri.rpartition("/")[2]
        await self.do("com.atproto.repo.deleteRecord", {"repo": self.did, "collection": POST, "rkey": key})
        await self.until(uri, there=False)

    async def until(self, uri: str, *, there: bool = True) -> None:
        deadline = time.monotonic() + ARRIVES_WITHIN
        while bool((await self.query("app.bsky.feed.getPosts", uris=[uri])).json().get("posts")) is not there:
            assert time.monotonic() < deadline, f"{uri}: never {'there' if there else 'gone'}"
            await asyncio.sleep(0.1)

    async def app_password(self, name: str) -> str:
        return str((await self.do("com.atproto.server.createAppPassword", {"name": name}))["password"])

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.pds, headers={"Authorization": f"Bearer {self.token}"}, timeout=30)


@dataclass
class People:
    """Each handle once for as long as the server runs: to make an account takes a while."""

    pds: str
    known: dict[str, Person] = field(default_factory=dict)

    async def person(self, name: str) -> Person:
        if name not in self.known:
            account = {"handle": f"{name}.test", "email": f"{name}@example.test", "password": PASSWORD}
            async with httpx.AsyncClient(base_url=self.pds, timeout=30) as client:
                made = (await client.post("/xrpc/com.atproto.server.createAccount", json=account)).raise_for_status().json()
            self.known[name] = Person(self.pds, made["did"], made["handle"], made["accessJwt"])
        return self.known[name]

    async def take_down(self, person: Person) -> None:
        subject = {"$type": "com.atproto.admin.defs#repoRef", "did": person.did}
        async with httpx.AsyncClient(base_url=self.pds, auth=ADMIN, timeout=30) as client:
            said = {"subject": subject, "takedown": {"applied": True}}
            (await client.post("/xrpc/com.atproto.admin.updateSubjectStatus", json=said)).raise_for_status()


def naming(text: str, person: Person) -> list[Json]:
    """The facet by which a client names somebody."""
    begin = len(text.partition(f"@{person.handle}")[0].encode())
    place = {"byteStart": begin, "byteEnd": begin + len(person.handle) + 1}
    return [{"index": place, "features": [{"$type": "app.bsky.richtext.facet#mention", "did": person.did}]}]
