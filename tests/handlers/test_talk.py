"""A case as a conversation: answers in order of time, what changed in them, whose turn it is, what else the person wrote."""

from hypothesis import given
from hypothesis import strategies as st

from handlers.answers.drafts import Wording
from handlers.answers.talk import GONE, NEW, pieces

SAID = "do you even read what people write to you here?"
ANSWER = "I am sorry that it looks that way. I do read what people write to us here, yours too. Ana"


async def test_answers_stand_in_order_of_time_with_who_wrote_and_approved_them(post):
    ana, lea = await post.house.person("Ana", "agent"), await post.house.person("Lea", "lead")
    number = await post.house.case(SAID)
    talk, drafts = post.house.answers.talk, post.house.drafts
    first = await drafts.propose(ana, number, Wording(ANSWER, private=True))
    post.dial.forward(minutes=1)
    await drafts.propose(lea, number, Wording(ANSWER + " Lea", private=True))
    post.dial.forward(minutes=1)
    assert await talk.waiting(lea) == 2
    await post.house.approvals.approve(lea, first.version_id)
    await post.send(3)
    waiting, sent = await talk.of_case(lea, number)
    assert (waiting.status, waiting.mine, waiting.own) == ("in_approval", False, True)
    assert (sent.card.title.name, [words.name for words in sent.card.small]) == ("draft.receipt", ["draft.title", "draft.approved_by"])
    assert waiting.at < sent.at
    assert await talk.waiting(lea) == 1


async def test_whose_turn_it_is_and_what_changed_are_told_to_each_reader(post):
    ana, lea = await post.house.person("Ana", "agent"), await post.house.person("Lea", "lead")
    number = await post.house.case(SAID)
    first = await post.house.drafts.propose(ana, number, Wording(ANSWER, private=True))
    second = await post.house.drafts.revise(ana, first.version_id, Wording(ANSWER.replace("yours too", "always"), private=True))
    talk = post.house.answers.talk
    assert [(one.mine, one.own) for one in await talk.of_case(lea, number)] == [(True, False)]
    (one,) = await talk.of_case(ana, number)
    assert (one.mine, one.own) == (False, True)
    assert [pair for pair in one.changes if pair[0] in (GONE, NEW)] == [(GONE, "yours too"), (NEW, "always")]
    assert await talk.changes(lea, [first.version_id, second.version_id]) == {second.version_id: one.changes}


async def test_cases_of_a_linked_account_belong_to_the_same_person(post):
    ana = await post.house.person("Ana", "agent")
    first, second = await post.house.case("one", by="u1"), await post.house.case("two", by="u2")
    await post.house.case("a stranger's", by="u3")
    assert await post.house.answers.talk.other_cases(ana, second) == []
    await post.house.customers.link(ana, second, "x", "u1")
    (other,) = await post.house.answers.talk.other_cases(ana, second)
    assert (other.id, other.text) == (first, "one")
    assert [one.id for one in await post.house.answers.talk.other_cases(ana, first)] == [second]


async def test_the_sign_of_changes_differs_once_somebody_opens_a_reply(post):
    ana = await post.house.person("Ana", "agent")
    number = await post.house.case(SAID)
    before = await post.house.desk.newest()
    await post.house.drafts.keep(ana, number, None)
    opened = await post.house.desk.newest()
    await post.house.drafts.keep(ana, number, "some words")
    assert before != opened == await post.house.desk.newest(), "typing is not news to others"


@given(st.text(alphabet="ab .,é\n", max_size=60), st.text(alphabet="ab .,é\n", max_size=60))
def test_the_pieces_make_up_both_texts(before, after):
    found = pieces(before, after)
    assert "".join(words for kind, words in found if kind != NEW) == before
    assert "".join(words for kind, words in found if kind != GONE) == after
