"""The figures of a day, and the search in messages, on the console: in words, pictures and a table, without scripts."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from storage.insight import digests, subscriptions
from templates import say
from tests.doors.console import room, words_of

NOW = datetime(2026, 11, 22, 10, 5, tzinfo=UTC)


@pytest.fixture
async def there(tmp_path):
    async with room(tmp_path) as opened:
        opened.dial.at = NOW
        yield opened


async def busy_day(there) -> None:
    there.dial.at = NOW - timedelta(hours=3)
    for number in range(6):
        await there.write(f"high phishing: is this mail number {number} yours?", sender=f"s{number}")
    there.dial.at = NOW


async def test_the_last_day_is_told_in_words_pictures_and_a_table(there):
    await there.person("Ana", "agent")
    await busy_day(there)
    browser = await there.signed_in("Ana")
    page = await browser.get("/insight")
    assert page.status_code == 200 and "6" in words_of(page)
    assert "arrivals" in words_of(page) and "mentions" in words_of(page)
    for name in ("volume", "tags", "times"):
        for dark in ("", "?dark=1"):
            picture = await browser.get(f"/insight/{name}.png{dark}")
            assert picture.headers["content-type"] == "image/png" and picture.content.startswith(b"\x89PNG")
    table = await browser.get("/insight.csv")
    assert table.headers["content-type"].startswith("text/csv") and "arrivals,mentions,6,0,mentions" in table.text


async def test_a_day_is_picked_and_one_that_is_none_is_refused(there):
    await there.person("Ana", "agent", languages=["es"])
    await busy_day(there)
    browser = await there.signed_in("Ana")
    assert "arrivals mentions 6" in words_of(await browser.get("/insight?day=2026-11-22"))
    assert "arrivals mentions 0" in words_of(await browser.get("/insight?day=2026-11-21"))
    for wrong in ("2027-01-01", "yesterday", "0001-01-01", "'"):
        assert (await browser.get(f"/insight?day={wrong}")).status_code == 409
        assert (await browser.get(f"/insight/volume.png?day={wrong}")).status_code == 409
    assert (await browser.get("/insight/passwords.png")).status_code == 404


async def test_what_became_of_digests_is_for_those_who_may_subscribe(there):
    lea = await there.person("Lea", "lead")
    await there.person("Ana", "agent")
    async with there.store.begin() as work:
        row = {"workspace": "slack", "target": "C1", "name": "#marketing", "rhythm": "daily", "at": "08:30", "timezone": "Europe/Madrid"}
        one = await subscriptions.add(work, {**row, "weekday": None, "language": "en", "shared": False, "made_by": int(lea.external_id)})
        for days, missed in ((2, 0), (1, 0), (0, 1)):
            slot = NOW - timedelta(days=days, hours=2)
            number = await digests.add(work, digests.New(one.id, slot, slot - timedelta(days=1), slot, {}, missed))
            if days == 2:
                await digests.arrived(work, number)
            if days == 1:
                await digests.failed(work, number, "channel_not_found")
        await work.commit()
    told = words_of(await (await there.signed_in("Lea")).get("/insight"))
    assert "#marketing: " in told and "08:30" in told and "Not delivered" in told and "never invited" in told
    assert "On its way, late; makes up for one before it" in told and "Late: 22 Nov" not in told
    assert "#marketing" not in words_of(await (await there.signed_in("Ana")).get("/insight"))


async def test_messages_are_found_with_their_case(there):
    await there.person("Ana", "agent", languages=["fr"])
    number = await there.write("high phishing: on m’a volé mes données, carte 4111 1111 1111 1111 <script>alert(1)</script>", language="fr")
    browser = await there.signed_in("Ana")
    page = await browser.get('/search?q="mes donnees"')
    assert f'href="/cases/{number}"' in page.text and "volé mes données" in words_of(page)
    assert "4111" not in page.text and "<script>alert" not in page.text
    assert say("find.page_none", "fr").replace("\xa0", " ") in words_of(await browser.get("/search?q=rien"))
    assert (await browser.get("/search?q=tag:nonsense")).status_code == 409
    for hostile in ("%00", '"', "a%20AND%20(", "*", "%F0%9F%98%80", "x" * 2000):
        assert (await browser.get(f"/search?q={hostile}")).status_code == 200


async def test_nobody_sees_either_without_a_session(there):
    for path in ("/insight", "/insight.csv", "/insight/volume.png", "/search?q=a"):
        assert "sign-in" in str((await there.browser().get(path)).url)


async def test_what_is_mine_stands_below_what_waits_for_me(there):
    ana = await there.person("Ana", "agent")
    mine = await there.write("high phishing: is this yours?")
    await there.write("critical phishing: not mine", sender="other")
    await there.acts.cases.claim(ana, mine)
    page = await (await there.signed_in("Ana")).get("/waiting")
    assert "One case is yours" in words_of(page) and f'href="/cases/{mine}"' in page.text and "not mine" not in page.text


async def test_a_digest_is_subscribed_to_ended_and_refused_by_its_form(there):
    await there.person("Lea", "lead", email="lea@example.com")
    await there.person("Root", "admin")
    there.acts.insight.places.couriers = ("email",)
    browser = await there.signed_in("Lea")
    await browser.get("/insight")
    page = await browser.post("/digests", {"said": "subscribe lea@example.com daily 08:30 Europe/Madrid en"})
    assert "every day at 08:30" in words_of(page)
    gone = await browser.post("/digests", {"said": "unsubscribe lea@example.com"})
    assert say("digest.unsubscribed", "en", name="lea@example.com", count=1) in words_of(gone)
    refused = await browser.post("/digests", {"said": "subscribe #nowhere daily"})
    assert refused.status_code == 409 and 'value="subscribe #nowhere daily"' in refused.text
    assert (await browser.post("/digests", {"said": "nonsense"})).status_code in (400, 409, 422)


async def test_only_an_admin_lets_counts_into_an_address_of_nobody_here(there):
    await there.person("Root", "admin")
    there.acts.insight.places.couriers = ("email",)
    browser = await there.signed_in("Root")
    await browser.get("/insight")
    asked = await browser.post("/digests", {"said": "subscribe far@example.org daily"})
    ids = re.search(r'name="ids" value="([^"]+)"', asked.text)
    assert ids
    assert "counts only" in words_of(await browser.post("/digests", {"ids": unescape(ids[1])}))
