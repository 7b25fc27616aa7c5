"""What Teams tells of a channel: which one is meant, who reads it, whether we can post there."""

import re
from dataclasses import dataclass
from typing import Any

from bot.teams.access import Access
from bot.teams.answers import ASK, send_error
from bot.teams.graph import Graph
from bot.teams.services import Services, Team
from handlers.errors import CannotAsk, DoorClosed, Refused
from handlers.insight.ports import Spot

PERSON = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|(?:29|8):[\w:.-]{1,300}")
CHANNEL = re.compile(r"19:[\w.:=-]{1,300}@thread\.[a-z0-9]{1,20}")
PAGE, PAGES = 500, 10  # members; what is larger counts as open
_OUTSIDERS = ("guest", "anonymous")


@dataclass(frozen=True)
class Channels:
    """Teams tells of the teams only that the app was added to, and only of those whose activities we have heard."""

    api: Any
    access: Access
    services: Services
    graph: Graph

    async def look(self, said: str) -> Spot | None:
        """`said` is an id (19:…@thread.tacv2) or a name as it was typed (#marketing). Raises a SendError."""
        wanted = said.strip().lstrip("#").strip()
        if PERSON.fullmatch(wanted):
            return Spot(wanted, f"@{wanted}", is_open=True, can_post=True)  # whether it is one of our people is not Teams' to tell
        if CHANNEL.fullmatch(wanted):
            return await self._by_id(wanted)
        return await self._by_name(wanted.casefold()) if wanted else None

    async def _by_id(self, channel_id: str) -> Spot | None:
        team = self.services.team_of(channel_id)
        for one in [team] if team else [*self.services.teams(), Team(channel_id)]:  # a team is called by its first channel's id
            for channel in await self._channels(one):
                if channel.id == channel_id:
                    return await self._spot(channel, one)
        return None

    async def _by_name(self, name: str) -> Spot | None:
        for team in self.services.teams():
            for channel in await self._channels(team):
                if (channel.name or await self._name_of(team)).casefold() == name:
                    return await self._spot(channel, team)
        return None

    async def _channels(self, team: Team) -> list[Any]:
        """None of a team that does not know us any more."""
        try:
            return list(await self._asked(self._client(team.team_id).teams.get_conversations(team.team_id)) or ())
        except (DoorClosed, Refused) as error:
            _raise_if_whole(error)
            return []

    async def _name_of(self, team: Team) -> str:
        """A team's first channel bears its team's name, and comes without one."""
        return str((await self._details(team)).name or "")

    async def _details(self, team: Team) -> Any:
        found = await self._asked(self._client(team.team_id).teams.get_by_id(team.team_id))
        if found.aad_group_id and not team.group_id:
            self.services.learn(team.team_id, Team(team.team_id, found.aad_group_id))
        return found

    async def _spot(self, channel: Any, team: Team) -> Spot:
        name = channel.name or await self._name_of(team)
        try:
            from_outside = await self._read_from_outside(channel.id)
        except (DoorClosed, Refused) as error:
            _raise_if_whole(error)
            return Spot(channel.id, f"#{name}", is_open=True, can_post=False)
        shared, private = channel.type == "shared", channel.type == "private"
        is_open = shared or from_outside or not (private or await self._is_private(team))
        return Spot(channel.id, f"#{name}", is_open, can_post=True)

    async def _is_private(self, team: Team) -> bool:
        """A team that anybody of the organisation may join is as good as public; so is one of which nobody tells."""
        group_id = team.group_id or str((await self._details(team)).aad_group_id or "")
        try:
            return bool(group_id) and await self.graph.is_private(group_id)
        except CannotAsk:
            return False

    async def _read_from_outside(self, channel_id: str) -> bool:
        token: str | None = None
        for _ in range(PAGES):
            page = await self._asked(self._client(channel_id).conversations.get_paged_members(channel_id, PAGE, token))
            if any(self._is_outsider(member) for member in page.members or ()):
                return True
            token = page.continuation_token
            if not token:
                return False
        return True

    def _is_outsider(self, member: Any) -> bool:
        tenant, role, name = member.tenant_id or "", str(member.user_role or ""), str(member.user_principal_name or "")
        return (tenant and tenant not in self.access.tenants) or role.casefold() in _OUTSIDERS or "#ext#" in name.casefold()

    def _client(self, conversation_id: str) -> Any:
        url = self.services.url_of(conversation_id, self.access.tenants[0])
        return self.api.from_service_url(url) if url else self.api

    async def _asked(self, call: Any) -> Any:
        try:
            return await call
        except Exception as error:
            raise send_error(error, ASK) from error


def _raise_if_whole(error: DoorClosed | Refused) -> None:
    """That nobody lets us in at all says nothing about a channel."""
    if isinstance(error, DoorClosed) and error.whole:
        raise error


def is_person(channel_id: str) -> bool:
    return bool(PERSON.fullmatch(channel_id))
