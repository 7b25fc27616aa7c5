"""Who is behind an account of Teams: somebody seen for the first time is recognised by the address that their organisation vouches for."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from bot.teams.access import NAME
from bot.teams.answers import send_error
from bot.teams.services import Services
from handlers.errors import SendError
from handlers.ports import Who
from handlers.staff import Staff

log = structlog.get_logger()
REMEMBERED = 60.0  # seconds; somebody removed and added again is asked for anew after that
PATIENCE = 2.0  # seconds of the ten that Teams gives us for the whole act
PAGE = 500
STRANGERS = 2000


@dataclass
class Acquaintance:
    """`client` asks the service of a conversation; `services` learn how people are called there. `tenants` are the organisations whose word
    counts, `channels` the conversations that we know.
    """

    staff: Staff
    client: Callable[[str], Any]
    services: Services
    tenants: Sequence[str]
    channels: Collection[str]
    asked: asyncio.Event = field(default_factory=asyncio.Event)  # set when somebody new may be among the members
    _known_until: dict[str, float] = field(default_factory=dict)
    _addresses: dict[str, tuple[str, float]] = field(default_factory=dict)  # and until when we need not ask again

    async def recognise(self, who: Who, conversation_id: str, teams_id: str = "") -> None:
        """Introduce an account to our people, if its address is one of theirs. Costs nothing for those seen a moment ago."""
        if not who.external_id or self._known_until.get(who.external_id, 0.0) > time.monotonic():
            return
        if not await self.staff.knows(who):
            address = await self._address(conversation_id, teams_id or who.external_id)
            if not address or not await self.staff.introduce(who, address):
                return
        self._known_until[who.external_id] = time.monotonic() + REMEMBERED

    async def meet(self) -> None:
        """Recognise the members of our channels whom we know by their address only: they can then be told something before they click."""
        strangers = {address.casefold() for address in await self.staff.strangers(NAME)}
        async for member in self._everybody():
            account, address = _account(member), self._vouched(member)
            self.services.meet(account, str(member.id))
            if address.casefold() in strangers:
                await self.staff.introduce(Who(NAME, account), address)

    def forget(self, who: Who) -> None:
        self._known_until.pop(who.external_id, None)

    def accounts(self) -> dict[str, str]:
        """The id that Teams calls somebody by → their account in Entra."""
        return {called: account for account, called in self.services.called.items()}

    async def _everybody(self) -> AsyncIterator[Any]:
        for channel_id in dict.fromkeys(self.channels):
            token: str | None = None
            while True:
                try:
                    page = await self.client(channel_id).conversations.get_paged_members(
                        channel_id, page_size=PAGE, continuation_token=token
                    )
                except Exception as error:  # noqa: BLE001 - whatever the SDK raises, the next channel is asked
                    log.warning("teams_members_not_told", reason=send_error(error).reason)
                    break
                for member in page.members or ():
                    yield member
                token = page.continuation_token
                if not token:
                    break

    async def _address(self, conversation_id: str, teams_id: str) -> str:
        """Asked once in a while: a crowd of strangers must not spend what our cards need."""
        address, until = self._addresses.get(teams_id, ("", 0.0))
        if until > time.monotonic():
            return address
        try:
            async with asyncio.timeout(PATIENCE):
                member = await self.client(conversation_id).conversations.get_member_by_id(conversation_id, teams_id)
        except Exception as error:  # noqa: BLE001 - whatever the SDK raises, they stay a stranger for now
            log.warning("teams_did_not_tell", reason=_reason(error))
            return ""
        if len(self._addresses) >= STRANGERS:
            self._addresses.clear()
        self._addresses[teams_id] = self._vouched(member), time.monotonic() + REMEMBERED
        return self._addresses[teams_id][0]

    def _vouched(self, member: Any) -> str:
        """Only of a person of our organisations: a guest's address is what they made of it elsewhere. An administrator may write any
        address beside a name; the name that one signs in with has a domain that is proven to be theirs, so from others that alone counts.
        """
        name, tenant = str(member.user_principal_name or ""), str(member.tenant_id or "")
        if (tenant and tenant not in self.tenants) or _is_guest(member):
            return ""
        if tenant == self.tenants[0]:
            return str(member.email or name)
        return name or ("" if tenant or len(self.tenants) > 1 else str(member.email or ""))


def _is_guest(member: Any) -> bool:
    return str(member.user_role or "").casefold() in ("guest", "anonymous") or "#ext#" in str(member.user_principal_name or "").casefold()


def _account(member: Any) -> str:
    return str(member.aad_object_id or member.id)


def _reason(error: Exception) -> str:
    return error.reason if isinstance(error, SendError) else send_error(error).reason
