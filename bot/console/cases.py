"""The queue and the case in hand: what is shown, and every act on it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from bot.console import answers, ladders
from bot.console.guard import without_nul
from bot.console.html import EXCERPT_MOST, Tongue, card_values, form_values
from bot.console.visit import Visit, number_of, status_of
from handlers.acts import Act
from handlers.answers.acts import FILLED
from handlers.cards import mention_card, note_card, note_form
from handlers.desk import Thread
from handlers.errors import DraftStopped, NothingWaits, Told
from handlers.ports import Button, CustomerText, Words
from handlers.queue import WHOSE, Narrowing

FORMS = ("more_tags", "kind", "link")  # behind a button; the note has its place at the foot of the thread
ROOM_FORMS = {"callback": Act.CALL_BACK, "except": Act.EXCUSE}
TEAMS: Mapping[str, bool | None] = {"": None, "crisis": True, "ordinary": False}


def narrowing_of(given: Mapping[str, str], tags: Mapping[str, object]) -> Narrowing:
    """What an address asks for; what it cannot mean is left out."""
    language, whose, tag = given.get("language", ""), given.get("whose", ""), given.get("tag", "")
    return Narrowing(
        crisis=TEAMS.get(given.get("team", "")),
        whose=whose if whose in WHOSE else "",
        tag=tag if tag in tags else "",
        language=language if language.isalpha() and len(language) <= 16 else "",
        find=without_nul(given.get("find", ""))[:80],
    )


def address(number: int | None, by: Narrowing, page: int = 1, **more: str) -> str:
    """Of the queue, or of one case beside the queue so narrowed."""
    query = urlencode({name: value for name, value in {**_kept(by, page), **more}.items() if value})
    return (f"/cases/{number}" if number else "/") + (f"?{query}" if query else "")


def asked(visit: Visit) -> tuple[Narrowing, int]:
    """From the address of a page, or from the form of an act that must lead back to the same one."""
    given = {name: values[0] for name, values in visit.form.items()} if visit.form else dict(visit.request.query_params)
    page = given.get("page", "1")
    return narrowing_of(given, visit.acts.queue.tags), int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1


async def show_queue(visit: Visit) -> Response:
    return await visit.show("queue.html", {**await _queue(visit), "case": None})


async def show_case(visit: Visit) -> Response:
    form = visit.request.query_params.get("form", "")
    return await show(visit, number_of(visit.request.path_params["number"]), form=form)


async def show(visit: Visit, number: int, *, form: str = "", told: Told | None = None, whole: bool = False) -> Response:
    """A case beside the queue; what was refused is told there."""
    values = {**await _queue(visit, number), "case": await _case(visit, number, form=form, told=told, whole=whole), "told": ""}
    if told:
        values["told"] = visit.tongue.say("stopped") if isinstance(told, DraftStopped) else visit.tongue.speak(told.words)
    return await visit.show("queue.html", values, status_of(told) if told else 200)


async def _queue(visit: Visit, chosen: int | None = None) -> dict[str, Any]:
    by, page = asked(visit)
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
        "called": await ladders.waiting(visit),
        "found": found,
        "by": by,
        "team": _kept(by, 1)["team"],
        "kept": kept,
        "carried": {**kept, "open": str(open_now)} if (open_now := answers.opened(visit)).name else kept,
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


async def _case(visit: Visit, number: int, *, form: str, told: Told | None, whole: bool) -> dict[str, Any]:
    thread = await visit.acts.desk.thread(visit.who, number, whole=whole)
    past = await visit.acts.history.of_case(visit.who, number)
    talk, others = visit.acts.answers.talk, await visit.acts.answers.talk.other_cases(visit.who, number)
    by, page = asked(visit)
    tongue, link = visit.tongue, linking(visit, number)
    ladder = await ladders.on_case(visit, number)
    rows = (*thread.card.buttons[:-1], (*thread.card.buttons[-1], *await _of_room(visit, thread)))
    offered = tuple(tuple(one for one in row if _is_offered(visit, thread, one.act, noted=ladder["noted"])) for row in rows)
    small = tuple(words for words in thread.card.small if words.name != "case.escalation")
    card = replace(thread.card, buttons=offered, small=small)
    talked = [(one.at, answers.talked_values(one, visit, link)) for one in await talk.of_case(visit.who, number)]
    return {
        "number": number,
        "card": card_values(card, tongue, link),
        "ladder": ladder,
        "thread": [values for _, values in sorted([*_entries(thread, tongue), *talked], key=lambda pair: pair[0])],
        "past": [{"at": tongue.moment(one.at), "words": tongue.speak(one.words), "door": one.door} for one in past],
        "others": [_other(one, tongue, address(one.id, by, page)) for one in others],
        "form": await _form(visit, form, number, told),
        "panel": await answers.panel(visit, number, told),
        "alike": await _alike(visit, number) if form == "like_this" else None,
        "note": form_values(note_form(number), tongue, _of_note(visit)) if visit.may(Act.NOTE) else None,
        "whole": whole,
        "here": address(number, by, page),
    }


def _is_offered(visit: Visit, thread: Thread, act: str, *, noted: bool) -> bool:
    """What a role allows, and what is of use: nobody takes over from themselves, or acknowledges twice."""
    mine = str(thread.view.case.owner_id) == visit.who.external_id
    useless = (mine and act == "take_over") or (noted and act == "acknowledge")
    return not useless and answers.may(visit, act) and (act not in ladders.MAY or visit.may(ladders.MAY[act]))


def linking(visit: Visit, number: int, **more: str) -> Callable[[Button], str | None]:
    """The addresses behind a case's buttons, those of them that open something."""
    by, page = asked(visit)

    def link(button: Button) -> str | None:
        if button.act in (*FORMS, *ROOM_FORMS, *ladders.FORMS, "like_this"):
            return address(number, by, page, form=button.act) + "#form"
        if button.act in FILLED:
            return address(number, by, page, form=button.act, of=answers.split(button.ids)[1], **more) + "#answer"
        return "#note" if button.act == "note" else None

    return link


async def _of_room(visit: Visit, thread: Thread) -> Sequence[Button]:
    """What the room of the crisis can do about one case."""
    number, crisis = str(thread.view.case.id), (await visit.standing()).crisis
    offered = {"callback": thread.view.case.status != "closed", "except": bool(crisis and crisis.hold_since and thread.view.case.crisis)}
    return [Button(name, Words(f"console.{name}"), number) for name, act in ROOM_FORMS.items() if offered[name] and visit.may(act)]


def _of_note(visit: Visit) -> Mapping[str, list[str]] | None:
    return visit.form if visit.request.path_params.get("act") == "note" else None


def _other(one: Any, tongue: Tongue, href: str) -> dict[str, Any]:
    text = tongue.quote(CustomerText(one.text), EXCERPT_MOST)
    facts = {"state": tongue.say("state", word=str(one.status)), "network": tongue.say("network", name=one.network)}
    return {"number": one.id, "href": href, "text": text, "at": tongue.moment(one.opened_at), **facts}


def _entries(thread: Thread, tongue: Tongue) -> list[tuple[datetime, dict[str, Any]]]:
    """Later messages and internal notes, each with its moment."""
    said = [
        (one.received_at, {**card_values(mention_card(one), tongue), "id": f"said-{one.id}", "is_note": False, "at": ""})
        for one in thread.view.mentions[1:]
    ]
    noted = [
        (one.at, {**card_values(note_card(one), tongue), "id": f"note-{one.id}", "is_note": True, "at": tongue.moment(one.at)})
        for one in thread.notes
    ]
    return [*said, *noted]


async def _form(visit: Visit, name: str, number: int, told: Told | None) -> dict[str, Any] | None:
    if name in ROOM_FORMS and visit.may(ROOM_FORMS[name]):
        return form_values(await visit.acts.room.desk.form(visit.who, name, str(number)), visit.tongue, visit.form if told else None)
    if name in ladders.FORMS and visit.may(ladders.FORMS[name]):
        return form_values(await visit.acts.escalation.desk.form(visit.who, name, number), visit.tongue, visit.form if told else None)
    return form_values(await visit.acts.desk.form(visit.who, name, number), visit.tongue) if name in FORMS else None


async def _alike(visit: Visit, number: int) -> Sequence[dict[str, Any]]:
    """Closed ones too: what was answered before may answer this."""
    by, page = asked(visit)
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


async def take_next(visit: Visit) -> Response:
    """The gravest one that nobody has, within the chosen team."""
    by, page = asked(visit)
    try:
        number = await visit.acts.cases.next(visit.who, crisis=by.crisis)
    except NothingWaits as told:
        return await visit.show("queue.html", {**await _queue(visit), "case": None, "told": visit.tongue.speak(told.words)})
    return RedirectResponse(address(number, by, page), 303)
