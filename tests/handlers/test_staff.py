"""Our own people: who they are to each workspace, and what an admin changes about them."""

import asyncio

import pytest

from flows.people import PersonEntry
from handlers.errors import BadInput, LastAdmin, NoSuchPerson, NotAllowed
from handlers.ports import Who
from storage import people, timeline


@pytest.fixture
async def admin(house):
    return await house.person("Max", "admin")


async def test_a_person_on_two_workspaces_is_one_by_email(house):
    await house.person("Ana", email="Ana@Example.com")
    assert await house.staff.introduce(Who("slack", "U1"), "ana@example.COM ")
    assert await house.staff.introduce(Who("teams", "T1"), "ana@example.com")
    case = await house.case()
    await house.cases.claim(Who("slack", "U1"), case)
    await house.cases.claim(Who("teams", "T1"), case)
    async with house.store.read() as work:
        assert (await people.by_external(work, "slack", "U1")).id == (await people.by_external(work, "teams", "T1")).id


async def test_an_account_that_is_known_is_not_replaced_by_another_of_the_same_address(house):
    await house.person("Ana", email="ana@example.com", slack_id="U1")
    assert not await house.staff.introduce(Who("slack", "U_EVIL"), "ana@example.com")
    assert not await house.staff.introduce(Who("slack", "U2"), "somebody@else.com")


@pytest.mark.parametrize("name", ["Ana", "Íñigo Ávila", "Élodie", "ŁUKASZ", "Zoë", "O'Brien"])
async def test_people_are_found_by_name_whatever_the_case_of_its_letters(house, admin, name):
    await house.staff.add(admin, name, {"roles": ["agent"]})
    changed = await house.staff.change(admin, name.upper(), {"roles": ["lead"]})
    assert changed.name == name and changed.roles == {"lead"}
    with pytest.raises(BadInput, match="taken"):
        await house.staff.add(admin, name.lower(), {"roles": ["agent"]})
    await house.staff.remove(admin, name.lower())
    assert [person.name for person in await house.staff.list(admin)] == ["Max"]


async def test_the_people_of_the_file_are_taken_once(house):
    entries = [PersonEntry("Élodie", ("admin",), ("fr",), "Europe/Paris", slack="U1"), PersonEntry("Bo", ("agent",), ("en",), "UTC")]
    assert await house.staff.begin_with(entries) == 2
    assert await house.staff.begin_with(entries) == 0
    assert await house.staff.names() == ["Élodie", "Bo"]
    assert await house.staff.language_of(Who("slack", "U1")) == "fr"
    assert await house.staff.language_of(Who("slack", "U_EVE")) == "en"


@pytest.mark.parametrize("field", ["slack_id", "teams_id", "email"])
async def test_an_account_belongs_to_one_person(house, admin, field):
    await house.staff.add(admin, "Ana", {"roles": ["agent"], field: "same@example.com"})
    with pytest.raises(BadInput) as taken:
        await house.staff.add(admin, "Bo", {"roles": ["agent"], field: "same@example.com"})
    assert taken.value.facts == {"field": field, "problem": "taken"}
    await house.staff.change(admin, "Ana", {"roles": ["lead"], field: "same@example.com"})
    await house.staff.remove(admin, "Ana")
    await house.staff.add(admin, "Bo", {"roles": ["agent"], field: "same@example.com"})


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"roles": []}, "roles"),
        ({"roles": ["king"]}, "roles"),
        ({"roles": ["agent"], "totp_secret": "x"}, "totp_secret"),
        ({"roles": ["agent"], "timezone": "Mars"}, "timezone"),
        ({"roles": ["agent"], "holidays": "ES-XX"}, "holidays"),
        ({"roles": ["agent"], "pagers": {"bell": "ring"}}, "pagers"),
        ({"roles": ["agent"], "pagers": {"ntfy": "two words"}}, "pagers"),
    ],
)
async def test_what_cannot_be_is_said_by_field(house, admin, values, field):
    with pytest.raises(BadInput) as problem:
        await house.staff.add(admin, "Ana", values)
    assert problem.value.facts["field"] == field


async def test_the_last_admin_stays(house, admin):
    with pytest.raises(LastAdmin):
        await house.staff.remove(admin, "Max")
    with pytest.raises(LastAdmin):
        await house.staff.change(admin, "Max", {"roles": ["agent"]})
    await house.staff.change(admin, "Max", {"roles": ["agent", "admin"]})


async def test_two_admins_who_remove_each_other_at_once_leave_one(house, admin):
    ida = await house.person("Ida", "admin")
    outcomes = await asyncio.gather(house.staff.remove(admin, "Ida"), house.staff.remove(ida, "Max"), return_exceptions=True)
    assert sum(outcome is None for outcome in outcomes) == 1, outcomes
    async with house.store.read() as work:
        assert len(await people.with_role(work, "admin")) == 1


async def test_only_an_admin_changes_people_and_each_change_is_remembered(house, admin):
    ana = await house.person("Ana")
    with pytest.raises(NotAllowed):
        await house.staff.add(ana, "Bo", {"roles": ["admin"]})
    with pytest.raises(NoSuchPerson):
        await house.staff.remove(admin, "Nobody")
    await house.staff.add(admin, "Bo", {"roles": ["agent"]})
    await house.staff.change(admin, "Bo", {"phone": "+34600000000"})
    await house.staff.remove(admin, "Bo")
    async with house.store.read() as work:
        assert [row.act for row in await timeline.of_chain(work, "people")] == ["person_added", "person_changed", "person_removed"]
        assert (await timeline.verify(work))[1] == []


async def test_holidays_and_pagers_are_kept_and_changed(house, admin):
    pagers = {"pagerduty": "0123456789abcdef0123456789abcdef"}
    ana = await house.staff.add(admin, "Ana", {"roles": ["agent"], "holidays": "ES-MD", "pagers": pagers})
    assert (ana.holidays, ana.pagers) == ("ES-MD", pagers)
    ana = await house.staff.change(admin, "Ana", {"holidays": "FR"})
    assert (ana.holidays, ana.pagers) == ("FR", pagers)
    ana = await house.staff.change(admin, "Ana", {"holidays": None, "pagers": {}})
    assert (ana.holidays, ana.pagers) == (None, {})


async def test_the_file_says_whose_holidays_somebody_keeps_and_how_to_wake_them(house):
    entry = PersonEntry("Élodie", ("admin",), ("fr",), "Europe/Paris", slack="U1", holidays="FR", pagers={"ntfy": "elodie-4f9c"})
    await house.staff.begin_with([entry])
    elodie = (await house.staff.list(Who("slack", "U1")))[0]
    assert (elodie.holidays, elodie.pagers) == ("FR", {"ntfy": "elodie-4f9c"})


async def test_the_timeline_does_not_tell_how_to_wake_somebody(house, admin):
    await house.staff.add(admin, "Ana", {"roles": ["agent"], "pagers": {"ntfy": "ana-4f9c"}})
    async with house.store.read() as work:
        entries = await timeline.of_chain(work, "people")
    assert entries[-1].payload["pagers"] == ["ntfy"]
    assert "ana-4f9c" not in str(entries)
