"""What the webhook lost is caught up, page by page, whoever shuts half of our ears."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.networks.meta.position import OVERLAP, Found, Position, cursor, mark
from bot.networks.meta.stream import Stream
from handlers.errors import DoorClosed, TryLater
from handlers.networks import Unread
from handlers.ports import Mention
from tests.networks.meta.connecting import connected, subscribed
from tests.networks.meta.replies import all_heard

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def write(ours, text, *, who="anna", below=""):
    return ours.world.add_comment(ours.name, ours.world.person(ours.name, who), text, below or ours.own.id)


def say(ours, text, who="anna"):
    return ours.world.add_message(ours.name, ours.world.person(ours.name, who), text, by_us=False)


async def ids(source, cursor=None):
    return [one.external_id for one in await all_heard(source, cursor) if isinstance(one, Mention)]


async def test_a_delivery_that_was_lost_is_caught_up(meta, noted):
    async with subscribed(meta, noted) as page:
        meta.telling.lost = True
        comment = meta.world.add_comment("facebook", meta.world.person("facebook", "anna"), "Hello?", meta.world.post.id)
        await meta.telling.comment(comment)
        assert not noted.news
        assert await ids(page.source) == [comment.id]


async def test_what_the_webhook_told_and_the_list_tells_is_the_same_mention(meta, noted):
    async with subscribed(meta, noted) as page:
        anna = meta.world.person("facebook", "anna")
        first = meta.world.add_comment("facebook", anna, "Hello?", meta.world.post.id)
        answer = meta.world.add_comment("facebook", anna, "Anybody?", first.id)
        message = meta.world.add_message("facebook", anna, "Hello?", by_us=False)
        await meta.telling.comment(first)
        await meta.telling.comment(answer)
        await meta.telling.message(message)
        key = [(one.external_id, one.conversation_id, one.customer.external_id, one.text, one.private) for one in noted.mentions]
        listed = [one for one in await all_heard(page.source) if isinstance(one, Mention)]
        assert sorted(key) == sorted(
            (one.external_id, one.conversation_id, one.customer.external_id, one.text, one.private) for one in listed
        )


async def test_five_hundred_comments_come_in_pages_without_a_gap_and_are_read_once(ours):
    written = [write(ours, f"Number {n}").id for n in range(500)]
    sizes, heard, position, more = [], [], None, True
    while more:
        before = len(ours.meta.calls)
        page = await ours.source.since(position)
        sizes.append((len(page.news), len(ours.meta.calls) - before))
        heard += [one.external_id for one in page.news]
        position, more = page.cursor, page.more
    assert heard == written
    assert all(size <= 200 for size, _ in sizes)
    assert [calls for _, calls in sizes[1:] if calls > 2] == [], "what was read is not read again for each page"


async def test_a_restart_between_two_pages_reads_anew_and_goes_on_where_it_was(ours):
    written = [write(ours, f"Number {n}").id for n in range(150)]
    first = await ours.source.since(None)
    anew = connected(ours.meta, ours.name)
    heard = [one.external_id for one in first.news] + await ids(anew.source, first.cursor)
    assert heard == written and first.more
    await anew.close()


async def test_replies_to_an_old_comment_are_heard(later):
    for network in ("facebook", "instagram"):
        ours, world = connected(later, network), later.world
        own = world.post if network == "facebook" else world.medium
        old = world.add_comment(network, world.person(network, "anna"), "Hello?", own.id)
        world.clock.advance(10 * 86_400)
        new = world.add_comment(network, world.person(network, "bruno"), "Me too", old.id)
        at = world.clock.now() - 3600
        position = cursor(None)
        position = str(type(position)(Position(datetime.fromtimestamp(at, UTC)), position.private))
        assert await ids(ours.source, position) == [new.id]
        await ours.close()


async def test_messages_of_a_conversation_are_all_heard_however_many_came(ours):
    said = [say(ours, f"Number {n}").id for n in range(20)]
    assert await ids(ours.source) == said


async def test_messages_older_than_those_of_which_meta_tells_are_kept_aside(ours):
    said = [say(ours, f"Number {n}").id for n in range(30)]
    news = await all_heard(ours.source)
    assert [one.external_id for one in news if isinstance(one, Mention)] == said[10:]
    assert len([one for one in news if isinstance(one, Unread)]) == 10


@pytest.mark.parametrize("shut", ["conversations", "feed"])
async def test_where_half_is_not_allowed_the_other_half_is_heard_and_caught_up_later(meta, shut):
    ours, world = connected(meta, "facebook"), meta.world
    anna = world.person("facebook", "anna")
    comment, message = (
        world.add_comment("facebook", anna, "Hello?", world.post.id),
        world.add_message("facebook", anna, "Hello?", by_us=False),
    )
    meta.reading.forbidden.add(shut)
    page = await ours.source.since(None)
    heard = comment.id if shut == "conversations" else message.id
    assert [one.external_id for one in page.news] == [heard] and not page.more
    meta.reading.forbidden.clear()
    assert set(await ids(ours.source, page.cursor)) == {comment.id, message.id} - {heard}
    await ours.close()


async def test_where_nothing_is_allowed_that_is_said(ours):
    ours.meta.reading.forbidden |= {"conversations", "feed", "media"}
    with pytest.raises(DoorClosed) as closed:
        await ours.source.since(None)
    assert not closed.value.whole


async def test_what_passes_is_said_when_there_is_nothing_else_to_say(ours):
    comment = write(ours, "Hello?")
    ours.meta.reading.busy.add("conversations")
    page = await ours.source.since(None)
    assert [one.external_id for one in page.news] == [comment.id] and page.more
    with pytest.raises(TryLater):
        await ours.source.since(page.cursor)


async def test_visitors_posts_and_pictures_that_show_us_are_heard(meta):
    facebook, instagram, world = connected(meta, "facebook"), connected(meta, "instagram"), meta.world
    post = world.add_post("facebook", world.person("facebook", "anna"), "You lost my data!")
    tagged = world.add_post("instagram", world.person("instagram", "anna"), "with Meridia", ours_below=False, tagged=True)
    assert await ids(facebook.source) == [post.id]
    assert await ids(instagram.source) == [tagged.id]
    await facebook.close()
    await instagram.close()


async def test_what_is_told_without_its_author_is_heard(ours):
    ours.world.tells_authors = False
    comment = write(ours, "Hello?")
    mine = ours.world.add_comment(ours.name, None, "ours", ours.own.id)
    heard = await ids(ours.source)
    assert comment.id in heard and mine.id not in heard


async def test_a_long_reading_goes_on_meanwhile_and_is_asked_for_again(ours):
    comment = write(ours, "Hello?")
    for stream in (ours.source.public, ours.source.private):
        stream.patience = 0.05
    ours.meta.slow = 0.2
    calls, pages, position, heard = len(ours.meta.calls), 0, None, []
    while not heard:
        page = await ours.source.since(position)
        heard, position, pages = [one.external_id for one in page.news], page.cursor, pages + 1
        assert heard or page.more
    assert heard == [comment.id] and pages > 2
    asked = [one.address for one in ours.meta.calls[calls:] if "conversations" not in one.path]
    assert len(set(asked)) == len(asked), "what is read on meanwhile is not asked for twice"


def found(name, seconds, order=0):
    when = NOW + timedelta(seconds=seconds)
    return Found(name, when, order, Unread(name, ""))


def test_a_position_takes_once_what_stands_in_its_overlap():
    position = Position(NOW)
    late, old = found("late", -60), found("old", -OVERLAP.total_seconds() - 1)
    assert position.is_new(late) and not position.is_new(old)
    beyond = position.beyond([late], NOW)
    assert not beyond.is_new(late) and beyond.at == NOW


def test_a_position_never_goes_beyond_the_moment_at_which_the_reading_began():
    beyond = Position(NOW).beyond([found("soon", 90)], NOW + timedelta(seconds=30))
    assert beyond.at == NOW + timedelta(seconds=30)
    assert not beyond.is_new(found("soon", 90)) and beyond.is_new(found("between", 40))


def test_a_position_forgets_what_no_list_will_tell_as_new_again():
    position = Position(NOW).beyond([found("a", 0), found("b", 10)], NOW + timedelta(hours=1))
    moved = position.beyond([found("c", 3000)], NOW + timedelta(hours=1))
    assert set(moved.seen) == {mark("c")}


def test_what_has_no_moment_is_taken_once():
    timeless = Found("x", None, 0, Unread("x", ""))
    position = Position(NOW)
    assert position.is_new(timeless)
    beyond = position.beyond([timeless], NOW).beyond([found("c", 3000)], NOW + timedelta(hours=1))
    assert not beyond.is_new(timeless)


def test_a_position_is_the_same_after_it_was_kept():
    one = cursor(None)
    moved = type(one)(one.public.beyond([found("a", 0)], NOW), one.private)
    assert cursor(str(moved)) == moved
    assert json.loads(str(moved))["public"][1]


async def test_what_came_during_a_reading_in_a_list_that_was_read_before_is_not_skipped():
    """One list is read, something appears in it, then another list is read in which something newer stands."""
    server_time = [NOW]
    lists = [[found("a", 5)], [found("late in the first list", 200), found("newer, in the second", 400)]]

    async def look(oldest):
        return lists[0]

    stream = Stream(look, lambda: server_time[0].strftime("%a, %d %b %Y %H:%M:%S GMT"))
    first = await stream.after(Position(NOW - timedelta(hours=1)), 100)
    lists[0] = [found("a", 5), lists[1][1]]
    server_time[0] = NOW + timedelta(seconds=100)
    second = await stream.after(first.position, 100)
    assert [one.id for one in second.found] == ["newer, in the second"]
    lists[0] = [found("a", 5), *lists[1]]
    third = await stream.after(second.position, 100)
    assert [one.id for one in third.found] == ["late in the first list"]
    await stream.close()


async def test_what_pushes_is_quiet_and_does_not_spin(ours):
    stirring = ours.source.stirs()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await anext(stirring)
    assert not ours.meta.calls


async def test_where_meta_tells_the_oldest_first_all_the_same_nothing_is_skipped(later):
    ours, world = connected(later, "facebook"), later.world
    later.reading.oldest_first = True
    for number in range(60):
        world.add_comment("facebook", world.person("facebook", "anna"), f"Number {number}", world.post.id)
    world.clock.advance(86_400)
    new = world.add_comment("facebook", world.person("facebook", "anna"), "Still nothing?", world.post.id)
    start = cursor(None)
    start = type(start)(Position(datetime.fromtimestamp(world.clock.now() - 3600, UTC)), start.private)
    assert await ids(ours.source, str(start)) == [new.id]
    await ours.close()
