"""A workspace that is away for an hour: people hear by another way, and what is over by then does not ring when it is back."""

from datetime import timedelta

from handlers.errors import DoorClosed, Unconfirmed
from storage import outbox
from tests.handlers.escalation.test_ladder import LIFE


async def test_a_reminder_goes_by_mail_while_the_workspace_is_away_and_does_not_come_again_after_it(world):
    case = await world.house.case(LIFE)
    await world.now()
    world.slack.closed[""] = DoorClosed("service_unavailable", whole=True)
    other = await world.house.case(LIFE)
    await world.now()
    assert [told.notice.title.facts["cases"] for told in world.mail.told if told.address == "lea@us.example"] == [1]
    await world.house.acknowledging.acknowledge(world.people["Lea"], case)
    await world.house.acknowledging.acknowledge(world.people["Lea"], other)
    await world.turn(minutes=22)
    assert "notice.remind_title" in [told.notice.title.name for told in world.mail.told]
    await world.house.cases.close(world.people["Lea"], case)
    await world.house.cases.close(world.people["Lea"], other)
    await world.turn(minutes=20)
    rang = len(world.slack.messages)
    world.slack.closed.clear()
    await world.turn(minutes=2)
    assert [one.card.title.name for one in world.slack.messages[rang:] if one.place.channel_id.startswith("U")] == []


async def test_what_was_news_before_the_outage_is_not_told_after_it(world):
    world.mail.closed[""] = DoorClosed("login_refused", whole=True)
    case = await world.house.case(LIFE)
    await world.now()
    await world.house.acknowledging.acknowledge(world.people["Lea"], case)
    world.slack.closed[""] = DoorClosed("service_unavailable", whole=True)
    await world.turn(minutes=22)
    await world.house.cases.close(world.people["Lea"], case)
    await world.turn(minutes=15)
    world.slack.closed.clear()
    world.mail.closed.clear()
    await world.turn(minutes=2)
    assert not [one for one in world.direct("U2") if one.card.title.name == "notice.remind_title"]
    assert not [one for one in world.mail.told if one.notice.title.name == "notice.remind_title"]


async def test_what_may_have_arrived_is_found_though_the_clock_was_set_back_after_the_first_try(world):
    await world.house.case("my_data normal")
    async with world.store.begin() as work:
        assert await outbox.claim(work, "slack:C1", "post", "a process that dies", timedelta(minutes=1), [])
        await work.commit()
    world.dial.forward(hours=-1)
    async with world.store.begin() as work:
        await outbox.expire_leases(work, of_everybody=True)
        await work.commit()
    world.slack.lost.append(Unconfirmed("lost"))
    await world.turn(minutes=5)
    assert len([one for one in world.slack.messages if one.place.channel_id == "C1"]) == 1


async def test_a_notice_that_arrived_without_an_answer_says_so_once_somebody_has_it(world):
    world.slack.fail.append(None)  # the case's card
    case = await world.house.case(LIFE)
    await world.house.climb.fire()
    world.slack.lost.extend([Unconfirmed("lost")] * 2)
    await world.sender().drain()
    (message,) = world.direct("U2")
    await world.house.acknowledging.acknowledge(world.people["Max"], case)
    await world.turn(minutes=1)
    assert (message.card.title.name, message.card.buttons) == ("notice.over_title", ())
    assert len(world.direct("U2")) == 1
