"""views.*: modals and Home tabs."""

import hashlib
import json
from copy import deepcopy
from typing import Any

from tests.fakes.slack.calls import Call, SlackError, invalid_arguments, method
from tests.fakes.slack.controls import values_in
from tests.fakes.slack.state import Json, State, new_id
from tests.fakes.slack.validate import view_problems

from .chat import with_ids

DEEPEST_STACK = 3


def checked_view(view: Any, *kinds: str) -> Json:
    """A view as Slack would take it, or invalid_arguments with the places that are wrong."""
    if not isinstance(view, dict):
        raise invalid_arguments("missing required field: view")
    wrong = view_problems(view)
    if not wrong and view["type"] not in kinds:
        wrong = [f"unsupported type: {view['type']} [json-pointer:/view/type]"]
    if wrong:
        raise invalid_arguments(*wrong)
    return deepcopy(view)


def store_view(state: State, view: Json, view_id: str | None = None) -> Json:
    """Keep a new view, or the new content of one; what people typed stays where its input stays."""
    view_id = view_id or new_id("V")
    old = state.views.get(view_id, {})
    stored: Json = {
        "id": view_id,
        "team_id": state.team_id,
        "app_id": state.app_id,
        "app_installed_team_id": state.team_id,
        "bot_id": state.bot_id,
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "clear_on_close": False,
        "notify_on_close": False,
        "title": None,
        "close": None,
        "submit": None,
        "previous_view_id": old.get("previous_view_id"),
        "root_view_id": old.get("root_view_id", view_id),
        **view,
        "blocks": with_ids(view["blocks"]),
    }
    stored["state"] = {"values": values_in(stored["blocks"], state.typed.get(view_id, {}))}
    stored["hash"] = f"{state.clock.now():.6f}.{hashlib.sha256(json.dumps(stored, default=str).encode()).hexdigest()[:8]}"
    state.views[view_id] = stored
    return stored


def push_view(state: State, user: str, view: Json) -> Json:
    """Put a modal on top of a person's stack."""
    stack = state.stacks.setdefault(user, [])
    if len(stack) >= DEEPEST_STACK:
        raise SlackError("push_limit_reached")
    stored = store_view(state, view)
    if stack:
        stored["previous_view_id"], stored["root_view_id"] = stack[-1], stack[0]
    stack.append(stored["id"])
    return stored


def _spend_trigger(call: Call) -> tuple[str, str | None]:
    trigger = call.state.triggers.get(call.text("trigger_id"))
    if trigger is None:
        raise SlackError("invalid_trigger_id")
    if trigger.used:
        raise SlackError("exchanged_trigger_id")
    if call.state.clock.now() > trigger.expires_at:
        raise SlackError("expired_trigger_id")
    trigger.used = True
    return trigger.user, trigger.view_id


def _view(call: Call, *kinds: str) -> Json:
    view = checked_view(call.structured("view", "invalid_arguments"), *kinds)
    external = view.get("external_id")
    if external and any(v["external_id"] == external and v["id"] != _named(call) for v in call.state.views.values()):
        raise SlackError("duplicate_external_id")
    return view


def _named(call: Call) -> str | None:
    """The id of the view that the call speaks of, by view_id or external_id."""
    if call.args.get("view_id"):
        return str(call.args["view_id"])
    external = call.args.get("external_id")
    return next((v["id"] for v in call.state.views.values() if external and v["external_id"] == external), None)


def _refuse_stale(call: Call, known: Json | None) -> None:
    if known and call.args.get("hash") and call.args["hash"] != known["hash"]:
        raise SlackError("hash_conflict")


@method("views.open", tier=4)
def open_view(call: Call) -> Json:
    view = _view(call, "modal")
    user, _inside = _spend_trigger(call)
    call.state.stacks[user] = []
    return {"view": deepcopy(push_view(call.state, user, view))}


@method("views.push", tier=4)
def push(call: Call) -> Json:
    view = _view(call, "modal")
    user, inside = _spend_trigger(call)
    if inside is None or inside not in call.state.stacks.get(user, []):
        raise SlackError("not_found", detail="views.push needs a trigger from a modal that is still open")
    return {"view": deepcopy(push_view(call.state, user, view))}


@method("views.update", tier=4)
def update(call: Call) -> Json:
    named = _named(call)
    if not named and not call.args.get("external_id"):
        raise invalid_arguments("must define either `view_id` or `external_id`")
    known = call.state.views.get(named or "")
    if known is None or not any(known["id"] in stack for stack in call.state.stacks.values()):
        raise SlackError("not_found")
    view = _view(call, "modal")
    _refuse_stale(call, known)
    return {"view": deepcopy(store_view(call.state, view, known["id"]))}


@method("views.publish", tier=4)
def publish(call: Call) -> Json:
    user = call.text("user_id")
    if user not in call.state.users:
        raise invalid_arguments("user not found [json-pointer:/user_id]")
    view = _view(call, "home")
    known = call.state.homes.get(user)
    _refuse_stale(call, call.state.views.get(known or ""))
    stored = store_view(call.state, view, known)
    call.state.homes[user] = stored["id"]
    return {"view": deepcopy(stored)}
