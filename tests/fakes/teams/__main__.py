"""Runs the fake Teams to play with by hand: `python -m tests.fakes.teams --port 4100`."""

import argparse
import asyncio

from .hand import Hand
from .keys import CLOUDS
from .server import FakeTeams

CLIENT, TENANT = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.teams")
    parser.add_argument("--port", type=int, default=4100)
    parser.add_argument("--bot", default="http://127.0.0.1:8080/api/messages", help="where the bot listens")
    parser.add_argument("--speed", type=float, default=1.0, help="how many times as fast time runs for the limits")
    parser.add_argument("--cloud", choices=CLOUDS, default="public", help="which of Microsoft's clouds it is")
    return parser.parse_args()


def _introduce(teams: FakeTeams, cloud: str) -> None:
    print(f"Fake Teams at {teams.url}, with a page to act on at {teams.url}/\n\n# .env")
    print(f"TEAMS_CLIENT_ID={teams.client_id}\nTEAMS_CLIENT_SECRET={teams.client_secret}\nTEAMS_TENANT_ID={teams.tenant_id}")
    print(f"TEAMS_SERVICE_URL={teams.service_url}\nTEAMS_LOGIN_URL={teams.login_url}\nTEAMS_OPENID_URL={teams.openid_url}")
    print(f"TEAMS_GRAPH_URL={teams.graph_url}\nTEAMS_CLOUD={cloud}")
    channels = [one for one in teams.state.conversations.values() if one.team and one.name != "General"]
    print("TOCSIN_TEAMS_CHANNELS=" + ",".join(f"{one.name}={one.id}" for one in channels))
    for person in teams.state.people:
        print(f"# {person.aad_object_id}  {person.name}  {person.email}")


async def main() -> None:
    options = _arguments()
    teams = FakeTeams(port=options.port, speed=options.speed, client_id=CLIENT, tenant_id=TENANT, cloud=options.cloud)
    for number, name in enumerate(("Ana", "Ben", "Chloe"), 1):
        teams.add_user(name, user_id=f"29:{name.lower()}", aad_id=f"{number:08}-0000-4000-8000-000000000000")
    for name in ("crisis", "ordinary"):
        teams.add_channel(name, channel_id=f"19:{name}@thread.tacv2")
    teams.add_group_chat("Lunch", "Ana", "Ben")
    teams.pages = Hand(teams).routes()
    teams.bot_endpoint = options.bot
    async with teams:
        _introduce(teams, options.cloud)
        await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        print()
