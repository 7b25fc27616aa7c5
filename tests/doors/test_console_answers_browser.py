"""Answers in a real browser: saved as one types, two who write at once, approvals by keyboard, the room live, on a phone too."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from handlers.answers.drafts import Wording
from handlers.ports import Who
from templates import say
from tests.doors.browser import CONTRAST, IN_CHROMIUM, is_live, playwright, served, tab
from tests.doors.console import Room, room
from tests.doors.test_console_answers import ANSWER, ASKED

pytestmark = IN_CHROMIUM
ANA, LEA = Who("console", "1"), Who("console", "2")
FIELD = "#a-text"


@pytest_asyncio.fixture(loop_scope="module")
async def console(tmp_path: Path, chromium) -> AsyncIterator[Room]:
    async with room(tmp_path) as opened:
        await opened.person("Ana", "agent")
        await opened.person("Lea", "lead", "agent", "manager", "legal", "dpo", "admin")
        await opened.acts.answers.drafts.proofreader.warm()
        async with served(opened) as url:
            opened.url, opened.chromium = url, chromium
            yield opened


async def propose(console: Room, text: str = ANSWER["en"], asked: str = ASKED["en"]) -> int:
    number = await console.write(asked, sender=f"s{len(text)}")
    await console.acts.answers.drafts.propose(ANA, number, Wording(text, private=True))
    return number


async def saved(page) -> None:
    await page.wait_for_selector("[data-saved]:not(:empty)")


@pytest.mark.parametrize("language", ["en", "es", "fr"])
async def test_from_a_mention_to_the_customers_answer(console: Room, language: str):
    await console.person("Zoe", "agent", languages=(language,))
    await console.person("Leo", "lead", languages=(language,))
    number = await console.write(ASKED[language], language=language)
    async with tab(console, "Zoe", f"/cases/{number}") as zoe, tab(console, "Leo", "/approvals") as leo:
        await is_live(leo)
        await zoe.click("#card [data-act=reply]")
        await zoe.wait_for_selector(FIELD)
        assert await zoe.evaluate("document.activeElement.id") == "a-text"
        await zoe.fill(FIELD, ANSWER[language])
        await zoe.check("#answer input[value=private]", force=True)
        await zoe.click("#answer button.primary")
        await zoe.wait_for_selector(".answer.in_approval")
        assert await zoe.query_selector(FIELD) is None
        await leo.wait_for_selector(f"#mine li:has-text('{ANSWER[language][:30]}')")
        assert await leo.inner_text("#waiting") == "1"
        await leo.wait_for_selector("#mine > li:not([data-fresh])")
        await leo.keyboard.press("j")
        await leo.keyboard.press("a")
        await leo.wait_for_selector(f"#nothing:has-text('{say('console.approvals_none_title', language)}')")
        await console.send()
        await zoe.wait_for_selector(".answer.published:has-text('Leo')")
        assert console.networks["x"].texts == [ANSWER[language]]
        await console.write("merci thanks gracias", language=language)
        await zoe.wait_for_selector("#thread blockquote:has-text('merci thanks gracias')")


async def test_what_was_typed_survives_a_reload_and_leaving(console: Room):
    number = await console.write(ASKED["en"])
    other = await console.write("high press: another", sender="tom")
    async with tab(console, path=f"/cases/{number}?form=reply") as page:
        await page.fill(FIELD, "You ask about your passport and")
        await saved(page)
        await page.reload()
        assert await page.input_value(FIELD) == "You ask about your passport and"
        await page.locator(FIELD).press("End")
        await page.locator(FIELD).press_sequentially(" I")
        await page.click(f"#case-{other} a")
        await page.wait_for_selector(f"#card[data-number='{other}']")
        await page.click(f"#case-{number} a")
        await page.wait_for_selector(f"#card[data-number='{number}']")
        await page.click("#card [data-act=reply]")
        await page.wait_for_selector(FIELD)
        assert await page.input_value(FIELD) == "You ask about your passport and I", "also what was typed in the last moment"


async def test_two_who_write_at_once_see_each_other_and_nobodys_words_are_touched(console: Room):
    number = await console.write(ASKED["en"])
    async with tab(console, "Ana", f"/cases/{number}?form=reply") as ana:
        await is_live(ana)
        await ana.locator(FIELD).press_sequentially("I am writing")
        async with tab(console, "Lea", f"/cases/{number}?form=reply") as lea:
            assert "Ana has been writing" in await lea.inner_text("#writers")
            await ana.wait_for_selector("#writers:has-text('Lea has been writing')")
            await lea.fill(FIELD, "So am I")
            await saved(lea)
            await console.acts.tags.toggle(LEA, number, "press")
            await ana.wait_for_selector("#card button[aria-pressed='true']")
            await ana.locator(FIELD).press_sequentially(" still")
            assert await ana.input_value(FIELD) == "I am writing still"
            assert await ana.evaluate("document.activeElement.id") == "a-text"
            assert await lea.input_value(FIELD) == "So am I"


async def test_findings_come_as_one_types_and_a_better_word_takes_its_place(console: Room):
    number = await console.write(ASKED["en"])
    asked = []
    async with tab(console, path=f"/cases/{number}?form=reply") as page:
        page.on("request", lambda request: asked.append(1) if request.url.endswith("/writing") else None)
        page.on("requestfinished", lambda request: asked.append(-1) if request.url.endswith("/writing") else None)
        await page.locator(FIELD).press_sequentially("We will leverage your passport for you, really we will", delay=25)
        await page.wait_for_selector(".findings button:has-text('use')")
        await page.click(".findings button:has-text('use')")
        assert await page.input_value(FIELD) == "We will use your passport for you, really we will"
        await page.wait_for_selector(".findings:not(:has-text('leverage'))", state="attached")
        assert "of 280" in await page.inner_text("[data-length]")
        await page.fill(FIELD, "x" * 290)
        await page.wait_for_selector("[data-length].over")
        await asyncio.sleep(0.2)
    under_way, most = 0, 0
    for step in asked:
        under_way += step
        most = max(most, under_way)
    assert most == 1


async def test_a_starting_point_refills_the_form(console: Room):
    number = await console.write(ASKED["en"])
    async with tab(console, path=f"/cases/{number}?form=reply") as page:
        await page.select_option("#a-start", "sorry")
        await playwright.expect(page.locator(FIELD)).to_have_value(re.compile("how angry"))
        await page.select_option("#a-start", "reach")
        await playwright.expect(page.locator(FIELD)).to_have_value(re.compile("help@meridia.example"))
        assert "how angry" not in await page.input_value(FIELD)
        await page.fill(FIELD, "Mine.")
        await page.select_option("#a-start", "sorry")
        await playwright.expect(page.locator(FIELD)).to_have_value(re.compile(r"^Mine\.\n\nHi "))


async def test_a_refusal_is_told_in_place_and_an_act_on_the_case_leaves_the_words(console: Room):
    number = await console.write(ASKED["en"])
    async with tab(console, path=f"/cases/{number}?form=reply") as page:
        await page.fill(FIELD, "Send me your card 4111 1111 1111 1111")
        await page.click("#answer button.primary")
        await page.wait_for_selector("#told .told")
        assert await page.input_value(FIELD) == "Send me your card 4111 1111 1111 1111"
        await page.click("#card [data-act=claim]")
        await page.wait_for_selector("#card .facts:has-text('Ana has it')")
        assert await page.input_value(FIELD) == "Send me your card 4111 1111 1111 1111"


async def test_an_answer_that_has_just_come_is_not_approved_by_a_click_meant_for_another(console: Room):
    number = await propose(console)
    async with tab(console, "Lea", "/approvals") as lea:
        await is_live(lea)
        await lea.focus("#mine article")
        await console.acts.answers.drafts.revise(ANA, 1, Wording(ANSWER["en"] + " More", private=True))
        await lea.wait_for_selector("#mine li[data-fresh]:has-text('More')")
        await lea.evaluate("document.querySelector('#mine [data-act=approve]').click()")
        await lea.wait_for_selector("#mine > li:not([data-fresh]):has-text('More')")
        assert await lea.locator("#mine > li").count() == 1, "the early click did nothing"
        await lea.click("#mine [data-act=approve]")
        await lea.wait_for_selector("#nothing .empty")
    await console.send()
    assert console.networks["x"].texts == [ANSWER["en"] + " More"]
    assert number


async def test_a_hold_set_by_somebody_shows_at_once_on_every_page(console: Room):
    await console.acts.room.crises.open(LEA, "Breach")
    await console.write(ASKED["en"])
    async with tab(console, "Ana") as ana, tab(console, "Lea", "/crisis") as lea:
        await is_live(ana)
        await lea.click(".hold li.silent summary")
        await lea.click(".hold li.silent button.danger")
        await lea.wait_for_selector(".hold.silent")
        await ana.wait_for_selector("#held:has-text('Silent since')")
        seconds = await lea.inner_text("[data-due] >> nth=0")
        await playwright.expect(lea.locator("[data-due]").first).not_to_have_text(seconds)


async def test_everything_about_answers_works_without_scripts(console: Room):
    number = await console.write(ASKED["en"])
    async with tab(console, "Ana", f"/cases/{number}", java_script_enabled=False) as ana:
        await ana.click("#card [data-act=reply]")
        await ana.select_option("#a-start", "sorry")
        await ana.click("[data-begin]")
        assert "how angry" in await ana.input_value(FIELD)
        await ana.fill(FIELD, ANSWER["en"])
        await ana.check("#answer input[value=private]", force=True)
        await ana.click("#answer button.primary")
        await ana.wait_for_selector(".answer.in_approval")
    async with tab(console, "Lea", "/approvals", java_script_enabled=False) as lea:
        await lea.click("[data-act=approve]")
        await lea.wait_for_selector("#nothing .empty")
        await lea.goto(f"{console.url}/crisis")
        await lea.fill("#crisis-name", "Breach")
        await lea.click("main button.danger")
        await lea.click(".hold li.silent summary")
        await lea.click(".hold li.silent button.danger")
        await lea.wait_for_selector(".hold.silent")


async def furnished(console: Room) -> list[str]:
    """A house with something on every page; the pages."""
    await console.acts.room.crises.open(LEA, "Breach of a name that is rather long, as names are")
    numbers = [await propose(console), await propose(console, ANSWER["en"] + " " + "x" * 70)]
    await console.acts.answers.drafts.revise(ANA, 1, Wording(ANSWER["en"] + " More", private=True))
    await console.acts.room.holds.set(LEA, "silent")
    await console.acts.answers.approvals.approve(LEA, 2)
    await console.acts.room.statements.propose(LEA, "holding", {"en": "We know of it.", "es": "Lo sabemos.", "fr": "Nous le savons."})
    await console.acts.room.attestations.attest_posts_stopped(LEA, "@meridia")
    await console.acts.room.callbacks.ask(LEA, numbers[0], "Lea", "+44 7700 900123")
    forms = ["reply", "handover", "revise&of=3", "edit_and_approve&of=3", "reject&of=3", "callback", "except"]
    room_forms = ["fact", "fact&of=1", "statement&of=full", "attest&of=customers_first", "attest&of=posts_stopped"]
    cases = [f"/cases/{numbers[0]}?form={form}" for form in forms]
    return ["/approvals", "/crisis", *cases, *(f"/crisis?form={form}" for form in room_forms)]


@pytest.mark.parametrize("language", ["en", "es", "fr"])
async def test_nothing_scrolls_sideways_on_a_phone(console: Room, language: str):
    pages = await furnished(console)
    await console.person("Lea", "lead", "agent", "manager", "legal", "dpo", "admin", languages=(language,))
    async with tab(console, "Lea", viewport={"width": 390, "height": 844}) as page:
        for path in pages:
            await page.goto(console.url + path)
            assert await page.evaluate("document.documentElement.scrollWidth") <= 390, path


async def test_every_field_has_a_label_every_button_a_name_and_every_id_is_one(console: Room):
    async with tab(console, "Lea") as page:
        for path in await furnished(console):
            await page.goto(console.url + path)
            assert await page.evaluate(NAMELESS) == [], path
            assert await page.evaluate("document.querySelectorAll('main').length") == 1, path
            assert await page.evaluate("document.querySelectorAll('h1').length") == 1, path
            ids = await page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
            assert sorted(ids) == sorted(set(ids)), path
            assert await page.evaluate(LOOSE) == [], path


LOOSE = """() => [...document.querySelectorAll("[aria-labelledby], [aria-describedby]")]
  .flatMap((one) => `${one.getAttribute("aria-labelledby") || ""} ${one.getAttribute("aria-describedby") || ""}`.trim().split(" "))
  .filter((id) => !document.getElementById(id))"""
NAMELESS = """() => [...document.querySelectorAll("button, a[href], input:not([type=hidden]), select, textarea, fieldset")]
  .filter((one) => !(one.textContent.trim() || one.getAttribute("aria-label") || one.labels?.length || one.title)).map((one) => one.outerHTML)"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_words_stand_out_from_their_ground(console: Room, scheme: str):
    pages = await furnished(console)
    async with tab(console, "Lea", color_scheme=scheme) as page:
        for path in pages[:3]:
            await page.goto(console.url + path)
            if "reply" in path:
                await page.fill(FIELD, "We will leverage this")
                await page.wait_for_selector(".findings li")
            assert await page.evaluate(CONTRAST) == [], path


async def test_focus_stays_where_it_was_while_others_work(console: Room):
    number = await propose(console)
    async with tab(console, "Lea", "/approvals") as lea:
        await is_live(lea)
        await lea.keyboard.press("j")
        await console.acts.cases.note(ANA, number, "a note")
        other = await propose(console, ANSWER["en"] + " two")
        await lea.wait_for_selector("#mine li >> nth=1")
        assert await lea.evaluate("document.activeElement.closest('li').id") == "mine-1"
        await playwright.expect(lea.locator("#mine > li")).to_have_count(2)
        assert other
