"""Rotas at work: read at the start, read anew every few minutes, and when that fails the last good one goes on."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog

from flows.calendar_text import CalendarError
from flows.people import PeopleErrors
from flows.rota import Duty
from handlers.escalation.roster import Roster
from handlers.escalation.rota_sources import (
    MALFORMED,
    NOT_READ,
    STRANGER,
    CalendarAway,
    InFile,
    Names,
    Sources,
    in_file,
    parsed,
    standing_for,
    warmed,
)
from storage import health, people, rotas
from storage.database import Store, Work
from storage.people import Person
from storage.rotas import Kept

EVERY = timedelta(minutes=5)
SHARED = timedelta(minutes=4)  # what another process has tried since then is not tried again
DOOR = "rota:"
log = structlog.get_logger()


def known_as(team: Iterable[Person]) -> dict[str, str]:
    """Who is meant by each name and address that a calendar may hold."""
    return {key: person.name for person in team for key in (person.name, person.email) if key}


@dataclass(frozen=True)
class _Made:
    """A calendar, and what it was made of."""

    text: str
    names: Names
    duty: Duty


@dataclass
class Rotas:
    """Puts into `roster` what the sources say."""

    store: Store
    roster: Roster
    sources: Sources = field(default_factory=Sources)
    _made: dict[str, _Made] = field(default_factory=dict, repr=False)
    _file: InFile = field(default_factory=InFile, repr=False)

    async def begin(self) -> None:
        """What is known without asking anybody outside: the file, and the calendars as they were last read. Raises PeopleErrors."""
        async with self.store.read() as work:
            names = known_as(await people.everyone(work))
        in_file(await asyncio.to_thread(self.sources.written), names)
        await self._take()

    async def refresh(self) -> None:
        """Every few minutes, by each process; a calendar is fetched by one of them."""
        for name, source in self.sources.calendars.items():
            await self._fetch(name, source)
        await self._take()

    async def _fetch(self, name: str, source: str) -> None:
        """A calendar that comes and cannot be followed does not replace the one before."""
        async with self.store.read() as work:
            now, kept = await work.now(), (await rotas.of_all(work)).get(name)
            names = known_as(await people.everyone(work))
        if kept and kept.source == standing_for(source) and kept.tried_at and now - SHARED < kept.tried_at <= now:
            return
        text, reason = "", ""
        try:
            text = await self.sources.fetch(source)
            await self._made_of(name, text, names, now)
        except CalendarAway as error:
            reason = error.reason
        except CalendarError:
            reason = MALFORMED
        async with self.store.begin() as work:
            if reason:
                await rotas.not_read(work, name, standing_for(source), reason)
            else:
                await rotas.keep(work, name, standing_for(source), text)
            await work.commit()

    async def _made_of(self, name: str, text: str, names: Names, at: datetime) -> Duty:
        """Made anew only when text or people have changed. Raises CalendarError."""
        made = self._made.get(name)
        if made and (made.text, made.names) == (text, names):
            await asyncio.to_thread(warmed, made.duty, at)
            return made.duty
        duty = await asyncio.to_thread(partial(parsed, name, text, names, self.sources.timezone, at))
        self._made[name] = _Made(text, names, duty)
        return duty

    async def _take(self) -> None:
        """Everybody asks the new ones from now on; how each fares is written down."""
        async with self.store.read() as work:
            kept, now = await rotas.of_all(work), await work.now()
            names = known_as(await people.everyone(work))
        reasons = await self._take_file(names)
        duties: dict[str, Duty] = dict(self._file.rotas)
        for name, source in self.sources.calendars.items():
            duty, reason = await self._calendar(name, kept.get(name), standing_for(source), names, now)
            reasons[DOOR + name] = reason
            duties.pop(name, None)
            duties |= {name: duty} if duty else {}
        self.roster.rotas = duties
        await self._report(reasons)

    async def _calendar(self, name: str, kept: Kept | None, source: str, names: Names, now: datetime) -> tuple[Duty | None, str]:
        """The calendar, and what is wrong with it."""
        if kept is None or kept.source != source or kept.text is None:
            return None, (kept.reason if kept and kept.source == source else None) or NOT_READ
        try:
            return await self._made_of(name, kept.text, names, now), kept.reason or ""
        except CalendarError as error:
            log.warning("rota_not_followed", rota=name, line=error.line)
            return self.roster.rotas.get(name), MALFORMED

    async def _take_file(self, names: Names) -> dict[str, str]:
        """What is wrong, by door; a file that cannot be read any more leaves its rotas as they were."""
        try:
            written = await asyncio.to_thread(self.sources.written)
            self._file = in_file(written, names.values())
        except (PeopleErrors, OSError, UnicodeDecodeError):
            return {DOOR + name: MALFORMED for name in self._file.rotas}
        return {DOOR + name: STRANGER if name in self._file.strangers else "" for name in self._file.rotas}

    async def _report(self, reasons: Mapping[str, str]) -> None:
        async with self.store.begin() as work:
            await rotas.forget_others(work, list(self.sources.calendars), list(reasons), DOOR)
            for door, reason in reasons.items():
                await self._fares(work, door, reason)
            await work.commit()

    async def _fares(self, work: Work, door: str, reason: str) -> None:
        if reason == NOT_READ:  # nobody has tried yet
            await health.introduce(work, [door])
            return
        await health.report(work, door, health.FAILING if reason else health.WELL, reason or None)
