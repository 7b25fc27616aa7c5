"""The forms of answers: writing a reply, changing it, refusing it, handing a conversation over, settling what nobody can tell. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handlers.answers.reach import Reach
from handlers.networks import Network
from handlers.ports import CustomerText, Field, FieldKind, Form, Option, Words
from storage.cases import Case
from storage.drafts import Version
from storage.people import Person
from storage.statements import Statement
from templates import say

STARTS = ("holding", "full", "advice", "reach", "handover", "sorry")
BLANK = "blank"
PUBLIC, PRIVATE = "public", "private"
TEXT_MOST = 3000  # characters, as many as a form of Slack takes
SHOWN = 700


@dataclass(frozen=True)
class Desktop:
    """What lies on the table of somebody who writes. `writers` have the form open too; `said` is the conversation so far."""

    case: Case
    network: Network | None
    said: Sequence[Words | CustomerText]
    statements: Mapping[str, Statement]  # kind → the present one
    data_types: tuple[str, ...]
    contacts: tuple[str, ...]
    writers: Sequence[Words]
    hold: str
    reach: Reach | None = None  # None where the network is not connected
    kept: str = ""  # what this person typed before and did not send in


def reply_form(desk: Desktop, start: str = "") -> Form:
    """With `start` the text begins with that starting point, in the customer's language."""
    text = started(desk, start) if start else desk.kept
    rests = start if start in desk.statements else ""
    starts = tuple(Option(one, Words("start.choice", {"what": one})) for one in (BLANK, *_possible(desk)))
    start_field = Field("start", Words("form.start"), FieldKind.CHOICE, starts, (start or BLANK,), optional=True, refills=True)
    fields = (start_field, *_words_fields(desk, text, private=desk.case.private, rests_on=rests))
    number = desk.case.id
    return Form("reply", Words("form.reply_title", {"number": number}), Words("form.reply_submit"), fields, str(number), _intro(desk))


def change_form(desk: Desktop, version: Version, name: str, rests_on: str) -> Form:
    """Name: revise or edit_and_approve. The words stand as they are; what rested on a statement rests on its present version now."""
    rests = rests_on if rests_on in desk.statements else ""
    fields = _words_fields(desk, version.text, private=version.private, rests_on=rests)
    facts = {"number": version.case_id, "version": version.number}
    return Form(
        name, Words(f"form.{name}_title", facts), Words(f"form.{name}_submit"), fields, f"{version.case_id}:{version.id}", _intro(desk)
    )


def correct_form(desk: Desktop, version: Version, reply_id: int) -> Form:
    """A new draft to the same person, begun with the words that set the old one right."""
    text = say("start.correction", desk.case.language, name=desk.case.customer_name, before=version.text)
    fields = _words_fields(desk, text, private=version.private, rests_on="")
    number, old = desk.case.id, Words("form.correct_old", {"text": version.text})
    title, submit = Words("form.correct_title", {"number": number}), Words("form.reply_submit")
    return Form("correct", title, submit, fields, f"{number}:{reply_id}", (old, *_intro(desk)))


def reject_form(version: Version) -> Form:
    reason = Field("reason", Words("form.reject_reason"), FieldKind.LONG, most=500)
    ids = f"{version.case_id}:{version.id}"
    title = Words("form.reject_title", {"number": version.case_id})
    return Form("reject", title, Words("form.reject_submit"), (reason,), ids, (Words("draft.text", {"text": version.text}),))


def arrived_form(case_id: int, reply_id: int) -> Form:
    url = Field("url", Words("form.arrived_url"), optional=True, most=2000)
    return Form("arrived", Words("form.arrived_title", {"number": case_id}), Words("form.save"), (url,), f"{case_id}:{reply_id}")


def handover_form(desk: Desktop, leaders: Sequence[Person]) -> Form:
    """First words that lead to a private conversation, and the leader who then calls."""
    here = Field("leader", Words("form.handover_leader"), FieldKind.CHOICE, _people(leaders))
    private = desk.case.private or desk.reach is None or desk.reach.public is not None
    text = say("start.handover", desk.case.language, name=desk.case.customer_name, private=private)
    fields = (
        here,
        Field("at", Words("form.handover_at"), FieldKind.MOMENT, optional=True),
        Field("reach_at", Words("form.handover_reach"), optional=True, most=200),
        *_words_fields(desk, text, private=private, rests_on="")[:2],
    )
    number = desk.case.id
    once = (Words("form.private_once"),) if desk.network and desk.network.abilities.private_once else ()
    title = Words("form.handover_title", {"number": number})
    return Form("handover", title, Words("form.reply_submit"), fields, str(number), (Words("form.handover_intro"), *once, *_intro(desk)))


def started(desk: Desktop, start: str) -> str:
    """The words of a starting point; the agent makes them personal."""
    case, name = desk.case, desk.case.customer_name
    if start in desk.statements:
        texts = desk.statements[start].texts
        return say(f"start.{start}", case.language, name=name, statement=texts.get(case.language) or next(iter(texts.values())))
    facts: dict[str, dict[str, object]] = {
        "advice": {"types": list(desk.data_types)},
        "reach": {"contacts": list(desk.contacts)},
        "handover": {"private": case.private},
        "sorry": {},
    }
    return say(f"start.{start}", case.language, name=name, **facts[start]) if start in facts else ""


def _possible(desk: Desktop) -> Sequence[str]:
    there = {"holding": "holding" in desk.statements, "full": "full" in desk.statements, "reach": bool(desk.contacts)}
    return [start for start in STARTS if there.get(start, True)]


def _words_fields(desk: Desktop, text: str, *, private: bool, rests_on: str) -> tuple[Field, ...]:
    able = desk.reach or Reach()
    in_public = able.public is None and not desk.case.private  # what was said in private is answered there
    ways = [way for way, can in ((PUBLIC, in_public), (PRIVATE, able.private is None)) if can]
    where = tuple(Option(way, Words("form.where_way", {"way": way})) for way in ways)
    chosen = PRIVATE if private and PRIVATE in ways else ways[0] if ways else PUBLIC
    rests = tuple(Option(kind, Words("form.rests_kind", {"kind": kind, "version": one.version})) for kind, one in desk.statements.items())
    nothing = Option("none", Words("form.rests_kind", {"kind": "", "version": 0}))
    return (
        Field("text", Words("form.text"), FieldKind.LONG, initial=(text,) if text else (), most=TEXT_MOST),
        Field("where", Words("form.where"), FieldKind.CHOICE, where, (chosen,)),
        Field("rests_on", Words("form.rests_on"), FieldKind.CHOICE, (nothing, *rests), (rests_on or "none",)),
    )


def _intro(desk: Desktop) -> tuple[Words | CustomerText, ...]:
    """Who else writes, what is held, by which ways and until when, how long it may be, and what was said so far, the latest last."""
    held = (Words("form.held", {"hold": desk.hold}),) if desk.hold != "off" and desk.case.crisis else ()
    network = desk.network
    facts = {"public": network.most(private=False) or 0, "private": network.most(private=True) or 0} if network else {}
    limits = (Words("form.limits", {"network": desk.case.network, **facts}),) if network else (Words("form.no_network"),)
    return (*desk.writers, *held, *_ways_words(desk), *limits, *desk.said)


def _ways_words(desk: Desktop) -> tuple[Words, ...]:
    able = desk.reach or Reach()
    missing = (None if desk.case.private else able.public, able.private)
    why = tuple(Words("error.no_way_out", {"network": desk.case.network, "reason": reason}) for reason in missing if reason)
    return (*why, Words("case.private_until", {"at": able.until})) if able.until and able.private is None else why


def _people(team: Sequence[Person]) -> tuple[Option, ...]:
    return tuple(Option(person.name, Words("plain.text", {"text": person.name})) for person in team[:100])
