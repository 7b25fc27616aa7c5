"""The FLOW that ships is sound, complete in three languages, and has enough examples to learn from."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest

import flows
from flows.answers import Subject
from flows.flow import KINDS, LANGUAGES, Flow, Vocabulary, folded
from flows.ladder import Ladder, Matter, ladder_for
from flows.loader import load_flow
from flows.parts import Part
from flows.severity import Severity

ROOT = Path(flows.__file__).parents[1]
TAGS = [
    "my_data", "account_access", "money_missing", "identity_theft", "phishing", "password", "compensation", "legal_threat", "press",
    "regulator", "data_request", "delete_account", "vulnerable_person", "threat_to_life", "extortion", "employee", "rumour", "thanks",
]  # fmt: skip


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    found = sorted((ROOT / "flows" / "definitions").glob("data_breach*.yaml"))
    return {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in found}


@pytest.fixture(scope="module")
def flow(texts: dict[str, str]) -> Flow:
    return load_flow(texts)


def is_hinted(text: str, words: tuple[str, ...]) -> bool:
    patterns = (r"\b" + re.escape(folded(word)).replace(r"\*", r"\w*") + r"\b" for word in words)
    return any(re.search(pattern, folded(text)) for pattern in patterns)


def vocabularies(flow: Flow) -> list[tuple[str, Vocabulary]]:
    tags = [(name, tag.vocabulary) for name, tag in flow.tags.items()]
    return [("crisis", flow.crisis), ("ordinary", flow.ordinary), ("anger", flow.anger), *tags]


def test_it_has_the_tags_of_a_data_breach_in_their_order(flow: Flow) -> None:
    assert list(flow.tags) == TAGS


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_tag_has_two_dozen_examples_in_each_language(flow: Flow, language: str) -> None:
    few = {name: count for name, tag in flow.tags.items() if (count := len(tag.vocabulary.examples[language])) < 24}
    assert few == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_crisis_ordinary_and_anger_have_their_examples_in_each_language(flow: Flow, language: str) -> None:
    assert len(flow.ordinary.examples[language]) >= 120
    assert len(flow.crisis.examples[language]) >= 60
    assert len(flow.anger.examples[language]) >= 40


@pytest.mark.parametrize("language", LANGUAGES)
def test_ordinary_examples_hold_words_of_the_crisis(flow: Flow, language: str) -> None:
    words = flow.crisis.words[language] + tuple(word for tag in flow.tags.values() for word in tag.vocabulary.words[language])
    assert sum(is_hinted(text, words) for text in flow.ordinary.examples[language]) >= 25


@pytest.mark.parametrize("language", LANGUAGES)
def test_many_examples_of_a_tag_hold_none_of_its_words(flow: Flow, language: str) -> None:
    for name, tag in flow.tags.items():
        examples, words = tag.vocabulary.examples[language], tag.vocabulary.words[language]
        assert sum(not is_hinted(text, words) for text in examples) >= 4, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_a_tag_is_short_enough_to_be_a_hint(flow: Flow, language: str) -> None:
    for name, vocabulary in vocabularies(flow):
        assert vocabulary.words[language], name
        assert all(len(word.split()) <= 6 for word in vocabulary.words[language]), name


def test_examples_are_written_anew_in_each_language(flow: Flow) -> None:
    for name, vocabulary in vocabularies(flow):
        first, *others = (set(vocabulary.examples[language]) for language in LANGUAGES)
        assert not first.intersection(*others), name


def test_threats_and_extortion_are_critical_and_little_else(flow: Flow) -> None:
    critical = {name for name, tag in flow.tags.items() if tag.severity is Severity.CRITICAL}
    assert critical == {"threat_to_life", "extortion"}


def test_a_vulnerable_person_a_journalist_and_an_authority_are_never_low(flow: Flow) -> None:
    assert set(flow.kinds) == set(KINDS)
    assert min(flow.kinds[kind] for kind in ("vulnerable", "press", "regulator")) >= Severity.HIGH


def test_the_crisis_and_the_everyday_have_channels_of_their_own(flow: Flow) -> None:
    assert (flow.crisis_channel, flow.ordinary_channel) == ("crisis", "ordinary")
    assert {tag.channel for tag in flow.tags.values()} <= set(flow.channels)


def test_the_first_told_can_decide_and_speak(flow: Flow) -> None:
    assert {"lead", "legal", "press_officer"} <= set(flow.first_told)


def test_the_head_of_the_file_states_the_six_rules_and_explains_every_key(texts: dict[str, str]) -> None:
    rules = texts["flows/definitions/data_breach.yaml"]
    head = rules[: rules.index("\nflow:")]
    assert all(f"#   {number}. " in head for number in range(1, 7))
    keys = [*re.findall(r"^(\w+):", rules, re.MULTILINE), "label", "severity", "channel", "words", "when"]
    keys += re.findall(r"^  (\w+):", rules[rules.index("\nanswers:") : rules.index("\nladders:")], re.MULTILINE)
    # the names of ladders are whose who writes them; what stands below a name has a meaning
    keys += re.findall(r"^    (?:  [- ] )?(\w+):", rules[rules.index("\nladders:") :], re.MULTILINE)
    keys += re.findall(r"(\w+): ", " ".join(re.findall(r"^    (?:at_the_end|acknowledgement): {([^[}]*)", rules, re.MULTILINE)))
    assert [key for key in keys if not re.search(rf"^#  +{key} ", head, re.MULTILINE)] == []
    assert all(line.startswith("#") for line in head.splitlines() if line)


def subject(**changes: object) -> Subject:
    plain = Subject(frozenset({"my_data"}), Severity.NORMAL, "affected", frozenset({"readability"}), crisis=True, private=False)
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_most_answers_need_one_yes_and_the_delicate_ones_a_lawyers_too(flow: Flow) -> None:
    def stages(draft: Subject) -> list[str]:
        return [stage.name for stage in flow.answers.stages_for(draft)]

    assert stages(subject()) == stages(subject(severity=Severity.HIGH, private=True)) == ["lead"]
    delicate = [{"tags": frozenset({tag})} for tag in ("legal_threat", "regulator", "press", "extortion")]
    delicate += [{"findings": frozenset({name})} for name in ("liability", "unsupported")]
    assert stages(subject(tags=frozenset({"threat_to_life"}), severity=Severity.CRITICAL)) == ["lead"], "no lawyer is woken first"
    assert all(stages(subject(**one)) == ["lead", "legal"] for one in delicate)


def test_every_stage_asks_somebody_other_than_every_agent(flow: Flow) -> None:
    for stage in (*flow.answers.stages, *flow.answers.statement_stages):
        assert "agent" not in stage.roles
    assert flow.answers.rule is None


def test_the_rule_that_the_file_shows_can_be_had_by_taking_its_mark_away(texts: dict[str, str]) -> None:
    name = "flows/definitions/data_breach.yaml"
    assert texts[name].count("\n  # rule: ") == 1
    rule = load_flow(texts | {name: texts[name].replace("\n  # rule: ", "\n  rule: ")}).answers.rule
    assert (rule.name, rule.severity, rule.sample) == ("from_the_statement", Severity.LOW, 10)


def test_the_parts_of_an_agency_and_its_client_can_be_had_by_taking_the_marks_away(texts: dict[str, str]) -> None:
    name = "flows/definitions/data_breach.yaml"
    shown = "# workspaces:\n#   slack: {notes: yes, approvals: yes}\n#   teams: {notes: no, approvals: no}\n"
    assert texts[name].count(shown) == 1
    had = load_flow(texts | {name: texts[name].replace(shown, shown.replace("# ", "", 1).replace("\n# ", "\n"))})
    assert (had.part_of("slack"), had.part_of("teams")) == (Part(), Part(notes=False, approvals=False))


def test_the_first_questions_are_what_whose_since_when_and_contained(flow: Flow) -> None:
    assert {question.name for question in flow.rules.questions} == {"contained", "what_data", "since_when", "whose"}
    assert all(question.within < flow.rules.authority_within for question in flow.rules.questions)
    assert flow.rules.authority_within == timedelta(hours=72)


def test_a_graver_case_is_answered_sooner_and_a_threat_to_life_waits_for_no_hold(flow: Flow) -> None:
    times = [flow.rules.first_answer[severity] for severity in Severity]
    assert times == sorted(times, reverse=True)
    assert not flow.rules.stops_for_hold({"threat_to_life"})
    assert flow.rules.customers_first


def test_a_case_gets_its_flow_back_from_the_snapshot(flow: Flow) -> None:
    again = Flow.from_snapshot(flow.as_snapshot())
    assert (again, again.digest, list(again.tags)) == (flow, flow.digest, TAGS)


def matter(**changes: object) -> Matter:
    plain = Matter(frozenset({"my_data"}), Severity.NORMAL, "affected", "x", "en", 300, crisis=True)
    return replace(plain, **changes)  # type: ignore[arg-type]


def of_tag(flow: Flow, tag: str, **changes: object) -> Ladder:
    ladder = ladder_for(flow.ladders, matter(tags=frozenset({tag}), severity=flow.tags[tag].severity, kind="unknown", **changes))
    assert ladder is not None, tag
    return ladder


@pytest.mark.parametrize(
    ("name", "tags"),
    [
        ("life_at_risk", ["threat_to_life"]),
        ("extortion", ["extortion"]),
        ("authority", ["regulator"]),
        ("press", ["press"]),
        ("vulnerable", ["vulnerable_person"]),
        ("grave", ["account_access", "money_missing", "identity_theft", "legal_threat", "employee"]),
        ("crisis", ["my_data", "phishing", "password", "compensation", "data_request", "rumour"]),
        ("calm", ["delete_account", "thanks"]),
    ],
)
def test_every_tag_has_its_ladder(flow: Flow, name: str, tags: list[str]) -> None:
    assert {tag: of_tag(flow, tag).name for tag in tags} == dict.fromkeys(tags, name)


def test_the_ladders_leave_no_case_out(flow: Flow) -> None:
    for severity, kind, crisis, tag in product(Severity, KINDS, (True, False), (*TAGS, "")):
        assert ladder_for(flow.ladders, matter(tags=frozenset({tag}), severity=severity, kind=kind, crisis=crisis))


def test_the_press_is_known_by_its_tag_its_kind_or_its_readers(flow: Flow) -> None:
    for one in (matter(tags=frozenset({"press"})), matter(kind="press"), matter(reach=100_000, crisis=False)):
        assert ladder_for(flow.ladders, one).name == "press"  # type: ignore[union-attr]
    assert of_tag(flow, "threat_to_life", reach=100_000).name == "life_at_risk", "a life comes before an audience"


def test_nobody_is_rung_for_each_of_many_quiet_cases(flow: Flow) -> None:
    for name in ("crisis", "calm", "everyday"):
        ladder = next(one for one in flow.ladders if one.name == name)
        assert ladder.first_answer is not None
        assert ladder.steps[0].after > ladder.first_answer
        assert {way for step in ladder.steps for way in step.by} == {"direct"}
        assert ladder.at_last
        assert not {"webhook", "thread"} & set(ladder.last.by), "nor at the end"


def test_everybody_on_an_urgent_ladder_is_told_before_the_answer_is_due(flow: Flow) -> None:
    for ladder in flow.ladders[:6]:
        due = ladder.first_answer or flow.rules.first_answer[Severity.HIGH]
        assert sum((step.after for step in ladder.steps), timedelta()) + ladder.wait <= due, ladder.name
        assert any("webhook" in step.by for step in ladder.steps), "a message in a workspace wakes nobody"


def test_the_gravest_rings_at_once_and_begins_anew_before_the_answer_is_due(flow: Flow) -> None:
    life = flow.ladders[0]
    assert (life.name, life.steps[0].after, life.first_answer) == ("life_at_risk", timedelta(), timedelta(minutes=15))
    assert "webhook" in life.steps[0].by
    assert life.repeat >= 1
    assert not life.working


def test_a_lapsed_acknowledgement_leaves_time_for_the_answer(flow: Flow) -> None:
    for ladder in flow.ladders:
        due = ladder.first_answer or flow.rules.first_answer[Severity.HIGH]
        if not ladder.working:
            assert ladder.remind_after + ladder.lapse_after < due, ladder.name


def test_whoever_only_works_by_day_is_never_hurried(flow: Flow) -> None:
    assert [ladder.name for ladder in flow.ladders if ladder.working] == ["everyday"]
