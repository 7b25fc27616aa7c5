"""Our own people: who they are to a workspace, and what an admin changes about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from flows.flow import ROLES
from flows.hours import HOURS
from flows.people import PersonEntry, is_pager
from flows.working import holiday_codes
from handlers.acts import NEEDS_SECOND_FACTOR, Act, admit
from handlers.board import Shown
from handlers.errors import BadInput, LastAdmin, NoSuchPerson
from handlers.escalation.course import Course
from handlers.escalation.leaving import hold_of, leave
from handlers.ports import Who
from storage import approvals, cases, health, people, timeline
from storage.cases import Case
from storage.database import Store, Work
from storage.people import Person
from storage.timeline import Entry, case_chain

CHANGEABLE = ("roles", "slack_id", "teams_id", "email", "phone", "languages", "hours", "timezone", "deputy", "holidays", "pagers")


@dataclass(frozen=True)
class Staff:
    store: Store
    course: Course
    timezone: str  # of a person for whom none is given
    language: str

    async def begin_with(self, entries: Sequence[PersonEntry]) -> int:
        """Take the people of people.yaml if nobody is known yet; how many were taken. Afterwards the database is the truth."""
        async with self.store.begin() as work:
            if await people.everyone(work):
                return 0
            for entry in entries:
                await people.put(work, _row(entry))
            await timeline.append(work, [Entry("people", "people_begun", {"names": [entry.name for entry in entries]})])
            await work.commit()
            return len(entries)

    async def names(self) -> Sequence[str]:
        """Everybody's names, admins first; for the command line, which is trusted."""
        async with self.store.read() as work:
            known = await people.everyone(work)
        return [person.name for person in sorted(known, key=lambda person: "admin" not in person.roles)]

    async def somebody(self, role: str) -> Who:
        """Anybody who holds a role, as the console knows them; for the command line."""
        async with self.store.read() as work:
            found = await people.with_role(work, role)
        if not found:
            raise NoSuchPerson(name=role)
        return Who("console", str(found[0].id))

    async def knows(self, who: Who) -> bool:
        async with self.store.read() as work:
            return await people.by_external(work, who.workspace, who.external_id) is not None

    async def strangers(self, workspace: str) -> Sequence[str]:
        """Addresses of our people whose account there we do not know yet; none of a workspace that is not trusted."""
        async with self.store.read() as work:
            if not await health.trusted(work, workspace):
                return ()
            known = await people.everyone(work)
        account = {"slack": "slack_id", "teams": "teams_id"}[workspace]
        return [person.email for person in known if person.email and not getattr(person, account)]

    async def introduce(self, who: Who, email: str) -> bool:
        """An account that we do not know yet has this address: if it is somebody's, remember the account."""
        async with self.store.begin() as work:
            person = await people.by_email(work, email) if await health.trusted(work, who.workspace) else None
            known = {"slack": person.slack_id, "teams": person.teams_id}.get(who.workspace) if person else None
            if person is None or known:
                return False
            await people.know_as(work, person.id, who.workspace, who.external_id)
            payload = {"name": person.name, "workspace": who.workspace, "account": who.external_id}
            await timeline.append(work, [Entry("people", "introduced", payload, person.id, who.workspace)])
            await work.commit()
            return True

    async def language_of(self, who: Who) -> str:
        """In which language to speak to somebody privately; the house's own for those we do not know."""
        async with self.store.read() as work:
            person = await people.by_external(work, who.workspace, who.external_id)
        return person.languages[0] if person and person.languages else self.language

    async def timezone_of(self, who: Who) -> str:
        """By which clock somebody reads and writes moments."""
        async with self.store.read() as work:
            person = await people.by_external(work, who.workspace, who.external_id)
        return person.timezone if person else self.timezone

    async def list(self, who: Who) -> Sequence[Person]:
        async with self.store.read() as work:
            await admit(work, who, Act.MANAGE_PEOPLE)
            return await people.everyone(work)

    async def add(self, who: Who, name: str, values: Mapping[str, Any]) -> Person:
        """`values`: some of CHANGEABLE; roles must be among them, pagers are addresses by service."""
        if not values.get("roles"):
            raise BadInput(field="roles", problem="empty")
        async with self.store.begin() as work:
            admin = await admit(work, who, Act.MANAGE_PEOPLE)
            if not name.strip() or await people.by_name(work, name):
                raise BadInput(field="name", problem="taken" if name.strip() else "empty")
            await self._nobody_elses(work, None, values)
            row = {**dict.fromkeys(CHANGEABLE), "languages": [self.language], "timezone": self.timezone, **_checked(values)}
            person = await people.put(work, {"name": name.strip()[:200], **row})
            await self._record(work, admin, who, "person_added", person.name, values)
            await work.commit()
            return person

    async def change(self, who: Who, name: str, values: Mapping[str, Any]) -> Person:
        async with self.store.begin() as work:
            admin = await admit(work, who, Act.MANAGE_PEOPLE)
            person = await self._named(work, name)
            await self._nobody_elses(work, person, values)
            if "roles" in values and "admin" not in values["roles"]:
                await self._not_the_last_admin(work, person)
            row = {field: getattr(person, field) for field in CHANGEABLE} | {
                "roles": sorted(person.roles),
                "languages": list(person.languages),
            }
            changed = await people.put(work, {"name": person.name, **row, **_checked(values)})
            if NEEDS_SECOND_FACTOR & changed.roles and not NEEDS_SECOND_FACTOR & person.roles:
                await people.shut_out(work, person.id)  # a session that a link alone opened must not set up the second factor
            await self._record(work, admin, who, "person_changed", person.name, values)
            await work.commit()
            return changed

    async def remove(self, who: Who, name: str) -> None:
        """Their access ends with this act; what they approved and has not left needs another's yes; their cases escalate, as nobody's."""
        async with self.store.begin() as work:
            admin = await admit(work, who, Act.MANAGE_PEOPLE)
            person = await self._named(work, name)
            await self._not_the_last_admin(work, person)
            await hold_of(work, self.course, person.id)
            await people.remove(work, person.id)
            void = await approvals.void_of(work, person.id)
            await self._record(work, admin, who, "person_removed", person.name, {"void": void})
            freed = await self._let_go(work, person)
            await timeline.append(work, [Entry(case_chain(case.id), "let_go", {}, admin.id, who.workspace) for case in freed])
            await self.course.board.show(work, [Shown(case.id, case.channel, case.severity) for case in freed])
            await work.commit()

    async def _let_go(self, work: Work, person: Person) -> Sequence[Case]:
        """The cases that were theirs, by what they owned and by what they had acknowledged."""
        owned, held = await cases.let_go(work, person.id), await leave(work, self.course, person.id)
        return tuple({case.id: case for case in (*held, *owned)}.values())

    async def _named(self, work: Work, name: str) -> Person:
        person = await people.by_name(work, name)
        if person is None:
            raise NoSuchPerson(name=name)
        return person

    async def _nobody_elses(self, work: Work, person: Person | None, values: Mapping[str, Any]) -> None:
        for field in ("slack_id", "teams_id", "email"):
            holder = await people.holder(work, field, str(values[field])) if values.get(field) else None
            if holder and (person is None or holder.id != person.id):
                raise BadInput(field=field, problem="taken")

    async def _not_the_last_admin(self, work: Work, person: Person) -> None:
        await work.lock_names(["admins"])  # two admins who remove each other at once
        if "admin" in person.roles and len(await people.with_role(work, "admin")) == 1:
            raise LastAdmin(name=person.name)

    async def _record(self, work: Work, admin: Person, who: Who, act: str, name: str, values: Mapping[str, Any]) -> None:
        await timeline.append(work, [Entry("people", act, {"name": name, **_told(values)}, admin.id, who.workspace)])


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    """Whoever knows a pager's address can wake its owner, and the timeline is for ever: it names the services."""
    return {**values, **({"pagers": sorted(values["pagers"])} if values.get("pagers") else {})}


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    for field in values:
        if field not in CHANGEABLE:
            raise BadInput(field=field, problem="unknown_choice")
    if set(values.get("roles", ())) - set(ROLES):
        raise BadInput(field="roles", problem="unknown_choice")
    if values.get("timezone") and values["timezone"] not in available_timezones():
        raise BadInput(field="timezone", problem="unknown_choice")
    if values.get("hours") and not HOURS.fullmatch(str(values["hours"])):
        raise BadInput(field="hours", problem="unknown_choice")
    if values.get("holidays") and values["holidays"] not in holiday_codes():
        raise BadInput(field="holidays", problem="unknown_choice")
    if any(not is_pager(service, address) for service, address in (values.get("pagers") or {}).items()):
        raise BadInput(field="pagers", problem="unknown_choice")
    return {field: list(value) if isinstance(value, (tuple, set, frozenset)) else value for field, value in values.items()}


def _row(entry: PersonEntry) -> dict[str, Any]:
    same = ("name", "email", "phone", "hours", "timezone", "deputy", "holidays")
    plain = {field: getattr(entry, field) for field in same}
    accounts = {"slack_id": entry.slack, "teams_id": entry.teams, "pagers": dict(entry.pagers)}
    return {**plain, **accounts, "roles": sorted(entry.roles), "languages": list(entry.languages)}
