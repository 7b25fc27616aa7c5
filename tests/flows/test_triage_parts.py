"""The parts of the triage: plain form, features, trigger words, languages, questions, threshold."""

from __future__ import annotations

import numpy as np
import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from flows.flow import Flow, Tag, Vocabulary
from flows.severity import Severity
from flows.triage.features import rows
from flows.triage.language import LanguageReader
from flows.triage.lessons import Classes, Lesson, balanced
from flows.triage.letters import Letters
from flows.triage.linear import LinearModel
from flows.triage.normalise import normalised, readable, tokens
from flows.triage.questions import asks
from flows.triage.threshold import Threshold
from flows.triage.triggers import Triggers


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("¡Filtración!", "¡ filtracion !"),
        ("see https://evil.example/x now", "see http now"),
        ("mail a.b@example.com or @Meridia", "mail mail @ or @"),
        ("call 0123456789", "call 00000"),
        ("noooooo", "noo"),
        ("l’été", "l'ete"),
    ],
)
def test_the_plain_form_folds_and_masks(text: str, plain: str) -> None:
    assert normalised(text) == plain


def test_the_encoder_reads_accents_but_no_links_or_handles() -> None:
    assert readable("@Meridia ¿Qué pasó? https://x.example", 600) == "¿qué pasó?"


def test_the_same_text_has_the_same_features_in_any_company() -> None:
    alone = rows(["my data leaked"])
    among = rows(["hello", "my data leaked", "", "x" * 3_000])
    buckets, weights = among.row(1)
    assert np.array_equal(buckets, alone.row(0)[0])
    assert np.allclose(weights, alone.row(0)[1])
    assert np.isclose((weights**2).sum(), 1.0, atol=1e-3)


def test_letters_do_not_run_from_one_text_into_the_next() -> None:
    joined, apart = rows(["ab cd"]), rows(["ab", "cd"])
    assert set(apart.row(0)[0]) | set(apart.row(1)[0]) < set(joined.row(0)[0])


def test_the_linear_model_learns_what_it_is_taught() -> None:
    model, read = LinearModel(2), rows(["the card was stolen", "nice shirt"])
    for _ in range(5):
        for number in (0, 1):
            model.learn(*read.row(number), np.eye(2, dtype=np.float32)[number])
    assert list(model.scores(read).argmax(axis=1)) == [0, 1]


def test_trigger_words_match_whole_words_stems_and_phrases() -> None:
    triggers = Triggers([("hack*", 0), ("data breach", 1), ("identity thie*", 2)])
    assert triggers.found(tokens("Hacked! A DATA  breach, an identity thief")) == [("hacked", 0), ("data breach", 1), ("identity thief", 2)]
    assert triggers.found(tokens("the shack held data, breach none")) == []


@pytest.mark.parametrize(
    ("text", "hint", "language"),
    [
        ("Has my address been stolen as well?", None, "en"),
        ("no me funciona la contraseña desde ayer", None, "es"),
        ("je n'arrive plus à me connecter à mon compte", None, "fr"),
        ("Ich kann mich seit gestern nicht mehr in mein Konto einloggen, was soll ich tun?", None, "de"),
        ("我的数据被泄露了吗", None, "zh"),
        ("🤬🤬", None, "und"),
        ("", None, "und"),
        ("👍", "fr", "fr"),
    ],
)
def test_the_language_is_one_in_use_or_the_one_it_seems(text: str, hint: str | None, language: str) -> None:
    assert READER.read(text, hint) == language


READER = LanguageReader(("en", "es", "fr"))


def test_runs_of_letters_score_languages_as_py3langid_does() -> None:
    letters, whole = Letters(("en", "es", "fr", "de", "zh")), LanguageIdentifier.from_model_file(MODEL_FILE)
    texts = ["Has my address been stolen?", "¿Y mis datos?", "où en est ma commande", "我的数据被泄露了吗", "WHY"]
    for text, found in zip(texts, letters.scores(texts), strict=True):
        wanted = dict(whole.rank(text))
        assert np.allclose(found, [wanted[name] for name in letters.names], atol=0.05)


def test_a_tag_with_many_examples_in_a_language_shows_no_more_than_most() -> None:
    tags = {name: Tag(name, {"en": name}, Severity.NORMAL, "crisis", Vocabulary({}, {})) for name in ("one", "two", "many")}
    nothing = Vocabulary({}, {})
    classes = Classes(Flow("bare", 1, {}, ("crisis",), nothing, "crisis", nothing, "crisis", nothing, tags, {}, ()))
    taught = [Lesson("x", owner, example=True, language="en") for owner in (0, 1, 2, 2, 2, classes.ordinary, classes.ordinary)]
    assert balanced(taught, classes, [4, 3, 2, 1, 0, 5, 6]) == [4, 1, 0, 5, 6]


@pytest.mark.parametrize("text", ["am I affected by this", "¿y mis datos", "est-ce que mes données ont fuité", "why?"])
def test_a_question_is_known_with_and_without_its_mark(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize("text", ["what a joke", "I want my money back.", ""])
def test_a_statement_is_no_question(text: str) -> None:
    assert not asks(text)


def test_the_threshold_lies_between_the_classes_and_ranks_on() -> None:
    scores = np.array([-3.0, -2.5, -2.0, 2.0, 2.5, 3.0])
    line = Threshold.fitted(scores, scores > 0)
    found = line.confidence(scores)
    assert list(found > 0.5) == list(scores > 0)
    assert list(found) == sorted(found)


def test_clicks_carry_the_line_to_where_a_new_event_lies() -> None:
    line = Threshold()
    assert line.confidence(np.array([2.0]))[0] > 0.5
    for _ in range(60):
        line.learn(2.0, truth=False)
        line.learn(5.0, truth=True)
    assert line.confidence(np.array([2.0]))[0] < 0.5 < line.confidence(np.array([5.0]))[0]
