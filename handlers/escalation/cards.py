"""Cards of notices, as workspace-neutral values: to one person about all they are called for, and in a case's thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flows.flow import Flow
from flows.severity import Severity
from handlers.cards import still_missing, tag_label
from handlers.couriers import Notice
from handlers.escalation.course import ladder_of
from handlers.ports import Button, Called, Card, Label, Style, Words
from handlers.shelf import Shelf
from storage import calls, cases, escalations, notices, people
from storage.calls import Call
from storage.cases import Case
from storage.database import Work
from storage.escalations import Escalation
from storage.notices import Notice as Kept
from storage.people import Person
from storage.types import Status

LISTED = 10
IN_A_THREAD = 50  # people whom one step calls
BUTTONS = 4


@dataclass(frozen=True)
class Matter:
    """One case that somebody is called for, as it stands now."""

    call: Call
    case: Case
    flow: Flow
    tags: Sequence[str]
    standing: Escalation
    missing: tuple[str, ...] = ()  # who has not acknowledged yet, of a step that waits for each

    @property
    def is_open(self) -> bool:
        return self.call.over_at is None and self.call.acknowledged_at is None and self.case.status is not Status.CLOSED


@dataclass(frozen=True)
class Reading:
    """A notice with what it is about, the gravest first and no more of it than is listed; `count` of all still wait.

    `people` are those whom it calls.
    """

    notice: Kept
    matters: Sequence[Matter]
    people: Sequence[Person]
    now: datetime
    count: int

    @property
    def waiting(self) -> list[Matter]:
        return [one for one in self.matters if one.is_open]

    @property
    def taken(self) -> list[Matter]:
        return [one for one in self.matters if not one.is_open]

    def is_theirs(self, one: Matter) -> bool:
        """Whether the one person whom the notice was for has it now."""
        has = (one.standing.acknowledged_by, one.case.owner_id)
        return self.notice.person_id is not None and self.notice.person_id in has and one.case.status is not Status.CLOSED

    @property
    def severity(self) -> str:
        return Severity(max([one.case.severity for one in self.waiting or self.matters], default=0)).word

    @property
    def exercise(self) -> bool:
        return bool(self.matters) and all(one.case.exercise for one in self.matters)


async def read(work: Work, shelf: Shelf, notice_id: int) -> Reading | None:
    notice = await notices.get(work, notice_id)
    if notice is None:
        return None
    matters = []
    most = LISTED if notice.person_id else IN_A_THREAD
    count, waiting = await calls.open_of_notice(work, notice_id, most)
    made = [*waiting, *await calls.ended_of_notice(work, notice_id, most)]
    standing = await escalations.of_cases(work, {call.case_id for call in made})
    for call in made:
        case = await cases.get(work, call.case_id)
        if case:
            tags = [tag.tag for tag in await cases.tags_of(work, case.id) if tag.is_set]
            stands = standing.get(case.id, Escalation(case.id))
            missing = still_missing(stands, await calls.of_case(work, case.id)) if call.acknowledged_at else ()
            matters.append(Matter(call, case, await shelf.of(work, case), tags, stands, missing))
    called = [person for one in sorted({call.person_id for call in made}) if (person := await people.by_id(work, one))]
    return Reading(notice, matters, called, await work.now(), count)


def _line(one: Matter, now: datetime) -> Words:
    ladder = ladder_of(one.flow, one.case.ladder)
    facts = {
        "number": one.case.id,
        "severity": Severity(one.case.severity).word,
        "ladder": Label(ladder.label if ladder else {"en": one.case.ladder or ""}),
        "minutes": int((now - one.case.opened_at).total_seconds() // 60),
        "tags": tuple(tag_label(one.flow, tag) for tag in one.tags),
    }
    return Words("notice.line", facts)


def _taken(reading: Reading, one: Matter) -> Words:
    number = one.case.id
    if reading.is_theirs(one):
        return Words("notice.yours_line", {"number": number})
    if one.call.acknowledged_at and one.call.over_at is None:
        return Words("notice.noted_line", {"number": number, "names": one.missing})
    return Words("notice.over_line", {"number": number, "name": one.standing.name or one.case.owner or ""})


def _lines(reading: Reading) -> tuple[Words, ...]:
    waiting, taken = reading.waiting, reading.taken
    more = [Words("notice.more", {"count": reading.count - LISTED})] if reading.count > LISTED else []
    return (*[_line(one, reading.now) for one in waiting[:LISTED]], *more, *[_taken(reading, one) for one in taken[:LISTED]])


def _title(reading: Reading) -> Words:
    waiting = reading.waiting
    if not waiting:
        noted = any(one.missing for one in reading.taken)
        theirs = any(reading.is_theirs(one) for one in reading.taken)
        return Words("notice.yours_title" if theirs else "notice.noted_title" if noted else "notice.over_title")
    given = [one for one in waiting if one.call.step is None]
    if reading.count == 1 and given:
        return Words("notice.given_title", {"number": given[0].case.id})
    facts = {"cases": reading.count, "severity": reading.severity, "exercise": reading.exercise, "what": _what(reading)}
    return Words("notice.title", facts)


def _what(reading: Reading) -> Label | str:
    """The kind of case, where all that waits is of one kind."""
    kinds = {one.case.ladder: ladder_of(one.flow, one.case.ladder) for one in reading.waiting}
    ladder = next(iter(kinds.values())) if len(kinds) == 1 and len(reading.waiting) == reading.count else None
    return Label(ladder.label) if ladder else ""


def notice_card(reading: Reading) -> Card:
    """To one person, in their direct messages."""
    numbers = [one.case.id for one in reading.waiting]
    every = Button("acknowledge_all", Words("button.acknowledge_all", {"count": reading.count}), str(reading.notice.id), Style.PRIMARY)
    single = tuple(_acknowledge(number, only=reading.count == 1) for number in numbers[:BUTTONS])
    more = _more(numbers[0]) if reading.count == 1 else ()
    rows = ([(every,)] if reading.count > 1 else []) + ([(*single, *more)] if single else [])
    return Card(_title(reading), _lines(reading), buttons=tuple(rows), tone=reading.severity if numbers else "plain")


def call_card(reading: Reading) -> Card:
    """In the case's thread, to all whom the step calls."""
    one = reading.matters[0]
    called = tuple(called_of(person) for person in reading.people)
    facts = {"people": called, "step": (one.call.step or 0) + 1, "exercise": reading.exercise}
    if not reading.waiting:
        return Card(Words("call.over", {"name": one.standing.name or one.case.owner or ""}))
    missing = tuple(matter.call.name for matter in reading.waiting) if len(reading.waiting) < len(reading.matters) else ()
    small = (Words("call.missing", {"names": missing}),) if missing else ()
    return Card(
        Words("call.title", facts),
        small=small,
        buttons=((_acknowledge(one.case.id, only=True), *_more(one.case.id)),),
        tone=reading.severity,
    )


def called_of(person: Person) -> Called:
    return Called(person.name, {"slack": person.slack_id, "teams": person.teams_id})


def _acknowledge(number: int, *, only: bool) -> Button:
    style = Style.PRIMARY if only else Style.PLAIN
    return Button("acknowledge", Words("button.acknowledge", {"number": 0 if only else number}), str(number), style)


def _more(number: int) -> tuple[Button, ...]:
    return (Button("snooze", Words("button.snooze"), str(number)), Button("reassign", Words("button.reassign"), str(number)))


def outside(reading: Reading, token: str, link: str | None, language: str) -> Notice:
    """The same for a colleague who looks at no workspace: numbers and the words of FLOW, none of the customer's."""
    waiting = reading.waiting
    exercise = (Words("notice.exercise"),) if reading.exercise else ()
    how = (Words("notice.how"),) if waiting and link else ()
    numbers = {"cases": reading.count, "numbers": tuple(one.case.id for one in waiting), "severity": reading.severity}
    return Notice(
        token,
        f"notice-{reading.notice.id}",
        language,
        reading.severity,
        _title(reading),
        (*exercise, *_lines(reading), *how),
        link if waiting else None,
        over=not waiting,
        short=Words("notice.sms", {**numbers, "exercise": reading.exercise, "what": _what(reading)}) if waiting else None,
    )


def told(words: Words, token: str, language: str, severity: int) -> Notice:
    """Something that asks for nothing."""
    return Notice(token, f"word-{token}", language, Severity(severity).word, words)
