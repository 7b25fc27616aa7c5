"""A rehearsal reaches nobody, loses nothing and doubles nothing."""

import asyncio
import json
from datetime import UTC, datetime

import pytest

from bot.networks.dry_run import CARRY, Nowhere, rehearsed, samples
from handlers.answers.drafts import Wording
from handlers.board import Board
from handlers.errors import BadInput, DraftStopped, NoWayOut
from handlers.networks import REHEARSED, Reply
from handlers.ports import Customer
from storage import outbox, replies
from storage.types import ReplyState
from tests.builders import ROOT, Scripted, TestHouse, data_breach
from tests.handlers.sending import Post, post_office
from tests.handlers.test_answers import ANSWER, SAID

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def reply(token="t1", text="¿Cómo está usted? 👋", **changes):
    plain = {"language": "es", "private": False, "in_reply_to": "m1", "conversation_id": "c1", "customer": Customer("u1", "@ana")}
    return Reply(token, text, **{**plain, **changes})


@pytest.fixture
def networks(tmp_path):
    return rehearsed(tmp_path / "dry_run.jsonl")


def test_every_network_of_the_samples_can_be_rehearsed_the_way_it_was_written(networks):
    used = {(one.network, one.private) for one in samples(ROOT / "samples")}
    for name, private in used:
        able = networks[name].abilities
        assert able.private if private else able.public, name


async def test_what_was_published_is_in_the_file_and_found_by_its_token(networks, tmp_path):
    published = await networks["x"].publish(reply())
    (line,) = [json.loads(one) for one in (tmp_path / "dry_run.jsonl").read_text().splitlines()]
    assert (line["network"], line["to"], line["text"]) == ("x", "@ana", "¿Cómo está usted? 👋")
    assert published.external_id.startswith(REHEARSED) and published.url is None
    again = rehearsed(tmp_path / "dry_run.jsonl")["x"]
    assert await again.find(reply(), NOW) == published
    assert await again.find(reply("t2"), NOW) is None


async def test_nothing_was_published_before_there_is_a_file(networks):
    assert await networks["email"].find(reply(), NOW) is None


async def test_a_line_that_was_torn_takes_no_other_with_it(networks, tmp_path):
    await networks["x"].publish(reply("t1"))
    file = tmp_path / "dry_run.jsonl"
    file.write_bytes(file.read_bytes() + b'{"network": "x", "text": "\xc3')
    assert await networks["x"].find(reply("t2"), NOW) is None
    await networks["x"].publish(reply("t2"))
    assert await networks["x"].find(reply("t1"), NOW) and await networks["x"].find(reply("t2"), NOW)


async def test_all_networks_write_into_one_file_at_once(networks, tmp_path):
    await asyncio.gather(*(networks[name].publish(reply(f"{name}{n}", "x" * 20_000)) for name in CARRY for n in range(20)))
    assert len(list(Nowhere(tmp_path / "dry_run.jsonl").lines())) == 20 * len(CARRY)


@pytest.fixture
async def post(store, dial, networks):
    office = await post_office(store, dial)
    board = Board({"slack": {"crisis": "C1", "ordinary": "C2"}})
    house = await TestHouse(store, data_breach(), board, Scripted(), networks).begin()
    return Post(store, dial, house, office.slack)


async def test_a_rehearsed_reply_has_a_receipt_that_says_so(post, tmp_path):
    ana, lea = await post.house.person("Ana", "agent"), await post.house.person("Lea", "lead")
    number = await post.house.case(SAID)
    proposed = await post.house.drafts.propose(ana, number, Wording(ANSWER, private=True))
    await post.house.approvals.approve(lea, proposed.version_id)
    await post.send(5)
    assert [line["text"] for line in Nowhere(tmp_path / "dry_run.jsonl").lines()] == [ANSWER]
    (receipt,) = [one.card for one in post.slack.messages if one.shows("draft.receipt")]
    assert receipt.title.facts["rehearsed"] is True
    async with post.store.read() as work:
        (sent,) = await replies.in_state(work, ReplyState.SENT)
    lead = await post.house.person("Max", "lead")
    await post.house.aftermath.delete(lead, sent.id)
    await post.send(5)
    assert "deleted" in list(Nowhere(tmp_path / "dry_run.jsonl").lines())[-1]


async def test_a_process_that_died_after_the_network_took_it_does_not_send_it_again(post, tmp_path):
    ana, lea = await post.house.person("Ana", "agent"), await post.house.person("Lea", "lead")
    number = await post.house.case(SAID)
    proposed = await post.house.drafts.propose(ana, number, Wording(ANSWER, private=True))
    await post.house.approvals.approve(lea, proposed.version_id)
    sender = post.sender()
    async with post.store.begin() as work:
        row = await outbox.claim(work, "x:dry_run", "publish", sender.owner, sender.lease, [])
        await work.commit()
    await sender.ways["x"].send(row)  # and the process is no more
    await post.send(70)
    assert len(list(Nowhere(tmp_path / "dry_run.jsonl").lines())) == 1
    async with post.store.read() as work:
        assert [one.state for one in await replies.of_case(work, number)] == [ReplyState.SENT]


@pytest.mark.parametrize(
    ("network", "private", "raised"), [("email", False, NoWayOut), ("bluesky", True, NoWayOut), ("x", False, DraftStopped)]
)
async def test_each_network_carries_only_what_it_carries(post, network, private, raised):
    ana = await post.house.person("Ana", "agent")
    number = await post.house.case(SAID, network=network)
    with pytest.raises(raised):
        await post.house.drafts.propose(ana, number, Wording("You wrote that you worry. " * 12, private=private))
    with pytest.raises(BadInput):
        await post.house.drafts.propose(ana, number, Wording(" ", private=private))
