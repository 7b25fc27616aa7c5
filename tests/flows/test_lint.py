"""A FLOW is proven before the crisis: each gap in it is found, and a sound one is left in peace."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from flows.answers import Stage
from flows.calendars import read_calendar
from flows.crisis_rules import Question
from flows.flow import LANGUAGES, Flow
from flows.ladder import Step, Whom
from flows.lint import HOUSE_PAGER, Finding, findings
from flows.people import PersonEntry
from flows.rota import Rota, Shift
from templates import say
from tests.flows.linted import (
    ALL_DOORS,
    LABEL,
    LEAD,
    MONDAY,
    STEPS,
    TEAM,
    found,
    kinds,
    ladder,
    only,
    person,
    rota,
    sound_flow,
    with_ladders,
)

NINE_TO_FIVE = "mon-fri 09:00-17:00"


@pytest.fixture(scope="module")
def sound() -> Flow:
    return sound_flow()


def test_a_sound_flow_is_left_in_peace(sound: Flow) -> None:
    assert found(sound) == ()


def test_a_role_that_nobody_holds_is_found_wherever_it_is_named(sound: Flow) -> None:
    flow = with_ladders(sound, ladder("all", *STEPS, Step((Whom(role="press_officer"),)), at_last=(Whom(role="press_officer"),)))
    told = found(replace(flow, first_told=("press_officer",)))
    assert only("role_unheld", told) == Finding(
        "role_unheld", True, "first_told, ladders.all.steps[2], ladders.all.at_the_end", {"role": "press_officer"}
    )
    assert [one.where for one in told if one.kind == "step_unreached"] == ["ladders.all.steps[2]", "ladders.all.at_the_end"]


def test_a_role_is_away_when_all_its_holders_are_for_longer_than_a_weekend(sound: Flow) -> None:
    leads = [person(name, "lead", "manager", "agent", "security", hours="mon-fri 09:00-17:00") for name in ("ana", "bo")]
    assert "role_away" not in kinds(found(sound, (*leads, *TEAM[3:])))
    # Christmas Day is a Friday, and what is kept on its Saturday is had on Monday
    leads = [replace(one, holidays="GB-ENG") for one in leads]
    christmas = datetime(2026, 12, 21, 9, tzinfo=UTC)
    away = only("role_away", [one for one in found(sound, (*leads, *TEAM[3:]), begin=christmas) if one.facts.get("role") == "lead"])
    assert away.facts == {"role": "lead", "since": "2026-12-24 17:00", "until": "2026-12-29 09:00"}
    assert not away.grave
    stands_in = [replace(leads[0], deputy="gil"), leads[1], person("gil", "legal", hours="sat-sun 09:00-17:00", deputy=None)]
    assert "role_away" not in kinds(found(sound, (*stands_in, *TEAM[3:]), begin=christmas))


def test_a_rota_that_is_not_there_is_found(sound: Flow) -> None:
    told = found(sound, rotas={})
    assert only("rota_unknown", told) == Finding("rota_unknown", True, "ladders.all.steps[0]", {"rota": "duty_lead"})
    assert only("step_unreached", told).where == "ladders.all.steps[0]"


def test_a_rota_with_a_gap_within_two_weeks_is_found(sound: Flow) -> None:
    day = timedelta(days=1)
    shifts = tuple(Shift("duty_lead", "ana", MONDAY + begin * day, MONDAY + end * day) for begin, end in [(-1, 3), (4, 9), (11, 20)])
    gap = only("rota_gap", found(sound, rotas={"duty_lead": Rota("duty_lead", "UTC", shifts=shifts)}))
    facts = {"rota": "duty_lead", "since": "2026-11-26 08:00", "until": "2026-11-27 08:00", "count": 2, "hours": 72}
    assert gap == Finding("rota_gap", True, "rotas.duty_lead", facts)
    whole = Rota("duty_lead", "UTC", shifts=(replace(shifts[0], end=MONDAY + 15 * day),))
    assert found(sound, rotas={"duty_lead": whole}) == (), "what is later than two weeks can still be written"


def test_a_rota_that_names_a_stranger_is_found_even_when_their_turn_is_weeks_away(sound: Flow) -> None:
    told = found(sound, rotas={"duty_lead": rota("ana", "bo", "cy", "dee", "eve", "zed")})
    assert only("rota_stranger", told) == Finding("rota_stranger", True, "rotas.duty_lead", {"rota": "duty_lead", "who": "zed"})


def test_what_a_calendar_says_of_nobody_is_worth_a_look(sound: Flow) -> None:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x"]
    for number, title in enumerate(["On call: ana", "All hands\\n\x1b[31m"]):
        lines += ["BEGIN:VEVENT", f"UID:{number}", "DTSTAMP:20261101T000000Z", f"SUMMARY:{title}"]
        lines += ["DTSTART:20261101T000000Z", "DTEND:20270201T000000Z", "END:VEVENT"]
    calendar = read_calendar("duty_lead", "\r\n".join([*lines, "END:VCALENDAR", ""]), names={"ana": "ana"})
    (unread,) = found(sound, rotas={"duty_lead": calendar})
    assert (unread.kind, unread.grave, unread.facts["count"]) == ("rota_unread", False, 1)
    assert str(unread.facts["title"]).startswith("'All hands")
    assert str(unread.facts["title"]).isprintable()


def test_a_person_who_is_not_there_is_found(sound: Flow) -> None:
    told = found(with_ladders(sound, ladder("all", *STEPS, Step((Whom(person="Zoe"), LEAD)))))
    assert told == (Finding("person_unknown", True, "ladders.all.steps[2]", {"person": "Zoe"}),)


def test_a_person_whom_no_way_of_the_step_reaches_is_found_with_what_is_left(sound: Flow) -> None:
    people = (replace(TEAM[0], slack=None, phone=None), *TEAM[1:])
    flow = with_ladders(sound, ladder("all", STEPS[0]))
    told = found(flow, people)
    facts = {"person": "ana", "ways": "direct, webhook", "instead": "email"}
    assert told == (Finding("person_unreached", False, "ladders.all.steps[0]", facts),)
    lost = only("person_unreached", found(flow, (replace(people[0], email=None), *TEAM[1:])))
    assert (lost.grave, lost.facts["instead"]) == (True, "")


def test_a_pager_a_phone_or_the_houses_own_key_reaches_somebody(sound: Flow) -> None:
    bare = replace(TEAM[0], slack=None, phone=None, email=None)
    flow = with_ladders(sound, ladder("all", STEPS[0]))

    def missed(one: PersonEntry, *ways: str) -> list[str]:
        return [
            finding.kind
            for finding in found(flow, (one, *TEAM[1:]), ways=("slack", "email", *ways))
            if finding.facts.get("person") == "ana"
        ]

    assert missed(bare, "twilio", "ntfy", "pagerduty") == ["person_unreached"]
    assert missed(replace(bare, phone="+34600111222"), "ntfy") == ["person_unreached"]
    assert missed(replace(bare, phone="+34600111222"), "twilio") == []
    assert missed(replace(bare, pagers={"ntfy": "ana"}), "ntfy") == []
    assert missed(bare, "pagerduty", HOUSE_PAGER) == []


def test_with_no_door_open_one_line_says_so(sound: Flow) -> None:
    assert kinds(found(sound, ways=())) == ["no_way"]


def test_a_way_that_is_not_connected_is_told_once_and_not_for_each_person(sound: Flow) -> None:
    closed = only("way_closed", found(sound, ways=("slack", "email")))
    assert closed == Finding("way_closed", False, "ladders.all.steps[0], ladders.all.at_the_end", {"way": "webhook", "count": 2})


def test_a_step_that_reaches_nobody_by_any_way_is_found(sound: Flow) -> None:
    silent = [replace(one, slack=None, email=None, phone=None) for one in TEAM]
    told = found(sound, silent)
    assert [one.where for one in told if one.kind == "step_unreached"] == [
        "ladders.all.steps[0]",
        "ladders.all.steps[1]",
        "ladders.all.at_the_end",
    ]


def test_a_stage_that_nobody_fills_is_found(sound: Flow) -> None:
    stages = (*sound.answers.stages, Stage("press", LABEL, ("press_officer",)))
    told = found(replace(sound, answers=replace(sound.answers, stages=stages)))
    assert told == (Finding("stage_unheld", True, "answers.stages.press", {"stage": "press", "roles": "press_officer"}),)


@pytest.mark.parametrize(("quorum", "grave"), [(2, None), (3, False), (4, True)])
def test_a_quorum_needs_one_more_than_itself_since_authors_do_not_approve(sound: Flow, quorum: int, grave: bool | None) -> None:
    stages = (Stage("lead", LABEL, ("lead", "manager"), quorum),)
    told = found(replace(sound, answers=replace(sound.answers, statement_stages=stages)))
    facts = {"stage": "lead", "roles": "lead, manager", "have": 3, "quorum": quorum}
    assert told == (() if grave is None else (Finding("quorum_short", grave, "answers.statement_stages.lead", facts),))


def test_nobody_to_call_back_and_nobody_to_ask_first_are_found(sound: Flow) -> None:
    question = Question("how_deep", LABEL, "marketing", timedelta(hours=1))
    flow = replace(
        sound, answers=replace(sound.answers, callback_roles=("press_officer",)), rules=replace(sound.rules, questions=(question,))
    )
    told = found(flow)
    assert only("callback_unheld", told) == Finding("callback_unheld", True, "answers.callbacks", {"roles": "press_officer"})
    asked = {"question": "how_deep", "role": "marketing"}
    assert only("question_unheld", told) == Finding("question_unheld", True, "crisis_room.questions.how_deep", asked)


def test_a_deputy_who_is_gone_or_whom_nothing_reaches_is_found(sound: Flow) -> None:
    gone = (replace(TEAM[0], deputy="zed"), *TEAM[1:])
    assert found(sound, gone) == (Finding("deputy_unknown", True, "people.ana", {"person": "ana", "deputy": "zed"}),)
    silent = person("gil", "marketing", slack=None, email=None, phone=None)
    told = found(sound, (replace(TEAM[0], deputy="gil"), *TEAM[1:], silent))
    assert told == (Finding("deputy_unreached", True, "people.ana", {"person": "ana", "deputy": "gil"}),)


def test_a_deputy_who_is_away_whenever_the_other_is_can_never_stand_in(sound: Flow) -> None:
    by_day = replace(TEAM[0], hours=NINE_TO_FIVE, deputy="gil")

    def beside(hours: str | None, zone: str = "UTC") -> list[str]:
        return kinds(found(sound, (by_day, *TEAM[1:], person("gil", "legal", hours=hours, timezone=zone))))

    assert beside(NINE_TO_FIVE) == beside("mon-fri 10:00-16:00") == beside("mon-fri 10:00-18:00", "Europe/Madrid") == ["deputy_same_hours"]
    assert beside("mon-fri 10:00-18:00") == beside(None) == []


def test_deputies_in_a_circle_are_found_where_all_of_them_are_away(sound: Flow) -> None:
    early, late = "mon-sun 00:00-12:00", "mon-sun 12:00-23:00"
    pair = (replace(TEAM[0], hours=early, deputy="bo"), replace(TEAM[1], hours=late, deputy="ana"), replace(TEAM[2], deputy="ana"))
    circle = Finding("deputy_circle", False, "people.ana, people.bo", {"people": "ana, bo", "hours": 7})
    assert found(sound, (*pair, *TEAM[3:])) == (circle,)
    always = (replace(pair[0], hours=early), replace(pair[1], hours="mon-sun 12:00-24:00"), *TEAM[2:])
    assert found(sound, always) == ()


def test_a_text_that_is_missing_in_a_language_is_found(sound: Flow) -> None:
    flow = replace(with_ladders(sound, ladder("all", *STEPS, label={"en": "All", "es": " "})), title={"en": "Flood", "es": "Inundación"})
    missing = [(one.where, one.facts["language"]) for one in found(flow)]
    assert missing == [("title", "fr"), ("ladders.all.label", "es"), ("ladders.all.label", "fr")]


def test_grave_findings_stand_on_top(sound: Flow) -> None:
    told = found(replace(sound, title={"en": "Flood"}), rotas={})
    assert [one.grave for one in told] == sorted((one.grave for one in told), reverse=True)
    assert {one.grave for one in told} == {True, False}


def test_times_are_told_by_the_clock_of_whoever_asks(sound: Flow) -> None:
    gone = Rota("duty_lead", "UTC", shifts=(Shift("duty_lead", "ana", MONDAY + timedelta(hours=2), MONDAY + timedelta(days=99)),))
    told = findings(sound, TEAM, {"duty_lead": gone}, ways=ALL_DOORS, begin=MONDAY, timezone="America/New_York")
    assert only("rota_gap", told).facts["until"] == "2026-11-23 05:00"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_verdict_is_said_in_every_language(language: str) -> None:
    said = {
        say("lint.verdict", language, flow="flood", version=3, grave=grave, slight=slight)
        for grave, slight in [(0, 0), (0, 1), (0, 2), (1, 0), (2, 1)]
    }
    assert len(said) == 5


def test_a_line_names_three_places_and_how_many_more() -> None:
    assert say("lint.line", "en", mark="slight", words="Look.", where="a, b, c, d, e") == "look at  Look. [a, b, c, +2]"
    assert say("lint.line", "fr", mark="grave", words="Ceci.", where="a, b, c") == "GRAVE    Ceci. [a, b, c]"
