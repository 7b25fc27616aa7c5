"""How the crisis itself is shown: its board of facts, a version of a statement, the call-backs. Pure but for `load`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flows.approvals import Standing, Yes, standing
from flows.flow import Flow
from handlers.ports import Button, Card, CustomerText, Label, Style, Words
from handlers.room.clocks import AUTHORITY, UPDATE
from handlers.room.facts import CLOCK, what
from handlers.room.statements import missing
from storage import attestations, deadlines, exceptions, facts, statement_approvals, statements
from storage.attestations import CUSTOMERS_FIRST, POSTS_STOPPED, Attestation
from storage.callbacks import Callback
from storage.crises import Crisis
from storage.database import Work
from storage.deadlines import Deadline
from storage.facts import Fact, FactStatus
from storage.statement_approvals import StatementApproval
from storage.statements import FULL, HOLDING, Statement, StatementStatus
from storage.types import Hold

ASKED = 8  # facts with a button of their own


@dataclass(frozen=True)
class RoomView:
    """Everything that the board of a crisis shows."""

    at: datetime
    crisis: Crisis
    facts: Sequence[Fact]
    statements: Sequence[Statement]
    attestations: Sequence[Attestation]
    clocks: Mapping[str, Deadline]  # by key; unmet ones
    excused: int
    flow: Flow


async def load(work: Work, flow: Flow, crisis: Crisis) -> RoomView:
    clocks = {one.key: one for one in await deadlines.standing(work, crisis.id)}
    excused = await exceptions.count_since(work, crisis.id, crisis.hold_since) if crisis.hold_since else 0
    said, stands = await statements.all_of(work, crisis.id), await attestations.all_standing(work, crisis.id)
    return RoomView(await work.now(), crisis, await facts.of_crisis(work, crisis.id), said, stands, clocks, excused, flow)


def board_card(view: RoomView) -> Card:
    title = Words("room.title", {"name": view.crisis.name, "at": view.crisis.opened_at})
    return Card(title, tuple(board_lines(view)), buttons=_buttons(view), tone=_tone(view.crisis))


def _tone(crisis: Crisis) -> str:
    return "plain" if crisis.hold is Hold.OFF else "high"


def board_lines(view: RoomView) -> list[Words]:
    return [
        hold_line(view.crisis, view.excused),
        *_facts(view),
        *_statements(view),
        *_gates(view),
        *_clocks(view),
    ]


def hold_line(crisis: Crisis, excused: int) -> Words:
    if crisis.hold_since is None:
        return Words("room.no_hold")
    return Words("room.hold", {"hold": str(crisis.hold), "since": crisis.hold_since, "excused": excused})


def _facts(view: RoomView) -> list[Words]:
    shown = [fact for fact in view.facts if fact.status is not FactStatus.RETRACTED]
    gone = len(view.facts) - len(shown)
    return [*(_fact(view, fact) for fact in shown), *([Words("fact.retracted_count", {"count": gone})] if gone else [])]


def _fact(view: RoomView, fact: Fact) -> Words:
    clock = view.clocks.get(f"{CLOCK}:{fact.id}")
    return Words(
        "fact.line",
        {
            "number": fact.id,
            "asked": Label(what(view.flow, fact)) if fact.question else "",
            "text": fact.text,
            "status": str(fact.status),
            "source": fact.source,
            "owner": fact.owner or "",
            "due": clock.due_at if clock else None,
            "late": clock is not None and clock.due_at <= view.at,
        },
    )


def _statements(view: RoomView) -> list[Words]:
    lines = []
    for kind in (HOLDING, FULL):
        mine = [one for one in view.statements if one.kind == kind]
        waiting = [one.version for one in mine if one.status is StatementStatus.IN_APPROVAL]
        present = [one for one in mine if one.status is StatementStatus.APPROVED]
        lines.append(_statement(view, kind, present[-1] if present else None, waiting))
    return lines


def _statement(view: RoomView, kind: str, present: Statement | None, waiting: Sequence[int]) -> Words:
    gone = {fact.id for fact in view.facts if fact.status is FactStatus.RETRACTED}
    said: dict[str, object] = {"kind": kind, "version": present.version if present else 0, "waiting": tuple(waiting)}
    broken = tuple(sorted(gone & set(present.fact_ids))) if present else ()
    return Words("statement.line", said | {"missing": tuple(missing(present.texts)) if present else (), "broken": broken})


def _gates(view: RoomView) -> list[Words]:
    told = [one for one in view.attestations if one.gate == CUSTOMERS_FIRST]
    lines = [_customers_first(told[-1])] if told else [Words("room.customers_first_open")] if view.flow.rules.customers_first else []
    stopped = tuple(
        Words("room.stopped", {"account": one.subject, "by": one.person}) for one in view.attestations if one.gate == POSTS_STOPPED
    )
    return [*lines, Words("room.posts_stopped", {"accounts": stopped})]


def _customers_first(told: Attestation) -> Words:
    said = {name: told.what[name] for name in ("told_by", "share", "how")}
    return Words("room.customers_first", {**said, "at": datetime.fromisoformat(told.what["at"]), "by": told.person})


def _clocks(view: RoomView) -> list[Words]:
    authority = view.clocks.get(f"{AUTHORITY}:{view.crisis.id}")
    update = view.clocks.get(f"{UPDATE}:{view.crisis.id}")
    aware = Words("room.aware", {"at": view.crisis.aware_at})
    return [
        aware,
        Words("room.authority", {"due": authority.due_at, "late": authority.due_at <= view.at})
        if authority
        else Words("room.authority_done"),
        *([Words("room.update", {"due": update.due_at, "late": update.due_at <= view.at})] if update else []),
    ]


def _buttons(view: RoomView) -> tuple[tuple[Button, ...], ...]:
    asked = [fact for fact in view.facts if fact.status is FactStatus.UNKNOWN][:ASKED]
    each = [Button("fact", Words("room.button_fact", {"number": fact.id}), str(fact.id)) for fact in asked]
    own = (
        Button("fact", Words("room.button_add_fact"), "", Style.PRIMARY),
        Button("statement", Words("room.button_statement", {"kind": HOLDING}), HOLDING),
        Button("statement", Words("room.button_statement", {"kind": FULL}), FULL),
    )
    attest = tuple(Button("attest", Words("room.button_attest", {"gate": gate}), gate) for gate in (CUSTOMERS_FIRST, POSTS_STOPPED))
    return tuple(row for row in (tuple(each[:4]), tuple(each[4:]), own, attest) if row)


@dataclass(frozen=True)
class Reading:
    """A version of a statement with who has said yes to it."""

    statement: Statement
    approvals: Sequence[StatementApproval]
    stands: Standing


async def read(work: Work, flow: Flow, statement_id: int) -> Reading | None:
    statement = await statements.get(work, statement_id)
    if statement is None:
        return None
    given = await statement_approvals.of(work, statement)
    yeses = [Yes(one.person_id, one.stage, one.stands_in_for) for one in given]
    return Reading(statement, given, standing(flow.answers.statement_stages, yeses, statement.author_id))


def statement_card(reading: Reading) -> Card:
    """Shows one version for ever; once it is decided nobody can click any more."""
    one = reading.statement
    said = {"number": one.id, **_version(one)}
    rests = Words("statement.rests", {"facts": one.fact_ids, "missing": tuple(missing(one.texts))})
    yeses = tuple(Words("statement.yes", {"name": yes.person, "at": yes.at}) for yes in reading.approvals)
    small = (
        Words("statement.state", {"status": str(one.status), "author": one.author, "at": one.proposed_at}),
        *yeses,
        *_waited_for(reading),
    )
    return Card(Words("statement.title", said), (*_texts(one), rests), small, _verdicts(one))


def statements_card(known: Sequence[Statement]) -> Card:
    """The present words and those that wait; each version is opened by its button."""
    present = [one for one in known if one.status in (StatementStatus.APPROVED, StatementStatus.IN_APPROVAL)]
    body = [line for one in present for line in (_head(one), *_texts(one))]
    opens = tuple(Button("show_statement", Words("statement.button_open", _version(one)), str(one.id)) for one in present[:4])
    news = tuple(Button("statement", Words("room.button_statement", {"kind": kind}), kind) for kind in (HOLDING, FULL))
    return Card(Words("statement.list_title", {"count": len(present)}), tuple(body), buttons=tuple(row for row in (opens, news) if row))


def _version(one: Statement) -> dict[str, object]:
    return {"kind": one.kind, "version": one.version}


def _head(one: Statement) -> Words:
    return Words("statement.head", {**_version(one), "status": str(one.status), "author": one.author})


def _texts(one: Statement) -> tuple[Words, ...]:
    return tuple(Words("statement.text", {"language": language, "text": text}) for language, text in one.texts.items())


def _waited_for(reading: Reading) -> tuple[Words, ...]:
    waiting = reading.stands.waiting
    if waiting is None or reading.statement.status is not StatementStatus.IN_APPROVAL:
        return ()
    facts = {"stage": Label(waiting.label), "have": reading.stands.have, "need": reading.stands.need}
    return (Words("statement.waits_for", facts),)


def _verdicts(one: Statement) -> tuple[tuple[Button, ...], ...]:
    number = str(one.id)
    if one.status is StatementStatus.APPROVED:
        return ((Button("withdraw_statement", Words("statement.button_withdraw"), number, Style.DANGER, confirm=Words("statement.sure")),),)
    if one.status is not StatementStatus.IN_APPROVAL:
        return ()
    yes = Button("approve_statement", Words("statement.button_approve"), number, Style.PRIMARY)
    return ((yes, Button("reject_statement", Words("statement.button_reject"), number, Style.DANGER)),)


def callbacks_card(open_ones: Sequence[Callback], at: datetime) -> Card:
    """How to reach somebody is told to whoever asks, and only to them: it is never posted."""
    lines = tuple(line for one in open_ones for line in _callback(one, at))
    return Card(Words("callback.title", {"count": len(open_ones)}), lines)


def _callback(one: Callback, at: datetime) -> tuple[Words, ...]:
    facts = {"number": one.id, "case": one.case_id, "handle": CustomerText(one.handle), "leader": one.leader, "due": one.due_at}
    return (Words("callback.line", {**facts, "late": one.due_at <= at, "reach_at": CustomerText(one.reach_at, whole=True)}),)
