"""What `check` finds out: one finding a line. Here stands what concerns the whole house; each door finds its own."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from bot.settings import Settings
from handlers.acts import ROLES, Act
from handlers.ports import Words
from handlers.readiness import Found, Shape

T = TypeVar("T")
Read = Callable[[], T]


class Verdict(StrEnum):
    """`unset` is fine as it is; with a single `wrong` the bot could not do its job."""

    OK = "ok"
    UNSET = "unset"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    verdict: Verdict
    words: Words


class Rules(Protocol):
    """What is asked of a FLOW."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def tags(self) -> Any: ...
    @property
    def channels(self) -> Sequence[str]: ...
    @property
    def ordinary_channel(self) -> str: ...
    @property
    def first_told(self) -> Sequence[str]: ...


def ok(name: str, /, **facts: object) -> Finding:
    return Finding(Verdict.OK, Words(name, facts))


def unset(name: str, /, **facts: object) -> Finding:
    return Finding(Verdict.UNSET, Words(name, facts))


def warning(name: str, /, **facts: object) -> Finding:
    return Finding(Verdict.WARNING, Words(name, facts))


def wrong(name: str, /, **facts: object) -> Finding:
    return Finding(Verdict.WRONG, Words(name, facts))


def look_at_house(settings: Settings, found: Found, flow: Read[Rules], people: Read[Sequence[Any]]) -> tuple[list[Finding], Rules | None]:
    """The database, the FLOW and the people; and the FLOW, if it can be read. `people` counts while the database knows nobody."""
    rules, flow_faults = _attempt(flow)
    entries, people_faults = _attempt(people)
    findings = [*_database(found, wiped=bool(settings.dyno)), *(wrong("check.flow_wrong", problem=fault) for fault in flow_faults)]
    if rules:
        findings.append(ok("check.flow_well", name=rules.name, version=rules.version, tags=len(rules.tags)))
    if found.people:
        return [*findings, *_people(found.people, rules, str(settings.people))], rules
    if people_faults:
        return [*findings, *(wrong("check.people_wrong", problem=fault) for fault in people_faults)], rules
    return [*findings, *_people(entries or (), rules, str(settings.people))], rules


def _attempt(read: Read[T]) -> tuple[T | None, Sequence[str]]:
    """What was read, or each line of what is wrong with it."""
    try:
        return read(), ()
    except (ValueError, OSError) as error:
        return None, str(error).splitlines()


def _database(found: Found, *, wiped: bool) -> Iterator[Finding]:
    """`wiped`: the host gives every process an empty disk."""
    if wiped and found.is_file:
        yield wrong("check.database_wiped", place=found.place)
        return
    match found.shape:
        case Shape.WELL:
            yield ok("check.database_well", place=found.place)
        case Shape.NEW:
            yield ok("check.database_new", place=found.place)
        case Shape.OLD:
            yield warning("check.database_old", place=found.place)
        case Shape.AWAY:
            yield wrong("check.database_away", place=found.place, reason=found.reason)


def _people(known: Sequence[Any], rules: Rules | None, file: str) -> Iterator[Finding]:
    if not known:
        yield wrong("check.people_none", file=file)
        return
    yield ok("check.people_well", count=len(known))
    held = {role for person in known for role in person.roles}
    for act, template in ((Act.MANAGE_PEOPLE, "check.nobody_manages"), (Act.CLAIM, "check.nobody_claims")):
        if not held & ROLES[act]:
            yield wrong(template, roles=tuple(sorted(ROLES[act])))
    if not held & ROLES[Act.OPEN_CRISIS]:
        yield warning("check.nobody_opens", roles=tuple(sorted(ROLES[Act.OPEN_CRISIS])))
    for role in rules.first_told if rules else ():
        if role not in held:
            yield warning("check.nobody_told", role=role)
