"""The queue as a page asks for it, on each database: narrowed, counted, in order; and a case's past in words."""

import pytest

from handlers.errors import NotAllowed
from handlers.history import History
from handlers.queue import SCREENFUL, Narrowing, Queue
from storage import cases
from tests.builders import TestHouse


async def numbers(house: TestHouse, who, **asked) -> list[int]:
    return [row.number for row in (await Queue(house.store, house.flow).screenful(who, Narrowing(**asked))).rows]


async def suggest(house: TestHouse, number: int, tag: str, confidence: float) -> None:
    async with house.store.begin() as work:
        await cases.suggest_tags(work, [{"case_id": number, "tag": tag, "confidence": confidence}])
        await work.commit()


async def grave(house: TestHouse, number: int, severity: int) -> None:
    async with house.store.begin() as work:
        await cases.change(work, number, severity=severity)
        await work.commit()


async def test_the_gravest_stand_first_then_the_longest_waiting(house: TestHouse):
    ana = await house.person("Ana")
    first, second, worst = [await house.case(f"message {at}", external_id=f"m{at}", conversation_id=f"c{at}") for at in range(3)]
    for number, severity in ((first, 1), (second, 1), (worst, 3)):
        await grave(house, number, severity)
    assert await numbers(house, ana) == [worst, first, second]


async def test_a_tag_counts_when_somebody_set_it_or_the_machine_is_fairly_sure_and_nobody_took_it_off(house: TestHouse):
    ana = await house.person("Ana")
    number = await house.case()
    await suggest(house, number, "press", 0.1)
    assert await numbers(house, ana, tag="press") == []
    await suggest(house, number, "press", 0.8)
    assert await numbers(house, ana, tag="press") == [number]
    await house.tags.choose(ana, number, ["regulator"])
    assert await numbers(house, ana, tag="press") == []
    assert await numbers(house, ana, tag="regulator") == [number]


@pytest.mark.parametrize("find", ["%", "_", "'", "\\", "#", "#x", "99999999999999999999", "💥"])
async def test_signs_that_mean_something_to_a_database_find_nothing(house: TestHouse, find: str):
    ana = await house.person("Ana")
    await house.case()
    assert await numbers(house, ana, find=find) == []


async def test_a_screenful_is_bounded_and_the_last_page_is_the_last(house: TestHouse):
    ana = await house.person("Ana")
    for at in range(SCREENFUL + 3):
        await house.case(f"message {at}", external_id=f"m{at}", conversation_id=f"c{at}")
    queue = Queue(house.store, house.flow)
    first, last = await queue.screenful(ana, Narrowing()), await queue.screenful(ana, Narrowing(), 7)
    assert (len(first.rows), first.total, first.pages) == (SCREENFUL, SCREENFUL + 3, 2)
    assert (len(last.rows), last.page) == (3, 2)
    assert not {row.number for row in first.rows} & {row.number for row in last.rows}


async def test_nobody_without_a_role_sees_the_queue(house: TestHouse):
    nobody = await house.person("Zoe", "visitor")
    with pytest.raises(NotAllowed):
        await numbers(house, nobody)


async def test_the_past_of_a_case_is_told_in_order_and_without_its_words(house: TestHouse):
    ana = await house.person("Ana")
    number = await house.case("my secret words")
    await house.cases.claim(ana, number)
    await house.cases.note(ana, number, "an inner word")
    await house.tags.choose(ana, number, ["press"])
    past = await History(house.store, house.flow).of_case(ana, number)
    assert [one.words.name for one in past] == [
        "timeline.case_opened",
        "timeline.claimed",
        "timeline.noted",
        "timeline.ladder_changed",
        "timeline.tagged",
    ]
    assert [one.door for one in past] == ["", "console", "console", "", "console"]
    assert "secret" not in str(past)
    assert "inner" not in str(past)
