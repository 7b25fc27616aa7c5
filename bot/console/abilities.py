"""How the console offers each ability: by the tables of its acts and the addresses of its pages."""

from collections.abc import Mapping

from bot.console import acts, cases, crisis, ladders
from handlers.abilities import ABILITIES, Offer, Way, ways_of
from handlers.answers.acts import FILLED, PRESSED

BUTTONS = {*acts.DOINGS, *PRESSED, *ladders.PRESSED, *crisis.DOINGS, "reveal"}
FORMS = {*FILLED, *ladders.FORMS, *cases.FORMS, *cases.ROOM_FORMS, *crisis.FORMS, "note", "aware", "promise", "call_done"}
OTHERWISE: Mapping[str, tuple[str, ...]] = {  # what is a command elsewhere is an act of a page
    "hold": ("hold", "except"),
    "clocks": ("aware", "authority_told", "promise", "updated"),
    "callback": ("callback", "call_done"),
}
PAGES: Mapping[str, str] = {  # where it is to be found
    "thread": "/cases/{number}",
    "later": "/cases/{number}",
    "alike": "/cases/{number}",
    "show": "/cases/{number}",
    "next": "/next",
    "find": "/search",
    "record": "/record",
    "approvals": "/approvals",
    "look_again": "/approvals",
    "open_crisis": "/crisis/open",
    "direct": "/waiting",
    "waiting": "/waiting",
    "on_call": "/duty",
    "flow": "/flow.svg",
    "drill": "/drill/{act}",
    "status": "/status",
    "home": "/waiting",
    "digest": "/digests",
    "digest_there": "/insight",
    "picture": "/insight/{name}.png",
    "table": "/insight.csv",
    "people": "/people",
}
ITSELF: Mapping[str, str] = {"refreshed": "/events", "private": "/act/{act}"}  # and the address by which it does so
NOT_THERE = {"make_case": "no_messages", "mentioned": "no_ringing", "help": "no_commands"}


def offers() -> Mapping[str, Offer]:
    return {name: Offer(_ways(name), NOT_THERE.get(name, "")) for name in ABILITIES}


def _ways(name: str) -> tuple[Way, ...]:
    known = [act for act in OTHERWISE.get(name, ABILITIES[name].acts) if act in BUTTONS | FORMS]
    page = (Way.PAGE,) if name in PAGES else ()
    return (*ways_of(known, FORMS), *page, *((Way.ITSELF,) if name in ITSELF else ()))
