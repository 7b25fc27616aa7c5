"""The bench of lanes on Microsoft Teams: `python -m tests.bench.lanes --teams`.

*Allowed* is 1,800 an hour in each of four conversations. The time begins once what a quiet hour had saved up is spent. The plain bot
would spend it in a quarter of an hour and then be silent for three: it begins where an hour of the storm lies behind it, as even as can be.
"""

import asyncio
import random
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, nullcontext
from pathlib import Path

import httpx

from bot.teams.pace import BURST, CRITICAL, EVERY
from tests.bench.lanes import REPLICAS, Found, Size, fill, made, show, storm
from tests.bench.progress import finish, say
from tests.bench.storm import SECRET, SOURCE, four_rooms, furnish, grave_mention, texts_by_room
from tests.fakes.teams import FakeTeams, card_text
from tests.running_app import RunningApp
from tests.servers.postgres import Postgres

ROOMS = {name: f"19:{name}@thread.tacv2" for name in ("crisis", "ordinary", "money", "law")}
AN_HOUR = 1800
GOALS = {"share_of_rate": "≥ 0.98", "rate_limited": "0", "critical_visible_p99_s": "≤ 3"}
SIZE, SMALL = Size(50_000, seconds=300, critical=60, last=10), Size(2_000, seconds=30, critical=4, last=8)
PATIENCE = 240.0  # seconds until what was saved up is spent


def teams_with_rooms() -> FakeTeams:
    teams = FakeTeams()
    teams.add_user("Ana")
    for name, channel_id in ROOMS.items():
        teams.add_channel(name, channel_id=channel_id)
    return teams


def taken(teams: FakeTeams) -> dict[str, list[float]]:
    """When each conversation took something: a post, a reply in a thread, the change of a card."""
    ours = [one for one in teams.calls if one.operation in ("send", "update", "delete") and one.answer == "ok"]
    return {room: [one.at for one in ours if one.conversation == room] for room in ROOMS.values()}


async def spent(teams: FakeTeams) -> None:
    """Until each conversation has taken what a quiet hour saves up, and what has come back since."""
    async with asyncio.timeout(PATIENCE):
        while not all(_is_spent(times, teams.clock.now()) for times in taken(teams).values()):
            await asyncio.sleep(0.2)


def _is_spent(times: Sequence[float], now: float) -> bool:
    """All but what is kept for the critical."""
    return bool(times) and len(times) >= BURST - CRITICAL - 2 + (now - times[0]) / EVERY.total_seconds()


def an_hour_behind(teams: FakeTeams) -> None:
    """Every conversation has taken all that an hour allows, one by one."""
    now = teams.clock.now()
    for room in ROOMS.values():
        teams.meters.remember(room, [now - 3600 * (AN_HOUR - number) / AN_HOUR for number in range(AN_HOUR)])


def reckon(teams: FakeTeams, size: Size, began: float, asked: dict[str, float]) -> Found:
    found = Found(0, round(len(ROOMS) * AN_HOUR * size.seconds / 3600), len(teams.rate_limited))
    seen = [(message.at, card_text(message.card)) for room in ROOMS.values() for message in teams.channel(room).messages]
    return fill(found, taken(teams), seen, size, began, asked)


async def product(database: str, folder: Path, size: Size, *, replicas: int = 1) -> Found:
    """`python app.py` on a database in which the cards wait already."""
    path, flow = four_rooms(folder)
    texts = texts_by_room(flow)
    await furnish(database, flow, texts, size.cards, "teams", ROOMS)

    async def deliver(client: httpx.AsyncClient, name: str, room: str) -> None:
        content, headers = grave_mention(name, random.Random(name).choice(texts[room]))
        answer = await client.post(f"/hooks/{SOURCE}", content=content, headers=headers)
        assert answer.status_code == 200, answer.text

    async with teams_with_rooms() as teams:
        settings = {
            "DATABASE_URL": database, "TOCSIN_FLOW": str(path), "TOCSIN_WEBHOOK_SECRETS": f"{SOURCE}={SECRET}",
            "TOCSIN_TEAMS_CHANNELS": ",".join("=".join(pair) for pair in ROOMS.items()), **secrets(teams),
        }  # fmt: skip
        with ExitStack() as stack:
            apps = [stack.enter_context(RunningApp(made(folder / str(number)), settings)) for number in range(replicas)]
            label = f"app.py, {database.partition(':')[0]}"
            return reckon(teams, size, *await storm(teams.clock, apps, deliver, size, label, lambda: spent(teams)))


async def plain(folder: Path, size: Size) -> Found:
    async def deliver(client: httpx.AsyncClient, name: str, room: str) -> None:
        (await client.post("/cards", json={"channel": ROOMS[room], "text": f"Critical: {name}"})).raise_for_status()

    async with teams_with_rooms() as teams:
        an_hour_behind(teams)
        settings = {**secrets(teams), "CHANNELS": " ".join(ROOMS.values()), "CARDS": str(size.cards)}
        with RunningApp(folder, settings, program=("-m", "tests.bench.plain_teams")) as app:
            return reckon(teams, size, *await storm(teams.clock, [app], deliver, size, "a plain bot"))


def secrets(teams: FakeTeams) -> dict[str, str]:
    return {
        "TEAMS_CLIENT_ID": teams.client_id, "TEAMS_CLIENT_SECRET": teams.client_secret, "TEAMS_TENANT_ID": teams.tenant_id,
        "TEAMS_SERVICE_URL": teams.service_url, "TEAMS_LOGIN_URL": teams.login_url, "TEAMS_OPENID_URL": teams.openid_url,
    }  # fmt: skip


async def measure(size: Size, *, postgresql: bool = False) -> dict[str, Found]:
    with tempfile.TemporaryDirectory(prefix="tocsin-lanes-") as name, Postgres(durable=True) if postgresql else nullcontext() as server:
        folders = {one: made(Path(name) / one) for one in ("sqlite", "postgresql", "plain")}
        found = {"sqlite": await product(f"sqlite:///{folders['sqlite']}/tocsin.db", folders["sqlite"], size)}
        if server:
            found["postgresql"] = await product(server.url(), folders["postgresql"], size, replicas=REPLICAS)
        found["plain_bot"] = await plain(folders["plain"], size)
        return found


async def run(*, small: bool, seconds: int | None, postgresql: bool) -> None:
    size = SMALL if small else SIZE
    if seconds:
        size = Size(size.cards, seconds, max(1, size.critical * seconds // size.seconds), size.last)
    say(f"{size}; {len(ROOMS)} conversations; Teams takes {AN_HOUR} an hour in each, 7 in 1 s, 8 in 2 s, 60 in 30 s; severity normal")
    say("app.py whole, with webhook, triage, ticks and sender; each card is rendered as it leaves; Teams in another process.")
    say(
        "The plain bot, on the same SDK, has a queue in memory per conversation, posts as soon as it is answered, and pauses 2 to 20 s after a 429"
    )
    found = await measure(size, postgresql=postgresql)
    show(found, GOALS)
    last = {name: one.told() for name, one in found.items()}
    finish({**last.pop("sqlite"), **last})
