"""Asks Microsoft, before the door opens, whether everything that the bot needs on Teams is there. Nothing is posted, and nobody is told."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from bot.checkup import Finding, Rules, ok, unset, warning, wrong
from bot.settings import Settings
from bot.teams.access import Access, access_of
from bot.teams.answers import code_of
from bot.teams.channels import CHANNEL
from bot.teams.clouds import CHINA
from bot.teams.keys import Keys, KeysAway
from bot.teams.package import is_public
from bot.teams.tokens import Tokens
from handlers.errors import DoorClosed, SendError

FALLBACK = "fallback"
PATH = "/api/messages"  # the route's own: to read it from there takes a second and more, since the SDK comes with it
PATIENCE = 10  # seconds
PAGE, PAGES = 500, 20  # members
_ID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_ENTRA = re.compile(r"AADSTS\d+")
_GUESTS = ("guest", "anonymous")


@dataclass(frozen=True)
class Failed:
    """Teams' own word for what is wrong; `everywhere`: it would be the same in any channel."""

    reason: str
    away: bool = False
    everywhere: bool = False


async def look_at_teams(settings: Settings, rules: Rules | None) -> list[Finding]:
    if not settings.teams:
        return [_unset(settings)]
    if malformed := tuple(_malformed(settings)):
        return [wrong("check.teams_bad_id", names=malformed)]
    async with httpx.AsyncClient(timeout=PATIENCE) as web:
        return [*await _look(settings, web), *_unbound(settings.teams_channels, rules.channels if rules else ())]


def _unset(settings: Settings) -> Finding:
    needed = {
        "TEAMS_CLIENT_ID": settings.teams_client_id,
        "TEAMS_CLIENT_SECRET": settings.teams_client_secret,
        "TEAMS_TENANT_ID": settings.teams_tenants,
    }
    missing = tuple(name for name, value in needed.items() if not value)
    half = len(missing) < len(needed) or settings.teams_channels
    return wrong("check.teams_half", missing=missing) if half else unset("check.teams_unset")


def _malformed(settings: Settings) -> Iterator[str]:
    """The name of a directory (example.onmicrosoft.com) would get us a token, and then fit nobody who acts."""
    if not _ID.fullmatch(settings.teams_client_id):
        yield "TEAMS_CLIENT_ID"
    if not all(_ID.fullmatch(tenant) for tenant in settings.teams_tenants):
        yield "TEAMS_TENANT_ID"


async def _look(settings: Settings, web: httpx.AsyncClient) -> list[Finding]:
    access = access_of(settings)
    try:
        token = await Tokens(access, web).of()
    except SendError as error:
        return [wrong("check.teams_secret" if isinstance(error, DoorClosed) else "check.teams_away", reason=_number(error.reason))]
    found = [ok("check.teams_well", app=access.client_id, cloud=access.cloud.name), *_cloud(access), *await _hearing(settings, access, web)]
    for name, channel_id in sorted(settings.teams_channels.items()):
        read = await _members(web, access, token, channel_id) if CHANNEL.fullmatch(channel_id) else None
        if isinstance(read, Failed) and (read.everywhere or read.away):
            return [*found, wrong("check.teams_away" if read.away else "check.teams_refused", reason=read.reason)]
        found += _channel(access, name, channel_id, read)
    return found


def _cloud(access: Access) -> Iterator[Finding]:
    """https://learn.microsoft.com/microsoftteams/platform/concepts/sovereign-cloud: bots in Teams operated by 21Vianet, no."""
    if access.cloud == CHINA:
        yield warning("check.teams_no_bots")


def _number(reason: str) -> str:
    """Entra's own number for what is wrong, where it gave one: an administrator can look it up."""
    found = _ENTRA.search(reason)
    return found[0] if found else reason


async def _hearing(settings: Settings, access: Access, web: httpx.AsyncClient) -> list[Finding]:
    """How clicks and commands come to us, and whether we can tell that they are from Teams."""
    if not is_public(settings.public_url):
        return [wrong("check.teams_no_address", path=PATH)]
    try:
        await Keys(access, web).of("")
    except KeysAway as away:
        name = "check.teams_other_cloud" if away.reason == "other_issuer" else "check.teams_no_keys"
        return [wrong(name, url=access.openid_url)]
    return [ok("check.teams_http", url=f"{settings.public_url.rstrip('/')}{PATH}")]


async def _members(web: httpx.AsyncClient, access: Access, token: str, channel_id: str) -> list[Mapping[str, Any]] | Failed:
    """Only who has the app in its team is told (https://learn.microsoft.com/microsoftteams/platform/bots/how-to/get-teams-context)."""
    url = f"{access.service_url.rstrip('/')}/v3/conversations/{quote(channel_id, safe=':@')}/pagedmembers"
    members: list[Mapping[str, Any]] = []
    following: dict[str, str] = {}
    for _ in range(PAGES):
        try:
            answer = await web.get(url, params={"pageSize": str(PAGE), **following}, headers={"Authorization": f"Bearer {token}"})
            told = answer.json() if answer.is_success else {}
            page = told["members"] if answer.is_success else []
        except (httpx.HTTPError, ValueError, TypeError, KeyError) as error:
            return Failed(type(error).__name__, away=True)
        if not answer.is_success:
            return _failed(answer)
        members += page
        if not told.get("continuationToken"):
            break
        following = {"continuationToken": str(told["continuationToken"])}
    return members


def _failed(answer: httpx.Response) -> Failed:
    status, code = answer.status_code, code_of(answer)
    away = status == 429 or status >= 500
    return Failed(code or f"http_{status}", away=away, everywhere=status == 401 or code in ("BotNotRegistered", "BotDisabledByAdmin"))


def _channel(access: Access, name: str, channel_id: str, read: Sequence[Mapping[str, Any]] | Failed | None) -> Iterator[Finding]:
    """Of None the id is none."""
    if read is None:
        yield wrong("check.teams_bad_channel", name=name, id=channel_id)
    elif isinstance(read, Failed):
        yield wrong("check.teams_no_channel", name=name, id=channel_id, reason=read.reason)
    else:
        strangers = sum(bool(one.get("tenantId")) and one["tenantId"] not in access.tenants for one in read)
        guests = sum(_is_guest(one) for one in read)
        yield from _readers(name, len(read), strangers, guests)


def _is_guest(member: Mapping[str, Any]) -> bool:
    return str(member.get("userRole") or "").casefold() in _GUESTS or "#ext#" in str(member.get("userPrincipalName") or "").casefold()


def _readers(name: str, members: int, strangers: int, guests: int) -> Iterator[Finding]:
    if strangers:
        yield wrong("check.teams_shared", name=name, count=strangers)
    if guests:
        yield warning("check.teams_guests", name=name, count=guests)
    if not strangers and not guests:
        yield ok("check.teams_channel", name=name, count=members)


def _unbound(ids: Mapping[str, str], needed: Sequence[str]) -> Iterator[Finding]:
    for name in needed:
        if name not in ids:
            yield warning("check.teams_to_fallback", name=name) if FALLBACK in ids else wrong("check.teams_unbound", name=name)
    if FALLBACK not in ids:
        yield unset("check.teams_no_fallback")
