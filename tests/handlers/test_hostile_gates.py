"""A careless lead, a short hold, two processes and a network that lies try to get words out that must not leave."""

from dataclasses import dataclass, replace

import pytest

from handlers.answers.drafts import Wording
from handlers.answers.gate import Gate
from handlers.errors import BadInput, CaseErased, Refused
from storage import erasure
from storage.types import ReplyState
from tests.handlers.test_hostile_answers import ANSWER, HOLDING, SAID, acts, approved, reply_of, speaks, written

# --- holds, statements and gates


async def test_the_holding_statement_of_an_earlier_crisis_opens_no_later_hold(post, ana, lea, lawyer, boss):
    pia = await post.house.person("Pia", "press_officer")
    await post.house.crises.open(boss, "First")
    await speaks(post, pia, lawyer, boss)
    number = await post.house.case(SAID)
    await post.house.holds.set(boss, "silent")
    version_id = await written(post, ana, number, f"Thank you for asking. {HOLDING}", rests_on="holding")
    await post.house.approvals.approve(lea, version_id)
    await post.house.holds.set(boss, "off")
    await post.house.crises.close(boss)
    await post.house.crises.open(boss, "Second")
    await post.house.holds.set(boss, "holding")
    _, reply = await reply_of(post, version_id)
    assert await post.house.aftermath.release(lea, reply.id) is ReplyState.HELD


async def test_the_card_says_that_its_statement_rests_on_a_fact_that_was_taken_back(post, ana, boss, lawyer):
    pia = await post.house.person("Pia", "press_officer")
    await post.house.crises.open(boss, "Meridia")
    fact = await post.house.facts.add(boss, "Names were copied", "security")
    await post.house.facts.confirm(boss, fact)
    await speaks(post, pia, lawyer, boss, "full", [fact])
    version_id = await written(post, ana, await post.house.case(SAID), f"Thank you for asking. {HOLDING}", rests_on="full")
    await post.send(10)
    await post.house.facts.retract(boss, fact, "it was another company")
    await post.send(10)
    (card,) = [one.card for one in post.slack.messages if one.shows("draft.title")]
    assert [words.facts["stands"] for words in card.small if words.name == "draft.rests_on"] == [False]
    assert version_id


async def test_what_stood_in_line_through_a_hold_is_shown_to_a_person_again_however_short_the_hold_was(post, ana, lea, boss, monkeypatch):
    monkeypatch.setattr("handlers.answers.departures.AT_ONCE", 2)
    await post.house.crises.open(boss, "Meridia")
    numbers = [(await approved(post, ana, lea, f"{ANSWER} {'So ' * one}", by=f"u{one}"))[0] for one in range(4)]
    post.dial.forward(seconds=5)
    await post.house.holds.set(boss, "silent")
    post.dial.forward(seconds=5)
    await post.house.holds.set(boss, "off")
    await post.send(10)
    assert post.house.networks["x"].texts == []
    waiting = await post.house.answers.desk.kept(lea)
    assert {one.case_id for one in waiting} == set(numbers)
    post.dial.forward(seconds=5)
    await post.house.aftermath.release_all(lea, [one.reply_id for one in waiting])
    await post.send(10)
    assert len(post.house.networks["x"].published) == 4


async def test_an_invitation_to_talk_is_no_way_to_publish_the_statement_before_customers_were_told(post, ana, lea, lawyer, boss):
    pia = await post.house.person("Pia", "press_officer")
    await post.house.crises.open(boss, "Meridia")
    fact = await post.house.facts.add(boss, "Names were copied", "security")
    await post.house.facts.confirm(boss, fact)
    await speaks(post, pia, lawyer, boss, "full", [fact])
    number = await post.house.case(SAID)
    wording = Wording(f"Thank you for asking. {HOLDING}", rests_on="full")
    made = await post.house.answers.handovers.hand_over(ana, number, wording, "Max")
    await post.house.approvals.approve(lea, made.version_id)
    await post.send(5)
    assert post.house.networks["x"].texts == []


async def test_only_a_gate_that_there_is_can_be_attested(post, boss):
    await post.house.crises.open(boss, "Meridia")
    said = {"told_by": ("Ana",), "share": ("all",), "at": ("1m",), "how": ("email",)}
    with pytest.raises(BadInput):
        await post.house.attestations.fill(boss, "posts_stoped", said)


async def test_nobody_is_to_call_back_a_customer_of_whom_nothing_is_left(post, lea, boss):
    number = await post.house.case(SAID)
    async with post.store.begin() as work:
        await erasure.blank_cases(work, [number])
        await work.commit()
    with pytest.raises(CaseErased):
        await post.house.callbacks.ask(lea, number, "Max", "+34 600 000 000")


# --- networks and processes


async def test_whoever_deletes_a_reply_hears_that_the_network_refused(post, ana, lea):
    number, version_id = await approved(post, ana, lea)
    await post.send(5)
    _, reply = await reply_of(post, version_id)
    await post.house.aftermath.delete(lea, reply.id)
    post.house.networks["x"].fail.append(Refused("not yours"))
    await post.send(5)
    assert "reply_not_deleted" in await acts(post, number)
    assert [one.card.title.facts["reason"] for one in post.slack.messages if one.shows("draft.not_deleted")] == ["not yours"]


async def test_where_a_reply_is_said_to_stand_is_an_address_of_the_web(post, ana, lea):
    for url in ("javascript:alert(1)", "data:text/html,x", "x.example/1", "https://"):
        with pytest.raises(BadInput):
            await post.house.aftermath.arrived(lea, 1, url)


@dataclass(frozen=True)
class SlowGate(Gate):
    """While it thinks, the world goes on."""

    meanwhile: object = None

    async def why_not(self, work, reply, version, case):
        await self.meanwhile()
        return "held_silent"


async def test_what_was_sent_while_a_hold_looked_at_it_stays_sent(post, ana, lea):
    if not post.store.on_postgresql:
        pytest.skip("SQLite has one writer: nothing happens meanwhile")
    _, version_id = await approved(post, ana, lea)
    slow = replace(post.house.departures, gate=SlowGate(post.house.shelf, post.sender().drain))
    async with post.store.begin() as work:
        await slow.look_again(work)
        await work.commit()
    assert post.house.networks["x"].texts == [ANSWER]
    assert (await reply_of(post, version_id))[1].state is ReplyState.SENT


async def test_the_authority_that_was_told_is_not_asked_for_again_by_a_correction_of_the_hour(post, boss):
    await post.house.crises.open(boss, "Meridia")
    await post.house.clocks.authority_told(boss)
    await post.house.clocks.aware(boss, "2d")
    post.dial.forward(hours=100)
    await post.house.due.fire()
    await post.send(3)
    assert not [one for one in post.slack.messages if one.shows("due.authority")]


async def test_what_waits_for_its_reader_comes_first_however_young_it_is(post, ana, lea, lawyer):
    for one in range(12):
        await written(post, ana, await post.house.case(SAID, by=f"u{one}"), f"{ANSWER} {'So ' * one}")
    last = await post.house.case("legal_threat: " + SAID, by="last")
    theirs = await written(post, ana, last, ANSWER + " Yes.")
    await post.house.approvals.approve(lea, theirs)
    found = await post.house.answers.desk.approvals(lawyer)
    assert (len(found), found[0].version_id) == (13, theirs)
