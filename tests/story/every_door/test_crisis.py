"""The room of the crisis at every door: facts, the statement, what is attested, clocks, calls that are owed."""

from storage import callbacks, exceptions, statements
from storage import facts as fact_rows
from storage.crises import current
from tests.story.every_door.hand import Hand, proves

TEXTS = {f"text_{one}": f"{one}: We know of it and say more at six." for one in ("en", "es", "fr")}
PAGE = "/crisis"


async def crisis_of(hand: Hand):
    async with hand.house.store.read() as work:
        return await current(work)


@proves("facts", "statement", "attest", presses=("fact", "statement", "approve_statement", "attest"))
async def test_a_fact_is_added_a_statement_approved_and_something_attested(hand: Hand):
    await hand.does("Max", "open Leak")
    await hand.sees("Max", "Leak", PAGE)
    await hand.fill("Max", "fact", "", PAGE, text="Names were copied", source="Logs")
    await hand.sees("Bo", "Names were copied", PAGE)
    await hand.fill("Bo", "statement", "holding", PAGE, **TEXTS)
    await hand.sees("Lou", "en: We know of it", PAGE)
    async with hand.house.store.read() as work:
        (proposed,) = await statements.all_of(work, (await current(work)).id)
    await hand.press("Lou", "approve_statement", proposed.id, PAGE)
    await hand.press("Max", "approve_statement", proposed.id, PAGE)
    async with hand.house.store.read() as work:
        assert (await statements.get(work, proposed.id)).status == "approved"
        assert any(one.text == "Names were copied" for one in await fact_rows.of_crisis(work, (await current(work)).id))
    await hand.fill("Max", "attest", "posts_stopped", PAGE, account="@meridia")
    await hand.sees("Bo", "@meridia", PAGE)


@proves("statement", presses=("statement", "reject_statement", "approve_statement", "show_statement", "withdraw_statement"))
async def test_a_statement_is_rejected_another_is_approved_and_withdrawn(hand: Hand):
    await hand.does("Max", "open Leak")
    await hand.does("Bo", "facts")
    refused = await proposed(hand)
    await hand.fill("Lou", "reject_statement", refused, PAGE, reason="Nobody said six")
    assert await status_of(hand, refused) == "rejected"
    approved = await proposed(hand)
    for who in ("Lou", "Max"):
        await hand.press(who, "approve_statement", approved, PAGE)
    await hand.does("Max", "statement")
    await hand.press("Max", "show_statement", approved, PAGE)
    await hand.told("Max", "en: We know of it")
    await hand.press("Max", "withdraw_statement", approved, PAGE)
    assert await status_of(hand, approved) == "withdrawn"


async def proposed(hand: Hand) -> int:
    await hand.fill("Bo", "statement", "holding", PAGE, **TEXTS)
    async with hand.house.store.read() as work:
        number = (await statements.all_of(work, (await current(work)).id))[-1].id
    await hand.sees("Lou", "en: We know of it", PAGE)
    return number


async def status_of(hand: Hand, statement: int) -> str:
    async with hand.house.store.read() as work:
        return str((await statements.get(work, statement)).status)


@proves("hold", presses=("except",))
async def test_one_case_is_let_through_a_hold(hand: Hand):
    await hand.does("Max", "open Leak")
    case = await hand.house.case("my_data")
    await hand.does("Max", "hold silent")
    await hand.excuses("Max", case, "They must know tonight")
    async with hand.house.store.read() as work:
        assert await exceptions.holds_for(work, case, (await current(work)).hold_since)


@proves("clocks")
async def test_the_moment_when_we_knew_is_set(hand: Hand):
    await hand.does("Max", "open Leak")
    before = (await crisis_of(hand)).aware_at
    await hand.does("Max", "aware 2026-11-19T20:00")
    assert (await crisis_of(hand)).aware_at != before


@proves("callback", presses=("callback",))
async def test_a_call_is_promised(hand: Hand):
    await hand.does("Max", "open Leak")
    case = await hand.house.case("my_data")
    await hand.calls_back("Ana", case, leader="Bo", reach_at="0808")
    async with hand.house.store.read() as work:
        assert [(one.case_id, one.reach_at) for one in await callbacks.open_ones(work)] == [(case, "0808")]
