"""Our own people, their sessions on the console, and the one-time links that let them in."""

import hashlib
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.tables import invites, people, sessions


@dataclass(frozen=True)
class Person:
    id: int
    name: str
    roles: frozenset[str]
    slack_id: str | None
    teams_id: str | None
    email: str | None
    phone: str | None
    languages: tuple[str, ...]
    hours: str | None
    timezone: str
    deputy: str | None
    has_totp: bool
    active: bool
    holidays: str | None = None
    pagers: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Session:
    person: Person
    csrf: str
    second_factor: bool


_PLAIN = ("id", "name", "slack_id", "teams_id", "email", "phone", "hours", "timezone", "deputy", "active", "holidays")


def _person(row: Mapping[Any, Any]) -> Person:
    plain = {name: row[name] for name in _PLAIN}
    sets: dict[str, Any] = {"roles": frozenset(row["roles"]), "languages": tuple(row["languages"]), "pagers": dict(row["pagers"] or {})}
    return Person(has_totp=row["totp_secret"] is not None, **sets, **plain)


def secret_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def by_id(work: Work, person_id: int) -> Person | None:
    return await _one(work, people.c.id == person_id)


async def by_name(work: Work, name: str) -> Person | None:
    """Whichever the case of its letters; compared here, since a database may not know that É and é are one letter."""
    wanted = _same(name)
    return next((person for person in await everyone(work) if _same(person.name) == wanted), None)


def _same(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip().casefold()


async def holder(work: Work, field: str, value: str) -> Person | None:
    """Who of ours has this slack_id, teams_id or email."""
    return await _one(work, people.c[field] == (value.strip().lower() if field == "email" else value))


async def by_email(work: Work, email: str) -> Person | None:
    return await _one(work, people.c.email == email.strip().lower())


async def by_external(work: Work, workspace: str, external_id: str) -> Person | None:
    """The person behind an account of a workspace (slack, teams); on the console the id is ours."""
    if workspace == "console":
        return await by_id(work, int(external_id))
    return await _one(work, {"slack": people.c.slack_id, "teams": people.c.teams_id}[workspace] == external_id)


async def _one(work: Work, where: sa.ColumnElement[bool]) -> Person | None:
    row = (await work.execute(sa.select(people).where(where, people.c.active))).mappings().first()
    return _person(row) if row else None


async def everyone(work: Work) -> list[Person]:
    rows = (await work.execute(sa.select(people).where(people.c.active).order_by(people.c.name))).mappings()
    return [_person(row) for row in rows]


async def with_role(work: Work, *roles: str) -> list[Person]:
    return [person for person in await everyone(work) if person.roles & set(roles)]


async def names(work: Work, ids: Sequence[int]) -> dict[int, str]:
    """Names by id, of people who left too."""
    query = sa.select(people.c.id, people.c.name).where(people.c.id.in_(set(ids)))
    return {row.id: row.name for row in await work.execute(query)}


async def put(work: Work, values: Mapping[str, Any]) -> Person:
    """Add a person, or change the one of that name; someone removed before is active again."""
    row = {**values, "email": values["email"].strip().lower() if values.get("email") else None, "active": True, "removed_at": None}
    new = work.insert(people).values(**row, added_at=await work.now())
    changed = {name: new.excluded[name] for name in row if name != "name"}
    await work.execute(new.on_conflict_do_update(index_elements=["name"], set_=changed))
    found = await by_name(work, values["name"])
    if found is None:
        raise LookupError(values["name"])
    return found


async def know_as(work: Work, person_id: int, workspace: str, external_id: str) -> None:
    """Remember the account by which a workspace knows a person."""
    await work.execute(sa.update(people).where(people.c.id == person_id).values({f"{workspace}_id": external_id}))


async def remove(work: Work, person_id: int) -> None:
    """Their access ends with this transaction: sessions and invitations go with it, and every address by which they could be woken."""
    gone = {
        "active": False,
        "removed_at": await work.now(),
        "slack_id": None,
        "teams_id": None,
        "email": None,
        "phone": None,
        "pagers": None,
        "totp_secret": None,
        "totp_last": None,
    }
    await work.execute(sa.update(people).where(people.c.id == person_id).values(gone))
    await shut_out(work, person_id)


async def shut_out(work: Work, person_id: int) -> None:
    """End every session and invitation of a person: they need a new link."""
    await work.execute(sa.delete(sessions).where(sessions.c.person_id == person_id))
    await work.execute(sa.delete(invites).where(invites.c.person_id == person_id))


async def totp(work: Work, person_id: int) -> tuple[str | None, int | None]:
    """(secret, last accepted time step)."""
    row = (await work.execute(work.locking(sa.select(people.c.totp_secret, people.c.totp_last).where(people.c.id == person_id)))).one()
    return row.totp_secret, row.totp_last


async def set_totp(work: Work, person_id: int, secret: str | None, step: int | None) -> None:
    await work.execute(sa.update(people).where(people.c.id == person_id).values(totp_secret=secret, totp_last=step))


async def invite(work: Work, person_id: int, valid: timedelta) -> str:
    """A token for one sign-in; only its hash is kept, and an older one that was not used opens nothing any more."""
    token = secrets.token_urlsafe(32)
    await work.execute(sa.delete(invites).where(invites.c.person_id == person_id, invites.c.used_at.is_(None)))
    expires_at = await work.now() + valid
    await work.execute(sa.insert(invites).values(token_hash=secret_hash(token), person_id=person_id, expires_at=expires_at))
    return token


async def invited(work: Work, token: str) -> Person | None:
    """Who an unused, unexpired invitation is for."""
    return await _invited(work, token, await work.now())


async def _invited(work: Work, token: str, now: datetime) -> Person | None:
    fresh = (invites.c.token_hash == secret_hash(token)) & invites.c.used_at.is_(None) & (invites.c.expires_at > now)
    row = (await work.execute(sa.select(people).join(invites).where(fresh, people.c.active))).mappings().first()
    return _person(row) if row else None


async def use_invite(work: Work, token: str) -> Person | None:
    """Burn the invitation; None when it was used before, by anybody."""
    now = await work.now()
    person = await _invited(work, token, now)
    burn = sa.update(invites).where(invites.c.token_hash == secret_hash(token), invites.c.used_at.is_(None)).values(used_at=now)
    return person if person and (await work.execute(burn)).rowcount else None


async def open_session(work: Work, person_id: int, valid: timedelta, *, second_factor: bool) -> str:
    token = secrets.token_urlsafe(32)
    now = await work.now()
    row = {"token_hash": secret_hash(token), "person_id": person_id, "csrf": secrets.token_urlsafe(24), "second_factor": second_factor}
    await work.execute(sa.insert(sessions).values(**row, created_at=now, expires_at=now + valid))
    return token


async def session(work: Work, token: str) -> Session | None:
    query = (
        sa.select(people, sessions.c.csrf, sessions.c.second_factor)
        .join(sessions)
        .where(sessions.c.token_hash == secret_hash(token), sessions.c.expires_at > await work.now(), people.c.active)
    )
    row = (await work.execute(query)).mappings().first()
    return Session(_person(row), row["csrf"], row["second_factor"]) if row else None


async def close_session(work: Work, token: str) -> None:
    await work.execute(sa.delete(sessions).where(sessions.c.token_hash == secret_hash(token)))
