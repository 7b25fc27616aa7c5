"""A FLOW is a value: it cannot change, and its snapshot gives it back."""

from __future__ import annotations

import dataclasses
from types import MappingProxyType

import pytest

from flows.flow import Flow, Vocabulary, folded
from flows.loader import load_flow
from flows.severity import Severity
from tests.flows.test_loader import RULES, changed, files, lesson


def test_a_snapshot_gives_the_same_flow_back() -> None:
    flow = load_flow(files())
    again = Flow.from_snapshot(flow.as_snapshot())
    assert again == flow
    assert list(again.tags) == list(flow.tags)
    assert (again.as_snapshot(), again.digest) == (flow.as_snapshot(), flow.digest)
    assert len(flow.digest) == 64


def test_the_digest_follows_the_content_and_not_the_layout() -> None:
    digest = load_flow(files()).digest
    assert load_flow(files("# a note\n" + RULES)).digest == digest
    assert load_flow(changed("severity: low", "severity: normal")).digest != digest
    assert load_flow(files(fr=lesson("fr").replace("you fools", "fools"))).digest != digest
    water, boats = RULES.index("  water:"), RULES.index("  boats:")
    swapped = RULES[:water] + RULES[boats : RULES.index("kinds:")] + RULES[water:boats] + RULES[RULES.index("kinds:") :]
    assert load_flow(files(swapped)).digest != digest


def test_a_flow_cannot_be_changed() -> None:
    flow = load_flow(files())
    with pytest.raises(dataclasses.FrozenInstanceError):
        flow.version = 4  # type: ignore[misc]
    for mapping in (flow.tags, flow.kinds, flow.title, flow.crisis.words, flow.tags["water"].label):
        assert isinstance(mapping, MappingProxyType)
    assert isinstance(flow.crisis.words["en"], tuple)


def test_a_value_keeps_no_hold_on_what_it_was_built_from() -> None:
    words = {"en": ["a"]}
    vocabulary = Vocabulary(words, {})  # type: ignore[arg-type]
    words["en"].append("b")
    assert vocabulary.words["en"] == ("a",)


@pytest.mark.parametrize(
    ("text", "same"), [("CAFÉ", "cafe"), ("d\u2019accès", "d'acces"), ("  two\twords ", "two words"), ("Straße", "strasse")]
)
def test_words_are_compared_without_case_accents_and_curly_apostrophes(text: str, same: str) -> None:
    assert folded(text) == same


def test_severities_are_ordered_and_named() -> None:
    assert [severity.word for severity in sorted(Severity)] == ["low", "normal", "high", "critical"]
    assert all(Severity.parse(severity.word) is severity for severity in Severity)
    with pytest.raises(ValueError, match="urgent"):
        Severity.parse("urgent")
