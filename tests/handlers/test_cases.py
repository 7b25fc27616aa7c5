"""What people do with cases, at the same time and out of date."""

import asyncio

import pytest
import sqlalchemy as sa

from handlers.errors import BadInput, CaseClosed, CaseOwned, NoSuchCase, NoSuchTag, NothingWaits
from handlers.ports import Customer, Event
from storage import cases, tables, timeline
from tests.builders import mention


async def found(house, case):
    async with house.store.read() as work:
        return await cases.get(work, case)


async def record(house, case):
    async with house.store.read() as work:
        assert (await timeline.verify(work))[1] == []
        return [row.act for row in await timeline.of_chain(work, f"case:{case}")]


async def tags(house, case):
    async with house.store.read() as work:
        return {one.tag: (one.confidence, one.is_set) for one in await cases.tags_of(work, case)}


async def test_two_people_claim_at_once_and_the_other_is_told_who_has_it(house):
    case = await house.case()
    people = {name: await house.person(name) for name in ("Ana", "Bo", "Cy", "Di")}
    outcomes = dict(
        zip(people, await asyncio.gather(*(house.cases.claim(who, case) for who in people.values()), return_exceptions=True), strict=True)
    )
    winners = [name for name, outcome in outcomes.items() if outcome is None]
    assert len(winners) == 1
    assert {(type(error), error.facts["owner"]) for error in outcomes.values() if error} == {(CaseOwned, winners[0])}
    assert ((await found(house, case)).owner, (await found(house, case)).status) == (winners[0], "acknowledged")
    assert await record(house, case) == ["case_opened", "claimed"]


async def test_claiming_what_is_mine_changes_nothing(house):
    case, ana = await house.case(), await house.person("Ana")
    await house.cases.claim(ana, case)
    await house.cases.claim(ana, case)
    assert await record(house, case) == ["case_opened", "claimed"]


async def test_the_buttons_of_a_stale_card_do_the_right_thing_or_say_why_not(house):
    case, ana, bo = await house.case(), await house.person("Ana"), await house.person("Bo")
    await house.cases.close(ana, case)
    await house.cases.close(bo, case)
    with pytest.raises(CaseClosed):
        await house.cases.claim(bo, case)
    await house.cases.reopen(bo, case)
    await house.cases.reopen(ana, case)
    await house.cases.claim(bo, case)
    with pytest.raises(NoSuchCase):
        await house.cases.close(ana, 999)
    assert await record(house, case) == ["case_opened", "closed", "reopened", "claimed"]


async def test_a_case_that_had_an_owner_keeps_them_when_it_opens_again(house):
    case, ana = await house.case(), await house.person("Ana")
    await house.cases.claim(ana, case)
    await house.cases.close(ana, case)
    await house.cases.reopen(ana, case)
    assert ((await found(house, case)).status, (await found(house, case)).owner) == ("acknowledged", "Ana")


async def test_next_gives_the_gravest_then_my_languages_then_the_oldest(house, dial):
    order = {}
    for text, language in (("normal fr", "fr"), ("normal es", "es"), ("normal es two", "es"), ("critical de", "de"), ("low es", "es")):
        order[await house.case(text, language=language)] = text
        dial.forward(seconds=1)
    ana = await house.person("Ana", languages=["es", "en"])
    taken = [order[await house.cases.next(ana)] for _ in range(5)]
    assert taken == ["critical de", "normal es", "normal es two", "normal fr", "low es"]
    with pytest.raises(NothingWaits):
        await house.cases.next(ana)


async def test_next_keeps_to_one_team_when_asked(house):
    crisis, ordinary = await house.case("my_data"), await house.case("ordinary question")
    ana = await house.person("Ana")
    assert await house.cases.next(ana, crisis=False) == ordinary
    with pytest.raises(NothingWaits):
        await house.cases.next(ana, crisis=False)
    assert await house.cases.next(ana, crisis=True) == crisis


async def test_ten_people_who_take_the_next_at_once_get_ten_cases(house):
    for _ in range(10):
        await house.case()
    people = [await house.person(f"P{number}") for number in range(10)]
    taken = await asyncio.gather(*(house.cases.next(who) for who in people))
    assert len(set(taken)) == 10


async def test_a_persons_word_wins_and_the_machines_is_kept_apart(house, dial):
    case, ana = await house.case("my_data phishing", by="ana", conversation_id="c"), await house.person("Ana")
    await house.tags.choose(ana, case, ["press"])
    assert await tags(house, case) == {"my_data": (0.9, False), "phishing": (0.9, False), "press": (None, True)}
    await house.case("phishing again", by="ana", conversation_id="c")
    assert (await tags(house, case))["phishing"] == (0.9, False), "the machine does not argue"
    dial.forward(seconds=11)  # clicks settle before they are learnt
    async with house.store.read() as work:
        clicks = [(row.word, row.truth) for row in await cases.clicks_after(work, 0)]
    assert sorted(clicks) == [("my_data", False), ("phishing", False), ("press", True)]


async def test_a_button_sets_a_tag_and_takes_it_off_again(house):
    case, ana = await house.case("my_data"), await house.person("Ana")
    for expected in (True, False, True):
        await house.tags.toggle(ana, case, "my_data")
        assert (await tags(house, case))["my_data"][1] is expected
    with pytest.raises(NoSuchTag):
        await house.tags.toggle(ana, case, "no_such_tag")


async def test_many_clicks_on_one_tag_at_once_are_all_counted(house):
    case, people = await house.case("my_data"), [await house.person(f"P{number}") for number in range(6)]
    await asyncio.gather(*(house.tags.toggle(who, case, "phishing") for who in people))
    assert (await tags(house, case))["phishing"][1] is False
    assert await record(house, case) == ["case_opened", *["tagged"] * 6]


async def test_severity_follows_the_tags_that_people_set_and_never_falls_under_the_customers_kind(house):
    case, ana = await house.case("critical"), await house.person("Ana")
    await house.tags.toggle(ana, case, "thanks")
    thanks = house.flow.tags["thanks"].severity
    assert (await found(house, case)).severity == thanks
    await house.tags.toggle(ana, case, "threat_to_life")
    assert (await found(house, case)).severity == 3
    await house.tags.toggle(ana, case, "threat_to_life")
    assert (await found(house, case)).severity == thanks
    await house.cases.set_kind(ana, case, "regulator")
    floor = house.flow.kinds["regulator"]
    assert (await found(house, case)).severity == max(thanks, floor)
    await house.tags.toggle(ana, case, "thanks")
    await house.tags.toggle(ana, case, "thanks")
    assert (await found(house, case)).severity == max(thanks, floor)


async def test_a_kind_that_a_person_set_stays_whatever_the_source_says(house):
    case, ana = await house.case("one", by="c1", conversation_id="c"), await house.person("Ana")
    await house.cases.set_kind(ana, case, "press")
    await house.case("two", customer=Customer("c1", kind="affected"), conversation_id="c")
    after = await found(house, case)
    assert (after.kind, after.handle, after.customer_name) == ("press", "@c1", "Customer c1"), "what the source leaves out is not forgotten"
    with pytest.raises(BadInput):
        await house.cases.set_kind(ana, case, "alien")


async def test_a_moved_case_stays_where_a_person_put_it(house):
    case, ana = await house.case("my_data", by="c1", conversation_id="c"), await house.person("Ana")
    await house.cases.move(ana, case, crisis=False)
    await house.case("they hacked my_data", by="c1", conversation_id="c")
    assert ((await found(house, case)).crisis, (await found(house, case)).channel) == (False, house.flow.ordinary_channel)


async def test_a_note_stays_inside_and_says_something(house):
    case, ana = await house.case(), await house.person("Ana")
    for empty in ("", "  \n", "\u3000"):
        with pytest.raises(BadInput):
            await house.cases.note(ana, case, empty)
    await house.cases.note(ana, case, "odd \x00 signs \ud800 " + "x" * 5000)
    thread = await house.desk.thread(ana, case)
    assert len(thread.notes[0].text) == 3000 and "\x00" not in thread.notes[0].text


async def test_a_look_at_what_is_masked_is_remembered(house):
    case, ana = await house.case("my card is 4111 1111 1111 1111"), await house.person("Ana")
    hidden = (await house.desk.thread(ana, case)).card
    assert "reveal" in {button.act for row in hidden.buttons for button in row} and not hidden.body[0].whole
    await house.cases.reveal(ana, case)
    assert (await house.desk.thread(ana, case, whole=True)).card.body[0].whole
    assert await record(house, case) == ["case_opened", "revealed"]


async def test_what_an_act_could_not_do_leaves_no_trace(house):
    case, ana, bo = await house.case(), await house.person("Ana"), await house.person("Bo")
    await house.cases.claim(ana, case)
    async with house.store.read() as work:
        before = await work.scalar(sa.select(sa.func.sum(tables.outbox.c.wish)))
    for act in (house.cases.claim(bo, case), house.tags.toggle(bo, case, "nope"), house.cases.note(bo, case, " ")):
        with pytest.raises((CaseOwned, NoSuchTag, BadInput)):
            await act
    async with house.store.read() as work:
        assert await work.scalar(sa.select(sa.func.sum(tables.outbox.c.wish))) == before
    assert await record(house, case) == ["case_opened", "claimed"]


async def test_an_edit_that_comes_in_the_same_batch_as_its_message_is_not_lost(house):
    posted = mention("first words", external_id="m", by="ana")
    edited = mention("second words", external_id="m", by="ana", event=Event.EDITED)
    receipts = await house.mentions.receive([posted, edited, posted])
    assert [one.new for one in receipts] == [True, False, False]
    async with house.store.read() as work:
        assert (await cases.mentions_of(work, receipts[0].case_id))[0].newest_text == "second words"
