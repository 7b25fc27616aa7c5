"""Several processes on one database: each row leaves once, one pace for all, and what one of them learns binds the others."""

import asyncio
from datetime import timedelta

import pytest

from handlers.errors import TryLater, Unconfirmed
from handlers.escalation.telling import Outcome
from handlers.renderer import Renderer
from handlers.sender import Sender
from handlers.showing import ways_to
from tests.builders import mention
from tests.databases import opened


@pytest.fixture
async def senders(post, dial):
    """Three, each with a connection pool of its own as in three processes; one is all that SQLite may have."""
    stores = [opened(post.store.url, dial) for _ in range(3)] if post.store.on_postgresql else [post.store]
    yield [
        Sender(store, ways_to({"slack": post.slack}, Renderer(store, post.house.shelf, {}), Outcome(post.house.course.caller)))
        for store in stores
    ]
    for store in stores:
        await store.close()


async def drain(senders):
    return await asyncio.gather(*(sender.drain() for sender in senders))


async def test_no_row_leaves_twice_and_none_is_forgotten(post, dial, senders):
    post.slack.every = timedelta(milliseconds=100)
    await post.house.mentions.receive([mention(f"number {number}") for number in range(60)])
    for _ in range(80):
        dial.forward(milliseconds=100)
        await drain(senders)
    assert len(post.slack.texts()) == len(set(post.slack.texts())) == 60
    assert set(await post.states()) == {"sent"}


async def test_together_they_keep_the_pace_of_one(post, dial, senders):
    await post.house.mentions.receive([mention() for _ in range(30)])
    for second in range(10):
        await drain(senders)
        assert len(post.slack.messages) == second + 1
        dial.forward(seconds=1)


async def test_quiet_that_one_was_asked_for_is_kept_by_all(post, dial, senders):
    await post.house.mentions.receive([mention() for _ in range(5)])
    post.slack.fail.append(TryLater("rate_limited", timedelta(seconds=5)))
    for _ in range(5):
        await drain(senders)
        dial.forward(seconds=1)
    assert len(post.slack.calls) == 1
    dial.forward(seconds=1)
    await drain(senders)
    assert len(post.slack.messages) == 1


async def test_what_one_left_unconfirmed_another_finds(post, dial, senders):
    await post.house.mentions.receive([mention(f"number {number}") for number in range(10)])
    post.slack.lost.extend(Unconfirmed("timeout") for _ in range(4))
    for _ in range(40):
        dial.forward(seconds=1)
        await drain(senders)
    assert len(post.slack.texts()) == len(set(post.slack.texts())) == 10
    assert set(await post.states()) == {"sent"}


async def test_changes_while_they_send_end_in_the_present_state(post, dial, senders):
    ana = await post.house.person("Ana")
    numbers = [receipt.case_id for receipt in await post.house.mentions.receive([mention() for _ in range(6)])]
    for _ in range(8):
        dial.forward(seconds=1)
        await asyncio.gather(drain(senders), *(post.house.tags.toggle(ana, number, "phishing") for number in numbers))
    for _ in range(20):
        dial.forward(seconds=1)
        await drain(senders)
    assert set(await post.states()) == {"sent"} and len(post.slack.messages) == 6
    for message in post.slack.messages:
        buttons = {button.ids.partition(":")[2]: button.pressed for row in message.card.buttons for button in row if button.act == "tag"}
        assert not buttons.get("phishing"), "clicked eight times: off again"
