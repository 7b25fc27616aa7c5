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


class DecidedElsewhere(Told):
    """FLOW gives this workspace no part in approvals. Facts: workspace, where (those that have one), roles, you (theirs is one of them)."""

    template = "error.decided_elsewhere"


class NoSuchCase(Told):
    """Facts: case, as it was asked for."""

    template = "error.no_such_case"


class CaseClosed(Told):
    """Facts: case."""

    template = "error.case_closed"


class CaseErased(Told):
    """Nothing is left to be answered. Facts: case."""

    template = "error.case_erased"


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


class HoldStands(Told):
    """Facts: hold (silent, holding)."""

    template = "error.hold_stands"


class NothingHeld(Told):
    template = "error.nothing_held"


class NoSuchFact(Told):
    """Facts: fact, as it was asked for."""

    template = "error.no_such_fact"


class FactSettled(Told):
    """What was confirmed or taken back is not written anew. Facts: fact, status."""

    template = "error.fact_settled"


class FactsNotConfirmed(Told):
    """Words may not rest on these. Facts: facts, a tuple of numbers; none when a full statement names no fact at all."""

    template = "error.facts_not_confirmed"


class NoSuchStatement(Told):
    """Facts: statement, as it was asked for."""

    template = "error.no_such_statement"


class StatementOver(Told):
    """It is not what the clicked card showed any more. Facts: kind, version, status."""

    template = "error.statement_over"


class NoSuchCallback(Told):
    """Facts: callback, as it was asked for."""

    template = "error.no_such_callback"


class LinkOver(Told):
    """A link of a mail is too old, or not whole."""

    template = "error.link_over"


class LinkBroken(LinkOver):
    """It is not one of ours, or not whole."""


class DrillRuns(Told):
    """An exercise is under way already."""

    template = "error.drill_runs"


class NoDrill(Told):
    template = "error.no_drill"


class TooLong(Told):
    """FLOW lets nobody put such a case off for so long. Facts: minutes, the most."""

    template = "error.too_long"


class NothingAttested(Told):
    template = "error.nothing_attested"


class BadInput(Told):
    """Facts: field, problem (both as the door or the rule names them)."""

    template = "error.bad_input"


class LastAdmin(Told):
    """Facts: name, of the one admin who is left."""

    template = "error.last_admin"


class NoWayOut(Told):
    """The network cannot carry such a reply, or we have no door to it. Facts: network, reason (not_connected, public, private)."""

    template = "error.no_way_out"


class DraftStopped(Told):
    """What FLOW lets nobody send. Facts: findings, a tuple of Words."""

    template = "error.draft_stopped"


class NoSuchDraft(Told):
    template = "error.no_such_draft"


class DraftOver(Told):
    """It stands otherwise than the clicked card showed. Facts: status (a DraftStatus), number, present (of versions)."""

    template = "error.draft_over"


class DraftOutdated(Told):
    """The statement that it rests on was replaced, or a fact under it was taken back: it must be renewed first."""

    template = "error.draft_outdated"


class OwnDraft(Told):
    """Nobody approves what they wrote."""

    template = "error.own_draft"


class NotTheirTurn(Told):
    """Another stage is waited for. Facts: stage (a Label), unchecked (the language that the approver must know, "" for any)."""

    template = "error.not_their_turn"


class OnItsWay(Told):
    """The network has it in hand, or may have: nothing can be changed before it answers."""

    template = "error.on_its_way"


class NoSuchReply(Told):
    template = "error.no_such_reply"


class ReplyElsewhere(Told):
    """It stands otherwise than the clicked card showed. Facts: state (a ReplyState, or deleted)."""

    template = "error.reply_elsewhere"


class PictureNotShown(Told):
    """Facts: reason, in the workspace's own word."""

    template = "error.picture_not_shown"


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
