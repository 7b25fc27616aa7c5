"""The one reply at every door: written, changed, approved, held back, corrected, handed over, looked at again."""

import asyncio
from dataclasses import replace

import pytest

from flows.answers import Rule
from flows.severity import Severity
from handlers.answers.drafts import Wording
from handlers.answers.proofreading import Proofreader
from handlers.errors import Unconfirmed
from handlers.ports import Who
from storage import drafts, replies
from tests.doors.slack_house import until
from tests.story.every_door.away import away
from tests.story.every_door.hand import Hand, proves

SAID = "do you even read what people write to you here?"
ANSWER = "I do read what people write to us here, yours too. Ana"


@pytest.fixture(autouse=True, scope="module")
def warm():
    """As the bot is before anybody writes: what the checks know takes seconds to load."""
    asyncio.run(Proofreader({}).warm())


async def version(hand: Hand, case: int) -> str:
    """What a button of the latest version carries."""
    async with hand.house.store.read() as work:
        return f"{case}:{(await drafts.of_case(work, case))[-1].id}"


async def reply(hand: Hand, case: int) -> str:
    async with hand.house.store.read() as work:
        return f"{case}:{(await replies.of_draft(work, (await drafts.of_case(work, case))[-1].draft_id)).id}"


async def propose(hand: Hand, case: int, text: str = ANSWER) -> None:
    await hand.sees("Ana", f"#{case} ", f"/cases/{case}")
    await hand.fill("Ana", "reply", case, f"/cases/{case}?form=reply", text=text, where="private")


@proves("reply", "revise", "approve", "approvals", "correct", presses=("reply", "show_draft", "reject", "revise", "approve", "correct"))
async def test_a_reply_is_written_changed_approved_and_corrected(hand: Hand):
    case = await hand.house.case(SAID, by="carla")
    page = f"/cases/{case}"
    await propose(hand, case)
    await hand.does("Bo", "approvals")
    await hand.press("Bo", "show_draft", await version(hand, case))
    await hand.told("Bo", ANSWER)
    await hand.fill("Bo", "reject", await version(hand, case), page, reason="Too short")
    await propose(hand, case, ANSWER + " Always.")
    await hand.fill("Ana", "revise", await version(hand, case), page, text=ANSWER + " Truly.", where="private")
    await hand.sees("Bo", "Truly.", page)
    await hand.press("Bo", "approve", await version(hand, case), page)
    await until(lambda: hand.published == [ANSWER + " Truly."])
    await hand.sees("Ana", "Bo", page)
    await hand.fill("Ana", "correct", await reply(hand, case), page, text=ANSWER + " Corrected.", where="private")
    await hand.sees("Bo", "Corrected.", page)


@proves("release", "hold", "open_crisis", "correct", presses=("reply", "approve", "show_draft", "release", "delete_reply"))
async def test_a_hold_keeps_a_reply_until_it_is_lifted_and_somebody_looks_again(hand: Hand):
    await hand.does("Max", "open Leak")
    case = await hand.house.case(SAID)
    await hand.does("Max", "hold silent")
    await propose(hand, case)
    await hand.press("Bo", "approve", await version(hand, case), f"/cases/{case}")
    await hand.does("Max", "hold off")
    await hand.does("Bo", "kept")
    await hand.press("Bo", "show_draft", await version(hand, case))
    assert hand.published == []
    await hand.press("Bo", "release", await reply(hand, case), f"/cases/{case}")
    await until(lambda: hand.published == [ANSWER])
    await settled(hand, case, "sent")
    await hand.press("Bo", "delete_reply", await reply(hand, case), f"/cases/{case}")
    await until(lambda: hand.house.networks["x"].deleted)


@proves("handover", presses=("handover", "edit_and_approve"))
async def test_a_talk_is_handed_over_in_private_with_a_call_that_is_owed(hand: Hand):
    case = await hand.house.case(SAID)
    await hand.sees("Ana", f"#{case} ", f"/cases/{case}")
    await hand.fill(
        "Ana", "handover", case, f"/cases/{case}", text="This deserves a talk. Ana", leader="Bo", reach_at="0808", where="private"
    )
    await hand.sees("Bo", "This deserves a talk", f"/cases/{case}")
    await hand.fill("Bo", "edit_and_approve", await version(hand, case), f"/cases/{case}", text="This deserves a talk. Bo", where="private")
    await until(lambda: hand.published == ["This deserves a talk. Bo"])


@proves("uncertain", presses=("reply", "approve", "arrived"))
async def test_a_reply_that_may_have_arrived_is_settled_by_somebody_who_looked(hand: Hand):
    case = await hand.house.case(SAID)
    network = hand.house.networks["x"]
    network.can_be_asked = False
    network.lost.append(Unconfirmed("timeout"))
    await propose(hand, case)
    await hand.press("Bo", "approve", await version(hand, case), f"/cases/{case}")
    await settled(hand, case, "unconfirmed")
    await hand.fill("Bo", "arrived", await reply(hand, case), f"/cases/{case}", url="https://x.example/1")
    await settled(hand, case, "sent")
    assert len(hand.published) == 1


async def settled(hand: Hand, case: int, state: str) -> None:
    """Once the latest reply of a case stands so."""
    async with asyncio.timeout(15):
        while True:
            async with hand.house.store.read() as work:
                versions = await drafts.of_case(work, case)
                found = await replies.of_draft(work, versions[-1].draft_id) if versions else None
            if found and found.state == state:
                return
            await asyncio.sleep(0.01)


@proves("uncertain", presses=("reply", "approve", "send_again"))
async def test_a_reply_that_surely_did_not_arrive_is_sent_again(hand: Hand):
    case = await hand.house.case(SAID)
    network = hand.house.networks["x"]
    network.can_be_asked = False
    network.lost.append(Unconfirmed("timeout"))
    await propose(hand, case)
    await hand.press("Bo", "approve", await version(hand, case), f"/cases/{case}")
    await settled(hand, case, "unconfirmed")
    network.can_be_asked = True
    await hand.press("Bo", "send_again", await reply(hand, case), f"/cases/{case}")
    await settled(hand, case, "sent")
    assert hand.published[-1] == ANSWER


@proves("revise", presses=("reply", "withdraw"))
async def test_a_draft_is_withdrawn_by_who_wrote_it(hand: Hand):
    case = await hand.house.case(SAID)
    await propose(hand, case)
    await hand.press("Ana", "withdraw", await version(hand, case), f"/cases/{case}")
    async with hand.house.store.read() as work:
        assert [one.status for one in await drafts.of_case(work, case)] == ["withdrawn"]


@proves("reply", presses=("reply",))
async def test_what_is_written_while_the_database_is_away_is_not_lost(hand: Hand):
    case = await hand.house.case(SAID)
    page = f"/cases/{case}"
    await hand.sees("Ana", f"#{case} ", page)
    await hand.opens("Ana", "reply", case, f"{page}?form=reply")
    async with away(hand.house.store):
        await hand.sends("Ana", "reply", case, text=ANSWER, where="private")
        await hand.keeps("Ana", ANSWER)
    await hand.sends_again("Ana")
    await hand.sees("Bo", ANSWER, page)


@proves("look_again", presses=("looked_at",))
async def test_a_sample_of_what_a_rule_let_pass_is_looked_at(hand: Hand):
    rule = Rule("from_the_statement", Severity.LOW, 100)
    flow = replace(hand.house.flow, answers=replace(hand.house.flow.answers, rule=rule))
    for one, name in ((hand.house.shelf, "present"), (hand.house.mentions, "flow")):
        object.__setattr__(one, name, flow)  # as if the bot had been started with it
    await hand.house.begin()
    press, boss, lawyer = [await hand.house.person(role.title(), role) for role in ("press_officer", "manager", "legal")]
    await hand.house.crises.open(boss, "Leak")
    await statement(hand, press, lawyer, boss, "We are looking into what happened.")
    case = await hand.house.case("low: what happened to you?")
    wording = Wording("Thank you for asking what happened. We are looking into what happened.", rests_on="holding")
    await hand.house.drafts.propose(await hand.house.person("Ida", "agent"), case, wording)
    await settled(hand, case, "sent")
    await hand.press("Bo", "looked_at", await reply(hand, case), "/approvals")
    assert await hand.house.answers.desk.samples(boss) == []


@proves("look_again")
async def test_what_rests_on_an_old_statement_is_looked_at_again(hand: Hand):
    press, boss, lawyer = [await hand.house.person(role.title(), role) for role in ("press_officer", "manager", "legal")]
    await hand.house.crises.open(boss, "Leak")
    await statement(hand, press, lawyer, boss, "We are looking into this.")
    case = await hand.house.case(SAID)
    await hand.house.drafts.propose(
        await hand.house.person("Ida", "agent"), case, Wording("Thank you for asking. We are looking into this.", rests_on="holding")
    )
    await statement(hand, press, lawyer, boss, "We know by now what happened.")
    await hand.does("Bo", "outdated")
    await hand.told("Bo", "por renovar o rectificar")
    await hand.told("Bo", f"#{case}")


async def statement(hand: Hand, author: Who, lawyer: Who, boss: Who, text: str) -> None:
    made = await hand.house.statements.propose(author, "holding", {"en": text}, [])
    for who in (lawyer, boss):
        await hand.house.statements.approve(who, made.id)
