"""The one reply on Teams, the room of the crisis, and what is typed: over real HTTP."""

import asyncio
from copy import deepcopy

import pytest

from flows.rota import Rota
from handlers.answers.proofreading import Proofreader
from handlers.escalation.roster import Roster
from storage import cases as case_rows
from storage import people
from templates import say
from tests.doors.slack_house import until
from tests.doors.teams_house import TeamsHouse, teams_house
from tests.fakes.teams import Limits, Message, actions, activities, calls_out, card_text, inputs, message_text

SAID = "do you even read what people write to you here?"
ANSWER = "I do read what people write to us here, yours too. Ana"
QUICK = {"sends": ((1.0, 1000),)}


@pytest.fixture(autouse=True, scope="module")
def warm():
    """As the bot is before anybody writes: what the checks know takes seconds to load."""
    asyncio.run(Proofreader({}).warm())


@pytest.fixture
async def there(tmp_path):
    async with teams_house(tmp_path, limits=Limits(**QUICK)) as house:
        yield house
        assert house.teams.warned == []
        assert [one for one in house.teams.answers if not one.fine] == []


async def propose(there: TeamsHouse, case: int, text: str = ANSWER, user: str = "Ana") -> Message:
    """Reply by the form; the card that waits for approval."""
    await there.fill(user, await there.card_of(case), "reply", text=text, where="private")
    return await there.shown(text)


async def test_from_the_first_mention_to_the_customers_answer(there):
    case = await there.house.case(SAID, by="carla")
    card = await there.card_of(case)
    await there.teams.click("Ana", card, "claim")
    waiting = await propose(there, case)
    assert waiting.root_id == card.id
    assert SAID in message_text(waiting)
    await there.teams.click("Ana", waiting, "approve")
    assert say("error.not_allowed", "en", roles=["dpo"])[:20] in there.teams.told("Ana")[-1]
    assert there.published == []
    approved = await there.teams.click("Bo", waiting, "approve")
    assert "approve" not in acts(approved.card)
    await until(lambda: there.published == [ANSWER])
    receipt = await there.shown(say("draft.receipt", "en", state="sent", reason="", at="", rehearsed=False).partition("(")[0])
    assert receipt.root_id == card.id
    assert "correct" in acts(receipt.card)
    await until(lambda: "approve" not in acts(waiting.card))
    assert await there.house.case("?", by="carla") == case
    await there.told("Ana", f"#{case}")


async def test_what_cannot_be_undone_is_asked_first_and_then_done(there):
    case = await there.house.case(SAID, by="carla")
    waiting = await propose(there, case)
    asked = await there.teams.click("Ana", waiting, "withdraw")
    assert say("draft.withdraw_sure", "en") in card_text(asked.card)
    assert "approve" in acts(waiting.card), "nothing is done yet"
    await there.teams.submit("Ana")
    await until(lambda: "approve" not in acts(waiting.card))
    assert there.teams.dialog("Ana") is None


async def test_another_starting_point_keeps_what_was_typed_and_an_error_loses_no_word(there):
    case = await there.house.case(SAID, by="carla")
    await there.teams.click("Ana", await there.card_of(case), "reply")
    begun = await there.teams.submit("Ana", {"one.start": "sorry", "in.text": "My own words."}, say("form.use_this", "en"))
    shown = text_in(begun.card)
    assert shown.startswith("My own words.") and len(shown) > 40
    refused = await there.send_in("Ana", text="Send us your card number. It ends in 4111 1111 1111 1111", where="private")
    assert "⚠" in card_text(refused.card)
    assert "4111 1111 1111 1111" in text_in(refused.card)
    await there.send_in("Ana", text=ANSWER, where="private")
    assert say("draft.proposed", "en", status="in_approval", version=1) in card_text(there.teams.dialog("Ana").card)
    await there.shown(ANSWER)


async def test_a_revision_voids_the_approval_and_a_click_on_the_old_card_says_so(there):
    case = await there.house.case(f"legal_threat: {SAID}")
    old = await propose(there, case)
    behind = deepcopy(old.card)
    await there.fill("Ana", old, "revise", text=ANSWER + " Truly.")
    new = await there.shown("Truly.")
    await until(lambda: acts(old.card) == [])
    await there.teams.click("Lou", old, "approve", seen=behind)
    assert there.teams.told("Lou")[-1] == say("error.draft_over", "en", status="in_approval", number=1, present=2)
    for who in ("Bo", "Lou"):
        await there.teams.click(who, new, "approve")
    await until(lambda: there.published == [ANSWER + " Truly."])


async def test_a_card_in_ones_own_chat_shows_what_was_done_on_it(there):
    await propose(there, await there.house.case(SAID))
    await there.teams.say("Bo", None, "approvals")
    listed = await listing(there, "Bo", "show_draft")
    window = await there.teams.click("Bo", listed, "show_draft")
    assert ANSWER in card_text(window.card)
    done = await there.teams.submit("Bo", wanted="approve")
    assert "approve" not in acts(done.card) and "Bo" in card_text(done.card)
    await until(lambda: there.published == [ANSWER])


async def listing(there: TeamsHouse, user: str, act: str) -> Message:
    return await until(lambda: next((one for one in reversed(there.teams.chat(user).posts) if act in acts(one.card)), None))


async def test_commands_in_a_channel_are_answered_in_the_persons_own_chat(there):
    case = await there.house.case("critical, my_data")
    before = len(there.crisis.posts)
    await there.teams.say("Ana", there.crisis.id, "@Tocsin next")
    mine = await there.told("Ana", f"#{case} ")
    await there.teams.click("Ana", mine, "close")
    async with there.house.store.read() as work:
        assert (await case_rows.get(work, case)).status == "closed"
    await until(lambda: "reopen" in acts(mine.card))
    assert [one for one in there.crisis.posts[before:] if "next" in message_text(one)] == []
    await there.teams.say("Ana", None, "staus")
    await there.told("Ana", "Did you mean “status”?")
    await there.teams.say("Bo", there.crisis.id, "@Tocsin /crisis-status")
    await there.told("Bo", "caso")


async def test_what_people_say_among_themselves_is_left_alone(there):
    said = await there.teams.say("Ana", there.crisis.id, "next, who takes it? @Bo")
    mentions = [{"type": "mention", "mentioned": {"id": there.teams.user("Bo").id, "name": "Bo"}, "text": "<at>Bo</at>"}]
    answer = await there.teams.deliver(activities.said(there.teams.state, said, "next, who takes it? <at>Bo</at>", mentions))
    assert (answer.status, answer.body) == (200, None)
    assert there.teams.chat("Ana").posts == []


async def test_forms_typed_are_filled_in_in_the_chat(there):
    await there.teams.say("Ana", None, "log")
    form = await until(lambda: next(iter(there.teams.chat("Ana").posts), None))
    typed = {"one.way": "letter", "in.name": "Mr Hill", "in.reach_at": "hill@example.com", "in.text": "my_data please"}
    wrong = await there.teams.click("Ana", form, "fill", {**typed, "in.text": "  "})
    assert wrong.told and inputs(form.card), "the form stays, and what was typed in it"
    done = await there.teams.click("Ana", form, "fill", typed)
    assert "Recorded as #1" in card_text(done.card)
    assert "Mr Hill" in message_text(await there.card_of(1))
    await until(lambda: "Recorded as #1" in message_text(form))


async def test_the_room_of_the_crisis_by_its_board_and_by_command(there):
    await there.teams.say("Max", None, "open Leak")
    board = await until(lambda: next((one for one in there.crisis.posts if "attest" in acts(one.card)), None))
    await there.fill("Max", board, title_of(board, "fact", ""), text="Names were copied", source="Logs")
    await until(lambda: "Names were copied" in message_text(board))
    texts = {f"text_{one}": f"{one}: We know of it and say more at six." for one in ("en", "es", "fr")}
    await there.fill("Bo", board, title_of(board, "statement", "holding"), **texts)
    card = await there.shown("fr: We know of it")
    for who in ("Lou", "Max"):
        await there.teams.click(who, card, "approve_statement")
    await until(lambda: acts(card.card) == ["withdraw_statement"])
    await there.teams.say("Max", None, "hold silent")
    await until(lambda: there.teams.chat("Max").posts)


def title_of(message: Message, act: str, ids: str) -> str:
    """What a button says, of those of one act."""
    return next(one["title"] for one in actions(message.card) if one.get("data", {}).get("act") == act and one["data"].get("ids") == ids)


async def test_digests_home_and_a_message_that_becomes_a_case(there):
    await there.house.case("my_data")
    await there.teams.say("Max", there.crisis.id, "@Tocsin digest subscribe daily 08:30 Europe/Madrid")
    await there.told("Max", "every day at 08:30")
    await there.teams.say("Ana", None, "digest preview")
    await there.told("Ana", "What customers wrote")
    await there.teams.say("Ana", None, "home")
    await there.told("Ana", say("home.nothing_mine", "en").partition(".")[0])
    said = await there.teams.say("Eve", there.crisis.id, "my_data: look at https://example.com/a")
    made = await there.teams.extend("Ana", said, "make_case")
    assert "Recorded as #2" in card_text(made.card)
    card = await there.card_of(2)
    assert "Eve" in message_text(card) and "hxxps[:]//example[.]com/a" in message_text(card)


async def test_who_is_called_is_rung_for_and_what_waits_for_them_gets_shorter(tmp_path):
    roster = Roster({"duty_lead": Rota("duty_lead", "UTC", order=("Bo",))})
    async with teams_house(tmp_path, limits=Limits(**QUICK), roster=roster) as there:
        async with there.house.store.begin() as work:
            for person in await people.everyone(work):
                await people.know_as(work, person.id, "teams", there.teams.user(person.name).aad_object_id)
            await work.commit()
        case = await there.house.case("threat_to_life critical: I cannot go on")
        card = await there.card_of(case)
        await there.house.climb.fire()
        there.house.store.wake.set()
        await there.told("Bo", f"#{case}")
        call = await until(lambda: next((one for one in card.replies if "acknowledge" in acts(one.card)), None))
        assert there.teams.user("Bo").id in calls_out(call.activity)
        anew = await there.teams.refresh("Bo", call)
        assert anew.fine and "acknowledge" in acts(anew.card), "Teams asks for the card of whoever it names"
        await there.teams.say("Bo", None, "waiting")
        listed = await listing(there, "Bo", "acknowledge_listed")
        answered = await there.teams.click("Bo", listed, "acknowledge_listed")
        assert say("call.nothing_waits", "es") in card_text(answered.card)
        await until(lambda: "acknowledge" not in acts(call.card))
        await until(lambda: "Bo is on it" in message_text(card))


def acts(card) -> list[str]:
    return list(dict.fromkeys(one.get("data", {}).get("act") for one in actions(card) if one.get("data", {}).get("act")))


def text_in(card) -> str:
    return next(str(one.get("value", "")) for one in inputs(card) if one["id"] == "in.text")
