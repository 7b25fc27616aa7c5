"""The queue and the case in hand: what is shown, and every act on it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from bot.console.guard import without_nul
from bot.console.html import EXCERPT_MOST, Tongue, card_values, form_values
from bot.console.visit import Visit, status_of
from handlers.acts import Act
from handlers.cards import mention_card, note_card, note_form
from handlers.desk import Thread
from handlers.errors import BadInput, NoSuchCase, NothingWaits, Told
from handlers.ports import Button
from handlers.queue import WHOSE, Narrowing

FORMS = ("more_tags", "kind", "link")  # behind a button; the note has its place at the foot of the thread
_TEAMS: Mapping[str, bool | None] = {"": None, "crisis": True, "ordinary": False}


def narrowing_of(given: Mapping[str, str], tags: Mapping[str, object]) -> Narrowing:
    """What an address asks for; what it cannot mean is left out."""
    language, whose, tag = given.get("language", ""), given.get("whose", ""), given.get("tag", "")
    return Narrowing(
        crisis=_TEAMS.get(given.get("team", "")),
        whose=whose if whose in WHOSE else "",
        tag=tag if tag in tags else "",
        language=language if language.isalpha() and len(language) <= 16 else "",
        find=without_nul(given.get("find", ""))[:80],
    )


def address(number: int | None, by: Narrowing, page: int = 1, **more: str) -> str:
    """Of the queue, or of one case beside the queue so narrowed."""
    query = urlencode({name: value for name, value in {**_kept(by, page), **more}.items() if value})
    return (f"/cases/{number}" if number else "/") + (f"?{query}" if query else "")


def _asked(visit: Visit) -> tuple[Narrowing, int]:
    """From the address of a page, or from the form of an act that must lead back to the same one."""
    given = {name: values[0] for name, values in visit.form.items()} if visit.form else dict(visit.request.query_params)
    page = given.get("page", "1")
    return narrowing_of(given, visit.acts.queue.tags), int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1


async def show_queue(visit: Visit) -> Response:
    return await visit.show("queue.html", {**await _queue(visit), "case": None})


async def show_case(visit: Visit) -> Response:
    form = visit.request.query_params.get("form", "")
    return await _show(visit, _number(visit.request.path_params["number"]), form=form)


async def _show(visit: Visit, number: int, *, form: str = "", told: Told | None = None, whole: bool = False) -> Response:
    values = {**await _queue(visit, number), "case": await _case(visit, number, form=form, whole=whole), "told": ""}
    if told:
        values["told"] = visit.tongue.speak(told.words)
    return await visit.show("queue.html", values, status_of(told) if told else 200)


async def _queue(visit: Visit, chosen: int | None = None) -> dict[str, Any]:
    by, page = _asked(visit)
    found = await visit.acts.queue.screenful(visit.who, by, page)
    tongue = visit.tongue
    rows = [
        {
            **vars(row),
            "text": tongue.quote(row.text, EXCERPT_MOST),
            "tags": [(label.in_(tongue.language), is_set) for label, is_set in row.tags],
            "wait": tongue.wait(row.opened_at),
            "href": address(row.number, by, found.page),
            "chosen": row.number == chosen,
        }
        for row in found.rows
    ]
    kept = {name: value for name, value in _kept(by, found.page).items() if value}
    labels = [(name, label.in_(tongue.language)) for name, label in visit.acts.queue.tags.items()]
    ways = {"before": found.page - 1, "after": found.page + 1}
    turn = {way: address(None, by, at) if 1 <= at <= found.pages else "" for way, at in ways.items()}
    return {
        "rows": rows,
        "found": found,
        "by": by,
        "team": _kept(by, 1)["team"],
        "kept": kept,
        "labels": labels,
        "spoken": [by.language] if by.language else [],
        "turn": turn,
        "back": address(None, by, found.page),
        "told": "",
        "claim": tongue.said("button.claim"),
    }


def _kept(by: Narrowing, page: int) -> dict[str, str]:
    """What an act's form carries along, so that it leads back to the same queue."""
    team = {None: "", True: "crisis", False: "ordinary"}[by.crisis]
    return {"team": team, "whose": by.whose, "tag": by.tag, "language": by.language, "find": by.find, "page": str(page) if page > 1 else ""}


async def _case(visit: Visit, number: int, *, form: str, whole: bool) -> dict[str, Any]:
    thread = await visit.acts.desk.thread(visit.who, number, whole=whole)
    past = await visit.acts.history.of_case(visit.who, number)
    by, page = _asked(visit)
    tongue = visit.tongue

    def link(button: Button) -> str | None:
        if button.act in (*FORMS, "like_this"):
            return address(number, by, page, form=button.act) + "#form"
        return "#note" if button.act == "note" else None

    return {
        "number": number,
        "card": card_values(thread.card, tongue, link),
        "thread": _entries(thread, tongue),
        "past": [{"at": tongue.moment(one.at), "words": tongue.speak(one.words), "door": one.door} for one in past],
        "form": await _form(visit, form, number),
        "alike": await _alike(visit, number) if form == "like_this" else None,
        "note": form_values(note_form(number), tongue, visit.form or None) if visit.may(Act.NOTE) else None,
        "whole": whole,
        "here": address(number, by, page),
    }


def _entries(thread: Thread, tongue: Tongue) -> list[dict[str, Any]]:
    """Later messages and internal notes, in the order in which they came."""
    said = [(one.received_at, {**card_values(mention_card(one), tongue), "is_note": False, "at": ""}) for one in thread.view.mentions[1:]]
    noted = [(one.at, {**card_values(note_card(one), tongue), "is_note": True, "at": tongue.moment(one.at)}) for one in thread.notes]
    return [values for _, values in sorted([*said, *noted], key=lambda pair: pair[0])]


async def _form(visit: Visit, name: str, number: int) -> dict[str, Any] | None:
    return form_values(await visit.acts.desk.form(visit.who, name, number), visit.tongue) if name in FORMS else None


async def _alike(visit: Visit, number: int) -> Sequence[dict[str, Any]]:
    """Closed ones too: what was answered before may answer this."""
    by, page = _asked(visit)
    found = await visit.acts.desk.like_this(visit.who, number)
    return [
        {
            "number": one.id,
            "who": one.handle or one.customer_name,
            "owner": one.owner or "",
            "status": str(one.status),
            "href": address(one.id, by, page),
        }
        for one in found
    ]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16


def _number(text: str) -> int:
    if not _is_number(text):
        raise NoSuchCase(case=text[:20])
    return int(text)


Doing = Callable[[Visit, int, str], Awaitable[None]]
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
}


def _team(word: str) -> bool:
    team = _TEAMS.get(word)
    if team is None:
        raise BadInput(field="command", problem="unknown_choice")
    return team


async def act(visit: Visit) -> Response:
    """A button or a form of a case. A refusal is told on the case's own page, with what was typed still in its field."""
    name = visit.request.path_params["act"]
    ids, _, rest = visit.one("ids").partition(":")
    number = _number(ids)
    if name == "reveal":
        await visit.acts.cases.reveal(visit.who, number)
        return await _show(visit, number, whole=True)
    if name not in DOINGS:
        raise BadInput(field="command", problem="unknown_choice")
    try:
        await DOINGS[name](visit, number, rest)
    except NoSuchCase:
        raise
    except Told as told:
        return await _show(visit, number, told=told, form=name if name in FORMS else "")
    return RedirectResponse(_after(visit, number), 303)


def _after(visit: Visit, number: int) -> str:
    """Back to the page that the act came from: `stay` names the case that was in hand there, or the queue alone."""
    by, page = _asked(visit)
    stay = visit.one("stay")
    return address({"": number, "queue": None}.get(stay, int(stay) if _is_number(stay) else None), by, page)


async def take_next(visit: Visit) -> Response:
    """The gravest one that nobody has, within the chosen team."""
    by, page = _asked(visit)
    try:
        number = await visit.acts.cases.next(visit.who, crisis=by.crisis)
    except NothingWaits as told:
        return await visit.show("queue.html", {**await _queue(visit), "case": None, "told": visit.tongue.speak(told.words)})
    return RedirectResponse(address(number, by, page), 303)
