"""What goes wrong between us and Bluesky, as it happened, and what that means for whoever asked."""

from dataclasses import dataclass
from datetime import timedelta

from handlers.errors import DoorClosed, Refused, SendError, TryLater, Unconfirmed

AWAY = timedelta(seconds=10)
QUIET_LEAST, QUIET_MOST = timedelta(seconds=1), timedelta(hours=1)
ASTRAY = timedelta(minutes=1)
# what servers call a token or an account with which nothing works any more
RENEWABLE = frozenset({"ExpiredToken", "InvalidToken", "AuthMissing", "AuthenticationRequired", "BadJwt", "BadJwtSignature"})
_SHUT = {"AccountDeactivated", "AccountInactive", "AccountSuspended", "AccountTakedown", "AuthFactorTokenRequired"}
_GONE = {"RepoDeactivated", "RepoSuspended", "RepoTakendown"}
DEAD = RENEWABLE | _SHUT | _GONE
_REASON_MOST = 300


class Fault(Exception):
    """A call that did not bring what was asked for."""


class NotSent(Fault):
    """It surely never left us."""


class NoAnswer(Fault):
    """It left us, and what came back tells nothing."""


@dataclass
class Said(Fault):
    """The server's answer, other than 2xx. `wait`: for how long it asks for quiet."""

    status: int
    name: str
    message: str
    wait: timedelta | None = None

    @property
    def reason(self) -> str:
        words = f"{self.name}: {self.message}" if self.message and self.message != self.name else self.name
        return (words or f"http_{self.status}")[:_REASON_MOST]

    @property
    def is_dead(self) -> bool:
        return self.status == 401 or self.name in DEAD

    @property
    def is_stale(self) -> bool:
        """Another token may do: nothing was done with this one."""
        return self.name in RENEWABLE or (self.status == 401 and self.name not in DEAD)


def ours(fault: Fault, *, writing: bool = False) -> SendError:
    """`writing`: what may have been done without our knowing must not be taken for undone."""
    match fault:
        case Said():
            return _answered(fault, writing=writing)
        case NotSent():
            return TryLater(str(fault), AWAY)
        case _ if writing:
            return Unconfirmed(str(fault))
        case _:
            return TryLater(str(fault), AWAY)


def _answered(said: Said, *, writing: bool) -> SendError:
    if said.status == 429:
        return TryLater("rate_limited", min(max(said.wait or AWAY, QUIET_LEAST), QUIET_MOST))
    if said.is_dead:
        return DoorClosed(said.reason, whole=True)
    if said.status >= 500:
        return Unconfirmed(said.reason) if writing else TryLater(said.reason, said.wait or AWAY)
    if said.status < 400:  # a redirect: our token is not taken to another place
        return TryLater("redirected", ASTRAY)
    return Refused(said.reason)
