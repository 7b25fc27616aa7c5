"""What a person can do and what a door does by itself, by name: so that each door can say how it offers it, and a hole is seen."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from handlers.answers import acts as of_answers
from handlers.escalation import acts as of_ladders
from handlers.escalation.replies import LISTED_ACT
from handlers.insight.finding import OPENS
from handlers.insight.home import STATUS
from handlers.room.desk import ASKS as OF_ROOM


class Way(StrEnum):
    """How a door offers something."""

    BUTTON = "button"
    FORM = "form"
    COMMAND = "command"
    MENU = "menu"  # of a message
    PAGE = "page"
    ITSELF = "itself"  # nobody has to ask for it
    LINK = "link"  # it leads to where it is to be had


@dataclass(frozen=True)
class Offer:
    """`why_not` names the reason (template `ability.why_not`) for which the platform does not allow it, or not in the usual way."""

    ways: tuple[Way, ...] = ()
    why_not: str = ""


@dataclass(frozen=True)
class Ability:
    """`acts` are the buttons of handlers.buttons, and the forms that they open; `verbs` what begins a command."""

    group: str
    acts: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()


CASES, ANSWERS, CRISIS, ESCALATION, INSIGHT, PEOPLE = GROUPS = ("cases", "answers", "crisis", "escalation", "insight", "people")
ABILITIES: Mapping[str, Ability] = {
    "thread": Ability(CASES),
    "later": Ability(CASES),
    "refreshed": Ability(CASES),
    "tag": Ability(CASES, ("tag", "more_tags")),
    "claim": Ability(CASES, ("claim",)),
    "move": Ability(CASES, ("move",)),
    "close": Ability(CASES, ("close", "reopen"), ("close",)),
    "note": Ability(CASES, ("note",)),
    "kind": Ability(CASES, ("kind",)),
    "link": Ability(CASES, ("link",)),
    "reveal": Ability(CASES, ("reveal",)),
    "hide": Ability(CASES, ("hide",)),
    "alike": Ability(CASES, ("like_this",)),
    "next": Ability(CASES, (), ("next",)),
    "show": Ability(CASES, (OPENS,), ("show",)),
    "find": Ability(CASES, (), ("find",)),
    "record": Ability(CASES, (), ("log",)),
    "make_case": Ability(CASES),
    "reply": Ability(ANSWERS, ("reply",)),
    "revise": Ability(ANSWERS, ("revise", "withdraw")),
    "approve": Ability(ANSWERS, ("approve", "edit_and_approve", "reject")),
    "approvals": Ability(ANSWERS, ("show_draft",), ("approvals",)),
    "release": Ability(ANSWERS, ("release",), ("kept",)),
    "uncertain": Ability(ANSWERS, ("send_again", "arrived")),
    "correct": Ability(ANSWERS, ("correct", "delete_reply")),
    "handover": Ability(ANSWERS, ("handover",)),
    "look_again": Ability(ANSWERS, ("looked_at",), ("outdated", "samples")),
    "open_crisis": Ability(CRISIS, (), ("open",)),
    "hold": Ability(CRISIS, ("except",), ("hold",)),
    "facts": Ability(CRISIS, ("fact",), ("facts", "fact")),
    "statement": Ability(
        CRISIS, ("statement", "approve_statement", "reject_statement", "withdraw_statement", "show_statement"), ("statement",)
    ),
    "attest": Ability(CRISIS, ("attest",), ("attest",)),
    "clocks": Ability(CRISIS, (), ("aware", "authority", "update")),
    "callback": Ability(CRISIS, ("callback",), ("callbacks", "callback")),
    "mentioned": Ability(ESCALATION),
    "direct": Ability(ESCALATION),
    "acknowledge": Ability(ESCALATION, ("acknowledge", of_ladders.ALL), ("ack",)),
    "waiting": Ability(ESCALATION, (LISTED_ACT,), ("waiting",)),
    "take_over": Ability(ESCALATION, ("take_over",), ("take",)),
    "reassign": Ability(ESCALATION, ("reassign",), ("give",)),
    "snooze": Ability(ESCALATION, ("snooze",), ("snooze",)),
    "on_call": Ability(ESCALATION, (), ("oncall",)),
    "flow": Ability(ESCALATION, (), ("flow",)),
    "drill": Ability(ESCALATION, (), ("drill",)),
    "status": Ability(INSIGHT, (STATUS,), ("status",)),
    "home": Ability(INSIGHT),
    "digest": Ability(INSIGHT, ("digest_counts",), ("digest", "resumen", "bilan")),
    "digest_there": Ability(INSIGHT),
    "picture": Ability(INSIGHT),
    "table": Ability(INSIGHT),
    "people": Ability(PEOPLE, (), ("people",)),
    "private": Ability(PEOPLE),
    "help": Ability(PEOPLE, (), ("help",)),
}
ASKED = frozenset({"more_tags", "note", "kind", "link", *of_answers.FILLED, *of_ladders.FILLED, *OF_ROOM})  # acts that open a form


def of_workspace(own: Mapping[str, Offer]) -> Mapping[str, Offer]:
    """Of a door that binds every button of handlers.buttons and obeys every command. `own` is what it does besides, in its own way."""
    return {name: _joined(_shared(one), own.get(name, Offer())) for name, one in ABILITIES.items()}


def _shared(one: Ability) -> Offer:
    return Offer((*ways_of(one.acts), *((Way.COMMAND,) if one.verbs else ())))


def ways_of(acts: Collection[str], asked: Collection[str] = ASKED) -> tuple[Way, ...]:
    found = (Way.BUTTON, any(act not in asked for act in acts)), (Way.FORM, any(act in asked for act in acts))
    return tuple(way for way, is_so in found if is_so)


def _joined(one: Offer, other: Offer) -> Offer:
    return Offer(tuple(dict.fromkeys((*one.ways, *other.ways))), other.why_not)
