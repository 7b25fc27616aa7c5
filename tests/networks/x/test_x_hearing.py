"""Page by page, kind by kind, nothing skipped; and each post whole."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.networks.x.client import Keys, X
from bot.networks.x.hearing import XSource
from bot.networks.x.money import Meter
from bot.networks.x.positions import Position, id_at, moment_of
from handlers.errors import DoorClosed, TryLater
from handlers.networks import Can, Unread
from handlers.ports import Event, Mention
from tests.fakes.x.purse import FakePurse


async def test_a_storm_comes_in_whole_in_bounded_pages_while_it_goes_on(fake, ours):
    anna = fake.world.user("anna")
    said = [fake.world.write(anna, f"@acme number {n}").id for n in range(330)]
    page = await ours.source.since(None)
    assert len(page.news) == 100 and page.more
    said += [fake.world.write(anna, f"@acme late number {n}").id for n in range(120)]
    ours.cursor = page.cursor
    heard = [one.external_id for one in page.news] + [one.external_id for _ in range(2) for one in await ours.hear()]
    assert sorted(heard, key=int) == said
    assert all(len(one.news) <= 200 for one in ours.pages)
    assert await ours.hear() == []


async def test_what_x_shows_late_is_not_skipped(fake, ours):
    late = fake.world.write(fake.world.user("anna"), "@acme the first")
    late.gone = True  # not to be seen yet
    young = fake.world.write(fake.world.user("anna"), "@acme the second")
    assert [one.external_id for one in await ours.hear()] == [young.id]
    late.gone = False
    assert [one.external_id for one in await ours.hear()] == [late.id]


async def test_private_messages_are_read_from_the_youngest_on_until_we_know_them(fake, ours):
    anna, us = fake.world.user("anna"), fake.world.us
    said = [f"dm:{fake.world.message(anna, us, f'number {n}').id}" for n in range(140)]
    fake.world.message(us, anna, "ours")
    assert sorted(one.external_id for one in await ours.hear()) == sorted(said)
    more = fake.world.message(anna, us, "one more")
    (heard,) = await ours.hear()
    assert (heard.external_id, heard.private, heard.no_answer, heard.customer.handle) == (f"dm:{more.id}", True, "", "anna")
    assert heard.conversation_id.startswith("dm:")


async def test_a_page_of_messages_that_went_stale_is_begun_anew(fake, ours):
    said = fake.world.message(fake.world.user("anna"), fake.world.us, "hello")
    await ours.hear()
    more = fake.world.message(fake.world.user("anna"), fake.world.us, "hello?")
    kept = json.loads(ours.cursor)
    kept["private"] |= {"token": "stale1", "top": said.id}
    ours.cursor = json.dumps(kept)
    assert [one.external_id for one in await ours.hear()] == [f"dm:{more.id}"]


async def test_a_search_whose_last_find_is_older_than_xs_index_goes_on_with_what_the_index_has(fake, ours):
    ours.connect("data leak")
    await ours.hear()
    kept = json.loads(ours.cursor)
    for one in kept.values():
        one["since"] = id_at(datetime.now(UTC) - timedelta(days=30))
    ours.cursor = json.dumps(kept)
    post = fake.world.write(fake.world.user("anna"), "that data leak")
    assert [one.external_id for one in await ours.hear()] == [post.id]


async def test_what_several_questions_find_is_told_once(fake, ours):
    ours.connect("data leak", "#acmeleak", "acme")
    post = fake.world.write(fake.world.user("anna"), "@acme what a data leak #acmeleak")
    assert [one.external_id for one in await ours.hear()] == [post.id]


async def test_a_long_post_is_read_whole_with_its_links_as_they_were_written(fake, ours):
    text = "@acme " + "So long a story & no end. " * 300 + "https://example.com/a?copy=1&lt=2"
    fake.world.write(fake.world.user("anna", followers=1234), text, pictures=2, lang="iw")
    (heard,) = await ours.hear()
    assert heard.text == text
    assert [one.kind for one in heard.attachments] == ["image", "image"] and heard.attachments[0].size is None
    assert (heard.language, heard.customer.reach, heard.customer.handle) == ("he", 1234, "anna")
    assert heard.url and heard.url.endswith(heard.external_id)


@pytest.mark.parametrize(("lang", "language"), [("und", None), ("qme", None), ("zxx", None), ("es", "es"), ("in", "id"), ("zh-TW", "zh")])
async def test_what_x_cannot_tell_the_language_of_has_none(fake, ours, lang, language):
    fake.world.write(fake.world.user("anna"), "@acme hm", lang=lang)
    (heard,) = await ours.hear()
    assert heard.language == language


async def test_an_edited_post_is_the_same_mention_and_answered_in_its_last_version(fake, ours):
    first = fake.world.write(fake.world.user("anna"), "@acme my PIN is 1234")
    (before,) = await ours.hear()
    newer = fake.world.edit(first, "@acme never mind")
    (after,) = await ours.hear()
    assert (before.external_id, before.event) == (first.id, Event.POSTED)
    assert (after.external_id, after.event, after.text) == (first.id, Event.EDITED, "@acme never mind")
    assert json.loads(after.context) == {"post": newer.id}


async def test_what_cannot_be_read_is_set_aside_once(fake, ours):
    fake.world.garbled.add(fake.world.write(fake.world.user("anna"), "@acme hm").id)
    post = fake.world.write(fake.world.user("anna"), "@acme hello")
    page = await ours.source.since(None)
    aside, read = page.news
    assert isinstance(aside, Unread) and "author_id" in aside.because and json.loads(aside.raw)["text"] == "@acme hm"
    assert isinstance(read, Mention) and read.external_id == post.id
    assert (await ours.source.since(page.cursor)).news == []


async def test_messages_that_x_keeps_from_us_keep_nothing_else_from_us(fake, ours):
    fake.level = "read-write"
    post = fake.world.write(fake.world.user("anna"), "@acme hello")
    assert [one.external_id for one in await ours.hear()] == [post.id]
    standing = await ours.source.standing()
    assert standing.account == "@acme"
    assert {Can.HEAR_PRIVATE, Can.ANSWER_PRIVATE} == set(standing.may_not)


async def test_an_app_that_may_only_read_is_known_for_it(fake, ours):
    fake.level = "read"
    standing = await ours.source.standing()
    assert standing.may == (Can.HEAR, Can.SEARCH)


async def test_a_search_that_x_keeps_from_us_is_told_and_not_asked_for_a_while(fake, ours):
    fake.barred = {"search"}
    ours.connect("data leak")
    await ours.hear()
    await ours.hear()
    assert fake.calls.count("search") == 2  # the words, and who quotes us
    assert Can.SEARCH in (await ours.source.standing()).may_not


async def test_where_one_question_fails_the_others_are_heard_and_then_it_is_told(fake, ours):
    post = fake.world.write(fake.world.user("anna"), "@acme hello")
    fake.failing = {"dm_events"}
    page = await ours.source.since(None)
    assert [one.external_id for one in page.news if isinstance(one, Mention)] == [post.id] and page.more
    with pytest.raises(TryLater):
        await ours.source.since(page.cursor)


async def test_too_many_questions_about_messages_do_not_stop_the_mentions(fake, ours):
    for _ in range(16):
        await ours.hear()
    post = fake.world.write(fake.world.user("anna"), "@acme hello")
    assert [one.external_id for one in await ours.hear()] == [post.id]
    assert fake.calls.count("dm_events") == 16


@pytest.mark.parametrize("fault", ["dead_token", "empty"])
async def test_a_dead_token_and_an_empty_account_close_the_door(fake, ours, fault):
    fake.faults.append(fault)
    with pytest.raises(DoorClosed) as closed:
        await ours.source.since(None)
    assert closed.value.whole


async def test_a_suspended_account_closes_the_door_also_where_a_question_was_only_put_off_before(fake, ours):
    fake.suspended = True
    with pytest.raises(DoorClosed, match="suspended") as closed:
        await ours.source.since(None)
    assert closed.value.whole


def test_an_id_tells_its_moment():
    at = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert moment_of(id_at(at)) == at


def test_ids_are_compared_as_numbers_of_any_length():
    now = datetime.now(UTC)
    position = Position("9").after(["99999999999999999999999", "100"], now, until="100")
    assert position.top == "99999999999999999999999"


async def test_words_in_any_writing_are_searched_for_as_they_are(fake, ours):
    ours.connect("fuga de datos & contraseñas + más", "情報漏洩", "#fuite_de_données")
    said = [
        fake.world.write(fake.world.user("anna"), text).id
        for text in ("otra fuga de datos & contraseñas + más", "情報漏洩 です", "ah #fuite_de_données")
    ]
    assert [one.external_id for one in await ours.hear()] == said


def test_a_token_that_is_none_of_xs_is_never_taken_for_a_name():
    assert Keys("b", "k", "s", "SECRETSECRET", "s").account == ""
    assert Keys("b", "k", "s", "12-34", "s").account == "12"


async def test_a_token_that_is_none_of_xs_closes_the_door_and_is_not_shown(fake):
    x = X(fake.url, Keys("b", "k", "s", "SECRETSECRET", "s"))
    source = XSource(x, Meter(FakePurse(), Decimal(0)))
    for call in (lambda: source.since(None), source.standing):
        with pytest.raises(DoorClosed) as closed:
            await call()
        assert closed.value.whole and "SECRET" not in str(closed.value)
    assert fake.calls == []
