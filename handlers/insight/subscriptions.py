"""Who gets a digest where, how often, in which language. Where outsiders read, only an admin's word lets one in, with counts alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import available_timezones

from handlers.acts import Act, admit, may
from handlers.errors import NotAllowed
from handlers.escalation.bells import EMAIL
from handlers.insight.commands import Asked, folded
from handlers.insight.places import Found, Places, kind_of
from handlers.insight.refusals import NoSuchSubscription, PlaceOpen, UnknownZone
from handlers.insight.slots import DAILY, HOURLY, RHYTHMS, SPIKE, WEEKLY, Calendar, Rhythm
from handlers.ports import Who
from storage import people, timeline
from storage.database import Store, Work
from storage.insight import subscriptions
from storage.insight.subscriptions import Subscription
from storage.people import Person
from storage.timeline import Entry
from templates import LANGUAGES

CHAIN = "digests"
AT, MONDAY = "08:30", 0  # when nobody says
_AT = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True)
class Promise:
    """A subscription, and when it is owed next; `only_confirmed` when it waits for an admin's word instead of standing."""

    name: str
    workspace: str
    target: str
    rhythm: Rhythm
    language: str
    shared: bool = False
    next_at: datetime | None = None
    only_confirmed: bool = False

    @property
    def ids(self) -> str:
        """What a button that confirms it must carry; it is checked anew."""
        when = f"{self.rhythm.name}|{self.rhythm.at}|{'' if self.rhythm.weekday is None else self.rhythm.weekday}|{self.rhythm.timezone}"
        return f"{'' if self.workspace == EMAIL else '#'}{self.target}|{when}|{self.language}"


def asked_of(ids: str) -> Asked:
    """What `Promise.ids` said."""
    target, rhythm, at, weekday, timezone, language = (ids.split("|") + [""] * 6)[:6]
    where = target if "@" in target or target.startswith("#") else f"#{target}"  # before, a channel's had no #
    return Asked(where, rhythm, at, int(weekday) if weekday.isdigit() else None, timezone, language)


def rhythm_of(one: Subscription) -> Rhythm:
    return Rhythm(one.rhythm, one.at, one.timezone, one.weekday)


@dataclass(frozen=True)
class Subscriptions:
    store: Store
    places: Places
    calendar: Calendar
    language: str = "en"

    async def subscribe(self, who: Who, asked: Asked, *, confirmed: bool = False) -> Promise:
        """One of the same rhythm in the same place is replaced. Raises PlaceOpen, and what `Places.find` raises.

        Where outsiders read, an admin gets a promise that is `only_confirmed`: nothing stands before they say so.
        """
        async with self.store.read() as work:
            person = await admit(work, who, Act.CONFIRM_SHARED if confirmed else Act.SUBSCRIBE)
        found, rhythm = await self.places.find(who, asked.target), _rhythm(asked, person)
        language = asked.language if asked.language in LANGUAGES else next(iter(person.languages), self.language)
        shared = confirmed or found.is_open
        promise = Promise(found.name, found.workspace, found.target, rhythm, language, shared)
        if found.is_open and not confirmed:
            return await self._to_be_confirmed(person, found, promise)
        async with self.store.begin() as work:
            person = await admit(work, who, Act.CONFIRM_SHARED if confirmed else Act.SUBSCRIBE)
            await self._replace(work, person, who, promise)
            await work.commit()
            return self._dated(promise, await work.now())

    async def _to_be_confirmed(self, person: Person, found: Found, promise: Promise) -> Promise:
        if may(person, Act.CONFIRM_SHARED):
            return Promise(**{**vars(promise), "only_confirmed": True})
        async with self.store.read() as work:
            admins = tuple(admin.name for admin in await people.with_role(work, "admin"))
        raise PlaceOpen(name=found.name, kind=kind_of(found.workspace), admins=admins)

    async def _replace(self, work: Work, person: Person, who: Who, promise: Promise) -> None:
        await work.lock_names([f"digests:{promise.workspace}:{promise.target}"])
        for one in await subscriptions.of_target(work, promise.workspace, promise.target):
            if one.rhythm == promise.rhythm.name:
                await subscriptions.end(work, one.id, person.id)
        row = {"workspace": promise.workspace, "target": promise.target, "name": promise.name, "rhythm": promise.rhythm.name}
        when = {name: getattr(promise.rhythm, name) for name in ("at", "weekday", "timezone")}
        how = {"language": promise.language, "shared": promise.shared}
        made = {**row, **when, **how, "made_by": person.id, "confirmed_by": person.id if promise.shared else None}
        await subscriptions.add(work, made)
        act = "digest_confirmed" if promise.shared else "digest_subscribed"
        await timeline.append(work, [Entry(CHAIN, act, {**row, **when, **how}, person.id, who.workspace)])

    async def unsubscribe(self, who: Who, asked: Asked) -> Sequence[Subscription]:
        """All that goes to that place, or what goes there in one rhythm. Raises NoSuchSubscription."""
        async with self.store.begin() as work:
            person = await admit(work, who, Act.SUBSCRIBE)
            ended = [one for one in await subscriptions.standing(work) if goes_to(one, asked)]
            if not ended:
                raise NoSuchSubscription(name=asked.target)
            for one in ended:
                await subscriptions.end(work, one.id, person.id)
                gone = {"workspace": one.workspace, "target": one.target, "name": one.name, "rhythm": one.rhythm}
                await timeline.append(work, [Entry(CHAIN, "digest_unsubscribed", gone, person.id, who.workspace)])
            await work.commit()
            return ended

    async def list(self, who: Who) -> Sequence[Promise]:
        async with self.store.read() as work:
            person = await admit(work, who, Act.SEE)
            if not (may(person, Act.SUBSCRIBE) or may(person, Act.CONFIRM_SHARED)):
                raise NotAllowed(roles=("lead", "manager", "marketing", "admin"))
            now = await work.now()
            return [self._dated(promised(one), now) for one in await subscriptions.standing(work)]

    async def of_place(self, asked: Asked) -> Sequence[Subscription]:
        async with self.store.read() as work:
            return [one for one in await subscriptions.standing(work) if goes_to(one, asked)]

    def _dated(self, promise: Promise, now: datetime) -> Promise:
        return Promise(**{**vars(promise), "next_at": self.calendar.next(promise.rhythm, now)})


def promised(one: Subscription) -> Promise:
    return Promise(one.name, one.workspace, one.target, rhythm_of(one), one.language, one.shared)


def goes_to(one: Subscription, asked: Asked) -> bool:
    """By its id, or by its name as people type it: a place that is gone can still be named."""
    said = folded(asked.target.lstrip("#@"))
    return said in (folded(one.target), folded(one.name.removeprefix("#"))) and asked.rhythm in ("", one.rhythm)


def _rhythm(asked: Asked, person: Person) -> Rhythm:
    """What was not said, or cannot be, is the usual."""
    zone, name = asked.timezone or person.timezone, asked.rhythm if asked.rhythm in RHYTHMS else DAILY
    if zone not in available_timezones():
        raise UnknownZone(zone=zone)
    weekday = (asked.weekday if asked.weekday in range(7) else MONDAY) if name == WEEKLY else None
    at = asked.at if _AT.fullmatch(asked.at) else ("00:00" if name == HOURLY else AT)
    return Rhythm(name, AT if name == SPIKE else at, zone, weekday)
