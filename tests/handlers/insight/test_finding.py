"""What follows find is understood however it is typed; quotes are short, masked before they are cut, and open their case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.answers.drafts import Wording
from handlers.commands import parse
from handlers.errors import BadInput, NoSuchTag, UnknownPerson
from handlers.insight.finding import LONG, excerpt, found_card
from handlers.insight.seeking import Find, Sought, read
from handlers.ports import CustomerText, Who


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("find", Sought()),
        ("find stolen password", Sought(("stolen", "password"))),
        ('find "delete my data" now', Sought(("delete my data", "now"))),
        ("find « mes données »", Sought(("mes données",))),
        ("FIND Network:X tag:phishing from:@ana since:2026-11-20", Sought((), "x", "phishing", "@ana", "2026-11-20")),
        ("find network:x network:email", Sought((), "email")),
        ("find https://lure.example", Sought(("https://lure.example",))),
        ("find tag: from:", Sought(("tag:", "from:"))),
    ],
)
def test_what_people_type_is_what_is_looked_for(typed, meant):
    command = parse(typed)
    assert isinstance(command, Find) and read(command.words) == meant


@given(st.lists(st.text(max_size=400), max_size=30))
def test_any_words_give_something_bounded(words):
    sought = read(words)
    assert sum(map(len, (*sought.words, sought.network, sought.tag, sought.handle, sought.since))) <= 400


def test_a_quote_is_masked_before_it_is_cut():
    text = "x " * 80 + "my card is 4111 1111 1111 1111 and everything was stolen " + "y " * 200
    for word in ("card", "stolen", "4111", "everything"):
        said = excerpt(text, [word])
        assert "4111 1111" not in said and len(said) <= LONG + 4
    assert "stolen" in excerpt(text, ["stolen"]) and excerpt(text, ["stolen"]).startswith("… ")


@given(st.text(max_size=600), st.text(min_size=1, max_size=20))
def test_any_text_gives_a_short_quote(text, word):
    assert len(excerpt(text, [word])) <= LONG + 4


async def test_tags_are_known_by_name_and_by_label(house):
    ana = await house.person("Ana", "agent")
    number = await house.case("phishing again")
    label = house.flow.tags["phishing"].label["es"]
    for said in ("phishing", "PHISHING", label):
        assert [one.number for one in (await house.finding.find(ana, [f"tag:{said}"])).quotes] == [number]
    with pytest.raises(NoSuchTag):
        await house.finding.find(ana, ["tag:nonsense"])
    with pytest.raises(BadInput):
        await house.finding.find(ana, ["since:whenever"])
    with pytest.raises(UnknownPerson):
        await house.finding.find(Who("slack", "U_EVE"), ["phishing"])


async def test_ours_are_found_beside_theirs_and_say_so(post, ana, lea):
    case = await post.house.case("my_data, what now?")
    await post.house.drafts.propose(ana, case, _wording("Your invoice is safe with us. We will write again when we know more."))
    version = (await post.house.answers.desk.approvals(lea))[0]
    assert not (await post.house.finding.find(ana, ["invoice"])).quotes  # nobody outside has read it
    await post.house.approvals.approve(lea, version.version_id)
    await post.send(10)
    found = await post.house.finding.find(ana, ["invoice"])
    assert [(one.number, one.ours) for one in found.quotes] == [(case, True)]
    card = found_card(found, post.house.flow)
    assert isinstance(card.body[1], CustomerText) and card.buttons[0][0].ids == str(case)


def _wording(text: str) -> Wording:

    return Wording(text)
