"""The door itself, /api/messages: nothing is read before it is known who knocks, and nothing of our inside is told to whoever does."""

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, Protocol

import structlog
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.teams.sdk import ActivityEvent, App, CoreActivity
from bot.teams.tokens import Token
from bot.teams.trust import Caller, Stranger, Trust

log = structlog.get_logger()
PATH = "/api/messages"
# A message of 100 KB in UTF-16 comes twice, as text and as HTML, and escaped to three times its size. Nobody but Microsoft gets so far.
BODY_MOST = 1_000_000  # bytes
DEPTH_MOST = 64
AGAIN = "10"  # seconds

Json = dict[str, Any]


class Services(Protocol):
    """What trusted activities tell of where to answer."""

    def note(self, activity: Json) -> object: ...


class BadRequest(Exception):
    """What the Bot Connector never sends. `status` is HTTP's."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


@dataclass
class Refusals:
    """One line a second for each reason, with how many it stands for: who knocks all night does not fill our disk."""

    clock: Callable[[], float] = time.monotonic
    _untold: Counter[str] = field(default_factory=Counter)
    _told_at: dict[str, float] = field(default_factory=dict)

    def tell(self, reason: str, status: int) -> None:
        self._untold[reason] += 1
        if self.clock() - self._told_at.get(reason, float("-inf")) >= 1:
            self._told_at[reason] = self.clock()
            log.warning("teams_knock_refused", reason=reason, status=status, count=self._untold.pop(reason))


def knock(app: App, trust: Trust, services: Services) -> Route:
    """`services` are told of every activity that is let in."""
    refusals = Refusals()

    async def hear(request: Request) -> Response:
        try:
            caller = await trust.recognise(request.headers.getlist("authorization"))
            activity = await _activity(request)
            trust.admit(caller, activity)
            event = _event(caller, activity)
        except Stranger as stranger:
            return _no(refusals, stranger.reason, stranger.status)
        except BadRequest as bad:
            return _no(refusals, bad.reason, bad.status)
        services.note(activity)
        return await _answered(app, event, refusals)

    return Route(PATH, hear, methods=["POST"])


async def _answered(app: App, event: ActivityEvent, refusals: Refusals) -> Response:
    heard = app.server.on_request
    if heard is None:
        return _no(refusals, "not_open", 503)
    try:
        answer = await heard(event)
    except ValidationError:  # of a kind that the SDK does not know; its own words would repeat what was sent
        return _no(refusals, "unknown_activity", 501 if event.body.type == "invoke" else 200)
    if answer.body is None:
        return Response(status_code=answer.status)
    body = answer.body.model_dump(by_alias=True, exclude_none=True, mode="json") if isinstance(answer.body, BaseModel) else answer.body
    return JSONResponse(body, answer.status)


def _event(caller: Caller, activity: Json) -> ActivityEvent:
    """The SDK's models read `service_url` as well as `serviceUrl`: what was not asked about does not come in."""
    asked = {name: value for name, value in activity.items() if "_" not in name}
    try:
        return ActivityEvent(body=CoreActivity.model_validate(asked), token=Token(service_url=caller.service_url))
    except ValidationError:
        raise BadRequest(400, "unknown_activity") from None


async def _activity(request: Request) -> Json:
    kinds = request.headers.getlist("content-type")
    if len(kinds) != 1 or kinds[0].partition(";")[0].strip().lower() != "application/json":
        raise BadRequest(415, "no_json")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_MOST:
            raise BadRequest(413, "too_large")
    try:
        activity = _tamed(json.loads(body.decode(), parse_constant=_no_number))
    except (ValueError, RecursionError):
        raise BadRequest(400, "no_json") from None
    if not isinstance(activity, dict):
        raise BadRequest(400, "no_json")
    return activity


def _no_number(name: str) -> NoReturn:
    """NaN and Infinity are no JSON."""
    raise ValueError(name)


def _tamed(value: Any, depth: int = 0) -> Any:
    """As both databases can keep it: without NUL, and without the half of a character at which somebody has cut."""
    if depth > DEPTH_MOST:
        raise ValueError(depth)
    match value:
        case str():
            return value if value.isascii() and "\0" not in value else value.encode(errors="replace").decode().replace("\0", "")
        case Mapping():
            return {_tamed(name, depth + 1): _tamed(one, depth + 1) for name, one in value.items()}
        case list():
            return [_tamed(one, depth + 1) for one in value]
    return value


def _no(refusals: Refusals, reason: str, status: int) -> Response:
    """Why, stands in our log alone."""
    refusals.tell(reason, status)
    return Response(status_code=status, headers={401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": AGAIN}}.get(status))
