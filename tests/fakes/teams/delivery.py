"""Brings activities to the bot with a signed token, measures how long it takes to answer, and comes again when it took too long."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

import aiohttp

from .keys import FORGERIES, Keyring
from .limits import Limits
from .state import Json


@dataclass(frozen=True)
class Answer:
    """What the bot answered to one delivery. `reason` says why it counts for nothing; None when all is well."""

    status: int | None = None
    body: Any = None
    seconds: float = 0.0
    reason: str | None = None  # lost (too late), connection_failed, http_error, or why the client cannot show it
    attempts: int = 1
    activity: Json | None = None
    card: Json | None = None  # what took the clicked card's place, or stands in the dialog
    told: str | None = None  # what this person alone was told
    url: str | None = None  # where the button leads: nobody asks the bot

    @property
    def fine(self) -> bool:
        return self.reason is None


class Delivery:
    """The road to the bot's /api/messages."""

    def __init__(self, limits: Limits, keyring: Keyring, client_id: str) -> None:
        self.limits = limits
        self.keyring = keyring
        self.client_id = client_id
        self.service_url = ""
        self.bot_endpoint = ""
        self.forged = ""
        self.answers: list[Answer] = []
        self._session: aiohttp.ClientSession | None = None

    @contextmanager
    def forging(self, how: str) -> Iterator[None]:
        """Until the end, knock as somebody would who is not Teams: one of `FORGERIES`."""
        if how not in FORGERIES:
            raise ValueError(f"no such forgery: {how}")
        self.forged = how
        try:
            yield
        finally:
            self.forged = ""

    async def send(self, activity: Json, *, redeliver: bool = False) -> Answer:
        """Deliver until there is an answer in time. `redeliver` loses the first one on the way, however fast it came."""
        answer = await self._once(activity)
        left = self.limits.redeliveries
        while (redeliver or answer.reason == "lost") and left:
            left, redeliver = left - 1, False
            answer = replace(await self._once(activity), attempts=answer.attempts + 1)
        return answer

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _once(self, activity: Json) -> Answer:
        started = time.monotonic()
        answer = await self._posted(deepcopy(activity))
        measured = replace(answer, seconds=time.monotonic() - started, activity=activity)
        self.answers.append(measured)
        return measured

    async def _posted(self, activity: Json) -> Answer:
        if not self.bot_endpoint:
            return Answer(reason="connection_failed")
        token = self.keyring.token(self.client_id, self.service_url, self.forged)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._session = self._session or aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        limit = aiohttp.ClientTimeout(total=self.limits.answer_seconds)
        sent = _forged({**activity, "serviceUrl": self.service_url}, self.forged)
        try:
            async with self._session.post(self.bot_endpoint, json=sent, headers=headers, timeout=limit) as response:
                return _read(response.status, await response.text())
        except TimeoutError:
            return Answer(reason="lost")
        except aiohttp.ClientError:
            return Answer(reason="connection_failed")


def _read(status: int, text: str) -> Answer:
    try:
        body = json.loads(text) if text else None
    except ValueError:
        body = text
    return Answer(status, body, reason=None if 200 <= status < 300 else "http_error")


def _forged(activity: Json, how: str) -> Json:
    if how == "activity_without_service_url":
        del activity["serviceUrl"]
    if how == "other_channel":
        activity["channelId"] = "webchat"
    if how == "other_tenant":
        stranger = {"id": "99999999-9999-4999-8999-999999999999"}
        activity["channelData"] = {**activity.get("channelData", {}), "tenant": stranger}
        activity["conversation"] = {**activity["conversation"], "tenantId": stranger["id"]}
    return activity
