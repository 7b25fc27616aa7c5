"""The console in a real browser, one for all tests of a file: a tab of one's own costs a hundredth of a browser of one's own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn

from tests.doors.conftest import CHROMIUM
from tests.doors.console import Room

playwright = pytest.importorskip("playwright.async_api", reason="playwright is not installed")
IN_CHROMIUM = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="chromium is not installed at /usr/bin/chromium"),
    pytest.mark.asyncio(loop_scope="module"),  # the browser's
]


@asynccontextmanager
async def served(console: Room) -> AsyncIterator[str]:
    """The console on a port of its own."""
    server = uvicorn.Server(uvicorn.Config(console.app, port=0, log_level="error", lifespan="off", timeout_graceful_shutdown=1))
    running = asyncio.create_task(server._serve())
    while not server.started:
        await asyncio.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await running


@asynccontextmanager
async def tab(console: Room, name: str = "Ana", path: str = "/", **options):
    """Somebody's signed-in page. At its end: no script failed, nothing was blocked, no other server was asked."""
    wrong = []
    context = await console.chromium.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
    try:
        page = await context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
        page.on("request", lambda request: None if request.url.startswith((console.url, "data:")) else wrong.append(request.url))
        await page.goto(f"{console.url}/sign-in/{await console.acts.signin.invite(name)}")
        await page.click("button.primary")
        await page.wait_for_selector("#rows")
        if path != "/":
            await page.goto(console.url + path)
        yield page
    finally:
        await context.close()
    assert [line for line in wrong if "409" not in line and "401" not in line] == []


async def is_live(page) -> None:
    await page.wait_for_selector("html[data-is-live]", state="attached")


async def text_of(page, selector: str) -> str:
    return await page.inner_text(selector)


CONTRAST = """() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4).reduce((sum, v, at) => sum + v * [.2126, .7152, .0722][at], 0);
  const ground = (one) => { for (let at = one; at; at = at.parentElement) { const colour = rgb(getComputedStyle(at).backgroundColor); if (colour.length < 4 || colour[3] > .99) return colour; } return [255, 255, 255]; };
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + .05) / (y + .05); };
  return [...document.querySelectorAll("main *, header *")].filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()) && one.offsetParent)
    .map((one) => [one.textContent.trim().slice(0, 30), ratio(rgb(getComputedStyle(one).color), ground(one))]).filter(([, value]) => value < 4.5);
}"""
