"""Who may knock at /api/messages: the Bot Connector, for a tenant of ours, and nobody else.

The SDK has a validator of its own, with gaps that matter to a house under attack: it compares the service URL only if the
activity names one, lets any host be named (our token would be sent there), does not ask whether the key may speak for Teams, fetches keys
while every other request waits, and knows no tenant. This one follows
https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication (step 4) to the letter.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import jwt

from bot.teams.access import Access
from bot.teams.keys import Key, Keys, KeysAway

ENTRA = ("https://sts.windows.net/", "https://login.microsoftonline.", "https://login.partner.microsoftonline.")  # agent ids
CHANNEL = "msteams"
TOLERANCE = 300  # seconds between Microsoft's clock and ours
TOKEN_MOST = 8_192  # characters; theirs have about 700
CLAIMS = ("aud", "exp", "iss", "nbf", "serviceurl")  # which all of theirs have

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
# stricter than the standard: what two readers of an address could take for two hosts is no address
_ADDRESS = re.compile(r"(https?)://([a-z0-9][a-z0-9.-]*|\[::1\])(:[0-9]{1,5})?(?:/[a-z0-9._~%/-]*)?", re.ASCII | re.IGNORECASE)
_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (jwt.ExpiredSignatureError, "expired"),
    (jwt.ImmatureSignatureError, "not_yet"),
    (jwt.InvalidAudienceError, "audience"),
    (jwt.InvalidIssuerError, "issuer"),
    (jwt.MissingRequiredClaimError, "claim_missing"),
    (jwt.InvalidSignatureError, "signature"),
)

Json = Mapping[str, Any]


class Stranger(Exception):
    """Not let in. `status` is HTTP's: 401 for whoever is not Microsoft, 403 for what Microsoft may not bring, 503 while nobody can tell."""

    def __init__(self, reason: str, status: int = 401) -> None:
        super().__init__(reason)
        self.reason, self.status = reason, status


@dataclass(frozen=True)
class Caller:
    """The Bot Connector, as its token proves. What it brings is still to be admitted."""

    service_url: str
    key: Key


class Trust:
    def __init__(self, access: Access, web: httpx.AsyncClient, keys: Keys | None = None) -> None:
        self._client_id = access.client_id
        self._tenants = frozenset(tenant.casefold() for tenant in access.tenants)
        self._issuer, self._cloud = access.issuer, access.cloud
        self._own = _own(access.service_url)
        self._keys = keys or Keys(access, web)

    async def recognise(self, authorization: Sequence[str]) -> Caller:
        """`authorization`: every header of that name. Raises Stranger."""
        token = _bearer(authorization)
        kid = _kid(token, self._issuer)
        try:
            key = await self._keys.of(kid)
        except KeysAway:
            raise Stranger("keys_away", 503) from None
        if key is None:
            raise Stranger("unknown_key")
        service_url = self._claims(token, key)["serviceurl"]
        if not isinstance(service_url, str) or not service_url:
            raise Stranger("claim_missing")
        return Caller(service_url, key)

    def _claims(self, token: str, key: Key) -> Json:
        try:
            return jwt.decode(
                token,
                key.public,
                algorithms=["RS256"],
                audience=self._client_id,
                issuer=self._issuer,
                leeway=TOLERANCE,
                options={"require": list(CLAIMS), "strict_aud": True},
            )
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise Stranger(next((reason for kind, reason in _REASONS if isinstance(error, kind)), "malformed")) from None

    def admit(self, caller: Caller, activity: Json) -> None:
        """Whether this caller may bring this activity. Raises Stranger."""
        service_url, channel = activity.get("serviceUrl"), activity.get("channelId")
        if not isinstance(service_url, str) or not service_url:
            raise Stranger("service_url_missing", 403)
        if service_url.rstrip("/") != caller.service_url.rstrip("/"):
            raise Stranger("service_url_differs", 403)
        if not self._is_theirs(service_url):
            raise Stranger("service_url_host", 403)
        if channel != CHANNEL:
            raise Stranger("channel", 403)
        if channel not in caller.key.endorsements:
            raise Stranger("endorsement", 403)
        if not self._is_ours(activity):
            raise Stranger("tenant", 403)

    def _is_theirs(self, url: str) -> bool:
        """Our own token will be sent there. Other hosts than those of the cloud come in by TEAMS_SERVICE_URL."""
        scheme, host, port = origin = _origin(url)
        if origin == self._own:
            return True
        return scheme == "https" and port in ("", ":443") and (host in self._cloud.hosts or host.endswith(self._cloud.domains))

    def _is_ours(self, activity: Json) -> bool:
        """It names a tenant, and none that is not ours."""
        named = [_part(_part(activity, "channelData"), "tenant").get("id"), _part(activity, "conversation").get("tenantId")]
        tenants = [one for one in named if one is not None]
        return bool(tenants) and all(isinstance(one, str) and one.casefold() in self._tenants for one in tenants)


def _bearer(authorization: Sequence[str]) -> str:
    if not authorization:
        raise Stranger("no_token")
    scheme, _, token = authorization[0].partition(" ")
    if len(authorization) > 1 or scheme.lower() != "bearer" or not token.isascii() or not 0 < len(token) <= TOKEN_MOST:
        raise Stranger("malformed")
    return token


def _kid(token: str, ours: str) -> str:
    """Which key it claims to be signed with. Nothing of this is proven: it only spares us to ask for keys that can not be meant."""
    try:
        told = jwt.decode_complete(token, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError):
        raise Stranger("malformed") from None
    header, issuer = told["header"], told["payload"].get("iss")
    if header.get("alg") != "RS256":
        raise Stranger("algorithm")
    if issuer != ours:
        raise Stranger("entra" if isinstance(issuer, str) and issuer.startswith(ENTRA) else "issuer")
    if not isinstance(header.get("kid"), str):
        raise Stranger("unknown_key")
    return str(header["kid"])


def _origin(url: str) -> tuple[str, str, str]:
    """Scheme, host and port (":443" or none); three times nothing for what is no plain address."""
    found = _ADDRESS.fullmatch(url)
    return (found[1].lower(), found[2].lower(), found[3] or "") if found else ("", "", "")


def _own(url: str) -> tuple[str, str, str] | None:
    """That of TEAMS_SERVICE_URL, which nobody may listen to on the way."""
    scheme, host, port = _origin(url)
    return (scheme, host, port) if scheme == "https" or host in LOOPBACK else None


def _part(value: Json, name: str) -> Json:
    """An object inside; an empty one where there is none."""
    found = value.get(name)
    return found if isinstance(found, dict) else {}
