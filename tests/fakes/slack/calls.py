"""One call of a Web API method: who asks, with which arguments, and the words in which Slack refuses."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from .state import Channel, Json, State, Token


class SlackError(Exception):
    """Slack's answer is {"ok": false, "error": …}."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.answer: Json = {"ok": False, "error": error, **more}


def invalid_arguments(*messages: str) -> SlackError:
    return SlackError("invalid_arguments", response_metadata={"messages": [f"[ERROR] {line}" for line in messages]})


@dataclass
class Call:
    """What a method sees."""

    state: State
    token: Token
    args: Json
    base_url: str
    warnings: Json = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A required string."""
        value = self.args.get(name)
        if value is None or value == "":
            raise invalid_arguments(f"missing required field: {name}")
        return str(value)

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.args.get(name, default)
        return value in (True, 1) or str(value).lower() in {"1", "true"}

    def number(self, name: str, default: int, most: int) -> int:
        try:
            value = int(self.args.get(name, default))
        except ValueError:
            raise SlackError("invalid_limit") from None
        if not 0 < value <= most:
            raise SlackError("invalid_limit")
        return value

    def structured(self, name: str, error: str) -> Any:
        """An argument that is JSON: as such in a JSON body, as a string in a form."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise SlackError(error) from None

    def need(self, scope: str) -> None:
        if scope not in self.token.scopes:
            raise SlackError("missing_scope", needed=scope, provided=",".join(sorted(self.token.scopes)))

    def channel(self, name: str = "channel") -> Channel:
        """A conversation that the bot may know of: a private one exists only for its members."""
        found = self.state.find_channel(self.text(name))
        if found is None or (found.is_private and self.state.bot_user not in found.members):
            raise SlackError("channel_not_found")
        return found

    def joined_channel(self) -> Channel:
        channel = self.channel()
        if self.state.bot_user not in channel.members:
            raise SlackError("not_in_channel")
        return channel


Answer = Callable[[Call], Json | Awaitable[Json]]


@dataclass(frozen=True)
class Method:
    name: str
    tier: int
    scope: str | None
    needs_app_token: bool
    answer: Answer


METHODS: dict[str, Method] = {}


def method(name: str, *, tier: int, scope: str | None = None, app_token: bool = False) -> Callable[[Answer], Answer]:
    """Register the function below as the method of that name."""

    def register(answer: Answer) -> Answer:
        METHODS[name] = Method(name, tier, scope, app_token, answer)
        return answer

    return register


def page(call: Call, rows: list[Any], default: int = 100, most: int = 1000) -> tuple[list[Any], Json]:
    """One page of `rows` and Slack's response_metadata with the cursor to the next."""
    cursor = str(call.args.get("cursor") or "0").removeprefix("offset:")
    if not cursor.isdigit():
        raise SlackError("invalid_cursor")
    start, size = int(cursor), call.number("limit", default, most)
    following = f"offset:{start + size}" if start + size < len(rows) else ""
    return rows[start : start + size], {"next_cursor": following}
