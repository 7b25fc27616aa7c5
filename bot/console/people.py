"""The people of the team: an admin adds, changes and removes them, and hands out links to sign in with."""

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from bot.console.visit import LOGIN, Visit
from handlers.acts import NEEDS_SECOND_FACTOR, ROLES
from handlers.errors import Told

_NAMES = tuple(sorted(frozenset[str]().union(*ROLES.values())))
_TEXTS = ("email", "phone", "slack_id", "teams_id", "hours", "timezone", "deputy")


async def show_people(visit: Visit) -> Response:
    return await _show(visit)


async def _show(visit: Visit, *, told: str = "", link: str = "", done: str = "", status: int = 200) -> Response:
    everyone = await visit.acts.staff.list(visit.who)
    values = {
        "everyone": [_values(person) for person in everyone],
        "roles": _NAMES,
        "blank": {"name": "", "roles": (), "languages": "", **dict.fromkeys(_TEXTS, "")},
        "names": [person.name for person in everyone],
        "told": told,
        "done": done,
        "link": link,
    }
    return await visit.show("people.html", values, status)


def _values(person: Any) -> dict[str, Any]:
    return {
        "name": person.name,
        "roles": sorted(person.roles),
        "languages": ", ".join(person.languages),
        "has_totp": person.has_totp,
        "decides": bool(person.roles & NEEDS_SECOND_FACTOR),
        **{field: getattr(person, field) or "" for field in _TEXTS},
    }


async def act(visit: Visit) -> Response:
    """add, change, remove, invite, forget: a refusal is told on the same page."""
    name, what = visit.one("name"), visit.request.path_params["act"]
    staff, signin, say = visit.acts.staff, visit.acts.signin, visit.tongue.say
    try:
        match what:
            case "add":
                await staff.add(visit.who, name, _given(visit, keep_blank=False))
                return await _show(visit, done=say("person_saved", name=name))
            case "change":
                await staff.change(visit.who, name, _given(visit, keep_blank=True))
                return await _show(visit, done=say("person_saved", name=name))
            case "remove":
                await staff.remove(visit.who, name)
                return await _show(visit, done=say("person_removed", name=name))
            case "forget":
                await signin.forget_second_factor(visit.who, name)
                return await _show(visit, done=say("person_forgotten", name=name))
            case _:
                token = await signin.invite(name, visit.who)
                return await _show(visit, done=say("invited", name=name), link=f"{visit.console.public_url}{LOGIN}/{token}")
    except Told as told:
        return await _show(visit, told=visit.tongue.speak(told.words), status=409)


def _given(visit: Visit, *, keep_blank: bool) -> dict[str, Any]:
    """What the form says. A blank field of a change empties it; of somebody new it is left to the house."""
    texts = {field: visit.one(field) or None for field in _TEXTS}
    languages = _listed(visit.one("languages"))
    values: dict[str, Any] = {**texts, "roles": visit.form.get("roles", []), "languages": languages}
    needed = ("timezone", "languages")  # never empty: what was stays
    return {field: value for field, value in values.items() if value or (keep_blank and field not in needed)}


def _listed(text: str) -> Sequence[str]:
    return [part.strip().lower() for part in text.split(",") if part.strip()]
