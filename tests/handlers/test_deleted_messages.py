"""Somebody deletes a message of ours in the workspace: the case is shown again, nothing that was for it is lost."""

from storage import cases


async def test_a_card_that_somebody_deleted_is_posted_anew_when_the_case_changes(post):
    case, ana = await post.house.case("one"), await post.house.person("Ana")
    await post.send()
    post.slack.deleted.add(post.slack.messages[0].id)
    await post.house.cases.claim(ana, case)
    await post.send(5)
    assert len(post.slack.messages) == 2
    await post.house.cases.close(ana, case)
    await post.send(5)
    assert len(post.slack.messages) == 2, "later changes update the new card"
    assert len(post.slack.messages[1].states) == 2


async def test_a_note_for_a_deleted_thread_waits_for_the_new_card(post):
    case, ana = await post.house.case("one"), await post.house.person("Ana")
    await post.send()
    post.slack.deleted.add(post.slack.messages[0].id)
    await post.house.cases.note(ana, case, "call her back")
    await post.send(8)
    card, note = post.slack.messages[1:]
    assert (card.place.thread_id, note.place.thread_id) == (None, card.id)
    assert note.shows("case.note")


async def test_a_pointer_whose_message_is_gone_is_needed_no_more(post):
    case, ana = await post.house.case("ordinary"), await post.house.person("Ana")
    await post.send()
    post.slack.deleted.add(post.slack.messages[0].id)
    await post.house.cases.move(ana, case, crisis=True)
    await post.send(5)
    assert await post.states(kind="pointer") == ["sent"]
    assert post.slack.messages[-1].place.channel_id == "C1"


async def test_the_open_cases_of_somebody_who_leaves_wait_for_the_next(post):
    ana, boss = await post.house.person("Ana"), await post.house.person("Boss", "admin", "agent")
    await post.house.person("Other", "admin")
    case = await post.house.case("one")
    await post.house.cases.claim(ana, case)
    await post.house.staff.remove(boss, "Ana")
    async with post.house.store.read() as work:
        found = await cases.get(work, case)
    assert (found.owner, found.status) == (None, "open")
    assert await post.house.cases.next(boss) == case
