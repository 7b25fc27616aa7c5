"""What a person who asked is shown: how things stand, a list of cases, who is known, what can be said. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flows.flow import Flow
from flows.severity import Severity
from handlers.cards import tag_label
from handlers.commands import Help
from handlers.desk import Status
from handlers.ports import Card, Words
from handlers.room.cards import board_lines
from storage.cases import Case
from storage.people import Person

LINES = 20
COUNTED = 8


def told(words: str, /, **facts: object) -> Card:
    """One sentence."""
    return Card(title=Words(words, facts))


def help_card(asked: Help) -> Card:
    title = Words("command.not_understood", {"word": asked.unknown, "guess": asked.guess}) if asked.unknown else Words("command.help_title")
    return Card(title=title, body=(Words("command.help"),))


def status_card(now: Status, flow: Flow) -> Card:
    """Counts and doors. Says nothing of any customer."""
    counts = now.counts
    lines = [
        Words("command.crisis", {"name": now.crisis.name, "at": now.crisis.opened_at}) if now.crisis else Words("command.no_crisis"),
        *(board_lines(now.room) if now.room else []),
        Words("command.open", {"count": counts.open, "crisis": counts.crisis, "unowned": counts.unowned}),
        *_ladders(now),
        *([Words("command.oldest", {"minutes": _minutes(now.oldest_wait)})] if now.oldest_wait is not None else []),
        *_counted("severity", {Severity(one).word: count for one, count in counts.by_severity.items()}),
        *_counted("tag", {tag_label(flow, tag): count for tag, count in counts.by_tag.items()}),
        *_counted("network", counts.by_network),
        *_counted("language", counts.by_language),
    ]
    return Card(title=Words("command.status_title"), body=(*lines, *_backlog(now), *_doors(now)))


def _ladders(now: Status) -> list[Words]:
    """Whom nobody has although everybody was told comes first."""
    red = (
        [Words("command.unanswered", {"count": now.ladders.get("unanswered", 0), "numbers": tuple(now.unanswered)})]
        if now.unanswered
        else []
    )
    told = {state: now.ladders.get(state, 0) for state in ("climbing", "acknowledged", "snoozed")}
    return [*red, *([Words("command.ladders", told)] if any(told.values()) else [])]


def _counted(kind: str, counts: dict[Any, int]) -> list[Words]:
    pairs = tuple(Words(f"command.{kind}_count", {"what": what, "count": count}) for what, count in list(counts.items())[:COUNTED])
    return [Words(f"command.by_{kind}", {"counts": pairs})] if pairs else []


def _backlog(now: Status) -> list[Words]:
    waiting = [
        Words("command.backlog", {"lane": one.lane, "state": str(one.state), "rows": one.rows, "minutes": _since(now, one.oldest_at)})
        for one in now.backlog[:LINES]
    ]
    return waiting or [Words("command.nothing_waits")]


def _doors(now: Status) -> list[Words]:
    return [
        Words("command.door", {"door": one.door, "state": one.state, "reason": one.reason or "", "minutes": _since(now, one.since)})
        for one in now.doors[:LINES]
    ]


def cases_card(number: int, alike: Sequence[Case]) -> Card:
    """The cases like one: by name and state, without what was written."""
    lines = tuple(_case_line(case) for case in alike[:LINES])
    return Card(title=Words("command.alike_title", {"number": number, "count": len(alike)}), body=lines + _more(len(alike)))


def _case_line(case: Case) -> Words:
    facts = {"number": case.id, "handle": case.handle or case.customer_name, "network": case.network}
    return Words(
        "command.case_line", {**facts, "severity": Severity(case.severity).word, "status": str(case.status), "owner": case.owner or ""}
    )


def people_card(known: Sequence[Person]) -> Card:
    lines = tuple(
        Words("command.person", {"name": one.name, "roles": tuple(sorted(one.roles)), "languages": one.languages, "email": one.email or ""})
        for one in known[:LINES]
    )
    return Card(title=Words("command.people_title", {"count": len(known)}), body=lines + _more(len(known)))


def _more(count: int) -> tuple[Words, ...]:
    return (Words("command.more", {"count": count - LINES}),) if count > LINES else ()


def _since(now: Status, at: datetime) -> int:
    return _minutes(now.at - at)


def _minutes(wait: timedelta) -> int:
    return max(0, int(wait.total_seconds() // 60))
