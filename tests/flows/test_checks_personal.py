"""Personal data and secrets are found by their shape or by the word that says what they are; other numbers are spared."""

import pytest

from flows.checks import Draft, Surroundings, check


def kinds(text, language):
    return [one.facts["kind"] for one in check(Draft(text, language), Surroundings(), only=("personal_data",))]


@pytest.mark.parametrize(
    ("language", "text", "kind"),
    [
        ("en", "Your NI number QQ 12 34 56 C wasn't part of it.", "identity"),
        ("en", "The driving licence on file is MORGA657054SM9IJ.", "identity"),
        ("en", "Your code is 482 913, enter it in the app.", "password"),
        ("en", "Memorable word is bluebell, use that.", "password"),
        ("en", "Born 4 May 1987, is that you?", "birth"),
        ("en", "You can mail him at tom dot hale at example dot org.", "email"),
        ("es", "Se entregó en Carrera 7 # 945-12, Bogotá.", "address"),
        ("es", "El pasaporte L898902C3 está en esa carpeta.", "identity"),
        ("es", "La contraseña es girasol, entre con esa.", "password"),
        ("fr", "Il a été livré au chemin des Vignes 998, 1009 Pully.", "address"),
        ("fr", "Le mot secret, c'est mirabelle, avec ça vous passez.", "password"),
        ("fr", "Son AVS 756.1234.5678.97 figure au dossier.", "identity"),
    ],
)
def test_personal_data_is_found(language, text, kind):
    assert kinds(text, language) == [kind]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Your code has six digits. I see error code 40512 on your side too."),
        ("en", "A copy of a passport was found in that folder, together with 925 others."),
        ("en", "Use the discount code SUMMER20. Your password is safe with us."),
        ("es", "Está en el punto de recogida de la avenida del Puerto, hasta las 21 h."),
        ("es", "La palabra clave es la que usted eligió. Su pedido 774120 está en camino."),
        ("fr", "Il vous attend au relais du quai du Canal, jusqu'à 21 h."),
        ("en", "Call 0800 555 0100, it is free. The SIM's PIN is printed on the back of the card."),
        ("en", "Your birthday voucher is valid until 12 May 2031. Look at meridia.example/trips?booking=K7TQ2 for more."),
        ("es", "Marque el 900 555 010. Su PIN está impreso en la tarjeta."),
        ("fr", "Appelez le 0 800 555 010. Votre code PIN est imprimé sur la carte, et le bon d'anniversaire expire le 12/05/2031."),
        ("fr", "Votre mot de passe est illisible pour eux, et l'erreur 40512 est corrigée."),
    ],
)
def test_what_only_looks_like_it_is_spared(language, text):
    assert kinds(text, language) == []


def test_a_desk_at_one_of_our_hosts_is_ours_and_a_person_there_is_not():
    around = Surroundings(allowed_hosts=("meridia.example",))
    found = {who: bool(check(Draft(f"Write to {who}.", "en"), around, only=("personal_data",))) for who in
             ("help@meridia.example", "help@meridian.example", "john.hale@meridia.example", "maria@meridia.example")}  # fmt: skip
    assert [who for who, is_found in found.items() if not is_found] == ["help@meridia.example"]
