"""Runs the fake Slack to play with by hand: `python -m tests.fakes.slack --port 4000`."""

import argparse
import asyncio

from .hand import Hand
from .server import FakeSlack


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.slack")
    parser.add_argument("--port", type=int, default=4000)
    parser.add_argument("--http-target", help="the app's /slack/events; without it: Socket Mode")
    parser.add_argument("--speed", type=float, default=1.0, help="how many times as fast time runs for the limits")
    return parser.parse_args()


def _introduce(slack: FakeSlack) -> None:
    print(f"Fake Slack at {slack.base_url}, with a page to act on at {slack.base_url.removesuffix('api/')}\n\n# .env")
    print(f"SLACK_API_URL={slack.base_url}\nSLACK_BOT_TOKEN={slack.bot_token}")
    print(f"SLACK_SIGNING_SECRET={slack.signing_secret}" if slack.http_target else f"SLACK_APP_TOKEN={slack.app_token}")
    for user in slack.state.users.values():
        print(f"# {user.id}  {user.name}  {user.email or ''}")
    for channel in slack.state.channels.values():
        print(f"# {channel.id}  #{channel.name}{'  private' if channel.is_private else ''}")


async def main() -> None:
    options = _arguments()
    slack = FakeSlack(port=options.port, speed=options.speed)
    for name in ("ana", "ben", "chloe"):
        slack.add_user(name, user_id=f"U0{name.upper()}", email=f"{name}@example.com")
    slack.add_channel("crisis", channel_id="C0CRISIS", is_private=True)
    slack.add_channel("ordinary", channel_id="C0ORDINARY", is_private=True)
    slack.pages = Hand(slack).routes()
    slack.http_target = options.http_target
    async with slack:
        _introduce(slack)
        await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        print()
