"""Acts × roles: who may do what, in one table, denied by default. Buttons, commands, shortcuts, Home and console all ask here."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from enum import StrEnum
from types import MappingProxyType

from handlers.errors import NoSuchCase, NotAllowed, Told, UnknownPerson, WorkspaceNotTrusted
from handlers.ports import Who
from storage import cases, crises, health, people
from storage.cases import Case
from storage.database import Store, Work
from storage.people import Person


class Act(StrEnum):
    """What a person can do here."""

    SEE = "see"
    TAG = "tag"
    CLAIM = "claim"
    ACKNOWLEDGE = "acknowledge"
    REASSIGN = "reassign"
    CLOSE = "close"
    MOVE = "move"
    NOTE = "note"
    REVEAL = "reveal"
    SET_KIND = "set_kind"
    LINK_CUSTOMERS = "link_customers"
    LOG_MENTION = "log_mention"
    REPLY = "reply"
    APPROVE = "approve"
    RELEASE = "release"
    DELETE_REPLY = "delete_reply"
    HIDE = "hide"
    OPEN_CRISIS = "open_crisis"
    CLOSE_CRISIS = "close_crisis"
    SET_HOLD = "set_hold"
    EXCUSE = "excuse"
    ADD_FACT = "add_fact"
    SETTLE_FACT = "settle_fact"
    PROPOSE_STATEMENT = "propose_statement"
    APPROVE_STATEMENT = "approve_statement"
    ATTEST = "attest"
    SET_AWARE = "set_aware"
    PROMISE_UPDATE = "promise_update"
    CALL_BACK = "call_back"
    DRILL = "drill"
    SUBSCRIBE = "subscribe"
    CONFIRM_SHARED = "confirm_shared"
    MANAGE_PEOPLE = "manage_people"
    MARK_WORKSPACE = "mark_workspace"
    SEE_COSTS = "see_costs"


_TEAM = frozenset({"agent", "lead", "manager", "admin"})
_ALL = _TEAM | {"legal", "marketing", "dpo", "security", "press_officer"}

ROLES: MappingProxyType[Act, frozenset[str]] = MappingProxyType(
    {
        Act.SEE: _ALL,
        Act.TAG: _TEAM | {"legal", "press_officer", "dpo"},
        Act.CLAIM: _TEAM | {"legal", "press_officer", "dpo"},
        Act.ACKNOWLEDGE: _ALL,  # FLOW may call anybody
        Act.REASSIGN: _TEAM | {"legal", "press_officer", "dpo"},
        Act.CLOSE: _TEAM,
        Act.MOVE: _TEAM,
        Act.NOTE: _ALL,
        Act.REVEAL: frozenset({"agent", "lead", "manager", "legal", "dpo"}),
        Act.SET_KIND: _TEAM | {"legal", "press_officer", "dpo"},
        Act.LINK_CUSTOMERS: _TEAM,
        Act.LOG_MENTION: _ALL,
        Act.REPLY: _TEAM | {"legal", "marketing", "dpo", "press_officer"},
        Act.APPROVE: frozenset({"lead", "manager", "legal", "dpo", "press_officer"}),  # which of them, FLOW says draft by draft
        Act.RELEASE: frozenset({"lead", "manager"}),
        Act.DELETE_REPLY: frozenset({"lead"}),
        Act.HIDE: frozenset({"agent", "lead", "manager", "legal", "dpo"}),  # those who may see what it would hide
        Act.OPEN_CRISIS: frozenset({"lead", "manager"}),
        Act.CLOSE_CRISIS: frozenset({"manager"}),
        Act.SET_HOLD: frozenset({"lead", "manager"}),
        Act.EXCUSE: frozenset({"manager"}),
        Act.ADD_FACT: frozenset({"lead", "manager", "legal", "dpo", "security", "press_officer"}),
        Act.SETTLE_FACT: frozenset({"manager", "legal", "dpo", "security"}),
        Act.PROPOSE_STATEMENT: frozenset({"lead", "manager", "legal", "dpo", "marketing", "press_officer"}),
        Act.APPROVE_STATEMENT: frozenset({"lead", "manager", "legal", "dpo", "press_officer"}),  # which of them, FLOW says
        Act.ATTEST: frozenset({"lead", "manager", "legal", "dpo", "marketing", "press_officer"}),
        Act.SET_AWARE: frozenset({"manager", "legal", "dpo"}),
        Act.PROMISE_UPDATE: frozenset({"lead", "manager", "press_officer"}),
        Act.CALL_BACK: _TEAM | {"legal", "press_officer", "dpo"},
        Act.DRILL: frozenset({"lead", "manager"}),
        Act.SUBSCRIBE: frozenset({"lead", "manager", "marketing", "admin"}),
        Act.CONFIRM_SHARED: frozenset({"admin"}),  # a digest where people from outside read
        Act.MANAGE_PEOPLE: frozenset({"admin"}),
        Act.MARK_WORKSPACE: frozenset({"admin"}),
        Act.SEE_COSTS: frozenset({"manager", "admin"}),
    }
)
# those who decide, and those who let people in
NEEDS_SECOND_FACTOR = frozenset({"lead", "legal", "manager", "admin", "dpo", "security", "press_officer"})


def may(person: Person, act: Act) -> bool:
    return bool(person.roles & ROLES.get(act, frozenset()))


async def admit(work: Work, who: Who, act: Act) -> Person:
    """The person behind an account, if they may do this now; else UnknownPerson, NotAllowed or WorkspaceNotTrusted."""
    if who.workspace != "console" and not await health.trusted(work, who.workspace):
        raise WorkspaceNotTrusted(workspace=who.workspace)
    person = await people.by_external(work, who.workspace, who.external_id)
    if person is None:
        raise UnknownPerson(admins=tuple(admin.name for admin in await people.with_role(work, "admin")))
    if not may(person, act):
        raise NotAllowed(roles=tuple(sorted(ROLES.get(act, frozenset()))))
    return person


async def admit_each(work: Work, whos: Iterable[Who], act: Act) -> dict[Who, Person | Told]:
    """Each account once: the person, or why they may not."""
    found: dict[Who, Person | Told] = {}
    for who in dict.fromkeys(whos):
        try:
            found[who] = await admit(work, who, act)
        except Told as refused:
            found[who] = refused
    return found


@asynccontextmanager
async def on_case(store: Store, who: Who, act: Act, case_id: int) -> AsyncIterator[tuple[Work, Person, Case]]:
    """A transaction in which this person acts on a case that is held for them. Raises what `admit` raises, and NoSuchCase.

    The crisis is held still before the case, as all do who may reach a clock that a hold moves: nobody then waits in a circle.
    """
    async with store.begin() as work:
        person = await admit(work, who, act)
        await crises.current(work, hold_still=True)
        case = await cases.lock(work, case_id)
        if case is None:
            raise NoSuchCase(case=case_id)
        yield work, person, case
