"""What was typed to us, as a command of ours; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.teams.payloads import Json, is_direct, place_of, said, who_acts
from handlers.commands import Command, ShowStatus, parse
from handlers.insight.commands import ListDigests, OfDigests

STATUS = ("status", "crisis-status", "/crisis-status", "estado", "statut")
HOME = ("home", "inicio", "accueil")
SLASHES = ("/crisis-digest", "/crisis")  # habits from elsewhere are understood


@dataclass(frozen=True)
class ShowHome:
    """What one person sees first: on Slack a page of its own, here the cards of it."""


def heard(activity: Json, accounts: Mapping[str, str] | None = None) -> Command | ShowHome:
    """A digest for which no place is named is about where it was typed."""
    text = _without_slash(said(activity, accounts))
    if text.casefold() in HOME:
        return ShowHome()
    if text.casefold() in STATUS:
        return ShowStatus()
    command = parse(text)
    return _here(command, activity) if isinstance(command, OfDigests) else command


def _without_slash(text: str) -> str:
    for slash in SLASHES:
        if text.casefold() == slash or text.casefold().startswith(f"{slash} "):
            return ("digest" if slash == SLASHES[0] else "") + text[len(slash) :]
    return text


def _here(command: OfDigests, activity: Json) -> OfDigests:
    if isinstance(command, ListDigests) or command.asked.target:
        return command
    target = f"@{who_acts(activity).external_id}" if is_direct(activity) else f"#{place_of(activity)[0]}"
    return replace(command, asked=replace(command.asked, target=target))
