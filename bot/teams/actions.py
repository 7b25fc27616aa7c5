"""Buttons as actions of an Adaptive Card: what does something, what opens a window, what leads away; pure."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from bot.teams.markup import Json, plain_words
from handlers.answers import acts as of_answers
from handlers.escalation import acts as of_ladders
from handlers.insight.finding import OPENS
from handlers.insight.home import STATUS
from handlers.ports import Button, Style
from handlers.room.desk import ASKS as OF_ROOM

# A window opens for what asks with a form, and for what one person alone looks at.
WINDOWS = frozenset({
    "more_tags", "note", "kind", "link", *of_answers.FILLED, *of_ladders.FILLED, *OF_ROOM,
    "reveal", "like_this", OPENS, STATUS, "show_draft", "show_statement",
})  # fmt: skip
CONFIRM = "confirm"  # of a button's data: what a window asks before the act is done
LABEL, VALUE, URL, QUESTION = 75, 2000, 3000, 300
SIDE_BY_SIDE = (
    6  # more of a set Teams folds away (https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format)
)
SHOWN_ROWS, SETS = 3, 30  # of a later row of nothing but plain buttons all stand in the menu of the last
LINE, AROUND, LINES = (
    44,
    5,
    2,
)  # letters that fit side by side on a phone, what a button takes besides its own, lines of a first row
MENU = 6  # letters that the button of the menu takes
TOGETHER, MODE = 11_000, 50  # bytes of all buttons; of what folds one away
STYLES = {Style.PRIMARY: "positive", Style.DANGER: "destructive"}


def rows(buttons: Sequence[Sequence[Button]], language: str, *, in_dialog: bool) -> list[Json]:
    """A set for each line of buttons; one that would break a limit, or leads to no web address, is left out."""
    sets: list[list[Json]] = []
    left = TOGETHER
    joined = _joined(buttons)
    has_menu = any(map(_can_be_folded, joined[SHOWN_ROWS:]))
    for number, row in enumerate(joined):
        made = []
        for one in row:
            shown = action(one, language, in_dialog=in_dialog) if one.url is None or _address(one.url) else None
            if shown and size(shown) + MODE <= left:
                made.append(shown)
                left -= size(shown) + MODE
        if number >= SHOWN_ROWS and sets and _can_be_folded(row):
            sets[-1] = _with_menu(sets[-1], made)
        else:
            sets += _lines(made, LINES if number < LINES else 1, has_menu=has_menu)
    return [{"type": "ActionSet", "spacing": "small" if at else "medium", "actions": one} for at, one in enumerate(sets[:SETS])]


def _joined(buttons: Sequence[Sequence[Button]]) -> list[list[Button]]:
    """Rows of nothing but one act are one row: how many fit side by side differs from workspace to workspace."""
    found: list[list[Button]] = []
    for row in buttons:
        if found and len({one.act for one in (*found[-1], *row)}) == 1:
            found[-1] += row
        else:
            found.append([*row])
    return found


def _lines(actions: Sequence[Json], most: int, *, has_menu: bool) -> list[list[Json]]:
    """Teams breaks no line: it cuts the buttons short, or lets them stand beyond the edge. What takes more lines stands in a menu, if there
    is one anyway or more than one button for it.
    """
    lines: list[list[Json]] = []
    room = 0
    for at, one in enumerate(actions):
        takes = len(one["title"]) + AROUND
        if takes > room or len(lines[-1]) == SIDE_BY_SIDE:
            if len(lines) >= most and (has_menu or at < len(actions) - 1):
                lines[-1] = _with_menu(lines[-1], actions[at:])
                break
            lines.append([])
            room = LINE
        lines[-1].append(one)
        room -= takes
    return lines


def _with_menu(line: Sequence[Json], more: Sequence[Json]) -> list[Json]:
    """The menu's own button takes room in the line: what has none left beside it goes into the menu too."""
    shown = [one for one in line if "mode" not in one]
    kept = max((n for n in range(1, len(shown) + 1) if _takes(shown[:n]) + MENU <= LINE), default=1) if shown else 0
    menu = [*shown[kept:], *(one for one in line if "mode" in one), *more]
    return [*shown[:kept], *({**one, "mode": "secondary"} for one in menu)]


def _takes(actions: Sequence[Json]) -> int:
    return sum(len(one["title"]) + AROUND for one in actions)


def action(one: Button, language: str, *, in_dialog: bool) -> Json:
    """What does something is an Action.Execute: Teams is answered with the card as it then stands. A client that has none submits the
    same; in a window there is Action.Submit alone.
    """
    title = plain_words(one.label, language, LABEL)
    if one.url:
        return {"type": "Action.OpenUrl", "title": title, "url": _address(one.url)}
    look = {"title": title, **({"style": STYLES[one.style]} if one.style in STYLES else {})}
    about: Json = {"act": one.act, "ids": one.ids[:VALUE]}
    if one.confirm:
        about[CONFIRM] = {"question": plain_words(one.confirm, language, QUESTION), **look}
    if in_dialog:
        return {"type": "Action.Submit", **look, "data": about}
    if one.confirm or one.act in WINDOWS:
        return {"type": "Action.Submit", **look, "data": {**about, "msteams": {"type": "task/fetch"}}}
    return {"type": "Action.Execute", "verb": one.act, **look, "data": about, "fallback": {"type": "Action.Submit", **look, "data": about}}


def confirmed(data: Mapping[str, Any], origin: Mapping[str, str]) -> tuple[str, Json] | None:
    """What a window asks before it is done, and the button that says yes; None where nothing is asked. An Action.Execute has no question of
    its own, and a card within the card (Action.ShowCard) does not open on every phone.
    """
    asked = data.get(CONFIRM)
    if not isinstance(asked, dict) or not asked.get("question"):
        return None
    look = {"title": str(asked.get("title") or "-"), **({"style": str(asked["style"])} if asked.get("style") in STYLES.values() else {})}
    about = {"act": str(data.get("act") or ""), "ids": str(data.get("ids") or ""), "origin": dict(origin)}
    return str(asked["question"]), {"type": "Action.Submit", **look, "data": about}


def _can_be_folded(row: Sequence[Button]) -> bool:
    """Two buttons need no menu. In one nothing is pressed, asks again or leads away."""
    return len(row) > 2 and all(one.style is Style.PLAIN and not (one.pressed or one.confirm or one.url) for one in row)


def _address(url: str | None) -> str | None:
    """A web address as Teams takes it; None for anything else."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    whole = parts.geturl()
    fits = parts.scheme in ("http", "https") and bool(parts.netloc) and whole.isprintable() and len(whole) <= URL
    return whole if fits else None


def size(value: object) -> int:
    """Bytes as UTF-16, as Teams counts."""
    return len(json.dumps(value, ensure_ascii=False).encode("utf-16-le", "surrogatepass"))
