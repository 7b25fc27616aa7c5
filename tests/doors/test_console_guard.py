"""What the console refuses, what it never says, and what every answer carries."""

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.doors.console import Room, room, words_of
from tests.story.every_door.away import away

PAGES = ("/", "/cases/1", "/status", "/record", "/workspaces", "/people", "/sign-in", "/cases/99", "/static/console.css")


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[Room]:
    async with room(tmp_path) as opened:
        await opened.person("Ana", "agent", "lead", "admin", "manager")
        await opened.person("Bea", "agent")
        await opened.write("high press: a question")
        yield opened


async def test_following_a_link_does_not_use_it_but_its_button_does(console: Room):
    path = f"/sign-in/{await console.acts.signin.invite('Bea')}"
    browser = console.browser()
    for _ in range(3):
        assert "Hello, Bea" in words_of(await browser.get(path))
    assert "Cases" in words_of(await browser.post(path))
    spent = await console.browser().post(path)
    assert spent.status_code == 410
    assert "has been used or is too old" in words_of(spent)


async def test_nobody_sees_anything_without_a_session(console: Room):
    for path in PAGES[:6]:
        answer = await console.browser().get(path)
        assert answer.url.path == "/sign-in"
        assert "press" not in answer.text
    assert (await console.browser().client.get("/events")).status_code == 401


async def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(console: Room):
    answer = await console.browser().client.post(f"/sign-in/{await console.acts.signin.invite('Bea')}")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("tocsin=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie


async def test_behind_tls_the_cookie_is_bound_to_this_host(tmp_path: Path):
    async with room(tmp_path, url="https://crisis.example.com") as console:
        await console.person("Ana", "agent")
        answer = await console.browser().client.post(f"/sign-in/{await console.acts.signin.invite('Ana')}")
        assert answer.headers["set-cookie"].startswith("__Host-tocsin=")
        assert "Secure" in answer.headers["set-cookie"]
        assert "Strict-Transport-Security" in answer.headers


async def test_every_answer_carries_the_strict_headers(console: Room):
    ana = await console.signed_in("Ana")
    for path in PAGES:
        headers = (await ana.client.get(path)).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        if not path.startswith("/static"):
            assert headers["cache-control"] == "no-store"


async def test_a_style_sheet_is_kept_for_ever_only_under_our_own_version(console: Room):
    ana = await console.signed_in("Ana")
    named = re.search(r"/static/console\.css\?\w+", (await ana.client.get("/")).text)
    assert named
    assert "immutable" in (await ana.client.get(named[0])).headers["cache-control"]
    of_the_next_version = "/static/console.css?0123456789ab"  # a page of a replica that was renewed before us
    assert (await ana.client.get(of_the_next_version)).headers["cache-control"] == "no-cache"


async def test_no_page_needs_anybody_elses_server_nor_inline_code(console: Room):
    ana = await console.signed_in("Ana")
    for path in PAGES[:7]:
        text = (await ana.client.get(path)).text
        assert not re.search(r"<script(?![^>]* src=)|<style| style=| on[a-z]+=|javascript:", text), path
        assert not re.search(r'(?:src|action|formaction|<link[^>]* href)="(?!/|data:)', text), path


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://console.test.evil.example"},
        {"Origin": "http://evil.example", "Host": "evil.example"},
        {},
    ],
)
async def test_a_form_from_anywhere_else_does_nothing(console: Room, headers: dict[str, str]):
    ana = await console.signed_in("Ana")
    await ana.get("/cases/1")
    del ana.client.headers["Sec-Fetch-Site"]
    ana.client.headers.update(headers)
    assert (await ana.post("/act/claim", {"ids": 1})).status_code == 403
    assert (await ana.post(f"/sign-in/{await console.acts.signin.invite('Bea')}")).status_code == 403
    ana.client.headers.pop("Origin", None)
    ana.client.headers.pop("Host", None)
    assert "nobody has it yet" in words_of(await ana.get("/cases/1"))


async def test_a_browser_that_does_not_tell_the_site_is_known_by_its_origin(console: Room):
    ana = await console.signed_in("Ana")
    await ana.get("/cases/1")
    del ana.client.headers["Sec-Fetch-Site"]
    ana.client.headers["Origin"] = "http://console.test"
    assert "Ana has it" in words_of(await ana.post("/act/claim", {"ids": 1}))


async def test_a_form_needs_the_sign_of_its_own_session(console: Room):
    ana, bea = await console.signed_in("Ana"), await console.signed_in("Bea")
    page = (await bea.get("/cases/1")).text
    theirs = re.search(r'name="csrf" value="([^"]+)"', page)
    assert theirs
    for sign in ("", "wrong", theirs[1], "ü"):
        for path in ("/act/claim", "/next", "/people/remove", "/workspaces", "/crisis/open", "/sign-out", "/record"):
            assert (await ana.post(path, {"ids": 1, "name": "Bea"}, csrf=sign)).status_code == 403
    assert "nobody has it yet" in words_of(await ana.get("/cases/1"))


async def test_bodies_are_bounded_and_of_one_kind(console: Room):
    ana = await console.signed_in("Ana")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    cases = {
        413: (form, b"a=" + b"x" * 1_000_000),
        415: ({"Content-Type": "application/json"}, b"{}"),
        400: (form, "&".join(f"a{n}=1" for n in range(500)).encode()),
    }
    for status, (headers, body) in cases.items():
        assert (await ana.client.post("/act/claim", content=body, headers=headers)).status_code == status
    assert (await ana.client.post("/act/claim", content=b"\xff\xfe=1", headers=form)).status_code == 400


async def test_acts_are_never_done_by_following_a_link(console: Room):
    ana = await console.signed_in("Ana")
    for path in ("/act/claim", "/next", "/people/remove", "/crisis/close", "/sign-out"):
        assert (await ana.client.get(path)).status_code == 405


async def test_a_fault_says_nothing_of_the_inside(console: Room):
    ana = await console.signed_in("Ana")
    await console.store.close()
    os.unlink(console.store.path or "")  # noqa: PTH108 - nothing else happens in this loop
    answer = await ana.client.get("/")
    assert answer.status_code == 500
    assert re.search(r"quote [0-9a-f]{8} to", words_of(answer))
    for inside in ("Traceback", "sqlite", "sqlalchemy", "tocsin.db", "storage"):
        assert inside not in answer.text


async def test_hostile_addresses_never_break_a_page(console: Room):
    ana = await console.signed_in("Ana")
    for path in (
        "/?page=0",
        "/?page=-1",
        "/?page=99999999999999999999",
        "/?page=x",
        "/?team=x&whose=y&tag=%00&language=%3Cscript%3E&find=%22%3E%3Cscript%3E",
        "/cases/1?form=__class__",
        "/cases/-1",
        "/cases/1%00",
        "/workspaces?acts=%3Cb%3E",
        "/?find=" + "a" * 5000,
        "/?find=%00",
        "/?find=" + "9" * 15,
    ):
        answer = await ana.get(path)
        assert answer.status_code in (200, 404), path
        assert "<script>" not in answer.text
        assert "&lt;script&gt;" in answer.text or "script" not in path.lower()


async def test_signing_out_ends_the_session_itself(console: Room):
    ana = await console.signed_in("Ana")
    await ana.get("/")
    kept = dict(ana.client.cookies)
    assert "You are signed out" in words_of(await ana.post("/sign-out"))
    ana.client.cookies.update(kept)
    assert (await ana.get("/")).url.path == "/sign-in"


async def test_a_removed_person_is_shown_the_door_at_the_next_step(console: Room):
    ana, bea = await console.signed_in("Ana"), await console.signed_in("Bea")
    await bea.get("/cases/1")
    await ana.get("/people")
    assert "Bea is removed" in words_of(await ana.post("/people/remove", {"name": "Bea"}))
    assert (await bea.post("/act/claim", {"ids": 1})).url.path == "/sign-in"
    assert "nobody has it yet" in words_of(await ana.get("/cases/1"))


async def test_the_second_factor_stands_before_every_page(tmp_path: Path):
    async with room(tmp_path, insists=True) as console:
        await console.person("Ana", "admin", languages=("fr",))
        ana = await console.signed_in("Ana")
        for path in PAGES[:6]:
            assert (await ana.get(path)).url.path == "/sign-in/code"
        page = await ana.get("/sign-in/code")
        assert 'src="data:image/svg+xml' in page.text
        assert "Configurez votre second facteur" in words_of(page)
        assert (await ana.client.get("/events")).status_code == 401
        assert (await ana.post("/act/claim", {"ids": 1})).url.path == "/sign-in/code"
        wrong = await ana.post("/sign-in/code", {"code": "123"})
        assert wrong.status_code == 403
        assert "Ce code n’est pas correct" in words_of(wrong)


async def test_whoever_holds_no_role_hears_of_no_change(console: Room):
    await console.person("Zoe")
    zoe = await console.signed_in("Zoe")
    assert (await zoe.client.get("/events")).status_code == 401


async def test_a_form_that_nobody_could_take_is_given_back_and_one_from_elsewhere_is_not(console: Room):
    ana = await console.signed_in("Ana")
    await ana.get("/cases/1")
    async with away(console.store):
        kept = await ana.post("/act/note", {"ids": 1, "text": "<b>Called</b> them", "stay": "queue"})
        assert kept.status_code == 500 and ">&lt;b&gt;Called&lt;/b&gt; them</textarea>" in kept.text
        assert 'action="/act/note"' in kept.text and 'name="stay" value="queue"' in kept.text
        elsewhere = await ana.client.post("/act/note", data={"text": "planted"}, headers={"Sec-Fetch-Site": "cross-site"})
        assert elsewhere.status_code == 403 and "planted" not in elsewhere.text
        code = await ana.client.post("/sign-in/code", data={"code": "123456"})
        assert "123456" not in code.text, "what is secret is not written out again"
