"""Deadlines as rows: armed, met, stopped, run on, and due once however many processes ask."""

import asyncio
from datetime import timedelta

import pytest

from storage import cases, deadlines, tags
from storage.deadlines import Deadline
from storage.types import CRITICAL, HIGH, LOW, NORMAL


def in_(dial, key, minutes, **more):
    return Deadline(key, more.pop("kind", "update"), dial() + timedelta(minutes=minutes), **more)


async def arm(store, *rows):
    async with store.begin() as work:
        await deadlines.arm(work, rows)
        await work.commit()


async def due(store, limit=100, kinds=("update", "test")):
    async with store.read() as work:
        return [one.key for one in await deadlines.due(work, await work.now(), limit, kinds=kinds)]


async def test_a_clock_is_due_from_its_moment_until_it_is_met_or_told(store, dial):
    await arm(store, in_(dial, "b", 20), in_(dial, "a", 10), in_(dial, "c", 30))
    dial.forward(minutes=9, seconds=59)
    assert await due(store) == []
    dial.forward(seconds=1)
    assert await due(store) == ["a"]
    dial.forward(minutes=20)
    assert await due(store) == ["a", "b", "c"]
    assert await due(store, limit=2) == ["a", "b"]
    assert await due(store, kinds=("update",)) == ["a", "b", "c"] and await due(store, kinds=("authority",)) == []
    async with store.begin() as work:
        assert await deadlines.meet(work, "a", "nothing of this name") == 1
        assert await deadlines.meet(work, "a") == 0
        told = await deadlines.get(work, "b")
        await deadlines.mark_told(work, [told.id])
        await work.commit()
    assert await due(store) == ["c"]


async def test_a_clock_that_is_set_again_runs_anew(store, dial):
    await arm(store, in_(dial, "a", 10))
    async with store.begin() as work:
        await deadlines.meet(work, "a")
        await deadlines.mark_told(work, [(await deadlines.get(work, "a")).id])
        await work.commit()
    await arm(store, in_(dial, "a", 20))
    dial.forward(minutes=15)
    assert await due(store) == []
    dial.forward(minutes=5)
    assert await due(store) == ["a"]


async def test_many_processes_that_ask_at_once_have_each_clock_in_one_hand_only(store, dial, kind):
    await arm(store, *(in_(dial, f"k{number}", 1) for number in range(60)))
    dial.forward(minutes=2)
    told = []

    async def tell():
        for _ in range(4):
            async with store.begin() as work:
                mine = await deadlines.due(work, await work.now(), 10, kinds=("update",))
                await asyncio.sleep(0.01)
                await deadlines.mark_told(work, [one.id for one in mine])
                await work.commit()
                told.extend(one.key for one in mine)

    await asyncio.gather(*(tell() for _ in range(4)))
    assert sorted(told) == sorted(f"k{number}" for number in range(60))


@pytest.fixture
async def held(house):
    """Three crisis cases with a clock of an hour each: the second's tag about life is suggested, the third's was taken off."""
    manager = await house.person("Max", "manager")
    crisis = await house.crises.open(manager, "Breach")
    made = [await house.case("is my_data safe?") for _ in range(3)]
    async with house.store.begin() as work:
        life = [{"case_id": case, "tag": "threat_to_life", "confidence": 0.8} for case in made[1:]]
        await cases.suggest_tags(work, life)
        await work.commit()
    async with house.store.begin() as work:
        await tags.keep(work, [{"case_id": made[2], "tag": "threat_to_life", "person_id": int(manager.external_id), "is_set": False}])
        now = await work.now()
        rows = [Deadline(f"test:{case}", "test", now + timedelta(hours=1), crisis.id, case) for case in made]
        await deadlines.arm(work, rows)
        await work.commit()
    return house, crisis, made


async def test_a_hold_stops_clocks_but_not_where_life_may_be_at_stake(held, dial):
    house, _, made = held
    async with house.store.begin() as work:
        assert await deadlines.pause(work, "test", but=("threat_to_life",)) == 2
        assert await deadlines.pause(work, "test", but=("threat_to_life",)) == 0
        await work.commit()
    dial.forward(hours=5)
    async with house.store.read() as work:
        due_now = await deadlines.due(work, await work.now(), kinds=("test",))
    assert [one.case_id for one in due_now] == [made[1]]


async def test_what_was_left_of_a_clock_runs_on_after_the_hold(held, dial):
    house, _, made = held
    dial.forward(minutes=40)
    async with house.store.begin() as work:
        await deadlines.pause(work, "test")
        await work.commit()
    dial.forward(hours=7)
    async with house.store.begin() as work:
        assert await deadlines.resume_case(work, "test", made[0]) == 1
        assert await deadlines.resume(work, "test") == 2
        assert await deadlines.resume(work, "test") == 0
        await work.commit()
    async with house.store.read() as work:
        standing = [one for one in await deadlines.standing(work, case_ids=made) if one.kind == "test"]
        assert {one.due_at for one in standing} == {dial() + timedelta(minutes=20)}
        assert {one.paused_at for one in standing} == {None}


async def test_clocks_that_stand_still_from_the_beginning_do_not_fall_due(store, dial):
    await arm(store, Deadline("a", "test", dial() + timedelta(minutes=1), paused_at=dial()))
    dial.forward(hours=1)
    assert await due(store) == []
    async with store.read() as work:
        assert (await deadlines.get(work, "a")).paused_at is not None


async def test_what_stands_of_the_crisis_is_not_mixed_with_its_cases(held, dial):
    house, crisis, made = held
    await arm(house.store, in_(dial, "crisis:x", 5, crisis_id=crisis.id), in_(dial, "else", 5))
    async with house.store.read() as work:
        keys = [one.key for one in await deadlines.standing(work, crisis.id)]
        assert "crisis:x" in keys and "else" not in keys
        assert not [one for one in keys if one.startswith("test:")]
    async with house.store.begin() as work:
        await deadlines.meet_all(work, crisis.id)
        assert await deadlines.standing(work, crisis.id) == []
        assert len([one for one in await deadlines.standing(work, case_ids=made) if one.kind == "test"]) == 3
        await work.commit()


async def test_how_many_clocks_are_late_and_by_how_much_is_counted_apart_for_the_crisis_and_the_rest(held, dial):
    house, _, made = held
    other = await house.case("an ordinary question")
    await arm(house.store, in_(dial, "else", 30, kind="test", case_id=other))
    dial.forward(hours=2)
    async with house.store.read() as work:
        assert await deadlines.late(work, "test", crisis=True) == (3, timedelta(hours=1))
        assert await deadlines.late(work, "test", crisis=False) == (1, timedelta(minutes=90))
        assert await deadlines.late(work, "nothing", crisis=False) == (0, timedelta())
        ids = [one.id for one in await deadlines.due(work, dial(), kinds=("test",))]
        assert [(case, crisis) for case, _, crisis in await deadlines.of_cases(work, ids)] == [
            *((one, True) for one in made),
            (other, False),
        ]


async def test_a_clock_of_one_case_is_stopped_and_runs_on_alone(held, dial):
    house, _, made = held
    async with house.store.begin() as work:
        await deadlines.pause_case(work, "test", made[0])
        await work.commit()
    dial.forward(hours=2)
    async with house.store.begin() as work:
        assert [one.case_id for one in await deadlines.due(work, dial(), kinds=("test",))] == made[1:]
        assert await deadlines.resume_case(work, "test", made[0]) == 1
        assert await deadlines.resume_case(work, "test", made[1]) == 0


async def test_the_gravest_come_first_and_among_equals_the_longest_due(store, dial):
    graves = {"low, long": (LOW, 1), "critical": (CRITICAL, 9), "high": (HIGH, 5), "high, longer": (HIGH, 4), "of no case": (CRITICAL, 8)}
    await arm(store, *(in_(dial, key, minutes, severity=severity) for key, (severity, minutes) in graves.items()))
    dial.forward(hours=1)
    assert await due(store) == ["of no case", "critical", "high, longer", "high", "low, long"]
    assert await due(store, limit=3) == ["of no case", "critical", "high, longer"]


async def test_kinds_are_mixed_by_how_grave_they_are(store, dial):
    rows = [("a", "test", LOW), ("b", "update", NORMAL), ("c", "test", HIGH), ("d", "update", CRITICAL)]
    await arm(store, *(in_(dial, key, 1, kind=kind, severity=severity) for key, kind, severity in rows))
    dial.forward(hours=1)
    assert await due(store, limit=3) == ["d", "c", "b"]


async def test_clocks_of_a_case_that_grew_graver_overtake_but_not_those_that_were_met(held, dial):
    house, _, made = held
    async with house.store.begin() as work:
        for case in made:
            await deadlines.rank(work, case, NORMAL)
        await deadlines.meet(work, f"test:{made[0]}")
        await deadlines.rank(work, made[2], CRITICAL)
        await deadlines.rank(work, made[0], CRITICAL)
        await work.commit()
    dial.forward(hours=2)
    assert await due(house.store, kinds=("test",)) == [f"test:{made[2]}", f"test:{made[1]}"]
    async with house.store.read() as work:
        assert (await deadlines.get(work, f"test:{made[0]}")).severity == NORMAL


async def test_what_was_looked_at_is_taken_once_and_only_while_it_is_due(store, dial):
    await arm(store, *(in_(dial, key, 1) for key in "abc"))
    dial.forward(minutes=2)
    async with store.begin() as work:
        seen = await deadlines.peek(work, await work.now(), kinds=("update",))
        assert [one.key for one in seen] == ["a", "b", "c"]
        ids = {one.key: one.id for one in seen}
        await deadlines.meet(work, "a")
        await deadlines.arm(work, [in_(dial, "b", 1)])
        assert [one.key for one in await deadlines.take(work, ids.values(), await work.now())] == ["c"]
        await deadlines.mark_told(work, [ids["c"]])
        assert await deadlines.take(work, ids.values(), await work.now()) == []


async def test_clocks_of_new_cases_are_set_in_one_go_each_with_its_own_moment(held, dial):
    house, _, made = held
    rows = [("one", case, severity, dial() + timedelta(minutes=severity), False) for severity, case in enumerate(made, 1)]
    async with house.store.begin() as work:
        await deadlines.arm_new(work, [])
        await deadlines.arm_new(work, [*rows, ("other", made[0], LOW, dial(), True)])
        await work.commit()
    dial.forward(minutes=2)
    assert await due(house.store, kinds=("one", "other")) == [f"one:{made[1]}", f"one:{made[0]}"]
    async with house.store.begin() as work:
        stopped = await deadlines.get(work, f"other:{made[0]}")
        assert (stopped.case_id, stopped.severity, stopped.paused_at) == (made[0], LOW, dial() - timedelta(minutes=2))


async def test_whoever_counts_working_hours_says_where_a_clock_that_stood_still_runs_on(held, dial):
    house, _, made = held
    began = dial()
    async with house.store.begin() as work:
        await deadlines.pause(work, "test")
        await work.commit()
    dial.forward(hours=3)
    told = []

    def next_morning(stopped):
        told.append(dict(stopped))
        return stopped["now"] + timedelta(hours=15 + stopped["case_id"])

    async with house.store.begin() as work:
        assert await deadlines.resume_case(work, "test", made[0], next_morning) == 1
        assert await deadlines.resume(work, "test", next_morning) == 2
        await work.commit()
        for case in made:
            assert (await deadlines.get(work, f"test:{case}")).due_at == dial() + timedelta(hours=15 + case)
    first = {name: told[0][name] for name in ("case_id", "due_at", "paused_at", "now")}
    assert first == {"case_id": made[0], "due_at": began + timedelta(hours=1), "paused_at": began, "now": dial()}
