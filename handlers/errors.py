"""What can go wrong, named for what happened. An error that a person is told names a message of templates/ and its facts."""

from datetime import timedelta

from handlers.ports import Words


class Told(Exception):
    """An act was not done; the person is told why."""

    template = ""

    def __init__(self, **facts: object) -> None:
        super().__init__(f"{type(self).__name__} {facts}")
        self.facts = facts

    @property
    def words(self) -> Words:
        return Words(self.template, self.facts)


class UnknownPerson(Told):
    """Facts: admins, the names of those who can add somebody."""

    template = "error.unknown_person"


class NotAllowed(Told):
    """Facts: roles, those that may."""

    template = "error.not_allowed"


class WorkspaceNotTrusted(Told):
    """Facts: workspace."""

    template = "error.workspace_not_trusted"


class NoSuchCase(Told):
    """Facts: case, as it was asked for."""

    template = "error.no_such_case"


class CaseClosed(Told):
    """Facts: case."""

    template = "error.case_closed"


class CaseOwned(Told):
    """Somebody else was faster. Facts: case, owner."""

    template = "error.case_owned"


class NothingWaits(Told):
    template = "error.nothing_waits"


class NoSuchTag(Told):
    """Facts: tag."""

    template = "error.no_such_tag"


class NoSuchPerson(Told):
    """Facts: name."""

    template = "error.no_such_person"


class NoSuchCustomer(Told):
    """Facts: name."""

    template = "error.no_such_customer"


class CrisisOpen(Told):
    """Facts: name, of the crisis that is open already."""

    template = "error.crisis_open"


class NoCrisis(Told):
    template = "error.no_crisis"


class BadInput(Told):
    """Facts: field, problem (both as the door or the rule names them)."""

    template = "error.bad_input"


class LastAdmin(Told):
    """Facts: name, of the one admin who is left."""

    template = "error.last_admin"


class SendError(Exception):
    """A send that did not end with a receipt."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TryLater(SendError):
    """The destination asked for quiet, or is away; it surely did not take it. `bucket`: the limit that was hit, "" for the lane's own."""

    def __init__(self, reason: str, after: timedelta, bucket: str = "") -> None:
        super().__init__(reason)
        self.after = after
        self.bucket = bucket


class Refused(SendError):
    """The destination will never take this message."""


class Gone(SendError):
    """The message that was to be updated is not there any more: somebody deleted it."""


class DoorClosed(SendError):
    """Nobody gets through this door now: a revoked token (`whole` workspace), an archived or missing channel (this lane)."""

    def __init__(self, reason: str, *, whole: bool = False) -> None:
        super().__init__(reason)
        self.whole = whole


class Unconfirmed(SendError):
    """Sent, but no answer came: it may or may not have arrived."""


class CannotAsk(Unconfirmed):
    """Nobody can find out whether it arrived: a person decides, it is never sent again by itself."""
