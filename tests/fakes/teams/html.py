"""A card as plain HTML with its inputs and buttons, for the page on which one plays people by hand."""

from collections.abc import Callable
from html import escape
from typing import Any

from .reading import act_of
from .state import Json

Button = Callable[[Json], str]


def card_html(card: Json, button: Button) -> str:
    """`button` draws what can be pressed, inside the form that the inputs stand in."""
    return _all(card.get("body"), button) + _all(card.get("actions"), button)


def _all(elements: Any, button: Button) -> str:
    return "".join(_element(one, button) for one in elements or [])


def _element(one: Any, button: Button) -> str:
    if isinstance(one, str):
        return words(one)
    kind = str(one.get("type", ""))
    if kind.startswith("Action."):
        return button(one)
    if kind.startswith("Input."):
        return _field(one)
    if kind == "TextBlock":
        bold = str(one.get("weight", "")).lower() == "bolder"
        return f"<p>{'<b>' * bold}{words(str(one['text']))}{'</b>' * bold}</p>"
    if kind == "RichTextBlock":
        return f"<p>{''.join(words(one if isinstance(one, str) else str(one['text'])) for one in one['inlines'])}</p>"
    if kind == "FactSet":
        return "".join(f"<p><b>{words(fact['title'])}</b> {words(fact['value'])}</p>" for fact in one["facts"])
    if kind == "Image":
        return f'<img alt="{escape(str(one.get("altText", "")))}" src="{escape(str(one["url"]))}" width="400">'
    if kind == "ActionSet":
        return f"<p>{_all(one['actions'], button)}</p>"
    inside: Any = next((one[name] for name in ("items", "columns", "rows", "cells", "images") if name in one), [])
    return f'<div class="{escape(kind or "Cell")}">{_all(inside, button)}</div>'


def _field(one: Json) -> str:
    name, value, kind = escape(str(one["id"])), str(one.get("value", "")), one["type"]
    label = words(str(one.get("label") or one.get("title") or ""))
    if kind == "Input.ChoiceSet":
        chosen = value.split(",")
        options = "".join(
            f'<option value="{escape(c["value"])}"{" selected" * (c["value"] in chosen)}>{words(c["title"])}</option>'
            for c in one["choices"]
        )
        many = " multiple" if one.get("isMultiSelect") else ""
        return f'<label>{label} <select name="in:{name}"{many}><option value=""></option>{options}</select></label>'
    if kind == "Input.Toggle":
        on, off = escape(str(one.get("valueOn", "true"))), escape(str(one.get("valueOff", "false")))
        return f'<label>{label} <select name="in:{name}"><option>{off}</option><option>{on}</option></select></label>'
    if one.get("isMultiline"):
        return f'<label>{label} <textarea name="in:{name}" rows="4" cols="60">{escape(value)}</textarea></label>'
    return f'<label>{label} <input name="in:{name}" value="{escape(value)}" size="40"></label>'


def pressed(action: Json) -> str:
    """A button of a form; which one was pressed stands in its value."""
    named = escape(str(action.get("title") or act_of(action)))
    if action["type"] == "Action.OpenUrl":
        return f'<a href="{escape(str(action["url"]))}">{named}</a> '
    return f'<button name="wanted" value="{named}" class="{escape(str(action.get("style", "")))}">{named}</button> '


def words(text: str) -> str:
    return escape(text).replace("\n", "<br>")
