"""Which ladders no case climbs, as proven by the least cases, against every case there could be; and the FLOW that ships."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import flows
from flows.flow import KINDS, Flow
from flows.ladder import Fits, Ladder, Matter, ladder_for
from flows.lint import findings
from flows.lint.reached import ladders as unreached
from flows.loader import load_flow
from flows.people import load_people
from flows.rotas_loader import load_rotas
from flows.severity import Severity
from tests.flows.test_loader import files

ROOT = Path(flows.__file__).parents[1]
PLAIN = load_flow(files())
SOME_KINDS = ("unknown", "affected", "press")
TAGS, NETWORKS, LANGUAGES, REACHES = tuple(PLAIN.tags), ("", "x", "mastodon"), ("", "fr", "de"), (0, 10, 100)

FITS = st.builds(
    Fits,
    tags=st.lists(st.sampled_from(TAGS), max_size=2, unique=True).map(tuple),
    severity=st.none() | st.sampled_from(Severity),
    kinds=st.lists(st.sampled_from(SOME_KINDS), max_size=2, unique=True).map(tuple),
    reach=st.none() | st.sampled_from(REACHES[1:]),
    networks=st.lists(st.sampled_from(NETWORKS[1:]), max_size=2, unique=True).map(tuple),
    languages=st.lists(st.sampled_from(LANGUAGES[1:]), max_size=1).map(tuple),
    about=st.sampled_from(["", "crisis", "ordinary"]),
)


def every_case(flow: Flow) -> list[Matter]:
    """At least as grave as its tags and its customer make it."""
    sets = [frozenset(chosen) for count in range(len(TAGS) + 1) for chosen in combinations(TAGS, count)]
    found = []
    for tags, kind in product(sets, KINDS):
        floor = max([flow.kinds[kind], *(flow.tags[tag].severity for tag in tags)])
        rest = product([severity for severity in Severity if severity >= floor], NETWORKS, LANGUAGES, REACHES, (True, False))
        found += [Matter(tags, severity, kind, network, language, reach, crisis) for severity, network, language, reach, crisis in rest]
    return found


EVERY_CASE = every_case(PLAIN)


@settings(max_examples=150, deadline=None)
@given(st.lists(FITS, min_size=2, max_size=4))
def test_a_ladder_is_told_to_be_out_of_reach_exactly_when_no_case_climbs_it(conditions: list[Fits]) -> None:
    ladders = tuple(Ladder(f"ladder_{number}", {}, when=when) for number, when in enumerate(conditions))
    climbed = {ladder.name for matter in EVERY_CASE if (ladder := ladder_for(ladders, matter))}
    told = {str(finding.facts["ladder"]) for finding in unreached(replace(PLAIN, ladders=ladders))}
    assert told == {ladder.name for ladder in ladders} - climbed


@pytest.mark.parametrize("month", range(1, 13))
def test_the_flow_that_ships_and_the_people_of_the_example_leave_nobody_waiting(month: int) -> None:
    rules = {path.name: path.read_text("utf-8") for path in (ROOT / "flows/definitions").glob("data_breach*.yaml")}
    example = (ROOT / "people.example.yaml").read_text("utf-8")
    people, rotas = load_people("people.yaml", example), load_rotas("people.yaml", example)
    told = findings(load_flow(rules), people, rotas, ways=("slack", "email", "ntfy"), begin=datetime(2026, month, 20, tzinfo=UTC))
    assert [finding for finding in told if finding.grave] == []
