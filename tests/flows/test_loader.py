"""The loader says everything that is wrong with a FLOW, each fault with its file and line."""

from __future__ import annotations

import pickle

import pytest

from flows.document import MAX_CHARACTERS, MAX_FAULTS
from flows.flow import Vocabulary
from flows.loader import FlowError, FlowErrors, load_flow
from flows.severity import Severity

RULES = """\
flow: flood
version: 3
title: {en: Flood, es: Inundación, fr: Inondation}
channels: [crisis, ordinary]
crisis:
  channel: crisis
  words: {en: ["flood*"], es: ["inunda*"], fr: ["inond*"]}
ordinary:
  channel: ordinary
  words: {en: [opening hours], es: [horario], fr: [horaires]}
anger:
  words: {en: [shame], es: [vergüenza], fr: [honte]}
tags:
  water:
    label: {en: Water, es: Agua, fr: Eau}
    severity: high
    channel: crisis
    words: {en: [water], es: [agua], fr: [eau]}
  boats:
    label: {en: Boats, es: Barcas, fr: Barques}
    severity: low
    channel: ordinary
    words: {en: ["boat*"], es: ["barca*"], fr: ["barque*"]}
kinds: {unknown: low, affected: normal, not_affected: low, vulnerable: high, press: high, regulator: high, employee: low, business: low}
first_told: [lead, legal]
"""


def lesson(language: str) -> str:
    return f"""\
examples_of: flood
language: {language}
crisis: [it is everywhere]
ordinary: [when do you open]
anger: [you fools]
tags:
  water: [my cellar is full, it comes up the stairs]
  boats: [is there a boat]
"""


def files(rules: str = RULES, **lessons: str) -> dict[str, str]:
    texts = {language: lesson(language) for language in ("en", "es", "fr")} | lessons
    return {"flood.yaml": rules} | {f"flood.examples.{language}.yaml": text for language, text in texts.items() if text}


def complaints(texts: dict[str, str]) -> list[str]:
    with pytest.raises(FlowErrors) as caught:
        load_flow(texts)
    assert all(isinstance(error, FlowError) for error in caught.value.errors)
    return str(caught.value).splitlines()


def changed(old: str, new: str) -> dict[str, str]:
    assert RULES.count(old) == 1
    return files(RULES.replace(old, new))


def test_a_sound_flow_is_read_whole() -> None:
    flow = load_flow(files())
    assert (flow.name, flow.version, flow.title["es"]) == ("flood", 3, "Inundación")
    assert (flow.channels, flow.crisis_channel, flow.ordinary_channel) == (("crisis", "ordinary"), "crisis", "ordinary")
    assert list(flow.tags) == ["water", "boats"]
    water = flow.tags["water"]
    assert (water.name, water.label["fr"], water.severity, water.channel) == ("water", "Eau", Severity.HIGH, "crisis")
    assert water.vocabulary == Vocabulary(
        {"en": ("water",), "es": ("agua",), "fr": ("eau",)},
        dict.fromkeys(("en", "es", "fr"), ("my cellar is full", "it comes up the stairs")),
    )
    assert flow.anger.examples["en"] == ("you fools",)
    assert flow.kinds["vulnerable"] is Severity.HIGH
    assert flow.first_told == ("lead", "legal")


def test_the_order_of_the_files_does_not_matter() -> None:
    assert load_flow(dict(reversed(files().items()))) == load_flow(files())


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("severity: high", "severity: urgent", "flood.yaml:16: tags.water.severity: expected one of low, normal, high, critical, found 'urgent'"),
        ("severity: high", "severity: hgh", "flood.yaml:16: tags.water.severity: expected one of low, normal, high, critical, found 'hgh' (did you mean high?)"),
        ("severity: high", "severity:", "flood.yaml:16: tags.water.severity: expected one of low, normal, high, critical, found nothing"),
        ("severity: high", "severity: [high]", "flood.yaml:16: tags.water.severity: expected one of low, normal, high, critical, found a list"),
        ("severity: high", "sevrity: high", "flood.yaml:16: tags.water: expected only label, severity, channel, words, found 'sevrity' (did you mean severity?)"),
        ("severity: high\n", "\n", "flood.yaml:14: tags.water: expected the key severity, found nothing"),
        ("severity: high", "severity: high\n    severity: low", "flood.yaml:17: tags.water.severity: expected no second key, found that of line 16 again"),
        ("version: 3", "version: three", "flood.yaml:2: version: expected a whole number from 1, found 'three'"),
        ("version: 3", "version: 0", "flood.yaml:2: version: expected a whole number from 1, found '0'"),
        ("version: 3", "version: ٣", "flood.yaml:2: version: expected a whole number from 1, found '٣'"),
        ("flow: flood", "flow: The Flood", "flood.yaml:1: flow: expected a_lower_case_name, found 'The Flood'"),
        ("flow: flood", "flow: fire", "flood.examples.en.yaml:1: examples_of: expected fire, found 'flood'"),
        ("es: Agua, ", "", "flood.yaml:15: tags.water.label: expected the key es, found nothing"),
        ("es: Agua", "de: Wasser, es: Agua", "flood.yaml:15: tags.water.label: expected only en, es, fr, found 'de'"),
        ("es: Agua", "es: ''", "flood.yaml:15: tags.water.label.es: expected text, found ''"),
        ("es: Agua", "es: {de: Wasser}", "flood.yaml:15: tags.water.label.es: expected text, found a mapping"),
        ("es: Agua", "es: Agua hasta el primer piso", "flood.yaml:15: tags.water.label.es: expected at most 24 characters, found 25"),
        ("    channel: ordinary", "    channel: ordinery", "flood.yaml:22: tags.boats.channel: expected one of crisis, ordinary, found 'ordinery' (did you mean ordinary?)"),
        ('  channel: crisis\n  words: {en: ["flood', '  channel: press\n  words: {en: ["flood', "flood.yaml:6: crisis.channel: expected one of crisis, ordinary, found 'press'"),
        ("[crisis, ordinary]", "[crisis, ordinary, crisis]", "flood.yaml:4: channels[2]: expected no repetition, found 'crisis' again"),
        ("[crisis, ordinary]", "crisis", "flood.yaml:4: channels: expected a list, found 'crisis'"),
        ("[agua]", "[agua, AGÚA]", "flood.yaml:18: tags.water.words.es[1]: expected no repetition, found 'AGÚA' again"),
        ("[agua]", "[]", "flood.yaml:18: tags.water.words.es: expected a list, found an empty list"),
        ("[agua]", "['  ']", "flood.yaml:18: tags.water.words.es[0]: expected text, found '  '"),
        ("[agua]", "['*']", "flood.yaml:18: tags.water.words.es[0]: expected a word or stem*, found '*'"),
        ("[agua]", "['ag*']", "flood.yaml:18: tags.water.words.es[0]: expected a word or stem*, found 'ag*'"),
        ("[agua]", "['ag*ua']", "flood.yaml:18: tags.water.words.es[0]: expected a word or stem*, found 'ag*ua'"),
        ("[agua]", "['?!']", "flood.yaml:18: tags.water.words.es[0]: expected a word or stem*, found '?!'"),
        ("press: high", "pres: high", "flood.yaml:24: kinds: expected only unknown, affected, not_affected, vulnerable, press, regulator, employee, business, found 'pres' (did you mean press?)"),
        ("[lead, legal]", "[lead, leagl]", "flood.yaml:25: first_told[1]: expected one of agent, lead, legal, manager, marketing, admin, dpo, security, press_officer, found 'leagl' (did you mean legal?)"),
        ("  boats:", "  Big-Boats:", "flood.yaml:19: tags.Big-Boats: expected a_lower_case_name, found 'Big-Boats'"),
        ("[agua]", "&a [agua]", "flood.yaml:18: expected no anchors, found '&a'"),
        ("[agua]", "*a", "flood.yaml:18: expected no aliases, found '*a'"),
        ("version: 3", "version: !!int 3", "flood.yaml:2: expected no YAML tags, found 'tag:yaml.org,2002:int'"),
        ("version: 3", "version: !!python/object/apply:os.system [id]", "flood.yaml:2: expected no YAML tags, found 'tag:yaml.org,2002:python/object/apply:os.system'"),
        ("[agua]", "[" * 20 + "]" * 20, "flood.yaml:18: expected at most 12 levels, found more"),
        ("version: 3", "? [a, b]\n: 3", "flood.yaml:2: expected a key, found a list"),
        ("version: 3", "version: 3\n--- {}", "flood.yaml:3: expected one document, found a second one"),
    ],
)  # fmt: skip
def test_a_fault_is_named_by_file_line_key_and_what_was_expected(old: str, new: str, line: str) -> None:
    told = complaints(changed(old, new))
    assert line in told


def test_broken_yaml_is_named_by_its_line() -> None:
    told = complaints(changed("version: 3", "version: @3"))
    assert told[0].startswith("flood.yaml:2: expected valid YAML, found ")


def test_all_faults_are_told_in_one_go_in_the_order_of_the_lines() -> None:
    rules = RULES.replace("version: 3", "version: x").replace("severity: low", "severity: lo").replace("[lead", "[leader")
    told = complaints(files(rules, es=lesson("es").replace("language: es", "language: pt")))
    assert [text.split(": expected")[0] for text in told] == [
        "flood.examples.es.yaml:2: language",
        "flood.yaml:1",
        "flood.yaml:2: version",
        "flood.yaml:21: tags.boats.severity",
        "flood.yaml:25: first_told[0]",
    ]


def test_an_error_carries_its_parts() -> None:
    with pytest.raises(FlowErrors) as caught:
        load_flow(changed("version: 3", "version: x"))
    (error,) = caught.value.errors
    assert (error.file, error.line, error.key, error.expected, error.found) == ("flood.yaml", 2, "version", "a whole number from 1", "'x'")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_every_language_needs_its_examples() -> None:
    assert complaints(files(fr="")) == ["flood.yaml:1: expected the examples in fr, found none"]


def test_a_language_has_one_file_of_examples() -> None:
    told = complaints(files() | {"more.yaml": lesson("en")})
    assert told == ["more.yaml:2: language: expected one per language, found a second en"]


def test_examples_follow_the_tags_of_the_flow() -> None:
    told = complaints(files(en=lesson("en").replace("  boats:", "  boat:")))
    assert told == [
        "flood.examples.en.yaml:6: tags: expected the key boats, found nothing",
        "flood.examples.en.yaml:8: tags: expected only water, boats, found 'boat' (did you mean boats?)",
    ]


def test_an_example_is_listed_once_under_a_tag() -> None:
    told = complaints(files(en=lesson("en").replace("it comes up the stairs", "My  cellar is FULL")))
    assert told == ["flood.examples.en.yaml:7: tags.water[1]: expected no repetition, found 'My cellar is FULL' again"]


def test_an_example_may_teach_two_tags_and_anger() -> None:
    text = lesson("en").replace("is there a boat", "my cellar is full").replace("you fools", "my cellar is full")
    flow = load_flow(files(en=text))
    assert all("my cellar is full" in examples["en"] for examples in (flow.tags["boats"].vocabulary.examples, flow.anger.examples))


def test_an_example_is_never_both_ordinary_and_of_the_crisis() -> None:
    told = complaints(files(en=lesson("en").replace("when do you open", "Is there a boat")))
    assert told == ["flood.examples.en.yaml:4: ordinary[0]: expected an ordinary example, found a crisis one"]


def test_a_second_file_of_rules_is_refused() -> None:
    assert "second.yaml:1: expected the key examples_of, found a second FLOW" in complaints(files() | {"second.yaml": RULES})


@pytest.mark.parametrize("texts", [{}, {"empty.yaml": ""}, {"list.yaml": "[1]"}, {"word.yaml": "hello"}])
def test_nothing_to_read_is_a_fault(texts: dict[str, str]) -> None:
    assert complaints(texts)


def test_a_file_too_large_is_not_read() -> None:
    told = complaints(files() | {"flood.yaml": RULES + "#" * MAX_CHARACTERS})
    assert told[0].startswith("flood.yaml:1: expected at most 1000000 characters, found ")


def test_a_bomb_of_nodes_is_stopped() -> None:
    told = complaints(changed("[agua]", "[" + "a," * 60_000 + "]"))
    assert told[0] == "flood.yaml:18: expected at most 50000 nodes, found more"


def test_faults_are_bounded() -> None:
    rules = RULES + "".join(f"key_{number}: 1\n" for number in range(1_000))
    assert len(complaints(files(rules))) == MAX_FAULTS


def test_a_plain_word_is_the_text_that_was_typed() -> None:
    flow = load_flow(changed("[agua]", "[no, 24, 1e3, null, 2024-01-01]"))
    assert flow.tags["water"].vocabulary.words["es"] == ("no", "24", "1e3", "null", "2024-01-01")
