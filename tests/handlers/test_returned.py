"""A reply that came back unread: its words are with their author again, the case is open, and the next version can arrive."""

import asyncio

import pytest

from handlers.answers.drafts import Wording
from handlers.answers.returned import Returned
from handlers.erasure import Erasure
from handlers.networks import Bounced
from storage import cases, drafts, replies, timeline
from storage.types import DraftStatus, ReplyState, Status
from tests.fakes.source import FakeSource
from tests.handlers.hearing import listening, until
from tests.handlers.test_answers_after import ANSWER, SAID

WHY = "550 5.1.1 mailbox unavailable"


async def sent(post, ana, lea):
    number = await post.house.case(SAID, by="u-gone")
    await post.house.cases.claim(ana, number)
    proposed = await post.house.drafts.propose(ana, number, Wording(ANSWER, private=True))
    await post.house.approvals.approve(lea, proposed.version_id)
    await post.send(5)
    return number, proposed.version_id, (await look(post, number))[1]


async def look(post, number):
    async with post.store.read() as work:
        return await cases.get(work, number), (await replies.of_case(work, number))[0], (await drafts.of_case(work, number))[-1]


def returned(post):
    return Returned(post.store, post.house.course)


async def test_its_draft_is_back_with_the_reason_the_case_open_and_the_owner_told(post, ana, lea):
    number, _, reply = await sent(post, ana, lea)
    assert await returned(post).take("x", reply.external_id, WHY)
    case, now, draft = await look(post, number)
    assert (case.status, now.state, now.reason, draft.status) == (Status.OPEN, ReplyState.REFUSED, WHY, DraftStatus.WRITTEN)
    await post.send(5)
    assert [one.place.channel_id for one in post.slack.messages if one.shows("case.came_back")] == ["U1"]
    async with post.store.read() as work:
        assert "reply_returned" in [row.act for row in await timeline.of_chain(work, f"case:{number}")]
        assert (await timeline.verify(work))[1] == []


async def test_the_next_version_is_approved_and_arrives(post, ana, lea):
    number, version_id, reply = await sent(post, ana, lea)
    await returned(post).take("x", reply.external_id, WHY)
    revised = await post.house.drafts.revise(ana, version_id, Wording(ANSWER + " Once more.", private=True))
    await post.house.approvals.approve(lea, revised.version_id)
    await post.send(5)
    assert post.house.networks["x"].texts == [ANSWER, ANSWER + " Once more."]
    tokens = [one.token for one in post.house.networks["x"].published]
    assert len(set(tokens)) == 2, "a network that knows the first token would say that it has this already"
    case, now, draft = await look(post, number)
    assert (case.status, now.state, draft.status) == (Status.ANSWERED, ReplyState.SENT, DraftStatus.PUBLISHED)
    assert now.external_id != reply.external_id


async def test_it_comes_back_once_however_often_and_from_wherever_it_is_told(post, ana, lea):
    number, _, reply = await sent(post, ana, lea)
    taken = await asyncio.gather(*(returned(post).take("x", reply.external_id, WHY) for _ in range(4)))
    assert sorted(taken) == [False, False, False, True]
    await post.send(5)
    assert len([one for one in post.slack.messages if one.shows("case.came_back")]) == 1
    assert (await look(post, number))[1].reason == WHY


@pytest.mark.parametrize(("network", "external_id"), [("x", "never ours"), ("mastodon", "x-1"), ("x", "")])
async def test_what_is_not_ours_is_no_matter(post, ana, lea, network, external_id):
    number, _, _ = await sent(post, ana, lea)
    assert not await returned(post).take(network, external_id, WHY)
    assert (await look(post, number))[0].status is Status.ANSWERED


async def test_what_was_erased_stays_erased(post, ana, lea):
    number, _, reply = await sent(post, ana, lea)
    erasure = Erasure(post.store, post.house.board)
    await erasure.erase(await erasure.find("x", "u-gone"))
    assert not await returned(post).take("x", reply.external_id, WHY)
    assert (await look(post, number))[0].status is Status.CLOSED


async def test_a_reason_of_any_length_is_kept_short(post, ana, lea):
    number, _, reply = await sent(post, ana, lea)
    await returned(post).take("x", reply.external_id, "\x00" + "x" * 10_000)
    assert len((await look(post, number))[1].reason) == 300


async def test_a_case_without_an_owner_opens_again_too_and_one_that_was_closed(post, ana, lea):
    number, _, reply = await sent(post, ana, lea)
    await post.house.cases.close(ana, number)
    assert await returned(post).take("x", reply.external_id, WHY)
    assert (await look(post, number))[0].status is Status.OPEN


async def test_a_source_that_tells_of_it_is_believed(post, ana, lea):
    number, _, reply = await sent(post, ana, lea)
    async with listening(post.house, FakeSource(news=[Bounced(reply.external_id, WHY)])):
        await until(lambda: _is_open(post, number))


async def _is_open(post, number):
    return (await look(post, number))[0].status is Status.OPEN
