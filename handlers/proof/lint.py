"""What is wrong with FLOW before anybody needs it, as messages to people."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from flows.calendar_text import CalendarError
from flows.document import shown
from flows.flow import Flow
from flows.lint import HOUSE_PAGER as HOUSE_PAGER  # noqa: PLC0414 - doors may not import rules
from flows.lint import findings
from handlers.errors import Told
from handlers.pictures.flow_picture import FlowPicture, drawn
from handlers.ports import Words
from handlers.proof.ground import Fault, Ground


class NoSuchFlow(Told):
    """Facts: name, known, guess ("" without one)."""

    template = "prove.no_such_flow"


class NoSuchLadder(Told):
    """Facts: name, known, guess ("" without one)."""

    template = "prove.no_such_ladder"


@dataclass(frozen=True)
class Line:
    """`where` names the keys of FLOW that it is about; `grave`: somebody would wait in vain."""

    grave: bool
    words: Words
    where: str


def proved(flow: Flow, ground: Ground, ways: Collection[str], at: datetime, timezone: str) -> list[Line]:
    """The grave ones first. `ways` are the doors that are open, as flows.lint names them."""
    try:
        found = findings(flow, ground.people, ground.rotas, ways=ways, begin=at, timezone=timezone)
    except CalendarError as error:
        return proved(flow, ground.without(error.name), ways, at, timezone)
    lines = [Line(one.grave, Words(f"lint.{one.kind}", one.facts), one.where) for one in found]
    return sorted([*(_of(fault) for fault in ground.faults), *lines], key=lambda line: not line.grave)


def _of(fault: Fault) -> Line:
    return Line(fault.read_at is None, fault_words(fault), f"TOCSIN_ROTAS.{fault.rota}")


def fault_words(fault: Fault) -> Words:
    if fault.read_at is None:
        return Words("rota.away", {"rota": fault.rota, "reason": fault.reason})
    return Words("rota.kept", {"rota": fault.rota, "reason": fault.reason, "at": f"{fault.read_at:%Y-%m-%d %H:%M}"})


def on_rotas(ground: Ground, at: datetime) -> Iterator[tuple[bool, Words]]:
    """How each rota fares: (whether all is well with it, what to say)."""
    away = {fault.rota for fault in ground.faults if fault.read_at is None}
    for name, duty in sorted(ground.rotas.items()):
        if name not in away:
            yield True, Words("rota.well", {"rota": name, "who": duty.on(at) or ""})
    for name, strangers in sorted(ground.strangers.items()):
        yield False, Words("rota.stranger", {"rota": name, "names": strangers})
    for name, titles in sorted(ground.unread.items()):
        yield False, Words("rota.unread", {"rota": name, "title": shown(titles[0]), "count": len(titles)})


def picture_of(flow: Flow, name: str | None, ladder: str | None) -> FlowPicture:
    """Raises NoSuchFlow or NoSuchLadder, with a guess at what was meant."""
    if name not in (None, flow.name):
        raise NoSuchFlow(name=name, known=(flow.name,), guess=_guess(name or "", [flow.name]))
    ladders = [one.name for one in flow.ladders]
    if ladder is not None and ladder not in ladders:
        raise NoSuchLadder(name=ladder, known=tuple(ladders), guess=_guess(ladder, ladders))
    return drawn(flow, ladder)


def _guess(name: str, known: Collection[str]) -> str:
    return next(iter(get_close_matches(name.lower().replace("-", "_"), known, 1)), "")
