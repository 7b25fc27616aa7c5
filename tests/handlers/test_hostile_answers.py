"""Somebody with one small account, a careless lead, two processes and a network that lies try to get words out that must not leave."""

import asyncio
from dataclasses import dataclass, replace

import pytest

from handlers.answers.drafts import Wording
from handlers.answers.gate import Gate
from handlers.errors import BadInput, CaseClosed, NotTheirTurn, OwnDraft, Refused
from handlers.ports import Event
from storage import cases, drafts, people, replies, timeline
from storage.types import DraftStatus, ReplyState, Status
from tests.builders import mention
from tests.handlers.sending import post_office

SAID = "do you even read what people write to you here?"
ANSWER = "I am sorry that it looks that way. I do read what people write to us here, yours too. Ana"
OTHER = "You are right to ask: every message that people write here is read, and so was yours. Bob"
HOLDING = "We are looking into this."


@pytest.fixture
async def post(store, dial):
    return await post_office(store, dial)


@pytest.fixture
async def ana(post):
    return await post.house.person("Ana", "agent", slack_id="U1")


@pytest.fixture
async def lea(post):
    return await post.house.person("Lea", "lead", slack_id="U2")


@pytest.fixture
async def boss(post):
    return await post.house.person("Max", "manager")


@pytest.fixture
async def lawyer(post):
    return await post.house.person("Lou", "legal")


async def written(post, who, number, text=ANSWER, *, private=True, **changes):
    return (await post.house.drafts.propose(who, number, Wording(text, private, changes.get("rests_on", "")))).version_id


async def approved(post, ana, lea, text=ANSWER, **changes):
    number = await post.house.case(SAID, **changes)
    version_id = await written(post, ana, number, text)
    await post.house.approvals.approve(lea, version_id)
    return number, version_id


async def speaks(post, pia, lawyer, boss, kind="holding", facts=()):
    made = await post.house.statements.propose(pia, kind, {"en": HOLDING}, facts)
    for who in (lawyer, boss):
        await post.house.statements.approve(who, made.id)


async def reply_of(post, version_id):
    async with post.store.read() as work:
        version = await drafts.get(work, version_id)
        return version, await replies.of_draft(work, version.draft_id)


async def acts(post, number):
    async with post.store.read() as work:
        assert (await timeline.verify(work))[1] == []
        return [row.act for row in await timeline.of_chain(work, f"case:{number}")]


# --- the words


async def test_a_reply_of_signs_that_nobody_sees_is_empty(post, ana):
    number = await post.house.case(SAID)
    for nothing in ("\u200b \u200b", "\u2066 \u2069\n\u200b", " \u200b"):
        with pytest.raises(BadInput):
            await written(post, ana, number, nothing)


async def test_what_was_written_in_private_is_not_answered_in_public(post, ana):
    number = await post.house.case(SAID, private=True)
    with pytest.raises(BadInput):
        await written(post, ana, number, private=False)
    form = await post.house.answers.desk.form(ana, "reply", str(number))
    (where,) = [field for field in form.fields if field.name == "where"]
    assert [option.value for option in where.options] == ["private"]


# --- who says yes


async def test_the_yes_of_somebody_who_was_removed_does_not_count_any_more_and_not_again_once_they_are_back(post, ana, lea):
    admin = await post.house.person("Ada", "admin")
    number, version_id = await approved(post, ana, lea)
    await post.house.staff.remove(admin, "Lea")
    await post.send(5)
    assert post.house.networks["x"].texts == []
    version, _ = await reply_of(post, version_id)
    assert (version.status, version.reason) == (DraftStatus.IN_APPROVAL, "not_approved")
    await post.house.staff.add(admin, "Lea", {"roles": ["lead"], "slack_id": "U2"})
    back = await post.house.person("Lea", "lead")
    assert await post.house.approvals.approve(back, version_id) is DraftStatus.APPROVED, "they must say it anew"
    await post.send(5)
    assert post.house.networks["x"].texts == [ANSWER]
    assert (await acts(post, number)).count("approved") == 2


async def test_the_yes_to_a_statement_of_somebody_who_was_removed_does_not_count_any_more(post, lea, lawyer, boss):
    admin = await post.house.person("Ada", "admin")
    await post.house.crises.open(boss, "Meridia")
    made = await post.house.statements.propose(lea, "holding", {"en": HOLDING})
    await post.house.statements.approve(lawyer, made.id)
    await post.house.staff.remove(admin, "Lou")
    with pytest.raises(NotTheirTurn):
        await post.house.statements.approve(boss, made.id)


async def test_a_lawyer_at_whose_desk_a_draft_waits_can_edit_and_approve_it_and_the_lead_reads_it_again(post, ana, lea, lawyer):
    number = await post.house.case("legal_threat: " + SAID)
    first = await written(post, ana, number)
    await post.house.approvals.approve(lea, first)
    edited = await post.house.approvals.edit_and_approve(lawyer, first, Wording(ANSWER + " Take care.", private=True))
    assert edited.status is DraftStatus.IN_APPROVAL
    assert await post.house.approvals.approve(lea, edited.version_id) is DraftStatus.APPROVED
    await post.send(5)
    assert post.house.networks["x"].texts == [ANSWER + " Take care."]


async def test_nobody_edits_and_approves_what_no_check_reads_without_speaking_it(post, ana, lea, lawyer):
    number = await post.house.case("legal_threat: Wann erfahre ich, ob ihr das hier überhaupt lest?", language="de")
    uwe = await post.house.person("Uwe", "lead", languages=["de"])
    first = await written(post, ana, number, "Wir lesen alles, was hier geschrieben wird.")
    await post.house.approvals.approve(uwe, first)
    for who in (lea, lawyer):
        with pytest.raises(NotTheirTurn):
            await post.house.approvals.edit_and_approve(who, first, Wording("Wir lesen nichts.", private=True))


async def test_nothing_of_a_closed_case_is_approved(post, ana, lea):
    number = await post.house.case(SAID)
    version_id = await written(post, ana, number)
    await post.house.cases.close(ana, number)
    for late in (
        post.house.approvals.approve(lea, version_id),
        post.house.approvals.edit_and_approve(lea, version_id, Wording(OTHER, private=True)),
        post.house.drafts.revise(ana, version_id, Wording(OTHER, private=True)),
    ):
        with pytest.raises(CaseClosed):
            await late


async def test_nobody_reads_the_sample_of_what_they_wrote(post, ana, lea):
    number = await post.house.case(SAID)
    version_id = await written(post, lea, number)
    await post.house.approvals.approve(await post.house.person("Max", "manager"), version_id)
    await post.send(5)
    _, reply = await reply_of(post, version_id)
    with pytest.raises(OwnDraft):
        await post.house.aftermath.looked_at(lea, reply.id)


# --- one answer to one question


async def test_two_drafts_of_one_case_approved_at_once_are_one_answer(post, ana, lea):
    number = await post.house.case(SAID)
    both = [await written(post, ana, number, text) for text in (ANSWER, OTHER)]
    post.dial.forward(seconds=1)
    await asyncio.gather(*(post.house.approvals.approve(lea, version_id) for version_id in both))
    await post.send(5)
    assert len(post.house.networks["x"].published) == 1
    (kept,) = [reply for _, reply in [await reply_of(post, one) for one in both] if reply.state is ReplyState.HELD]
    assert kept.reason == "answered_meanwhile"
    await post.house.aftermath.release(lea, kept.id)
    await post.send(5)
    assert len(post.house.networks["x"].published) == 1, "only new words, read again, go to somebody who has been answered"
    post.dial.forward(seconds=1)
    again = await post.house.drafts.revise(ana, kept.version_id, Wording(OTHER + " Once more.", private=True))
    await post.house.approvals.approve(lea, again.version_id)
    await post.send(5)
    assert len(post.house.networks["x"].published) == 2


async def test_what_was_put_forward_before_another_answer_left_waits_unless_the_customer_has_written_since(post, ana, lea):
    number = await post.house.case(SAID, by="carla")
    old = await written(post, ana, number, OTHER)
    post.dial.forward(minutes=1)
    await post.house.approvals.approve(lea, await written(post, ana, number))
    await post.send(5)
    await post.house.approvals.approve(lea, old)
    _, reply = await reply_of(post, old)
    assert (reply.state, reply.reason) == (ReplyState.HELD, "answered_meanwhile")
    post.dial.forward(minutes=1)
    await post.house.case("and what about my second question, do you read it?", by="carla")
    await post.house.aftermath.release(lea, reply.id)
    await post.send(5)
    assert post.house.networks["x"].texts == [ANSWER, OTHER]


async def test_nobody_is_answered_in_public_below_what_they_have_deleted(post, ana, lea):
    one = mention(SAID, by="carla")
    (receipt,) = await post.house.mentions.receive([one])
    public, private = [await written(post, ana, receipt.case_id, text, private=where) for text, where in ((ANSWER, False), (OTHER, True))]
    await post.house.mentions.receive([replace(one, event=Event.DELETED)])
    await post.house.approvals.approve(lea, public)
    await post.send(5)
    _, reply = await reply_of(post, public)
    assert (reply.state, reply.reason) == (ReplyState.HELD, "mention_deleted")
    await post.house.approvals.approve(lea, private)
    await post.send(5)
    assert post.house.networks["x"].texts == [OTHER]


async def test_a_case_whose_owner_has_left_is_given_to_somebody_else_when_the_customer_writes_again(post, ana, lea):
    admin = await post.house.person("Ada", "admin")
    number = await post.house.case(SAID, by="carla")
    await post.house.cases.claim(ana, number)
    await post.house.cases.close(ana, number)
    await post.house.staff.remove(admin, "Ana")
    await post.house.case("and now?", by="carla")
    async with post.store.read() as work:
        assert (await cases.get(work, number)).status == Status.OPEN
    assert await post.house.cases.next(lea) == number


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


async def test_a_list_says_how_many_wait_and_shows_what_is_for_its_reader_first(post, ana, lea, lawyer):
    for one in range(12):
        await written(post, ana, await post.house.case(SAID, by=f"u{one}"), f"{ANSWER} {'So ' * one}")
    last = await post.house.case("legal_threat: " + SAID, by="last")
    theirs = await written(post, ana, last, ANSWER + " Yes.")
    await post.house.approvals.approve(lea, theirs)
    found = await post.house.answers.desk.approvals(lawyer)
    assert (len(found), found[0].version_id) == (13, theirs)
    async with post.store.read() as work:
        assert await people.by_name(work, "Lou")
