"""Who may do what: every act against every role, strangers, people who left, and workspaces in strange hands."""

from datetime import timedelta

import pytest

from flows.flow import ROLES as ALL_ROLES
from handlers.acts import NEEDS_SECOND_FACTOR, ROLES, Act, admit, may
from handlers.errors import NotAllowed, UnknownPerson, WorkspaceNotTrusted
from handlers.ports import Who
from storage import people
from tests.builders import mention

# written here by hand, apart from the code: a change of who may do what must be meant
EXPECTED = {
    "subscribe": "lead manager marketing admin",
    "confirm_shared": "admin",
    "see": "agent lead legal manager marketing admin dpo security press_officer",
    "tag": "agent lead legal manager admin dpo press_officer",
    "claim": "agent lead legal manager admin dpo press_officer",
    "acknowledge": "agent lead legal manager marketing admin dpo security press_officer",
    "reassign": "agent lead legal manager admin dpo press_officer",
    "close": "agent lead manager admin",
    "move": "agent lead manager admin",
    "note": "agent lead legal manager marketing admin dpo security press_officer",
    "reveal": "agent lead manager legal dpo",
    "set_kind": "agent lead legal manager admin dpo press_officer",
    "link_customers": "agent lead manager admin",
    "log_mention": "agent lead legal manager marketing admin dpo security press_officer",
    "open_crisis": "lead manager",
    "close_crisis": "manager",
    "reply": "agent lead legal manager marketing admin dpo press_officer",
    "approve": "lead manager legal dpo press_officer",
    "release": "lead manager",
    "delete_reply": "lead",
    "hide": "agent lead manager legal dpo",
    "set_hold": "lead manager",
    "excuse": "manager",
    "add_fact": "lead manager legal dpo security press_officer",
    "settle_fact": "manager legal dpo security",
    "propose_statement": "lead manager legal dpo marketing press_officer",
    "approve_statement": "lead manager legal dpo press_officer",
    "attest": "lead manager legal dpo marketing press_officer",
    "set_aware": "manager legal dpo",
    "promise_update": "lead manager press_officer",
    "call_back": "agent lead legal manager admin dpo press_officer",
    "drill": "lead manager",
    "manage_people": "admin",
    "mark_workspace": "admin",
    "see_costs": "manager admin",
}


async def allowed(house, who, act):
    async with house.store.read() as work:
        try:
            await admit(work, who, act)
        except NotAllowed as error:
            assert set(error.facts["roles"]) == set(EXPECTED[act].split())
            return False
    return True


async def test_every_act_asks_every_role(house):
    assert {str(act) for act in Act} == set(EXPECTED), "an act without a line in the table"
    for role in ALL_ROLES:
        who = await house.person(f"Person {role}", role)
        assert {str(act) for act in Act if await allowed(house, who, act)} == {
            act for act, roles in EXPECTED.items() if role in roles.split()
        }


def test_an_act_that_the_table_does_not_know_is_denied(monkeypatch):
    monkeypatch.setattr("handlers.acts.ROLES", {})
    everyone = people.Person(1, "Ana", frozenset(ALL_ROLES), None, None, None, None, (), None, "UTC", None, False, True)
    assert not any(may(everyone, act) for act in Act)


def test_those_who_approve_or_let_people_in_need_a_second_factor():
    assert {"legal", "manager", "lead", "admin"} <= NEEDS_SECOND_FACTOR
    assert ROLES[Act.MANAGE_PEOPLE] | ROLES[Act.OPEN_CRISIS] <= NEEDS_SECOND_FACTOR


async def test_a_person_without_a_role_may_do_nothing(house):
    async with house.store.begin() as work:
        nobody = await people.put(work, {"name": "Nobody", "roles": [], "languages": ["en"], "timezone": "UTC"})
        await work.commit()
    for act in Act:
        assert not await allowed(house, Who("console", str(nobody.id)), act)


async def test_a_stranger_is_told_who_can_add_them(house):
    await house.person("Max", "admin")
    await house.person("Ida", "admin", "agent")
    await house.person("Ana")
    with pytest.raises(UnknownPerson) as stranger:
        await house.desk.status(Who("slack", "U_EVE"))
    assert set(stranger.value.facts["admins"]) == {"Max", "Ida"}


async def test_status_tells_no_counts_to_whoever_holds_no_role(house):
    with pytest.raises(UnknownPerson):
        await house.desk.status(Who("slack", "U_EVE"))


async def test_a_removed_person_is_out_at_once_everywhere(house):
    admin = await house.person("Max", "admin")
    console = await house.person("Ana", "agent", slack_id="U1", email="ana@example.com")
    ana_id = int(console.external_id)
    async with house.store.begin() as work:
        session = await people.open_session(work, ana_id, timedelta(hours=8), second_factor=True)
        invitation = await people.invite(work, ana_id, timedelta(hours=1))
        await people.set_totp(work, ana_id, "SECRET", 1)
        await work.commit()
    await house.staff.remove(admin, "ana")
    case = (await house.mentions.receive([mention()]))[0].case_id
    for who in (console, Who("slack", "U1")):
        with pytest.raises(UnknownPerson):
            await house.cases.claim(who, case)
    async with house.store.begin() as work:
        assert await people.session(work, session) is None
        assert await people.use_invite(work, invitation) is None
        assert (await people.totp(work, ana_id)) == (None, None), "whoever comes back brings a factor of their own"
    assert not await house.staff.introduce(Who("slack", "U1"), "ana@example.com")


async def test_an_untrusted_workspace_is_refused_and_the_console_is_not(house):
    admin = await house.person("Max", "admin")
    ana = await house.person("Ana", "agent", slack_id="U1")
    case = await house.case()
    await house.workspaces.mark(admin, "slack", trusted=False)
    with pytest.raises(WorkspaceNotTrusted):
        await house.cases.claim(Who("slack", "U1"), case)
    await house.cases.claim(ana, case)
    await house.workspaces.mark(admin, "slack", trusted=True)
    await house.cases.close(Who("slack", "U1"), case)


async def test_a_workspace_in_strange_hands_introduces_nobody(house):
    admin = await house.person("Max", "admin", email="max@example.com")
    await house.workspaces.mark(admin, "slack", trusted=False)
    assert not await house.staff.introduce(Who("slack", "U_EVIL"), "max@example.com")
    assert not await house.staff.knows(Who("slack", "U_EVIL"))


async def test_a_workspace_cannot_vouch_for_itself(house):
    await house.person("Max", "admin", slack_id="U1")
    with pytest.raises(Exception, match="BadInput"):
        await house.workspaces.mark(Who("slack", "U1"), "slack", trusted=True)


async def test_what_came_through_a_workspace_is_listed_for_a_day(house, dial):
    admin = await house.person("Max", "admin")
    await house.person("Ana", "agent", slack_id="U1")
    case = await house.case()
    await house.cases.claim(Who("slack", "U1"), case)
    dial.forward(hours=23)
    await house.cases.close(Who("slack", "U1"), case)
    assert [(one.act, one.person) for one in await house.workspaces.acts_of(admin, "slack")] == [("closed", "Ana"), ("claimed", "Ana")]
    dial.forward(hours=2)
    assert [one.act for one in await house.workspaces.acts_of(admin, "slack")] == ["closed"]
    assert [(one.name, one.trusted) for one in await house.workspaces.all(admin)] == [("slack", True)]
