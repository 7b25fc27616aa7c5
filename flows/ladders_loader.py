"""Reads FLOW's ladders: who is told about which cases, in which order, by which ways, and what comes after the last step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from flows.crisis_rules import CrisisRules
from flows.document import Absent, Listing, Place, Table, shown
from flows.fields import LABEL_LIMIT, NAME_LIMIT, by_language, check_name, duration_of, listed_in, name_of, severity_of, yes_or_no
from flows.flow import KINDS, LANGUAGES, ROLES
from flows.ladder import CRISIS, ORDINARY, WAYS, Fits, Ladder, Step, Whom

PERSON_LIMIT = 80  # as in the file of people
MOST_REPEATS = 100
# Those that the triage tells apart. They are repeated here since reading a FLOW must not wait for what the triage imports.
SPOKEN = (*LANGUAGES, "de", "it", "pt", "nl", "ca", "eu", "pl", "ro", "sv", "tr", "ar", "he", "ru", "uk", "el", "hi", "zh", "ja", "ko")

ALWAYS, WORKING = "always", "working"
_LADDER = ("label",)
_MORE_LADDER = ("when", "steps", "first_answer", "resolution", "hours", "hours_of", "at_the_end", "acknowledgement")
_CONDITIONS = ("tags", "severity", "kinds", "reach", "networks", "languages", "about", "sure")
_STEP = ("tell", "by")
_MORE_STEP = ("otherwise", "everyone")
_WHOM = ("person", "role", "on_duty")
_PLAIN = Ladder("", {})

Value = TypeVar("Value")


def read_ladders(place: Place, tags: tuple[str, ...], rules: CrisisRules) -> tuple[Ladder, ...]:
    """In the order of the file. `rules` give the first answer's time where a ladder has none of its own."""
    if isinstance(place.node, Absent):
        return ()
    entries = tuple(place.entries())
    if isinstance(place.node, Table) and not entries:
        place.refuse("at least one ladder")
    _refuse_unreachable(entries)
    return tuple(_ladder(name, ladder, tags, rules) for name, ladder in entries)


def _refuse_unreachable(entries: tuple[tuple[str, Place], ...]) -> None:
    catcher = ""
    for name, place in entries:
        if catcher:
            place.refuse(f"a place above {catcher}", "one below it, which fits every case")
        elif not place.holds("when"):
            catcher = name


def _ladder(name: str, place: Place, tags: tuple[str, ...], rules: CrisisRules) -> Ladder:
    check_name(name, place)
    fields = place.fields(_LADDER, _MORE_LADDER)
    steps = _steps(fields["steps"])
    working, hours_of = _hours(fields)
    first_answer, resolution = _clocks(fields, rules)
    wait, repeat, at_last = _at_the_end(fields["at_the_end"], steps)
    remind_after, lapse_after, snooze_most = _acknowledgement(fields["acknowledgement"])
    return Ladder(
        name=name,
        label=by_language(fields["label"], LABEL_LIMIT),
        when=_fits(fields["when"], tags),
        steps=steps,
        first_answer=first_answer,
        resolution=resolution,
        working=working,
        hours_of=hours_of,
        wait=wait,
        repeat=repeat,
        at_last=at_last,
        remind_after=remind_after,
        lapse_after=lapse_after,
        snooze_most=snooze_most,
    )


def _fits(place: Place, tags: tuple[str, ...]) -> Fits:
    if isinstance(place.node, Absent):
        return Fits()
    fields = place.fields((), _CONDITIONS)
    if isinstance(place.node, Table) and not place.node.entries:
        place.refuse(f"one of {', '.join(_CONDITIONS)}")
    return Fits(
        sure=_sure(fields),
        tags=listed_in(fields["tags"], tags, "a known tag"),
        severity=_optional(fields["severity"], severity_of),
        kinds=fields["kinds"].distinct(lambda kind: kind.one_of(KINDS)),
        reach=_optional(fields["reach"], lambda reach: reach.number(1)),
        networks=fields["networks"].distinct(lambda network: network.text(NAME_LIMIT)),
        languages=fields["languages"].distinct(lambda language: language.one_of(SPOKEN)),
        about=fields["about"].one_of((CRISIS, ORDINARY)),
    )


def _sure(fields: dict[str, Place]) -> int:
    place = fields["sure"]
    if isinstance(place.node, Absent):
        return Fits.sure
    if isinstance(fields["tags"].node, Absent):
        place.refuse("it only beside tags")
    sure = place.number(1)
    if sure > 100:
        place.refuse("at most 100 percent")
    return sure


def _hours(fields: dict[str, Place]) -> tuple[bool, tuple[str, ...]]:
    working = fields["hours"].one_of((ALWAYS, WORKING)) == WORKING
    hours_of = fields["hours_of"].distinct(lambda role: role.one_of(ROLES))
    if not working and not isinstance(fields["hours_of"].node, Absent):
        fields["hours_of"].refuse(f"it only beside hours: {WORKING}")
    return working, hours_of or _PLAIN.hours_of


def _clocks(fields: dict[str, Place], rules: CrisisRules) -> tuple[timedelta | None, timedelta | None]:
    first_answer = _optional(fields["first_answer"], duration_of)
    resolution = _optional(fields["resolution"], duration_of)
    least = first_answer if first_answer is not None else min(rules.first_answer.values())
    if resolution and resolution < least:
        fields["resolution"].refuse("no less than the time of the first answer")
    return first_answer, resolution


def _steps(place: Place) -> tuple[Step, ...]:
    return tuple(_step(step, first=index == 0) for index, step in enumerate(place.items(empty=True)))


def _step(place: Place, *, first: bool) -> Step:
    fields = place.fields(_STEP if first else (*_STEP, "after"), (*_MORE_STEP, "after"))
    by = fields["by"].distinct(lambda way: way.one_of(WAYS))
    otherwise = fields["otherwise"].distinct(lambda way: way.one_of(WAYS))
    for way in fields["otherwise"].items() if otherwise else ():
        if way.text(NAME_LIMIT) in by:
            way.refuse("a way that by has not", shown(way.text(NAME_LIMIT)))
    return Step(
        tell=_told(fields["tell"]),
        after=_after(fields["after"]),
        by=by,
        otherwise=otherwise,
        everyone=_optional(fields["everyone"], yes_or_no) or False,
    )


def _after(place: Place) -> timedelta:
    is_now = not isinstance(place.node, Absent) and place.text(NAME_LIMIT) == "0s"
    return timedelta() if is_now else duration_of(place)


def _told(place: Place) -> tuple[Whom, ...]:
    """One mapping, or a list of such."""
    places = place.items() if isinstance(place.node, Listing) else (place,)
    told: list[Whom] = []
    for one in places:
        whom = _whom(one)
        if whom in told:
            one.refuse("no repetition", f"{shown(whom.person or whom.role or whom.on_duty)} again")
        elif whom != Whom():
            told.append(whom)
    return tuple(told)


def _whom(place: Place) -> Whom:
    fields = place.fields((), _WHOM)
    if isinstance(place.node, Table) and len(place.node.entries) != 1:
        place.refuse(f"one of {', '.join(_WHOM)}", f"{len(place.node.entries)} keys")
    return Whom(
        person=fields["person"].text(PERSON_LIMIT),
        role=fields["role"].one_of(ROLES),
        on_duty=name_of(fields["on_duty"]),
    )


def _at_the_end(place: Place, steps: tuple[Step, ...]) -> tuple[timedelta, int, tuple[Whom, ...]]:
    if isinstance(place.node, Absent):
        return _PLAIN.wait, _PLAIN.repeat, _PLAIN.at_last
    if not steps:
        place.refuse("it only after steps")
    fields = place.fields(("wait", "tell"), ("repeat",))
    repeat = fields["repeat"].number(0)
    if repeat > MOST_REPEATS:
        fields["repeat"].refuse(f"at most {MOST_REPEATS}")
    return duration_of(fields["wait"]), repeat, _told(fields["tell"])


def _acknowledgement(place: Place) -> tuple[timedelta, timedelta, timedelta]:
    if isinstance(place.node, Absent):
        return _PLAIN.remind_after, _PLAIN.lapse_after, _PLAIN.snooze_most
    fields = place.fields(("remind_after", "lapse_after", "snooze_most"))
    return duration_of(fields["remind_after"]), duration_of(fields["lapse_after"]), duration_of(fields["snooze_most"])


def _optional(place: Place, read: Callable[[Place], Value]) -> Value | None:
    return None if isinstance(place.node, Absent) else read(place)
