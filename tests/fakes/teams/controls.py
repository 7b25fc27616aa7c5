"""What a person can press and fill in on a card, held to what the client itself would let them do."""

import re
from typing import Any

from .reading import act_of, actions, buttons, inputs
from .state import Json


class CannotActError(Exception):
    """The Teams client would not let the person do this: no such button, choice or length."""


TYPED_AS = {"Input.Date": r"\d{4}-\d{2}-\d{2}", "Input.Time": r"\d{2}:\d{2}", "Input.Number": r"-?\d+(\.\d+)?"}


def find_action(card: Json, wanted: str) -> Json:
    """A button by the words on it, by its act or its verb."""
    found = [one for one in actions(card) if wanted == one.get("title")] or [one for one in actions(card) if wanted == act_of(one)]
    if not found:
        raise CannotActError(f"there is no button {wanted!r}, only {buttons(card)}")
    if len({str(one.get("data")) for one in found}) > 1:
        raise CannotActError(f"several buttons are called {wanted!r}")
    return found[0]


def sent_along(card: Json, action: Json, typed: Json) -> Json:
    """The data of the button, with what stands in the inputs, as the client puts them together."""
    data = dict(action.get("data") or {})
    return data if action.get("associatedInputs") == "none" else {**data, **filled_in(card, typed)}


def filled_in(card: Json, typed: Json) -> Json:
    """What every input sends: what was typed, else what stood there. Empty inputs send nothing."""
    controls = {str(one["id"]): one for one in inputs(card)}
    unknown = sorted(set(typed) - set(controls))
    if unknown:
        raise CannotActError(f"there are no inputs {unknown}, only {sorted(controls)}")
    values = {name: _entered(one, typed[name]) if name in typed else one.get("value") for name, one in controls.items()}
    for name, control in controls.items():
        _check(control, values[name])
    toggles = {name: one.get("valueOff", "false") for name, one in controls.items() if one["type"] == "Input.Toggle"}
    return {**toggles, **{name: value for name, value in values.items() if value not in (None, "")}}


def _entered(control: Json, value: Any) -> str | None:
    """Every input sends text; several choices are joined by commas."""
    if value is None:
        return None
    if control["type"] == "Input.Toggle":
        words = ("valueOn", "true") if value in (True, "true", control.get("valueOn")) else ("valueOff", "false")
        return str(control.get(*words))
    if control["type"] == "Input.ChoiceSet":
        chosen = [value] if isinstance(value, str) else list(value)
        return ",".join(_choice(control, str(one)) for one in chosen)
    return str(value)


def _choice(control: Json, wanted: str) -> str:
    """A choice by its value or by the words it shows."""
    for one in control.get("choices") or []:
        if wanted in (one["value"], one["title"]):
            return str(one["value"])
    raise CannotActError(f"{control['id']} offers no {wanted!r}, only {[one['title'] for one in control.get('choices') or []]}")


def _check(control: Json, value: Any) -> None:
    name, kind = control["id"], control["type"]
    if value in (None, ""):
        if control.get("isRequired"):
            raise CannotActError(f"{name} is required: {control.get('errorMessage', '')}")
        return
    text = str(value)
    if kind in TYPED_AS and not re.fullmatch(TYPED_AS[kind], text):
        raise CannotActError(f"{name} does not take {text!r}")
    if kind == "Input.Text" and len(text) > control.get("maxLength", len(text)):
        raise CannotActError(f"{name} does not take a text of {len(text)} characters")
    if kind == "Input.Text" and control.get("regex") and not re.search(control["regex"], text):
        raise CannotActError(f"{name} does not take {text!r}: {control.get('errorMessage', '')}")
    if kind == "Input.ChoiceSet" and not control.get("isMultiSelect"):
        _choice(control, text)
