"""A reply leaves once, below what it answers, and what the network will not have is refused before anything is written."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.networks.bluesky.record import key_of
from handlers.errors import DoorClosed, Refused, TryLater, Unconfirmed
from tests.fakes.bluesky.world import POST

PUT, GET = "com.atproto.repo.putRecord", "com.atproto.repo.getRecord"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


async def test_a_reply_stands_below_the_customers_post_in_its_thread(house):
    root = house.fake.world.write(house.fake.world.account("bruno.test"), "Have you seen this?")
    asked = house.says("Is my data safe?", to=root.uri)
    published = await house.network().publish(house.reply(asked, "It is. See https://meridia.test/faq."))
    (ours,) = house.ours
    assert published.external_id == ours.uri
    assert published.url == f"https://bsky.app/profile/meridia.test/post/{key_of('t1')}"
    assert ours.record["reply"] == {"root": {"uri": root.uri, "cid": root.cid}, "parent": {"uri": asked.uri, "cid": asked.cid}}
    assert ours.record["facets"][0]["features"][0]["uri"] == "https://meridia.test/faq"


async def test_the_same_token_is_written_once_and_never_changed(house):
    asked = house.says("Is my data safe?")
    first = await house.network().publish(house.reply(asked))
    written = dict(house.ours[0].record)
    house.dial.now += 60
    assert await house.network().publish(house.reply(asked)) == first
    assert len(house.ours) == 1 and house.ours[0].record == written


async def test_another_reply_under_a_taken_key_is_refused_and_changes_nothing(house):
    asked = house.says("Is my data safe?")
    await house.network().publish(house.reply(asked))
    with pytest.raises(Refused) as refused:
        await house.network().publish(house.reply(asked, "Other words."))
    assert refused.value.reason == "key_taken"
    assert [one.record["text"] for one in house.ours] == ["Your data is safe."]
    assert await house.network().find(house.reply(asked, "Other words."), LONG_AGO) is None


@pytest.mark.parametrize("why", ["gone", "blocked_by_them", "blocked_by_us", "closed", "no_post"])
async def test_whom_nobody_may_answer_is_refused_before_anything_is_written(house, why):
    asked = house.says("Is my data safe?")
    world, them, us = house.fake.world, asked.author.did, house.fake.us.did
    reply = house.reply(asked)
    expected = {"gone": "parent_gone", "closed": "replies_disabled", "no_post": "parent_gone"}.get(why, "blocked")
    if why == "gone":
        world.remove(asked.uri)
    elif why == "closed":
        world.closed.add(asked.uri)
    elif why == "no_post":
        reply = replace(reply, in_reply_to=f"at://{them}/app.bsky.feed.like/3k")
    else:
        world.blocks.add((them, us) if why == "blocked_by_them" else (us, them))
    with pytest.raises(Refused) as refused:
        await house.network().publish(reply)
    assert refused.value.reason == expected
    assert house.ours == [] and house.fake.times(PUT) == 0


async def test_a_text_of_three_hundred_families_is_too_long_in_bytes(house):
    asked = house.says("Is my data safe?")
    with pytest.raises(Refused) as refused:
        await house.network().publish(house.reply(asked, "👨‍👩‍👧‍👦" * 300))
    assert refused.value.reason == "too_long" and house.fake.asked == []


async def test_what_the_server_finds_wrong_comes_back_in_its_words(house):
    asked = house.says("Is my data safe?")
    with pytest.raises(Refused) as refused:
        await house.network().publish(house.reply(asked, language="not a language"))
    assert "langs" in refused.value.reason and len(refused.value.reason) <= 300
    assert house.ours == []


async def test_when_the_points_are_spent_it_waits_until_they_are_back(house):
    asked = house.says("Is my data safe?")
    house.fake.limits.spend("write", house.fake.us.did, 4_999, house.dial.now)
    with pytest.raises(TryLater) as later:
        await house.network().publish(house.reply(asked))
    assert timedelta(minutes=59) < later.value.after <= timedelta(hours=1)
    assert house.ours == []


def test_our_own_limits_never_reach_the_networks(house):
    for (
        most,
        window,
    ) in ((1666, 3600), (11_666, 86_400)):
        buckets = house.network().limits("publish")
        assert min(bucket.burst + window / bucket.every.total_seconds() for bucket in buckets) <= most
    assert next(one.name for one in house.network().limits("delete")) == "bluesky:@meridia.test#delete"
    shared = [{one.name for one in house.network().limits(act)[1:]} for act in ("publish", "delete")]
    assert shared[0] == shared[1], "a deletion costs points too"


@pytest.mark.parametrize("fault", ["broken", "cut", "busy"])
async def test_where_it_cannot_be_looked_it_is_not_said_to_be_missing(house, fault):
    network = house.network()
    asked = house.says("Is my data safe?")
    await network.publish(house.reply(asked))
    house.fake.faults.append(fault)
    with pytest.raises(Unconfirmed):
        await network.find(house.reply(asked), LONG_AGO)
    assert (await network.find(house.reply(asked), LONG_AGO)).external_id == house.ours[0].uri


@pytest.mark.parametrize(
    ("fault", "error"),
    [("broken", Unconfirmed), ("cut", Unconfirmed), ("lost", Unconfirmed), ("busy", TryLater), ("dead_token", DoorClosed)],
)
async def test_what_happens_while_it_is_written_is_told_for_what_it_is(house, fault, error):
    network = house.network()
    asked = house.says("Is my data safe?")
    await network.xrpc.me()
    house.fake.faults.extend(["", *[fault] * (4 if fault == "dead_token" else 1)])  # the look at the parent goes well
    with pytest.raises(error):
        await network.publish(house.reply(asked))
    assert len(house.ours) == (1 if fault == "lost" else 0)


async def test_a_token_that_ended_is_renewed_and_the_reply_leaves_once(house):
    network = house.network()
    asked = house.says("Is my data safe?")
    await network.xrpc.me()
    house.fake.end_sessions()
    await network.publish(house.reply(asked))
    assert len(house.ours) == 1


async def test_a_server_that_is_not_there_took_nothing(house):
    network = house.network()
    asked = house.says("Is my data safe?")
    network.xrpc.session._url = "http://127.0.0.1:9"
    with pytest.raises(TryLater) as later:
        await network.publish(house.reply(asked))
    assert later.value.reason == "no_connection" and later.value.after > timedelta()


async def test_only_our_own_posts_are_taken_back(house):
    network = house.network()
    asked = house.says("Is my data safe?")
    for foreign in (asked.uri, f"at://{house.fake.us.did}/app.bsky.feed.like/3k", "https://bsky.app/profile/x/post/3k", ""):
        with pytest.raises(Refused):
            await network.delete(foreign)
    published = await network.publish(house.reply(asked))
    assert published.external_id.split("/")[3] == POST
    await network.delete(published.external_id)
    await network.delete(published.external_id)
    assert house.ours == [] and asked.uri in house.fake.world.posts
