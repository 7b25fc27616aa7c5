"""Measures how fast a long line of cards leaves for Slack and how soon a new critical case overtakes it, beside a plain Bolt app.

*Allowed* is what Slack takes of posts in any such time: one a second in each channel, and 300 a minute in the workspace, whichever
is less (four channels: the channels). The time begins when the app, which has posted since its start, has answered a first webhook.
"""

import argparse
import asyncio
import itertools
import math
import random
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, ExitStack, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

import httpx

from tests.bench.progress import finish, say, table, watched
from tests.bench.storm import ROOMS, SECRET, SOURCE, four_rooms, furnish, grave_mention, texts_by_room
from tests.fakes.slack import Clock, FakeSlack, Limits
from tests.running_app import RunningApp
from tests.servers.postgres import Postgres

GOALS = {"share_of_rate": "≥ 0.98", "rate_limited": "0", "critical_visible_p99_s": "≤ 3"}
REPLICAS, SEED = 2, 1
PATIENCE = 180  # seconds until the models are loaded
Deliver = Callable[[httpx.AsyncClient, str, str], Awaitable[None]]  # (client, name of the customer, channel of FLOW)


@dataclass(frozen=True)
class Size:
    """`seconds` of each app's run, in which so many critical cases come in, but for its `last`: each could be seen."""

    cards: int = 50_000
    seconds: int = 120
    critical: int = 60
    last: int = 4


SMALL = Size(cards=2_000, seconds=8, critical=6)


@dataclass
class Found:
    posts: int
    allowed: int
    rate_limited: int
    delays: list[float] = field(default_factory=list)  # seconds until a critical case was visible; infinite where it never was
    gaps: list[float] = field(default_factory=list)  # between two posts of one channel

    @property
    def share(self) -> float:
        return self.posts / self.allowed

    @property
    def unseen(self) -> int:
        return self.delays.count(math.inf)

    def p99(self) -> float:
        """Infinite when more than one in a hundred was never visible."""
        return sorted(self.delays)[math.ceil(0.99 * len(self.delays)) - 1]

    def told(self) -> dict[str, float | int | None]:
        p99 = self.p99()
        return {
            "share_of_rate": round(self.share, 4), "rate_limited": self.rate_limited,
            "critical_visible_p99_s": round(p99, 2) if math.isfinite(p99) else None,
            "critical": len(self.delays), "critical_unseen": self.unseen,
        }  # fmt: skip


def slack_with_rooms() -> FakeSlack:
    slack = FakeSlack()
    for name, channel_id in ROOMS.items():
        slack.add_channel(name, channel_id=channel_id, is_private=True)
    return slack


def stamps(slack: FakeSlack) -> dict[str, list[float]]:
    """Channel → when each post came, by Slack's own time stamps."""
    return {one: [float(message["ts"]) for message in slack.channel(one).messages] for one in ROOMS.values()}


async def storm(
    clock: Clock, apps: Sequence[RunningApp], deliver: Deliver, size: Size, label: str, before: Callable[[], Awaitable[None]] | None = None
) -> tuple[float, dict[str, float]]:
    """Watch an app that posts, or its replicas; put critical cases in at random moments, for random channels.

    When the time began (after `before`, what must have been), and when each of these came in.
    """
    chance, asked = random.Random(SEED), dict[str, float]()
    async with AsyncExitStack() as stack:
        clients = []
        for app in apps:
            await asyncio.to_thread(app.until_ready)
            client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{app.port}", timeout=PATIENCE)
            clients.append(await stack.enter_async_context(client))
            await deliver(client, f"Inspector Early {app.port}", next(iter(ROOMS)))  # answered once the models sort
        if before:
            await before()
        began = clock.now()

        async def come_in(name: str, moment: float, room: str) -> None:
            await asyncio.sleep(began + moment - clock.now())
            asked[name] = clock.now()
            await deliver(chance.choice(clients), name, room)

        async with asyncio.TaskGroup() as group:
            for number in range(size.critical):
                moment, room = chance.uniform(0, size.seconds - size.last), chance.choice(list(ROOMS))
                group.create_task(come_in(f"Inspector {_letters(number)}", moment, room))
            for second in watched(range(size.seconds), label):
                await asyncio.sleep(max(0.0, began + second + 1 - clock.now()))
    return began, asked


def _letters(number: int) -> str:
    """A name that nothing masks or shortens: Baa, Bab, …"""
    return "B" + "".join(chr(97 + number // power % 26) for power in (676, 26, 1))


def allowed(limits: Limits, seconds: int) -> int:
    """The most posts that Slack takes in so many seconds, wherever they begin."""
    a_channel = limits.burst + math.ceil(seconds * limits.channel_posts_per_second) - 1
    return min(len(ROOMS) * a_channel, math.ceil(seconds / 60) * limits.workspace_posts_per_minute)


def reckon(slack: FakeSlack, size: Size, began: float, asked: dict[str, float]) -> Found:
    found = Found(0, allowed(slack.limits, size.seconds), len(slack.rate_limited))
    messages = [(float(one["ts"]), str(one)) for name in ROOMS.values() for one in slack.channel(name).messages]
    return fill(found, stamps(slack), messages, size, began, asked)


def fill(
    found: Found, times: dict[str, list[float]], messages: Sequence[tuple[float, str]], size: Size, began: float, asked: dict[str, float]
) -> Found:
    """`times` of each channel's posts, `messages` with the moment at which they stood there."""
    found.posts = sum(began <= one < began + size.seconds for mine in times.values() for one in mine)
    found.gaps = [later - one for mine in times.values() for one, later in itertools.pairwise(mine)]
    for name, at in asked.items():
        found.delays.append(next((seen - at for seen, words in messages if name in words), math.inf))
    return found


async def product(database: str, folder: Path, size: Size, *, replicas: int = 1) -> Found:
    """`python app.py` on a database in which the cards wait already."""
    path, flow = four_rooms(folder)
    texts = texts_by_room(flow)
    await furnish(database, flow, texts, size.cards)

    async def deliver(client: httpx.AsyncClient, name: str, room: str) -> None:
        content, headers = grave_mention(name, random.Random(name).choice(texts[room]))
        answer = await client.post(f"/hooks/{SOURCE}", content=content, headers=headers)
        assert answer.status_code == 200, answer.text

    async with slack_with_rooms() as slack:
        settings = {
            "DATABASE_URL": database, "TOCSIN_FLOW": str(path), "TOCSIN_WEBHOOK_SECRETS": f"{SOURCE}={SECRET}",
            "TOCSIN_SLACK_CHANNELS": ",".join("=".join(pair) for pair in ROOMS.items()), **secrets(slack),
        }  # fmt: skip
        with ExitStack() as stack:
            apps = [stack.enter_context(RunningApp(made(folder / str(number)), settings)) for number in range(replicas)]
            return reckon(slack, size, *await storm(slack.clock, apps, deliver, size, f"app.py, {database.partition(':')[0]}"))


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder


async def plain(folder: Path, size: Size) -> Found:
    async def deliver(client: httpx.AsyncClient, name: str, room: str) -> None:
        (await client.post("/cards", json={"channel": ROOMS[room], "text": f"Critical: {name}"})).raise_for_status()

    async with slack_with_rooms() as slack:
        settings = {**secrets(slack), "CHANNELS": " ".join(ROOMS.values()), "CARDS": str(size.cards)}
        with RunningApp(folder, settings, program=("-m", "tests.bench.plain_queue")) as app:
            return reckon(slack, size, *await storm(slack.clock, [app], deliver, size, "a plain Bolt app"))


def secrets(slack: FakeSlack) -> dict[str, str]:
    return {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_SIGNING_SECRET": slack.signing_secret, "SLACK_API_URL": slack.base_url}


async def measure(size: Size, *, postgresql: bool = False) -> dict[str, Found]:
    with tempfile.TemporaryDirectory(prefix="tocsin-lanes-") as name, Postgres(durable=True) if postgresql else nullcontext() as server:
        folders = {one: made(Path(name) / one) for one in ("sqlite", "postgresql", "plain")}
        found = {"sqlite": await product(f"sqlite:///{folders['sqlite']}/tocsin.db", folders["sqlite"], size)}
        if server:
            found["postgresql"] = await product(server.url(), folders["postgresql"], size, replicas=REPLICAS)
        found["plain_bolt"] = await plain(folders["plain"], size)
    return found


def show(found: dict[str, Found], goals: dict[str, str] = GOALS) -> None:
    def gaps(one: Found) -> str:
        cuts = quantiles(one.gaps, n=100)
        return f"{cuts[49]:.3f} / {cuts[98]:.3f}"

    def soon(one: Found) -> str:
        seen = sorted(delay for delay in one.delays if math.isfinite(delay))
        return f"{seen[len(seen) // 2]:.2f} / {one.p99():.2f} / {seen[-1]:.2f}" if seen else "never"

    lines = [
        ("posts", *(f"{one.posts} of {one.allowed}" for one in found.values()), ""),
        ("share of the allowed rate", *(f"{one.share:.3f}" for one in found.values()), goals["share_of_rate"]),
        ("answered 429", *(one.rate_limited for one in found.values()), goals["rate_limited"]),
        ("gap in a channel, s, p50 / p99", *(gaps(one) for one in found.values()), ""),
        ("new critical case visible, s, p50 / p99 / max", *(soon(one) for one in found.values()), goals["critical_visible_p99_s"]),
        ("  seen / put in", *(f"{len(one.delays) - one.unseen} / {len(one.delays)}" for one in found.values()), "all"),
    ]
    table("lanes", ("", *found, "goal"), lines)


async def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.lanes", description=__doc__)
    parser.add_argument("--small", action="store_true", help="a quick look")
    parser.add_argument("--seconds", type=int, help="how long each app posts")
    parser.add_argument("--postgresql", action="store_true", help=f"app.py on PostgreSQL as well, in {REPLICAS} replicas")
    parser.add_argument("--teams", action="store_true", help="the same on Microsoft Teams, whose limits are others")
    options = parser.parse_args()
    if options.teams:
        from tests.bench import lanes_teams  # noqa: PLC0415 - it builds on this one

        await lanes_teams.run(small=options.small, seconds=options.seconds, postgresql=options.postgresql)
        return
    size = SMALL if options.small else Size()
    if options.seconds:
        size = Size(size.cards, options.seconds, max(1, size.critical * options.seconds // size.seconds))
    say(f"{size}; {len(ROOMS)} channels; Slack takes one post a second in each and 300 a minute in all; severity normal: nothing is folded")
    say("app.py whole, with webhook, triage, ticks and sender; each card is rendered as it leaves; Slack in another process. The Bolt app")
    say(
        "has a queue in memory per channel, posts as soon as it is answered; after a 429 the AsyncRateLimitErrorRetryHandler of the SDK waits"
    )
    found = await measure(size, postgresql=options.postgresql)
    show(found)
    last = {name: one.told() for name, one in found.items()}
    finish({**last.pop("sqlite"), **last})


if __name__ == "__main__":
    asyncio.run(main())
