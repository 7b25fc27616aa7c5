"""Whose yes counts, for which stage, and who may stand in for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.answers import Stage
from flows.approvals import Yes, spent, stage_for, standing, stands_in

LEAD, LEGAL, TWO = Stage("lead", {}, ("lead", "manager")), Stage("legal", {}, ("legal",)), Stage("two", {}, ("manager",), quorum=2)
WORKING, AWAY = datetime(2026, 11, 20, 10, tzinfo=UTC), datetime(2026, 11, 20, 20, tzinfo=UTC)


@dataclass(frozen=True)
class Somebody:
    id: int
    name: str
    roles: frozenset[str]
    hours: str | None = "mon-fri 09:00-18:00"
    timezone: str = "UTC"
    deputy: str | None = None


ANA = Somebody(1, "Ana", frozenset({"lead"}), deputy="José")
JOSE = Somebody(2, "José", frozenset({"agent"}))
JOSE_TOO = Somebody(3, "Jose", frozenset({"agent"}))
LEA = Somebody(4, "Léa", frozenset({"legal"}), hours=None, deputy="Ana")
TEAM = (ANA, JOSE, JOSE_TOO, LEA)


def test_stages_are_filled_in_their_order() -> None:
    stages = (LEAD, LEGAL)
    first, second, last = (standing(stages, yeses) for yeses in ([], [Yes(1, "lead")], [Yes(1, "lead"), Yes(4, "legal")]))
    assert (first.done, first.waiting, first.have, first.need) == (False, LEAD, 0, 1)
    assert (second.done, second.waiting, second.have, second.need) == (False, LEGAL, 0, 1)
    assert (last.done, last.waiting, last.have, last.need) == (True, None, 2, 2)


def test_a_later_stage_that_was_filled_first_does_not_fill_the_earlier_one() -> None:
    assert standing((LEAD, LEGAL), [Yes(4, "legal")]).waiting == LEAD


def test_a_quorum_of_two_needs_two_people() -> None:
    once, twice, both = (standing((TWO,), yeses) for yeses in ([Yes(1, "two")], [Yes(1, "two")] * 2, [Yes(1, "two"), Yes(2, "two")]))
    assert (once.have, once.need, once.done) == (1, 2, False)
    assert (twice.have, twice.done) == (1, False)
    assert both.done


def test_one_person_counts_once_over_all_stages() -> None:
    assert standing((LEAD, TWO), [Yes(1, "lead"), Yes(1, "two"), Yes(2, "two")]).have == 1
    assert not standing((LEAD, LEGAL), [Yes(1, "lead"), Yes(1, "legal")]).done


def test_the_authors_yes_counts_for_nothing() -> None:
    assert standing((LEAD,), [Yes(1, "lead")], author_id=1).have == 0
    assert standing((LEAD,), [Yes(2, "lead", stands_in_for=1)], author_id=1).have == 0
    assert stage_for({"lead"}, (LEAD,), [], 1, author_id=1) is None


def test_without_any_stage_nothing_is_ever_approved() -> None:
    assert standing((), [Yes(1, "lead"), Yes(None, "lead")]).done is False


def test_a_yes_at_a_stage_that_is_not_asked_for_counts_for_nothing() -> None:
    assert standing((LEGAL,), [Yes(1, "lead")]).have == 0
    assert stage_for({"legal"}, (LEGAL,), [Yes(1, "lead")], 1) == LEGAL


def test_a_rules_yes_fills_its_own_stage_and_no_other() -> None:
    assert standing((TWO,), [Yes(None, "two")]).done
    assert standing((TWO, LEGAL), [Yes(None, "two")]).waiting == LEGAL


@pytest.mark.parametrize(
    ("roles", "yeses", "stage"),
    [
        ({"lead"}, [], LEAD),
        ({"manager", "agent"}, [], LEAD),
        ({"legal"}, [], None),
        ({"agent"}, [], None),
        ({"legal"}, [Yes(1, "lead")], LEGAL),
        ({"lead", "legal"}, [Yes(9, "lead")], None),
        ({"lead", "legal"}, [Yes(1, "lead")], LEGAL),
        ({"lead"}, [Yes(1, "lead")], None),
        ({"legal"}, [Yes(1, "lead"), Yes(2, "legal")], None),
        ({"lead", "legal"}, [Yes(5, "lead", stands_in_for=9)], None),
    ],
)
def test_a_person_approves_at_the_first_unfilled_stage_or_not_at_all(roles: set[str], yeses: list[Yes], stage: Stage | None) -> None:
    assert stage_for(roles, (LEAD, LEGAL), yeses, 9) == stage


def test_a_deputy_stands_in_while_the_other_is_out_of_hours() -> None:
    assert stands_in(JOSE, LEAD, TEAM, AWAY, reminded=False) == ANA
    assert stands_in(JOSE, LEAD, TEAM, WORKING, reminded=False) is None


def test_a_deputy_stands_in_once_the_reminder_has_gone_out() -> None:
    assert stands_in(JOSE, LEAD, TEAM, WORKING, reminded=True) == ANA
    assert stands_in(ANA, LEGAL, TEAM, AWAY, reminded=False) is None  # Léa is always at work
    assert stands_in(ANA, LEGAL, TEAM, AWAY, reminded=True) == LEA


def test_only_the_one_who_was_named_stands_in_and_only_at_a_stage_of_that_role() -> None:
    assert stands_in(JOSE_TOO, LEAD, TEAM, AWAY, reminded=True) is None
    assert stands_in(JOSE, LEGAL, TEAM, AWAY, reminded=True) is None
    assert stands_in(LEA, LEAD, TEAM, AWAY, reminded=True) is None


def test_a_deputys_deputy_does_not_stand_in() -> None:
    assert stands_in(JOSE, LEGAL, TEAM, AWAY, reminded=True) is None


def test_the_name_of_a_deputy_may_be_written_in_other_capitals_and_accents_of_another_make() -> None:
    written = Somebody(1, "Ana", frozenset({"lead"}), deputy=" jose\u0301 ")
    assert stands_in(JOSE, LEAD, (written,), AWAY, reminded=False) == written


def test_nobody_speaks_twice_nor_for_somebody_who_has_spoken_nor_for_the_author() -> None:
    two = Stage("two", {}, ("lead",), quorum=2)
    assert stands_in(JOSE, two, TEAM, AWAY, reminded=True, spent=spent((two,), [Yes(ANA.id, "two")])) is None
    assert stands_in(JOSE, two, TEAM, AWAY, reminded=True, spent=spent((two,), [Yes(JOSE.id, "two")])) is None
    assert stands_in(JOSE, two, TEAM, AWAY, reminded=True, spent=spent((two,), [], author_id=ANA.id)) is None
    assert stands_in(JOSE, two, TEAM, AWAY, reminded=True, spent=spent((two,), [], author_id=JOSE.id)) is None


def test_who_was_stood_in_for_cannot_say_yes_again() -> None:
    two = Stage("two", {}, ("lead",), quorum=2)
    yeses = [Yes(JOSE.id, "two", stands_in_for=ANA.id)]
    assert standing((two,), yeses).have == 1
    assert stage_for(ANA.roles, (two,), yeses, ANA.id) is None
    assert standing((two,), [*yeses, Yes(ANA.id, "two")]).have == 1


def test_nobody_is_their_own_deputy() -> None:
    alone = Somebody(1, "Ana", frozenset({"lead"}), deputy="Ana")
    assert stands_in(alone, LEAD, (alone,), AWAY, reminded=True) is None


PEOPLE = st.integers(1, 5)
NAMES = ("a", "b", "c")
STAGES = st.lists(st.integers(1, 3), max_size=3).map(
    lambda quorums: tuple(Stage(name, {}, (name,), quorum) for name, quorum in zip(NAMES, quorums, strict=False))
)
YESES = st.lists(st.builds(Yes, PEOPLE, st.sampled_from(NAMES), st.none() | PEOPLE), max_size=12)


@given(STAGES, YESES, st.none() | PEOPLE)
def test_whoever_clicks_in_whatever_order_it_is_never_done_with_fewer_people_than_the_quorums_ask_for(stages, yeses, author) -> None:
    if standing(stages, yeses, author).done:
        people = {yes.person_id for yes in yeses} - {author}
        assert len(people) >= sum(stage.quorum for stage in stages) > 0


@given(STAGES, YESES, st.none() | PEOPLE, PEOPLE, st.sets(st.sampled_from(NAMES)))
def test_a_yes_that_is_let_in_always_brings_its_stage_one_further(stages, yeses, author, person, roles) -> None:
    before = standing(stages, yeses, author)
    stage = stage_for(roles, stages, yeses, person, author)
    if stage is not None:
        after = standing(stages, [*yeses, Yes(person, stage.name)], author)
        assert stage == before.waiting
        assert after.waiting != stage or after.have == before.have + 1
        assert after.waiting == stage or before.have + 1 == before.need


@given(STAGES, YESES, st.none() | PEOPLE, st.builds(Yes, PEOPLE, st.sampled_from(NAMES)))
def test_a_yes_more_never_undoes_an_approval(stages, yeses, author, yes) -> None:
    assert standing(stages, [*yeses, yes], author).done or not standing(stages, yeses, author).done
