"""What `check` hears of our token."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from bot.networks import facebook, instagram
from handlers.errors import DoorClosed
from handlers.networks import Can
from tests.fakes.meta.errors import GraphError
from tests.networks.meta.connecting import connected


async def test_all_permissions_are_all_abilities(ours):
    standing = await ours.source.standing()
    assert standing.account == {"facebook": "Meridia", "instagram": "meridia"}[ours.name]
    assert set(standing.may) == {Can.HEAR, Can.HEAR_PRIVATE, Can.ANSWER, Can.ANSWER_PRIVATE, Can.DELETE, Can.HIDE}
    assert standing.may_not == ()


async def test_a_token_that_never_ends_still_ends_with_its_access_to_data(ours):
    assert (await ours.source.standing()).expires_at == datetime.fromtimestamp(ours.world.data_access_expires_at, UTC)
    ours.world.expires_at = ours.world.data_access_expires_at - 100
    assert (await ours.source.standing()).expires_at == datetime.fromtimestamp(ours.world.expires_at, UTC)
    ours.world.expires_at = ours.world.data_access_expires_at = 0
    assert (await ours.source.standing()).expires_at is None


@pytest.mark.parametrize(
    ("network", "missing", "cannot"),
    [
        ("facebook", "pages_messaging", {Can.HEAR_PRIVATE, Can.ANSWER_PRIVATE}),
        ("facebook", "pages_manage_engagement", {Can.ANSWER, Can.DELETE, Can.HIDE}),
        ("facebook", "pages_read_user_content", {Can.HEAR}),
        ("instagram", "instagram_manage_messages", {Can.HEAR_PRIVATE, Can.ANSWER_PRIVATE}),
        ("instagram", "instagram_manage_comments", {Can.HEAR, Can.ANSWER, Can.DELETE, Can.HIDE}),
    ],
)
async def test_each_missing_permission_is_told_as_what_we_cannot_do(meta, network, missing, cannot):
    meta.world.scopes.remove(missing)
    ours = connected(meta, network)
    assert set((await ours.source.standing()).may_not) == cannot
    await ours.close()


async def test_where_the_token_tells_nothing_of_itself_we_say_no_more_than_we_know(ours):
    ours.meta.reading.forbidden.add("app")
    standing = await ours.source.standing()
    assert (standing.may, standing.may_not, standing.expires_at) == ((Can.HEAR,), (), None)


@pytest.mark.parametrize(("subcode", "why"), [(458, "app_removed"), (460, "password_changed"), (463, "expired")])
async def test_a_dead_token_says_what_became_of_it(ours, subcode, why):
    ours.meta.dead_token = subcode
    with pytest.raises(DoorClosed, match=why) as closed:
        await ours.source.standing()
    assert closed.value.whole


async def test_the_page_opens_the_one_door_for_both(meta):
    page, account = connected(meta, "facebook"), connected(meta, "instagram")
    assert page.routes is not None and account.routes is None


def test_what_is_not_configured_is_not_imported():
    code = "import sys, bot.networks.facebook, bot.networks.instagram; sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_kind_names_what_connects_it():
    assert set(facebook.KIND.needs) < set(instagram.KIND.needs)
    assert (facebook.KIND.name, instagram.KIND.name) == ("facebook", "instagram")


async def test_where_meta_repeats_our_token_we_do_not(ours):
    said = GraphError(190, f"Malformed access token {ours.world.token}", status=400)
    ours.meta.faults.append(said)
    with pytest.raises(DoorClosed) as closed:
        await ours.source.standing()
    assert ours.world.token not in closed.value.reason and "Malformed" in closed.value.reason
