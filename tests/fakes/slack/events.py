"""The Events API: what the app subscribed to, delivered until acknowledged or given up."""

import asyncio
from dataclasses import dataclass, field

from . import payloads
from .delivery import Ack, Delivery, Retry
from .limits import Window
from .state import Channel, Json, State, new_id


@dataclass
class Delivered:
    """One event and every attempt to bring it; `over` is set when no more will follow."""

    payload: Json
    attempts: list[Ack] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def acknowledged(self) -> bool:
        return any(ack.acknowledged for ack in self.attempts)

    @property
    def event_id(self) -> str:
        return str(self.payload["event_id"])


class Events:
    """Sends events: the first attempt is awaited, repetitions (at once, 1 min, 5 min) go on behind."""

    def __init__(self, state: State, delivery: Delivery) -> None:
        self.state = state
        self.delivery = delivery
        # As an app manifest names them; message.* by the kind of conversation.
        self.subscribed = {"app_mention", "message.im", "app_home_opened"}
        self.sent: list[Delivered] = []
        self._hour = Window(3600.0)
        self._repeating: set[asyncio.Task[None]] = set()

    async def send(self, event: Json, channel: Channel | None = None) -> Delivered:
        now = self.state.clock.now()
        if self._hour.wait(now, self.state.limits.events_an_hour):
            return await self._limited()
        self._hour.take(now)
        return await self._deliver(Delivered(payloads.event_callback(self.state, event, channel)))

    async def repeat(self, delivered: Delivered) -> Ack:
        """Bring the same event once more, as Slack does when it missed the acknowledgement."""
        ack = await self.delivery.send("events_api", delivered.payload, Retry(len(delivered.attempts), "http_timeout"))
        delivered.attempts.append(ack)
        return ack

    async def verify_url(self) -> bool:
        """Slack's check when a Request URL is entered: the challenge must come back."""
        challenge = new_id("3eZ")
        ack = await self.delivery.send("events_api", payloads.url_verification(challenge))
        body = ack.body.get("challenge") if isinstance(ack.body, dict) else ack.body
        return ack.acknowledged and body == challenge

    async def close(self) -> None:
        for task in self._repeating:
            task.cancel()

    async def _limited(self) -> Delivered:
        """Past the hourly limit Slack tells the app so, and drops the event."""
        delivered = Delivered(payloads.app_rate_limited(self.state))
        delivered.attempts.append(await self.delivery.send("events_api", delivered.payload))
        delivered.over.set()
        return delivered

    async def _deliver(self, delivered: Delivered) -> Delivered:
        self.sent.append(delivered)
        delivered.attempts.append(await self.delivery.send("events_api", delivered.payload))
        if delivered.acknowledged or delivered.attempts[-1].no_retry:
            delivered.over.set()
            return delivered
        task = asyncio.create_task(self._repeat_until_heard(delivered))
        self._repeating.add(task)
        task.add_done_callback(self._repeating.discard)
        return delivered

    async def _repeat_until_heard(self, delivered: Delivered) -> None:
        for number, delay in enumerate(self.state.limits.retry_delays, start=1):
            await self.state.clock.sleep(delay)
            last = delivered.attempts[-1]
            ack = await self.delivery.send("events_api", delivered.payload, Retry(number, last.reason or "unknown_error"))
            delivered.attempts.append(ack)
            if ack.acknowledged or ack.no_retry:
                break
        delivered.over.set()
