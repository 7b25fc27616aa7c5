"""A FLOW as Mermaid text: whatever it is called, every line is one that Mermaid reads as we meant it."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.pictures import flow_mermaid
from bot.pictures.mermaid import CLASSES, quoted
from flows.severity import SEVERITY_WORDS
from handlers.pictures.flow_picture import drawn
from templates import LANGUAGES
from tests.doors.drawn import HOSTILE, LADDERS, LIFE, PRESS, flow_of, renamed

LABEL = r"(?:[^\W_]|[ ,’·…]|#\d+;|<br/>)*"
NODE = r"[la]\d+"
LINES = [
    r"flowchart LR",
    rf'  begin\(\["{LABEL}"\]\)',
    rf'  {NODE}\("{LABEL}"\):::head',
    rf'  {NODE}s\d+\["{LABEL}"\]:::(?:{"|".join(CLASSES)})',
    rf"  {NODE}(?:s\d+)? --> {NODE}s\d+",
    rf'  begin -->\|"{LABEL}"\| {NODE}',
    r"  classDef \w+ [\w:#,\- ]+",
]


def strange(text):
    return [line for line in text.splitlines() if not any(re.fullmatch(known, line) for known in LINES)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_is_of_a_known_kind(language):
    assert strange(flow_mermaid(drawn(flow_of(*LADDERS)), language)) == []


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
@example(HOSTILE)
@example("end")
@example("1. one\n* two\n`three`")
def test_no_label_leaves_its_quotes(name):
    assert strange(flow_mermaid(drawn(flow_of(renamed(LIFE, name))), "en")) == []


def test_a_quoted_label_can_be_read_back():
    assert re.sub(r"#(\d+);", lambda code: chr(int(code[1])), quoted(HOSTILE)) == HOSTILE
    assert quoted("Responsables d’équipe, 2 fois") == "Responsables d’équipe, 2 fois"


def test_stops_follow_each_other_in_their_ladder_and_every_case_finds_each_ladder():
    text = flow_mermaid(drawn(flow_of(LIFE, PRESS)), "en")
    nodes = re.findall(r"^  (\w+)\[", text, re.MULTILINE)
    assert len(nodes) == len(set(nodes)) == 5 + 9 + 2 + 2
    assert re.findall(r"  (l0s\d) --> (l0s\d)", text) == [(f"l0s{place}", f"l0s{place + 1}") for place in range(4)]
    assert re.findall(r'begin -->\|".*"\| (\w+)', text) == ["l0", "l1"]


def test_a_flow_without_ladders_shows_who_approves():
    text = flow_mermaid(drawn(flow_of()), "en")
    assert strange(text) == [] and "begin" not in text and "a1s1" in text


def test_every_class_that_a_stop_has_is_defined():
    text = flow_mermaid(drawn(flow_of(*LADDERS)), "en")
    assert set(re.findall(":::(\\w+)", text)) <= set(re.findall("classDef (\\w+)", text))
    assert set(SEVERITY_WORDS) <= set(CLASSES)
