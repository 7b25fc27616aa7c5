"""What Teams and the Adaptive Card schema 1.5 refuse in a card, and what clients show badly."""

import json
import re
from collections.abc import Iterator
from typing import Any

from .limits import Limits
from .schema import schema_problems
from .state import Json

ACTIONS_SHOWN = 6  # https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-reference#adaptive-card
REFRESHED = 60  # https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/universal-actions-for-adaptive-cards/user-specific-views
NEEDED: dict[str, tuple[str, ...]] = {
    "ActionSet": ("actions",),
    "Column": (),
    "ColumnSet": (),
    "Container": ("items",),
    "FactSet": ("facts",),
    "Image": ("url",),
    "ImageSet": ("images",),
    "Media": ("sources",),
    "RichTextBlock": ("inlines",),
    "Table": (),
    "TableCell": ("items",),
    "TableRow": (),
    "TextBlock": ("text",),
    "TextRun": ("text",),
    "Input.ChoiceSet": ("id",),
    "Input.Date": ("id",),
    "Input.Number": ("id",),
    "Input.Text": ("id",),
    "Input.Time": ("id",),
    "Input.Toggle": ("id", "title"),
    "Action.Execute": ("title",),
    "Action.OpenUrl": ("title", "url"),
    "Action.ShowCard": ("title", "card"),
    "Action.Submit": ("title",),
    "Action.ToggleVisibility": ("title", "targetElements"),
}
# Where elements stand inside each other.
NESTED = ("body", "items", "columns", "rows", "cells", "actions", "inlines", "images", "selectAction", "card", "action", "inlineAction")
_USER = re.compile(r"(29:|8:orgid:).+")
_INSIDE = re.compile(r'"data:image/[^"]*')


def elements(value: Any, at: str = "") -> Iterator[tuple[str, Json]]:
    """Every element and action of a card, in the order in which it is read, with its place."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from elements(item, f"{at}/{index}")
    elif isinstance(value, dict):
        if at:
            yield at, value
        for name in NESTED:
            if name in value:
                yield from elements(value[name], f"{at}/{name}")


def problems(card: Any, limits: Limits | None = None) -> list[str]:
    """Why Teams would refuse the card; empty when it would take it."""
    if not isinstance(card, dict):
        return ["a card is an object"]
    return [*_top(card, limits or Limits()), *_inside(card), *schema_problems(card)]


def dialog_problems(card: Any, limits: Limits | None = None) -> list[str]:
    """A dialog knows Action.Submit alone of the actions that ask the bot."""
    executed = [at for at, one in elements(card) if one.get("type") == "Action.Execute"]
    return [*problems(card, limits), *(f"{at}: Action.Execute does nothing in a dialog" for at in executed)]


def warnings(card: Any, limits: Limits | None = None) -> list[str]:
    """What Teams takes, and some of its clients show badly or not at all."""
    size, most = size_of(card), (limits or Limits()).card_warns_at
    found = [f"the card has {size} bytes, over {most}"] if size > most else []
    for at, one in elements(card):
        if one.get("isRequired") and not (one.get("label") and one.get("errorMessage")):
            found.append(f"{at}: a required input has a label and an errorMessage")
    return found


def size_of(value: Any, encoding: str = "utf-8") -> int:
    """Bytes. Images inside do not count (https://learn.microsoft.com/microsoftteams/platform/bots/how-to/format-your-bot-messages)."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return len(_INSIDE.sub('"', written).encode(encoding))


def _top(card: Json, limits: Limits) -> Iterator[str]:
    if card.get("type") != "AdaptiveCard":
        yield f"type must be AdaptiveCard, not {card.get('type')!r}"
    version = re.fullmatch(r"1\.(\d+)", str(card.get("version") or ""))
    if not version or int(version[1]) > 5:
        yield f"version must be 1.5 at the most, not {card.get('version')!r}"
    elif int(version[1]) < 4 and ("refresh" in card or any(one.get("type") == "Action.Execute" for _at, one in elements(card))):
        yield "refresh and Action.Execute need version 1.4"
    if size_of(card) > limits.card_fails_at:
        yield f"the card has {size_of(card)} bytes, more than {limits.card_fails_at}"
    yield from _refresh(card.get("refresh"))


def _refresh(refresh: Any) -> Iterator[str]:
    if refresh is None:
        return
    if not isinstance(refresh, dict) or (refresh.get("action") or {}).get("type") != "Action.Execute":
        yield "/refresh: needs an action of type Action.Execute"
        return
    named = refresh.get("userIds") or []
    if len(named) > REFRESHED:
        yield f"/refresh/userIds: {len(named)} people, more than {REFRESHED}"
    yield from (f"/refresh/userIds: {one!r} is no id of Teams (29:…)" for one in named if not _USER.fullmatch(str(one)))


def _inside(card: Json) -> Iterator[str]:
    seen: set[str] = set()
    for at, one in elements(card):
        yield from _element(at, one)
        if str(one.get("type", "")).startswith("Input.") and one.get("id"):
            if one["id"] in seen:
                yield f"{at}: the id {one['id']!r} stands twice"
            seen.add(one["id"])
    for at, holder in [("", card), *elements(card)]:
        shown = [one for one in holder.get("actions") or [] if isinstance(one, dict) and one.get("mode") != "secondary"]
        if len(shown) > ACTIONS_SHOWN:
            yield f"{at}/actions: {len(shown)} are shown, more than {ACTIONS_SHOWN}"


def _element(at: str, one: Json) -> Iterator[str]:
    kind = _kind(at, one)
    if kind == "AdaptiveCard":
        return
    if kind not in NEEDED:
        yield f"{at}: unknown type {kind!r}"
        return
    hidden = at.endswith(("/selectAction", "/action"))  # nobody sees a title there
    for name in NEEDED[kind]:
        if one.get(name) is None or (one[name] == "" and name != "text"):
            yield from () if name == "title" and hidden else (f"{at}: {kind} needs {name}",)
    if kind.startswith("Action.") and not isinstance(one.get("data", {}), dict):
        yield f"{at}: data of an action that Teams brings to a bot is an object"
    fallback = one.get("fallback")
    if isinstance(fallback, dict):
        yield from _element(f"{at}/fallback", fallback)
    elif fallback not in (None, "drop"):
        yield f"{at}/fallback: is an element or drop"


def _kind(at: str, one: Json) -> str:
    """Columns, rows and cells may leave their type out."""
    parent = at.rsplit("/", 2)[-2] if at.count("/") > 1 else ""
    implied = {"columns": "Column", "rows": "TableRow", "cells": "TableCell"}.get(parent, "")
    return str(one.get("type") or implied)
