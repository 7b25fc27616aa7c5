"""Answers to what somebody asked about ladders: who is on duty, what waits for them. Pure."""

from collections.abc import Sequence

from flows.severity import Severity
from handlers.escalation.desk import OnCall, Waiting
from handlers.ports import Button, Card, Style, Words

LISTED = 10
LISTED_ACT = "acknowledge_listed"  # as *acknowledge*, from the list: what is left of it is shown after it


def on_call_card(on_call: OnCall) -> Card:
    duties = tuple(
        Words(
            "oncall.duty",
            {
                "rota": one.rota,
                "now": one.now or "",
                "then": (one.then.who if one.then else "") or "",
                "at": one.then.begin if one.then else None,
            },
        )
        for one in on_call.duties
    )
    roles = tuple(
        Words("oncall.role", {"role": Words("picture.role", {"name": role}), "names": tuple(names)})
        for role, names in on_call.at_work.items()
    )
    stale = tuple(Words("rota.stale", {"rota": one.rota, "reason": one.reason, "at": one.read_at}) for one in on_call.duties if one.reason)
    return Card(Words("oncall.title", {"at": on_call.at}), (*duties, *roles), small=stale)


def waiting_card(waiting: Sequence[Waiting]) -> Card:
    """The gravest first, each with its button."""
    if not waiting:
        return Card(Words("call.nothing_waits"))
    lines = tuple(
        Words("call.waits", {"number": one.case.id, "severity": Severity(one.case.severity).word, "at": one.call.called_at})
        for one in waiting[:LISTED]
    )
    more = (Words("notice.more", {"count": len(waiting) - LISTED}),) if len(waiting) > LISTED else ()
    buttons = tuple(
        Button(LISTED_ACT, Words("button.acknowledge", {"number": one.case.id}), str(one.case.id), Style.PLAIN) for one in waiting[:4]
    )
    return Card(Words("call.waiting_title", {"count": len(waiting)}), (*lines, *more), buttons=(buttons,))
