"""Whose word counts when Teams says who somebody is."""

import pytest
from microsoft_teams.api.models.account import TeamsChannelAccount

from bot.teams.acquaintance import Acquaintance
from bot.teams.services import KEPT, Services
from handlers.ports import Who

HOME, CLIENT = "tenant-home", "tenant-client"


class Roster:
    """What the service of a conversation tells of its members."""

    def __init__(self, **member):
        self.member = TeamsChannelAccount(id="29:x", aadObjectId="aad-x", **member)
        self.conversations = self
        self.asked = 0

    async def get_member_by_id(self, conversation_id, member_id):
        self.asked += 1
        return self.member


async def recognised(house, tenants=(HOME,), **member):
    acquaintance = Acquaintance(house.staff, lambda _: Roster(**member), Services(), tenants, ())
    await acquaintance.recognise(Who("teams", "aad-x"), "19:a", "29:x")
    return await house.staff.knows(Who("teams", "aad-x"))


@pytest.fixture
async def lead(house):
    await house.person("Bo", "lead", email="bo@agency.example")


@pytest.mark.parametrize("named", [{"email": "bo@agency.example"}, {"userPrincipalName": "Bo@agency.example"}])
async def test_our_own_organisation_vouches_for_an_address(house, lead, named):
    assert await recognised(house, tenantId=HOME, **named)


async def test_another_organisation_cannot_make_its_people_ours_by_writing_our_address_beside_their_name(house, lead):
    both, claimed = (HOME, CLIENT), {"email": "bo@agency.example", "userPrincipalName": "eve@client.example"}
    assert not await recognised(house, both, tenantId=CLIENT, **claimed)
    assert not await recognised(house, both, **claimed)  # of whom nobody says where they are from


async def test_of_another_organisation_the_name_that_one_signs_in_with_counts(house):
    await house.person("Cleo", "marketing", email="cleo@client.example")
    assert await recognised(house, (HOME, CLIENT), tenantId=CLIENT, userPrincipalName="cleo@client.example")


@pytest.mark.parametrize(
    "outsider", [{"userRole": "guest"}, {"userRole": "anonymous"}, {"userPrincipalName": "bo_x#EXT#@agency.example"}, {"tenantId": "other"}]
)
async def test_whoever_is_a_guest_stays_a_stranger(house, lead, outsider):
    assert not await recognised(house, **{"tenantId": HOME, "email": "bo@agency.example", **outsider})


async def test_a_stranger_is_asked_about_once_in_a_while_and_known_as_soon_as_somebody_adds_them(house):
    roster = Roster(tenantId=HOME, email="eve@agency.example")
    acquaintance, eve = Acquaintance(house.staff, lambda _: roster, Services(), (HOME,), ()), Who("teams", "aad-x")
    for _ in range(40):
        await acquaintance.recognise(eve, "19:a", "29:x")
    assert (roster.asked, await house.staff.knows(eve)) == (1, False)
    await house.person("Eve", "agent", email="eve@agency.example")
    await acquaintance.recognise(eve, "19:a", "29:x")
    assert await house.staff.knows(eve)


def test_what_is_recalled_makes_room_for_what_is_known_now():
    kept = {"people": {f"old{n}": "29:old" for n in range(KEPT)}, "teams": {"19:a": ["team", "group"], "19:b": "broken", "19:c": ["one"]}}
    services = Services()
    for n in range(10):
        services.meet(f"new{n}", "29:new")
    services.restore(kept)
    assert len(services.called) == KEPT
    assert {f"new{n}" for n in range(10)} < set(services.called)
    assert services.team_of("19:a").group_id == "group"
    assert services.team_of("19:b") is None
