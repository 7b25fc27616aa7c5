"""What a Slack app does with many cards when nobody thought of the limits: a queue in memory per channel, the SDK's own handler for 429.

`python -m tests.bench.plain_queue`, settings from the environment.
"""

import asyncio
from collections import defaultdict

from pydantic_settings import BaseSettings
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.bench import plain_serving


class Settings(BaseSettings):
    port: int
    slack_bot_token: str
    slack_signing_secret: str
    slack_api_url: str
    channels: str  # ids, with spaces between them
    cards: int


class Queues:
    """One per channel; what comes in goes to the end of it."""

    def __init__(self, settings: Settings) -> None:
        client = AsyncWebClient(token=settings.slack_bot_token, base_url=settings.slack_api_url)
        client.retry_handlers.append(AsyncRateLimitErrorRetryHandler())
        self.client = AsyncApp(client=client, signing_secret=settings.slack_signing_secret).client
        self.waiting: dict[str, asyncio.Queue[str]] = defaultdict(asyncio.Queue)
        channels = settings.channels.split()
        for number in range(settings.cards):
            self.waiting[channels[number % len(channels)]].put_nowait(f"Case #{number}: is my data safe?")

    async def drain(self, channel: str) -> None:
        while True:
            text = await self.waiting[channel].get()
            while not await self._post(channel, text):
                pass

    async def _post(self, channel: str, text: str) -> bool:
        blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": text}}]
        try:
            await self.client.chat_postMessage(channel=channel, text=text, blocks=blocks)
        except SlackApiError as error:
            if error.response.status_code != 429:
                raise
            return False
        return True


async def main() -> None:
    settings = Settings()  # type: ignore[call-arg]
    queues = Queues(settings)
    await plain_serving.run(queues, settings.port)


if __name__ == "__main__":
    asyncio.run(main())
