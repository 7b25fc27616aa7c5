"""Our session: tokens in memory, renewed before they end. To log in is rationed (30 times in five minutes, 300 a day), so it is rare."""

import asyncio
import base64
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.addresses import LOOPBACK, is_encrypted
from bot.networks.bluesky.faults import Fault, NoAnswer, Said
from bot.networks.bluesky.web import Json, Web

EARLY = 300.0  # seconds before its end that a token is renewed
RENEWED_EVERY = 900.0  # a token outlives the app password that it came from by hours: renewing it tells that it was revoked
LIFE = 3600.0  # of a token that does not say
AGAIN = 60.0  # after it could not be renewed
BACK_OFF, BACK_OFF_MOST = 60.0, 900.0  # after the server would not have us


@dataclass(frozen=True)
class Pass:
    """`host`: the server that keeps our account, which may be another than the one that we log in at."""

    did: str
    handle: str
    host: str
    access: str
    refresh: str
    renew_at: float  # by our own clock
    ends_at: float

    def __repr__(self) -> str:
        return f"Pass({self.did})"


class Session:
    def __init__(self, web: Web, url: str, handle: str, password: SecretStr, clock: Callable[[], float] = time.monotonic) -> None:
        self._web, self._url, self._handle, self._password, self._clock = web, url, handle, password, clock
        self._pass: Pass | None = None
        self._renewing = asyncio.Lock()
        self._refusal: Said | None = None
        self._refusals, self._shut_until = 0, 0.0

    async def present(self) -> Pass:
        """Raises Fault."""
        last = self._pass
        if last is None or last.renew_at < self._clock():
            try:
                return await self.renewed(last)
            except Fault as fault:
                if last is None or last.ends_at < self._clock() or (isinstance(fault, Said) and fault.is_dead):
                    raise
                self._pass = replace(last, renew_at=self._clock() + AGAIN)  # where we log in is away; where we work may not be
        assert self._pass is not None
        return self._pass

    async def renewed(self, stale: Pass | None) -> Pass:
        """Another one than this; whoever comes second takes what the first one got."""
        async with self._renewing:
            if self._pass is not None and self._pass is not stale:
                return self._pass
            self._pass = await self._refreshed(stale) or await self._logged_in()
            return self._pass

    def refused(self, said: Said) -> None:
        """A session that was new is not accepted either: it makes no sense to log in again at once."""
        self._refusals += 1
        self._refusal = said
        longer = min(BACK_OFF * 2 ** (self._refusals - 1), BACK_OFF_MOST)
        self._shut_until = self._clock() + max(longer, said.wait.total_seconds() if said.wait else 0.0)

    def accepted(self) -> None:
        self._refusals, self._refusal = 0, None

    async def _refreshed(self, stale: Pass | None) -> Pass | None:
        """None when the server does not know this session any more. Asked where we logged in, as Bluesky's own client does."""
        if stale is None:
            return None
        try:
            answer = await self._web.post(f"{self._url}/xrpc/com.atproto.server.refreshSession", stale.refresh, None)
        except Said as said:
            if said.is_dead:
                return None
            raise
        return self._read(answer.body)

    async def _logged_in(self) -> Pass:
        if self._refusal and self._clock() < self._shut_until:
            raise self._refusal
        body = {"identifier": self._handle, "password": self._password.get_secret_value()}
        try:
            answer = await self._web.post(f"{self._url}/xrpc/com.atproto.server.createSession", "", body)
        except Said as said:
            if said.status >= 500:
                raise
            refusal = said if said.status == 429 else Said(401, said.name or f"http_{said.status}", said.message)
            self.refused(refusal)
            raise refusal from None
        return self._read(answer.body)

    def _read(self, body: Json) -> Pass:
        try:
            did, handle, access, refresh = (str(body[name]) for name in ("did", "handle", "accessJwt", "refreshJwt"))
        except KeyError as error:
            raise NoAnswer("unreadable_answer") from error
        if body.get("active") is False:
            status = str(body.get("status") or "deactivated")
            said = Said(403, "AccountInactive", status)
            self.refused(said)
            raise said
        life, now = _life(access), self._clock()
        renew_at = now + min(max(life - EARLY, EARLY), RENEWED_EVERY)
        return Pass(did, handle, self._host(body.get("didDoc")), access, refresh, renew_at, now + life)

    def _host(self, document: Any) -> str:
        """As the account's own document says, where that is as safe as the place that we were told of."""
        services = document.get("service") if isinstance(document, dict) else None
        for one in services if isinstance(services, list) else ():
            if isinstance(one, dict) and str(one.get("id", "")).endswith("#atproto_pds"):
                place = str(one.get("serviceEndpoint", "")).rstrip("/")
                if is_encrypted(place) and (_is_here(self._url) or not _is_here(place)):
                    return place
        return self._url


def _life(token: str) -> float:
    """What it says of itself; to know when to renew it nobody else's word is needed."""
    try:
        middle = token.split(".")[1]
        said = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
        return float(said["exp"]) - float(said["iat"])
    except (IndexError, KeyError, TypeError, ValueError):
        return LIFE


def _is_here(url: str) -> bool:
    return urlsplit(url).hostname in LOOPBACK
