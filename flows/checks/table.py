"""All checks by their names, and the one function that runs them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from flows.checks.asking import asks_private
from flows.checks.assertions import unsupported
from flows.checks.canned import canned
from flows.checks.delicate import handover, screenshot
from flows.checks.draft import Draft, Finding, Surroundings
from flows.checks.length import length
from flows.checks.links import foreign_link
from flows.checks.naming import wrong_name
from flows.checks.personal import personal_data
from flows.checks.readability import readability
from flows.checks.reading import Reading
from flows.checks.relevance import unrelated
from flows.checks.tone import arguing, blaming, jargon, liability, shouting
from flows.checks.tongue import wrong_language

Check = Callable[[Reading], Iterable[Finding] | None]


def unchecked(reading: Reading) -> Iterable[Finding]:
    """A language without word lists: most of the other checks saw nothing since they can read nothing."""
    return () if reading.words.language else (reading.whole("unchecked", language=reading.draft.language),)


CHECKS: Mapping[str, Check] = {
    "unchecked": unchecked,
    "unsupported": unsupported,
    "canned": canned,
    "unrelated": unrelated,
    "arguing": arguing,
    "blaming": blaming,
    "liability": liability,
    "jargon": jargon,
    "readability": readability,
    "personal_data": personal_data,
    "shouting": shouting,
    "wrong_language": wrong_language,
    "wrong_name": wrong_name,
    "foreign_link": foreign_link,
    "asks_private": asks_private,
    "screenshot": screenshot,
    "handover": handover,
    "length": length,
}


def check(draft: Draft, surroundings: Surroundings, only: Collection[str] | None = None) -> tuple[Finding, ...]:
    """Every finding, in the order of the text; `only` names the checks to run. An empty draft has none."""
    if not draft.text.strip():
        return ()
    reading = Reading(draft, surroundings)
    found = [one for name, run in CHECKS.items() if only is None or name in only for one in run(reading) or ()]
    return tuple(sorted(found, key=lambda one: (one.start, one.end)))
