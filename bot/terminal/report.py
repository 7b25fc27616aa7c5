"""The readable part of an evidence pack: one HTML file without script that tells the story in order and prints well."""

from collections.abc import Mapping
from datetime import datetime
from typing import IO

from bot.voice import speak
from handlers.evidence import Dossier, Event
from templates import page, say

AT_ONCE = 500  # events in one part of the page
SHOWN = ("holds", "facts", "statements", "attestations")  # what is known of the crisis itself: a page or two, never more


async def write_report(file: IO[str], dossier: Dossier, language: str) -> None:
    """Part after part, however long the story is."""
    told = Told(language)
    facts = {"w": told.say, "language": language, "case": dossier.case_id, "crisis": dossier.crisis, "at": _moment(dossier.at)}
    file.write(page("report_begin.html", facts))
    for table in SHOWN:
        rows = [dict(zip(dossier.columns(table), map(_shown, row), strict=True)) async for row in dossier.table(table)]
        file.write(page("report_table.html", {"w": told.say, "table": table, "rows": rows}))
    file.write(page("report_story.html", {"w": told.say}))
    day, part = "", list[Mapping[str, object]]()
    async for event in dossier.story():
        shown = told.event(event, day)
        day = str(event.at.date())
        part.append(shown)
        if len(part) == AT_ONCE:
            file.write(page("report_part.html", {"w": told.say, "events": part}))
            part = []
    file.write(page("report_part.html", {"w": told.say, "events": part}))
    file.write(page("report_end.html", {"w": told.say}))


class Told:
    """Says each event in the house's language, in UTC as the links have it."""

    def __init__(self, language: str) -> None:
        self.language = language

    def say(self, name: str, /, **facts: object) -> str:
        return say(f"evidence.{name}", self.language, **facts)

    def event(self, event: Event, day: str) -> Mapping[str, object]:
        """`day` is that of the event before."""
        here = str(event.at.date())
        return {
            "day": here if here != day else "",
            "time": f"{event.at:%H:%M:%S}",
            "chain": event.chain,
            "seq": event.seq,
            "who": event.who or event.door,
            "by_us": bool(event.who),
            "words": speak(event.words, self.language, str, _moment),
            "quote": event.quote,
            "besides": event.besides,
            "erased": event.erased,
        }


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _shown(value: object) -> object:
    return _moment(value) if isinstance(value, datetime) else value
