"""One visit to a page: who comes, in which language, what their form says; and what they are told when something is amiss."""

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.console.guard import BadRequest, check_csrf, check_origin, guarded, read_form
from bot.console.html import Tongue
from bot.console.live import Live
from handlers.acts import Act
from handlers.desk import Status
from handlers.errors import NoSuchCase, NotAllowed, Told, UnknownPerson, WorkspaceNotTrusted
from handlers.ports import Who, Words
from handlers.signin import Need, Visitor
from handlers.use_cases import UseCases
from templates import LANGUAGES, page

log = structlog.get_logger()
Endpoint = Callable[[Request], Awaitable[Response]]
Reads = Callable[[Request], Awaitable[Mapping[str, list[str]]]]
WRITTEN = frozenset({"text", "text_en", "text_es", "text_fr", "reason", "source", "outcome", "reach_at"})  # fields in which people write
LOGIN, CODE = "/sign-in", "/sign-in/code"


@dataclass(frozen=True)
class Console:
    """The workspace as it was opened. `public_url` is where its people reach it."""

    acts: UseCases
    public_url: str
    language: str
    version: str  # of the static files
    live: Live

    @property
    def secure(self) -> bool:
        return self.public_url.startswith("https:")

    @property
    def cookie(self) -> str:
        return "__Host-tocsin" if self.secure else "tocsin"

    def session_of(self, request: Request) -> str:
        return request.cookies.get(self.cookie, "")


@dataclass(frozen=True)
class Visit:
    """A request by somebody who is let in."""

    console: Console
    request: Request
    visitor: Visitor
    tongue: Tongue
    form: Mapping[str, list[str]] = field(default_factory=dict)
    known: dict[str, object] = field(default_factory=dict, repr=False)

    @property
    def acts(self) -> UseCases:
        return self.console.acts

    @property
    def who(self) -> Who:
        return self.visitor.who

    def may(self, act: Act) -> bool:
        return act in self.visitor.acts

    def one(self, name: str) -> str:
        """One value of the form, "" when there is none."""
        return self.form.get(name, [""])[0].strip()

    async def show(self, name: str, values: Mapping[str, object], status: int = 200) -> Response:
        """A page inside the frame that all pages share."""
        return HTMLResponse(page(name, {**await self._frame(), **values}), status)

    async def standing(self) -> Status:
        """How things stand, asked once per visit."""
        if "standing" not in self.known:
            self.known["standing"] = await self.acts.desk.status(self.who)
        return cast("Status", self.known["standing"])

    async def _frame(self) -> dict[str, object]:
        sees = self.may(Act.SEE)
        standing = await self.standing() if sees else None
        return {
            **plain_frame(self.console, self.tongue.language),
            "visitor": self.visitor,
            "can": {str(act): self.may(act) for act in Act},
            "standing": standing,
            "since": self.tongue.wait(standing.crisis.opened_at) if standing and standing.crisis else "",
            "alarms": [door for door in standing.doors if door.state != "well"] if standing else [],
            "waiting": await self.acts.answers.talk.waiting(self.who) if sees else 0,
            "awaited": await self.acts.escalation.desk.awaited(self.who) if sees else None,
            "held": _held(standing.crisis, self.tongue) if standing and standing.crisis else "",
            "csrf": self.visitor.csrf,
            "path": self.request.url.path,
            "tongue": self.tongue,
        }


def _held(crisis: Any, tongue: Tongue) -> str:
    return tongue.say("held", hold=str(crisis.hold), since=tongue.moment(crisis.hold_since)) if crisis.hold_since else ""


def is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16


def number_of(text: str) -> int:
    """A case's, as an address or a form says it. Raises NoSuchCase."""
    if not is_number(text):
        raise NoSuchCase(case=text[:20])
    return int(text)


def plain_frame(console: Console, language: str) -> dict[str, object]:
    """What a page needs that nobody has signed in to."""
    tongue = tongue_of_nobody(language)
    nobody: dict[str, object] = {
        "visitor": None,
        "csrf": "",
        "alarms": [],
        "standing": None,
        "can": {},
        "path": "",
        "held": "",
        "waiting": 0,
        "awaited": None,
    }
    return {"w": tongue.say, "language": language, "version": console.version, **nobody}


def language_of(request: Request, house: str) -> str:
    """Of somebody we do not know yet: what their browser prefers among ours."""
    for part in request.headers.get("accept-language", "").split(","):
        code = part.partition(";")[0].strip()[:2].lower()
        if code in LANGUAGES:
            return code
    return house


def spoken(languages: Sequence[str], house: str) -> str:
    """The first of somebody's languages that we speak too."""
    return next((language for language in languages if language in LANGUAGES), house)


def tongue_of_nobody(language: str) -> Tongue:
    """For somebody whose time zone we do not know: such pages tell no times."""
    return Tongue(language, ZoneInfo("UTC"), datetime.now(UTC))


def tongue_of(visitor: Visitor, house: str) -> Tongue:
    return Tongue(spoken(visitor.languages, house), ZoneInfo(visitor.timezone), datetime.now(UTC))


def reading(console: Console, show: Callable[[Visit], Awaitable[Response]]) -> Endpoint:
    """A page for those who are let in."""

    async def read(request: Request) -> Response:
        return await _admitted(console, request, show)

    return outer(console, read)


def acting(console: Console, act: Callable[[Visit], Awaitable[Response]], read: Reads = read_form) -> Endpoint:
    """An act of those who are let in: only from our own pages, with their session's own sign."""

    async def write(request: Request) -> Response:
        check_origin(request, console.public_url)
        form = await read(request)
        request.state.form = form if read is read_form else {}
        return await _admitted(console, request, act, form)

    return outer(console, write)


async def _admitted(
    console: Console, request: Request, then: Callable[[Visit], Awaitable[Response]], form: Mapping[str, list[str]] | None = None
) -> Response:
    visitor = await console.acts.signin.visitor(console.session_of(request))
    if visitor is None or visitor.need is not Need.NOTHING:
        return RedirectResponse(_door(visitor, request), 303)
    if form is not None:
        check_csrf(form, visitor.csrf)
    visit = Visit(console, request, visitor, tongue_of(visitor, console.language), form or {})
    try:
        return await then(visit)
    except Told as told:
        return await visit.show("told.html", {"told": visit.tongue.speak(told.words)}, status_of(told))


def _door(visitor: Visitor | None, request: Request) -> str:
    if visitor is not None:
        return CODE
    return f"{LOGIN}?{urlencode({'over': 1})}" if request.cookies else LOGIN


_STATUS: Mapping[type[Told], int] = {NoSuchCase: 404, NotAllowed: 403, UnknownPerson: 403, WorkspaceNotTrusted: 403}


def status_of(told: Told) -> int:
    return _STATUS.get(type(told), 409)


def outer(console: Console, answer: Endpoint) -> Endpoint:
    """The outermost layer: every answer guarded; whatever goes wrong is logged and told by a reference alone."""

    async def endpoint(request: Request) -> Response:
        try:
            response = await answer(request)
        except BadRequest as bad:
            response = _sorry(console, request, Words("console.bad_request"), bad.status)
        except ClientDisconnect:
            raise
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("console_failed", reference=reference, path=_path(request))
            response = _sorry(console, request, Words("error.unexpected", {"reference": reference}), 500, _sent(request))
        return guarded(response, console.public_url)

    return endpoint


def _path(request: Request) -> str:
    """Without the token that some of our addresses carry."""
    secret = "token" in request.path_params
    return request.url.path.rpartition("/")[0] if secret else request.url.path


def _sent(request: Request) -> dict[str, object]:
    """The form that came with it, from a page of ours, to be sent again: what was written in it can be read, all else goes along. Whose it
    is may be what nobody can tell now.
    """
    form: Mapping[str, list[str]] = getattr(request.state, "form", {})
    fields = [(name, value) for name, values in form.items() for value in values]
    written = [(name, value) for name, value in fields if name in WRITTEN and value]
    return {"action": request.url.path, "written": written, "along": [one for one in fields if one not in written]} if fields else {}


def _sorry(console: Console, request: Request, words: Words, status: int, sent: Mapping[str, object] | None = None) -> Response:
    language = language_of(request, console.language)
    tongue = tongue_of_nobody(language)
    told = tongue.say("bad_request") if words.name == "console.bad_request" else tongue.speak(words)
    return HTMLResponse(page("sorry.html", {**plain_frame(console, language), "told": told, "sent": sent or {}, "tongue": tongue}), status)
