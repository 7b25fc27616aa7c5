"""The room of the crisis: the hold, what is known, what we say, what was attested, the clocks, who waits for a call."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from starlette.responses import RedirectResponse, Response

from bot.console.html import card_values, form_values
from bot.console.visit import Visit, is_number, status_of
from handlers.acts import Act
from handlers.errors import BadInput, NoCrisis, Told
from handlers.ports import Button, CustomerText, Label
from handlers.room.attestations import GATES
from handlers.room.cards import RoomView
from handlers.room.clocks import AUTHORITY, UPDATE
from handlers.room.facts import CLOCK, what
from handlers.room.statements import KINDS

CUSTOMERS_FIRST, POSTS_STOPPED = GATES
HOLDS = ("off", "holding", "silent")
FORMS: Mapping[str, tuple[Act, str]] = {  # and the part of the page in which each opens
    "fact": (Act.ADD_FACT, "facts"),
    "statement": (Act.PROPOSE_STATEMENT, "statements"),
    "reject_statement": (Act.APPROVE_STATEMENT, "statements"),
    "attest": (Act.ATTEST, "gates"),
}


async def show_crisis(visit: Visit) -> Response:
    return await _show(visit)


async def _show(visit: Visit, told: Told | None = None) -> Response:
    room = await visit.acts.room.desk.view(visit.who)
    values: dict[str, Any] = {
        "room": await _room(visit, room) if room else None,
        "calls": await _calls(visit) if visit.may(Act.CALL_BACK) else None,
        "panel": await _panel(visit, told) if room else None,
        "told": visit.tongue.speak(told.words) if told else "",
        "typed": {name: values[0] for name, values in visit.form.items()} if told else {},
        "refused": visit.request.path_params.get("act", ""),
    }
    return await visit.show("crisis.html", values, status_of(told) if told else 200)


async def _room(visit: Visit, room: RoomView) -> dict[str, Any]:
    crisis, tongue = room.crisis, visit.tongue
    since = tongue.moment(crisis.hold_since) if crisis.hold_since else ""
    return {
        "name": crisis.name,
        "since": tongue.moment(crisis.opened_at),
        "hold": {"now": str(crisis.hold), "since": since, "excused": room.excused, "ways": HOLDS},
        "facts": [_fact(visit, room, fact) for fact in room.facts if str(fact.status) != "retracted"],
        "gone": [_fact(visit, room, fact) for fact in room.facts if str(fact.status) == "retracted"],
        "kinds": [await _kind(visit, room, kind) for kind in KINDS],
        "gates": _gates(visit, room),
        "clocks": {
            "aware": tongue.moment(crisis.aware_at),
            "authority": _clock(visit, room, f"{AUTHORITY}:{crisis.id}"),
            "next": _clock(visit, room, f"{UPDATE}:{crisis.id}"),
        },
    }


def _clock(visit: Visit, room: RoomView, key: str) -> dict[str, Any] | None:
    row = room.clocks.get(key)
    return until(visit, row.due_at, room.at) if row else None


def until(visit: Visit, due_at: datetime, at: datetime) -> dict[str, Any]:
    """A time that runs down: hours, minutes and seconds that are left, or by which it is late."""
    seconds = int(abs((due_at - at).total_seconds()))
    left = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return {"due": visit.tongue.moment(due_at), "iso": due_at.isoformat(), "left": left, "late": due_at <= at}


def _fact(visit: Visit, room: RoomView, fact: Any) -> dict[str, Any]:
    asked = Label(what(room.flow, fact)).in_(visit.tongue.language) if fact.question else ""
    types = [visit.tongue.said("fact.data_type", name=name) for name in fact.data_types]
    clock = _clock(visit, room, f"{CLOCK}:{fact.id}")
    said = {name: getattr(fact, name) for name in ("id", "text", "source")}
    return {**said, "asked": asked, "status": str(fact.status), "owner": fact.owner or "", "types": types, "clock": clock}


async def _kind(visit: Visit, room: RoomView, kind: str) -> dict[str, Any]:
    """The words that stand, those that wait for a yes, and how many came before."""
    mine = [one for one in room.statements if one.kind == kind]
    shown = [one for one in mine if str(one.status) in ("approved", "in_approval")]
    versions = [await _statement(visit, room, one) for one in reversed(shown)]
    return {"kind": kind, "versions": versions, "stands": any(str(one.status) == "approved" for one in mine)}


async def _statement(visit: Visit, room: RoomView, one: Any) -> dict[str, Any]:
    tongue = visit.tongue
    values = card_values(await visit.acts.room.desk.statement(visit.who, one.id), tongue, _link)
    own = visit.who.external_id == str(one.author_id)
    offered = [button for row in values["rows"] for button in row if visit.may(Act.APPROVE_STATEMENT) and not (own and _is_verdict(button))]
    gone = {fact.id for fact in room.facts if str(fact.status) == "retracted"}
    return {
        **values,
        "id": one.id,
        "status": str(one.status),
        "texts": [(code, tongue.say("language", code=code), text) for code, text in one.texts.items()],
        "rests": [part["text"] for part in values["body"] if part["name"] == "statement.rests"],
        "broken": sorted(gone & set(one.fact_ids)),
        "buttons": offered,
        "own": own and str(one.status) == "in_approval",
    }


def _is_verdict(button: Mapping[str, Any]) -> bool:
    return button["act"] in ("approve_statement", "reject_statement")


def _gates(visit: Visit, room: RoomView) -> dict[str, Any]:
    first = next((one for one in reversed(room.attestations) if one.gate == CUSTOMERS_FIRST), None)
    stopped = [one for one in room.attestations if one.gate == POSTS_STOPPED]
    tongue = visit.tongue
    told = {**first.what, "at": tongue.moment(datetime.fromisoformat(first.what["at"])), "by": first.person} if first else None
    posts = [{"account": one.subject, "by": one.person, "at": tongue.moment(one.at)} for one in stopped]
    return {"first": told, "posts": posts, "asked": room.flow.rules.customers_first, "names": GATES}


async def _calls(visit: Visit) -> Sequence[dict[str, Any]]:
    at = (await visit.standing()).at
    return [
        {
            "id": one.id,
            "case": one.case_id,
            "who": visit.tongue.quote(CustomerText(one.handle), 80),
            "reach_at": visit.tongue.quote(CustomerText(one.reach_at, whole=True), 200),
            "leader": one.leader,
            "clock": until(visit, one.due_at, at),
        }
        for one in await visit.acts.room.callbacks.list(visit.who)
    ]


def _link(button: Button) -> str | None:
    return f"/crisis?form={button.act}&of={button.ids}#panel-{FORMS[button.act][1]}" if button.act in FORMS else None


async def _panel(visit: Visit, told: Told | None) -> dict[str, Any] | None:
    """The form that the address asks for, or that was refused."""
    query = visit.request.query_params
    name = visit.request.path_params.get("act", "") if told else query.get("form", "")
    of = visit.one("ids") if told else query.get("of", "")[:40]
    if name not in FORMS or not visit.may(FORMS[name][0]):
        return None
    form = await visit.acts.room.desk.form(visit.who, name, of)
    return {**form_values(form, visit.tongue, visit.form if told else None), "place": FORMS[name][1]}


def _whole(ids: str) -> int:
    if not is_number(ids):
        raise BadInput(field="number", problem="no_number")
    return int(ids)


Doing = Callable[[Visit, str], Awaitable[object]]
DOINGS: Mapping[str, Doing] = {
    **dict.fromkeys(FORMS, lambda visit, ids: visit.acts.room.fill(visit.who, visit.request.path_params["act"], ids, visit.form)),
    "hold": lambda visit, _: visit.acts.room.holds.set(visit.who, visit.one("hold")),
    "approve_statement": lambda visit, ids: visit.acts.room.statements.approve(visit.who, _whole(ids)),
    "withdraw_statement": lambda visit, ids: visit.acts.room.statements.withdraw(visit.who, _whole(ids)),
    "withdraw_attestation": lambda visit, gate: visit.acts.room.attestations.withdraw(visit.who, gate, visit.one("subject")),
    "aware": lambda visit, _: visit.acts.room.clocks.aware(visit.who, visit.one("at")),
    "authority_told": lambda visit, _: visit.acts.room.clocks.authority_told(visit.who),
    "promise": lambda visit, _: visit.acts.room.clocks.promise_update(visit.who, visit.one("at")),
    "updated": lambda visit, _: visit.acts.room.clocks.updated(visit.who),
    "call_done": lambda visit, ids: visit.acts.room.callbacks.done(visit.who, _whole(ids), visit.one("outcome")),
}


async def act(visit: Visit) -> Response:
    """A refusal is told on the same page, with what was typed still in its field."""
    name = visit.request.path_params["act"]
    if name not in DOINGS:
        raise BadInput(field="command", problem="unknown_choice")
    try:
        await DOINGS[name](visit, visit.one("ids"))
    except NoCrisis:
        raise
    except Told as told:
        return await _show(visit, told)
    return RedirectResponse("/crisis", 303)
