"""What everybody on the fake network has written, who blocks whom, and who is told of what. No HTTP."""

import base64
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

POST = "app.bsky.feed.post"
DEPTH = 5  # so many levels up people are told of an answer
SIGNS = "234567abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Account:
    did: str
    handle: str
    name: str = ""
    followers: int = 0


@dataclass
class Post:
    uri: str
    record: dict[str, Any]
    author: Account
    indexed: int  # milliseconds

    @property
    def cid(self) -> str:
        return cid_of(self.record)

    @property
    def sort_at(self) -> int:
        """bsky, data-plane/server/indexing/plugins/post: what it claims counts if that is earlier."""
        claimed = int(datetime.fromisoformat(self.record["createdAt"]).timestamp() * 1000)
        return min(claimed, self.indexed)

    @property
    def parent(self) -> str | None:
        return self.record.get("reply", {}).get("parent", {}).get("uri")

    @property
    def root(self) -> str:
        return self.record.get("reply", {}).get("root", {}).get("uri") or self.uri


@dataclass(frozen=True)
class Told:
    to: str
    uri: str
    reason: str
    subject: str | None
    at: int


@dataclass
class World:
    clock: Callable[[], float] = time.time
    accounts: dict[str, Account] = field(default_factory=dict)  # by did
    posts: dict[str, Post] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    blocks: set[tuple[str, str]] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)  # threads in which nobody may answer
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _last: int = 0

    def account(self, handle: str, name: str = "", followers: int = 0) -> Account:
        found = next((one for one in self.accounts.values() if one.handle == handle), None)
        if found is None:
            digest = base64.b32encode(hashlib.sha256(handle.encode()).digest()).decode().lower()[:24]
            found = Account(f"did:plc:{digest}", handle, name or handle.partition(".")[0].title(), followers)
            self.accounts[found.did] = found
        return found

    def now(self) -> int:
        """No two things happen in the same millisecond."""
        self._last = max(int(self.clock() * 1000), self._last + 1)
        return self._last

    def key(self) -> str:
        number = (self.now() * 1000 << 10) | next(self._numbers) % 1024
        return "".join(SIGNS[number >> 5 * place & 31] for place in reversed(range(13)))

    def write(self, author: Account, text: str, *, to: str | None = None, **more: Any) -> Post:
        """As a client of theirs does it."""
        now = self.now()
        record: dict[str, Any] = {"$type": POST, "text": text, "createdAt": moment(now), "langs": ["en"], **more}
        if to:
            parent = self.posts[to]
            root = parent.record.get("reply", {}).get("root") or {"uri": parent.uri, "cid": parent.cid}
            record["reply"] = {"root": root, "parent": {"uri": parent.uri, "cid": parent.cid}}
        return self.put(author, self.key(), record, now)

    def put(self, author: Account, key: str, record: dict[str, Any], indexed: int | None = None) -> Post:
        uri = f"at://{author.did}/{POST}/{key}"
        known = self.posts.get(uri)
        post = self.posts[uri] = Post(uri, record, author, known.indexed if known else indexed or self.now())
        if known is None:
            self.told += self._tell(post)
        return post

    def remove(self, uri: str) -> None:
        self.posts.pop(uri, None)
        self.told = [one for one in self.told if one.uri != uri]

    def mention(self, text: str, of: Account) -> list[dict[str, Any]]:
        """The facet by which clients name somebody."""
        begin = len(text.encode().split(f"@{of.handle}".encode())[0])
        place = {"byteStart": begin, "byteEnd": begin + len(of.handle) + 1}
        return [{"index": place, "features": [{"$type": "app.bsky.richtext.facet#mention", "did": of.did}]}]

    def blocked(self, one: str, other: str) -> bool:
        return (one, other) in self.blocks or (other, one) in self.blocks

    def notifications(self, did: str) -> list[Told]:
        mine = [one for one in self.told if one.to == did and (one.subject is None or one.subject in self.posts)]
        return sorted((one for one in mine if not self.blocked(did, self.posts[one.uri].author.did)), key=lambda one: -one.at)

    def _tell(self, post: Post) -> Iterator[Told]:
        """Each account once, of the first reason that holds."""
        told = {post.author.did}
        for did, reason, subject in self._reasons(post):
            if did not in told:
                told.add(did)
                yield Told(did, post.uri, reason, subject, post.sort_at)

    def _reasons(self, post: Post) -> Iterator[tuple[str, str, str | None]]:
        for facet in post.record.get("facets", []):
            for feature in facet["features"]:
                if feature["$type"].endswith("#mention"):
                    yield feature["did"], "mention", None
        quoted = post.record.get("embed", {}).get("record", {})
        quoted = quoted.get("record", quoted).get("uri", "")
        if quoted in self.posts:
            yield self.posts[quoted].author.did, "quote", quoted
        above = post.parent
        for _ in range(DEPTH):
            if above not in self.posts:
                return
            yield self.posts[above].author.did, "reply", above
            above = self.posts[above].parent


def cid_of(record: Any) -> str:
    """In the shape of a CIDv1 of DAG-CBOR; what it is a digest of is our own matter."""
    digest = hashlib.sha256(json.dumps(record, sort_keys=True).encode()).digest()
    return "b" + base64.b32encode(bytes((1, 0x71, 0x12, 0x20)) + digest).decode().lower().rstrip("=")


def moment(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
