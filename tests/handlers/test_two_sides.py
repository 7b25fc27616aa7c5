"""One crisis on Slack and on Teams at once: each act shows on both, people are one person, and neither side hangs on the other."""

from dataclasses import replace
from datetime import timedelta

import pytest

from flows.answers import Stage
from handlers.answers.drafts import Wording
from handlers.errors import DoorClosed, OwnDraft, Unconfirmed, WorkspaceNotTrusted
from handlers.ports import Who
from storage import cases
from storage.types import DraftStatus
from tests.builders import data_breach
from tests.handlers.forgotten import SECRET, erase, left, story
from tests.handlers.sending import post_office

pytestmark = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)  # nothing here has SQL of its own
SAID = "do you even read what people write to you here?"
ANSWER = Wording("I am sorry that it looks that way. I do read what people write to us here, yours too. Ana", private=True)
ANA, ANA_THERE, LEA, LEA_THERE = Who("slack", "U1"), Who("teams", "T-ana"), Who("slack", "U2"), Who("teams", "T-lea")


@pytest.fixture
async def post(store, dial):
    """The agents Ana and Bo and the leads Lea and Max: Ana and Lea are on both sides, Bo on Slack and Max on Teams alone."""
    made = await post_office(store, dial, also=("teams",))
    for name, role, accounts in (
        ("Ana", "agent", {"slack_id": "U1", "teams_id": "T-ana"}),
        ("Lea", "lead", {"slack_id": "U2", "teams_id": "T-lea"}),
        ("Bo", "agent", {"slack_id": "U3"}),
        ("Max", "lead", {"teams_id": "T-max"}),
    ):
        await made.house.person(name, role, **accounts)
    return made


def sides(post):
    return (post.slack, post.others["teams"])


def shown(side):
    """What stands there now: the place in its thread, and the card."""
    where = {one.id: number for number, one in enumerate(side.messages)}
    return [(where.get(one.place.thread_id), one.card) for one in side.messages if one.place.channel_id in ("C1", "C2", "T1", "T2")]


async def same_everywhere(post, seconds=3):
    await post.send(seconds)
    slack, teams = map(shown, sides(post))
    assert slack == teams and slack
    return [card.title.name for _, card in slack]


async def test_each_act_of_either_side_shows_on_both(post):
    house, number = post.house, await post.house.case(SAID, by="c", conversation_id="c")
    assert await same_everywhere(post) == ["case.title"]
    acts = (
        lambda: house.cases.claim(ANA_THERE, number),
        lambda: house.tags.toggle(LEA, number, "press"),
        lambda: house.tags.toggle(LEA_THERE, number, "my_data"),
        lambda: house.cases.set_kind(LEA_THERE, number, "vulnerable"),
        lambda: house.case("and another thing", by="c", conversation_id="c"),
        lambda: house.cases.note(ANA, number, "called her"),
        lambda: house.cases.note(Who("teams", "T-max"), number, "thank you"),
        lambda: house.cases.close(LEA_THERE, number),
        lambda: house.cases.reopen(Who("slack", "U3"), number),
    )
    before = shown(post.slack)
    for act in acts:
        await act()
        await same_everywhere(post)
        now = shown(post.slack)
        assert now != before, "it is to be seen"
        before = now
    assert [card.title.name for _, card in before] == ["case.title", "case.wrote_again", "case.note", "case.note"]


async def test_an_answer_is_written_on_one_side_approved_on_the_other_and_its_receipt_stands_on_both(post):
    number = await post.house.case(SAID)
    version = (await post.house.drafts.propose(ANA, number, ANSWER)).version_id
    assert await same_everywhere(post, 5) == ["case.title", "draft.title"]
    assert await post.house.approvals.approve(Who("teams", "T-max"), version) is DraftStatus.APPROVED
    assert await same_everywhere(post, 10) == ["case.title", "draft.title", "draft.receipt"]
    assert post.house.networks["x"].texts == [ANSWER.text]
    assert not any(side.messages[1].card.buttons for side in sides(post)), "nobody is asked any more, wherever they are"


async def test_the_room_of_the_crisis_is_the_same_on_both_sides(post):
    house = post.house
    await house.crises.open(LEA, "Meridia")
    await house.holds.set(LEA_THERE, "silent")
    fact = await house.facts.add(LEA, "it began on Friday", "security")
    made = await house.statements.propose(LEA_THERE, "holding", {"en": "We look into it."})
    await same_everywhere(post, 20)
    for who in (await house.person("Lou", "legal", teams_id="T-lou"), await house.person("Mo", "manager", slack_id="U8")):
        await house.statements.approve(who, made.id)
    await house.facts.confirm(Who("slack", "U8"), fact)
    assert "statement.approved_now" in await same_everywhere(post, 20)


async def test_a_person_is_one_person_by_their_address_on_whichever_side_they_come_first(post):
    await post.house.person("Eva", "lead", email="Eva@us.example")
    for who in (Who("teams", "T-eva"), Who("slack", "U9")):
        assert await post.house.staff.introduce(who, "eva@us.example")
    assert not await post.house.staff.introduce(Who("teams", "T-other"), "eva@us.example"), "one account on each side"
    number = await post.house.case("one")
    await post.house.cases.claim(Who("teams", "T-eva"), number)
    await post.house.cases.claim(Who("slack", "U9"), number)
    async with post.store.read() as work:
        assert (await cases.get(work, number)).owner == "Eva"


async def test_whoever_claims_on_one_side_goes_on_with_it_on_the_other(post):
    number = await post.house.case("one")
    await post.house.cases.claim(ANA_THERE, number)
    for who in (ANA, ANA_THERE):
        assert "home.mine" in [card.title.name for card in await post.house.home.of(who)]
    await post.house.cases.close(ANA, number)
    assert await post.house.desk.queue(ANA_THERE, mine=True) == []


async def test_nobody_approves_from_one_side_what_they_wrote_on_the_other(post):
    number = await post.house.case(SAID)
    version = (await post.house.drafts.propose(LEA, number, ANSWER)).version_id
    for act in (
        post.house.approvals.approve(LEA_THERE, version),
        post.house.approvals.edit_and_approve(LEA_THERE, version, replace(ANSWER, text=ANSWER.text + " Bye.")),
    ):
        with pytest.raises(OwnDraft):
            await act
    revised = (await post.house.drafts.revise(LEA_THERE, version, replace(ANSWER, text=ANSWER.text + " Bye."))).version_id
    with pytest.raises(OwnDraft):
        await post.house.approvals.approve(LEA, revised)


async def test_one_person_cannot_be_two_of_a_quorum_by_coming_from_two_sides(store, dial):
    flow = data_breach()
    two = (Stage("lead", dict.fromkeys(("en", "es", "fr"), "Lead"), ("lead",), 2),)
    post = await post_office(store, dial, also=("teams",), flow=replace(flow, answers=replace(flow.answers, stages=two)))
    for name, accounts in (("Lea", {"slack_id": "U2", "teams_id": "T-lea"}), ("Max", {"teams_id": "T-max"})):
        await post.house.person(name, "lead", **accounts)
    ana = await post.house.person("Ana", slack_id="U1")
    version = (await post.house.drafts.propose(ana, await post.house.case(SAID), ANSWER)).version_id
    for who in (LEA, LEA_THERE, LEA):
        assert await post.house.approvals.approve(who, version) is DraftStatus.IN_APPROVAL
    assert await post.house.approvals.approve(Who("teams", "T-max"), version) is DraftStatus.APPROVED


FAULTS = {
    "revoked": lambda side: side.closed.update({"": DoorClosed("revoked", whole=True)}),
    "archived": lambda side: side.closed.update({"T1": DoorClosed("archived")}),
    "silent": lambda side: side.closed.update({"": Unconfirmed("timeout")}),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_while_one_side_is_away_nothing_changes_for_the_other_and_what_it_missed_it_gets_as_things_stand(post, fault):
    teams, number = post.others["teams"], await post.house.case(SAID)
    await post.send(2)
    FAULTS[fault](teams)
    await post.house.cases.claim(ANA, number)
    version = (await post.house.drafts.propose(ANA, number, ANSWER)).version_id
    await post.send(5)
    await post.house.approvals.approve(LEA, version)
    await post.house.cases.note(ANA, number, "told her")
    await post.send(5)
    here = [card.title.name for _, card in shown(post.slack) if card.title.name != "door.closed"]
    assert sorted(here) == ["case.note", "case.title", "draft.receipt", "draft.title"]
    assert post.house.networks["x"].texts == [ANSWER.text]
    assert len(teams.messages) == 1
    teams.closed.clear()
    for _ in range(40):
        post.dial.forward(seconds=5)
        await post.send()
    there = [card.title.name for _, card in shown(teams) if not card.title.name.startswith("door.")]
    assert sorted(there) == sorted(here)
    assert teams.messages[0].card == post.slack.messages[0].card


async def test_a_side_that_is_not_trusted_is_told_nothing_and_the_other_works_on(post):
    admin = await post.house.person("Root", "admin")
    number = await post.house.case(SAID)
    await post.send(2)
    await post.house.workspaces.mark(admin, "teams", trusted=False)
    with pytest.raises(WorkspaceNotTrusted):
        await post.house.cases.claim(ANA_THERE, number)
    await post.house.cases.claim(ANA, number)
    await post.house.cases.note(LEA, number, "secret")
    await post.send(5)
    teams = post.others["teams"]
    assert [len(one.states) for one in teams.messages] == [1] and len(post.slack.messages) == 2
    await post.house.workspaces.mark(admin, "teams", trusted=True)
    await same_everywhere(post, 5)


async def test_a_case_that_moves_leaves_a_pointer_and_is_posted_anew_on_both_sides(post):
    number = await post.house.case("one", by="c", conversation_id="c")
    await post.send(2)
    await post.house.cases.move(LEA_THERE, number, crisis=False)
    await post.house.case("two", by="c", conversation_id="c")
    assert await same_everywhere(post, 5) == ["case.moved", "case.title", "case.wrote_again"]
    assert [[one.place.channel_id for one in side.messages] for side in sides(post)] == [["C1", "C2", "C2"], ["T1", "T2", "T2"]]


async def test_a_case_that_moves_while_one_side_is_away_ends_where_it_belongs_on_both(post):
    number, teams = await post.house.case("one"), post.others["teams"]
    await post.send(2)
    teams.closed[""] = DoorClosed("revoked", whole=True)
    await post.house.cases.move(LEA, number, crisis=False)
    await post.send(2)
    teams.closed.clear()
    post.dial.forward(seconds=60)
    await post.send(5)
    stands = [
        [(one.place.channel_id, one.card.title.name) for one in side.messages if "door" not in one.card.title.name] for side in sides(post)
    ]
    assert stands == [[("C1", "case.moved"), ("C2", "case.title")], [("T1", "case.moved"), ("T2", "case.title")]]


@pytest.fixture
async def told(post):
    """Everything that may be written of somebody stands on both sides."""
    await post.house.person("Ana", "agent", "manager", slack_id="U1", teams_id="T-ana")  # whom customers are called back by
    await story(post, ANA, LEA_THERE)
    return post


async def test_what_is_erased_goes_from_both_sides(told):
    post = told
    assert all(SECRET in str([one.card for one in side.messages]) for side in sides(post))
    await erase(post)
    await post.send(60)
    for side in sides(post):
        assert [one for one in side.messages if one.place.thread_id] == []
        assert side.messages[0].shows("case.erased") and SECRET not in str([one.card for one in side.messages])
    assert await left(post.store) == {}


async def test_what_a_side_shows_that_is_away_is_erased_when_it_is_back(told):
    post = told
    teams = post.others["teams"]
    teams.closed[""] = DoorClosed("revoked", whole=True)
    await erase(post)
    await post.send(60)
    assert SECRET not in str([one.card for one in post.slack.messages]) and SECRET in str([one.card for one in teams.messages])
    teams.closed.clear()
    post.dial.at += timedelta(minutes=2)
    await post.send(60)
    assert SECRET not in str([one.card for one in teams.messages])
