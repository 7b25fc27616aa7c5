"""Takes the pictures of a digest in docs/ from two days that the product has lived through: `python -m tests.digest_pictures docs/pictures`.

As Slack shows it, and as a letter, in each language; a few minutes.
"""

import asyncio
import io
import sys
import tempfile
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, async_playwright

from bot.notices.digest_letter import digest_letter
from bot.pictures.charts import charts
from bot.slack.blocks import card_blocks
from handlers.couriers import Letter
from handlers.insight.cards import Digest, digest_card
from handlers.insight.figures import Figures, Period
from handlers.insight.table import table
from handlers.ports import Words
from storage.database import Store
from storage.migrate import upgrade
from templates import LANGUAGES
from tests.bench.two_days import two_days
from tests.bench.two_days_said import BEGINS, ENDS
from tests.dial import Dial
from tests.pictures import CHROMIUM
from tests.slack_page import STYLE, message_html

MESSAGES, ANSWERED = 1500, 300
ZONE = "Europe/Madrid"


@dataclass(frozen=True)
class Shown:
    """A page, as wide as somebody sees it."""

    name: str
    html: str
    width: int
    dark: bool = False


async def figures() -> Figures:
    """Of the second day."""
    dial = Dial(BEGINS)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/days.db", dial)
        await upgrade(store)
        lived = await two_days(store, dial, MESSAGES, ANSWERED, "digest")
        dial.at = ENDS + timedelta(seconds=5)
        async with store.read() as work:
            found = await lived.house.insight.digests.compose(work, Period(ENDS - timedelta(hours=24), ENDS, ZONE))
        await store.close()
    return found


def in_slack(told: Figures, language: str) -> str:
    card = digest_card(Digest(told))
    pictures = "".join(
        f'<img style="width:100%;border:1px solid #ddd;border-radius:8px;margin-top:6px" alt="" src="{embedded(one.content)}">'
        for one in charts(told, language)
    )
    at = str(told.period.until.timestamp())
    message = message_html({"ts": at, "blocks": card_blocks(card, language)})
    files = f'<article><div class="who" style="visibility:hidden"></div><div class="body">{pictures}</div></article>'
    return f'<!doctype html><meta charset="utf-8"><style>{STYLE}article{{padding:8px 12px}}</style>{message}{files}'


def as_letter(told: Figures, language: str) -> str:
    """The HTML of the mail, with its pictures where it names them."""
    card, foot = digest_card(Digest(told), full=True), Words("digest.mail_foot", {"address": "ana@meridia.example"})
    letter = Letter("token", language, ZONE, card, told, table(told), "tocsin", foot)
    message = digest_letter(letter, "Tocsin <tocsin@meridia.example>")("ana@meridia.example")
    body = message.get_body(("html",))
    assert isinstance(body, EmailMessage)
    html = str(body.get_content())
    for part in message.walk():
        if part.get_content_type() == "image/png":
            html = html.replace(f"cid:{part['Content-ID'].strip('<>')}", embedded(part.get_payload(decode=True)))
    return html


def embedded(png: bytes) -> str:
    return f"data:image/png;base64,{b64encode(png).decode()}"


async def take(browser: Browser, shown: Shown, folder: Path) -> None:
    page = await browser.new_page(
        viewport={"width": shown.width, "height": 600}, color_scheme="dark" if shown.dark else "light", device_scale_factor=1.5
    )
    await page.set_content(shown.html)
    whole = Image.open(io.BytesIO(await page.screenshot(full_page=True))).convert("RGB")
    whole.quantize(128).save(folder / f"{shown.name}.png", optimize=True)
    await page.close()


async def main(folder: Path, languages: Sequence[str] = LANGUAGES) -> None:
    told = await figures()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--font-render-hinting=none"])
        for language in languages:
            letter = as_letter(told, language)
            await take(browser, Shown(f"digest-slack-{language}", in_slack(told, language), 430), folder)
            await take(browser, Shown(f"digest-mail-{language}", letter, 680), folder)
        await take(browser, Shown("digest-mail-dark", letter, 390, dark=True), folder)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
