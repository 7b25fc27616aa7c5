"""What is left where it was when a process dies or a door closes: taken up at once where nobody else can have it, and never sent elsewhere."""

import pytest

from handlers.answers.drafts import Wording
from handlers.errors import DoorClosed
from handlers.keeping import Keeping
from handlers.ports import LEASE
from handlers.vitals import Vitals
from storage import health, outbox, replies
from storage.types import ReplyState
from tests.handlers.test_answers import ANSWER, SAID, stands


async def approved(post):
    """A case whose one reply waits to leave."""
    ana, lea = await post.house.person("Ana", "agent"), await post.house.person("Lea", "lead")
    number = await post.house.case(SAID)
    proposed = await post.house.drafts.propose(ana, number, Wording(ANSWER, private=True))
    await post.house.approvals.approve(lea, proposed.version_id)
    return number


async def begin_to_send(post):
    """A process claims the reply, and is heard of no more."""
    async with post.store.begin() as work:
        row = await outbox.claim(work, "x:@meridia", "publish", "dead", LEASE, [])
        await work.commit()
    return row


async def test_what_a_dead_process_was_sending_is_taken_up_at_once_where_no_other_process_can_have_it(post, kind):
    number = await approved(post)
    assert await begin_to_send(post)
    taken = await Keeping(post.store).take_over()
    await post.sender().drain()
    if kind == "sqlite":
        assert taken == 1
        assert post.house.networks["x"].asked == 1, "it may have arrived: asking comes first"
        assert post.house.networks["x"].texts == [ANSWER]
        assert (await stands(post, number))[1] is ReplyState.SENT
    else:
        assert taken == 0
        assert post.house.networks["x"].texts == [], "another process may be at it: its lease is waited for"
        await post.send(70)
        assert post.house.networks["x"].texts == [ANSWER]


@pytest.mark.parametrize("taken_up", [True, False], ids=["another took it up", "nobody noticed"])
async def test_a_sender_that_slept_through_its_lease_sends_nothing_that_another_may_have_sent(post, dial, taken_up):
    number = await approved(post)
    sleeper = post.sender()
    async with post.store.begin() as work:
        row = await outbox.claim(work, "x:@meridia", "publish", sleeper.owner, LEASE, [])
        await work.commit()
    dial.forward(seconds=LEASE.total_seconds() + 1)
    if taken_up:
        await post.send(2)
        assert post.house.networks["x"].texts == [ANSWER]
    await sleeper._send(row)
    assert post.house.networks["x"].texts == ([ANSWER] if taken_up else [])
    await post.send(10)
    assert post.house.networks["x"].texts == [ANSWER]
    assert (await stands(post, number))[1] is ReplyState.SENT


async def test_a_closed_network_keeps_what_waits_and_troubles_no_other_door(post, dial):
    await approved(post)
    post.house.networks["x"].fail.append(DoorClosed("token_revoked"))
    await post.send(20)
    assert (await post.door("x:@meridia")).state == "closed"
    assert post.house.networks["x"].texts == []
    dial.forward(seconds=60)
    await post.house.ticks.recover()
    await post.send(40)
    assert post.house.networks["x"].texts == [ANSWER], "it opens again by itself"
    assert (await post.door("x:@meridia")).state == "well"


async def test_a_network_that_is_closed_as_a_whole_keeps_what_waits(post):
    await approved(post)
    post.house.networks["x"].fail.extend([DoorClosed("suspended", whole=True)] * 2)
    await post.send(50)
    assert post.house.networks["x"].texts == []
    assert [row.lane for row in await post.rows(kind="publish")] == ["x:@meridia"]
    await post.send(40)
    assert post.house.networks["x"].texts == [ANSWER]


async def test_a_network_is_on_the_status_before_anything_has_gone_through_it_and_keeps_what_is_known_of_it(post):
    vitals = Vitals(post.store)
    await vitals.introduce(["x", "email"])
    assert {(door.door, door.state) for door in (await vitals.read()).doors} == {("x", "well"), ("email", "well")}
    async with post.store.begin() as work:
        await health.report(work, "x", health.CLOSED, "suspended")
        await work.commit()
    await vitals.introduce(["x", "email"])
    assert (await post.door("x")).state == "closed"
    assert [door.reason for door in (await vitals.read()).doors if door.door == "x"] == ["suspended"]


async def test_a_second_answer_that_arrived_while_its_case_was_closed_is_written_down_too(post, dial):
    number = await approved(post)
    await post.send(5)
    ana, lea = await post.house.person("Ada", "agent"), await post.house.person("Leo", "lead")
    proposed = await post.house.drafts.propose(ana, number, Wording("And I have read your second message too. Ada", private=True))
    await post.house.approvals.approve(lea, proposed.version_id)

    async def close():
        await post.house.cases.close(ana, number)

    post.house.networks["x"].during = close
    await post.send(5)
    async with post.store.read() as work:
        assert [one.state for one in await replies.of_case(work, number)] == [ReplyState.SENT, ReplyState.SENT]
