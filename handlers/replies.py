"""What a person who asked is shown: how things stand, a list of cases, who is known, what can be said. Pure."""

from collections.abc import Sequence

from flows.severity import Severity
from handlers.commands import Help
from handlers.ports import Card, Words
from storage.cases import Case
from storage.people import Person

LINES = 20


def told(words: str, /, **facts: object) -> Card:
    """One sentence."""
    return Card(title=Words(words, facts))


def help_card(asked: Help) -> Card:
    title = Words("command.not_understood", {"word": asked.unknown, "guess": asked.guess}) if asked.unknown else Words("command.help_title")
    return Card(title=title, body=(Words("command.help"),))


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
