"""The whole way of a customer's question, on every network: heard there, a case here, answered by two people, once, below what was asked."""

import pytest
import sqlalchemy as sa

from handlers.answers.drafts import Wording
from handlers.answers.publishing import ways_out
from handlers.board import Board
from handlers.sender import Sender
from storage import tables
from storage.types import Status
from tests.builders import Scripted, TestHouse, data_breach
from tests.databases import opened, sqlite_copy
from tests.handlers.hearing import listening, rows, until
from tests.networks.contract.asking import ours
from tests.networks.contract.conftest import scenes

ANSWERABLE = [one for one in scenes() if one.abilities and not one.soak and not one.name.startswith("memory")]
ANSWER = "Thank you for asking, Anna. We are looking into it and will write to you here as soon as we know more. Bo"

pytestmark = pytest.mark.slow


@pytest.fixture(params=[pytest.param(one, id=one.name) for one in ANSWERABLE])
async def stage(request):
    if request.param.missing:
        pytest.skip(f"{request.param.name}: {request.param.missing}")
    async with request.param.opened() as on_stage:
        yield on_stage


@pytest.fixture
async def house(tmp_path, stage):
    store = opened(sqlite_copy(tmp_path / "story.db"))
    name = stage.network.name
    yield await TestHouse(store, data_breach(), Board({}), Scripted(), {name: stage.network}).begin()
    await store.close()


async def status(house, number):
    return (await rows(house, sa.select(tables.cases.c.status).where(tables.cases.c.id == number)))[0].status


async def test_a_question_is_heard_answered_and_its_case_follows_what_the_customer_says_next(house, stage):
    bo, lea = await house.person("Bo", "agent"), await house.person("Lea", "lead")
    sender = Sender(house.store, ways_out({stage.network.name: stage.network}, house.store, house.gate, house.course))
    in_private = not stage.network.abilities.public
    async with listening(house, stage.source):
        asked = await stage.say("is my data safe?", private=in_private)
        await until(lambda: _heard(house, 1), 30)
        [case] = await rows(house, sa.select(tables.cases))
        made = await house.drafts.propose(bo, case.id, Wording(ANSWER, case.private, ""))
        await house.approvals.approve(lea, made.version_id)
        await sender.drain()
        await sender.drain()  # nothing is left to be sent
        [seen] = await ours(stage, count=1)
        assert ANSWER in seen.text and seen.private == in_private
        assert seen.parent == asked
        assert await status(house, case.id) == Status.ANSWERED

        await stage.say("thank you, and when?", to=seen.id, private=in_private)
        await until(lambda: _heard(house, 2), 30)
    assert len(await rows(house, sa.select(tables.cases))) == 1, "the same customer, the same thread, the same case"
    assert await status(house, case.id) == Status.OPEN


async def _heard(house, count):
    return len(await rows(house, sa.select(tables.mentions.c.id))) >= count
