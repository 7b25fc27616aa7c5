"""What a Teams bot does with many cards when nobody thought of the limits: a queue in memory per conversation, and the pause that Microsoft's page advises.

`python -m tests.bench.plain_teams`, settings from the environment.
"""

import asyncio
import random
import time
from collections import defaultdict

import httpx
from microsoft_teams.api import ApiClient, MessageActivityInput
from microsoft_teams.cards import AdaptiveCard, TextBlock
from microsoft_teams.common import Client, ClientOptions
from pydantic_settings import BaseSettings

from tests.bench import plain_serving

AGAIN = (412, 429, 502, 504)
SHORTEST, LONGEST = 2.0, 20.0  # seconds, as in its example (https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit)
RENEWED = 3000.0  # seconds; a token lives an hour


class Settings(BaseSettings):
    port: int
    teams_client_id: str
    teams_client_secret: str
    teams_tenant_id: str
    teams_service_url: str
    teams_login_url: str
    channels: str  # ids, with spaces between them
    cards: int


class Tokens:
    """The SDK asks Entra on a thread by a library that wants https; here is no https."""

    def __init__(self, settings: Settings) -> None:
        self.url = f"{settings.teams_login_url}/{settings.teams_tenant_id}/oauth2/v2.0/token"
        self.form = {
            "grant_type": "client_credentials",
            "client_id": settings.teams_client_id,
            "client_secret": settings.teams_client_secret,
            "scope": "https://api.botframework.com/.default",
        }
        self.value, self.until = "", 0.0

    async def of(self) -> str:
        if time.monotonic() >= self.until:
            async with httpx.AsyncClient() as web:
                self.value = (await web.post(self.url, data=self.form)).raise_for_status().json()["access_token"]
            self.until = time.monotonic() + RENEWED
        return self.value


class Queues:
    """One per conversation; what comes in goes to the end of it."""

    def __init__(self, settings: Settings) -> None:
        self.api = ApiClient(settings.teams_service_url, Client(ClientOptions(token=Tokens(settings).of)))
        self.waiting: dict[str, asyncio.Queue[str]] = defaultdict(asyncio.Queue)
        channels = settings.channels.split()
        for number in range(settings.cards):
            self.waiting[channels[number % len(channels)]].put_nowait(f"Case #{number}: is my data safe?")

    async def drain(self, channel: str) -> None:
        while True:
            text = await self.waiting[channel].get()
            pause = SHORTEST
            while not await self._post(channel, text):
                await asyncio.sleep(random.uniform(SHORTEST, pause))
                pause = min(2 * pause, LONGEST)

    async def _post(self, channel: str, text: str) -> bool:
        card = AdaptiveCard(body=[TextBlock(text=text, wrap=True)])
        try:
            await self.api.conversations.create_activity(channel, MessageActivityInput().add_card(card))
        except httpx.HTTPStatusError as error:
            if error.response.status_code not in AGAIN:
                raise
            return False
        return True


async def main() -> None:
    settings = Settings()  # type: ignore[call-arg]
    queues = Queues(settings)
    await plain_serving.run(queues, settings.port)


if __name__ == "__main__":
    asyncio.run(main())
