"""The board of a crisis: one message per workspace that always shows how things stand, and the versions of statements."""

import pytest

from bot.voice import speak
from handlers.errors import NoCrisis, NoSuchFact, NoSuchStatement, NotAllowed
from handlers.insight.status import standing, status_card
from handlers.ports import CustomerText, FieldKind
from tests.handlers.room.crisis import led
from tests.handlers.sending import post_office

LANGUAGES = ("en", "es", "fr")


def texts(card, language="en"):
    """Every line of a card as a person reads it."""
    plain = [card.title, *card.body, *card.small, *(button.label for row in card.buttons for button in row)]
    return [
        one.raw if isinstance(one, CustomerText) else speak(one, language, str, lambda moment: f"{moment:%d %b %H:%M}") for one in plain
    ]


def form_texts(form, language):
    said = [form.title, form.submit, *form.intro, *(field.label for field in form.fields)]
    said += [option.label for field in form.fields for option in field.options]
    return [speak(one, language, str, str) for one in said]


@pytest.fixture
async def post(store, dial):
    return await post_office(store, dial, also=("teams",))


@pytest.fixture
async def shown(post):
    return await led(post.house)


def boards(post, workspace=None):
    return [one for one in (workspace or post.slack).messages if one.shows("room.title")]


async def test_opening_a_crisis_posts_its_board_once_in_each_workspace(post, shown):
    await post.send(30)
    for workspace in (post.slack, *post.others.values()):
        (board,) = boards(post, workspace)
        assert board.place.channel_id in ("C1", "T1")
        lines = " ".join(texts(board.card))
        for question in post.house.flow.rules.questions:
            assert question.label["en"] in lines


async def test_ten_changes_are_shown_in_the_one_message_as_things_stand(post, shown):
    await post.send(10)
    for number in range(10):
        await post.house.facts.add(shown.dpo, f"thing {number}")
    await post.house.holds.set(shown.lead, "silent")
    await post.send(10)
    (board,) = boards(post)
    lines = " ".join(texts(board.card))
    assert "thing 0" in lines and "thing 9" in lines and "silent" in lines
    assert len(board.states) == 2, "what had changed by then left as one update"


async def test_changes_that_come_before_the_board_has_left_are_in_its_first_state(post, shown):
    await post.house.facts.add(shown.dpo, "an early fact")
    await post.send(10)
    (board,) = boards(post)
    assert len(board.states) == 1 and "an early fact" in " ".join(texts(board.card))


async def test_a_change_during_the_first_post_updates_that_message(post, shown):
    async def during():
        if not boards(post):
            post.slack.during = during
            return
        await post.house.facts.add(shown.dpo, "in the middle")

    post.slack.during = during
    await post.send(20)
    (board,) = boards(post)
    assert "in the middle" in " ".join(texts(board.card))


async def test_a_board_that_somebody_deleted_is_posted_anew(post, shown):
    await post.send(10)
    (board,) = boards(post)
    post.slack.deleted.add(board.id)
    await post.house.facts.add(shown.dpo, "news")
    await post.send(40)
    first, second = boards(post)
    assert len(first.states) == 1 and "news" in " ".join(texts(second.card))
    await post.house.facts.add(shown.dpo, "more news")
    await post.send(20)
    assert len(boards(post)) == 2 and "more news" in " ".join(texts(boards(post)[1].card))


async def test_the_next_crisis_has_a_board_of_its_own(post, shown):
    await post.send(10)
    await post.house.crises.close(shown.manager)
    await post.house.crises.open(shown.manager, "Second")
    await post.send(20)
    assert ["Second" in texts(one.card)[0] for one in boards(post)] == [False, True]


async def test_a_statement_s_card_shows_one_version_and_loses_its_buttons_when_it_is_decided(post, shown):
    made = await post.house.statements.propose(shown.press_officer, "holding", {"en": "We are looking into it."})
    await post.send(20)

    def card():
        (found,) = [one for one in post.slack.messages if one.shows("statement.title")]
        return found.card

    assert "We are looking into it." in " ".join(texts(card()))
    assert [button.act for row in card().buttons for button in row] == ["approve_statement", "reject_statement"]
    assert {button.ids for row in card().buttons for button in row} == {str(made.id)}
    await post.house.statements.approve(shown.legal, made.id)
    await post.send(10)
    assert "The legal" in " ".join(texts(card()))
    await post.house.statements.approve(shown.manager, made.id)
    await post.send(10)
    assert [button.act for row in card().buttons for button in row] == ["withdraw_statement"]
    await post.house.statements.withdraw(shown.manager, made.id)
    await post.send(10)
    assert card().buttons == ()


async def everything(room):
    """A room in which every kind of line stands."""
    house = room.house
    number = await house.facts.add(room.dpo, "1,200 addresses", "logs", ["email"])
    await house.facts.confirm(room.dpo, number)
    gone = await house.facts.add(room.dpo, "cards")
    await house.facts.retract(room.dpo, gone)
    for kind in ("holding", "full"):
        made = await house.statements.propose(room.press_officer, kind, {"en": "Words", "fr": "Des mots"}, [number])
        await house.statements.approve(room.legal, made.id)
        await house.statements.approve(room.manager, made.id)
        await house.statements.propose(room.press_officer, kind, {"es": "Palabras"}, [number])
    await house.facts.retract(room.dpo, number)
    await house.attestations.attest_customers_first(room.dpo, "Care", "all", "08:00", "email")
    await house.attestations.attest_posts_stopped(room.marketing, "@acme")
    await house.holds.set(room.lead, "silent")
    case = await house.case("my_data")
    await house.holds.excuse(room.manager, case, "stalked")
    await house.callbacks.ask(room.agent, case, "The lead", "+34 600 000 000")
    return case


@pytest.mark.parametrize("language", LANGUAGES)
async def test_everything_that_the_room_shows_can_be_read_in_each_language(room, dial, language):
    case = await everything(room)
    dial.forward(days=5)
    await room.house.due.fire()
    desk = room.house.room.desk
    board = await desk.board(room.agent)
    shown = [*texts(board, language), *texts(await desk.statements(room.agent), language)]
    shown += texts(await desk.callbacks(room.lead), language)
    shown += texts(status_card(standing(await room.house.desk.status(room.agent), room.house.flow)), language)
    for one in range(1, 5):
        shown += texts(await desk.statement(room.agent, one), language)
    for fact in await room.known():
        shown += form_texts(await desk.form(room.dpo, "fact", str(fact.id)), language)
    for name, ids in (
        ("fact", ""),
        ("statement", "full"),
        ("statement", "holding"),
        ("attest", "customers_first"),
        ("attest", "posts_stopped"),
    ):
        shown += form_texts(await desk.form(room.lead, name, ids), language)
    shown += form_texts(await desk.form(room.manager, "except", str(case)), language)
    shown += form_texts(await desk.form(room.agent, "callback", str(case)), language)
    shown += form_texts(await desk.form(room.legal, "reject_statement", "2"), language)
    assert all(one.strip() for one in shown) and not [one for one in shown if "{" in one or "None" in one or "[" in one]


async def test_the_status_says_of_the_crisis_what_must_be_known_at_a_glance(room, dial):
    await everything(room)
    dial.forward(hours=3)
    status = texts(status_card(standing(await room.house.desk.status(room.agent), room.house.flow)))
    assert len(status) <= 10
    assert status[0].startswith("Crisis “") and status[0].endswith("open for 3 h")
    assert status[1] == "Hold: silent, for 3 h" and status[2].startswith("Authority: 2 days 21 h left (")
    assert "1,200 addresses" not in " ".join(status)


async def test_a_statement_that_rests_on_what_was_taken_back_is_said_to(room):
    await everything(room)
    lines = texts(await room.house.room.desk.board(room.agent))
    assert [one for one in lines if one.startswith("Full statement: version 1") and "taken back" in one]
    assert [one for one in lines if one.startswith("Holding statement: version 1") and "Spanish" in one]


async def test_how_to_reach_a_customer_is_told_only_to_those_who_call(room):
    await everything(room)
    assert "+34 600 000 000" in " ".join(texts(await room.house.room.desk.callbacks(room.lead)))
    with pytest.raises(NotAllowed):
        await room.house.room.desk.callbacks(room.security)


async def test_a_form_is_given_only_to_those_who_may_send_it_in(room):
    desk = room.house.room.desk
    for who, name, ids in (
        (room.agent, "fact", ""),
        (room.security, "statement", "full"),
        (room.lead, "except", "1"),
        (room.agent, "attest", "x"),
    ):
        with pytest.raises(NotAllowed):
            await desk.form(who, name, ids)
    with pytest.raises(NoSuchFact):
        await desk.form(room.dpo, "fact", "100000")
    with pytest.raises(NoSuchStatement):
        await desk.form(room.legal, "reject_statement", "100000")
    await room.house.crises.close(room.manager)
    with pytest.raises(NoCrisis):
        await desk.form(room.lead, "statement", "full")
    with pytest.raises(NoCrisis):
        await desk.board(room.lead)


async def test_a_new_version_begins_with_the_words_of_the_present_one_and_the_facts_that_still_hold(room):
    number = await room.house.facts.add(room.dpo, "1,200 addresses")
    await room.house.facts.confirm(room.dpo, number)
    made = await room.house.statements.propose(room.press_officer, "full", {"en": "Words"}, [number])
    await room.house.statements.approve(room.legal, made.id)
    await room.house.statements.approve(room.manager, made.id)
    form = await room.house.room.desk.form(room.press_officer, "statement", "full")
    assert [(field.name, field.kind, field.initial) for field in form.fields] == [
        ("text_en", FieldKind.LONG, ("Words",)),
        ("text_es", FieldKind.LONG, ()),
        ("text_fr", FieldKind.LONG, ()),
        ("facts", FieldKind.CHOICES, (str(number),)),
    ]
    assert (form.name, form.ids) == ("statement", "full")
    await room.house.facts.retract(room.dpo, number)
    form = await room.house.room.desk.form(room.press_officer, "statement", "full")
    assert form.fields[-1].options == form.fields[-1].initial == ()


async def test_the_answer_of_every_form_reaches_its_use_case(room):
    case = await room.house.case("my_data")
    await room.house.holds.set(room.lead, "silent")
    fill = room.house.room.fill
    told = [
        await fill(room.lead, "fact", "", {"text": ["news"]}),
        await fill(room.press_officer, "statement", "holding", {"text_en": ["We know."]}),
        await fill(room.marketing, "attest", "posts_stopped", {"account": ["@acme"]}),
        await fill(room.agent, "callback", str(case), {"leader": ["The lead"]}),
        await fill(room.manager, "except", str(case), {"reason": ["stalked"]}),
        await fill(room.legal, "reject_statement", "1", {"reason": ["too early"]}),
    ]
    assert [card.title.name for card in told] == [
        "fact.added",
        "statement.proposed",
        "room.attested",
        "callback.asked",
        "room.excused_done",
        "statement.rejected",
    ]
    for card in told:
        for language in LANGUAGES:
            assert texts(card, language)
