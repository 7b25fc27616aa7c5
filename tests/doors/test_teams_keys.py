"""Microsoft's keys are fetched once a day, stay while they cannot be fetched, and are renewed for nobody's invention."""

import asyncio

import pytest

from bot.teams.keys import AGAIN, KEPT, Keys
from bot.teams.trust import Trust
from tests.doors.teams_keys import (
    activity,
    bearer,
    by_hand,
    claims,
    let_in,
    private_key,
    published,
    refused,
    signed,
)


@pytest.fixture
def trust(microsoft, web, hand):
    access = microsoft.access()
    return Trust(access, web, Keys(access, web, hand))


async def test_keys_are_fetched_once_for_a_day(microsoft, trust, hand):
    for _ in range(3):
        await trust.recognise(bearer(signed()))
    hand.now += KEPT - 1
    await trust.recognise(bearer(signed()))
    assert microsoft.looks == 1
    hand.now += 2
    await trust.recognise(bearer(signed()))
    assert microsoft.looks == 2


async def test_a_new_key_is_known_within_seconds(microsoft, trust, hand):
    await trust.recognise(bearer(signed()))
    microsoft.keys = {"keys": [published("one"), published("two")]}
    assert (await refused(trust, signed("two")))[0] == "unknown_key"
    hand.now += AGAIN
    assert await let_in(trust, signed("two"), activity()) == "in"


async def test_a_key_that_was_taken_back_opens_nothing_any_more(microsoft, trust, hand):
    await trust.recognise(bearer(signed()))
    microsoft.keys = {"keys": [published("two")]}
    hand.now += KEPT
    assert (await refused(trust, signed()))[0] == "unknown_key"


async def test_strangers_with_invented_keys_do_not_make_us_ask_without_end(microsoft, trust):
    for number in range(50):
        await refused(trust, by_hand({"alg": "RS256", "kid": f"invented-{number}"}, claims(), b"x" * 256))
    assert microsoft.looks == 1


async def test_keys_stay_while_theirs_are_away(microsoft, trust, hand):
    await trust.recognise(bearer(signed()))
    hand.now += KEPT
    microsoft.down = 503
    assert await let_in(trust, signed(), activity()) == "in"
    assert (await refused(trust, signed("two")))[0] == "unknown_key"
    microsoft.down = 0
    hand.now += AGAIN
    microsoft.keys = {"keys": [published("two")]}
    assert await let_in(trust, signed("two"), activity()) == "in"


async def test_nobody_is_let_in_before_there_are_keys(microsoft, trust, hand):
    microsoft.down = 503
    assert await refused(trust, signed()) == ("keys_away", 503)
    microsoft.down = 0
    assert await refused(trust, signed()) == ("keys_away", 503)
    hand.now += AGAIN
    assert await let_in(trust, signed(), activity()) == "in"


@pytest.mark.parametrize("listed", [
    "", "[]", "nothing", {"keys": {}}, {"keys": []}, {"keys": ["one", 1, None]}, {"keys": [{"kid": "one"}]}, "[" * 5000, "x" * 300_000,
    {"keys": [published("one")], "more": "x" * 300_000}, {"keys": [published("one", use="enc")]}, {"keys": [published("one", n="é")]}, {"keys": [published("one", n="x" * 2000)]},
    {"keys": [{"kty": "oct", "kid": "one", "k": "c2VjcmV0"}]}, {"keys": [published("one", kty="EC")]}, {"keys": [published("one", n=5)]},
])  # fmt: skip
async def test_what_is_no_list_of_keys_is_as_good_as_none(microsoft, trust, listed):
    microsoft.keys = listed
    assert await refused(trust, signed()) == ("keys_away", 503)


async def test_a_key_too_short_to_be_safe_is_passed_over(microsoft, trust):
    microsoft.keys = {"keys": [published("short", private_key("short", 1024)), published("one")]}
    header = {"alg": "RS256", "kid": "short"}
    assert (await refused(trust, by_hand(header, claims(), b"x" * 128)))[0] == "unknown_key"
    assert await let_in(trust, signed(), activity()) == "in"


@pytest.mark.parametrize(
    "address", [None, 5, "", "http://attacker.example/keys", "file:///etc/passwd", "ftp://127.0.0.1/", "http://[", "/keys"]
)
async def test_keys_come_from_where_nobody_listens_in(microsoft, trust, address):
    microsoft.metadata["jwks_uri"] = address
    assert await refused(trust, signed()) == ("keys_away", 503)


async def test_keys_that_lie_open_on_the_way_are_not_read(microsoft, trust):
    """This very machine, by a name that could be any other."""
    microsoft.metadata["jwks_uri"] = microsoft.metadata["jwks_uri"].replace("127.0.0.1", "0.0.0.0")
    assert await refused(trust, signed()) == ("keys_away", 503)


async def test_while_one_waits_for_new_keys_the_others_work_with_the_old(microsoft, trust, hand):
    await trust.recognise(bearer(signed()))
    hand.now += KEPT
    microsoft.slow.clear()
    waiting = asyncio.create_task(trust.recognise(bearer(signed())))
    await asyncio.sleep(0.05)
    async with asyncio.timeout(1):
        assert await let_in(trust, signed(), activity()) == "in"
    assert not waiting.done()
    microsoft.slow.set()
    await waiting
    assert microsoft.looks == 2
