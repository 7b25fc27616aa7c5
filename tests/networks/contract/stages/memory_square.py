"""The other side of a network in memory: what was said there, and a short interface of calls with a status each, as over HTTP."""

from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.networks.contract.stage import Fault

MOST, PAGE = 500, 7
US, TOKEN = "account-0", "a-token-of-ours"
WRITING = ("publish", "delete")
Answer = tuple[int, dict[str, Any]]


class Cut(ConnectionError):
    """It hung up before it did anything."""


class Lost(ConnectionError):
    """It did what was asked, and hung up."""


@dataclass
class Message:
    id: str
    author: str
    handle: str
    text: str
    parent: str | None
    private: bool
    root: str
    at: str
    token: str = ""
    deleted: bool = False


@dataclass
class Square:
    """`changes` is what a listener reads: (what happened, to which message), in order."""

    messages: dict[str, Message] = field(default_factory=dict)
    changes: list[tuple[str, str]] = field(default_factory=list)
    faults: deque[Fault] = field(default_factory=deque)

    def put(self, text: str, author: str, handle: str, parent: str | None = None, *, private: bool = False, token: str = "") -> str:
        id_ = f"m{len(self.messages) + 1}"
        root = self.messages[parent].root if parent else id_
        at = datetime.now(UTC).isoformat()
        self.messages[id_] = Message(id_, author, handle, text, parent, private, root, at, token)
        self.changes.append(("posted", id_))
        return id_

    def edit(self, id_: str, text: str) -> None:
        self.messages[id_].text = text
        self.changes.append(("edited", id_))

    def remove(self, id_: str) -> None:
        self.messages[id_].deleted = True
        self.changes.append(("gone", id_))

    def call(self, what: str, said: dict[str, Any], token: str) -> Answer:
        """Raises Cut or Lost."""
        fault = self.faults.popleft() if self.faults and (self.faults[0] is not Fault.LOST or what in WRITING) else None
        if fault is Fault.CUT:
            raise Cut
        if fault in (Fault.BUSY, Fault.BROKEN):
            return (429, {"after": 1}) if fault is Fault.BUSY else (503, {})
        if fault is Fault.DEAD_TOKEN or token != TOKEN:
            return 401, {"error": f"not a token of ours: {token[:3]}…"}
        does: dict[str, Callable[..., Answer]] = {
            "since": self._since, "who": self._who, "publish": self._publish, "find": self._find, "delete": self._delete,
        }  # fmt: skip
        answer = does[what](**said)
        if fault is Fault.LOST:
            raise Lost
        return answer

    def _since(self, position: int) -> Answer:
        page = self.changes[position : position + PAGE]
        items = [{"what": what, **asdict(self.messages[id_])} for what, id_ in page]
        return 200, {"items": items, "position": position + len(page), "more": position + len(page) < len(self.changes)}

    def _who(self) -> Answer:
        return 200, {"id": US, "handle": "@meridia"}

    def _publish(self, text: str, parent: str | None, token: str, *, private: bool) -> Answer:
        """Whoever sends twice is seen to have done so."""
        if len(text) > MOST:
            return 422, {"error": "too long"}
        if parent and self.messages[parent].deleted:
            return 404, {"error": "no such message"}
        return 201, {"id": self.put(text, US, "@meridia", parent, private=private, token=token)}

    def _find(self, token: str) -> Answer:
        return next(((200, {"id": one.id}) for one in self.messages.values() if one.token == token), (404, {}))

    def _delete(self, id_: str) -> Answer:
        if self.messages[id_].deleted:
            return 404, {}
        self.messages[id_].deleted = True
        return 200, {}
