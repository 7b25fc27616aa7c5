"""The starting points of a reply: right for every name and every kind of data, short, and without a finding of our own checks."""

import itertools
import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import templates
from flows.checks import Draft, Fact, Recent, Surroundings, check
from handlers.answers.forms import BLANK, STARTS
from handlers.room.facts import DATA_TYPES
from templates import LANGUAGES, say
from tests.builders import data_breach

X = 280
HOSTS, CONTACTS = data_breach().answers.links, data_breach().answers.contacts
HOLDING = {
    "en": "We found a problem in our systems and stopped it. We are finding out what it means for you.",
    "es": "Encontramos un problema en nuestros sistemas y lo hemos detenido. Estamos averiguando qué significa para usted.",
    "fr": "Nous avons trouvé un problème dans nos systèmes et nous l’avons arrêté. Nous cherchons ce que cela signifie pour vous.",
}
FULL = {
    "en": "On 3 May somebody copied the names and email addresses of about 900,000 customers. No cards were copied.",
    "es": "El 3 de mayo alguien copió los nombres y los correos de unos 900.000 clientes. No se copió ninguna tarjeta.",
    "fr": "Le 3 mai, quelqu’un a copié les noms et les adresses e-mail d’environ 900 000 clients. Aucune carte n’a été copiée.",
}
NAMES = [
    "",
    "Ana",
    "Ana García",
    "JEAN-LUC ROUX",
    "🌸 maría 🌸",
    "Sinéad O’Neil",
    "Dr. Smith",
    "xX_lord_Xx",
    "李明",
    "@karen",
    "Meridia is a scam",
]
# what is said without the words of a statement, in public and, where it is a matter of its own, in private
PLAIN = [
    ("reach", {"contacts": CONTACTS}),
    ("reach", {"contacts": CONTACTS[:1]}),
    ("reach", {"contacts": []}),
    ("handover", {"private": False}),
    ("handover", {"private": True}),
    ("correction", {"before": "It was 5 million, between you and me."}),
    ("sorry", {}),
    *(("advice", {"types": list(types)}) for types in [(), *itertools.combinations(DATA_TYPES, 1)]),
]
GREETED = {"en": r"Hi (.+),", "es": r"Hola, (.+)\.", "fr": r"Bonjour (.+),"}
NEUTRAL = {"en": "Hello,", "es": "Hola.", "fr": "Bonjour,"}


def findings(text, language, name="", statement="", *, private=False, recent=None):
    facts = tuple(Fact(one) for one in re.split(r"(?<=\.) ", statement) if one)
    around = Surroundings(name=name or None, facts=facts, recent=recent or Recent(), allowed_hosts=HOSTS, own_contacts=CONTACTS)
    return [(one.check, text[one.start : one.end]) for one in check(Draft(text, language, private=private, network_limit=None), around)]


@pytest.mark.parametrize("private", [False, True], ids=["public", "private"])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_starting_point_has_a_finding(language, name, private):
    said = {f"{start} {facts}": say(f"start.{start}", language, name=name, **facts) for start, facts in PLAIN}
    assert {what: found for what, text in said.items() if (found := findings(text, language, name, private=private))} == {}


@pytest.mark.parametrize("private", [False, True], ids=["public", "private"])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("start", "statements"), [("holding", HOLDING), ("full", FULL)])
def test_what_rests_on_a_statement_has_no_finding_when_its_facts_are_confirmed(start, statements, language, name, private):
    text = say(f"start.{start}", language, name=name, statement=statements[language])
    assert findings(text, language, name, statements[language], private=private) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_checks_do_look_at_what_a_statement_adds(language):
    """A full statement whose facts nobody confirmed is found out: the tests above prove something."""
    found = findings(say("start.full", language, name="Ana", statement=FULL[language]), language, "Ana")
    assert "unsupported" in {name for name, _ in found}


@pytest.mark.parametrize("language", LANGUAGES)
def test_advice_for_any_two_kinds_of_data_has_no_finding(language):
    for types in itertools.combinations(DATA_TYPES, 2):
        assert findings(say("start.advice", language, name="Ana", types=types), language, "Ana") == [], types


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(DATA_TYPES), max_size=len(DATA_TYPES) + 3), st.sampled_from(LANGUAGES), st.booleans())
def test_advice_for_any_kinds_of_data_has_no_finding(types, language, private):
    assert findings(say("start.advice", language, name="Ana", types=types), language, "Ana", private=private) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_starting_point_that_was_sent_as_it_is_counts_as_canned_the_next_time(language):
    text = say("start.sorry", language, name="Ana")
    recent = Recent([text])
    assert [name for name, _ in findings(say("start.sorry", language, name="Luis"), language, "Luis", recent=recent)] == ["canned"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_starting_point_fits_into_280_characters(language, name):
    bare = [(start, {"statement": ""}) for start in ("holding", "full")]
    lengths = {f"{start} {facts}": len(say(f"start.{start}", language, name=name, **facts)) for start, facts in [*PLAIN, *bare]}
    assert {what: length for what, length in lengths.items() if length > X} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_short_holding_statement_still_fits_into_280_characters(language):
    assert len(say("start.holding", language, name="Ana", statement=HOLDING[language])) <= X


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("start", ["holding", "full"])
def test_a_statement_stands_in_the_text_as_it_is(start, language):
    statement = "We know <this> & “that”.\n\n{{ name }} 100 %"
    assert f"\n{statement}\n" in say(f"start.{start}", language, name="Ana", statement=statement)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_data_has_one_sentence_of_advice(language):
    sentences = vars(templates.sheet("start", language))["protection"]
    assert set(sentences) == set(DATA_TYPES)
    assert len(set(sentences.values())) == len(DATA_TYPES)
    assert all(re.findall(r"[.!?](?=\s|$)", one) == ["."] and one.endswith(".") for one in sentences.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_advice_says_what_was_asked_for_once_and_in_the_same_order(language):
    sentences = vars(templates.sheet("start", language))["protection"]
    general = say("start.advice", language, name="Ana", types=[])
    assert not any(one in general for one in sentences.values())
    some = say("start.advice", language, name="Ana", types=["health", "card", "password", "card", "shoe size"])
    assert [line for line in some.splitlines() if line in sentences.values()] == [sentences[one] for one in ("password", "card", "health")]
    assert say("start.advice", language, name="Ana", types=["shoe size"]) == general


def test_advice_comes_in_the_same_order_in_every_language():
    assert len({tuple(vars(templates.sheet("start", language))["protection"]) for language in LANGUAGES}) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Ana", "Ana"),
        ("Ana García López", "Ana"),
        ("ana", "Ana"),
        ("ANA GARCÍA", "Ana"),
        ("JP Roux", "JP"),
        ("🌸 Ana 🌸", "Ana"),
        ("*Ana* | she/her", "Ana"),
        ("  Ana\n\tGarcía ", "Ana"),
        ("anne-marie", "Anne-Marie"),
        ("DeShawn Cole", "DeShawn"),
        ("Иван Петров", "Иван"),
        ("Clémentine", "Clémentine"),
        ("Mustafa", "Mustafa"),
        ("Hassan", "Hassan"),
    ],
)
def test_a_greeting_uses_the_first_name(language, name, called):
    assert re.fullmatch(GREETED[language], say("start.greeting", language, name=name))[1] == called


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "name",
    [
        "", " ", "...", "🔥🔥", "A", "J.", "Dr. Smith", "Mme Dupont", "Sra. Ruiz", "The Real Slim", "El Barto", "L' Autre", "xX_lord_Xx", "ana1984",
        "@ana", "Ana🌸", "https://evil.example/x", "evil.example", "ana@evil.example", "李明", "محمد", "\u202eanA", "A\u200bna", "deleted user",
        "Facebook123", "Meridia is a scam", "No Name", "Fuck Meridia", "Merde", "Boycott Meridia", "{{ 7*7 }}", "<b>Ana</b>", "Pneumonoultramicroscopic",
        "Ana " * 40,
    ],
)  # fmt: skip
def test_a_greeting_does_without_a_name_that_would_read_badly(language, name):
    assert say("start.greeting", language, name=name) == NEUTRAL[language]


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.sampled_from(LANGUAGES))
def test_whatever_somebody_calls_themselves_a_greeting_is_one_short_line_of_letters(name, language):
    said = say("start.greeting", language, name=name)
    named = re.fullmatch(GREETED[language], said)
    assert said == NEUTRAL[language] or named
    letters = re.sub("[-'’]", "", named[1]) if named and said != NEUTRAL[language] else ""
    assert len(said) <= 40
    assert all(unicodedata.category(one).startswith(("L", "M")) for one in letters)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("start", "facts"), [*PLAIN, ("holding", {"statement": "S."}), ("full", {"statement": "S."})])
def test_a_text_greets_first_and_has_no_loose_ends(language, start, facts):
    text = say(f"start.{start}", language, name="Ana", **facts)
    assert text.splitlines()[0] == say("start.greeting", language, name="Ana")
    assert text.endswith(".")
    assert not re.search(r"\n\n|  |[\[\]{}<>!]|None| \n", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_correction_repeats_nothing_of_what_was_wrong(language):
    said = {say("start.correction", language, name="Ana", before=before) for before in ("5 million", "It was Bob.")}
    assert len(said) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_contact_stands_on_a_line_of_its_own(language):
    lines = say("start.reach", language, name="Ana", contacts=["a@meridia.example", "+44 1", "meridia.example/help"]).splitlines()
    assert lines[2:5] == ["a@meridia.example", "+44 1", "meridia.example/help"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_starting_point_has_a_label_that_every_workspace_can_show(language):
    labels = [say("start.choice", language, what=what) for what in (*STARTS, "correction", BLANK)]
    assert len(set(labels)) == len(labels)
    assert all(0 < len(label) <= 75 for label in labels)
