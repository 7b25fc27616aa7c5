"""Everybody who names, answers or quotes us is heard once, and so is who writes our words; nothing there is marked as read."""

import random

import pytest

from handlers.errors import DoorClosed
from handlers.networks import FIRST_LOOK, Can, Unread
from handlers.ports import NOT_SUMMONED
from tests.fakes.bluesky.rules import BadRequest
from tests.fakes.bluesky.world import moment
from tests.networks.bluesky.conftest import texts

LIST, SEARCH = "app.bsky.notification.listNotifications", "app.bsky.feed.searchPosts"


async def everything(source, cursor=None):
    news, more = [], True
    while more:
        heard = await source.since(cursor)
        assert len(heard.news) <= 200
        news += heard.news
        cursor, more = heard.cursor, heard.more
    return news, cursor


async def test_mentions_answers_and_quotes_are_heard_and_likes_of_ours_are_not(house):
    world, us = house.fake.world, house.fake.us
    anna, ours = world.account("anna.test", followers=12_000), world.write(us, "We are looking into it.")
    house.says("one")
    world.write(anna, "is two", to=ours.uri)
    world.write(anna, "is three", embed={"$type": "app.bsky.embed.record", "record": {"uri": ours.uri, "cid": ours.cid}})
    world.write(anna, "is of no concern")
    news, _ = await everything(house.source())
    assert [one.split("\n")[0] for one in texts(news)] == ["one", "two", "three"]
    assert {one.customer.reach for one in news} == {12_000}
    assert news[1].conversation_id == ours.uri
    assert not any("updateSeen" in name for name, _ in house.fake.asked)


async def test_fifteen_hundred_that_came_while_we_were_away_are_heard_in_order(house):
    for number in range(1_500):
        house.says(f"n{number}", random.Random(number).choice(("anna", "bruno", "chloe")))
    news, cursor = await everything(house.source())
    assert texts(news) == [f"n{number}" for number in range(1_500)]
    assert len(cursor) < 40_000
    assert house.fake.times(LIST) < 3 * 15 + 20
    house.says("last")
    again, _ = await everything(house.source(), cursor)
    assert texts(again) == ["last"]


async def test_the_accounts_own_filters_do_not_hide_customers(house):
    house.says("one")
    await house.source().since(None)
    asked = dict(house.fake.asked)[LIST]
    assert asked["priority"] == "false" and asked["reasons"] == ["mention", "reply", "quote"]


async def test_what_is_older_than_the_first_look_is_left(house):
    house.dial.now -= FIRST_LOOK.total_seconds() + 3600
    house.says("old")
    house.dial.now += FIRST_LOOK.total_seconds() + 3600
    house.says("new")
    assert texts((await everything(house.source()))[0]) == ["new"]


async def test_a_post_that_claims_to_be_half_an_hour_older_is_heard(house):
    source = house.source()
    house.says("one")
    _, cursor = await everything(source)
    house.says("two", createdAt="2020-01-01T00:00:00Z")
    from_before = house.fake.world.now() - 1_800_000
    house.says("three", createdAt=moment(from_before))
    news, _ = await everything(source, cursor)
    assert texts(news) == ["three"], "of what claims to be years old its list tells nobody"


async def test_searched_words_and_hashtags_are_heard_once_with_a_place_of_their_own(house):
    world = house.fake.world
    anna = world.account("anna.test")
    world.write(anna, "x about the #meridialeak")
    world.write(anna, "x a data breach at Meridia?")
    world.write(anna, "x data, not a breach")
    house.says("the #meridialeak, a data breach at you")
    world.write(house.fake.us, "x Our word on the #meridialeak")
    source = house.source("data breach", "#meridialeak")
    news, cursor = await everything(source)
    assert texts(news) == ["about the #meridialeak", "a data breach at Meridia?", "the #meridialeak, a data breach at you"]
    assert [said["q"] for name, said in house.fake.asked if name == SEARCH] == ['"data breach"', "#meridialeak"]
    world.write(anna, "x again #meridialeak")
    assert texts((await everything(source, cursor))[0]) == []
    house.dial.now += 31
    news, cursor = await everything(source, cursor)
    assert texts(news) == ["again #meridialeak"]
    again = await house.source("#meridialeak").since(cursor)
    assert again.news == [] and "data breach" not in again.cursor, "who is not searched for any more is forgotten"


async def test_five_hundred_hits_of_a_search_are_heard_in_bounded_steps_while_more_come(house):
    world, said = house.fake.world, []
    for number in range(500):
        said.append(f"leak n{number}")
        world.write(world.account("anna.test"), f"x {said[-1]}")
    source, news, cursor, more = house.source("leak"), [], None, True
    while more:
        heard = await source.since(cursor)
        news, cursor, more = [*news, *heard.news], heard.cursor, heard.more
        if len(said) < 520:
            said.append(f"leak n{len(said)}")
            world.write(world.account("anna.test"), f"x {said[-1]}")
    house.dial.now += 31
    news += (await everything(source, cursor))[0]
    assert texts(news) == said


async def test_a_search_that_fails_costs_no_mention_and_is_not_silent(house):
    source = house.source("leak")
    _, cursor = await everything(source)
    house.dial.now += 31
    house.fake.calls.deaf_search = True
    house.says("one")
    house.fake.world.write(house.fake.world.account("bruno.test"), "x leak three")
    heard = await source.since(cursor)
    assert texts(heard.news) == ["one"] and heard.left_out == "search_away" and not heard.more
    again = await source.since(heard.cursor)
    assert again.news == [] and again.left_out == "search_away"
    house.says("leak two")
    heard = await source.since(again.cursor)
    assert texts(heard.news) == ["leak two"]
    house.fake.calls.deaf_search = False
    last = await source.since(heard.cursor)
    assert "leak three" in texts(last.news) and last.left_out == ""


async def test_a_search_service_that_is_away_is_asked_once_a_turn(house):
    house.fake.calls.deaf_search = True
    heard = await house.source(*(f"word{number}" for number in range(20))).since(None)
    assert house.fake.times(SEARCH) == 1 and heard.left_out == "search_away"


async def test_whoever_closed_their_thread_and_did_not_address_us_gets_no_answer(house):
    world = house.fake.world
    post = world.write(world.account("anna.test"), "x leak")
    world.closed.add(post.uri)
    (found,) = (await everything(house.source("leak")))[0]
    assert found.no_answer == NOT_SUMMONED


async def test_what_cannot_be_read_is_set_aside_once(house):
    house.says("one")
    odd = house.says("odd")
    odd.record["text"] = {"not": "text"}
    house.says("two")
    news, cursor = await everything(house.source())
    assert texts(news) == ["one", "two"]
    assert [one.because for one in news if isinstance(one, Unread)] == ["record.text"]
    assert (await everything(house.source(), cursor))[0] == []


async def test_that_followers_cannot_be_counted_costs_no_mention(house):
    house.fake.calls.get_profiles = lambda us, said: {"profiles": [7, {"did": us.did}]}
    house.says("one")
    assert [one.customer.reach for one in (await everything(house.source()))[0]] == [0]


async def test_it_is_told_who_we_are_and_when_the_account_itself_hides_mentions(house):
    source = house.source()
    standing = await source.standing()
    assert (standing.account, standing.may_not, standing.expires_at) == ("@meridia.test", (), None)
    assert set(standing.may) == {Can.HEAR, Can.SEARCH, Can.ANSWER, Can.DELETE}
    house.fake.calls.preferences["mention"]["include"] = "follows"
    assert (await source.standing()).may_not == (Can.HEAR,)
    house.fake.calls.preferences = None
    assert (await source.standing()).may_not == ()


async def test_an_account_that_hears_nothing_because_it_was_taken_down_says_so_within_a_minute(house):
    source = house.source()
    _, cursor = await everything(source)

    def gone(us, said):
        raise BadRequest(f"Could not find user info for account: {us.did}")

    house.fake.calls.get_session = gone
    source._looked_at -= 61
    with pytest.raises(DoorClosed) as closed:
        await source.since(cursor)
    assert closed.value.whole
