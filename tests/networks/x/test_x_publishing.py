"""Out once, found again, taken back; and each refusal said in the right words."""

from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from bot.networks.x.client import TIMEOUT
from handlers.errors import DoorClosed, Refused, TryLater, Unconfirmed
from tests.networks.x.conftest import answering


@pytest.fixture
async def asked(fake, ours):
    fake.world.write(fake.world.user("anna"), "@acme is my data safe?")
    return (await ours.hear())[0]


def _ago(seconds: float) -> datetime:
    return datetime.now(UTC) - timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text",
    [
        "It is.",
        "See https://example.com/a?b=1&c=2 or test.com.",
        "1 < 2 & “so” 👩🏽‍🚀",
        "@anna it is",
        "Two\n\nlines",
        "x" * 280,
        "会社" * 45 + "https://example.com/a" + "です。" * 10,
    ],
)
async def test_our_answer_is_known_again_however_x_writes_it(fake, ours, asked, text):
    fake.faults.append("lost")
    with pytest.raises(Unconfirmed):
        await ours.network.publish(answering(asked, text))
    found = await ours.network.find(answering(asked, text), _ago(1))
    assert found and fake.world.posts[found.external_id].text == text


async def test_the_same_words_sent_again_are_the_same_answer(fake, ours, asked):
    first = await ours.network.publish(answering(asked, "It is."))
    assert await ours.network.publish(answering(asked, "It is.")) == first


async def test_what_x_may_not_show_yet_is_not_taken_for_lost(fake, ours, asked):
    ours.connect(shown_within=30)
    with pytest.raises(Unconfirmed):
        await ours.network.find(answering(asked, "It is."), _ago(5))
    assert await ours.network.find(answering(asked, "It is."), _ago(31)) is None


async def test_another_answer_to_the_same_post_is_not_ours(fake, ours, asked):
    await ours.network.publish(answering(asked, "It is."))
    assert await ours.network.find(answering(asked, "It is not."), _ago(1)) is None


async def test_an_answer_among_many_of_ours_is_found_and_beyond_too_many_nobody_can_tell(fake, ours, asked):
    published = await ours.network.publish(answering(asked, "It is."))
    for number in range(150):
        fake.world.write(fake.world.us, f"another {number}")
    found = await ours.network.find(answering(asked, "It is."), _ago(5))
    assert found == published
    for number in range(1000):
        fake.world.write(fake.world.us, f"yet another {number}")
    with pytest.raises(Unconfirmed):
        await ours.network.find(answering(asked, "It is."), _ago(5))


async def test_a_private_answer_is_known_again_among_what_was_said(fake, ours):
    anna = fake.world.user("anna")
    fake.world.message(anna, fake.world.us, "hello?")
    (heard,) = await ours.hear()
    fake.faults.append("lost")
    with pytest.raises(Unconfirmed):
        await ours.network.publish(answering(heard, "We are here: https://example.com", private=True))
    for number in range(40):
        fake.world.message(anna, fake.world.us, f"more {number}")
    found = await ours.network.find(answering(heard, "We are here: https://example.com", private=True), _ago(2))
    assert found and found.external_id.startswith("dm:")
    assert await ours.network.find(answering(heard, "Not this one", private=True), _ago(2)) is None
    long = answering(heard, "会社" * 300 + "https://example.com/a" + "です。" * 200, private=True)
    sent = await ours.network.publish(long)
    assert await ours.network.find(long, _ago(2)) == sent


async def test_what_is_gone_is_not_answered(fake, ours, asked):
    fake.world.posts[asked.external_id].gone = True
    with pytest.raises(Refused) as refused:
        await ours.network.publish(answering(asked, "It is."))
    assert refused.value.reason == "parent_gone"


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("broken", Unconfirmed),
        ("garbage", Unconfirmed),
        ("cut", Unconfirmed),
        ("busy", TryLater),
        ("redirect", TryLater),
        ("empty", DoorClosed),
    ],
)
async def test_what_may_have_gone_out_is_unconfirmed_and_what_surely_did_not_is_tried_later(fake, ours, asked, fault, kind):
    fake.faults.append(fault)
    with pytest.raises(kind):
        await ours.network.publish(answering(asked, "It is."))


async def test_where_nobody_listens_it_is_tried_later(fake, ours, asked):
    await ours.x.close()  # a line that stands may have carried it
    await fake.__aexit__()
    with pytest.raises(TryLater):
        await ours.network.publish(answering(asked, "It is."))


async def test_a_token_that_may_not_write_closes_this_lane_and_not_our_ears(fake, ours, asked):
    fake.level = "read"
    with pytest.raises(DoorClosed, match="permissions") as closed:
        await ours.network.publish(answering(asked, "It is."))
    assert not closed.value.whole


async def test_a_suspended_account_closes_the_whole_door(fake, ours, asked):
    fake.suspended = True
    with pytest.raises(DoorClosed) as closed:
        await ours.network.publish(answering(asked, "It is."))
    assert closed.value.whole


async def test_what_a_customer_wrote_below_our_post_can_be_hidden_and_nothing_else(fake, ours, asked):
    mine = fake.world.write(fake.world.us, "News")
    below = fake.world.write(fake.world.user("anna"), "my number is 1234", to=mine)
    (heard,) = await ours.hear()
    assert heard.hideable and not asked.hideable
    await ours.network.hide(heard.external_id)
    assert below.hidden
    with pytest.raises(Refused, match="not the author"):
        await ours.network.hide(asked.external_id)
    await ours.network.hide("1")


async def test_what_is_asked_for_more_often_than_x_allows_waits_until_x_says(fake, ours, asked):
    fake.limits.window = 40
    for number in range(100):
        await ours.network.publish(answering(asked, f"It is, {number}"))
    with pytest.raises(TryLater) as later:
        await ours.network.publish(answering(asked, "It is."))
    assert 0 < later.value.after.total_seconds() <= 42


async def test_our_own_pace_stays_within_what_x_allows(ours):
    for act, most in (("publish", 100), ("delete", 50), ("hide", 50)):
        (bucket,) = ours.network.limits(act)
        assert bucket.burst + timedelta(minutes=15) / bucket.every <= most


async def test_an_answer_that_does_not_come_is_not_waited_for(fake, ours, asked):
    ours.x._origin._timeout = aiohttp.ClientTimeout(total=0.3)
    await ours.x.close()
    fake.faults.append("hang")
    with pytest.raises(Unconfirmed):
        await ours.network.publish(answering(asked, "It is."))
    assert TIMEOUT.total and TIMEOUT.total < 25


async def test_too_many_private_messages_keep_no_public_answer_waiting(fake, ours, asked):
    for number in range(15):
        await ours.network.publish(answering(asked, f"It is, {number}.", private=True))
    with pytest.raises(TryLater) as later:
        await ours.network.publish(answering(asked, "It is.", private=True))
    assert later.value.bucket not in {"", ours.network.limits("publish")[0].name}
    await ours.network.publish(answering(asked, "It is."))
