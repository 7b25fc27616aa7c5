"""Whoever is spoken to by name is the customer; whoever is spoken of, or signs, need not be."""

import pytest

from flows.checks import Draft, Surroundings, check


def said(text, language, name):
    return [text[one.start : one.end] for one in check(Draft(text, language), Surroundings(name=name), only=("wrong_name",))]


@pytest.mark.parametrize(
    ("language", "name", "text", "wrong"),
    [
        ("en", "Louise Grant", "Thanks for waiting Lucy! Your points are back.", "Lucy"),
        ("en", "Daniel Osei", "Hey Ben 👋 nothing of yours was taken.", "Ben"),
        ("en", "Gemma Reid", "Yes Emma, that text is a fake.", "Emma"),
        ("en", "Chloe Adams", "Have you tried it again, Zoe?", "Zoe"),
        ("en", "Paula Grey", "Hi Paul, it's all done.", "Paul"),
        ("en", "Paul Grey", "Dear Mr Green, we got your letter.", "Green"),
        ("es", "Luisa Gómez", "Buenos días, Luis, le confirmo la baja.", "Luis"),
        ("es", "Pablo Ríos", "Lo siento muchísimo Pedro, fue cosa nuestra.", "Pedro"),
        ("fr", "Zoé Tanneur", "Aïe Chloé, pas de chance.", "Chloé"),
        ("fr", "Jean-Baptiste Morel", "Voilà Jean-Luc, tout est bon.", "Jean-Luc"),
        ("fr", "Hermine Doyen", "Mille pardons Henri ! Cinq minutes.", "Henri"),
    ],
)
def test_another_name_in_address_is_found(language, name, text, wrong):
    assert said(text, language, name) == [wrong]


@pytest.mark.parametrize(
    ("language", "name", "text"),
    [
        ("en", "Harriet Lyle", "Bear with me, Hattie, it's a slow old system."),
        ("en", "Audrey Fenwick", "Four people replied, Mrs Fenwick: Tom, Ruby, Mrs Fielding and now me. Jack"),
        ("en", "Susan Hill", "Kind regards,\nMartin Webb\nMeridia customer care"),
        ("en", "Ravi Patel", "I spoke to Dr Mason at your surgery, Ravi, and she confirms it."),
        ("en", "Omar Haddad", "Your refund lands on Friday. Ana!"),
        ("en", "Omar Haddad", "Thanks for waiting. Have a lovely day, Ruth from the claims team"),
        ("es", "Andrea Cifuentes", "Ya le llegó. Un saludo, Andrés, del equipo de seguros."),
        ("fr", "Arnaud Besson", "C'est réglé. Bonne journée, Stéphane de l'équipe Meridia"),
        ("fr", "Apolline Girod", "Bonjour Polly, oui, ce mail est de nous."),
        ("fr", "Omar Haddad", "Voilà, Marie vous rappelle à 15 h."),
        ("es", "Hebe Caballero", "Todo borrado menos dos facturas. Cuídate, Ana"),
        ("es", "José Antonio Ruiz", "Perfecto, Toño, ya lo tienes."),
        ("es", "Jorge Luna", "Lo mira Javier, que está de guardia. Saludos, Inés"),
        ("fr", "Aïcha Noir", "Rien à votre nom. Jérôme, service client Meridia"),
        ("fr", "Camille Petit", "Ma collègue Clémence a votre dossier et Hugo vous rappelle."),
        ("fr", "Jean-Baptiste Morel", "Voilà JB, tout est bon."),
    ],
)
def test_short_forms_signatures_lists_and_third_persons_are_none(language, name, text):
    assert said(text, language, name) == []
