"""The console in a real browser: live, by keyboard, at phone width, without scripts; and never a word to another server."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from handlers.ports import Who
from tests.doors.browser import CONTRAST, IN_CHROMIUM, is_live, playwright, served, tab, text_of
from tests.doors.console import Room, room

pytestmark = IN_CHROMIUM
ANA, BEA = Who("console", "1"), Who("console", "2")


@pytest_asyncio.fixture(loop_scope="module")
async def console(tmp_path: Path, chromium) -> AsyncIterator[Room]:
    async with room(tmp_path) as opened:
        await opened.person("Ana", "agent", "lead", "admin", "manager")
        await opened.person("Bea", "agent", languages=("es",))
        async with served(opened) as url:
            opened.url, opened.chromium = url, chromium
            yield opened


async def test_a_new_case_appears_by_itself_and_the_counts_follow(console: Room):
    await console.write("low thanks: bravo", sender="tom")
    async with tab(console) as page:
        await is_live(page)
        worst = await console.write("critical threat_to_life: help me", sender="eva")
        await page.wait_for_selector(f"#case-{worst}")
        assert await page.evaluate("document.querySelector('#rows > li').id") == f"case-{worst}"
        assert "2 open" in await text_of(page, "#summary")
        assert await page.get_attribute(".summary", "aria-live") == "polite"


async def test_what_a_colleague_does_shows_while_a_half_typed_note_and_the_focus_stay(console: Room):
    number = await console.write("high press: a question")
    async with tab(console, path=f"/cases/{number}") as page:
        await is_live(page)
        await page.fill("#note textarea", "I rang her and")
        await console.acts.cases.claim(BEA, number)
        await page.wait_for_selector("#card .facts:has-text('Bea has it')")
        await console.write("high press: and another thing")
        await page.wait_for_selector("#thread blockquote:has-text('another thing')")
        assert await page.input_value("#note textarea") == "I rang her and"
        assert await page.evaluate("document.activeElement.name") == "text"
        await page.click("#note button.primary")
        await page.wait_for_selector("#thread .note:has-text('I rang her and')")
        assert await page.input_value("#note textarea") == ""


async def test_the_whole_day_by_keyboard(console: Room):
    for sender in ("eva", "tom", "max"):
        await console.write(f"high press: from {sender}", sender=sender)
    async with tab(console) as page:
        await page.keyboard.press("j")
        await page.keyboard.press("j")
        assert await page.evaluate("document.activeElement.closest('li').id") == "case-2"
        await page.keyboard.press("k")
        assert await page.evaluate("document.activeElement.closest('li').id") == "case-1"
        await page.keyboard.press("j")
        await page.keyboard.press("Enter")
        await page.wait_for_selector("#card[data-number='2']")
        assert page.url.endswith("/cases/2")
        await page.keyboard.press("c")
        await page.wait_for_selector("#card .facts:has-text('Ana has it')")
        await page.keyboard.press("n")
        await page.wait_for_selector("#card[data-number='1']")
        await page.keyboard.press("/")
        assert await page.evaluate("document.activeElement.id") == "find"
        await page.keyboard.type("max")
        await playwright.expect(page.locator("#rows > li")).to_have_count(1)
        await page.keyboard.press("Escape")
        await page.keyboard.press("?")
        assert await page.is_visible("#help")
        await page.keyboard.press("Escape")
        assert not await page.is_visible("#help")


async def test_keys_typed_into_a_field_are_only_words(console: Room):
    number = await console.write("high press: a question")
    async with tab(console, path=f"/cases/{number}") as page:
        await page.click("#note textarea")
        await page.keyboard.type("can jack come?/n")
        assert await page.input_value("#note textarea") == "can jack come?/n"
        assert "nobody has it yet" in await text_of(page, "#card")


async def test_tags_and_forms_work_in_place_and_focus_stays_on_the_button(console: Room):
    number = await console.write("high press: a question")
    async with tab(console, path=f"/cases/{number}") as page:
        await page.focus(f"#card button[value='{number}:press']")
        await page.keyboard.press("Enter")
        await page.wait_for_selector("#card button[aria-pressed='true']")
        assert await page.evaluate("document.activeElement.value") == f"{number}:press"
        await page.click("#card a[data-act='more_tags']")
        await page.wait_for_selector("#form .panel")
        await page.check("#form input[value='regulator']", force=True)
        await page.click("#form button.primary")
        await page.wait_for_selector("#card p:has-text('Press, Regulator')")
        assert await page.query_selector("#form .panel") is None


async def test_the_second_to_claim_is_told_without_leaving_the_page(console: Room):
    number = await console.write("high press: a question")
    async with tab(console, path=f"/cases/{number}") as page:
        await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        await console.acts.cases.claim(BEA, number)
        await page.evaluate("document.querySelector('#card [data-act=claim]').click()")
        await page.wait_for_selector("#told:has-text('Bea already has #1')")


async def test_the_back_button_leads_back_through_the_cases(console: Room):
    for sender in ("eva", "tom"):
        await console.write(f"high press: from {sender}", sender=sender)
    async with tab(console) as page:
        await page.click("#case-1 a")
        await page.wait_for_selector("#card[data-number='1']")
        await page.fill("#note textarea", "not sent yet")
        await page.click("#case-2 a")
        await page.wait_for_selector("#card[data-number='2']")
        await page.go_back()
        await page.wait_for_selector("#card[data-number='1']")
        assert await page.input_value("#note textarea") == "not sent yet"
        await page.go_back()
        await page.wait_for_selector("#hand .empty")


async def test_a_removed_person_is_shown_the_door_while_looking(console: Room):
    await console.write("high press: a question")
    async with tab(console, "Bea") as page:
        await is_live(page)
        await console.acts.staff.remove(ANA, "Bea")
        await page.wait_for_selector("main.door")
        assert "press" not in await page.content()


async def test_without_scripts_everything_still_works(console: Room):
    await console.write("high press: a question")
    async with tab(console, java_script_enabled=False) as page:
        await page.click("#next button")
        await page.wait_for_selector("#card:has-text('Ana has it')")
        await page.click("#card button[value='1:press']")
        await page.wait_for_selector("#card button[aria-pressed='true']")
        await page.click("#card a[data-act='kind']")
        await page.check("#form input[value='press']", force=True)
        await page.click("#form button.primary")
        await page.wait_for_selector("#card .facts:has-text('press')")
        await page.fill("#note textarea", "a note")
        await page.click("#note button.primary")
        await page.wait_for_selector("#thread .note:has-text('a note')")
        await page.select_option(".filters select[name=tag]", "regulator")
        await page.click(".filters .without-script")
        await page.wait_for_selector("#none")


@pytest.mark.parametrize("name", ["Ana", "Bea", "Chloé"])
async def test_nothing_scrolls_sideways_on_a_small_phone(console: Room, name: str):
    await console.person("Bea", "agent", "admin", "manager", languages=("es",))
    await console.person("Chloé", "agent", "admin", "manager", languages=("fr",))
    number = await console.write(
        f"critical threat_to_life: {'x' * 400} {'word ' * 80}", sender="a_very_long_handle_that_somebody_chose_for_fun"
    )
    async with tab(console, name, viewport={"width": 360, "height": 740}) as page:
        for path in (
            "/",
            f"/cases/{number}?form=more_tags",
            f"/cases/{number}?form=kind",
            "/status",
            "/people",
            "/record",
            "/workspaces?acts=slack",
        ):
            await page.goto(console.url + path)
            assert await page.evaluate("document.documentElement.scrollWidth") <= 360, path


async def test_everything_that_can_be_pressed_has_a_name_and_every_field_a_label(console: Room):
    number = await console.write("high press: a question")
    async with tab(console) as page:
        for path in ("/", f"/cases/{number}?form=more_tags", "/status", "/people", "/record", "/workspaces"):
            await page.goto(console.url + path)
            nameless = await page.evaluate(
                """() => [...document.querySelectorAll("button, a[href], input:not([type=hidden]), select, textarea")]
                  .filter((one) => !(one.textContent.trim() || one.getAttribute("aria-label") || one.labels?.length || one.title)).map((one) => one.outerHTML)"""
            )
            assert nameless == [], path
            assert await page.evaluate("document.querySelectorAll('main, h1').length") == 2
            ids = await page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
            assert len(ids) == len(set(ids)), path


async def test_the_skip_link_comes_first_and_shows_when_focused(console: Room):
    async with tab(console) as page:
        await page.keyboard.press("Tab")
        box = await page.evaluate("(({left, top}) => [left, top])(document.activeElement.getBoundingClientRect())")
        assert await page.evaluate("document.activeElement.className") == "skip"
        assert box[0] >= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_words_stand_out_from_their_ground(console: Room, scheme: str):
    """WCAG AA: 4.5 to 1 between the text and the ground it stands on."""
    for severity in ("critical", "high", "normal", "low"):
        await console.write(f"{severity} press: a question", sender=severity)
    await console.acts.tags.toggle(ANA, 1, "press")
    async with tab(console, path="/cases/1", color_scheme=scheme) as page:
        faint = await page.evaluate(CONTRAST)
        assert faint == []
