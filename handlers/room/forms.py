"""The forms of the crisis's room: a fact, a statement, an attestation, a call-back, an exception. Pure."""

from collections.abc import Mapping, Sequence

from flows.flow import LANGUAGES, Flow
from handlers.ports import Field, FieldKind, Form, Label, Option, Words
from handlers.room.facts import DATA_TYPES, what
from handlers.room.statements import MOST
from storage.attestations import CUSTOMERS_FIRST
from storage.facts import Fact, FactStatus
from storage.people import Person
from storage.statements import FULL, Statement

LISTED = 100  # choices; doors show no more
OUTCOMES = ("confirmed", "unknown", "retracted", "assigned")


def new_fact_form() -> Form:
    fields = (
        Field("text", Words("fact.form_text"), FieldKind.LONG, most=1000),
        _source(""),
        _data_types(()),
    )
    return Form("fact", Words("fact.form_new"), Words("form.save"), fields, intro=(Words("fact.form_intro"),))


def fact_form(flow: Flow, fact: Fact, team: Sequence[Person]) -> Form:
    """What became of one that stands."""
    outcomes = tuple(Option(one, Words("fact.outcome", {"outcome": one})) for one in OUTCOMES)
    owners = tuple(Option(person.name, Words("plain.text", {"text": person.name})) for person in team[:LISTED])
    fields = (
        Field("outcome", Words("fact.form_outcome"), FieldKind.CHOICE, outcomes, ("confirmed",)),
        Field("text", Words("fact.form_answer"), FieldKind.LONG, initial=_initial(fact.text), optional=True, most=1000),
        _source(fact.source),
        _data_types(fact.data_types),
        Field("owner", Words("fact.form_owner"), FieldKind.CHOICE, owners, _initial(fact.owner or ""), optional=True),
        Field("at", Words("fact.form_due"), FieldKind.MOMENT, optional=True),
    )
    intro = (Words("plain.label", {"label": Label(what(flow, fact))}),)
    return Form("fact", Words("fact.form_title", {"number": fact.id}), Words("form.save"), fields, str(fact.id), intro)


def _source(initial: str) -> Field:
    return Field("source", Words("fact.form_source"), initial=_initial(initial), optional=True, most=1000)


def _data_types(initial: Sequence[str]) -> Field:
    options = tuple(Option(one, Words("fact.data_type", {"name": one})) for one in DATA_TYPES)
    return Field("data_types", Words("fact.form_data_types"), FieldKind.CHOICES, options, tuple(initial), optional=True)


def statement_form(flow: Flow, kind: str, known: Sequence[Fact], present: Statement | None) -> Form:
    """A new version, begun with the words of the present one."""
    firm = [fact for fact in known if fact.status is FactStatus.CONFIRMED or (kind != FULL and _is_said(fact))]
    options = tuple(Option(str(fact.id), _fact_option(flow, fact)) for fact in firm[-LISTED:])
    begun: Mapping[str, str] = present.texts if present else {}
    still = tuple(str(number) for number in present.fact_ids if str(number) in {one.value for one in options}) if present else ()
    texts = (_text(one, begun.get(one, "")) for one in LANGUAGES)
    fields = (*texts, Field("facts", Words("statement.form_facts"), FieldKind.CHOICES, options, still, optional=kind != FULL))
    intro = (Words("statement.form_intro", {"kind": kind, "facts": len(options)}),)
    return Form("statement", Words("statement.form_title", {"kind": kind}), Words("statement.form_submit"), fields, kind, intro)


def _text(language: str, begun: str) -> Field:
    label = Words("statement.form_text", {"language": language})
    return Field(f"text_{language}", label, FieldKind.LONG, initial=_initial(begun), optional=True, most=MOST)


def _is_said(fact: Fact) -> bool:
    return fact.status is FactStatus.UNKNOWN and bool(fact.text)


def _fact_option(flow: Flow, fact: Fact) -> Words:
    asked = Label(what(flow, fact)) if fact.question else ""
    return Words("fact.option", {"number": fact.id, "asked": asked, "text": fact.text, "status": str(fact.status)})


def rejection_form(statement: Statement) -> Form:
    field = Field("reason", Words("statement.form_reason"), FieldKind.LONG, most=1000)
    title = Words("statement.form_reject", {"kind": statement.kind, "version": statement.version})
    return Form("reject_statement", title, Words("statement.button_reject"), (field,), str(statement.id))


def attest_form(gate: str) -> Form:
    fields = _told() if gate == CUSTOMERS_FIRST else (Field("account", Words("room.form_account"), most=200),)
    return Form(
        "attest", Words("room.form_attest", {"gate": gate}), Words("room.form_vouch"), fields, gate, (Words("room.form_vouch_intro"),)
    )


def _told() -> tuple[Field, ...]:
    return (
        Field("told_by", Words("room.form_told_by"), most=200),
        Field("share", Words("room.form_share"), most=200),
        Field("at", Words("room.form_told_at"), FieldKind.MOMENT),
        Field("how", Words("room.form_how"), most=500),
    )


def callback_form(case_id: int, leaders: Sequence[Person]) -> Form:
    options = tuple(Option(person.name, Words("plain.text", {"text": person.name})) for person in leaders[:LISTED])
    fields = (
        Field("leader", Words("callback.form_leader"), FieldKind.CHOICE, options),
        Field("reach_at", Words("callback.form_reach_at"), optional=True, most=200),
        Field("at", Words("callback.form_due"), FieldKind.MOMENT, optional=True),
    )
    return Form("callback", Words("callback.form_title", {"number": case_id}), Words("callback.form_submit"), fields, str(case_id))


def except_form(case_id: int) -> Form:
    field = Field("reason", Words("room.form_reason"), FieldKind.LONG, most=1000)
    title = Words("room.form_except", {"number": case_id})
    return Form("except", title, Words("room.form_except_submit"), (field,), str(case_id), (Words("room.form_except_intro"),))


def _initial(text: str) -> tuple[str, ...]:
    return (text,) if text else ()
