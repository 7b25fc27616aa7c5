"""Takes pictures of what the Teams door shows, drawn by Microsoft's own renderer: `python -m tests.teams_pictures docs/pictures`.

With `all` after the folder every card and form in every language and on every kind of screen, to look at; needs `npm ci` in tests/adaptive.
"""

import asyncio
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import Browser, async_playwright

from bot.teams.cards import card_content
from bot.teams.forms import form_content
from handlers.ports import Words
from templates import LANGUAGES, say
from tests.doors.teams_gallery import ACCOUNT, Gallery, alone
from tests.pictures import CHROMIUM
from tests.teams_page import teams_page

Json = dict[str, Any]
LOCALES = {"en": "en-US", "es": "es-ES", "fr": "fr-FR"}
ZONE = "Europe/Madrid"
CARDS = ("case called", "call 2", "answer 1", "status", "board", "digest")
FORMS = ("reply, sorry", "more_tags", "handover", "fact 1")
DESKTOP, PHONE, SIDE = 600, 360, 16  # points; what stands beside a card on the page


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


def for_docs(shown: Gallery) -> Iterator[Sheet]:
    yield Sheet("teams-cards", "en", cards(shown, CARDS, "en"), {})
    yield Sheet("teams-forms", "en", forms(shown, FORMS, "en"), titles(shown, FORMS, "en"))
    yield Sheet("teams-phone", "es", cards(shown, CARDS[:4], "es"), {}, 2, PHONE, dark=True)


def everything(shown: Gallery) -> Iterator[Sheet]:
    for language in LANGUAGES:
        of_cards, of_forms = cards(shown, tuple(shown.cards), language), forms(shown, tuple(shown.forms), language)
        named = titles(shown, tuple(shown.forms), language)
        for width, dark in ((DESKTOP, False), (PHONE, True)):
            look = f"{language}-{width}"
            yield Sheet(f"teams-all-cards-{look}", language, of_cards, {}, 4, width, dark, captions=True)
            yield Sheet(f"teams-all-forms-{look}", language, of_forms, named, 4, width, dark, captions=True)


def cards(shown: Gallery, names: Sequence[str], language: str) -> dict[str, Json]:
    return {name: card_content(shown.cards[name], language, accounts={ACCOUNT: "29:grace"}) for name in names}


def forms(shown: Gallery, names: Sequence[str], language: str) -> dict[str, Json]:
    """One of them with something wrong in it."""
    wrong = {"handover": {"at": Words("error.bad_input", {"field": "at", "problem": "not_to_come"})}}
    return {name: form_content(shown.forms[name], language, {}, errors=wrong.get(name, {}), timezone=ZONE) for name in names}


def titles(shown: Gallery, names: Sequence[str], language: str) -> dict[str, str]:
    return {name: say(shown.forms[name].title.name, language, **shown.forms[name].title.facts) for name in names}


async def take(browser: Browser, sheet: Sheet, folder: Path) -> None:
    page = await browser.new_page(
        viewport={"width": sheet.columns * (sheet.width + SIDE) + SIDE, "height": 600},
        locale=LOCALES[sheet.language],
        timezone_id=ZONE,
        device_scale_factor=1 if sheet.captions else 1.2,
    )
    await page.set_content(teams_page(sheet.cards, sheet.titles, columns=sheet.columns, dark=sheet.dark, captions=sheet.captions))
    whole = Image.open(io.BytesIO(await page.screenshot(full_page=True))).convert("RGB")
    whole.quantize(40, kmeans=4, dither=Image.Dither.NONE).save(folder / f"{sheet.name}.png", optimize=True)
    await page.close()


async def main(folder: Path, *, whole: bool) -> None:
    shown = await alone()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--font-render-hinting=none"])
        for sheet in everything(shown) if whole else for_docs(shown):
            await take(browser, sheet, folder)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), whole="all" in sys.argv[2:]))
