"""Takes pictures of what the Teams door shows, drawn by Microsoft's own renderer: `python -m tests.teams_pictures docs`, or `make pictures`.

That writes docs/cards.md too. With `all FOLDER` every card and form in every language and on every kind of screen, to look at; needs `npm ci`
in tests/adaptive.
"""

import asyncio
import io
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import Browser, async_playwright

from bot.teams.cards import card_content, confirm_content
from bot.teams.forms import form_content
from handlers.ports import Words
from templates import LANGUAGES, say
from tests.cards_page import FOLDER, PAGE, WIDTH, file_of, page
from tests.doors.teams_gallery import ACCOUNT, Gallery, alone
from tests.fakes.teams.reading import actions
from tests.pictures import CHROMIUM
from tests.teams_page import teams_page

Json = dict[str, Any]
LOCALES = {"en": "en-US", "es": "es-ES", "fr": "fr-FR"}
ZONE = "Europe/Madrid"
CARDS = ("case called", "call 2", "answer 1", "status", "board", "digest")
FORMS = ("reply, sorry", "more_tags", "handover", "fact 1")
DESKTOP, PHONE, SIDE = 600, 360, 16  # points; what stands beside a card on the page
SHARP, COLOURS = 1.0, 16


@dataclass(frozen=True)
class Sheet:
    """A page of cards in columns, as wide as somebody sees them."""

    name: str
    language: str
    cards: Mapping[str, Json]
    titles: Mapping[str, str]  # of those that stand in a window
    columns: int = 2
    width: int = DESKTOP
    dark: bool = False
    captions: bool = False
    sharp: float = 1.2


def for_readme(shown: Gallery) -> Iterator[Sheet]:
    yield Sheet("teams-cards", "en", cards(shown, CARDS, "en"), {})
    yield Sheet("teams-forms", "en", forms(shown, FORMS, "en"), titles(shown, FORMS, "en"))
    yield Sheet("teams-phone", "es", cards(shown, CARDS[:4], "es"), {}, 2, PHONE, dark=True)


def for_other_languages(shown: Gallery) -> Iterator[Sheet]:
    for language in LANGUAGES[1:]:
        every = tuple(shown.forms)
        yield Sheet(f"all-{language}", language, cards(shown, tuple(shown.cards), language), {}, 5, PHONE, sharp=1.0)
        yield Sheet(f"all-forms-{language}", language, forms(shown, every, language), titles(shown, every, language), 5, PHONE, sharp=1.0)


def everything(shown: Gallery) -> Iterator[Sheet]:
    for language in LANGUAGES:
        of_cards, of_forms = cards(shown, tuple(shown.cards), language), forms(shown, tuple(shown.forms), language)
        named = titles(shown, tuple(shown.forms), language)
        for width, dark in ((DESKTOP, False), (PHONE, True)):
            look = f"{language}-{width}"
            yield Sheet(f"teams-all-cards-{look}", language, of_cards, {}, 4, width, dark, captions=True, sharp=1.0)
            yield Sheet(f"teams-all-forms-{look}", language, of_forms, named, 4, width, dark, captions=True, sharp=1.0)


def cards(shown: Gallery, names: Sequence[str], language: str) -> dict[str, Json]:
    return {name: card_content(shown.cards[name], language, accounts={ACCOUNT: "29:grace"}) for name in names}


def forms(shown: Gallery, names: Sequence[str], language: str) -> dict[str, Json]:
    """One of them with something wrong in it."""
    wrong = {"handover": {"at": Words("error.bad_input", {"field": "at", "problem": "not_to_come"})}}
    return {name: form_content(shown.forms[name], language, {}, errors=wrong.get(name, {}), timezone=ZONE) for name in names}


def titles(shown: Gallery, names: Sequence[str], language: str) -> dict[str, str]:
    return {name: say(shown.forms[name].title.name, language, **shown.forms[name].title.facts) for name in names}


def questions(shown: Gallery, language: str) -> dict[str, Json]:
    """By act: what is asked before it is done."""
    found: dict[str, Json] = {}
    for card in shown.cards.values():
        for one in actions(card_content(card, language)):
            asked = confirm_content(one.get("data") or {}, language, {})
            if asked:
                found.setdefault(one["data"]["act"], asked)
    return found


async def take_each(browser: Browser, kind: str, shown: Mapping[str, Json], named: Mapping[str, str], folder: Path) -> None:
    """A picture for each, as wide as a telephone shows it."""
    page = await browser.new_page(
        viewport={"width": WIDTH + 2 * SIDE, "height": 600}, locale=LOCALES["en"], timezone_id=ZONE, device_scale_factor=SHARP
    )
    await page.set_content(teams_page(shown, named, captions=False))
    for figure, name in zip(await page.query_selector_all("figure"), shown, strict=True):
        picture = Image.open(io.BytesIO(await figure.screenshot())).convert("RGB")
        picture.quantize(COLOURS, kmeans=4, dither=Image.Dither.NONE).save(folder / file_of(kind, name), optimize=True)
    await page.close()


async def take(browser: Browser, sheet: Sheet, folder: Path) -> None:
    page = await browser.new_page(
        viewport={"width": sheet.columns * (sheet.width + SIDE) + SIDE, "height": 600},
        locale=LOCALES[sheet.language],
        timezone_id=ZONE,
        device_scale_factor=sheet.sharp,
    )
    await page.set_content(teams_page(sheet.cards, sheet.titles, columns=sheet.columns, dark=sheet.dark, captions=sheet.captions))
    whole = Image.open(io.BytesIO(await page.screenshot(full_page=True))).convert("RGB")
    whole.quantize(40 if sheet.sharp > 1 else COLOURS, kmeans=4, dither=Image.Dither.NONE).save(folder / f"{sheet.name}.png", optimize=True)
    await page.close()


@asynccontextmanager
async def drawing() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--font-render-hinting=none"])
        yield browser
        await browser.close()


async def take_all(folder: Path) -> None:
    shown = await alone()
    async with drawing() as browser:
        for sheet in everything(shown):
            await take(browser, sheet, folder)


async def illustrate(docs: Path) -> None:
    """The pictures of README.md and of docs/cards.md, and that page."""
    shown = await alone()
    folder = docs / FOLDER
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    async with drawing() as browser:
        for sheet in for_readme(shown):
            await take(browser, sheet, docs / "pictures")
        await take_each(browser, "card", cards(shown, tuple(shown.cards), "en"), {}, folder)
        await take_each(browser, "form", forms(shown, tuple(shown.forms), "en"), titles(shown, tuple(shown.forms), "en"), folder)
        asked = questions(shown, "en")
        await take_each(browser, "question", asked, dict.fromkeys(asked, say("home.window", "en")), folder)
        for sheet in for_other_languages(shown):
            await take(browser, sheet, folder)
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    what, *where = sys.argv[1:]
    asyncio.run(take_all(Path(where[0])) if what == "all" else illustrate(Path(what)))
