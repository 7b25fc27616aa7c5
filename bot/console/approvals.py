"""What waits for a person before it reaches a customer: a yes, another look after a hold, somebody who looks on the network."""

from collections.abc import Sequence
from typing import Any

from starlette.responses import RedirectResponse, Response

from bot.console import answers
from bot.console.cases import linking
from bot.console.visit import Visit, is_number, status_of
from handlers.acts import Act
from handlers.answers.desk import Waiting
from handlers.errors import BadInput, Told


async def show_approvals(visit: Visit) -> Response:
    return await show(visit)


async def show(visit: Visit, told: Told | None = None) -> Response:
    """Each in full, those that the reader can decide first; what was refused is told above them."""
    desk = visit.acts.answers.desk
    pending, kept = await desk.approvals(visit.who), await desk.kept(visit.who)
    parts = {
        "mine": [one for one in pending if one.mine],
        "others": [one for one in pending if not one.mine],
        "kept": [one for one in kept if one.state == "held"],
        "unconfirmed": [one for one in kept if one.state != "held"],
        "outdated": await desk.outdated(visit.who),
        "samples": await desk.samples(visit.who) if visit.may(Act.APPROVE) else [],
    }
    values: dict[str, Any] = {
        "parts": {name: await _values(visit, found) for name, found in parts.items()},
        "told": visit.tongue.speak(told.words) if told else "",
        "kept": {"stay": "approvals"},
    }
    return await visit.show("approvals.html", values, status_of(told) if told else 200)


async def _values(visit: Visit, found: Sequence[Waiting]) -> list[dict[str, Any]]:
    changes = await visit.acts.answers.talk.changes(visit.who, [one.version_id for one in found])
    shown = []
    for one in found:
        link = linking(visit, one.case_id, stay="approvals")
        values = answers.answer_values(one.card, changes.get(one.version_id, ()), visit, link, mine=one.mine, own=False)
        shown.append(
            {**values, "number": one.case_id, "version": one.version_id, "reply": one.reply_id, "wait": visit.tongue.wait(one.since)}
        )
    return shown


async def release(visit: Visit) -> Response:
    """Those ticked, each of which its reader has looked at."""
    ids = [int(one) for one in visit.form.get("reply", []) if is_number(one)]
    try:
        if not ids:
            raise BadInput(field="replies", problem="empty")
        await visit.acts.answers.aftermath.release_all(visit.who, ids)
    except Told as told:
        return await show(visit, told)
    return RedirectResponse("/approvals", 303)
