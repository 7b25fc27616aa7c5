"""All that can be proven of a FLOW without playing it: the findings, grave ones first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain

from flows.flow import Flow
from flows.lint import deciding, reached, told
from flows.lint.finding import Finding
from flows.lint.parts import parts
from flows.lint.team import Roster, Team
from flows.people import PersonEntry


def findings(
    flow: Flow,
    people: Sequence[PersonEntry],
    rotas: Mapping[str, Roster],
    *,
    ways: Collection[str],
    begin: datetime,
    timezone: str = "UTC",
) -> tuple[Finding, ...]:
    """As things will stand in the days after `begin`; `timezone` is the one in which times are told.

    `people` are those who are active. `ways` are the doors that are open, by name: slack, teams, email, pagerduty, twilio, ntfy, and
    HOUSE_PAGER where the settings hold a key that rings for everybody.
    """
    team = Team(tuple(people), rotas, frozenset(ways), begin.astimezone(UTC), timezone)
    checks = (told.roles, told.rotas, told.persons, told.reach, told.asleep, told.clocks, deciding.stages, deciding.duties, parts)
    found = chain(
        reached.cases(flow),
        reached.ladders(flow),
        *(check(flow, team) for check in checks),
        deciding.deputies(team),
        deciding.translations(flow),
    )
    return tuple(sorted(found, key=lambda finding: not finding.grave))
