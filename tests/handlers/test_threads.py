"""What follows a case's card: later messages, notes, and the pointer that stays when the case moves. None of it is lost, whatever comes first."""

from datetime import timedelta

from handlers.answers.drafts import Wording
from handlers.errors import TryLater, Unconfirmed
from handlers.ports import Event
from storage import cases
from tests.builders import mention


def words(messages):
    return [one.card.body[0].raw if hasattr(one.card.body[0], "raw") else one.card.body[0].facts["text"] for one in messages]


async def test_later_messages_and_notes_come_into_the_thread_in_order(post):
    case, ana = await post.house.case("one", by="ana", conversation_id="c"), await post.house.person("Ana")
    await post.send()
    await post.house.case("two", by="ana", conversation_id="c")
    post.dial.forward(seconds=1)
    await post.house.cases.note(ana, case, "call her back")
    await post.send(5)
    assert words(post.slack.threads(post.slack.messages[0].id)) == ["two", "call her back"]


async def test_a_message_that_comes_before_the_card_stands_waits_for_it(post):
    await post.house.case("one", by="ana", conversation_id="c")
    post.slack.fail.append(TryLater("rate_limited", timedelta(seconds=20)))
    await post.send()
    await post.house.case("two", by="ana", conversation_id="c")
    await post.house.case("three", by="ana", conversation_id="c")
    await post.send(10)
    assert not post.slack.messages
    await post.send(20)
    assert words(post.slack.threads(post.slack.messages[0].id)) == ["two", "three"]
    assert set(await post.states()) == {"sent"}


async def test_the_second_message_of_one_batch_reaches_the_thread_too(post):
    await post.house.mentions.receive([mention(text, by="ana", conversation_id="c") for text in ("one", "two", "three")])
    await post.send(5)
    assert words(post.slack.threads(post.slack.messages[0].id)) == ["two", "three"]


async def test_a_note_on_a_case_without_a_thread_waits_for_its_card_and_is_counted(post):
    ana = await post.house.person("Ana")
    case = await post.house.case("one")
    await post.house.cases.note(ana, case, "known customer")
    status = await post.house.desk.status(ana)
    assert {(one.state, one.rows) for one in status.backlog} == {("pending", 1), ("behind", 1)}
    await post.send(5)
    assert words(post.slack.threads(post.slack.messages[0].id)) == ["known customer"]


async def test_a_message_that_comes_while_the_card_is_on_its_way_is_released_by_it(post):
    await post.house.case("one", by="ana", conversation_id="c")
    post.slack.during = lambda: post.house.case("two", by="ana", conversation_id="c")
    await post.send(5)
    assert words(post.slack.threads(post.slack.messages[0].id)) == ["two"]


async def test_a_moved_case_leaves_a_pointer_and_is_posted_anew_with_its_thread_following(post):
    case, ana = await post.house.case("one", by="ana", conversation_id="c"), await post.house.person("Ana")
    await post.send()
    await post.house.cases.move(ana, case, crisis=False)
    await post.house.case("two", by="ana", conversation_id="c")
    await post.send(5)
    old, new = (
        next(one for one in post.slack.messages if one.place.channel_id == channel and not one.place.thread_id) for channel in ("C1", "C2")
    )
    assert old.shows("case.moved") and new.shows("case.title")
    assert words(post.slack.threads(new.id)) == ["two"] and not post.slack.threads(old.id)


async def test_a_case_that_moves_before_it_was_posted_is_posted_once_where_it_belongs(post):
    case, ana = await post.house.case("one"), await post.house.person("Ana")
    await post.house.cases.move(ana, case, crisis=False)
    await post.send(5)
    assert post.slack.texts("C1") == [] and post.slack.texts("C2") == ["one"]


async def test_a_case_that_moves_while_its_card_is_on_its_way_ends_in_the_right_channel_with_a_pointer_behind(post):
    case, ana = await post.house.case("one", by="ana", conversation_id="c"), await post.house.person("Ana")
    post.slack.during = lambda: post.house.cases.move(ana, case, crisis=False)
    await post.send(5)
    assert [(one.place.channel_id, one.card.title.name) for one in post.slack.messages] == [("C1", "case.moved"), ("C2", "case.title")]
    async with post.store.read() as work:
        current = [post for post in (await cases.posts_of(work, [case]))[case] if post.current]
    assert [one.channel_id for one in current] == ["C2"]
    await post.house.case("two", by="ana", conversation_id="c")
    await post.send(3)
    assert words(post.slack.threads(post.slack.messages[1].id)) == ["two"]


async def test_a_case_that_moves_while_nobody_knows_whether_its_card_arrived_turns_that_card_into_a_pointer(post):
    case, ana = await post.house.case("one"), await post.house.person("Ana")
    post.slack.lost.append(Unconfirmed("timeout"))
    await post.send()
    await post.house.cases.move(ana, case, crisis=False)
    await post.send(5)
    assert [(one.place.channel_id, one.card.title.name) for one in post.slack.messages] == [("C1", "case.moved"), ("C2", "case.title")]


async def test_a_case_that_moves_when_its_card_never_arrived_leaves_no_pointer(post):
    case, ana = await post.house.case("one"), await post.house.person("Ana")
    post.slack.fail.append(Unconfirmed("reset"))
    await post.send()
    await post.house.cases.move(ana, case, crisis=False)
    await post.send(5)
    assert [(one.place.channel_id, one.card.title.name) for one in post.slack.messages] == [("C2", "case.title")]
    assert "failed_for_now" not in await post.states()


async def test_a_case_that_moves_there_and_back_is_shown_once(post):
    case, ana = await post.house.case("one"), await post.house.person("Ana")
    await post.send()
    await post.house.cases.move(ana, case, crisis=False)
    await post.house.cases.move(ana, case, crisis=True)
    await post.send(5)
    shown = [one for one in post.slack.messages if one.shows("case.title")]
    assert [one.place.channel_id for one in shown] == ["C1"]


async def test_an_edit_is_shown_on_the_card(post):
    await post.house.mentions.receive([mention("first", external_id="m", by="ana")])
    await post.send()
    await post.house.mentions.receive([mention("second", external_id="m", by="ana", event=Event.EDITED)])
    await post.send(2)
    assert post.slack.texts() == ["second"]


async def test_a_card_that_waits_to_change_in_the_old_thread_changes_there_when_the_case_moves(post):
    case, ana, lea = await post.house.case("do you even read this?"), await post.house.person("Ana"), await post.house.person("Lea", "lead")
    made = await post.house.drafts.propose(
        ana, case, Wording("I am sorry that it looks that way. I do read what people write. Ana", private=True)
    )
    await post.send(3)
    asked = next(one for one in post.slack.messages if one.shows("draft.title"))
    await post.house.approvals.reject(lea, made.version_id, "not like this")
    await post.house.cases.move(ana, case, crisis=False)
    await post.send(10)
    assert asked.card.title.facts["status"] == "rejected" and not asked.card.buttons
    assert [(one.place.channel_id, one.card.title.name) for one in post.slack.messages] == [
        ("C1", "case.moved"),
        ("C1", "draft.title"),
        ("C2", "case.title"),
    ]
    assert set(await post.states()) == {"sent"}
