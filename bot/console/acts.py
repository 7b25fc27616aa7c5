"""Every act on a case, by a button or a form of any page: done, and back to where it came from; or refused, and told there."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.responses import RedirectResponse, Response
from structlog.contextvars import bind_contextvars

from bot.console import answers, approvals, cases, ladders
from bot.console.cases import FORMS, ROOM_FORMS, TEAMS, address, asked
from bot.console.visit import Visit, is_number, number_of
from handlers.answers.acts import FILLED, PRESSED
from handlers.errors import BadInput, NoSuchCase, Told

Doing = Callable[[Visit, int, str], Awaitable[object]]
DOINGS: Mapping[str, Doing] = {
    "claim": lambda visit, number, _: visit.acts.cases.claim(visit.who, number),
    "close": lambda visit, number, _: visit.acts.cases.close(visit.who, number),
    "reopen": lambda visit, number, _: visit.acts.cases.reopen(visit.who, number),
    "move": lambda visit, number, to: visit.acts.cases.move(visit.who, number, crisis=_team(to)),
    "tag": lambda visit, number, tag: visit.acts.tags.toggle(visit.who, number, tag),
    "choose_tags": lambda visit, number, _: visit.acts.tags.choose(visit.who, number, visit.form.get("tags", [])),
    "note": lambda visit, number, _: visit.acts.cases.note(visit.who, number, visit.one("text")),
    "kind": lambda visit, number, _: visit.acts.cases.set_kind(visit.who, number, visit.one("kind")),
    "link": lambda visit, number, _: visit.acts.customers.link(visit.who, number, visit.one("network"), visit.one("account")),
    "callback": lambda visit, number, _: visit.acts.room.fill(visit.who, "callback", str(number), visit.form),
    "except": lambda visit, number, _: visit.acts.room.fill(visit.who, "except", str(number), visit.form),
    "begin": lambda visit, number, _: answers.begin(visit, number),
}


def _team(word: str) -> bool:
    team = TEAMS.get(word)
    if team is None:
        raise BadInput(field="command", problem="unknown_choice")
    return team


async def act(visit: Visit) -> Response:
    """A button or a form of a case. A refusal is told on the page that it came from, with what was typed still in its field."""
    name = visit.request.path_params["act"]
    ids, _, rest = visit.one("ids").partition(":")
    number = number_of(ids)
    bind_contextvars(act=name, case=number)  # the request's line in the log says what it was
    if name == "reveal":
        await visit.acts.cases.reveal(visit.who, number)
        return await cases.show(visit, number, whole=True)
    try:
        await _do(visit, name, number, rest)
    except NoSuchCase:
        raise
    except Told as told:
        if name == "reply":
            await answers.keep(visit, number)
        if visit.one("stay") == "approvals" and name in PRESSED:
            return await approvals.show(visit, told)
        return await cases.show(visit, number, told=told, form=name if name in (*FORMS, *ROOM_FORMS, *ladders.FORMS) else "")
    return RedirectResponse(_after(visit, name, number), 303)


async def _do(visit: Visit, name: str, number: int, rest: str) -> None:
    if name in PRESSED:
        await visit.acts.answers.press(visit.who, name, visit.one("ids"))
    elif name in FILLED:
        await visit.acts.answers.fill(visit.who, name, visit.one("ids"), visit.form)
    elif name in ladders.PRESSED:
        await visit.acts.escalation.press(visit.who, name, str(number))
    elif name in ladders.FORMS:
        await visit.acts.escalation.fill(visit.who, name, str(number), visit.form)
    elif name in DOINGS:
        await DOINGS[name](visit, number, rest)
    else:
        raise BadInput(field="command", problem="unknown_choice")


def _after(visit: Visit, name: str, number: int) -> str:
    """Back to the page that the act came from: `stay` names the case that was in hand there, the queue alone, or a page that lists them."""
    by, page = asked(visit)
    if name == "begin":
        return address(number, by, page, form="reply", start=visit.one("start"), where=visit.one("where")) + "#answer"
    stay, now = visit.one("stay"), answers.opened(visit)
    if stay in ("approvals", "waiting"):
        return f"/{stay}"
    to = {"": number, "queue": None}.get(stay, int(stay) if is_number(stay) else None)
    more = {"form": now.name, "of": now.of, "start": now.start} if to and name not in FILLED else {}
    return address(to, by, page, **more)
