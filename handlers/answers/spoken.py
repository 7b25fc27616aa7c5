"""Does what somebody typed about answers: each command shows a list, each line of it opens by its button."""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.answers.acts import AnswerActs
from handlers.answers.commands import ListApprovals, ListKept, ListOutdated, OfAnswers
from handlers.answers.desk import Waiting
from handlers.ports import Button, Card, Who, Words

LINES = 15


@dataclass(frozen=True)
class AnswersSpoken:
    acts: AnswerActs

    async def obey(self, who: Who, command: OfAnswers) -> Card:
        desk = self.acts.desk
        match command:
            case ListApprovals():
                return list_card("approvals", await desk.approvals(who), await desk.how_many(who))
            case ListKept():
                return list_card("kept", await desk.kept(who))
            case ListOutdated():
                return list_card("outdated", await desk.outdated(who))
        return list_card("samples", await desk.samples(who))


def list_card(what: str, found: Sequence[Waiting], count: int = 0) -> Card:
    """Says nothing of what anybody wrote: it may be read over a shoulder. `count` is of all, where not all were looked up."""
    count = max(count, len(found))
    lines = tuple(_line(one) for one in found[:LINES])
    more = (Words("command.more", {"count": count - LINES}),) if count > LINES else ()
    opens = tuple(Button("show_draft", Words("button.show_draft", {"number": one.case_id}), one.ids) for one in found[:LINES])
    return Card(Words("draft.list_title", {"what": what, "count": count}), (*lines, *more), buttons=(opens,) if opens else ())


def _line(one: Waiting) -> Words:
    return Words("draft.line", {"number": one.case_id, "at": one.since, "mine": one.mine, "state": one.state})
