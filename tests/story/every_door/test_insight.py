"""How things stand, at every door: the status, a page of one's own, digests with pictures and table, people, and private words."""

import asyncio

from storage.insight import subscriptions
from tests.story.every_door.hand import Hand, proves


@proves("status", "home", "people", "private", presses=("claim", "show_status"))
async def test_how_things_stand_ones_own_page_and_who_is_known(hand: Hand):
    case = await hand.house.case("high, my_data")
    await hand.sees("Ana", f"#{case} ", f"/cases/{case}")
    await hand.press("Ana", "claim", case)
    await hand.does("Max", "status")
    await hand.told("Max", "1 open")
    await hand.goes_home("Ana")
    await hand.told("Ana", f"#{case} ")
    await hand.press("Ana", "show_status", None, "/waiting")
    await hand.told("Ana", "1 open")
    await hand.does("Ana", "people remove Lou")
    await hand.told("Ana", "role")
    await hand.does("Max", "people remove Lou")
    assert "Lou" not in [one.name for one in await hand.house.staff.list(await hand.house.person("Root", "admin"))]


@proves("digest", presses=("digest_counts",))
async def test_outsiders_get_counts_once_an_admin_has_said_so(hand: Hand):
    hand.house.insight.places.couriers = ("email",)
    await hand.does("Max", "digest subscribe reporter@press.example daily")
    await hand.press("Max", "digest_counts", None, "/insight")
    async with hand.house.store.read() as work:
        assert [(one.target, one.shared) for one in await subscriptions.standing(work)] == [("reporter@press.example", True)]


@proves("help")
async def test_what_can_be_said_is_told(hand: Hand):
    await hand.does("Ana", "help")
    await hand.told("Ana", "next")


@proves("digest", "digest_there", "picture", "table")
async def test_a_digest_is_subscribed_to_and_read_with_its_pictures_and_its_table(hand: Hand):
    await hand.house.case("my_data")
    await hand.digests("Max")
    await hand.sees("Max", "What customers wrote", "/insight")
    async with asyncio.timeout(20):
        while not (await hand.pictured() and await hand.tabled("Max")):
            await asyncio.sleep(0.05)
