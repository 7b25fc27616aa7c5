"""Measures a click on a tag until Slack has its 200, which follows the commit: 200 at once, beside a Bolt app that commits one row."""

import argparse
import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

import sqlalchemy as sa

from bot.slack.blocks import card_blocks, notice
from bot.slack.markup import Json
from handlers import cards
from handlers.board import Board
from storage import cases
from storage.database import Store
from storage.migrate import upgrade
from storage.tables import clicks, outbox
from tests.bench.progress import finish, say, table, watched
from tests.builders import Scripted, TestHouse, data_breach, mention
from tests.fakes.slack import FakeSlack, Limits
from tests.running_app import RunningApp

AT_ONCE, AGENTS, ROUNDS, WARM = 200, 25, 12, 2
QUIET = 2.5  # seconds between rounds: what follows an acknowledgement is done by then
GOAL = "≤ 1.5"
TAG = "my_data"
LOOSE = Limits(burst=10_000, channel_posts_per_second=10_000, ack_seconds=30)  # a late answer is measured too


@dataclass(frozen=True)
class Button:
    """A tag's button on a card as it stands on a slow screen, and who will press it."""

    person: str
    message: Json
    action_id: str


async def furnish(folder: Path, slack: FakeSlack) -> list[Button]:
    """So many cases whose cards stand in the channel, and the people who know them, in the product's own database."""
    people = [slack.add_user(f"agent{n}", email=f"agent{n}@example.com").id for n in range(AGENTS)]
    channel = slack.add_channel("crisis", channel_id="C0CRISIS", is_private=True)
    store = Store(f"sqlite:///{folder}/tocsin.db")
    await upgrade(store)
    house = await TestHouse(store, data_breach(), Board({"slack": {"crisis": channel.id, "ordinary": channel.id}}), Scripted()).begin()
    for number, account in enumerate(people):
        await house.person(f"Agent {number}", "agent", slack_id=account, email=f"agent{number}@example.com")
    receipts = await house.mentions.receive([mention(f"is {TAG} safe? {n}") for n in range(AT_ONCE)])
    buttons = []
    async with store.begin() as work:
        await work.execute(sa.delete(outbox))  # the cards stand already
        for number, receipt in enumerate(receipts):
            view = await cards.load(work, house.shelf, receipt.case_id)
            assert view is not None
            card = cards.case_card(view)
            shown = {
                "bot_id": slack.state.bot_id,
                "user": slack.state.bot_user,
                "blocks": card_blocks(card, "en"),
                "text": notice(card, "en"),
            }
            message = slack.state.add_message(channel, shown)
            await cases.add_post(work, receipt.case_id, cases.Post("slack", channel.id, message["ts"], current=True))
            buttons.append(Button(people[number % AGENTS], deepcopy(message), f"tag:{receipt.case_id}:{TAG}"))
        await work.commit()
    await store.close()
    return buttons


def rounds(slack: FakeSlack, buttons: list[Button], channel: str) -> Callable[[RunningApp], Awaitable[list[float]]]:
    async def click_all(app: RunningApp) -> list[float]:
        """Seconds from Slack's request until it has its 200."""
        slack.http_target = f"http://127.0.0.1:{app.port}/slack/events"
        acks = await asyncio.gather(
            *(slack.click(one.person, channel, one.message["ts"], one.action_id, seen=one.message) for one in buttons)
        )
        assert all(ack.status == 200 for ack in acks), [ack for ack in acks if ack.status != 200][:3]
        return [ack.seconds for ack in acks]

    return click_all


async def stored(folder: Path) -> int:
    store = Store(f"sqlite:///{folder}/tocsin.db")
    async with store.read() as work:
        found = int(await work.scalar(sa.select(sa.func.count()).select_from(clicks)))
    await store.close()
    return found


def percentiles(seconds: list[float]) -> tuple[float, float]:
    cuts = quantiles(seconds, n=100)
    return 1000 * cuts[49], 1000 * cuts[98]


async def measure(turns: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="tocsin-clicks-") as name:
        ours, plain = Path(name) / "ours", Path(name) / "plain"
        ours.mkdir()
        plain.mkdir()
        async with FakeSlack(limits=LOOSE) as slack:
            buttons = await furnish(ours, slack)
            secrets = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_SIGNING_SECRET": slack.signing_secret, "SLACK_API_URL": slack.base_url}
            settings = {**secrets, "TOCSIN_SLACK_CHANNELS": "crisis=C0CRISIS,ordinary=C0CRISIS"}
            click_all = rounds(slack, buttons, "C0CRISIS")
            with RunningApp(ours, settings) as product, RunningApp(plain, secrets, program=("-m", "tests.bench.plain_bolt")) as bolt:
                for app in (product, bolt):
                    await asyncio.to_thread(app.until_ready)
                await asyncio.to_thread(product.until_models_loaded)
                found: dict[int, list[float]] = {product.port: [], bolt.port: []}
                for turn in watched(range(turns + WARM), f"{AT_ONCE} clicks at once, in turns"):
                    for app in (product, bolt):
                        seconds = await click_all(app)
                        await asyncio.sleep(QUIET)
                        found[app.port] += seconds if turn >= WARM else []
                assert await stored(ours) == AT_ONCE * (turns + WARM), "every click that had its 200 is stored"
        (p50, p99), (plain50, plain99) = percentiles(found[product.port]), percentiles(found[bolt.port])
        return {"p50": p50, "p99": p99, "plain50": plain50, "plain99": plain99}


async def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.clicks", description=__doc__)
    parser.add_argument("--small", action="store_true", help="a quick look")
    turns = 3 if parser.parse_args().small else ROUNDS
    say(f"{turns} rounds of {AT_ONCE} clicks at once by {AGENTS} people on {AT_ONCE} cases, signed HTTP, uvicorn; both with SQLite, WAL,")
    say("synchronous=FULL; app.py with its sender, ticks and learning at work; the Bolt app acknowledges after one committed row")
    found = await measure(turns)
    ratio = found["p99"] / found["plain99"]
    lines = [
        ("app.py", f"{found['p50']:.1f}", f"{found['p99']:.1f}", ""),
        ("a Bolt app and one row", f"{found['plain50']:.1f}", f"{found['plain99']:.1f}", ""),
        ("ratio", f"{found['p50'] / found['plain50']:.2f}", f"{ratio:.2f}", GOAL),
    ]
    table("clicks, milliseconds until the 200", ("", "p50", "p99", "goal"), lines)
    finish({"p50_ms": round(found["p50"], 1), "p99_ms": round(found["p99"], 1), "ratio_p99": round(ratio, 3)})


if __name__ == "__main__":
    asyncio.run(main())
