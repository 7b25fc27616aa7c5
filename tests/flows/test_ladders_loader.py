"""FLOW's ladders: read whole, each fault told with its line and key, and given back by the snapshot."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.flow import KINDS, LANGUAGES, ROLES, Flow
from flows.ladder import WAYS, Fits, Ladder, Step, Whom
from flows.ladder_snapshots import built_ladders, plain_ladders
from flows.ladders_loader import SPOKEN
from flows.loader import load_flow
from flows.severity import Severity
from flows.triage.language import OTHERS
from tests.flows.test_answers_loader import TIME
from tests.flows.test_answers_loader import WHOLE as WITHOUT
from tests.flows.test_loader import RULES, complaints, files
from tests.flows.test_loader_fuzz import YAML_PIECES, reads_or_tells

LADDERS = """\
ladders:
  deep:
    label: {en: Deep, es: Hondo, fr: Profond}
    when: {tags: [water], severity: critical, kinds: [press], reach: 5000, networks: [x], languages: [fr, de], about: crisis}
    first_answer: 15m
    resolution: 8h
    hours: working
    hours_of: [security, dpo]
    steps:
      - tell: {on_duty: duty_lead}
        by: [thread, direct]
        otherwise: [webhook, email]
      - tell: [{role: lead}, {person: Grace Okafor}]
        after: 5m
        by: [direct]
        everyone: yes
    at_the_end:
      wait: 7m
      repeat: 2
      tell: [{role: manager}]
    acknowledgement: {remind_after: 9m, lapse_after: 4m, snooze_most: 50m}
  rest:
    label: {en: The rest, es: Lo demás, fr: Le reste}
"""
WHOLE = WITHOUT + LADDERS


def changed(old: str, new: str) -> dict[str, str]:
    assert WHOLE.count(old) == 1
    return files(WHOLE.replace(old, new))


def line_of(text: str) -> int:
    return WHOLE[: WHOLE.index(text)].count("\n") + 1


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


@pytest.fixture
def flow() -> Flow:
    return load_flow(files(WHOLE))


def test_a_ladder_is_read_whole(flow: Flow) -> None:
    deep, _ = flow.ladders
    assert deep == Ladder(
        name="deep",
        label={"en": "Deep", "es": "Hondo", "fr": "Profond"},
        when=Fits(("water",), Severity.CRITICAL, ("press",), 5000, ("x",), ("fr", "de"), "crisis"),
        steps=(
            Step((Whom(on_duty="duty_lead"),), timedelta(), ("thread", "direct"), ("webhook", "email")),
            Step((Whom(role="lead"), Whom(person="Grace Okafor")), minutes(5), ("direct",), everyone=True),
        ),
        first_answer=minutes(15),
        resolution=timedelta(hours=8),
        working=True,
        hours_of=("security", "dpo"),
        wait=minutes(7),
        repeat=2,
        at_last=(Whom(role="manager"),),
        remind_after=minutes(9),
        lapse_after=minutes(4),
        snooze_most=minutes(50),
    )


def test_a_ladder_needs_no_more_than_a_label(flow: Flow) -> None:
    assert flow.ladders[1] == Ladder("rest", {"en": "The rest", "es": "Lo demás", "fr": "Le reste"})


def test_a_flow_without_ladders_tells_nobody() -> None:
    assert load_flow(files()).ladders == ()


def test_a_single_person_needs_no_list_and_at_once_is_0s() -> None:
    one = load_flow(changed("tell: [{role: manager}]", "tell: {role: manager}")).ladders[0]
    assert one.at_last == (Whom(role="manager"),)
    assert load_flow(changed("after: 5m", "after: 0s")).ladders[0].steps[1].after == timedelta()
    assert load_flow(changed("{on_duty: duty_lead}\n", "{on_duty: duty_lead}\n        after: 90s\n")).ladders[0].steps[
        0
    ].after == timedelta(seconds=90)


def test_the_languages_of_a_ladder_are_those_that_the_triage_tells_apart() -> None:
    assert (*LANGUAGES, *OTHERS) == SPOKEN


ROLE = "expected one of agent, lead, legal, manager, marketing, admin, dpo, security, press_officer, found"
WAY = "expected one of thread, direct, email, webhook, found"
KEYS = "label, when, steps, first_answer, resolution, hours, hours_of, at_the_end, acknowledgement"
DEEP = "ladders.deep"


@pytest.mark.parametrize(
    ("old", "new", "at", "fault"),
    [
        ("tags: [water], severity: critical, kinds: [press], reach", "tags: [watr], reach", "    when: {tags: [water], severity: critical, kinds: [press], reach", f"{DEEP}.when.tags[0]: expected a known tag, found 'watr' (did you mean water?)"),
        ("kinds: [press], reach", "kinds: [pres], reach", "    when: {tags: [water], severity: critical, kinds: [press], reach", f"{DEEP}.when.kinds[0]: expected one of unknown, affected, not_affected, vulnerable, press, regulator, employee, business, found 'pres' (did you mean press?)"),
        ("reach: 5000", "reach: many", "reach: 5000", f"{DEEP}.when.reach: expected a whole number from 1, found 'many'"),
        ("reach: 5000", "reach: 0", "reach: 5000", f"{DEEP}.when.reach: expected a whole number from 1, found '0'"),
        ("[fr, de]", "[fr, xx]", "[fr, de]", f"{DEEP}.when.languages[1]: expected one of {', '.join(SPOKEN)}, found 'xx'"),
        ("[fr, de], about: crisis", "[fr, de], about: crises", "[fr, de]", f"{DEEP}.when.about: expected one of crisis, ordinary, found 'crises' (did you mean crisis?)"),
        ("networks: [x]", "networks: []", "networks: [x]", f"{DEEP}.when.networks: expected a list, found an empty list"),
        ("networks: [x]", "network: [x]", "networks: [x]", f"{DEEP}.when: expected only tags, severity, kinds, reach, networks, languages, about, sure, found 'network' (did you mean networks?)"),
        ("    first_answer: 15m", "    first_answer: 0s", "    first_answer: 15m", f"{DEEP}.first_answer: {TIME} '0s'"),
        ("resolution: 8h", "resolution: 10m", "resolution: 8h", f"{DEEP}.resolution: expected no less than the time of the first answer, found '10m'"),
        ("    first_answer: 15m\n    resolution: 8h", "    resolution: 5m", "    first_answer: 15m", f"{DEEP}.resolution: expected no less than the time of the first answer, found '5m'"),
        ("hours: working", "hours: office", "hours: working", f"{DEEP}.hours: expected one of always, working, found 'office'"),
        ("hours: working", "hours: always", "hours_of: [sec", f"{DEEP}.hours_of: expected it only beside hours: working, found a list"),
        ("[security, dpo]", "[security, dbo]", "hours_of: [sec", f"{DEEP}.hours_of[1]: {ROLE} 'dbo' (did you mean dpo?)"),
        ("by: [direct]", "by: [dirct]", "by: [direct]", f"{DEEP}.steps[1].by[0]: {WAY} 'dirct' (did you mean direct?)"),
        ("by: [direct]", "by: []", "by: [direct]", f"{DEEP}.steps[1].by: expected a list, found an empty list"),
        ("        by: [direct]\n", "", "      - tell: [{role: lead}", f"{DEEP}.steps[1]: expected the key by, found nothing"),
        ("        after: 5m\n", "", "      - tell: [{role: lead}", f"{DEEP}.steps[1]: expected the key after, found nothing"),
        ("after: 5m", "after: 0m", "after: 5m", f"{DEEP}.steps[1].after: {TIME} '0m'"),
        ("after: 5m", "after: soon", "after: 5m", f"{DEEP}.steps[1].after: {TIME} 'soon'"),
        ("everyone: yes", "everyone: all", "everyone: yes", f"{DEEP}.steps[1].everyone: expected one of yes, no, found 'all'"),
        ("[webhook, email]", "[webhook, direct]", "otherwise: [web", f"{DEEP}.steps[0].otherwise[1]: expected a way that by has not, found 'direct'"),
        ("[webhook, email]", "[webhook, pigeon]", "otherwise: [web", f"{DEEP}.steps[0].otherwise[1]: {WAY} 'pigeon'"),
        ("{on_duty: duty_lead}", "{on_duty: Duty Lead}", "      - tell: {on", f"{DEEP}.steps[0].tell.on_duty: expected a_lower_case_name, found 'Duty Lead'"),
        ("{on_duty: duty_lead}", "{on_duty: duty_lead, role: lead}", "      - tell: {on", f"{DEEP}.steps[0].tell: expected one of person, role, on_duty, found 2 keys"),
        ("{on_duty: duty_lead}", "{}", "      - tell: {on", f"{DEEP}.steps[0].tell: expected one of person, role, on_duty, found 0 keys"),
        ("{on_duty: duty_lead}", "{rota: duty_lead}", "      - tell: {on", f"{DEEP}.steps[0].tell: expected only person, role, on_duty, found 'rota'"),
        ("{on_duty: duty_lead}", "duty_lead", "      - tell: {on", f"{DEEP}.steps[0].tell: expected a mapping, found 'duty_lead'"),
        ("{on_duty: duty_lead}", "[]", "      - tell: {on", f"{DEEP}.steps[0].tell: expected a list, found an empty list"),
        ("{person: Grace Okafor}", "{role: lead}", "      - tell: [{role: lead}", f"{DEEP}.steps[1].tell[1]: expected no repetition, found 'lead' again"),
        ("{person: Grace Okafor}", "{role: leed}", "      - tell: [{role: lead}", f"{DEEP}.steps[1].tell[1].role: {ROLE} 'leed' (did you mean lead?)"),
        ("tell: [{role: manager}]", "tell: [{role: manger}]", "tell: [{role: manager}]", f"{DEEP}.at_the_end.tell[0].role: {ROLE} 'manger' (did you mean manager?)"),
        ("repeat: 2", "repeat: 101", "repeat: 2", f"{DEEP}.at_the_end.repeat: expected at most 100, found '101'"),
        ("repeat: 2", "repeat: often", "repeat: 2", f"{DEEP}.at_the_end.repeat: expected a whole number from 0, found 'often'"),
        ("      wait: 7m\n", "", "    at_the_end:", f"{DEEP}.at_the_end: expected the key wait, found nothing"),
        (", snooze_most: 50m", "", "    acknowledgement:", f"{DEEP}.acknowledgement: expected the key snooze_most, found nothing"),
        ("lapse_after: 4m", "lapse_after: 4", "    acknowledgement:", f"{DEEP}.acknowledgement.lapse_after: {TIME} '4'"),
        ("es: Lo demás, ", "", "    label: {en: The rest", "ladders.rest.label: expected the key es, found nothing"),
        ("  rest:", "  Rest:", "  rest:", "ladders.Rest: expected a_lower_case_name, found 'Rest'"),
        ("  rest:", "  deep:", "  rest:", f"{DEEP}: expected no second key, found that of line {WHOLE[: WHOLE.index('  deep:')].count(chr(10)) + 1} again"),
        ("    acknowledgement: {", "    acknowledgment: {", "    acknowledgement:", f"{DEEP}: expected only {KEYS}, found 'acknowledgment' (did you mean acknowledgement?)"),
    ],
)  # fmt: skip
def test_a_fault_in_a_ladder_is_named_by_line_and_key(old: str, new: str, at: str, fault: str) -> None:
    told = complaints(changed(old, new))
    assert any(text.startswith(f"flood.yaml:{line_of(at)}: {fault}") for text in told), told


def test_nothing_comes_after_steps_that_are_not_there() -> None:
    start, end = WHOLE.index("    steps:\n"), WHOLE.index("    at_the_end:")
    for steps in ("", "    steps: []\n"):
        told = complaints(files(WHOLE[:start] + steps + WHOLE[end:]))
        assert [line.split(": ", 1)[1] for line in told] == ["ladders.deep.at_the_end: expected it only after steps, found a mapping"]


def test_a_ladder_below_one_for_every_case_is_refused() -> None:
    start, end = WHOLE.index("    when: {tags: [water], severity: critical, kinds: [press], reach"), WHOLE.index("    first_answer: 15m")
    told = complaints(files(WHOLE[:start] + WHOLE[end:]))
    assert told == [
        f"flood.yaml:{line_of('  rest:') - 1}: ladders.rest: expected a place above deep, found one below it, which fits every case"
    ]


@pytest.mark.parametrize("ladders", ["{}", "[]", "", "deep"])
def test_ladders_that_are_none_are_refused(ladders: str) -> None:
    assert complaints(files(RULES + f"ladders: {ladders}\n"))[0].startswith("flood.yaml:26: ladders: expected ")


def test_an_empty_when_is_refused() -> None:
    told = complaints(changed("    label: {en: The rest,", "    when: {}\n    label: {en: The rest,"))
    expected = "expected one of tags, severity, kinds, reach, networks, languages, about, sure, found a mapping"
    assert told == [f"flood.yaml:{line_of('    label: {en: The rest')}: ladders.rest.when: {expected}"]


@given(st.integers(len(WITHOUT), len(WHOLE)), st.integers(0, 40), YAML_PIECES.map("".join))
def test_no_damage_to_the_ladders_raises_anything_but_flow_errors(at: int, cut: int, piece: str) -> None:
    reads_or_tells(files(WHOLE[:at] + piece + WHOLE[at + cut :]))


SOME = st.lists(st.sampled_from(["a", "b", "c"]), max_size=2, unique=True).map(tuple)
TIMES = st.integers(0, 10**6).map(lambda seconds: timedelta(seconds=seconds))
WHOMS = st.sampled_from([Whom(person="José"), Whom(on_duty="duty_lead"), *(Whom(role=role) for role in ROLES)])
TOLD = st.lists(WHOMS, min_size=1, max_size=3, unique=True).map(tuple)
SOME_WAYS = st.lists(st.sampled_from(WAYS), max_size=4, unique=True).map(tuple)
FITS = st.builds(
    Fits,
    tags=SOME,
    severity=st.none() | st.sampled_from(Severity),
    kinds=st.lists(st.sampled_from(KINDS), max_size=3, unique=True).map(tuple),
    reach=st.none() | st.integers(1, 10**9),
    networks=SOME,
    languages=SOME,
    about=st.sampled_from(["", "crisis", "ordinary"]),
)
STEPS = st.lists(st.builds(Step, tell=TOLD, after=TIMES, by=SOME_WAYS, otherwise=SOME_WAYS, everyone=st.booleans()), max_size=3).map(tuple)
ANY_LADDERS = st.lists(
    st.builds(
        Ladder,
        name=st.sampled_from(["a", "b"]),
        label=st.fixed_dictionaries({language: st.text(max_size=5) for language in LANGUAGES}),
        when=FITS,
        steps=STEPS,
        first_answer=st.none() | TIMES,
        resolution=st.none() | TIMES,
        working=st.booleans(),
        hours_of=SOME,
        wait=TIMES,
        repeat=st.integers(0, 100),
        at_last=TOLD | st.just(()),
        remind_after=TIMES,
        lapse_after=TIMES,
        snooze_most=TIMES,
    ),
    max_size=3,
).map(tuple)


@given(ANY_LADDERS)
def test_a_snapshot_gives_any_ladders_back(ladders: tuple[Ladder, ...]) -> None:
    assert built_ladders(json.loads(json.dumps(plain_ladders(ladders)))) == ladders


@given(ANY_LADDERS, ANY_LADDERS)
def test_ladders_are_equal_exactly_when_their_snapshots_are(one: tuple[Ladder, ...], other: tuple[Ladder, ...]) -> None:
    assert (one == other) == (plain_ladders(one) == plain_ladders(other))


def test_a_snapshot_from_before_ladders_has_none(flow: Flow) -> None:
    older = json.loads(flow.as_snapshot())
    del older["ladders"]
    assert Flow.from_snapshot(json.dumps(older)) == replace(flow, ladders=())


def test_the_ladders_and_their_order_count_in_the_digest(flow: Flow) -> None:
    assert Flow.from_snapshot(flow.as_snapshot()) == flow
    assert load_flow(changed("after: 5m", "after: 300s")).digest == flow.digest
    assert load_flow(changed("after: 5m", "after: 301s")).digest != flow.digest
    assert replace(flow, ladders=flow.ladders[::-1]).digest != flow.digest
