"""What is heard of feeds: what is new and wanted, once; and what one of them does keeps none of the others from being heard."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest

from bot.networks.press.fetching import Fetching
from bot.networks.press.hearing import Press
from handlers.errors import DoorClosed, TryLater
from handlers.networks import Unread
from handlers.ports import Event
from tests.fakes.press import Site, running


@pytest.fixture
async def fetching():
    one = Fetching()
    yield one
    await one.close()


@pytest.fixture
def sites():
    with ExitStack() as stack:
        yield [stack.enter_context(running(site)) for site in (Site(), Site(atom=True, packed=True))]


@pytest.fixture
def press(sites, fetching):
    def with_(*search: str, **feeds: str) -> Press:
        return Press(feeds or {"daily": sites[0].feed, "weekly": sites[1].feed}, search, fetching)

    return with_


def texts(heard):
    return [one.text.partition("\n\n")[2] for one in heard.news]


async def test_feeds_of_both_kinds_are_heard_in_the_order_in_which_they_were_written(press, sites):
    now = datetime.now(UTC)
    for minutes, site, id_ in ((3, 0, "urn:a"), (2, 1, "urn:b"), (1, 0, "urn:c")):
        sites[site].publish(f"{minutes} minutes ago", id=id_, at=now - timedelta(minutes=minutes))
    heard = await press().since(None)
    assert texts(heard) == ["3 minutes ago", "2 minutes ago", "1 minutes ago"]
    assert [one.customer.external_id for one in heard.news] == ["daily", "weekly", "daily"]
    assert {one.customer.kind for one in heard.news} == {"press"}


async def test_only_what_holds_a_searched_word_is_heard_in_any_case_and_accent(press, sites):
    for n, text in enumerate(("MÉRIDIA leaks", "Meridian line", "at Meridia: data  breach", "nothing", "#MeridiaLeak")):
        sites[0].publish(text, id=f"urn:{n}")
    assert texts(await press("meridia", "#MeridiaLeak").since(None)) == ["MÉRIDIA leaks", "at Meridia: data  breach", "#MeridiaLeak"]
    assert texts(await press("data breach").since(None)) == ["at Meridia: data  breach"]


async def test_the_first_time_what_is_older_than_a_day_is_left_out_for_good(press, sites):
    now = datetime.now(UTC)
    sites[0].publish("old", id="urn:old", at=now - timedelta(days=2))
    sites[0].publish("fresh", id="urn:fresh")
    heard = await press().since(None)
    assert texts(heard) == ["fresh"]
    sites[0].publish("late, with an old date", id="urn:late", at=now - timedelta(days=3))
    assert texts(await press().since(heard.cursor)) == ["late, with an old date"]


async def test_what_has_no_date_is_dated_when_it_is_first_seen(press, sites):
    sites[0].publish("undated", at=None)
    (one,) = (await press().since(None)).news
    assert datetime.now(UTC) - one.posted_at < timedelta(seconds=5)


async def test_a_date_to_come_is_now(press, sites):
    sites[0].publish("tomorrow", at=datetime.now(UTC) + timedelta(days=1))
    (one,) = (await press().since(None)).news
    assert one.posted_at <= datetime.now(UTC)


async def test_an_item_that_was_changed_is_edited_and_one_that_says_the_same_is_not_told(press, sites):
    entry = sites[0].publish("We asked.")
    heard = await press().since(None)
    entry.text = "They answered."
    changed = await press().since(heard.cursor)
    assert [(one.event, one.external_id) for one in changed.news] == [(Event.EDITED, entry.id)]
    assert (await press().since(changed.cursor)).news == []


async def test_an_item_that_is_changed_until_it_speaks_of_us_is_new_to_us(press, sites):
    entry = sites[0].publish("Some firm leaks")
    heard = await press("Meridia").since(None)
    entry.text = "Meridia leaks"
    assert [one.event for one in (await press("Meridia").since(heard.cursor)).news] == [Event.POSTED]


async def test_a_feed_that_puts_its_items_in_another_order_tells_nothing_new(press, sites):
    now = datetime.now(UTC)
    for n in range(5):
        sites[0].publish(f"{n}", id=f"urn:{n}", at=now)
    heard = await press().since(None)
    sites[0].entries.reverse()
    assert (await press().since(heard.cursor)).news == []


async def test_what_leaves_a_feed_and_comes_back_is_not_told_again(press, sites):
    entry = sites[0].publish("here, gone, and here")
    first = await press().since(None)
    sites[0].entries.clear()
    empty = await press().since(first.cursor)
    sites[0].entries.append(entry)
    assert (await press().since(empty.cursor)).news == []


async def test_the_same_article_in_two_feeds_of_a_site_is_one(press, sites):
    for site in sites:
        site.publish("everywhere", id="https://news.example/same")
    heard = await press().since(None)
    assert texts(heard) == ["everywhere"]
    assert (await press().since(heard.cursor)).news == []


async def test_other_words_are_looked_for_in_what_the_feeds_still_show(press, sites):
    sites[0].publish("Meridia leaks", id="urn:1")
    sites[0].publish("Northwind leaks", id="urn:2")
    heard = await press("Meridia").since(None)
    assert texts(await press("Meridia", "Northwind").since(heard.cursor)) == ["Northwind leaks"]


async def test_a_feed_that_is_added_later_has_a_first_look_of_its_own(press, sites):
    heard = await press(daily=sites[0].feed).since(None)
    sites[1].publish("old", id="urn:1", at=datetime.now(UTC) - timedelta(days=2))
    sites[1].publish("fresh", id="urn:2")
    assert texts(await press(daily=sites[0].feed, weekly=sites[1].feed).since(heard.cursor)) == ["fresh"]


async def test_many_items_come_in_pages_and_none_is_left_out(press, sites, monkeypatch):
    monkeypatch.setattr("bot.networks.press.hearing.PAGE", 30)
    ids = [site.publish(f"{n}", id=f"urn:{site.atom}:{n}").id for n in range(50) for site in sites]
    cursor, heard, more = None, [], True
    while more:
        page = await press().since(cursor)
        assert len(page.news) <= 30
        heard += [one.external_id for one in page.news]
        cursor, more = page.cursor, page.more
    assert sorted(heard) == sorted(ids)


async def test_what_has_not_changed_is_not_sent_again(press, sites):
    sites[0].publish("once")
    heard = await press(daily=sites[0].feed).since(None)
    again = await press(daily=sites[0].feed).since(heard.cursor)
    assert [status for _, _, status in sites[0].requests] == [200, 304]
    assert (again.news, again.cursor) == ([], heard.cursor)


async def test_one_feed_that_is_away_is_said_and_the_other_is_heard(press, sites):
    sites[1].publish("heard")
    sites[0].trouble.append("broken")
    heard = await press().since(None)
    assert (texts(heard), heard.left_out) == (["heard"], "feeds_away")
    sites[0].publish("missed, then heard", id="urn:missed")
    later = await press().since(heard.cursor)
    assert (texts(later), later.left_out) == (["missed, then heard"], "")


async def test_one_page_that_is_no_feed_keeps_the_others_from_nothing(press, sites):
    sites[0].pages["/feed.xml"] = (200, {"Content-Type": "text/html"}, b"<html>Please log in</html>")
    sites[1].publish("heard")
    assert texts(await press().since(None)) == ["heard"]


async def test_only_when_no_feed_can_be_read_we_try_later(press, sites):
    for site in sites:
        site.trouble.append("broken")
    with pytest.raises(TryLater, match="http_503"):
        await press().since(None)


async def test_when_no_feed_lets_us_in_the_door_is_closed(press, sites):
    for site in sites:
        site.trouble.append("shut")
    with pytest.raises(DoorClosed) as closed:
        await press().since(None)
    assert closed.value.whole


async def test_a_site_that_asks_for_quiet_is_not_asked_until_then(press, sites):
    listening = press(daily=sites[0].feed)
    sites[0].trouble.append("busy")
    for _ in range(2):
        with pytest.raises(TryLater) as later:
            await listening.since(None)
        assert timedelta() < later.value.after <= timedelta(seconds=1)
    assert len(sites[0].requests) == 1


async def test_an_item_that_cannot_be_read_is_set_aside_once(press, sites):
    sites[0].extra.append("<item><category>nothing</category></item>")
    sites[0].publish("words")
    heard = await press(daily=sites[0].feed).since(None)
    assert sorted(type(one).__name__ for one in heard.news) == ["Mention", "Unread"]
    sites[0].publish("more words", id="urn:more")
    assert not any(isinstance(one, Unread) for one in (await press(daily=sites[0].feed).since(heard.cursor)).news)


async def test_standing_names_the_feeds_that_answer(press, sites):
    sites[1].trouble.append("broken")
    assert (await press().standing()).account == "daily"
