"""What a person puts into a control, as Slack reports it in `actions` and `state.values`."""

import re
from collections.abc import Callable
from typing import Any

from .state import Json
from .validate import controls


class CannotActError(Exception):
    """Slack's own client would not let the person do this: no such control, option or length."""


# element type -> (field of the choice, field of the initial choice)
FIELDS = {
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "overflow": ("selected_option", ""),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", ""),
}
STATELESS = {"button", "overflow"}


def offered(control: Json) -> list[Json]:
    groups = control.get("option_groups", [])
    return [*control.get("options", []), *(option for group in groups for option in group["options"])]


def _option(control: Json, wanted: Any) -> Json:
    """An option by its value or by the words it shows."""
    if isinstance(wanted, dict):
        return wanted
    for option in offered(control):
        if wanted in (option["value"], option["text"]["text"]):
            return option
    raise CannotActError(f"{control.get('action_id')} offers no option {wanted!r}")


def chosen(control: Json, value: Any) -> Json:
    """The control's part of `state.values` after a person put `value` there; None empties it."""
    kind = control["type"]
    field, _initial = FIELDS[kind]
    if value is None:
        return {"type": kind, field: [] if field.endswith("s") else None}
    if field == "selected_option":
        value = _option(control, value)
    elif field == "selected_options":
        value = [_option(control, one) for one in ([value] if isinstance(value, str) else value)]
    else:
        _check_typed(control, value)
    return {"type": kind, field: value}


def _matches(pattern: str) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(pattern, text) is not None


TYPED_AS = {
    "email_text_input": _matches(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    "url_text_input": _matches(r"https?://\S+"),
    "number_input": _matches(r"-?\d+(\.\d+)?"),
    "datepicker": _matches(r"\d{4}-\d{2}-\d{2}"),
    "timepicker": _matches(r"\d{2}:\d{2}"),
}


def _check_typed(control: Json, value: Any) -> None:
    kind = control["type"]
    if kind in TYPED_AS and not TYPED_AS[kind](str(value)):
        raise CannotActError(f"{control.get('action_id')} does not take {value!r}")
    if kind == "plain_text_input" and not control.get("min_length", 0) <= len(value) <= control.get("max_length", 3000):
        raise CannotActError(f"{control.get('action_id')} does not take a text of {len(value)} characters")


def action(block: Json, control: Json, value: Any, at: float) -> Json:
    """One entry of `actions` in block_actions."""
    base = {"action_id": control["action_id"], "block_id": block["block_id"], "type": control["type"], "action_ts": f"{at:.6f}"}
    if control["type"] == "button":
        return {**base, **{key: control[key] for key in ("text", "value", "style", "url") if key in control}}
    initial = FIELDS[control["type"]][1]
    kept = {key: control[key] for key in ("placeholder", initial) if key in control}
    return {**base, **kept, **chosen(control, value)}


def values_in(blocks: list[Json], typed: Json) -> Json:
    """`state.values` of a message or view: what was typed, else the initial values."""
    values: Json = {}
    for block, control in controls(blocks):
        if control["type"] not in STATELESS and control["type"] in FIELDS:
            block_id, action_id = block["block_id"], control["action_id"]
            before = typed.get(block_id, {}).get(action_id)
            values.setdefault(block_id, {})[action_id] = before or chosen(control, control.get(FIELDS[control["type"]][1]))
    return values


def find_control(blocks: list[Json], action_id: str) -> tuple[Json, Json]:
    for block, control in controls(blocks):
        if control.get("action_id") == action_id:
            return block, control
    raise CannotActError(f"there is no control {action_id!r}, only {[c.get('action_id') for _b, c in controls(blocks)]}")
