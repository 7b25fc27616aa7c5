"""What is kept of who was told: in the evidence, and not of whom is erased."""

from datetime import datetime

from handlers.erasure import Erasure
from handlers.evidence import Evidence
from storage.escalations import Climbing
from tests.builders import data_breach
from tests.handlers.escalation.test_ladder import LIFE


async def test_the_evidence_of_a_case_says_who_was_told_when_and_by_which_way(world):
    case = await world.house.case(LIFE)
    await world.turn(minutes=6)
    await world.house.acknowledging.acknowledge(world.people["Max"], case)
    async with Evidence(world.store, data_breach()).of_case(case) as dossier:
        columns = dossier.columns("calls")
        rows = [dict(zip(columns, row, strict=True)) async for row in dossier.table("calls")]
    assert [(row["person"], row["time_up"], row["step"], row["told_by"]) for row in rows] == [
        ("Lea", 1, 1, "slack"),
        ("Max", 1, 2, "slack"),
    ]
    assert all(isinstance(row["told_at"], datetime) and row["not_told_at"] is None for row in rows)
    assert [row["acknowledged_at"] is not None for row in rows] == [False, True]


async def test_nobody_is_called_any_more_for_a_case_that_was_erased(world):
    case = await world.house.case(LIFE, by="u-gone")
    await world.now()
    assert world.direct("U2")[0].card.buttons
    erasure = Erasure(world.store, world.house.board)
    await erasure.erase(await erasure.find("x", "u-gone"))
    await world.turn(minutes=10)
    assert [call.over_at is not None for call in await world.called(case)] == [True]
    assert (await world.standing(case)).state is Climbing.OVER
    card = world.direct("U2")[0].card
    assert (card.title.name, card.buttons) == ("notice.over_title", ())
    assert not world.direct("U3")
