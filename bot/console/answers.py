"""Answers on a case's page: its drafts and replies in the thread, the panel in which one writes, what is saved as one types."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

from starlette.responses import JSONResponse, Response

from bot.console.html import Tongue, card_values, form_values
from bot.console.visit import Visit, number_of, status_of
from handlers.acts import Act
from handlers.answers.acts import FILLED
from handlers.answers.drafts import Wording
from handlers.answers.talk import KEPT, Pieces, Talked
from handlers.errors import BadInput, DraftStopped, Told
from handlers.ports import Button, Form, Words

MAY: Mapping[str, Act] = {
    "reply": Act.REPLY,
    "handover": Act.REPLY,
    "revise": Act.REPLY,
    "withdraw": Act.REPLY,
    "correct": Act.REPLY,
    "approve": Act.APPROVE,
    "edit_and_approve": Act.APPROVE,
    "reject": Act.APPROVE,
    "looked_at": Act.APPROVE,
    "release": Act.RELEASE,
    "arrived": Act.RELEASE,
    "send_again": Act.RELEASE,
    "delete_reply": Act.DELETE_REPLY,
    "hide": Act.HIDE,
}
YES = ("approve", "edit_and_approve")  # of those whose turn it is
NOTICES = ("form.held", "form.private_once", "form.handover_intro", "form.correct_old", "form.no_network", "draft.text")
TEXT_MOST = 10_000  # characters that are read while somebody types
Link = Callable[[Button], str | None]


def split(ids: str) -> tuple[str, str]:
    """The case, and the version or reply."""
    number, _, of = ids.partition(":")
    return number, of


def talked_values(one: Talked, visit: Visit, link: Link) -> dict[str, Any]:
    """A draft or a reply within the thread, where what the customer wrote stands above it anyway."""
    values = answer_values(one.card, one.changes, visit, link, mine=one.mine, own=one.own)
    values["body"] = [part for part in values["body"] if part["kind"] != "quote"]
    return {**values, "id": f"draft-{one.version_id}", "status": one.status, "at": "" if _is_receipt(one) else visit.tongue.moment(one.at)}


def _is_receipt(one: Talked) -> bool:
    """Then its title says when."""
    return one.card.title.name == "draft.receipt"


def answer_values(card: Any, changes: Pieces, visit: Visit, link: Link, *, mine: bool, own: bool) -> dict[str, Any]:
    """A card of an answer with the buttons that its reader may press, and what changed as one text."""
    values = card_values(card, visit.tongue, link)
    values["rows"] = [
        kept for row in values["rows"] if (kept := [one for one in row if may(visit, one["act"]) and (mine or one["act"] not in YES)])
    ]
    values["body"] = [part for part in values["body"] if not (changes and part["name"] == "draft.changed")]
    is_told = own and any(words.name == "draft.waits_for" for words in card.small) and visit.may(Act.APPROVE)
    return {**values, "changes": [] if _is_same(changes) else changes, "own": is_told, "mine": mine}


def _is_same(changes: Pieces) -> bool:
    return all(kind == KEPT for kind, _ in changes)


def may(visit: Visit, act: str) -> bool:
    """Whether somebody's role includes an act on answers; of other acts nothing is said."""
    return act not in MAY or visit.may(MAY[act])


@dataclass(frozen=True)
class Opened:
    """Which form of an answer stands open on a page: its name, the version or reply that it is of, the starting point."""

    name: str = ""
    of: str = ""
    start: str = ""

    def __str__(self) -> str:
        """As the other forms of the page carry it along."""
        return f"{self.name}:{self.of}:{self.start}" if self.name else ""


def opened(visit: Visit) -> Opened:
    """By the form that was sent, by what another act's form carries along, or by the address."""
    act = visit.request.path_params.get("act", "")
    if act in FILLED or act == "begin":
        return Opened("reply" if act == "begin" else act, split(visit.one("ids"))[1], visit.one("start"))
    query = visit.request.query_params
    parts = visit.one("open").split(":") if visit.form else [query.get(name, "") for name in ("form", "of", "start")]
    name, of, start = (*parts, "", "", "")[:3]
    return Opened(name, of[:16], start[:16]) if name in FILLED else Opened()


async def panel(visit: Visit, number: int, told: Told | None = None) -> dict[str, Any] | None:
    """The form that stands open. What was typed stays in it: when it was refused, and when its writer left and comes back."""
    now = opened(visit)
    if not now.name or not visit.may(MAY[now.name]):
        return None
    ids = f"{number}:{now.of}" if now.of else str(number)
    form = await visit.acts.answers.desk.form(visit.who, now.name, ids, now.start)
    refused = told is not None and visit.request.path_params.get("act") == now.name
    values = form_values(form, visit.tongue, dict(visit.form) if refused else await _kept(visit, form, number, now))
    parts = values.pop("intro")
    return {
        **values,
        "key": f"{ids}:{now}",
        "writes": any(field["name"] == "text" for field in values["fields"]),
        "writers": [part["text"] for part in parts if part["name"] == "form.also_writing"],
        "notices": [part["text"] for part in parts if part["name"] in NOTICES],
        "limits": [part["text"] for part in parts if part["name"] == "form.limits"],
        "findings": findings(cast("Sequence[Words]", told.facts["findings"]), visit.tongue) if isinstance(told, DraftStopped) else [],
        "stay": _stay(visit),
        "begun": now.start,
    }


def _stay(visit: Visit) -> str:
    """Where a form of an answer leads back to when it was opened from the list of approvals."""
    asked = visit.one("stay") if visit.form else visit.request.query_params.get("stay", "")
    return asked if asked == "approvals" else ""


async def _kept(visit: Visit, form: Form, number: int, now: Opened) -> dict[str, list[str]]:
    """What was typed before stands above what a starting point would say; opening the form is noted, so that others see it."""
    if now.name != "reply":
        return {}
    if "x-tocsin" not in visit.request.headers:  # a page that only looks again asks with it
        await visit.acts.answers.drafts.keep(visit.who, number, None)
    where = visit.request.query_params.get("where", "")
    chosen = {"where": [where]} if where in _choices(form, "where") else {}
    typed = text_of(await visit.acts.answers.desk.form(visit.who, "reply", str(number))) if now.start else ""
    return {**chosen, **({"text": [typed]} if typed else {})}


def _choices(form: Form, name: str) -> set[str]:
    return {option.value for one in form.fields if one.name == name for option in one.options}


def text_of(form: Form) -> str:
    return next((one.initial[0] for one in form.fields if one.name == "text" and one.initial), "")


async def begin(visit: Visit, number: int) -> None:
    """A starting point was chosen: it takes the place of an untouched one and stands below words of one's own."""
    desk, start, begun = visit.acts.answers.desk, visit.one("start"), visit.one("begun")
    form = await desk.form(visit.who, "reply", str(number), start)
    if start not in _choices(form, "start"):
        raise BadInput(field="start", problem="unknown_choice")
    typed, fresh = visit.one("text"), text_of(form)
    untouched = not typed or (begun and typed == text_of(await desk.form(visit.who, "reply", str(number), begun)).strip())
    await visit.acts.answers.drafts.keep(visit.who, number, fresh if untouched else f"{typed}\n\n{fresh}".strip())


async def keep(visit: Visit, number: int) -> None:
    """What was refused is kept like what is typed, where anything can be."""
    with suppress(Told):
        await visit.acts.answers.drafts.keep(visit.who, number, visit.one("text"))


async def write(visit: Visit) -> Response:
    """Somebody types: what they have is kept, and they hear how long it is and what the checks find."""
    number, text = number_of(visit.request.path_params["number"]), visit.form.get("text", [""])[0][:TEXT_MOST]
    wording = Wording(text, visit.one("where") == "private", visit.one("rests_on").replace("none", ""))
    drafts, saved = visit.acts.answers.drafts, ""
    try:
        if visit.one("keep"):
            await drafts.keep(visit.who, number, text)
            saved = visit.tongue.say("saved", at=visit.tongue.moment(visit.tongue.now))
        length, most, found = await drafts.try_out(visit.who, number, wording)
    except Told as told:
        return JSONResponse({"told": visit.tongue.speak(told.words)}, status_of(told))
    said = visit.tongue.say("length", length=length, most=most or 0)
    shown = findings(found, visit.tongue) if text.strip() else []
    return JSONResponse({"length": said, "over": bool(most and length > most), "saved": saved, "findings": shown})


def findings(found: Sequence[Words], tongue: Tongue) -> list[dict[str, str]]:
    """Why, where, and what to write there instead. What can only be read is said once, however often it is found."""
    said = [_finding(one, tongue) for one in found]
    return [one for at, one in enumerate(said) if one["better"] or one not in said[:at]]


def _finding(one: Words, tongue: Tongue) -> dict[str, str]:
    why = one.facts["why"]
    return {"why": tongue.speak(why) if isinstance(why, Words) else "", **{name: str(one.facts[name]) for name in ("where", "better")}}
