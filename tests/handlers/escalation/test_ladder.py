"""The ladder as those see it who stand on it: who is told when, who has it, what comes after the last step."""

from handlers.errors import Refused
from storage.escalations import Climbing
from tests.handlers.escalation.conftest import MINUTE

LIFE = "threat_to_life critical"


async def test_the_second_person_is_told_when_nobody_acknowledges_in_five_minutes(world):
    case = await world.house.case(LIFE)
    await world.now()
    assert len(world.direct("U2")) == 1
    assert not world.direct("U3")
    await world.turn(minutes=4)
    assert not world.direct("U3")
    await world.turn(minutes=2)
    assert len(world.direct("U3")) == 1
    assert [(call.name, call.step) for call in await world.called(case)] == [("Lea", 0), ("Max", 1)]


async def test_acknowledging_ends_the_climb_and_all_who_were_told_learn_who_has_it(world):
    case = await world.house.case(LIFE)
    await world.turn(minutes=6)
    await world.house.acknowledging.acknowledge(world.people["Max"], case)
    await world.turn(minutes=19)
    assert not world.direct("U4")
    assert (await world.standing(case)).name == "Max"
    for account, title in (("U2", "notice.over_title"), ("U3", "notice.yours_title")):
        card = world.direct(account)[0].card
        assert card.title.name == title
        assert not card.buttons
    assert world.direct("U2")[0].card.body[0].facts["name"] == "Max"


async def test_after_the_last_step_it_begins_anew_as_often_as_flow_says_and_stays_red(world):
    case = await world.house.case(LIFE)
    await world.turn(minutes=40)
    assert (await world.standing(case)).state is Climbing.UNANSWERED
    told = [(call.climb, call.step, call.name) for call in await world.called(case)]
    assert told[:6] == [(0, 0, "Lea"), (0, 1, "Max"), (0, 2, "Lou"), (1, 0, "Lea"), (1, 1, "Max"), (1, 2, "Lou")]
    assert {one[1] for one in told[6:]} == {3}
    await world.turn(5 * MINUTE, hours=5)
    assert len(await world.called(case)) == len(told)


async def test_a_notice_that_is_refused_goes_the_next_way_and_then_to_the_next_step_at_once(world):
    world.slack.closed["U2"] = Refused("account_inactive")
    case = await world.house.case(LIFE)
    await world.now()
    assert [one.address for one in world.mail.told] == ["lea@us.example"]
    world.slack.closed["U3"] = Refused("account_inactive")
    world.mail.closed[""] = Refused("mailbox_gone")
    await world.turn(minutes=6)
    assert [(call.name, call.failed_at is not None) for call in await world.called(case)][1:] == [("Max", True), ("Lou", False)]


async def test_two_cases_within_a_minute_are_one_notice_and_one_click_takes_both(world):
    first, second = await world.house.case(LIFE), await world.house.case(LIFE)
    await world.now()
    (message,) = world.direct("U2")
    assert message.card.title.facts["cases"] == 2
    every = message.card.buttons[0][0]
    assert every.act == "acknowledge_all"
    await world.house.escalation.press(world.people["Lea"], every.act, every.ids)
    await world.now()
    assert {(await world.standing(one)).state for one in (first, second)} == {Climbing.ACKNOWLEDGED}


async def test_a_step_for_everyone_pauses_only_when_each_has_acknowledged(world):
    case = await world.house.case("extortion critical")
    await world.now()
    assert not await world.house.acknowledging.acknowledge(world.people["Lou"], case)
    assert (await world.standing(case)).state is Climbing.CLIMBING
    assert await world.house.acknowledging.acknowledge(world.people["Max"], case)
    assert (await world.standing(case)).state is Climbing.ACKNOWLEDGED


async def test_an_acknowledgement_lapses_when_nothing_follows_and_a_note_is_enough(world):
    lapsing, worked = await world.house.case(LIFE), await world.house.case(LIFE)
    await world.now()
    for case in (lapsing, worked):
        await world.house.acknowledging.acknowledge(world.people["Lea"], case)
    await world.turn(minutes=1)
    await world.house.cases.note(world.people["Lea"], worked, "on the phone with them")
    await world.turn(minutes=21)
    assert any(one.card.title.name == "notice.remind_title" for one in world.direct("U2"))
    assert not world.direct("U3")
    await world.turn(minutes=11)
    assert [call.case_id for call in await world.called(lapsing) + await world.called(worked) if call.name == "Max"] == [lapsing]


async def test_what_is_put_off_comes_back_where_it_stood(world):
    case = await world.house.case(LIFE)
    await world.now()
    await world.house.acknowledging.snooze(world.people["Lea"], case, "30m")
    await world.turn(minutes=28)
    assert not world.direct("U3")
    await world.turn(minutes=4)
    assert len(world.direct("U3")) == 1


async def test_who_is_given_a_case_is_told_and_the_ladder_is_theirs(world):
    case = await world.house.case(LIFE)
    await world.now()
    assert await world.house.acknowledging.reassign(world.people["Lea"], case, "Ana") == "Ana"
    await world.now()
    assert world.direct("U1")[0].card.title.name == "notice.given_title"
    assert (await world.standing(case)).name == "Ana"
    await world.house.acknowledging.take_over(world.people["Max"], case)
    await world.now()
    assert any(one.card.title.name == "notice.taken_over" for one in world.direct("U1"))


async def test_a_graver_tag_means_another_ladder_at_once(world):
    case = await world.house.case("my_data normal")
    await world.now()
    assert not await world.called(case)
    await world.house.tags.toggle(world.people["Ana"], case, "threat_to_life")
    await world.now()
    assert [call.name for call in await world.called(case)] == ["Lea"]


async def test_a_customer_who_writes_back_after_the_answer_begins_the_ladder_again(world):
    case = await world.house.case(LIFE, by="u-back")
    await world.now()
    await world.house.cases.close(world.people["Ana"], case)
    await world.turn(minutes=10)
    assert len(await world.called(case)) == 1
    await world.house.case("threat_to_life critical again", by="u-back")
    await world.now()
    assert [(call.climb, call.name) for call in await world.called(case)] == [(0, "Lea"), (1, "Lea")]


async def test_the_thread_names_all_whom_the_step_calls(world):
    case = await world.house.case("press high")
    await world.turn(seconds=5)
    (post,) = [one for one in world.slack.messages if one.card.title.name == "call.title"]
    assert post.place.thread_id
    assert [one.name for one in post.card.title.facts["people"]] == ["Pia"]
    await world.house.acknowledging.acknowledge(world.people["Pia"], case)
    await world.now()
    assert post.card.title.name == "call.over"


async def test_after_a_day_off_the_late_step_is_told_once_and_the_next_one_after_its_time(world):
    case = await world.house.case(LIFE)
    world.dial.forward(days=1)
    await world.now()
    assert [call.name for call in await world.called(case)] == ["Lea"]
    await world.turn(minutes=6)
    assert [call.name for call in await world.called(case)] == ["Lea", "Max"]


async def test_what_joins_a_card_that_stands_is_told_by_it_and_by_nothing_else(world):
    await world.house.case(LIFE)
    await world.now()
    second = await world.house.case(LIFE)
    await world.turn(minutes=2)
    assert len(world.direct("U2")) == 1
    assert (await world.called(second))[0].told_at is not None
    assert not world.mail.told


async def test_a_clock_that_was_an_hour_ahead_and_is_set_right_keeps_nobody_waiting_for_that_hour(world):
    world.dial.forward(hours=1)
    case = await world.house.case(LIFE)
    await world.house.climb.fire()  # the notice waits to leave, the next step is set
    world.dial.forward(hours=-1)
    await world.house.ticks.rewind()
    await world.now()
    assert len(world.direct("U2")) == 1
    await world.turn(minutes=6)
    assert [call.name for call in await world.called(case)] == ["Lea", "Max"]
