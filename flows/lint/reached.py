"""Proves that every ladder is climbed by some case, and that every case has a ladder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from flows.flow import KINDS, Flow
from flows.ladder import Ladder, Matter, ladder_for
from flows.lint.finding import Finding, listed
from flows.severity import Severity

_ANY = ""  # a network, a language that no ladder names


def ladders(flow: Flow) -> Iterator[Finding]:
    for index, ladder in enumerate(flow.ladders):
        above = flow.ladders[:index]
        meeting = [ladder_for(above, matter) for matter in _least(flow, ladder)]
        if None not in meeting:
            names = [one.name for one in above if one in meeting]
            facts = {"ladder": ladder.name, "above": listed(names)}
            yield Finding("ladder_shadowed", grave=True, where=f"ladders.{ladder.name}", facts=facts)


def cases(flow: Flow) -> Iterator[Finding]:
    """Without any ladder that is said once, not for each tag."""
    if not flow.ladders:
        yield Finding("no_ladder", grave=True, where="ladders")
        return
    for tag in flow.tags.values():
        matter = Matter(frozenset({tag.name}), tag.severity, KINDS[0], _ANY, _ANY, 0, crisis=True)
        if ladder_for(flow.ladders, matter) is None:
            grave = tag.severity >= Severity.HIGH
            yield Finding(
                "tag_without_ladder", grave=grave, where=f"tags.{tag.name}", facts={"tag": tag.name, "severity": tag.severity.word}
            )
    for crisis in (True, False):
        plainest = Matter(frozenset(), flow.kinds.get(KINDS[0], Severity.LOW), KINDS[0], _ANY, _ANY, 0, crisis=crisis)
        if ladder_for(flow.ladders, plainest) is None:
            yield Finding("case_without_ladder", grave=False, where="ladders", facts={"about": "crisis" if crisis else "ordinary"})


def _least(flow: Flow, ladder: Ladder) -> Iterator[Matter]:
    """The least grave cases that meet a ladder.

    More tags, more severity, more reach only make a case meet more ladders; so when every one of these meets a ladder above, every
    case does. That holds as long as a case is at least as grave as its tags and its kind of customer. It is not when somebody has
    clicked a slighter tag while the machine still suggests a graver one: a ladder that only such a case could climb counts as
    never climbed.
    """
    networks, languages = _named(flow, "networks"), _named(flow, "languages")
    for kind, network, language, crisis in product(KINDS, networks, languages, (True, False)):
        for tags, severity, reach in _reasons(flow, ladder, kind):
            matter = Matter(tags, severity, kind, network, language, reach, crisis=crisis)
            if ladder.when.holds(matter):
                yield matter


def _reasons(flow: Flow, ladder: Ladder, kind: str) -> Iterator[tuple[frozenset[str], Severity, int]]:
    """What may make a case of this kind meet the ladder, with nothing besides."""
    floor, when = flow.kinds.get(kind, Severity.LOW), ladder.when
    yield frozenset(), floor, 0
    if when.severity is not None:
        yield frozenset(), max(floor, when.severity), 0
    if when.reach is not None:
        yield frozenset(), floor, when.reach
    for name in when.tags:
        tag = flow.tags.get(name)
        yield frozenset({name}), max(floor, tag.severity if tag else floor), 0


def _named(flow: Flow, condition: str) -> Iterable[str]:
    return dict.fromkeys((_ANY, *(name for ladder in flow.ladders for name in getattr(ladder.when, condition))))
