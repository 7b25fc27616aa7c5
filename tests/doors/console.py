"""A console over a real database, with people, cases and a browser-like client: what the console's tests stand in."""

import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import structlog
from starlette.applications import Starlette

from bot.console import routes
from flows.flow import Flow
from flows.loader import load_flow
from flows.rota import Duty
from flows.severity import Severity
from flows.triage.values import Suggestion
from handlers.answers.publishing import ways_out
from handlers.board import Board
from handlers.escalation.links import Links
from handlers.escalation.roster import Roster
from handlers.logbook import Logbook
from handlers.mentions import Mentions
from handlers.ports import Customer, Mention, Who
from handlers.sender import Sender
from handlers.shelf import Shelf
from handlers.signin import Signin
from handlers.staff import Staff
from handlers.use_cases import Ground, UseCases
from handlers.ways import Way
from handlers.workspaces import Workspaces
from storage import people, snapshots
from storage.database import Store
from storage.people import Person
from tests.databases import opened, sqlite_copy
from tests.fakes.network import FakeNetwork

URL = "http://console.test"
structlog.configure(
    processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()]
)  # locals in tracebacks take minutes
DEFINITIONS = Path(__file__).parents[2] / "flows" / "definitions"


@cache
def shipped_flow() -> Flow:
    return load_flow({path.name: path.read_text() for path in DEFINITIONS.glob("data_breach*.yaml")})


@dataclass
class PlainMachine:
    """Suggests what a test wrote in front of the text: `critical threat_to_life: help`. Stands where models would have to be trained."""

    flow: Flow

    async def suggest(self, texts: Sequence[str], hints: Sequence[str | None]) -> list[Suggestion]:
        return [self._suggest(text, hint) for text, hint in zip(texts, hints, strict=True)]

    def _suggest(self, text: str, hint: str | None) -> Suggestion:
        told = re.match(r"(low|normal|high|critical) (\w+): ", text)
        severity = Severity.parse(told[1]) if told else Severity.LOW
        tags = ((told[2], 0.9),) if told and told[2] in self.flow.tags else ()
        return Suggestion(told is not None, 0.9, hint or "en", tags, severity, 0.0, False, hash(text) % 2**31, "linear")


@dataclass
class Dial:
    """The clock of a test."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Room:
    store: Store
    acts: UseCases
    mentions: Mentions
    dial: Dial
    app: Starlette
    networks: Mapping[str, FakeNetwork]
    links: Links
    url: str = URL
    chromium: Any = None  # where a test looks at it in a browser

    async def send(self) -> None:
        """Let everything leave that may."""
        await Sender(self.store, self.ways).drain()

    @property
    def ways(self) -> Mapping[str, Way]:
        departures = self.acts.answers.drafts.departures
        return ways_out(self.networks, self.store, departures.gate, departures.course)

    async def person(self, name: str, *roles: str, languages: Sequence[str] = ("en",), **more: Any) -> Who:
        row = {**dict.fromkeys(("slack_id", "teams_id", "email", "phone", "hours", "deputy")), "timezone": "Europe/Madrid", **more}
        async with self.store.begin() as work:
            person: Person = await people.put(work, {"name": name, "roles": list(roles), "languages": list(languages), **row})
            await work.commit()
        return Who("console", str(person.id))

    async def write(self, text: str, *, sender: str = "maria", network: str = "x", language: str = "en", **more: Any) -> int:
        """A customer writes; the case's number."""
        number = sum(map(ord, text)) + len(text)
        mention = Mention(
            network,
            f"{sender}-{number}",
            f"{sender}-talk",
            Customer(sender, f"@{sender}", sender.title(), reach=1200),
            text,
            self.dial(),
            language=language,
            **more,
        )
        return (await self.mentions.receive([mention]))[0].case_id

    def browser(self, **headers: str) -> "Browser":
        return Browser(
            httpx.AsyncClient(
                transport=httpx.ASGITransport(self.app), base_url=self.url, headers={"Sec-Fetch-Site": "same-origin", **headers}
            )
        )

    async def signed_in(self, name: str) -> "Browser":
        browser = self.browser()
        await browser.post(f"/sign-in/{await self.acts.signin.invite(name)}")
        return browser


@dataclass
class Browser:
    """Sends forms as a page without scripts would: with the hidden sign of the page seen last."""

    client: httpx.AsyncClient
    last: str = ""

    async def get(self, path: str) -> httpx.Response:
        return self._seen(await self.client.get(path, follow_redirects=True))

    async def post(self, path: str, fields: Mapping[str, object] | None = None, *, csrf: str | None = None) -> httpx.Response:
        sign = re.search(r'name="csrf" value="([^"]*)"', self.last)
        data = {"csrf": csrf if csrf is not None else sign[1] if sign else "", **(fields or {})}
        return self._seen(await self.client.post(path, data=data, follow_redirects=True))

    def _seen(self, answer: httpx.Response) -> httpx.Response:
        if "csrf" in answer.text:
            self.last = answer.text
        return answer


def words_of(answer: httpx.Response) -> str:
    """What a person reads on the page."""
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


@asynccontextmanager
async def room(
    folder: Path,
    *,
    insists: bool = False,
    url: str = URL,
    machine: Any = None,
    workspaces: Sequence[str] = ("slack",),
    dial: Dial | None = None,
    rotas: Mapping[str, Duty] | None = None,
) -> AsyncIterator[Room]:
    dial = dial or Dial()
    flow, board = shipped_flow(), Board({})
    networks = {name: FakeNetwork(dial, name) for name in ("x", "email")}
    store = opened(sqlite_copy(folder / "tocsin.db"), dial)
    async with store.begin() as work:
        await snapshots.keep(work, flow.digest, flow.name, flow.version, json.loads(flow.as_snapshot()))
        await work.commit()
    ground = Ground(store, board, Shelf(flow), networks, roster=Roster(rotas or {}))
    mentions = Mentions(store, ground.course, flow, machine or PlainMachine(flow))
    team, own = Staff(store, ground.course, "Europe/Madrid", "en"), Workspaces(store, workspaces)
    acts = UseCases.upon(ground, Logbook(mentions), team, own, Signin(store, insists))
    links = Links(store, ground.shelf, acts.escalation.acknowledging)
    await links.prepare(url)
    try:
        yield Room(store, acts, mentions, dial, Starlette(routes=list(routes(acts, links, url))), networks, links, url)
    finally:
        await store.close()
