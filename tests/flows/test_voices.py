"""What many ask, grouped by meaning, shown in the words of one of them, with nobody's personal data."""

import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from flows.triage.questions import asks
from flows.voices import Group, Speaking, Voice, examples, group, sayable, show
from flows.voices.masking import masked
from tests.bench.voices import DATA, measured, said_by_customers

PASSWORD = (
    "Do I have to change my password?",
    "should I change my password now",
    "do we need to change our passwords",
    "is it necessary to change the password",
    "my password, must I change it?",
)
CARD = (
    "Was my card number stolen?",
    "are my card numbers safe",
    "is my card number in the leak",
    "did they take card numbers",
    "card number stolen??",
)
SHOP = (
    "When do you open on Sunday?",
    "are you open this sunday",
    "sunday opening hours please",
    "what time do you open sundays",
    "open on sunday?",
)
THANKS = ("thanks", "thank you!!", "ok thanks", "many thanks", "thanks a lot")


def voices(*texts, language="en", **rest):
    return [Voice(text, language, asks=asks(text), **rest) for text in texts]


def test_messages_that_mean_the_same_are_one_group_and_others_another():
    heard = voices(*PASSWORD, *CARD, *SHOP)
    found = [{heard[place].text for place in one.members} for one in group(heard)]
    for same in (PASSWORD, CARD, SHOP):
        best = max(found, key=lambda one: len(one & set(same)))
        assert len(best & set(same)) >= 3
        assert best <= set(same)


def test_the_order_of_the_sample_changes_nothing():
    heard = voices(*PASSWORD, *CARD, *SHOP, *THANKS)
    again = list(heard)
    random.Random(3).shuffle(again)
    texts = [sorted(heard[place].text for place in one.members) for one in group(heard)]
    assert sorted(texts) == sorted(sorted(again[place].text for place in one.members) for one in group(again))
    assert group(heard) == group(heard)


def test_languages_are_kept_apart_and_every_group_says_how_many_it_stands_for():
    spanish = voices(
        "¿Tengo que cambiar la contraseña?", "hay que cambiar la contraseña?", "debo cambiar mi contraseña ya", language="es", weight=10
    )
    found = group([*voices(*PASSWORD, weight=10), *spanish])
    assert {one.language: one.n for one in found} == {"en": 10 * len(found[0].members), "es": 30}


def test_thanks_and_greetings_found_no_group():
    assert group(voices(*THANKS)) == []


def test_what_nobody_else_asks_is_in_no_group():
    heard = voices(*PASSWORD, "is the tea room wheelchair friendly", "my cat ate the receipt")
    assert all(place < len(PASSWORD) for one in group(heard) for place in one.members)


def test_what_was_asked_before_is_counted_apart():
    before = voices(*CARD, before=True)
    heard = [*voices(*PASSWORD), *before]
    assert [one.before for one in group(heard)] == [0]
    (again,) = group([*voices(*PASSWORD), *voices(*PASSWORD, before=True)])
    assert again.before > 0
    assert all(place < len(PASSWORD) for place in again.members)


def test_a_group_is_shown_by_a_real_message_and_by_one_with_nothing_to_hide_if_there_is_one():
    heard = voices("Hi Emma, call 07700 900123: do I have to change my password?", *PASSWORD)
    (one,) = group(heard)
    shown = show(one, heard)
    assert shown is not None
    assert shown.words in PASSWORD
    assert all("•" not in words for words in shown.others)


def test_examples_are_unlike_each_other():
    heard = voices(*PASSWORD, *CARD, *SHOP)
    chosen = [heard[place].text for place in examples(heard, 3)]
    assert len(chosen) == 3
    assert len({next(name for name, of in (("p", PASSWORD), ("c", CARD), ("s", SHOP)) if text in of) for text in chosen}) == 3


PRIVATE = [
    ("en", "@meridia Hi Emma, my order AB-12345 is lost! mail me: ann.lee@example.com", ("Emma", "12345", "ann.lee", "@", "meridia")),
    ("en", "My name is Tom Baker, born 12/03/1984, 12 High Street, SW1A 2AA: am I safe?", ("Tom", "Baker", "1984", "High Street", "2AA")),
    ("en", "It’s Clare with no i, ask Mr Okafor at www.meridia.example/x", ("Clare", "Okafor", "meridia", "www")),
    ("en", "thanks emma, my card is 4111 1111 1111 1111", ("emma", "4111", "1111")),
    ("es", "Hola Sebastián, soy Ana María López, DNI 12345678Z, ¿mis datos están bien?", ("Sebasti", "Ana", "López", "12345678")),
    ("es", "vivo en Calle Mayor 12 y mi IBAN es ES91 2100 0418 4502 0005 1332 ¿me afecta?", ("Mayor", "2100", "1332")),
    ("es", "Dm? No entiendo srta laura, escríbame a laura@banco", ("laura", "banco")),
    ("fr", "Bonjour Julie, je m’appelle Karim Benali, mon numéro est le 06 12 34 56 78", ("Julie", "Karim", "Benali", "06 12", "56 78")),
    ("en", "is it safe? marta.okafor(at)mail.example or marta.okafor ＠ mail.example", ("okafor", "mail")),  # noqa: RUF001
    ("en", "write to marta dot okafor at gmail dot com please, is my data safe?", ("okafor", "gmail")),
    ("es", "escríbame a marta punto okafor arroba gmail punto com, ¿mis datos?", ("okafor", "gmail")),
    ("fr", "écrivez à marta point okafor arobase gmail point com, mes données ?", ("okafor", "gmail")),
    ("en", "call ⑥①②③④⑤⑥⑦⑧ or 12|34|56|78|90 or 612*345*678 or 6_1_2_3_4 or 612·345·678, is my data safe?", ("⑥", "34", "345", "_2_")),
    ("en", "Is my data safe? Regards, Thorsten Quibblewick", ("Thorsten", "Quibble")),
    ("es", "¿Están a salvo mis datos? — Nekane Goikoetxea.", ("Nekane", "Goiko")),
    ("fr", "Monsieur Dupont m’a dit que mes données circulent sur https://t.co/abc", ("Dupont", "t.co")),
]


@pytest.mark.parametrize(("language", "text", "secrets"), PRIVATE)
def test_personal_data_is_never_shown(language, text, secrets):
    shown = masked(text, language)
    assert [secret for secret in secrets if secret in shown] == []


@pytest.mark.parametrize(
    "text",
    [
        "Is my data safe?",
        "Nobody looked at this point in the mail, is it safe at home?",
        "Was my card number in it or only the email?",
        "50 pounds would be fair",
        "When is the 14 November update?",
    ],
)
def test_what_says_nothing_of_anybody_is_left_as_it_is(text):
    assert masked(text, "en") == text


def test_a_long_message_is_cut_where_a_sentence_ends():
    text = "Is my password safe with you now? " + "I have been a customer for a long while and I worry about it. " * 5
    assert sayable(text, "en").endswith(("now?", "it."))
    assert len(sayable(text, "en")) <= 200


STATEMENTS = {
    "en": "On 14 November somebody broke into one of our servers. Names, email addresses and postal addresses of customers were copied. "
    "Passwords and card numbers were not affected. We have told the police and the data protection authority. "
    "You do not need to change your password. We will write to everybody concerned by Friday.",
    "es": "El 14 de noviembre alguien entró en uno de nuestros servidores. Se copiaron nombres, correos electrónicos y direcciones postales de "
    "clientes. Las contraseñas y los números de tarjeta no están afectados. Hemos avisado a la policía y a la autoridad de protección de datos. "
    "No hace falta cambiar la contraseña. Escribiremos a todos los afectados antes del viernes.",
    "fr": "Le 14 novembre, quelqu’un s’est introduit dans un de nos serveurs. Des noms, des adresses e-mail et des adresses postales de clients "
    "ont été copiés. Les mots de passe et les numéros de carte ne sont pas concernés. Nous avons prévenu la police et l’autorité de protection "
    "des données. Il n’est pas nécessaire de changer votre mot de passe. Nous écrirons à toutes les personnes concernées avant vendredi.",
}
ANSWERED = {
    "en": [
        "do i have to change my password?",
        "are my card numbers safe or were they stolen",
        "was my home address copied?",
        "have you told the police about this?",
        "when will you write to the people affected",
        "did they get my passwords?",
    ],
    "es": [
        "¿tengo que cambiar la contraseña?",
        "¿los números de mi tarjeta están a salvo?",
        "¿han avisado a la policía?",
        "¿cuándo vais a escribir a los afectados?",
        "¿se filtraron las contraseñas?",
    ],
    "fr": [
        "dois-je changer mon mot de passe ?",
        "mes numéros de carte sont-ils en sécurité ?",
        "avez-vous prévenu la police ?",
        "quand allez-vous écrire aux personnes concernées ?",
        "les mots de passe ont fuité ?",
    ],
}
UNANSWERED = {
    "en": [
        "will you pay compensation?",
        "how do I delete my account",
        "was my passport scan taken?",
        "what about my children's data",
        "who did it, the Russians?",
        "can I sue you",
        "how long did you know before telling us",
        "were medical records in it",
    ],
    "es": [
        "¿van a indemnizar a los clientes?",
        "¿cómo borro mi cuenta?",
        "¿se llevaron mi pasaporte?",
        "¿y los datos de mis hijos?",
        "¿quién ha sido, los rusos?",
        "¿puedo denunciaros?",
        "alguien pidió un préstamo a mi nombre",
        "¿desde cuándo lo sabíais?",
    ],
    "fr": [
        "allez-vous nous indemniser ?",
        "comment supprimer mon compte ?",
        "mon passeport a été volé ?",
        "et les données de mes enfants ?",
        "c'est les Russes ?",
        "je peux porter plainte contre vous ?",
        "un crédit a été pris à mon nom",
        "depuis quand vous saviez",
    ],
}
OTHER = {"en": "es", "es": "fr", "fr": "en"}


def answers(question, language, *texts):
    return Speaking(texts).answers(Group(language, (0,), 1.0, 0.0, 1.0, frozenset()), voices(question, language=language))


@pytest.mark.parametrize(("language", "question"), [(language, one) for language, many in ANSWERED.items() for one in many])
def test_what_a_statement_speaks_of_is_answered(language, question):
    assert answers(question, language, STATEMENTS[language])


@pytest.mark.parametrize(("language", "question"), [(language, one) for language, many in UNANSWERED.items() for one in many])
def test_what_it_does_not_speak_of_is_not_whatever_the_language_of_the_statement(language, question):
    assert not answers(question, language, STATEMENTS[language])
    assert not answers(question, language, STATEMENTS[OTHER[language]])
    assert not answers(question, language)


def test_what_is_answered_today_is_answered_after_a_start_too():
    """Sets are in another order in each process."""
    asks = f"from tests.flows.test_voices import answers; print([answers(one, 'en', {STATEMENTS['en']!r}) for one in {ANSWERED['en']!r}])"
    told = {_in_a_process_of_its_own(asks, seed) for seed in "0123"}
    assert len(told) == 1 and "False" not in told.pop()


def _in_a_process_of_its_own(code, seed):
    own, here = {**os.environ, "PYTHONHASHSEED": seed}, Path(__file__).parents[2]
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=own, cwd=here).stdout


@pytest.mark.skipif(not DATA.is_dir(), reason="the labelled messages stand beside the repository")
def test_real_questions_are_told_apart():
    scores = measured()
    assert scores["purity_of_the_first"] > 0.6
    assert scores["nmi"] > 0.5
    assert scores["seconds"] < 5  # of processor, on a machine that others use too; one alone


@pytest.mark.skipif(not DATA.is_dir(), reason="the real messages stand beside the repository")
@pytest.mark.parametrize("language", ["es", "fr"])
def test_real_messages_show_no_handle_link_or_number(language):
    heard = said_by_customers(language)[:1500]
    shown = [show(one, heard) for one in group(heard)[:20]]
    words = " ".join(text for one in shown if one for text in (one.words, *one.others))
    assert words
    assert not any(sign in words for sign in ("@", "http", "www."))
    assert not any(len(one) > 3 for one in re.findall(r"\d+", words))
