"""Takes the README's pictures from the running product: `make pictures`."""

import asyncio
import io
import json
import os
import re
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

from tests.fakes.slack import FakeSlack
from tests.slack_page import slack_page

ROOT = Path(__file__).parent.parent
CHROMIUM = "/usr/bin/chromium"
TEAM = """people:
  - {name: Grace Okafor, roles: [lead, agent, admin, manager], languages: [en, es, fr], timezone: Europe/London, slack: U0GRACE}
  - {name: Tom Aldous, roles: [agent], languages: [en], timezone: Europe/London, slack: U0TOM}
"""
SHOWN = ("en-c0009", "es-c0004", "en-c0028")  # conversations of the sample crisis, the last one opened
SOMEBODY = "dee_fitz"
NOTE = "Called back: password changed, all sessions closed. Security has the address of that page."


async def main(folder: Path) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--font-render-hinting=none"])
        await picture_of_slack(browser, folder / "slack.png")
        await picture_of_console(browser, folder / "console.png")
        await browser.close()


async def picture_of_console(browser: Browser, file: Path) -> None:
    """The queue of the sample crisis, all of it, with one case in hand."""
    with tempfile.TemporaryDirectory() as home:
        async with running(Path(home), {}) as (said, environment):
            link = await until(lambda: re.search(r"http\S+/sign-in/\S+", said[0]))
            for language in ("en", "es", "fr"):
                await replay(Path(home), environment, ROOT / f"samples/{language}.jsonl")
            page = await browser.new_page(viewport={"width": 1280, "height": 800}, device_scale_factor=1.5)
            await page.goto(link[0])
            await page.click("button.primary")
            await page.wait_for_selector("#rows")
            await work_a_little(page)
            await take(page, file)


async def take(page: Page, file: Path) -> None:
    """A picture of 256 colours: a third of the size, and the eye sees no difference."""
    whole = Image.open(io.BytesIO(await page.screenshot())).convert("RGB")
    whole.quantize(256, kmeans=8, dither=Image.Dither.NONE).save(file, optimize=True)
    await page.close()


async def work_a_little(page: Page) -> None:
    """Find the case of somebody, open it beside the whole queue and take it on."""
    await page.goto(f"{page.url.rstrip('/')}/?find={SOMEBODY}")
    number = (await page.locator("#rows .number").first.inner_text()).removeprefix("#")
    await page.goto(f"{page.url.partition('?')[0]}cases/{number}")
    await page.keyboard.press("c")
    await page.wait_for_timeout(2500)


async def picture_of_slack(browser: Browser, file: Path) -> None:
    """A channel with real cards in it, and the thread of one that somebody works on."""
    with tempfile.TemporaryDirectory() as home:
        async with FakeSlack() as slack:
            await tell_the_story(slack, Path(home))
            transcript = slack.transcript("crisis")
        page = await browser.new_page(viewport={"width": 1280, "height": 800}, device_scale_factor=1.5)
        await page.set_content(slack_page(transcript, shown_thread=-1))
        await take(page, file)


async def tell_the_story(slack: FakeSlack, home: Path) -> None:
    grace = slack.add_user("grace", user_id="U0GRACE", real_name="Grace Okafor").id
    tom = slack.add_user("tom", user_id="U0TOM", real_name="Tom Aldous").id
    channels = {name: slack.add_channel(name, is_private=True).id for name in ("crisis", "ordinary")}
    (home / "people.yaml").write_text(TEAM)
    given = {
        "SLACK_API_URL": slack.base_url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "TOCSIN_SLACK_CHANNELS": ",".join(f"{name}={channel}" for name, channel in channels.items()),
    }
    first, later = split(chosen())
    async with running(home, given) as (_, environment):
        await slack.sockets.connected()
        for conversation in SHOWN:
            await deliver(home, environment, [one for one in first if one["conversation_id"] == conversation])
            await until(lambda wanted=conversation: len(slack.channel("crisis").posts) > SHOWN.index(wanted))
        cards = list(slack.channel("crisis").posts)
        await slack.click(grace, channels["crisis"], cards[0]["ts"], *action(cards[0], "claim"))
        opened = cards[-1]
        for act in ("claim", "tag"):
            await slack.click(tom, channels["crisis"], opened["ts"], *action(slack.channel("crisis").message(opened["ts"]), act))
            await asyncio.sleep(1.5)
        await deliver(home, environment, [one for one in later if one["conversation_id"] == SHOWN[-1]])
        await until(lambda: len(slack.channel("crisis").thread(opened["ts"])) > 1)
        await slack.click(tom, channels["crisis"], opened["ts"], *action(slack.channel("crisis").message(opened["ts"]), "note"))
        await until(lambda: slack.views_open(tom))
        await asyncio.sleep(1)
        await slack.submit(tom, values={"text": NOTE})
        await until(lambda: len(slack.channel("crisis").thread(opened["ts"])) > 2)
        await asyncio.sleep(2)


def chosen() -> list[dict[str, Any]]:
    lines = [json.loads(line) for name in ("en", "es", "fr") for line in (ROOT / f"samples/{name}.jsonl").read_text().splitlines()]
    return [one for one in lines if one["conversation_id"] in SHOWN]


def split(lines: Iterable[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(the first message of each conversation, what came later)."""
    seen: set[str] = set()
    first, later = [], []
    for one in lines:
        (later if one["conversation_id"] in seen else first).append(one)
        seen.add(one["conversation_id"])
    return first, later


def action(message: Any, act: str) -> tuple[str, str | None]:
    """The first button of this act; or the menu that holds it, with its line there."""
    elements = [one for block in message["blocks"] if block["type"] == "actions" for one in block["elements"]]
    buttons = [(str(one["action_id"]), None) for one in elements if one["type"] == "button"]
    lines = [(str(one["action_id"]), str(line["value"])) for one in elements for line in one.get("options", ())]
    return next((name, line) for name, line in (*buttons, *lines) if (line or name).startswith(f"{act}:"))


async def deliver(home: Path, environment: Mapping[str, str], lines: Iterable[dict[str, Any]]) -> None:
    (home / "lines.jsonl").write_text("\n".join(json.dumps(one) for one in lines))
    await replay(home, environment, home / "lines.jsonl")


async def replay(home: Path, environment: Mapping[str, str], file: Path) -> None:
    """As good as at once, but dated now."""
    command = (sys.executable, str(ROOT / "app.py"), "replay", str(file), "--speed", "1000000")
    process = await asyncio.create_subprocess_exec(*command, cwd=home, env=environment, stdout=asyncio.subprocess.DEVNULL)
    assert await process.wait() == 0


@asynccontextmanager
async def running(home: Path, given: Mapping[str, str]) -> AsyncIterator[tuple[list[str], Mapping[str, str]]]:
    """app.py in an empty folder, with nothing configured but what is given; what it has said so far, and its environment."""
    said = [""]
    environment = {"PATH": os.defpath, "HOME": str(home), "PORT": str(free_port()), **given}
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "app.py"), cwd=home, env=environment, stdout=asyncio.subprocess.PIPE
    )

    async def listen() -> None:
        while process.stdout and (line := await process.stdout.readline()):
            said[0] += line.decode()

    listening = asyncio.create_task(listen())
    try:
        await until(lambda: "http://" in said[0])
        yield said, environment
    finally:
        process.terminate()
        await process.wait()
        await listening


async def until(look: Callable[[], Any], seconds: float = 60) -> Any:
    async with asyncio.timeout(seconds):
        while not (found := look()):
            await asyncio.sleep(0.05)
        return found


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


if __name__ == "__main__":
    where = Path(sys.argv[1])
    where.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(where))
