"""What X charges is counted as X counts it, forecast, and saved on when it must be."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.networks.x.costs import OVER_BUDGET, SEARCH_STOPPED, forecast
from tests.networks.x.conftest import answering


def test_the_month_goes_on_as_it_went_so_far():
    seen = forecast(Decimal(30), Decimal(100), datetime(2026, 11, 11, tzinfo=UTC))
    assert (seen.spent, seen.by_month_end, seen.ceiling, seen.thrift) == (Decimal(30), Decimal(90), Decimal(100), "")


def test_one_stormy_hour_on_the_first_day_does_not_foretell_a_month_of_storms():
    assert forecast(Decimal(10), Decimal(0), datetime(2026, 11, 1, 1, tzinfo=UTC)).by_month_end == Decimal(300)


@pytest.mark.parametrize(("spent", "thrift"), [("89.99", ""), ("90", SEARCH_STOPPED), ("99.99", SEARCH_STOPPED), ("100", OVER_BUDGET)])
def test_from_nine_tenths_of_the_ceiling_on_it_is_saved(spent, thrift):
    assert forecast(Decimal(spent), Decimal(100), datetime.now(UTC)).thrift == thrift


def test_without_a_ceiling_nothing_is_saved_on():
    seen = forecast(Decimal(10_000), Decimal(0), datetime.now(UTC))
    assert (seen.ceiling, seen.thrift) == (None, "")


async def test_our_book_says_what_the_bill_says(fake, ours):
    ours.connect("data leak")
    anna = fake.world.user("anna")
    mine = fake.world.write(fake.world.us, "Hello from Acme")
    fake.world.write(anna, "@acme is my data safe?")
    fake.world.write(anna, "that data leak again")
    fake.world.write(anna, "what a data leak, @acme")
    fake.world.write(anna, "look at them", quote=mine)
    fake.world.message(anna, fake.world.us, "hello?")
    heard = await ours.hear()
    await ours.hear()  # again on the same day: nothing is charged twice
    asked, private = heard[0], next(one for one in heard if one.private)
    answer = await ours.network.publish(answering(asked, "Yes, it is."))
    await ours.network.publish(answering(asked, "Read https://example.com/safe"))
    await ours.network.publish(answering(private, "We are here.", private=True))
    assert await ours.network.find(answering(asked, "Yes, it is."), datetime.now(UTC) - timedelta(minutes=1))
    await ours.network.delete(answer.external_id)
    await ours.source.standing()
    assert ours.purse.total == fake.bill.total, (ours.purse.paid, fake.bill.counted)
    assert ours.purse.total > Decimal("0.2")


async def test_from_nine_tenths_on_nothing_is_searched_and_whoever_names_us_is_heard(fake, ours):
    ours.connect("data leak", ceiling=100)
    ours.purse.before = Decimal(95)
    fake.world.write(fake.world.user("anna"), "that data leak")
    named = fake.world.write(fake.world.user("anna"), "@acme hello")
    assert [one.external_id for one in await ours.hear()] == [named.id]
    assert "search" not in fake.calls and ours.source.thrift == SEARCH_STOPPED
    assert ours.source.every == timedelta(seconds=1)


async def test_above_the_ceiling_it_is_asked_seldom_and_still_answered(fake, ours):
    ours.connect("data leak", ceiling=100)
    ours.purse.before = Decimal(100)
    fake.world.write(fake.world.user("anna"), "@acme hello")
    (heard,) = await ours.hear()
    assert ours.source.thrift == OVER_BUDGET and ours.source.every == timedelta(minutes=5)
    await ours.network.publish(answering(heard, "Hello Anna"))
    assert (await ours.source.forecast(datetime.now(UTC))).thrift == OVER_BUDGET


async def test_what_was_not_searched_while_we_saved_is_caught_up_with(fake, ours):
    ours.connect("data leak", ceiling=100)
    await ours.hear()
    ours.purse.before = Decimal(95)
    ours.connect("data leak", ceiling=100)
    missed = fake.world.write(fake.world.user("anna"), "that data leak")
    assert await ours.hear() == []
    ours.purse.before = Decimal(0)
    ours.connect("data leak", ceiling=100)
    assert [one.external_id for one in await ours.hear()] == [missed.id]


async def test_a_customer_is_answered_also_when_nobody_can_write_down_what_it_cost(fake, ours):
    ours.connect(ceiling=100)
    fake.world.write(fake.world.user("anna"), "@acme hello")
    ours.purse.broken = True
    (heard,) = await ours.hear()
    assert (await ours.network.publish(answering(heard, "Hello Anna"))).external_id in fake.world.posts
