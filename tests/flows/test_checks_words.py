"""The word lists: what a phrase matches, and what is said about a file that is wrong."""

import pytest

from flows.checks.phrases import PhraseError, Phrases
from flows.checks.plain import plain
from flows.checks.words import WordsErrors, load_words, shipped_words

EMPTY = "language: en\nsets: {}\nrules: {}\nlists: {}\nphrases: {}\ntopics: {}\nplain: {}\nnicknames: {}\nnumbers: {}\n"


@pytest.mark.parametrize(
    ("phrase", "found", "not_found"),
    [
        ("calm down", "please CALM  down now", "calmdown"),
        ("negligen*", "we were négligents", "a neglected one"),
        ("our (own)? fault", "it is our own fault", "our very fault"),
        ("you ... know", "you would surely know", "you would. Surely know"),
        ("you ... know", "you know", "you one two three four five know"),
        ("don't", "we don’t and dont", "we do not"),
        ("by <who>", "by our bank", "by our aunt"),
        ("two-step", "two step login", "two big steps"),
    ],
)
def test_a_phrase_matches_what_it_says(phrase, found, not_found):
    phrases = Phrases.of((phrase,), {"who": ("our bank", "them")})
    assert plain(found).folded in phrases
    assert plain(not_found).folded not in phrases


@pytest.mark.parametrize("phrase", ["(open", "close)", "<nobody>", "(a)?", "...", "a > b", "<loop>"])
def test_a_phrase_that_cannot_be_read_is_refused(phrase):
    with pytest.raises(PhraseError):
        Phrases.of((phrase,), {"loop": ("<loop>",)})


def test_a_faulty_file_is_told_with_its_lines():
    with pytest.raises(WordsErrors) as told:
        load_words("own.yaml", EMPTY.replace("rules: {}", "rules:\n  arguing:\n    - find: ['(open']\n      extra: 1"))
    assert "own.yaml:5" in str(told.value) or "own.yaml:6" in str(told.value)
    assert "a bracket is not closed" in str(told.value)


def test_a_team_adds_its_own_words():
    words = load_words("own.yaml", EMPTY.replace("plain: {}", "plain: {flurbo*: thing}"))
    assert words.plain[0][1] == "thing"
    assert "flurbos" in words.plain[0][0]


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_the_shipped_lists_have_the_same_parts_in_every_language(language):
    ours, theirs = shipped_words("en"), shipped_words(language)
    for part in ("rules", "lists", "phrases"):
        assert set(getattr(ours, part)) == set(getattr(theirs, part))


def test_there_are_no_lists_for_other_languages():
    assert shipped_words("de") is None


def test_the_folded_text_knows_where_each_sign_stood():
    text = plain("L’œuvre À")
    start = text.folded.index("a")
    assert text.folded == "l'oeuvre a"
    assert text.original[slice(*text.at(start, start + 1))] == "À"


def test_a_sentence_does_not_end_inside_a_title_or_a_host():
    assert [one.text for one in plain("Ask Mr. Bell at help.shop.example. Or me!").sentences] == [
        "ask mr. bell at help.shop.example.",
        "or me!",
    ]
