"""The keys that the Bot Connector signs with, and the tokens it knocks at the bot's door with: true ones and forged ones."""

import functools
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from .state import Json


@dataclass(frozen=True)
class Cloud:
    """What Microsoft has apart in each of its clouds: who issues, for whom our own tokens are."""

    issuer: str = "https://api.botframework.com"
    graph: str = "https://graph.microsoft.com"

    @property
    def scopes(self) -> dict[str, str]:
        """What may be asked for → the audience of the token."""
        return {f"{audience}/.default": audience for audience in (self.issuer, self.graph)}


CLOUDS = {
    "public": Cloud(),
    "gcc_high": Cloud("https://api.botframework.us", "https://graph.microsoft.us"),
    "dod": Cloud("https://api.botframework.us", "https://dod-graph.microsoft.us"),
    "china": Cloud("https://api.botframework.azure.cn", "https://microsoftgraph.chinacloudapi.cn"),
}
CHANNELS = ["msteams", "skype", "webchat"]
FORGERIES = {
    "audience": "the token is meant for another bot",
    "issuer": "somebody else issued it",
    "expired": "it ended an hour ago",
    "too_early": "it begins in an hour",
    "foreign_key": "its key is not among ours, though it bears the name of one that is",
    "unknown_key": "its key is not among ours",
    "no_endorsement": "its key does not vouch for Teams",
    "no_service_url": "it does not say which service it speaks for",
    "other_service_url": "it speaks for another service than the activity names",
    "activity_without_service_url": "the token is true, the activity names no service",
    "other_tenant": "the token is true, the activity is another organisation's",
    "other_channel": "the token is true, the activity says that it is not from Teams",
    "no_signature": "it is not signed at all",
    "shared_secret": "it is signed with our public key, taken for a secret",
    "garbage": "it is no token",
    "none": "there is none",
}


@functools.cache
def _made(number: int) -> rsa.RSAPrivateKey:
    """Made once in a process: each takes a tenth of a second."""
    assert number >= 0
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(frozen=True)
class Key:
    number: int
    kid: str = field(default_factory=lambda: uuid.uuid4().hex)
    endorsements: tuple[str, ...] = tuple(CHANNELS)

    @property
    def private(self) -> rsa.RSAPrivateKey:
        return _made(self.number)

    @property
    def public(self) -> Json:
        """As the list of keys has it."""
        shown = json.loads(RSAAlgorithm.to_jwk(self.private.public_key()))
        return {"kty": "RSA", "use": "sig", "kid": self.kid, "x5t": self.kid, "n": shown["n"], "e": shown["e"], **self._endorsed}

    @property
    def _endorsed(self) -> Json:
        return {"endorsements": list(self.endorsements)} if self.endorsements else {}


class Keyring:
    """The keys in use: one for Teams, and one that vouches for another channel only."""

    def __init__(self, issuer: str = Cloud.issuer) -> None:
        self.issuer = issuer
        self.teams = Key(0)
        self.elsewhere = Key(1, endorsements=("directline",))
        self.foreign = Key(2)
        self.retired: list[Key] = []

    def rotate(self, *, forget: bool = True) -> None:
        """A new key signs from now on; the old one leaves the list unless told otherwise."""
        if not forget:
            self.retired.append(self.teams)
        self.teams = Key(self.teams.number + 3)

    @property
    def published(self) -> Json:
        return {"keys": [one.public for one in (self.elsewhere, *self.retired, self.teams)]}

    def token(self, audience: str, service_url: str, forged: str = "") -> str | None:
        """A signed token for one activity; None when there is to be none."""
        if forged in ("none", "garbage"):
            return None if forged == "none" else "not.a.token"
        now = int(time.time())  # the bot compares it with its own, real clock
        claims: dict[str, Any] = {"iss": self.issuer, "aud": audience, "nbf": now - 60, "exp": now + 3600, "serviceurl": service_url}
        return self._signed(_spoilt(claims, now, forged), forged)

    def _signed(self, claims: Json, forged: str) -> str:
        if forged == "no_signature":
            return jwt.encode(claims, "", algorithm="none", headers={"kid": self.teams.kid})
        if forged == "shared_secret":
            return jwt.encode(claims, self.teams.public["n"], algorithm="HS256", headers={"kid": self.teams.kid})
        signer = {"foreign_key": self.foreign, "unknown_key": self.foreign, "no_endorsement": self.elsewhere}.get(forged, self.teams)
        named = self.teams if forged == "foreign_key" else signer
        return jwt.encode(claims, signer.private, algorithm="RS256", headers={"kid": named.kid, "x5t": named.kid})


def _spoilt(claims: Json, now: int, forged: str) -> Json:
    changes: dict[str, Json] = {
        "audience": {"aud": str(uuid.uuid4())},
        "issuer": {"iss": "https://sts.example.com"},
        "expired": {"nbf": now - 7200, "exp": now - 3600},
        "too_early": {"nbf": now + 3600, "exp": now + 7200},
        "other_service_url": {"serviceurl": "https://evil.example.com/"},
    }
    kept = {**claims, **changes.get(forged, {})}
    if forged == "no_service_url":
        del kept["serviceurl"]
    return kept
