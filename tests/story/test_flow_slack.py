"""FLOW at work in Slack, told as stories: who hears of a case, what they click, who is told next. Over real HTTP, time on a dial."""

import pytest

from handlers.answers.drafts import Wording
from handlers.errors import Refused
from handlers.ports import Who
from templates import say
from tests.doors.slack_house import all_text, until
from tests.fakes.slack import calls_out
from tests.story.ladder_house import GRAVE, LadderHouse, acts, ladder_house, waits

ANSWER = "I do read what people write to us here, yours too. Ana"


@pytest.fixture
async def at(tmp_path):
    async with ladder_house(tmp_path) as house:
        yield house


async def test_a_life_at_risk_rings_until_somebody_has_it_and_then_is_quiet(at: LadderHouse):
    there = at.there
    case = await at.case()
    call = await at.thread(case, "step 1")
    assert calls_out(call) == [f"@{there.bo}", f"@{there.bo}"], "named in the notification and on the card"
    asked = await at.told(there.bo, waits("es"))
    assert acts(asked) == ["acknowledge", "snooze", "reassign"]
    assert at.direct(there.max) == []

    await at.forward(minutes=3, seconds=1)
    mine = await at.told(there.max, waits("en"))
    await at.posted(there.bo, 2)  # the lead is told again
    assert "acknowledge" in acts(await there.card_of(case))

    await at.press(there.max, mine, "acknowledge")
    done = await at.told(there.max, say("notice.yours_title", "en"))
    assert done["ts"] == mine["ts"] and acts(done) == []
    over = await at.thread(case, say("call.over", "en", name="Max"))
    assert over["ts"] == call["ts"] and acts(over) == []
    for number in (0, 1):
        await until(lambda number=number: acts(at.direct(there.bo)[number]) == [], 15)
        assert say("notice.over_line", "es", number=case, name="Max") in all_text(at.direct(there.bo)[number])
    card = await at.card(case, "Max is on it")
    assert "acknowledge" not in acts(card)

    await at.fill(there.max, card, "note", text="The police are on their way")
    for _ in range(6):
        await at.quiet(minutes=10)


async def test_two_cases_within_a_minute_are_one_message_and_one_click_takes_both(at: LadderHouse):
    there = at.there
    first, second = await at.case(), await at.case()
    asked = await at.told(there.bo, waits("es", cases=2))
    await at.posted(there.bo, 1)
    assert acts(asked) == ["acknowledge_all", "acknowledge", "acknowledge"]
    await at.press(there.bo, asked, "acknowledge_all")
    done = await at.told(there.bo, say("notice.yours_title", "es"))
    assert (done["ts"], acts(done)) == (asked["ts"], [])
    for case in (first, second):
        await at.card(case, "Bo is on it")


async def test_whom_slack_does_not_reach_gets_a_mail_at_once(at: LadderHouse):
    at.there.slack.state.users[at.there.bo].deleted = True
    await at.case(GRAVE)
    await at.forward(minutes=30)
    await until(lambda: at.mail.titles("bo@example.com") == ["notice.title"], 10)
    assert at.mail.told[0].notice.severity == "high"
    assert at.direct(at.there.max) == []


async def test_a_thread_alone_is_not_enough_when_the_direct_message_fails(at: LadderHouse):
    at.there.slack.state.users[at.there.bo].deleted = True
    await at.thread(await at.case(), "step 1")
    await until(lambda: at.mail.titles("bo@example.com") == ["notice.title"], 10)


async def test_when_nothing_reaches_anybody_the_next_step_is_told_at_once(at: LadderHouse):
    there = at.there
    there.slack.state.users[there.bo].deleted = True
    at.mail.closed["bo@example.com"] = Refused("no_such_mailbox")
    await at.case(GRAVE)
    await at.forward(minutes=30)
    await at.meanwhile(lambda: len(at.direct(there.max)) == 1)
    assert waits("en", "grave", "high") in all_text(at.direct(there.max))


async def test_an_acknowledgement_without_anything_after_it_is_brought_to_mind_then_lapses(at: LadderHouse):
    there = at.there
    case = await at.case()
    asked = await at.told(there.bo, waits("es"))
    await at.press(there.bo, asked, "acknowledge")
    await at.card(case, "Bo is on it")
    await at.forward(minutes=5, seconds=1)
    await at.told(there.bo, say("notice.remind_title", "es", number=case, minutes=5))
    assert at.direct(there.max) == []
    await at.forward(minutes=3, seconds=1)
    await at.told(there.bo, say("notice.lapsed_title", "es", number=case))
    await at.forward()
    await at.told(there.max, waits("en"))
    assert "acknowledge" in acts(await at.card(case, "nobody is on it yet"))


async def test_what_is_put_off_comes_back_when_the_time_is_over(at: LadderHouse):
    there = at.there
    case = await at.case()
    asked = await at.told(there.bo, waits("es"))
    await at.fill(there.bo, asked, "snooze", span="15m")
    await there.told(there.bo, say("command.snoozed", "es", number=case))
    await at.card(case, "Bo has put it off until")
    done = await at.told(there.bo, say("notice.yours_title", "es"))
    assert (done["ts"], acts(done)) == (asked["ts"], [])
    await at.quiet(minutes=14)
    await at.forward(minutes=1, seconds=1)
    await at.told(there.max, waits("en"))


async def test_what_is_given_to_somebody_and_taken_over_is_seen_by_all_concerned(at: LadderHouse):
    there = at.there
    case = await at.case()
    call = await at.thread(case, "step 1")
    await at.fill(there.bo, call, "reassign", name="Ana")
    given = await at.told(there.ana, f"#{case}")
    assert say("notice.given_title", "en", number=case) in all_text(given) and "acknowledge" in acts(given)
    await at.thread(case, say("call.over", "en", name="Ana"))
    card = await at.card(case, "Ana is on it")
    assert "take_over" in acts(card) and "acknowledge" not in acts(card)
    await at.press(there.max, card, "take_over")
    await at.told(there.ana, say("notice.taken_over", "en", number=case, name="Max"))
    await at.card(case, "Max is on it")


async def test_a_customer_who_writes_again_after_the_answer_is_waited_for_again(at: LadderHouse):
    there, house = at.there, at.there.house
    case = await house.case("do you even read what people write to you here?", by="carla")
    await at.forward(hours=9)
    await at.press(there.bo, await at.told(there.bo, f"#{case}"), "acknowledge")
    draft = await house.drafts.propose(Who("slack", there.ana), case, Wording(ANSWER, private=True))
    await house.approvals.approve(Who("slack", there.max), draft.version_id)
    await until(lambda: there.published == [ANSWER], 15)
    await at.quiet(hours=24)
    before = len(at.direct(there.bo))
    assert await house.case("and my money?", by="carla") == case
    await at.forward(hours=9, seconds=1)
    await at.meanwhile(lambda: len(at.direct(there.bo)) > before)
    assert "acknowledge" in acts(at.direct(there.bo)[-1])


async def test_a_tag_that_makes_a_case_graver_calls_by_another_ladder_at_once(at: LadderHouse):
    there = at.there
    case = await at.case("is my data safe?")
    await at.quiet(minutes=5)
    await at.fill(there.ana, await there.card_of(case), "more_tags", tags=["threat_to_life"])
    await at.forward()
    await at.told(there.bo, waits("es"))
    await at.thread(case, "step 1")


@pytest.mark.parametrize("language", ["es", "fr"])
async def test_a_channel_hears_it_in_its_own_language(tmp_path, language):
    async with ladder_house(tmp_path, language=language) as at:
        case = await at.case()
        call = await at.thread(case, say("call.title", language, people=[""], step=1, exercise=False).strip(" :\u00a0"))
        await at.press(at.there.max, call, "acknowledge")
        over = await at.thread(case, say("call.over", language, name="Max"))
        assert over["ts"] == call["ts"]
        await at.card(case, say("case.escalation", language, state="acknowledged", name="Max", step=1, at="\x00").partition("\x00")[0])


async def test_a_drill_is_marked_as_one_and_nothing_of_it_leaves(at: LadderHouse):
    there, house = at.there, at.there.house
    await at.command(there.max, "drill")
    await until(lambda: len([one for one in at.cards() if "EXERCISE" in all_text(one)]) >= 5, 20)
    await at.forward()
    assert all("EXERCISE" in all_text(one) for one in at.cards())
    await at.press(there.ana, at.cards()[0], "reply")
    await there.opened(there.ana, "reply")
    sent = await there.slack.submit(there.ana, values={"text": ANSWER})
    assert say("error.no_way_out", "en", network="drill", reason="exercise") in str(sent), sent
    await there.slack.close_view(there.ana)
    await at.command(there.max, "drill stop")
    await until(lambda: not any("acknowledge" in acts(one) or "reply" in acts(one) for one in at.cards()), 20)
    assert house.networks["x"].texts == []


async def test_where_everybody_must_know_the_ladder_waits_for_each_and_says_for_whom(at: LadderHouse):
    there = at.there
    case = await at.case("extortion high: pay or we publish")
    mine = await at.told(there.lou, f"#{case}")
    hers = await at.told(there.max, f"#{case}")
    await at.press(there.lou, mine, "acknowledge")
    waits = await at.told(there.lou, say("call.missing", "en", names=["Max"]))
    assert (waits["ts"], acts(waits)) == (mine["ts"], [])
    await at.card(case, say("call.missing", "en", names=["Max"]))
    await at.press(there.max, hers, "acknowledge")
    await at.card(case, "Max is on it")
    await at.quiet(minutes=16)
