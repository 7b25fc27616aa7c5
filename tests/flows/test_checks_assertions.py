"""What a draft asserts is compared with the facts as a matter, not as words: in any unit, clock and language."""

import pytest

from flows.checks import Draft, Fact, Surroundings, WordsErrors, check
from flows.checks.concepts import load_concepts

FACTS = {
    "en": (
        "1.4 million accounts were copied.",
        "Names and order histories were in the file.",
        "The intrusion began on 3 May 2026 and was stopped on 9 May.",
        "No passwords were taken.",
        "Shops are not affected.",
        "Monitoring is free for 12 months.",
        "The next update comes on Friday at noon.",
    ),
    "es": (
        "Se copiaron 1,4 millones de cuentas.",
        "El archivo contenía nombres e historiales de pedidos.",
        "La intrusión empezó el 3 de mayo de 2026 y se frenó el 9 de mayo.",
        "No se llevaron contraseñas.",
        "Las tiendas no están afectadas.",
        "La vigilancia es gratuita durante 12 meses.",
        "La próxima información se dará el viernes a mediodía.",
    ),
    "fr": (
        "1,4 million de comptes ont été copiés.",
        "Le fichier contenait des noms et des historiques de commandes.",
        "L'intrusion a commencé le 3 mai 2026 et a été arrêtée le 9 mai.",
        "Aucun mot de passe n'a été pris.",
        "Les magasins ne sont pas touchés.",
        "La surveillance est gratuite pendant 12 mois.",
        "La prochaine information sera donnée vendredi à midi.",
    ),
}


def kinds(text, language, facts):
    around = Surroundings(facts=tuple(Fact(one) for one in facts))
    return {one.facts["kind"] for one in check(Draft(text, language), around, only=("unsupported",))}


@pytest.mark.parametrize("told", ["en", "es", "fr"])
@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "One point four million accounts were copied."),
        ("en", "It went on from the 3rd to the 9th of May, and the monitoring is free for a year."),
        ("en", "Your passwords were not taken, and the shops aren't affected."),
        ("en", "There is nothing new until Friday at 12."),
        ("es", "Son 1.400.000 cuentas, un millón cuatrocientas mil."),
        ("es", "Fue entre el 3 y el 9 de mayo, y tiene un año entero de vigilancia gratis."),
        ("es", "Las contraseñas no se las llevaron, y las tiendas no están afectadas."),
        ("es", "Hasta el viernes a las 12 no hay nada nuevo."),
        ("fr", "Cela fait 1 400 000 comptes, un million quatre cent mille."),
        ("fr", "C'était entre le 3 et le 9 mai, et la surveillance est gratuite toute une année."),
        ("fr", "Les mots de passe n'ont pas été pris, et les magasins ne sont pas touchés."),
        ("fr", "Rien de neuf avant vendredi à 12 h."),
    ],
)
def test_a_fact_in_one_language_supports_a_draft_in_another(told, language, text):
    assert kinds(text, language, FACTS[told]) == set()


@pytest.mark.parametrize("told", ["en", "es", "fr"])
@pytest.mark.parametrize(
    ("language", "text", "kind"),
    [
        ("en", "Around 1.6 million accounts were copied.", "number"),
        ("en", "It was stopped on 12 May.", "date"),
        ("en", "The monitoring is free for two full years.", "number"),
        ("en", "Your passwords were copied as well.", "data"),
        ("en", "The shops were affected too.", "cause"),
        ("en", "The gang asked for money.", "cause"),
        ("es", "Uno de cada cinco clientes está en la lista.", "number"),
        ("es", "Se frenó el 12 de mayo.", "date"),
        ("es", "También se llevaron las contraseñas.", "data"),
        ("es", "Entraron por un servidor antiguo.", "cause"),
        ("es", "Mañana a las diez lo publicamos.", "number"),
        ("fr", "Un client sur six est dans la liste.", "number"),
        ("fr", "C'est fini depuis le 12 mai.", "date"),
        ("fr", "Les mots de passe ont été pris aussi.", "data"),
        ("fr", "C'est un réseau basé à l'Est.", "cause"),
    ],
)
def test_what_no_fact_says_is_found_whatever_language_the_facts_have(told, language, text, kind):
    assert kind in kinds(text, language, FACTS[told])


def test_a_duration_is_no_day_of_the_month():
    assert kinds("It went on for 18 months.", "en", ("We learned of it on 18 November 2026.",)) == {"number"}
    assert kinds("We learned of it on the 18th.", "en", ("We learned of it on 18 November 2026.",)) == set()


def test_the_weekday_of_a_known_day_may_be_told():
    facts = ("We learned of it on 18 November 2026.",)
    assert kinds("We learned of it on a Wednesday.", "en", facts) == set()
    assert kinds("We learned of it on a Monday.", "en", facts) == {"date"}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "How they got in isn't known yet. Choose at least 12 characters, and check your statement for a few months."),
        ("en", "That £340 payment needs stopping; your bank does it within ten minutes."),
        ("es", "Cómo entraron no se sabe. Una buena clave tiene doce letras o más."),
        ("fr", "On ne sait pas qui est derrière. Un bon mot de passe, c'est douze caractères au moins."),
    ],
)
def test_what_is_unknown_advised_or_the_customers_own_asserts_nothing(language, text):
    around = Surroundings(customer_text="340 gone from my card", facts=(Fact("Names were taken."),))
    assert check(Draft(text, language), around, only=("unsupported",)) == ()


def test_a_fault_in_the_concepts_is_told_with_its_line():
    with pytest.raises(WordsErrors, match=r"x\.yaml:1: .*particulars"):
        load_concepts("x.yaml", "neutral: {}\n")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "You ask about the copy of your passport: it was not in there."),
        ("en", "Five days without an answer is too long, and you have written three times."),
        ("en", "It was nearly a million people, 900,000 to be exact."),
        ("es", "Casi un millón de personas, 900.000 para ser exactos. He leído sus dos mensajes."),
        ("fr", "Un peu moins d'un million de personnes, 900 000 pour être précis. Vous nous avez écrit trois fois."),
        ("fr", "Nous ignorons si les adresses circulent."),
    ],
)
def test_what_the_customer_said_is_given_back_and_round_words_may_stand_for_an_exact_fact(language, text):
    around = Surroundings(customer_text="A copy of my passport?? Five days and no answer", facts=(Fact("900,000 customers are affected."),))
    found = check(Draft(text, language), around, only=("unsupported",))
    assert [text[one.start : one.end] for one in found] == []
