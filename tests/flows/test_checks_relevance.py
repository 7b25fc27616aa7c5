"""A reply that any customer could have got takes up nothing; the pairs that taught it are those that ship."""

import numpy as np
import pytest

from flows.checks import Draft, Surroundings, WordsErrors, check
from flows.checks.pairs import load_lessons, shipped_lessons
from flows.checks.plain import plain
from flows.checks.reading import Reading
from flows.checks.relating import WEIGHTS, shipped_relating
from flows.checks.relating_lessons import digest, regression, threshold
from flows.checks.stance import encoder_installed


@pytest.mark.parametrize(
    ("language", "customer", "generic", "specific"),
    [
        (
            "en",
            "my gran can't open the letter you emailed her",
            "Thank you for your message. Customer satisfaction is very important to us.",
            "We'll post your gran that letter on paper.",
        ),
        (
            "es",
            "mi abuela no puede abrir la carta que le mandaron por correo",
            "Gracias por su mensaje. La satisfacción del cliente es muy importante para nosotros.",
            "A su abuela le mandamos la carta en papel.",
        ),
        (
            "fr",
            "ma grand-mère n'arrive pas à ouvrir la lettre envoyée par mail",
            "Merci pour votre message. La satisfaction de nos clients est très importante pour nous.",
            "On envoie la lettre sur papier à votre grand-mère.",
        ),
    ],
)
@pytest.mark.parametrize("semantic", [False, pytest.param(True, marks=pytest.mark.skipif(not encoder_installed(), reason="no encoder"))])
def test_a_generic_reply_is_unrelated_and_one_that_picks_it_up_is_not(language, customer, generic, specific, semantic):
    model = shipped_relating(semantic=semantic)
    scores = [model.score(Reading(Draft(text, language), Surroundings(customer_text=customer))) for text in (generic, specific)]
    assert scores[0] > 0 > scores[1]


def test_without_a_customers_words_nothing_is_unrelated():
    assert check(Draft("Thank you for your message.", "en"), Surroundings(), only=("unrelated",)) == ()


def test_the_kept_weights_were_learnt_from_the_pairs_that_ship():
    with np.load(WEIGHTS) as kept:
        assert str(kept["digest"]) == digest(), "run python -m flows.checks.relating_lessons"


def test_every_language_has_pairs_of_both_kinds_and_no_reply_twice_for_one_customer():
    pairs = shipped_lessons().pairs
    assert {(one.language, one.unrelated) for one in pairs} == {(name, side) for name in ("en", "es", "fr") for side in (True, False)}
    assert len({(one.language, plain(one.customer).folded, plain(one.reply).folded) for one in pairs}) == len(pairs)


def test_the_threshold_is_the_lowest_that_keeps_the_precision():
    assert threshold(np.array([0.1, 0.2, 0.3, 0.4]), np.array([0.0, 1.0, 1.0, 1.0])) == 0.1
    assert threshold(np.array([0.1, 0.2, 0.3, 0.4]), np.array([1.0, 0.0, 1.0, 1.0])) == 0.2


def test_the_regression_finds_the_telling_column():
    features = np.array([[one, number % 2] for number, one in enumerate([0.0, 0.1, 0.2, 0.8, 0.9, 1.0])])
    weights, bias = regression(features, (features[:, 0] > 0.5).astype(float), np.ones(6))
    assert ((features @ weights + bias > 0) == (features[:, 0] > 0.5)).all()


def test_a_fault_in_the_pairs_is_told_with_its_line():
    with pytest.raises(WordsErrors, match=r"x\.yaml:1: "):
        load_lessons("x.yaml", "en: {}\n")
