"""What is remembered of the crisis itself: facts, statements, attestations, exceptions, call-backs."""

import asyncio
from datetime import timedelta

import pytest

from storage import attestations, callbacks, crises, exceptions, facts, people, room_posts, statements
from storage.facts import FactStatus
from storage.statements import StatementStatus


@pytest.fixture
async def crisis(house):
    return await house.crises.open(await house.person("Max", "manager"), "Breach")


@pytest.fixture
async def max_id(house, crisis):
    async with house.store.read() as work:
        return (await people.by_name(work, "Max")).id


async def test_facts_stand_in_the_order_in_which_they_were_added_with_their_owners(house, crisis, max_id, dial):
    async with house.store.begin() as work:
        before = len(await facts.of_crisis(work, crisis.id))
        one = await facts.add(work, crisis.id, question="what_data", owner_id=max_id)
        two = await facts.add(
            work, crisis.id, text="1,200 addresses", source="log review", status=FactStatus.CONFIRMED, data_types=["email"]
        )
        await work.commit()
    dial.forward(hours=1)
    async with house.store.begin() as work:
        locked = await facts.lock(work, one)
        assert (locked.status, locked.owner, locked.text) == (FactStatus.UNKNOWN, "Max", "")
        await facts.change(work, one, status=FactStatus.RETRACTED, text="names")
        assert await facts.retracted(work, [one, two]) == [one]
        assert await facts.lock(work, 10**9) is None
        await work.commit()
    async with house.store.read() as work:
        found = (await facts.of_crisis(work, crisis.id))[before:]
        assert [(fact.id, fact.text, fact.owner, fact.data_types) for fact in found] == [
            (one, "names", "Max", ()),
            (two, "1,200 addresses", None, ("email",)),
        ]
        assert [fact.changed_at - fact.added_at for fact in found] == [timedelta(hours=1), timedelta()]


async def test_one_statement_of_a_kind_is_approved_at_a_time(house, crisis, max_id):
    async with house.store.begin() as work:
        made = [await statements.propose(work, crisis.id, "full", max_id, {"en": f"Version {number}"}, [1]) for number in range(3)]
        holding = await statements.propose(work, crisis.id, "holding", max_id, {"en": "We look into it"}, [])
        assert [one.version for one in made] == [1, 2, 3] and holding.version == 1
        assert await statements.latest(work, crisis.id, "full") is None
        await statements.approve(work, holding)
        assert await statements.approve(work, made[0]) is None
        assert (await statements.approve(work, made[2])).id == made[0].id
        await statements.reject(work, made[1].id)
        await work.commit()
    async with house.store.read() as work:
        assert (await statements.latest(work, crisis.id, "full")).id == made[2].id
        assert (await statements.latest(work, crisis.id, "holding")).id == holding.id
        assert [one.status for one in await statements.all_of(work, crisis.id)] == ["replaced", "rejected", "approved", "approved"]
        assert (await statements.get(work, made[0].id)).texts == {"en": "Version 0"}
    async with house.store.begin() as work:
        await statements.withdraw(work, made[2].id)
        assert await statements.latest(work, crisis.id, "full") is None
        assert (await statements.lock(work, made[2].id)).status is StatementStatus.WITHDRAWN
        assert await statements.lock(work, 10**9) is None


async def test_statements_proposed_at_once_get_versions_of_their_own(house, crisis, max_id):
    async def propose(number):
        async with house.store.begin() as work:
            made = await statements.propose(work, crisis.id, "full", max_id, {"en": str(number)}, [])
            await work.commit()
            return made.version

    assert sorted(await asyncio.gather(*(propose(number) for number in range(6)))) == [1, 2, 3, 4, 5, 6]


async def test_an_attestation_stands_until_it_is_withdrawn_and_a_newer_one_takes_its_place(house, crisis, max_id):
    async with house.store.begin() as work:
        assert await attestations.standing(work, crisis.id, "customers_first") is None
        await attestations.attest(work, crisis.id, "customers_first", max_id, {"share": "half"})
        newer = await attestations.attest(work, crisis.id, "customers_first", max_id, {"share": "all"})
        await attestations.attest(work, crisis.id, "posts_stopped", max_id, {}, "@acme")
        await attestations.attest(work, crisis.id, "posts_stopped", max_id, {}, "@acme_es")
        stands = await attestations.standing(work, crisis.id, "customers_first")
        assert (stands.id, stands.what, stands.person) == (newer, {"share": "all"}, "Max")
        assert [one.subject for one in await attestations.all_standing(work, crisis.id)] == ["", "@acme", "@acme_es"]
        assert await attestations.standing(work, crisis.id, "posts_stopped") is None
        assert await attestations.withdraw(work, crisis.id, "posts_stopped", "@acme")
        assert not await attestations.withdraw(work, crisis.id, "posts_stopped", "@acme")
        assert [one.subject for one in await attestations.all_standing(work, crisis.id)] == ["", "@acme_es"]


async def test_an_exception_ends_with_the_hold_that_it_was_given_in(house, crisis, max_id, dial):
    case, other = await house.case(), await house.case()
    began = dial()
    async with house.store.begin() as work:
        await exceptions.add(work, crisis.id, case, max_id, "lives with the one who stalks her")
        assert await exceptions.holds_for(work, case, began)
        assert not await exceptions.holds_for(work, other, began)
        assert not await exceptions.holds_for(work, case, began + timedelta(seconds=1))
        assert await exceptions.count_since(work, crisis.id, began) == 1


async def test_call_backs_are_listed_nearest_first_until_they_are_done(house, crisis, max_id, dial):
    case = await house.case(by="ana")
    plain = {"case_id": case, "leader_id": max_id, "asked_by": max_id, "reach_at": "+34 600", "language": "es"}
    async with house.store.begin() as work:
        late = await callbacks.add(work, **plain, due_at=dial() + timedelta(hours=2))
        soon = await callbacks.add(work, **plain, due_at=dial() + timedelta(hours=1))
        assert [one.id for one in await callbacks.open_ones(work)] == [soon, late]
        assert [(one.leader, one.handle) for one in await callbacks.of_case(work, case)] == [("Max", "@ana")] * 2
        assert (await callbacks.lock(work, soon)).done_at is None
        await callbacks.done(work, soon, "reached her")
        assert (await callbacks.get(work, soon)).outcome == "reached her"
        assert [one.id for one in await callbacks.open_ones(work)] == [late]
        assert await callbacks.lock(work, 10**9) is None
    async with house.store.read() as work:
        assert await crises.current(work) is not None


async def test_the_message_that_shows_a_thing_is_known_by_workspace_until_somebody_deletes_it(store):
    async with store.begin() as work:
        await room_posts.stands(work, "facts:1", "slack", "C1", "m1")
        await room_posts.stands(work, "facts:1", "teams", "T1", "t1")
        await room_posts.stands(work, "facts:1", "slack", "C9", "m2")
        assert await room_posts.of(work, "facts:1") == {"slack": ("C9", "m2"), "teams": ("T1", "t1")}
        await room_posts.forget(work, "facts:1", "slack")
        assert await room_posts.of(work, "facts:1") == {"teams": ("T1", "t1")}
        assert await room_posts.of(work, "facts:2") == {}
