"""No text, however broken, makes the loader raise anything but its own errors."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.flow import Flow
from flows.loader import FlowErrors, load_flow
from tests.flows.test_answers_loader import WHOLE
from tests.flows.test_loader import RULES, complaints, files, lesson


def reads_or_tells(texts: dict[str, str]) -> None:
    told = "flood.yaml:1: expected"
    try:
        flow = load_flow(texts)
    except FlowErrors as errors:
        told = str(errors)
    else:
        assert Flow.from_snapshot(flow.as_snapshot()) == flow
    assert all(re.match(r"[a-z.]+:[1-9][0-9]*: .*expected", line) for line in told.split("\n"))


ANY_TEXT = st.text(st.characters(codec=None))
YAML_PIECES = st.lists(
    st.sampled_from([*"[]{}:,-?&*!|>'\"#%@`~ \n\t", "a", "é", "- ", ": ", "\n  ", "---", "<<", "flow", "tags", "\x00", "\ud800", "…"])
)


@given(ANY_TEXT)
def test_no_text_at_all_raises_anything_but_flow_errors(text: str) -> None:
    reads_or_tells({"any.yaml": text})


@given(YAML_PIECES.map("".join))
def test_no_nearly_yaml_raises_anything_but_flow_errors(text: str) -> None:
    reads_or_tells({"any.yaml": text, "lessons.yaml": "examples_of: a\n" + text})


@given(st.integers(0, len(RULES)), st.integers(0, 40), YAML_PIECES.map("".join))
def test_no_damage_to_a_sound_file_raises_anything_but_flow_errors(at: int, cut: int, piece: str) -> None:
    reads_or_tells(files(RULES[:at] + piece + RULES[at + cut :]))
    reads_or_tells(files(es=lesson("es")[:at] + piece + lesson("es")[at + cut :]))


@given(st.integers(len(RULES), len(WHOLE)), st.integers(0, 40), YAML_PIECES.map("".join))
def test_no_damage_to_the_rules_about_answers_raises_anything_but_flow_errors(at: int, cut: int, piece: str) -> None:
    reads_or_tells(files(WHOLE[:at] + piece + WHOLE[at + cut :]))


@pytest.mark.parametrize("key", ['"a\\nb"', '"a\\u2028b"', '"\\e[31m"', '"' + "k" * 500 + '"'])
def test_a_hostile_key_cannot_break_the_line_of_its_fault(key: str) -> None:
    told = complaints(files(RULES + key + ": 1\n" + key + ": 2\n"))
    assert all(re.match(r"flood[a-z.]*:[1-9][0-9]*: ", line) and line.isprintable() and len(line) < 300 for line in told)
