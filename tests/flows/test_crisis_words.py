"""A text that uses the crisis's words is held, in whatever language and however long; everyday words are not."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.crisis_words import about_crisis
from flows.flow import Flow, Vocabulary
from flows.loader import load_flow
from tests.builders import data_breach
from tests.flows.test_loader import files


@pytest.mark.parametrize(
    "text",
    [
        "We were hacked on Sunday.",
        "About the DATA BREACH: we are looking into it",
        "about the data-breach, we are looking into it",
        "la filtracion no afecta a tu pedido",
        "Sus datos personales están a salvo",
        "À propos de la fuite : votre colis part demain",
        "le pira\u200btage est terminé",
        "the h\u0430ck is over",
        "#hacked",
        "your parcel leaves today.\n\nP.S. the ransomware is gone",
    ],
)
def test_a_text_that_uses_a_word_of_the_crisis_is_about_it(text: str) -> None:
    assert about_crisis(data_breach(), text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "Your parcel leaves today.",
        "Estamos abiertos hasta las nueve.",
        "Nous ouvrons à dix heures.",
        "Shackleton's tent is in stock",
        "more at https://meridia.example/hacked",
    ],
)
def test_an_everyday_text_is_not(text: str) -> None:
    assert not about_crisis(data_breach(), text)


def test_the_labels_and_words_of_tags_do_not_count() -> None:
    flow = load_flow(files())
    assert about_crisis(flow, "the flooding is over")
    assert not about_crisis(flow, "Water and boats: the boat is on the water")


@pytest.mark.parametrize("before", [0, 85, 89, 90, 118, 119, 120, 400, 3_000])
def test_a_word_is_found_anywhere_in_a_long_text(before: int) -> None:
    assert about_crisis(data_breach(), "word " * before + "about the data breach " + "word " * 3_000)
    assert not about_crisis(data_breach(), "word " * before + "about the data. Breakfast " + "word " * 3_000)


def test_every_flow_has_its_own_words() -> None:
    flood = load_flow(files())
    fire = replace(flood, crisis=Vocabulary({"en": ("fire*",)}, {}))
    assert (about_crisis(flood, "the fire"), about_crisis(fire, "the fire"), about_crisis(fire, "the flood")) == (False, True, False)


@given(st.text(max_size=400), st.text(max_size=400))
def test_no_text_around_it_hides_a_word(before: str, after: str) -> None:
    flow: Flow = load_flow_once()
    assert about_crisis(flow, f"{before} flood {after}")


_FLOWS: list[Flow] = []


def load_flow_once() -> Flow:
    if not _FLOWS:
        _FLOWS.append(load_flow(files()))
    return _FLOWS[0]


@pytest.mark.alone
def test_two_thousand_answers_an_hour_cost_next_to_nothing() -> None:
    texts = [f"Hello {number}, your parcel left our store today and arrives on Monday." * 4 for number in range(500)]
    about_crisis(data_breach(), "warm")
    started = time.process_time()
    assert not any(about_crisis(data_breach(), text) for text in texts)
    assert time.process_time() - started < 0.5  # a millisecond each, with room for a slow machine
