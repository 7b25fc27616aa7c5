"""FLOW at work in a real browser: what waits comes and goes by itself, at phone width too; a mail's page with nobody signed in."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
import sqlalchemy as sa

from handlers.ports import Who
from storage import notices
from storage.tables import notices as table
from templates import say
from tests.doors.browser import CONTRAST, IN_CHROMIUM, is_live, served, tab, text_of
from tests.doors.console import Room, room

pytestmark = IN_CHROMIUM
ANA = Who("console", "1")
PHONE = {"width": 390, "height": 844}


@pytest_asyncio.fixture(loop_scope="module")
async def console(tmp_path: Path, chromium) -> AsyncIterator[Room]:
    async with room(tmp_path) as opened:
        await opened.person("Ana", "agent", "lead", "admin", "manager")
        await opened.person("Bea", "manager", languages=("es",))
        await opened.person("Max", "dpo", languages=("fr",))
        async with served(opened) as url:
            opened.url, opened.chromium = url, chromium
            yield opened


async def climb(console: Room, minutes: float = 0) -> None:
    console.dial.at += timedelta(minutes=minutes)
    while await console.acts.escalation.climb.fire():
        pass


async def test_a_call_appears_by_itself_and_goes_from_everybodys_page_when_one_person_is_on_it(console: Room):
    async with tab(console) as ana, tab(console, "Bea") as bea:
        await is_live(ana)
        await is_live(bea)
        number = await console.write("critical threat_to_life: they are at my door", sender="eva")
        await climb(console)
        await ana.wait_for_selector(f"#called button[value='{number}']")
        await bea.wait_for_selector(f"#called button[value='{number}']")
        assert (await text_of(ana, "#awaited"), await text_of(bea, "#awaited")) == ("1", "1")
        await ana.click("#called button[data-act=acknowledge]")
        await ana.wait_for_selector(f"#card[data-number='{number}'] .stands.acknowledged")
        assert ana.url.endswith(f"/cases/{number}")
        assert "Ana is on it" in await text_of(ana, ".stands")
        await bea.wait_for_selector("#called", state="hidden")
        assert await text_of(bea, "#awaited") == ""
        assert say("console.on_it", "es", name="Ana") in await text_of(bea, f"#case-{number}")


async def test_a_case_is_put_off_and_given_without_leaving_the_page(console: Room):
    number = await console.write("critical threat_to_life: help", sender="eva")
    await climb(console)
    async with tab(console, path=f"/cases/{number}") as ana:
        await is_live(ana)
        await ana.click("#card [data-act=snooze]")
        await ana.click("#form label:has-text('15 min')")
        await ana.click("#form button.primary")
        await ana.wait_for_selector(".stands.snoozed")
        await ana.click("#card [data-act=reassign]")
        await ana.click("#form label:has-text('Bea')")
        await ana.click("#form button.primary")
        await ana.wait_for_selector(".stands:has-text('Bea is on it')")
        assert await ana.evaluate("performance.getEntriesByType('navigation').length") == 1


async def test_a_drill_is_announced_on_every_open_page_and_its_end_too(console: Room):
    async with tab(console, path="/duty") as ana, tab(console, "Bea") as bea:
        await is_live(bea)
        await ana.click("#drill summary")
        await ana.click("#drill button.solid")
        await ana.wait_for_selector("#exercise p")
        await bea.wait_for_selector("#exercise p")
        assert "SIMULACRO" in await text_of(bea, "#exercise")
        await ana.wait_for_selector("form[action='/drill/end']", state="attached")
        await ana.click("#drill summary")
        await ana.click("#drill button.solid")
        await bea.wait_for_selector("#exercise p", state="detached")


async def test_flow_is_drawn_on_the_page_and_by_itself_with_its_own_colours(console: Room):
    async with tab(console, path="/duty") as page:
        assert await page.evaluate("((img) => img.decode().then(() => img.naturalWidth))(document.querySelector('.drawing img'))") > 500
        await page.click(".tabs a:has-text('Life at risk')")
        await page.wait_for_selector(".drawing img[src='/flow/life_at_risk.svg']")
        await page.goto(f"{console.url}/flow/life_at_risk.svg")
        assert await page.evaluate("getComputedStyle(document.querySelector('.tone-critical')).fill") == "rgb(179, 22, 12)"


async def link(console: Room, person_id: int) -> str:
    async with console.store.read() as work:
        found = await notices.get(work, await work.scalar(sa.select(sa.func.max(table.c.id)).where(table.c.person_id == person_id)))
    assert found is not None
    address = console.links.link(found)
    assert address is not None
    return f"{console.url}/acknowledge/{address.rpartition('/')[2]}"


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 800}, PHONE], ids=["wide", "phone"])
async def test_the_page_of_a_mail_works_for_somebody_who_never_was_here_without_scripts(console: Room, viewport: dict[str, int]):
    number = await console.write("high regulator: the authority asks", sender="cnil")
    await climb(console)
    address = await link(console, 3)
    context = await console.chromium.new_context(viewport=viewport, java_script_enabled=False)
    page = await context.new_page()
    await page.goto(address)
    assert await page.locator("button").count() == 1
    await page.click("button.primary")
    assert say("notice.yours_title", "fr") in await text_of(page, "h1")
    assert f"#{number}" in await text_of(page, ".matters")
    await page.reload()
    assert say("notice.yours_title", "fr") in await text_of(page, "h1")
    assert await page.get_attribute("main a.button", "href") == f"/cases/{number}"
    await context.close()


@pytest.mark.parametrize("name", ["Ana", "Bea", "Max"])
async def test_at_phone_width_nothing_stands_out_of_the_page(console: Room, name: str):
    number = await console.write("critical extortion: pay or we publish it all", sender="a_rather_long_handle_for_a_customer")
    await console.write("high regulator: the authority asks", sender="cnil")
    await climb(console)
    await console.acts.escalation.drills.begin(ANA)
    await climb(console)
    async with tab(console, name, viewport=PHONE) as page:
        for path in ("/", "/waiting", f"/cases/{number}", f"/cases/{number}?form=snooze", "/duty", "/duty?ladder=life_at_risk"):
            await page.goto(console.url + path)
            assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_words_about_ladders_stand_out_from_their_ground(console: Room, scheme: str):
    number = await console.write("critical extortion: pay", sender="dark")
    await climb(console)
    await console.acts.escalation.drills.begin(ANA)
    for _ in range(40):
        await climb(console, 20)
    async with tab(console, path=f"/cases/{number}", color_scheme=scheme) as page:
        assert await page.is_visible(".stands.unanswered")
        for path in (f"/cases/{number}", "/waiting", "/duty"):
            await page.goto(console.url + path)
            assert await page.evaluate(CONTRAST) == [], path
