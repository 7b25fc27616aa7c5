"""The figures of a day on a page: in words, as pictures, as a table; what became of the digests. And the search in messages."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from starlette.responses import Response

from bot.console.html import card_values
from bot.console.visit import Visit, status_of
from bot.pictures.charts import Sheet, charts
from handlers.commands import parse
from handlers.errors import BadInput, NotAllowed, Told
from handlers.insight.acts import PRESSED
from handlers.insight.cards import Digest, digest_card, list_card
from handlers.insight.commands import ListDigests, OfDigests
from handlers.insight.figures import Figures
from handlers.insight.finding import Quote
from handlers.insight.seeking import Find
from handlers.insight.spoken import DigestsSpoken
from handlers.insight.table import HEAD, rows, table
from handlers.insight.viewing import Went
from handlers.ports import Card, Words

DRAWN = ("volume", "tags", "times")
KEPT = 6  # sets of pictures: a browser asks for each picture apart
SEARCH_MOST = 300


@dataclass
class Insight:
    """Pictures are painted once for all that ask at the same time, away from those who wait for other pages."""

    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _kept: dict[tuple[int, str, bool], tuple[Figures, Mapping[str, Sheet]]] = field(default_factory=dict)

    async def show(self, visit: Visit, outcome: Card | Told | None = None) -> Response:
        """`outcome`: of what was just said about a digest."""
        day = visit.request.query_params.get("day", "")
        try:
            figures = await visit.acts.viewing.of(visit.who, day)
        except Told as told:
            nothing: dict[str, Any] = {**_days(visit, ""), "told": visit.tongue.speak(told.words), "card": None, "digests": None}
            return await visit.show("insight.html", {**nothing, "said": None, "typed": ""}, status_of(told))
        refused = isinstance(outcome, Told)
        values: dict[str, Any] = {
            **_days(visit, day),
            "told": visit.tongue.speak(outcome.words) if isinstance(outcome, Told) else "",
            "said": card_values(outcome, visit.tongue) if isinstance(outcome, Card) else None,
            "typed": visit.one("said") if refused else "",
            "card": card_values(digest_card(Digest(figures)), visit.tongue),
            "drawn": DRAWN,
            "head": HEAD,
            "table": [["" if cell is None else cell for cell in row] for row in rows(figures)],
            "digests": await _digests(visit),
        }
        return await visit.show("insight.html", values, status_of(outcome) if isinstance(outcome, Told) else 200)

    async def digest(self, visit: Visit) -> Response:
        """Somebody subscribes, ends a subscription or wants it now, in the words of the workspaces; or lets counts into an open place."""
        try:
            return await self.show(visit, await _obeyed(visit))
        except Told as told:
            return await self.show(visit, told)

    async def picture(self, visit: Visit) -> Response:
        """For light or dark pages, in the reader's language."""
        name, asked = visit.request.path_params["name"], visit.request.query_params
        if name not in DRAWN:
            return Response(status_code=404)
        try:
            figures = await visit.acts.viewing.of(visit.who, asked.get("day", ""))
        except Told as told:
            return Response(status_code=status_of(told))
        sheet = (await self._painted(figures, visit.tongue.language, dark=asked.get("dark") == "1"))[name]
        return Response(sheet.content, media_type="image/png", headers={"Cache-Control": "private, max-age=60"})

    async def _painted(self, figures: Figures, language: str, *, dark: bool) -> Mapping[str, Sheet]:
        key = id(figures), language, dark  # the figures are kept with their pictures, so nothing else gets their id
        async with self._turn:
            if key not in self._kept:
                painted = await asyncio.to_thread(charts, figures, language, dark=dark)
                self._kept[key] = figures, {sheet.name: sheet for sheet in painted}
                while len(self._kept) > KEPT:
                    self._kept.pop(next(iter(self._kept)))
            return self._kept[key][1]

    async def csv(self, visit: Visit) -> Response:
        day = visit.request.query_params.get("day", "")
        figures = await visit.acts.viewing.of(visit.who, day)
        ends = figures.period.until.astimezone(figures.period.zone)
        name = f"tocsin-{day or ends.strftime('%Y-%m-%d-%H%M')}.csv"
        return Response(
            table(figures),
            media_type="text/csv",
            headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
        )


async def _obeyed(visit: Visit) -> Card:
    if visit.one("ids"):
        return await visit.acts.insight.press(visit.who, PRESSED[0], visit.one("ids"))
    command = parse(f"digest {visit.one('said')}")
    if not isinstance(command, OfDigests) or isinstance(command, ListDigests):
        raise BadInput(field="command", problem="unknown_choice")
    return await DigestsSpoken(visit.acts.insight).obey(visit.who, command)


def _days(visit: Visit, day: str) -> dict[str, str]:
    """The day that is shown, and those beside it."""
    today = visit.tongue.now.astimezone(visit.tongue.zone).date()
    shown = date.fromisoformat(day) if day else None
    after = shown + timedelta(days=1) if shown and shown < today else None
    before = (shown or today) - timedelta(days=1)
    return {"day": day, "today": today.isoformat(), "before": before.isoformat(), "after": after.isoformat() if after else ""}


async def _digests(visit: Visit) -> Mapping[str, Any] | None:
    """For those who may subscribe."""
    try:
        went, promises = await visit.acts.viewing.went(visit.who), await visit.acts.insight.subscriptions.list(visit.who)
    except NotAllowed:
        return None
    lines = [visit.tongue.speak(line) for line in list_card(promises).body if isinstance(line, Words)] if promises else []
    return {"went": [_went(one, visit) for one in went], "promises": lines}


def _went(one: Went, visit: Visit) -> dict[str, Any]:
    said, moment = visit.tongue.said, visit.tongue.moment
    return {
        "name": one.name,
        "rhythm": said("insight.rhythm", name=one.rhythm),
        "slot": moment(one.slot),
        "state": one.state,
        "words": said(
            "insight.went", state=one.state, at=moment(one.at) if one.at else "", late=one.late, missed=one.missed, reason=one.reason
        ),
    }


async def show_search(visit: Visit) -> Response:
    """A GET with its words in the address: it can be kept, and tells nothing but what was asked for."""
    asked = visit.request.query_params.get("q", "").strip()[:SEARCH_MOST]
    command = parse(f"find {asked}")
    values: dict[str, Any] = {"q": asked, "told": "", "quotes": [], "back_to": "", "searched": bool(asked)}
    try:
        found = await visit.acts.finding.find(visit.who, command.words if isinstance(command, Find) else ())
    except Told as told:
        return await visit.show("search.html", {**values, "told": visit.tongue.speak(told.words)}, status_of(told))
    values["quotes"] = [_quote(one, visit) for one in found.quotes]
    values["back_to"] = visit.tongue.said("find.back_to", at=visit.tongue.moment(found.back_to)) if found.back_to else ""
    return await visit.show("search.html", values)


def _quote(one: Quote, visit: Visit) -> dict[str, Any]:
    tongue = visit.tongue
    return {"number": one.number, "network": one.network, "at": tongue.moment(one.at), "ours": one.ours, "text": tongue.quote(one.text)}
