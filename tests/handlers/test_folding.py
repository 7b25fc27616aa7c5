"""Storms: more posts than a lane can carry are stood for by one counting card, and come back when the line is short."""

from datetime import timedelta

import pytest

from tests.builders import mention


async def storm(post, count, text):
    for start in range(0, count, 200):
        await post.house.mentions.receive([mention(text) for _ in range(min(200, count - start))])


async def states(post):
    found = {}
    for row in await post.rows(kind="card"):
        found[(row.severity, row.state)] = found.get((row.severity, row.state), 0) + 1
    return found


def counting(post):
    return [one for one in post.slack.messages if one.shows("case.waiting")]


async def test_up_to_ten_minutes_of_posts_everyone_gets_a_card(post):
    await storm(post, 600, "low")
    await post.house.ticks.fold()
    assert await states(post) == {(0, "pending"): 600}


async def test_beyond_ten_minutes_the_low_ones_are_counted_and_the_graver_ones_posted(post):
    await storm(post, 640, "low")
    await storm(post, 5, "normal")
    await storm(post, 2, "critical")
    await post.house.ticks.fold()
    assert await states(post) == {(0, "folded"): 640, (1, "pending"): 5, (3, "pending"): 2}
    await post.send(3)
    assert [one.card.title.name for one in post.slack.messages][:3] == ["case.title", "case.title", "case.waiting"]
    assert counting(post)[0].card.title.facts == {"count": 640, "severity": "low"}


async def test_one_counting_card_stands_for_a_whole_storm_and_is_kept_up_to_date(post):
    await storm(post, 640, "low")
    await post.house.ticks.fold()
    await post.send(1)
    await storm(post, 660, "low")
    await post.house.ticks.fold()
    await post.send(2)
    assert [card.title.facts["count"] for card in counting(post)[0].states] == [640, 1300] and len(counting(post)) == 1
    await post.house.ticks.fold()  # the line is short: sixty come back
    await post.send(2)
    assert len(counting(post)) == 1 and counting(post)[0].card.title.facts["count"] == 1240
    assert (await states(post))[(0, "folded")] == 1240


async def test_a_storm_that_changes_while_its_card_is_sent_posts_no_second_one(post):
    await storm(post, 640, "low")
    await post.house.ticks.fold()

    async def more():
        await storm(post, 640, "low")
        await post.house.ticks.fold()

    post.slack.during = more
    await post.send(3)
    assert len(counting(post)) == 1 and counting(post)[0].card.title.facts["count"] == 1280


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)  # six hundred sends: once is enough
async def test_every_folded_case_gets_its_thread_in_the_end_and_the_card_says_so(post):
    await storm(post, 601, "low")
    await post.house.ticks.fold()
    post.slack.every = timedelta()  # a lane without limits: what counts here is that nobody is forgotten
    for _ in range(13):
        await post.house.ticks.fold()
        await post.send()
    assert {state for _, state in await states(post)} == {"sent"}
    assert len([one for one in post.slack.messages if one.shows("case.title")]) == 601
    assert [one.card.title.facts["count"] for one in counting(post)] == [0]


async def test_a_folded_case_is_still_worked_by_next_and_what_follows_it_waits_behind_it(post):
    await storm(post, 640, "low")
    await post.house.ticks.fold()
    ana = await post.house.person("Ana")
    case = await post.house.cases.next(ana)
    await post.house.cases.note(ana, case, "looked at")
    assert (await states(post))[(0, "folded")] == 640
    assert await post.states(kind="note") == ["behind"]
