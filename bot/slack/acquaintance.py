"""Who is behind a Slack account: somebody seen for the first time is recognised by the email address that Slack vouches for."""

import asyncio
import time
from dataclasses import dataclass, field

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.markup import Json
from bot.slack.workspace import NAME
from handlers.ports import Who
from handlers.staff import Staff

log = structlog.get_logger()
REMEMBERED = 60.0  # seconds; somebody removed and added again is asked for anew after that
PATIENCE = 1.0  # seconds of the three that Slack gives us for the whole act
BETWEEN = 1.5  # seconds; Slack lets fifty addresses a minute be asked for
AWAY = (SlackApiError, aiohttp.ClientError, TimeoutError, OSError)


@dataclass
class Acquaintance:
    staff: Staff
    client: AsyncWebClient
    _known_until: dict[str, float] = field(default_factory=dict)
    _profiles: dict[str, Json] = field(default_factory=dict)
    _home: Json | None = None

    async def recognise(self, who: Who) -> None:
        """Introduce an account to our people, if its address is one of theirs. Costs nothing for those seen a moment ago."""
        if not who.external_id or self._known_until.get(who.external_id, 0.0) > time.monotonic():
            return
        if not await self.staff.knows(who):
            address = await self._address(who.external_id)
            if not address or not await self.staff.introduce(who, address):
                return
        self._known_until[who.external_id] = time.monotonic() + REMEMBERED

    async def meet(self) -> None:
        """Recognise those whom we know by their address only, so that they can be told something before they have ever clicked."""
        for address in await self.staff.strangers(NAME):
            user = (await self._ask("users.lookupByEmail", email=address)).get("user") or {}
            if user and await self._is_person_of_ours(user):
                await self.staff.introduce(Who(NAME, str(user["id"])), address)
            await asyncio.sleep(BETWEEN)

    def forget(self, who: Who) -> None:
        self._known_until.pop(who.external_id, None)

    async def name_of(self, user_id: str) -> str:
        """As colleagues see it; the account itself when Slack does not say."""
        user = await self._profile(user_id)
        return str(user.get("real_name") or user.get("name") or user_id)

    async def _address(self, user_id: str) -> str:
        """Only of a person of our own organisation: another one could give its people any address it likes."""
        user = await self._profile(user_id)
        profile = user.get("profile") or {}
        return str(profile.get("email") or "") if await self._is_person_of_ours(user) else ""

    async def _is_person_of_ours(self, user: Json) -> bool:
        """Whose address Slack vouches for."""
        if user.get("deleted") or user.get("is_bot") or user.get("is_email_confirmed") is False:
            return False
        return await self._is_ours(user)

    async def _is_ours(self, user: Json) -> bool:
        home = await self._where_we_are()
        enterprise = (user.get("enterprise_user") or {}).get("enterprise_id")
        return bool(home) and (user.get("team_id") == home.get("team_id") or (bool(enterprise) and enterprise == home.get("enterprise_id")))

    async def _where_we_are(self) -> Json:
        if self._home is None:
            self._home = await self._ask("auth.test") or None
        return self._home or {}

    async def _profile(self, user_id: str) -> Json:
        if user_id and user_id not in self._profiles:
            answer = await self._ask("users.info", user=user_id)
            if answer:
                self._profiles[user_id] = answer["user"]
        return self._profiles.get(user_id, {})

    async def _ask(self, method: str, **asked: str) -> Json:
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self.client.api_call(method, params=asked)
        except AWAY as error:
            log.warning("slack_did_not_tell", method=method, reason=str(getattr(error, "response", error))[:200])
            return {}
        return answer.data if isinstance(answer.data, dict) else {}
