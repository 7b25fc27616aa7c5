"""FLOW's sections about answers and about the crisis room: read whole, and each fault told with its line and key."""

from __future__ import annotations

from datetime import timedelta

import pytest

from flows.answers import CHECK_NAMES, Answers, Condition, Rule
from flows.crisis_rules import CrisisRules
from flows.flow import Flow
from flows.loader import load_flow
from flows.severity import Severity
from tests.flows.test_loader import RULES, complaints, files

ANSWERS = """\
answers:
  stages:
    lead:
      label: {en: Lead, es: Responsable, fr: Responsable}
      roles: [lead, manager]
    legal:
      label: {en: Legal, es: Legal, fr: Juridique}
      roles: [legal]
      quorum: 2
      when: {tags: [water], severity: critical, kinds: [press], findings: [liability], about: crisis, where: public}
  statement_stages:
    manager:
      label: {en: Managers, es: Dirección, fr: Direction}
      roles: [manager]
  blocking: [personal_data, length]
  off: [jargon]
  links: [help.example.com]
  contacts: [help@example.com, 0808 157 0100]
  public_turns: 4
  remind_after: 90s
  expires_after: 20m
  callbacks: {roles: [lead], within: 3d}
  rule: {name: light, severity: low, sample: 10}
"""
ROOM = """\
crisis_room:
  questions:
    how_deep:
      label: {en: How deep is it?, es: ¿Qué profundidad tiene?, fr: Quelle profondeur ?}
      role: security
      within: 2h
  authority_within: 72h
  update_every: 6h
  nag_every: 45m
  first_answer: {low: 2d, normal: 12h, high: 3h, critical: 10m}
  customers_first: no
  life_tags: [boats]
"""
WHOLE = RULES + ANSWERS + ROOM


def changed(old: str, new: str) -> dict[str, str]:
    assert WHOLE.count(old) == 1
    return files(WHOLE.replace(old, new))


def line_of(text: str) -> int:
    return WHOLE[: WHOLE.index(text)].count("\n") + 1


@pytest.fixture
def flow() -> Flow:
    return load_flow(files(WHOLE))


def test_the_section_about_answers_is_read_whole(flow: Flow) -> None:
    answers = flow.answers
    lead, legal = answers.stages
    assert (lead.name, lead.label["es"], lead.roles, lead.quorum, lead.when) == ("lead", "Responsable", ("lead", "manager"), 1, Condition())
    assert (legal.name, legal.quorum) == ("legal", 2)
    assert legal.when == Condition(("water",), Severity.CRITICAL, ("press",), ("liability",), "crisis", "public")
    assert [(stage.name, stage.roles) for stage in answers.statement_stages] == [("manager", ("manager",))]
    assert (answers.blocking, answers.off) == ({"personal_data", "length"}, {"jargon"})
    assert (answers.links, answers.contacts) == (("help.example.com",), ("help@example.com", "0808 157 0100"))
    assert (answers.public_turns, answers.remind_after, answers.expires_after) == (4, timedelta(seconds=90), timedelta(minutes=20))
    assert (answers.callback_roles, answers.callback_within) == (("lead",), timedelta(days=3))
    assert answers.rule == Rule("light", Severity.LOW, 10)


def test_the_section_about_the_crisis_room_is_read_whole(flow: Flow) -> None:
    rules = flow.rules
    (question,) = rules.questions
    assert (question.name, question.label["fr"], question.role) == ("how_deep", "Quelle profondeur ?", "security")
    assert question.within == timedelta(hours=2)
    assert (rules.authority_within, rules.update_every) == (timedelta(hours=72), timedelta(hours=6))
    assert rules.nag_every == timedelta(minutes=45)
    assert [rules.first_answer[severity] for severity in Severity] == [
        timedelta(days=2),
        timedelta(hours=12),
        timedelta(hours=3),
        timedelta(minutes=10),
    ]
    assert (rules.customers_first, rules.life_tags) == (False, ("boats",))


def test_each_section_may_stand_without_the_other() -> None:
    assert load_flow(files(RULES + ANSWERS)).rules == CrisisRules()
    assert load_flow(files(RULES + ROOM)).answers == Answers()


def test_the_snapshot_keeps_both_sections_and_they_count_in_the_digest(flow: Flow) -> None:
    again = Flow.from_snapshot(flow.as_snapshot())
    assert (again, again.digest) == (flow, flow.digest)
    assert load_flow(changed("quorum: 2", "quorum: 3")).digest != flow.digest
    assert load_flow(changed("nag_every: 45m", "nag_every: 46m")).digest != flow.digest
    assert load_flow(changed("nag_every: 45m", "nag_every: 2700s")).digest == flow.digest


def test_what_is_not_said_of_answers_is_nothing() -> None:
    rules = WHOLE.replace("  off: [jargon]\n", "").replace("  links: [help.example.com]\n", "  links: []\n")
    rules = rules.replace("  rule: {name: light, severity: low, sample: 10}\n", "")
    answers = load_flow(files(rules)).answers
    assert (answers.off, answers.links, answers.rule) == (frozenset(), (), None)


TIME = "expected a time such as 90s, 20m, 8h or 3d, found"
ROLES = "agent, lead, legal, manager, marketing, admin, dpo, security, press_officer"


@pytest.mark.parametrize(
    ("old", "new", "at", "fault"),
    [
        ("remind_after: 90s", "remind_after: 90", "  remind_after", f"answers.remind_after: {TIME} '90'"),
        ("remind_after: 90s", "remind_after: 0s", "  remind_after", f"answers.remind_after: {TIME} '0s'"),
        ("remind_after: 90s", "remind_after: 1.5h", "  remind_after", f"answers.remind_after: {TIME} '1.5h'"),
        ("remind_after: 90s", "remind_after: 8 hours", "  remind_after", f"answers.remind_after: {TIME} '8 hours'"),
        ("remind_after: 90s", "remind_after: ٣h", "  remind_after", f"answers.remind_after: {TIME} '٣h'"),
        ("remind_after: 90s", "remind_after: [3h]", "  remind_after", "answers.remind_after: expected text, found a list"),
        ("expires_after: 20m", "expires_after: 400d", "  expires_after", f"answers.expires_after: {TIME} '400d', more than a year"),
        ("expires_after: 20m", "expires_after: 999999d", "  expires_after", f"answers.expires_after: {TIME} '999999d', more than a year"),
        ("expires_after: 20m", "expires_after: 80s", "  expires_after", "answers.expires_after: expected more than remind_after, found '80s'"),
        ("  public_turns: 4\n", "", "answers:", "answers: expected the key public_turns, found nothing"),
        ("public_turns: 4", "public_turns: 0", "  public_turns", "answers.public_turns: expected a whole number from 1, found '0'"),
        ("blocking: [pers", "blockin: [pers", "  blocking", "answers: expected only stages, statement_stages, blocking, public_turns, remind_after, expires_after, callbacks, off, links, contacts, rule, found 'blockin' (did you mean blocking?)"),
        ("[personal_data, length]", "[personal_dta, length]", "  blocking", "answers.blocking[0]: expected a check, found 'personal_dta' (did you mean personal_data?)"),
        ("off: [jargon]", "off: [length]", "  off", "answers.off[0]: expected a non-blocking check, found 'length'"),
        ("findings: [liability]", "findings: [jargon]", "      when", "answers.stages.legal.when.findings[0]: expected an active check, found 'jargon'"),
        ("tags: [water]", "tags: [watr]", "      when", "answers.stages.legal.when.tags[0]: expected a known tag, found 'watr' (did you mean water?)"),
        ("tags: [water]", "tags: []", "      when", "answers.stages.legal.when.tags: expected a list, found an empty list"),
        ("kinds: [press]", "kinds: [pres]", "      when", "answers.stages.legal.when.kinds[0]: expected one of unknown, affected, not_affected, vulnerable, press, regulator, employee, business, found 'pres' (did you mean press?)"),
        ("about: crisis", "about: crises", "      when", "answers.stages.legal.when.about: expected one of crisis, ordinary, found 'crises' (did you mean crisis?)"),
        ("where: public", "where: pub", "      when", "answers.stages.legal.when.where: expected one of public, private, found 'pub' (did you mean public?)"),
        ("severity: critical, k", "severity: grave, k", "      when", "answers.stages.legal.when.severity: expected one of low, normal, high, critical, found 'grave'"),
        ("tags: [water]", "tag: [water]", "      when", "answers.stages.legal.when: expected only tags, severity, kinds, findings, about, where, found 'tag' (did you mean tags?)"),
        ("quorum: 2", "quorum: 0", "      quorum", "answers.stages.legal.quorum: expected a whole number from 1, found '0'"),
        ("roles: [legal]", "roles: [leagl]", "      roles: [legal]", f"answers.stages.legal.roles[0]: expected one of {ROLES}, found 'leagl' (did you mean legal?)"),
        ("roles: [legal]", "roles: []", "      roles: [legal]", "answers.stages.legal.roles: expected a list, found an empty list"),
        ("    legal:\n", "    Legal:\n", "    legal:", "answers.stages.Legal: expected a_lower_case_name, found 'Legal'"),
        ("es: Legal, ", "", "      label: {en: Legal", "answers.stages.legal.label: expected the key es, found nothing"),
        ("    manager:\n", "    manager:\n      when: {about: crisis}\n", "      label: {en: Managers", "answers.statement_stages.manager: expected only label, roles, quorum, found 'when'"),
        ("{roles: [lead], within: 3d}", "{roles: [lead], within: 3}", "  callbacks", f"answers.callbacks.within: {TIME} '3'"),
        ("{roles: [lead], within: 3d}", "{roles: [lead]}", "  callbacks", "answers.callbacks: expected the key within, found nothing"),
        ("[help.example.com]", "['https://help.example.com/']", "  links", "answers.links[0]: expected a host (help.example.com), found 'https://help.example.com/'"),
        ("sample: 10", "sample: 101", "  rule", "answers.rule.sample: expected at most 100 percent, found '101'"),
        ("severity: low, sample", "severity: lo, sample", "  rule", "answers.rule.severity: expected one of low, normal, high, critical, found 'lo' (did you mean low?)"),
        ("role: security", "role: securty", "      role: security", f"crisis_room.questions.how_deep.role: expected one of {ROLES}, found 'securty' (did you mean security?)"),
        ("within: 2h", "within: soon", "      within: 2h", f"crisis_room.questions.how_deep.within: {TIME} 'soon'"),
        ("      within: 2h\n", "", "    how_deep", "crisis_room.questions.how_deep: expected the key within, found nothing"),
        ("en: How deep is it?, ", "", "      label: {en: How", "crisis_room.questions.how_deep.label: expected the key en, found nothing"),
        ("customers_first: no", "customers_first: maybe", "  customers_first", "crisis_room.customers_first: expected one of yes, no, found 'maybe'"),
        ("life_tags: [boats]", "life_tags: [boat]", "  life_tags", "crisis_room.life_tags[0]: expected a known tag, found 'boat' (did you mean boats?)"),
        ("high: 3h, ", "", "  first_answer", "crisis_room.first_answer: expected the key high, found nothing"),
        ("authority_within: 72h", "authority: 72h", "  authority", "crisis_room: expected only questions, authority_within, update_every, nag_every, first_answer, customers_first, life_tags, found 'authority'"),
    ],
)  # fmt: skip
def test_a_fault_in_the_new_sections_is_named_by_line_and_key(old: str, new: str, at: str, fault: str) -> None:
    told = complaints(changed(old, new))
    assert any(text.startswith(f"flood.yaml:{line_of(at)}: {fault}") for text in told), told


def test_every_draft_must_meet_a_stage() -> None:
    only_some = WHOLE.replace("      roles: [lead, manager]\n", "      roles: [lead, manager]\n      when: {where: private}\n")
    told = complaints(files(only_some))
    line = f"flood.yaml:{line_of('  stages:')}: answers.stages: expected a stage for every draft, found none for a public "
    assert told == [f"{line}crisis one without tag or finding", f"{line}ordinary one without tag or finding"]


def test_two_stages_may_share_all_drafts_between_them() -> None:
    shared = WHOLE.replace("      roles: [lead, manager]\n", "      roles: [lead, manager]\n      when: {about: crisis}\n")
    shared = shared.replace(
        "    legal:\n", "    care:\n      label: {en: C, es: C, fr: C}\n      roles: [agent]\n      when: {about: ordinary}\n    legal:\n"
    )
    assert len(load_flow(files(shared)).answers.stages) == 3


@pytest.mark.parametrize("stages", ["{}", "[]", "", "lead"])
def test_answers_without_a_stage_are_refused(stages: str) -> None:
    start, end = ANSWERS.index("  stages:"), ANSWERS.index("  statement_stages:")
    told = complaints(files(RULES + ANSWERS[:start] + f"  stages: {stages}\n" + ANSWERS[end:]))
    assert told[0].startswith(f"flood.yaml:{line_of('  stages:')}: answers.stages: expected ")


def test_an_empty_condition_is_refused() -> None:
    when = "{tags: [water], severity: critical, kinds: [press], findings: [liability], about: crisis, where: public}"
    expected = "expected one of tags, severity, kinds, findings, about, where, found a mapping"
    assert complaints(changed(when, "{}")) == [f"flood.yaml:{line_of('      when')}: answers.stages.legal.when: {expected}"]


@pytest.mark.parametrize("name", CHECK_NAMES)
def test_every_check_may_block(name: str) -> None:
    rules = WHOLE.replace("off: [jargon]", "off: []").replace("[personal_data, length]", f"[{name}]")
    assert load_flow(files(rules)).answers.blocking == {name}
