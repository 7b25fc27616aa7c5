"""FLOW at work, on the pages of cases: what waits for whoever looks, how a case stands on its ladder, whom it has called."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import RedirectResponse, Response

from bot.console.html import card_values
from bot.console.visit import Visit, is_number, status_of
from handlers.acts import Act
from handlers.errors import BadInput, Told
from handlers.escalation.desk import OnLadder, Waiting
from handlers.insight.finding import OPENS
from handlers.ports import Words

PRESSED = ("acknowledge", "take_over")
FORMS: Mapping[str, Act] = {"snooze": Act.ACKNOWLEDGE, "reassign": Act.REASSIGN}
MAY: Mapping[str, Act] = {**FORMS, "acknowledge": Act.ACKNOWLEDGE, "take_over": Act.CLAIM}
AT_A_GLANCE = 3  # cases above the queue; the page of its own has them all
FULL = 100


async def show_waiting(visit: Visit) -> Response:
    return await _show(visit)


async def _show(visit: Visit, told: Told | None = None) -> Response:
    values = {"rows": await waiting(visit, FULL), "told": visit.tongue.speak(told.words) if told else "", "own": await _own(visit)}
    return await visit.show("waiting.html", values, status_of(told) if told else 200)


async def _own(visit: Visit) -> Sequence[dict[str, Any]]:
    """What else is theirs: drafts that wait for their yes, their cases."""
    return [
        {**card_values(card, visit.tongue), "number": next((one.ids for row in card.buttons for one in row if one.act == OPENS), "")}
        for card in await visit.acts.home.own(visit.who)
    ]


async def waiting(visit: Visit, most: int = AT_A_GLANCE) -> Sequence[dict[str, Any]]:
    """What whoever looks was called for and nobody has yet, gravest first."""
    return [_waiting(one, visit) for one in await visit.acts.escalation.desk.waiting(visit.who, most)]


def _waiting(one: Waiting, visit: Visit) -> dict[str, Any]:
    case, tongue = one.case, visit.tongue
    return {
        "number": case.id,
        "severity": one.severity,
        "exercise": case.exercise,
        "ladder": one.ladder.in_(tongue.language),
        "from": case.handle or case.customer_name,
        "network": case.network,
        "language": case.language,
        "text": tongue.quote(one.text, 220),
        "wait": tongue.wait(one.call.called_at),
        "given": one.call.step is None,
    }


async def acknowledge_each(visit: Visit) -> Response:
    """Those that stood on the page, and no others that came meanwhile."""
    ids = {int(one) for one in visit.form.get("case", []) if is_number(one)}
    try:
        if not ids:
            raise BadInput(field="number", problem="empty")
        await visit.acts.escalation.acknowledging.acknowledge_each(visit.who, ids)
    except Told as told:
        return await _show(visit, told)
    return RedirectResponse("/" if visit.one("stay") == "queue" else "/waiting", 303)


async def on_case(visit: Visit, number: int) -> dict[str, Any]:
    """One line on how it stands, and a row for everybody whom it called, the newest first."""
    found, tongue = await visit.acts.escalation.desk.of_case(visit.who, number), visit.tongue
    state = str(found.standing.state)
    return {
        "state": state,
        "ladder": found.ladder.in_(tongue.language) if found.ladder else "",
        "line": tongue.speak(found.words),
        "next": _next(found, visit),
        "calls": [_call(call, visit) for call in reversed(found.calls)],
        "noted": state == "climbing" and _is_noted(found, visit.who.external_id),
    }


def _next(found: OnLadder, visit: Visit) -> dict[str, str] | None:
    """The step to come, with a clock that runs down."""
    if found.next_at is None or str(found.standing.state) != "climbing":
        return None
    seconds = max(0, int((found.next_at - visit.tongue.now).total_seconds()))
    left = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return {"at": visit.tongue.moment(found.next_at), "iso": found.next_at.isoformat(), "left": left}


def _is_noted(found: OnLadder, person_id: str) -> bool:
    """Whether they have acknowledged it, while others are still waited for."""
    mine = [call for call in found.calls if str(call.person_id) == person_id and call.over_at is None]
    return bool(mine) and all(call.acknowledged_at for call in mine)


def _call(call: Any, visit: Visit) -> dict[str, Any]:
    moment = visit.tongue.moment
    step = Words("console.call_step", {"step": 0 if call.step is None else call.step + 1})
    said, state = [], "over" if call.over_at else "waits"
    if call.told_at:
        said.append(visit.tongue.say("call_told", at=moment(call.told_at)))
    elif call.failed_at:
        state = "failed"
        said.append(visit.tongue.say("call_not_told"))
    if call.acknowledged_at:
        state = "acknowledged"
        said.append(visit.tongue.say("call_acknowledged", at=moment(call.acknowledged_at)))
    return {
        "who": call.name,
        "mine": str(call.person_id) == visit.who.external_id,
        "step": visit.tongue.speak(step),
        "at": moment(call.called_at),
        "state": state,
        "said": said or [visit.tongue.say("call_over" if call.over_at else "call_on_its_way")],
    }
