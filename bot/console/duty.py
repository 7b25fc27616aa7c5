"""Who is on duty now and next, who is at work, FLOW as a picture, and the drill that proves it."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.responses import RedirectResponse, Response

from bot.console.visit import Visit, status_of
from bot.pictures import flow_svg
from handlers.errors import BadInput, Told
from handlers.escalation.desk import DutyLine
from handlers.ports import Words

DRILLS: Mapping[str, Callable[[Visit], Awaitable[int]]] = {
    "begin": lambda visit: visit.acts.escalation.drills.begin(visit.who),
    "end": lambda visit: visit.acts.escalation.drills.end(visit.who),
}


async def show_duty(visit: Visit) -> Response:
    return await _show(visit)


async def _show(visit: Visit, told: Told | None = None) -> Response:
    on_call, tongue, ladders = await visit.acts.escalation.desk.on_call(visit.who), visit.tongue, visit.acts.escalation.desk.ladders
    asked = visit.request.query_params.get("ladder", "")
    values = {
        "at": tongue.moment(on_call.at),
        "duties": [_duty(one, visit) for one in on_call.duties],
        "at_work": [(tongue.said("picture.role", name=role), names) for role, names in on_call.at_work.items()],
        "ladders": [(name, label.in_(tongue.language)) for name, label in ladders.items()],
        "asked": asked if asked in ladders else "",
        "told": tongue.speak(told.words) if told else "",
    }
    return await visit.show("duty.html", values, status_of(told) if told else 200)


def _duty(one: DutyLine, visit: Visit) -> dict[str, Any]:
    then = one.then
    return {
        "rota": visit.tongue.say("rota", name=one.rota),
        "now": one.now or "",
        "mine": one.now == visit.visitor.name,
        "then": (then.who if then else "") or "",
        "at": visit.tongue.moment(then.begin) if then else "",
        "stale": visit.tongue.speak(Words("rota.stale", {"rota": one.rota, "reason": one.reason, "at": one.read_at})) if one.reason else "",
    }


async def show_flow(visit: Visit) -> Response:
    """As a file of its own, since a page of ours may hold no style within it."""
    try:
        drawing = await visit.acts.escalation.desk.drawing(visit.who, visit.request.path_params.get("ladder", ""))
    except BadInput:
        return Response(status_code=404)
    text = flow_svg(drawing.picture, visit.tongue.language)
    return Response(text, media_type="image/svg+xml", headers={"Content-Security-Policy": _policy(text)})


def _policy(svg: str) -> str:
    """Lets in the one style sheet that the picture carries, and nothing else."""
    styles = re.findall(r"<style>(.*?)</style>", svg, re.DOTALL)
    allowed = " ".join(f"'sha256-{b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" for style in styles)
    return f"default-src 'none'; style-src {allowed}; frame-ancestors 'none'"


async def drill(visit: Visit) -> Response:
    """Begin one, or end the one that is under way."""
    act = DRILLS.get(visit.request.path_params["act"])
    if act is None:
        raise BadInput(field="command", problem="unknown_choice")
    try:
        await act(visit)
    except Told as told:
        return await _show(visit, told)
    return RedirectResponse("/duty", 303)
