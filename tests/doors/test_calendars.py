"""Calendars are fetched from a real server and from files, however hostile they are."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web

from bot.calendars import MOST, Calendars
from bot.settings import SettingsError, read_settings
from handlers.escalation.rota_sources import CalendarAway

TEXT = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Host:
    """Answers as the test says, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[web.Request] = []
        self.answers: dict[str, Answer] = {}
        self.url = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        return await self.answers[request.path](request)

    def says(self, path: str, answer: web.StreamResponse | Answer) -> str:
        async def same(_: web.Request) -> web.StreamResponse:
            assert isinstance(answer, web.StreamResponse)
            return answer

        self.answers[path] = same if isinstance(answer, web.StreamResponse) else answer
        return self.url + path


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    host = Host()
    app = web.Application()
    app.router.add_get("/{tail:.*}", host.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield host
    await runner.cleanup()


async def refused(source: str, **given) -> str:
    with pytest.raises(CalendarAway) as caught:
        await Calendars(**given).fetch(source)
    return caught.value.reason


async def test_what_stands_there_is_fetched(host):
    assert await Calendars().fetch(host.says("/a.ics", web.Response(text="\ufeff" + TEXT))) == TEXT


async def test_what_has_not_changed_is_not_sent_again(host):
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == '"7"':
            return web.Response(status=304)
        return web.Response(text=TEXT, headers={"ETag": '"7"'})

    calendars, url = Calendars(), host.says("/a.ics", answer)
    assert [await calendars.fetch(url), await calendars.fetch(url)] == [TEXT, TEXT]
    assert [request.headers.get("If-None-Match") for request in host.asked] == [None, '"7"']


@pytest.mark.parametrize("status", [401, 404, 410, 500, 503])
async def test_a_refusal_is_told_by_its_number(host, status):
    assert await refused(host.says("/a.ics", web.Response(status=status, text=TEXT))) == f"http_{status}"


async def test_a_redirection_is_followed(host):
    host.says("/b.ics", web.Response(text=TEXT))
    assert await Calendars().fetch(host.says("/a.ics", web.Response(status=302, headers={"Location": "/b.ics"}))) == TEXT


async def test_a_redirection_to_where_others_read_along_is_not_followed(host):
    moved = web.Response(status=301, headers={"Location": "http://calendar.example/a.ics"})
    assert await refused(host.says("/a.ics", moved)) == "not_encrypted"


async def test_a_redirection_to_a_file_is_not_followed(host):
    moved = web.Response(status=301, headers={"Location": "file:///etc/passwd"})
    assert await refused(host.says("/a.ics", moved)) == "not_encrypted"


async def test_a_redirection_in_circles_ends(host):
    async def round_again(_: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": "/a.ics"})

    assert await refused(host.says("/a.ics", round_again)) == "too_many_redirects"
    assert len(host.asked) < 10


async def test_a_calendar_without_end_is_not_read_to_its_end(host):
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 100_000)
            sent += 100_000

    assert await refused(host.says("/a.ics", endless)) == "too_long"
    assert sent < 20 * MOST


async def test_a_calendar_that_unpacks_to_very_much_is_not_read_to_its_end(host):
    packed = gzip.compress(b"\0" * 50_000_000)
    assert await refused(host.says("/a.ics", web.Response(body=packed, headers={"Content-Encoding": "gzip"}))) == "too_long"


async def test_a_host_that_says_nothing_is_not_waited_for(host):
    async def silent(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(60)
        return web.Response()

    assert await refused(host.says("/a.ics", silent), patience=aiohttp.ClientTimeout(total=0.2)) == "timeout"


async def test_a_host_that_is_not_there_is_told():
    assert await refused("http://127.0.0.1:9/a.ics") == "no_connection"


async def test_bytes_that_are_no_text_are_told(host):
    assert await refused(host.says("/a.ics", web.Response(body=b"\xff\xfe\x00"))) == "not_utf8"


async def test_a_file_is_read(tmp_path):
    (tmp_path / "lead.ics").write_text(TEXT, newline="")
    assert await Calendars().fetch(str(tmp_path / "lead.ics")) == TEXT


async def test_a_file_that_cannot_be_read_says_why(tmp_path):
    (tmp_path / "long.ics").write_bytes(b"x" * (MOST + 1))
    assert await refused(str(tmp_path / "none.ics")) == "no_file"
    assert await refused(str(tmp_path)) == "unreadable"
    assert await refused(str(tmp_path / "long.ics")) == "too_long"


def test_the_setting_takes_addresses_and_files(monkeypatch):
    monkeypatch.setenv("TOCSIN_ROTAS", "duty_press=webcal://c.example/p.ics?key=a=b, duty_lead=rotas/lead.ics")
    assert read_settings().rotas == {"duty_press": "https://c.example/p.ics?key=a=b", "duty_lead": "rotas/lead.ics"}


@pytest.mark.parametrize("wrong", ["duty=http://c.example/a.ics", "Duty Press=a.ics", "duty=ftp://c.example/a", "duty", "duty=https://"])
def test_a_setting_that_cannot_be_used_is_refused_without_repeating_it(monkeypatch, wrong):
    monkeypatch.setenv("TOCSIN_ROTAS", wrong)
    with pytest.raises(SettingsError, match="TOCSIN_ROTAS") as caught:
        read_settings()
    assert wrong not in str(caught.value)


def test_an_address_is_not_shown_with_the_settings(monkeypatch):
    monkeypatch.setenv("TOCSIN_ROTAS", "duty=https://c.example/private-4711.ics")
    assert "4711" not in repr(read_settings())
