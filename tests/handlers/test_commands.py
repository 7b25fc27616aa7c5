"""What may be typed after /crisis, however people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.commands import (
    AddPerson,
    ChangePerson,
    CloseCase,
    CloseCrisis,
    Help,
    ListPeople,
    LogContact,
    OpenCrisis,
    RemovePerson,
    ShowCase,
    ShowStatus,
    TakeNext,
    parse,
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", Help()),
        ("help", Help()),
        ('open "Data leak"', OpenCrisis("Data leak")),
        ("open “Data leak”", OpenCrisis("Data leak")),
        ("open « Fuite de données »", OpenCrisis("Fuite de données")),
        ("OPEN Data leak", OpenCrisis("Data leak")),
        ('open "Data leak', OpenCrisis("Data leak")),
        ("open", OpenCrisis("")),
        ("close crisis", CloseCrisis()),
        ("Close #7", CloseCase(7)),
        ("close 7", CloseCase(7)),
        ("status", ShowStatus()),
        ("  next  ", TakeNext()),
        ("next Crisis", TakeNext(crisis=True)),
        ("next ordinary", TakeNext(crisis=False)),
        ("show #12", ShowCase(12)),
        ("log", LogContact()),
        ("people", ListPeople()),
        ("people list", ListPeople()),
        (
            'people add "Ana López" agent,lead @U123 ana@example.com es,en',
            AddPerson("Ana López", ("agent", "lead"), "U123", "ana@example.com", ("es", "en")),
        ),
        ("people add Bo AGENT legal", AddPerson("Bo", ("agent", "legal"))),
        ('people change "Ana López" lead', ChangePerson("Ana López", ("lead",))),
        ("people remove “Ana López”", RemovePerson("Ana López")),
    ],
)
def test_what_people_type_is_what_they_mean(typed, meant):
    assert parse(typed) == meant
    assert type(parse(typed)) is type(meant)


@pytest.mark.parametrize(
    ("typed", "guess"),
    [("stauts", "status"), ("clsoe 7", "close"), ("peple", "people"), ("close crises", "close crisis"), ("next crysis", "next crisis"),
     ("people remov Ana", "people remove"), ("juggle the planet", ""), ("close", ""), ("show me", "show 7")],
)  # fmt: skip
def test_a_word_that_is_not_known_gets_the_nearest_that_is(typed, guess):
    found = parse(typed)
    assert isinstance(found, Help)
    assert found.unknown
    assert found.guess == guess


@given(st.text())
def test_any_text_gives_a_command(typed):
    parse(typed)


@given(st.text(), st.sampled_from(["open", "close", "next", "show", "people add", "people change", "people remove"]))
def test_any_rest_gives_a_command(rest, verb):
    parse(f"{verb} {rest}")
