"""Hands at the console: pages and forms, as a browser without scripts sends them."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from starlette.applications import Starlette

from bot.console import crisis, routes
from handlers.answers.publishing import ways_out
from handlers.board import Board
from handlers.escalation.links import Links
from handlers.sender import Sender
from tests.builders import Scripted, TestHouse, data_breach
from tests.dial import RunningDial
from tests.doors.console import URL, Browser, words_of
from tests.doors.slack_house import opened, sending, sqlite_copy
from tests.story.every_door.hand import saying

FORMS = {"more_tags": "choose_tags"}
# looks are pages
LOOKS: Mapping[str, str] = {
    "like_this": "/cases/{case}?form=like_this",
    "show_draft": "/approvals",
    "show_case": "/cases/{case}",
    "show_status": "/status",
    "show_statement": "/crisis",
}
LISTED = ("acknowledge_listed", "acknowledge_all")  # one of a list that is ticked, or all that stand there
# what is a command elsewhere: the address, and what its form is sent in with (None: a page to look at)
PAGES: Mapping[str, Callable[[str], tuple[str, Mapping[str, object] | None]]] = {
    "next": lambda _: ("/next", {}),
    "show": lambda rest: (f"/cases/{rest}", None),
    "find": lambda rest: (f"/search?q={quote(rest)}", None),
    "status": lambda _: ("/status", None),
    "open": lambda rest: ("/crisis/open", {"name": rest}),
    "hold": lambda rest: ("/crisis/hold", {"hold": rest}),
    "aware": lambda rest: ("/crisis/aware", {"at": rest}),
    "facts": lambda _: ("/crisis", None),
    "statement": lambda _: ("/crisis", None),
    "approvals": lambda _: ("/approvals", None),
    "kept": lambda _: ("/approvals", None),
    "outdated": lambda _: ("/approvals", None),
    "waiting": lambda _: ("/waiting", None),
    "oncall": lambda _: ("/duty", None),
    "flow": lambda _: ("/flow.svg", None),
    "drill": lambda _: ("/drill/begin", {}),
    "digest": lambda rest: ("/digests", {"said": rest}),
    "people": lambda rest: ("/people/remove", {"name": rest.partition(" ")[2]}),
}


@dataclass
class ConsoleHand:
    house: TestHouse
    app: Starlette
    door: str = "console"
    browsers: dict[str, Browser] = field(default_factory=dict)
    read: dict[str, list[str]] = field(default_factory=dict)  # what each person was shown
    pressed: set[str] = field(default_factory=set)
    last: dict[str, httpx.Response] = field(default_factory=dict)  # the page that each person has before them

    @property
    def published(self) -> list[str]:
        return self.house.networks["x"].texts

    async def at(self, user: str) -> Browser:
        if user not in self.browsers:
            transport = httpx.ASGITransport(self.app)
            client = httpx.AsyncClient(transport=transport, base_url=URL, headers={"Sec-Fetch-Site": "same-origin"})
            browser = self.browsers[user] = Browser(client)
            await browser.post(f"/sign-in/{await self.house.signin.invite(user)}")
            await browser.get("/")
        return self.browsers[user]

    async def look(self, user: str, path: str) -> httpx.Response:
        page = await (await self.at(user)).get(path)
        assert page.status_code == 200, (path, words_of(page))
        self.read.setdefault(user, []).append(words_of(page))
        self.last[user] = page
        return page

    async def send(self, user: str, path: str, fields: Mapping[str, object]) -> None:
        page = self.last[user] = await (await self.at(user)).post(path, fields)
        self.read.setdefault(user, []).append(words_of(page))

    async def sees(self, user: str, words: str, page: str = "") -> None:
        last = time.monotonic() + 15
        while time.monotonic() < last:
            if words in words_of(await self.look(user, page or "/crisis")):
                return
            await asyncio.sleep(0.05)
        raise AssertionError((words, self.read[user][-1]))

    async def press(self, user: str, act: str, ids: object, page: str = "") -> None:
        await self.fill(user, act, ids, page)

    async def fill(self, user: str, act: str, ids: object, page: str = "", **values: Any) -> None:
        """Only what the page offers."""
        self.pressed.add(act)
        path, case = page or f"/cases/{str(ids).partition(':')[0]}", str(ids).partition(":")[0]
        if act == "digest_counts":  # a question that the page before them asks
            asked = re.search(r'name="ids" value="([^"]+)"', self.last[user].text)
            assert asked, words_of(self.last[user])
            await self.send(user, "/digests", {"ids": unescape(asked[1])})
            return
        shown = unescape((await self.look(user, path)).text)
        if act in LOOKS:
            address = LOOKS[act].format(case=case)
            assert address == path or f'href="{address}' in shown, f"{path} leads to no {address}"
            await self.look(user, address)
            return
        if act in LISTED:
            listed = re.findall(r'name="case" value="(\d+)"', shown)
            assert act == "acknowledge_all" or str(ids) in listed or f'value="{ids}"' in shown
            await self.send(user, page, {"case": listed if act == "acknowledge_all" else ids})
            return
        assert offers(shown, act), f"{path} offers no {act}"
        await self.sends(user, act, carried(shown, act) if ids is None else ids, **values)

    async def opens(self, user: str, act: str, ids: object, page: str = "") -> None:
        shown = unescape((await self.look(user, page)).text)
        assert offers(shown, act), f"{page} offers no {act}"
        self.pressed.add(act)

    async def sends(self, user: str, act: str, ids: object, **values: Any) -> None:
        typed = {name: one.strftime("%Y-%m-%dT%H:%M") if isinstance(one, datetime) else one for name, one in values.items()}
        await self.send(user, f"/{'crisis' if act in crisis.DOINGS else 'act'}/{FORMS.get(act, act)}", {"ids": ids, **typed})

    async def sends_again(self, user: str) -> None:
        """What stands in the form of the page before them."""
        form = re.search(r'<form[^>]*action="([^"]+)">(.*?)</form>', self.last[user].text, re.DOTALL)
        assert form, words_of(self.last[user])
        hidden = re.findall(r'name="([^"]+)" value="([^"]*)"', form[2])
        written = re.findall(r'<textarea name="([^"]+)"[^>]*>(.*?)</textarea>', form[2], re.DOTALL)
        await self.send(user, form[1], {name: unescape(value) for name, value in (*hidden, *written)})

    async def keeps(self, user: str, text: str) -> None:
        assert f">{text}</textarea>" in unescape(self.last[user].text), words_of(self.last[user])

    async def does(self, user: str, command: str) -> None:
        verb, _, rest = command.partition(" ")
        path, fields = PAGES[verb](rest)
        await (self.look(user, path) if fields is None else self.send(user, path, fields))

    async def told(self, user: str, words: str) -> None:
        with saying((words, self.read.get(user, [])[-1:])):
            assert any(words in one for one in self.read.get(user, ()))

    async def notified(self, user: str, words: str) -> None:
        await self.look(user, "/")
        await self.told(user, words)

    async def records(self, user: str, **values: str) -> None:
        await self.look(user, "/record")
        await self.send(user, "/record", values)

    async def calls_back(self, user: str, case: int, **values: str) -> None:
        await self.fill(user, "callback", case, **values)

    async def excuses(self, user: str, case: int, reason: str) -> None:
        await self.fill(user, "except", case, reason=reason)

    async def draws(self, user: str) -> None:
        assert "<svg" in (await self.look(user, "/flow.svg")).text

    async def digests(self, user: str) -> None:
        self.house.insight.places.couriers = ("email",)
        await self.look(user, "/insight")
        await self.does(user, f"digest subscribe {user.lower()}@example.com daily")
        await self.told(user, "every day")

    async def goes_home(self, user: str) -> None:
        await self.look(user, "/waiting")

    async def pictured(self) -> bool:
        return (await (await self.at("Ana")).get("/insight/volume.png")).content.startswith(b"\x89PNG")

    async def tabled(self, user: str) -> bool:
        return "arrivals" in (await self.look(user, "/insight.csv")).text


def offers(shown: str, act: str) -> bool:
    return any(f"{before}{act}" in shown for before in ("/act/", "/crisis/", "form="))


def carried(shown: str, act: str) -> str:
    """By the first button of this act."""
    found = re.search(rf'formaction="/(?:act|crisis)/{act}" name="ids" value="([^"]*)"', shown)
    assert found, act
    return found[1]


@asynccontextmanager
async def console_hand(folder: Path, dial: RunningDial, **ground: Any) -> AsyncIterator[ConsoleHand]:
    store = opened(sqlite_copy(folder / "tocsin.db"), dial)
    house = await TestHouse(store, data_breach(), Board({}), Scripted(), **ground).begin()
    await house.person("Ana", "agent", email="ana@example.com")
    await house.person("Bo", "lead", email="bo@example.com", languages=["es"])
    await house.person("Max", "manager", "admin", email="max@example.com")
    await house.person("Lou", "legal", email="lou@example.com")
    links = Links(store, house.shelf, house.acknowledging)
    await links.prepare(URL)
    hand = ConsoleHand(house, Starlette(routes=list(routes(house.use_cases(), links, URL))))
    sender = Sender(store, ways_out(house.networks, store, house.gate, house.course))
    try:
        async with sending(sender):
            yield hand
    finally:
        for browser in hand.browsers.values():
            await browser.client.aclose()
        await store.close()
