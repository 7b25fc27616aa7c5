"""What each network tells us and carries of ours, as a table that each network's own code tells."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from bot.connections import kinds
from handlers.networks import Abilities, Hearing, Kind
from templates import say

Answer = bool | timedelta | str
HEARD: Mapping[str, Callable[[Hearing], Answer]] = {
    "public": lambda one: one.public,
    "private": lambda one: one.private,
    "search": lambda one: one.search,
    "edits": lambda one: one.edits,
    "deletions": lambda one: one.deletions,
    "push": lambda one: str(one.push),
}
CARRIED: Mapping[str, Callable[[Abilities], Answer]] = {
    "answer_public": lambda one: one.public,
    "answer_private": lambda one: one.private,
    "private_within": lambda one: one.public and one.private and (one.private_within or "ever"),
    "private_once": lambda one: one.private and ("once" if one.private_once else "often"),
    "window": lambda one: one.private and (one.window or "ever"),
    "delete": lambda one: one.delete,
    "hide": lambda one: one.hide,
    "asks": lambda one: one.asks,
}


def table(language: str = "en") -> str:
    """In Markdown, a network in each column."""
    known = kinds()
    head = [say("network.head", language), *(say("case.network", language, network=kind.name) for kind in known)]
    lines = [_row(head), _row(["---"] * len(head)), _group("hears", known, language)]
    for name, tells in HEARD.items():
        lines.append(_line(name, [_cell(tells(kind.hearing), language) for kind in known], language))
    lines.append(_group("carries", known, language))
    for name, carries in CARRIED.items():
        lines.append(_line(name, [_cell(kind.abilities is not None and carries(kind.abilities), language) for kind in known], language))
    lines.append(_group("connects", known, language))
    return "\n".join([*lines, _line("needs", ["<br>".join(f"`{one}`" for one in kind.needs) for kind in known], language)])


def _group(name: str, known: Sequence[Kind], language: str) -> str:
    return _row([f"**{say('network.group', language, name=name)}**", *[""] * len(known)])


def _line(name: str, cells: Sequence[str], language: str) -> str:
    return _row([say("network.ability", language, name=name), *cells])


def _cell(answer: Answer, language: str) -> str:
    if isinstance(answer, bool):
        return say("network.yes", language) if answer else "–"
    if isinstance(answer, timedelta):
        return say("network.time", language, hours=round(answer.total_seconds() / 3600))
    return say("network.how", language, name=answer)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
