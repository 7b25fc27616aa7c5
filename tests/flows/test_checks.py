"""Each check finds what it is for, spares what only looks like it, and survives hostile text."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import templates
from flows.checks import CHECKS, Draft, Fact, Recent, Surroundings, check

HOSTS = ("shop.example",)
FACTS = (
    Fact("About 900,000 customers are affected."),
    Fact("The helpline is open every day from 8 am to 10 pm."),
    Fact("42 shops", "unknown"),
)


def findings(name, text, language="en", /, *, private=False, limit=None, **around):
    surroundings = Surroundings(**{"facts": FACTS, "allowed_hosts": HOSTS, **around})
    return check(Draft(text, language, private=private, network_limit=limit), surroundings, only=(name,))


def stretches(name, text, language="en", **around):
    return [text[one.start : one.end] for one in findings(name, text, language, **around)]


@pytest.mark.parametrize(
    ("name", "language", "bad", "good"),
    [
        ("unsupported", "en", "Some 2 million of you are on it.", "Some nine hundred thousand of you are on it."),
        ("unsupported", "en", "42 shops were hit.", "We can't say yet how many shops were hit."),
        ("arguing", "en", "You are wrong about that.", "You are right about that."),
        ("arguing", "es", "Se equivoca usted.", "Tiene razón, me equivoqué."),
        ("arguing", "fr", "Calmez-vous, Madame.", "Je comprends votre colère, Madame."),
        ("blaming", "en", "Our supplier messed up.", "We messed up the letters, here is a new one."),
        ("blaming", "es", "La culpa es del proveedor.", "Cuidar de sus datos es cosa nuestra."),
        ("blaming", "fr", "La faute revient à notre hébergeur.", "Ce n'est pas votre faute."),
        ("liability", "en", "We will reimburse all your costs.", "Whether we will reimburse costs has not been decided."),
        ("liability", "es", "Vamos a indemnizar a todos los clientes.", "Todavía no se sabe si habrá una indemnización."),
        ("liability", "fr", "Nous vous rembourserons.", "Rien n'est décidé, je ne peux pas vous dire si on vous remboursera."),
        ("jargon", "en", "The exfiltration is over.", "The copying is over."),
        ("jargon", "es", "Hubo exfiltración.", "Hubo una copia."),
        ("jargon", "fr", "Une exfiltration a eu lieu.", "Si la copie est faite, elle est faite."),
        ("personal_data", "en", "Is it 4111 1111 1111 1111?", "Your case is 4111-2026-118."),
        ("personal_data", "fr", "Vous habitez 12 rue des Lilas, 75000 Paris.", "Les 37 euros sont en route."),
        ("shouting", "en", "Do it NOW, PLEASE.", "The BBC and HMRC were copied too."),
        ("shouting", "es", "¡¡¡No lo abra!!!", "¡No lo abra!"),
        ("foreign_link", "en", "See shop.example.evil.example/x", "See help.shop.example/x"),
        ("foreign_link", "en", "See https://shop.example@evil.example/", "It is done.The rest follows."),
        ("asks_private", "en", "Please post your card number here.", "Please never post your card number here."),
        ("asks_private", "es", "¿Cuál es su número de tarjeta?", "No escriba aquí su número de tarjeta."),
        ("asks_private", "fr", "Quel est votre numéro de carte ?", "N'écrivez pas votre numéro de carte ici."),
        ("wrong_language", "en", "Lo sentimos mucho, estamos en ello.", "We're sorry, señora Ibáñez."),
        ("wrong_language", "es", "We are sorry and we will call you.", "Lo sentimos, Heather."),
        ("wrong_language", "fr", "We are sorry and we will call you.", "Nous sommes désolés, Heather."),
    ],
)
def test_a_check_finds_the_bad_and_spares_what_only_looks_like_it(name, language, bad, good):
    assert findings(name, bad, language)
    assert findings(name, good, language) == ()


def test_a_finding_points_at_the_words_that_offend():
    assert stretches("foreign_link", "Look at https://evil.example/a, please.") == ["https://evil.example/a"]
    assert stretches("jargon", "Ça : L’exfiltration, voilà.", "fr") == ["exfiltration"]
    assert stretches("unsupported", "By now 2 million are hit.") == ["2 million"]


def test_jargon_comes_with_a_plain_word():
    assert findings("jargon", "Remediation is ongoing.")[0].better == "repair"


def test_only_a_confirmed_fact_supports_an_assertion():
    assert findings("unsupported", "900,000 are affected.", facts=(Fact("900,000 are affected.", "retracted"),))
    assert findings("unsupported", "900,000 are affected.", facts=(Fact("900,000 are affected."),)) == ()


def test_the_hour_of_the_other_clock_is_the_same_hour():
    assert findings("unsupported", "Call us until 22 h.") == ()
    assert findings("unsupported", "Call us until 23 h.")


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "nine hundred thousand"), ("es", "novecientas mil"), ("fr", "neuf cent mille"), ("en", "900k"), ("fr", "900 000")],
)
def test_a_number_in_words_is_the_number_in_figures(language, said):
    assert findings("unsupported", f"{said} !", language) == ()


def test_a_copied_reply_is_found_among_many_and_names_it():
    sent = "Your points are safe and you will see them again by Thursday."
    recent = Recent([f"Case {n}: we have answered you by letter, number {n}." for n in range(500)] + [sent])
    found = findings("canned", "Hi Jo! Your points are safe and you'll see them again by Thursday.", recent=recent)
    assert found[0].facts["reply"] == sent
    assert findings("canned", "Nobody touched the points, look again on Thursday.", recent=recent) == ()


def test_the_index_of_recent_replies_forgets_the_oldest():
    recent = Recent(most=2)
    for text in ("The first of all the replies we sent.", "Points are back on your card now.", "We cancelled both of your orders."):
        recent.add(text)
    assert len(recent) == 2
    assert recent.nearest("The first of all the replies we sent.") is None
    assert recent.nearest("We cancelled both of your orders.")


def test_an_answer_takes_up_what_the_customer_wrote():
    customer = "How do I delete my account?"
    assert findings("unrelated", "Our shops are open until eight.", customer_text=customer)
    assert findings("unrelated", "You can erase it under Profile.", customer_text=customer) == ()


def test_a_long_nested_sentence_is_hard_and_many_short_ones_are_not():
    nested = (
        "The letter by which customers whose data were copied are to be informed, which was sent on a date that may vary, "
        "although it is not known when it was dispatched, will be followed by another."
    )
    assert findings("readability", nested)
    assert findings("readability", "We sent the letter. It may take a week. Tell me if it does not come. " * 4) == ()


@pytest.mark.parametrize(
    ("said", "name", "wrong"),
    [
        ("Hi Karen, done.", "Sharon Webb", True),
        ("Hi Mike, done.", "Michael Webb", False),
        ("Mrs Ahmed, it is on its way.", "Farah Siddiqui", True),
        ("It is on its way. Kind regards, Ahmed", "Farah Siddiqui", False),
        ("Marion from our team found it.", "Marc Hale", False),
        ("Hi Karen, done.", None, False),
    ],
)
def test_the_customer_is_called_by_their_own_name(said, name, wrong):
    assert bool(findings("wrong_name", said, name=name)) is wrong


def test_our_own_contacts_and_order_numbers_are_no_personal_data():
    assert findings("personal_data", "Call 020 7946 0100.", own_contacts=("020 7946 0100",)) == ()
    assert findings("personal_data", "Call 020 7946 0100.")
    assert findings("personal_data", "Order 3782822463 is cancelled.") == ()


def test_private_data_may_be_asked_for_in_private():
    assert findings("asks_private", "Please send me your card number.", private=True) == ()


def test_what_would_hurt_as_a_screenshot_is_found_in_private_only():
    assert findings("screenshot", "Between you and me, they knew.", private=True)
    assert findings("screenshot", "Between you and me, they knew.") == ()
    assert findings("screenshot", "It is 1.4 million, really.", private=True)
    assert findings("screenshot", "It is about 900,000.", private=True) == ()


@pytest.mark.parametrize(
    ("turns", "reason"),
    [
        (("a", "b", "c"), "turns"),
        (("where is it", "LIARS, I will sue you!!"), "anger"),
        (("how is it stored", "your endpoint has no auth, see the CVE"), "technical"),
        (("where is it", "ok, thanks"), None),
        (("You are liars!!",), None),
    ],
)
def test_a_public_quarrel_is_handed_over(turns, reason):
    found = findings("handover", "Sorry.", customer_turns=turns)
    assert [one.facts["reason"] for one in found] == ([reason] if reason else [])
    assert findings("handover", "Sorry.", customer_turns=turns, private=True) == ()


def test_length_is_counted_as_the_network_counts():
    assert findings("length", "a" * 11, limit=10)[0].facts == {"length": 11, "limit": 10}
    assert check(Draft("aé", "en", network_limit=2, length=lambda text: len(text.encode())), Surroundings(), only=("length",))
    assert findings("length", "a" * 11) == ()


def test_a_language_without_lists_is_unchecked_and_still_guarded():
    found = {one.check for one in check(Draft("Siehe https://evil.example, 4111 1111 1111 1111", "de"), Surroundings())}
    assert {"unchecked", "foreign_link", "personal_data"} <= found


def test_a_clean_draft_has_no_finding_and_an_empty_one_neither():
    around = Surroundings(customer_text="How do I delete my account?", customer_turns=("How do I delete my account?",), allowed_hosts=HOSTS)
    assert check(Draft("You can erase it in the app, under Profile.", "en"), around) == ()
    assert check(Draft("  ", "en"), around) == ()


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_every_finding_has_its_words(language):
    drafts = {
        "WE WERE NEGLIGENT!!! Calm down, Bob: our supplier messed up the exfiltration of 5 million IDs, mail me@evil.example or evil.example/x": False,
        "Between you and me it is 5 million, password Tulip-4477": True,
    }
    around = Surroundings(customer_text="my parcel?", customer_turns=("a", "b", "c"), name="Ann", recent=Recent(drafts))
    found = [one for text, private in drafts.items() for one in check(Draft(text, "en", private=private, network_limit=9), around)]
    found += check(Draft("Hallo", "de"), around)
    assert len({one.check for one in found}) > 10
    assert all(templates.say(one.why, language, **one.facts) for one in found)
    assert set(CHECKS) <= set(vars(templates.sheet("finding", language)))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400), st.sampled_from(["en", "es", "fr", "de", ""]), st.booleans(), st.text(max_size=80))
def test_no_text_breaks_a_check_and_every_finding_lies_in_the_draft(text, language, private, other):
    around = Surroundings(other, (other, text), other, (Fact(other),), Recent([other]), (other,), (other,))
    for one in check(Draft(text, language, private=private, network_limit=5), around):
        assert 0 <= one.start <= one.end <= len(text)


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "A",
        "the ",
        "you have ",
        "1 ",
        "1.",
        "a.",
        "a/",
        "!",
        "( ",
        "@",
        "de la ",
        "no se lo ",
        "si vous avez ",
        "\u0301",
        "«",
        "x@x.",
        "one hundred ",
    ],
)
@pytest.mark.alone
@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_ten_thousand_hostile_letters_are_checked_in_bounded_time(piece, language):
    text = (piece * 10_000)[:10_000]
    around = Surroundings(text, (text, text), "Ann Bell", FACTS, Recent([text]), HOSTS)
    check(Draft("warm", language), around)
    started = time.process_time()
    check(Draft(text, language), around)
    assert time.process_time() - started < 5
