"""What a tired reader stumbles over: tangled sentences, and sentences in a language that is not theirs."""

import pytest

from flows.checks import Draft, Surroundings, check


def found(name, text, language, customer=""):
    return bool(check(Draft(text, language), Surroundings(customer_text=customer), only=(name,)))


@pytest.mark.parametrize(
    ("language", "tangled", "long"),
    [
        (
            "en",
            (
                "It has been established that the request which was submitted by you could not be processed because the form that's required "
                "had not been attached."
            ),
            (
                "If you'd rather not wait, you can ring us any day between eight and ten, or write to me here, or drop into any of our shops with "
                "your card, and we'll sort it out with you on the spot."
            ),
        ),
        (
            "es",
            (
                "Se le comunica que el reembolso que fue solicitado será abonado una vez que haya sido concluida la revisión a la que debe ser "
                "sometido."
            ),
            (
                "Si prefiere no esperar, puede llamarnos cualquier día entre las ocho y las diez, o escribirme por aquí, o pasar por una tienda con "
                "su tarjeta, y lo arreglamos con usted en el momento."
            ),
        ),
        (
            "fr",
            (
                "Il vous est précisé que le remboursement qui a été sollicité sera effectué lorsque l'examen dont il doit faire l'objet aura été "
                "achevé."
            ),
            (
                "Si vous préférez ne pas attendre, vous pouvez nous appeler tous les jours entre huit et dix heures, ou m'écrire ici, ou passer en "
                "magasin avec votre carte, et on règle ça avec vous."
            ),
        ),
    ],
)
def test_a_tangled_sentence_is_hard_and_a_long_plain_one_is_not(language, tangled, long):
    assert found("readability", tangled, language)
    assert not found("readability", long, language)


@pytest.mark.parametrize(
    ("language", "text", "customer", "foreign"),
    [
        ("en", "It's locked, c'est la vie, but it takes a minute to open it.", "it's locked, c'est la vie", False),
        ("en", "Your account is fine. Pas de souci.", "is my account ok", True),
        ("es", "Merci, Olivier, qué bonito mensaje.", "enhorabuena desde Niza", False),
        ("es", "Ya está listo, have a nice day everyone.", "ya está?", True),
        ("fr", "Sorry Mike, c'est réparé.", "ça marche ?", False),
        ("fr", "Ci dispiace, stiamo controllando.", "ça marche ?", True),
    ],
)
def test_a_foreign_courtesy_or_an_echo_is_no_foreign_sentence(language, text, customer, foreign):
    assert found("wrong_language", text, language, customer) is foreign
