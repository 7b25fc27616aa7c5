"""What can be done where: abilities × doors, as a table that each door's own code tells."""

from collections.abc import Mapping, Sequence

from bot.console import abilities as console
from bot.slack import abilities as slack
from bot.teams import abilities as teams
from handlers.abilities import ABILITIES, GROUPS, Offer
from templates import say

DOORS = ("slack", "teams", "console")


def offers() -> Mapping[str, Mapping[str, Offer]]:
    """By door."""
    return dict(zip(DOORS, (slack.offers(), teams.offers(), console.offers()), strict=True))


def table(language: str = "en") -> str:
    """In Markdown; what a platform does not allow has its reason below."""
    known = offers()
    found = dict.fromkeys(one.why_not for offered in known.values() for one in offered.values() if one.why_not)
    numbers = {name: number for number, name in enumerate(found, 1)}
    head = [say("ability.head", language), *(say("ability.door", language, name=door) for door in DOORS)]
    lines = [_row(head), _row(["---"] * len(head))]
    for group in GROUPS:
        lines.append(_row([f"**{say('ability.group', language, name=group)}**", *[""] * len(DOORS)]))
        for name in (name for name, one in ABILITIES.items() if one.group == group):
            cells = [_cell(known[door][name], numbers, language) for door in DOORS]
            lines.append(_row([say("ability.name", language, name=name), *cells]))
    notes = [f"{number}. {say('ability.why_not', language, name=name)}" for name, number in numbers.items()]
    return "\n".join([*lines, "", *notes])


def _cell(offer: Offer, numbers: Mapping[str, int], language: str) -> str:
    ways = ", ".join(say("ability.way", language, name=way) for way in offer.ways) or "–"
    return f"{ways} <sup>{numbers[offer.why_not]}</sup>" if offer.why_not else ways


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
