"""What a fake may get wrong, asked of Bluesky's own servers: who blocks us, who lets nobody answer, what is revoked, what is searched."""

import asyncio
import time
from itertools import count

import pytest
from pydantic import SecretStr

from bot.networks.bluesky.connection import connection
from handlers.errors import DoorClosed, Refused
from handlers.networks import Can
from handlers.ports import NOT_SUMMONED, Mention
from tests.networks.contract.asking import a_while_ago, answer, unlike
from tests.networks.contract.stages.bluesky_real import people
from tests.servers.bluesky import missing
from tests.servers.bluesky_people import POST, naming, now

pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))
_numbers = count(1)


class House:
    def __init__(self, us, anna, password, phrases=()):
        self.us, self.anna = us, anna
        self.connected = connection(us.pds, f"@{us.handle}", SecretStr(password), phrases)
        self.network, self.source = self.connected.network, self.connected.source

    async def asks(self, text="Is my data safe?"):
        whole = unlike(f"@{self.us.handle} {text}")
        post = await self.anna.write(whole, facets=naming(whole, self.us))
        return await self.hears(post["uri"])

    async def hears(self, uri):
        until, cursor = time.monotonic() + 20, None
        while time.monotonic() < until:
            heard = await self.source.since(cursor)
            cursor = heard.cursor
            for one in heard.news:
                if isinstance(one, Mention) and one.external_id == uri:
                    return one
            await asyncio.sleep(0.2)
        raise AssertionError(f"{uri} never came")


@pytest.fixture
async def house():
    us, anna = await people().person(f"brand{next(_numbers)}"), await people().person("anna")
    one = House(us, anna, await us.app_password("tocsin"), ("leak",))
    one.source.search_every *= 0
    yield one
    await one.connected.close()


async def refused(house, mention):
    with pytest.raises(Refused) as error:
        await house.network.publish(answer(mention))
    return error.value.reason


async def test_the_same_reply_is_written_once_and_never_changed(house):
    reply = answer(await house.asks())
    first = await house.network.publish(reply)
    assert await house.network.publish(reply) == first
    assert (await house.network.find(reply, a_while_ago())).external_id == first.external_id
    listed = (await house.us.query("com.atproto.repo.listRecords", repo=house.us.did, collection=POST)).json()["records"]
    assert [one["uri"] for one in listed] == [first.external_id]


async def test_whoever_blocks_us_is_not_answered(house):
    mention = await house.asks()
    block = {"$type": "app.bsky.graph.block", "subject": house.us.did, "createdAt": now()}
    made = await house.anna.record("app.bsky.graph.block", block)
    await house.anna.until(mention.external_id)
    await asyncio.sleep(1)
    assert await refused(house, mention) == "blocked"
    key = made["uri"].rpartition("/")[2]
    await house.anna.do("com.atproto.repo.deleteRecord", {"repo": house.anna.did, "collection": "app.bsky.graph.block", "rkey": key})


async def test_whoever_lets_nobody_answer_is_not_answered_and_a_search_says_so(house):
    post = await house.anna.write(unlike("A leak"))
    gate = {"$type": "app.bsky.feed.threadgate", "post": post["uri"], "allow": [], "createdAt": now()}
    await house.anna.record("app.bsky.feed.threadgate", gate, rkey=post["uri"].rpartition("/")[2])
    await house.anna.until(post["uri"])
    await asyncio.sleep(1)
    mention = await house.hears(post["uri"])
    assert mention.no_answer == NOT_SUMMONED
    assert await refused(house, mention) == "replies_disabled"


async def test_what_was_deleted_is_not_answered(house):
    mention = await house.asks()
    await house.anna.remove(mention.external_id)
    assert await refused(house, mention) == "parent_gone"


async def test_what_is_searched_for_comes_with_its_followers_counted(house):
    follow = {"$type": "app.bsky.graph.follow", "subject": house.anna.did, "createdAt": now()}
    await house.us.record("app.bsky.graph.follow", follow)
    post = await house.anna.write(unlike("Nobody told us of the leak"))
    await house.anna.until(post["uri"])
    mention = await house.hears(post["uri"])
    assert mention.customer.reach >= 1 and mention.no_answer == ""


async def test_a_revoked_app_password_closes_the_door_when_the_session_is_renewed(house):
    await house.source.since(None)
    await house.us.do("com.atproto.server.revokeAppPassword", {"name": "tocsin"})
    await house.source.since(None)  # the token outlives it
    session = house.source.xrpc.session
    session._clock = lambda: time.monotonic() + 901
    with pytest.raises(DoorClosed) as closed:
        await house.source.since(None)
    assert closed.value.whole


async def test_an_account_that_was_taken_down_says_so_within_a_minute(house):
    _ = await house.source.since(None)
    await people().take_down(house.us)
    house.source._looked_at -= 61
    with pytest.raises(DoorClosed) as closed:
        await house.source.since(None)
    assert closed.value.whole


async def test_one_harmless_call_tells_who_we_are(house):
    standing = await house.source.standing()
    assert (standing.account, standing.may_not) == (f"@{house.us.handle}", ())
    assert Can.ANSWER in standing.may


async def test_an_account_that_lists_only_those_whom_it_follows_is_told_of(house):
    limited = {"include": "follows", "list": True, "push": True}
    await house.us.do("app.bsky.notification.putPreferencesV2", {"mention": limited})
    assert (await house.source.standing()).may_not == (Can.HEAR,)
