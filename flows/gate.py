"""Whether a reply may leave at this moment: one pure decision that every way out passes."""

from __future__ import annotations

from dataclasses import dataclass

SILENT, HOLDING = "silent", "holding"


@dataclass(frozen=True)
class Leaving:
    """What is known of a reply at the moment of sending. `hold` is silent, holding or off.

    `held_case`: it was about the crisis at any time during this hold; `speaks_of_crisis`: the reply or what it answers uses the crisis's
    words, whatever the case is called. `statement` is the kind that the reply rests on ("" for none), `statement_stands` that it is the
    present approved one and no fact under it was retracted.
    """

    present: bool
    unchanged: bool
    same_recipient: bool
    approved: bool
    case_open: bool
    sent_before: bool
    hold: str
    held_case: bool
    speaks_of_crisis: bool
    excused: bool
    statement: str
    statement_stands: bool
    asserts_more: bool  # the checks found something in it that neither a fact nor the statement holds
    private: bool
    handover: bool
    customers_first: bool  # attested, or not asked for
    answered_meanwhile: bool  # another answer left after these words were put forward, and the customer has not written since
    mention_deleted: bool
    stood_through_hold: bool  # it was in line when a hold was lifted, and nobody has looked at it since
    private_over: bool = False  # the network lets nobody write to this customer in private any more
    exercise: bool = False  # part of a drill: there is no customer


def why_not(reply: Leaving) -> str | None:
    """The first reason that keeps it here, None when it may go. Who has nothing to do with the crisis is held by no hold."""
    return _not_this(reply) or _held(reply) or _not_yet(reply)


def _not_this(reply: Leaving) -> str | None:
    """It is not what people approved, or there is nobody left to tell."""
    reasons = {
        "exercise": reply.exercise,
        "sent_before": reply.sent_before,
        "not_present": not reply.present,
        "changed": not reply.unchanged,
        "recipient": not reply.same_recipient,
        "case_closed": not reply.case_open,
        "not_approved": not reply.approved,
        "answered_meanwhile": reply.answered_meanwhile,
        "mention_deleted": reply.mention_deleted and not reply.private,
        "private_over": reply.private_over and reply.private,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def _held(reply: Leaving) -> str | None:
    about = reply.held_case or reply.speaks_of_crisis
    if not about or reply.excused:
        return None
    if reply.hold == SILENT:
        return "held_silent"
    if reply.hold == HOLDING and not (_only_waits(reply) and reply.statement_stands):
        return "held_holding"
    return "look_again" if reply.stood_through_hold else None


def _only_waits(reply: Leaving) -> bool:
    """It says what the holding statement says. Naming the statement is not enough: nothing else may be asserted."""
    return reply.statement == HOLDING and not reply.asserts_more


def _not_yet(reply: Leaving) -> str | None:
    if reply.statement and not reply.statement_stands:
        return "statement_old"
    invites = reply.handover and not reply.statement  # first words of a private talk; who repeats a statement in public informs
    general = (reply.held_case or reply.speaks_of_crisis) and not reply.private and not invites and not _only_waits(reply)
    return "customers_first" if general and not reply.customers_first else None
