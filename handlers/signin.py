"""How a person gets into the console: a link that works once, a second factor for those who decide, a session."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import pyotp

from handlers.acts import NEEDS_SECOND_FACTOR, Act, admit, may
from handlers.errors import NoSuchPerson, Told
from handlers.ports import Bucket, Who
from storage import buckets, people, timeline
from storage.database import Store, Work
from storage.people import Person
from storage.timeline import Entry

CONSOLE = "console"
INVITED = timedelta(hours=24)
SESSION = timedelta(hours=12)
HALFWAY = timedelta(minutes=15)  # between the link and the code
STEP = 30  # seconds for which a code is shown
TRIES, TRY_AGAIN = 5, timedelta(minutes=3)


class LinkSpent(Told):
    """The link was used before, is too old, or never was one."""

    template = "signin.link_spent"


class WrongCode(Told):
    template = "signin.wrong_code"


class TooManyCodes(Told):
    """Facts: minutes, until the next try."""

    template = "signin.too_many_codes"


class Need(StrEnum):
    """What a visitor must still do before anything is shown."""

    NOTHING = "nothing"
    CODE = "code"
    ENROLMENT = "enrolment"


@dataclass(frozen=True)
class Visitor:
    """The person behind a session, as a page needs them."""

    who: Who
    name: str
    acts: frozenset[Act]
    languages: tuple[str, ...]
    timezone: str
    csrf: str
    need: Need


@dataclass(frozen=True)
class Signin:
    """`insists`: whether those of NEEDS_SECOND_FACTOR are asked for one."""

    store: Store
    insists: bool

    async def invite(self, name: str, who: Who | None = None) -> str:
        """A token that lets one person in once, within INVITED. Without `who` the caller is the command line, which is trusted."""
        async with self.store.begin() as work:
            admin = await admit(work, who, Act.MANAGE_PEOPLE) if who else None
            person = await _named(work, name)
            token = await people.invite(work, person.id, INVITED)
            await _record(work, "invited", person, admin)
            await work.commit()
            return token

    async def invited(self, token: str) -> tuple[str, tuple[str, ...]]:
        """(name, languages) of whom a link is for; looking at it does not use it. Raises LinkSpent."""
        async with self.store.read() as work:
            person = await people.invited(work, token)
        if person is None:
            raise LinkSpent
        return person.name, person.languages

    async def enter(self, token: str, before: str | None = None) -> str:
        """Use the link: a new session's token. `before` is the session that the browser had; it ends."""
        async with self.store.begin() as work:
            person = await people.use_invite(work, token)
            if person is None:
                raise LinkSpent
            if before:
                await people.close_session(work, before)
            asked = self._need(person, passed=False) is not Need.NOTHING
            session = await people.open_session(work, person.id, HALFWAY if asked else SESSION, second_factor=False)
            await _record(work, "link_used" if asked else "signed_in", person, person)
            await work.commit()
            return session

    async def visitor(self, session: str) -> Visitor | None:
        """None when the session is over, or its person was removed."""
        async with self.store.read() as work:
            found = await people.session(work, session)
        if found is None:
            return None
        person = found.person
        return Visitor(
            who=Who(CONSOLE, str(person.id)),
            name=person.name,
            acts=frozenset(act for act in Act if may(person, act)),
            languages=person.languages,
            timezone=person.timezone,
            csrf=found.csrf,
            need=self._need(person, passed=found.second_factor),
        )

    async def enrolment(self, session: str) -> str | None:
        """The otpauth:// address to show as a picture, while a second factor is to be set up."""
        async with self.store.read() as work:
            found = await people.session(work, session)
        if found is None or self._need(found.person, passed=found.second_factor) is not Need.ENROLMENT:
            return None
        return pyotp.TOTP(_offered(session), name=found.person.name, issuer="Tocsin").provisioning_uri()

    async def prove(self, session: str, code: str) -> str:
        """Check the code: a new session's token, the old one ends. Raises WrongCode, TooManyCodes, or LinkSpent (no session)."""
        async with self.store.begin() as work:
            found = await people.session(work, session)
            if found is None:
                raise LinkSpent
            await self._spend_a_try(work, found.person)
            secret, last = await people.totp(work, found.person.id)
            step = _matching_step(secret or _offered(session), code, await work.now())
            if step is None or (last is not None and step <= last):
                await work.commit()
                raise WrongCode
            await people.set_totp(work, found.person.id, secret or _offered(session), step)
            await people.close_session(work, session)
            fresh = await people.open_session(work, found.person.id, SESSION, second_factor=True)
            await _record(work, "signed_in" if secret else "second_factor_set", found.person, found.person)
            await work.commit()
            return fresh

    async def leave(self, session: str) -> None:
        async with self.store.begin() as work:
            await people.close_session(work, session)
            await work.commit()

    async def forget_second_factor(self, who: Who, name: str) -> None:
        """A lost phone: whatever it may still hold ends, and the person sets up another one at their next link."""
        async with self.store.begin() as work:
            admin = await admit(work, who, Act.MANAGE_PEOPLE)
            person = await _named(work, name)
            await people.set_totp(work, person.id, None, None)
            await people.shut_out(work, person.id)
            await _record(work, "second_factor_forgotten", person, admin)
            await work.commit()

    def _need(self, person: Person, *, passed: bool) -> Need:
        if passed or not self.insists or not person.roles & NEEDS_SECOND_FACTOR:
            return Need.NOTHING
        return Need.CODE if person.has_totp else Need.ENROLMENT

    async def _spend_a_try(self, work: Work, person: Person) -> None:
        """Counted per person and for all replicas, so that a code cannot be guessed by asking elsewhere."""
        tries = [Bucket(f"codes:{person.id}", TRY_AGAIN, TRIES)]
        if await buckets.take(work, tries) is None:
            wait = await buckets.wait(work, tries)
            raise TooManyCodes(minutes=max(1, -int(-wait.total_seconds() // 60)))


def _offered(session: str) -> str:
    """The secret offered for enrolment: known to this one session, kept nowhere until its first code proves that it arrived."""
    return base64.b32encode(hmac.digest(session.encode(), b"second factor", hashlib.sha256)[:20]).decode()


def _matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step that a code belongs to, one step of slow clocks or slow fingers allowed either way."""
    typed = "".join(code.split())
    present = int(now.timestamp()) // STEP
    totp = pyotp.TOTP(secret)
    found = [step for step in (present - 1, present, present + 1) if hmac.compare_digest(totp.at(step * STEP).encode(), typed.encode())]
    return found[-1] if found else None


async def _named(work: Work, name: str) -> Person:
    person = await people.by_name(work, name)
    if person is None:
        raise NoSuchPerson(name=name)
    return person


async def _record(work: Work, act: str, person: Person, by: Person | None) -> None:
    await timeline.append(work, [Entry("people", act, {"name": person.name}, by.id if by else None, CONSOLE if by else "command_line")])
