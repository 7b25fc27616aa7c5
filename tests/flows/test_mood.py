"""The mood of a message: calm, upset or angry, in three languages, whatever turns the words that are in it."""

import pytest

from flows.flow import LANGUAGES
from flows.triage.language import LanguageReader
from flows.triage.mood import ANGRY, UPSET, moods
from flows.triage.mood_words import KINDS, SHIPPED, TURNS, Lexicon, MoodWordsErrors, lexicons, load_mood_words, spelt, words_of

SAID = {
    "en": {
        "calm": [
            "good morning, was my data part of the breach?",
            "how do I change my password",
            "thank you for your quick reply, all sorted now",
            "is this text about a parcel a scam?",
            "no problem, take your time",
            "I'm not angry, just asking",
            "don't worry, I'm not worried at all",
            "I'd love to know when you open on Sunday",
        ],
        "upset": [
            "thanks for nothing",
            "I am not happy with this",
            "still waiting for an answer, it has been three weeks",
            "great job protecting our data",
            "very disappointed in how this was handled",
            "nobody answers the phone",
            "my card again :(",
            "thank you for the letter but it is too late and I am worried",
        ],
        "angry": [
            "you absolute clowns",
            "THIS IS A DISGRACE!!! I am taking my business elsewhere",
            "sick and tired of your lies",
            "🤬🤬",
            "never shopping here again",
            "I'm furious",
        ],
    },
    "es": {
        "calm": [
            "buenos días, ¿mis datos están en la filtración?",
            "¿cómo cambio la contraseña?",
            "muchas gracias por la pronta respuesta, ya quedó",
            "de nada, no hay problema",
            "no estoy enfadado, solo pregunto",
            "¿este mensaje es una estafa?",
            "no se preocupe, ya lo tengo",
        ],
        "upset": [
            "gracias por nada",
            "genial, otra filtración",
            "no estoy contenta con el trato",
            "llevo tres semanas esperando y nadie me contesta",
            "muy decepcionado con ustedes",
            "todavía no me dan una solución",
            "gracias por el correo, pero esto es una pesadilla",
        ],
        "angry": [
            "qué vergüenza de empresa",
            "son unos ladrones",
            "ESTOY HARTA!!! me voy a otro banco, sinvergüenzas",
            "pésimo servicio",
            "váyanse a la mierda",
        ],
    },
    "fr": {
        "calm": [
            "bonjour, mes données font-elles partie de la fuite ?",
            "comment changer mon mot de passe",
            "merci pour votre réponse rapide, tout est réglé",
            "merci de me répondre",
            "pas de souci, bonne journée",
            "je ne suis pas en colère",
            "ce SMS, c'est vous ?",
        ],
        "upset": [
            "merci pour rien",
            "super, encore une fuite",
            "je ne suis pas content du tout",
            "ça fait trois semaines que j'attends",
            "toujours pas de réponse à mon courrier",
            "très déçue par votre silence",
            "merci pour la lettre mais je suis inquiète",
        ],
        "angry": [
            "bande d'incapables",
            "quelle honte",
            "J'EN AI MARRE DE VOUS !!!",
            "vous vous foutez de nous",
            "c'est inadmissible, je vais porter plainte",
        ],
    },
}
CASES = [(language, mood, text) for language, by_mood in SAID.items() for mood, texts in by_mood.items() for text in texts]


def mood(text: str, language: str = "en", anger: float = 0.0) -> str:
    (found,) = moods([text], [language], [anger])
    assert 0 <= found <= 1
    return "angry" if found >= ANGRY else "upset" if found >= UPSET else "calm"


@pytest.mark.parametrize(("language", "expected", "text"), CASES)
def test_a_customers_words_are_heard_as_somebody_who_speaks_the_language_hears_them(language: str, expected: str, text: str) -> None:
    assert mood(text, language) == expected


def test_the_language_of_every_one_of_them_is_found_or_close_enough() -> None:
    found = LanguageReader(LANGUAGES).read_many([text for _, _, text in CASES], [None] * len(CASES))
    heard = [mood(text, language) == expected for language, (_, expected, text) in zip(found, CASES, strict=True)]
    assert sum(heard) >= 0.9 * len(heard)


def test_examples_of_anger_that_the_flow_holds_count_where_our_words_are_silent() -> None:
    text = "a plague on your head office"
    assert (mood(text), mood(text, anger=0.97)) == ("calm", "angry")


def test_what_follows_but_weighs_more_than_the_praise_before_it() -> None:
    praise, turned = moods(["it is bad but great, thanks", "great, thanks but it is bad"], ["en", "en"], [0.0, 0.0])
    assert praise < UPSET < turned


def test_a_curse_in_a_language_without_lists_is_heard_by_its_signs() -> None:
    assert [mood("was ist das denn", "de"), mood("was ist das denn 😡", "de"), mood("wtf", "und")] == ["calm", "angry", "angry"]


def test_more_of_the_same_makes_no_message_leave_the_scale() -> None:
    worst, best = moods(["useless liars " * 500, "thank you, great! " * 500], ["en", "en"], [1.0, 0.0])
    assert 0 <= best < UPSET
    assert ANGRY < worst <= 1


def test_the_longest_phrase_counts_and_none_overlaps_another() -> None:
    found = Lexicon({"glad": ["thanks"], "upset": ["thanks for nothing", "nothing"], "neither": ["for nothing"]})
    assert [(hit.kind, hit.at, hit.end) for hit in found.hits(words_of("thanks, thanks for nothing!"))] == [("glad", 0, 1), ("upset", 2, 5)]


def test_a_star_stands_for_any_ending_and_brackets_for_either_word() -> None:
    found = Lexicon({"upset": ["(no|without) repl* today"]})
    texts = ("no reply today", "without replies today", "no answer today", "no reply")
    assert [bool([*found.hits(words_of(text))]) for text in texts] == [True, True, False, False]
    assert [*spelt("so (very |)bad")] == [(("so", False), ("very", False), ("bad", False)), (("so", False), ("bad", False))]


def test_what_an_apostrophe_shortens_stands_apart_and_english_words_stay_whole() -> None:
    assert words_of("l’attente n'est pas don't") == ["l'", "attente", "n'", "est", "pas", "don't"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_of_the_lists_is_found_when_it_is_said(language: str) -> None:
    file = SHIPPED / f"moods.{language}.yaml"
    listed = load_mood_words(file.name, file.read_text(encoding="utf-8"))
    for lexicon, names in zip(lexicons(language), (KINDS, TURNS), strict=True):
        for words in ([word for word, _ in found] for name in names for phrase in listed[name] for found in spelt(phrase)):
            assert [hit.end for hit in lexicon.hits(words)][:1] == [len(words)], words


def test_a_fault_in_a_file_of_words_is_one_line_that_says_where() -> None:
    lists = "".join(f"{name}: []\n" for name in (*KINDS[1:], *TURNS))
    with pytest.raises(MoodWordsErrors) as told:
        load_mood_words("moods.en.yaml", f"language: en\nfurios: [bad]\n{lists}")
    assert "moods.en.yaml:2: expected only language, furious" in str(told.value)
    assert "found 'furios' (did you mean furious?)" in str(told.value)
