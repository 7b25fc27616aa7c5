"""The page behind a link of our mails: looking changes nothing, only its button acts, and only for whom it was sent to."""

import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from handlers.escalation.links import PURPOSE, VALID
from storage import calls, escalations, keys, notices, people, timeline
from storage.notices import Notice
from storage.tables import notices as table
from storage.timeline import case_chain
from templates import say
from tests.doors.console import Browser, Room, room, words_of

LEGAL = "high regulator: the authority asks"  # its first step calls data protection and legal
ANA, MAX = 1, 2
YOURS = say("notice.yours_title", "en")


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[Room]:
    async with room(tmp_path) as opened:
        await opened.person("Ana", "dpo")
        await opened.person("Max", "legal", languages=("fr",))
        yield opened


async def called(console: Room, *senders: str) -> list[int]:
    """Cases for which both were called, in one notice each."""
    numbers = [await console.write(LEGAL, sender=sender) for sender in senders]
    await console.acts.escalation.climb.fire()
    return numbers


async def notice_of(console: Room, person_id: int) -> Notice:
    async with console.store.read() as work:
        newest = await work.scalar(sa.select(sa.func.max(table.c.id)).where(table.c.person_id == person_id))
        found = await notices.get(work, newest)
    assert found is not None
    return found


async def link(console: Room, person_id: int) -> str:
    """As it stands in the mail, without the host."""
    address = console.links.link(await notice_of(console, person_id))
    assert address is not None and address.startswith(f"{console.url}/acknowledge/")
    return address.removeprefix(console.url)


async def state(console: Room, number: int) -> tuple[str, int | None]:
    async with console.store.read() as work:
        standing = await escalations.get(work, number)
    return str(standing.state), standing.acknowledged_by


def stranger(console: Room) -> Browser:
    """Somebody's browser that has never been here, led by a mail."""
    return Browser(httpx.AsyncClient(transport=httpx.ASGITransport(console.app), base_url=console.url))


async def test_a_scanner_that_follows_every_link_changes_nothing(console: Room):
    [number] = await called(console, "cnil")
    path, scanner = await link(console, ANA), stranger(console)
    async with console.store.read() as work:
        before = await timeline.newest(work)
    for method in ("GET", "HEAD", "GET", "OPTIONS", "PUT", "DELETE"):
        await scanner.client.request(method, path)
    async with console.store.read() as work:
        assert await timeline.newest(work) == before
    assert await state(console, number) == ("climbing", None)


async def test_the_page_says_what_it_is_about_without_a_customers_word_and_without_signing_in(console: Room):
    [number] = await called(console, "cnil")
    answer = await stranger(console).get(await link(console, ANA))
    page = words_of(answer)
    assert answer.status_code == 200
    assert f"#{number}" in page and "High" in page and "Authority" in page and say("console.letter_for", "en", name="Ana") in page
    assert "the authority asks" not in page and "cnil" not in page.lower()
    assert answer.text.count("<form") == 1 and say("button.acknowledge", "en", number=0) in page
    assert "set-cookie" not in answer.headers
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_its_button_acts_and_the_page_says_what_is_theirs_now(console: Room):
    [number] = await called(console, "cnil")
    path, ana = await link(console, ANA), stranger(console)
    answer = await ana.post(path)
    assert answer.request.method == "GET", "a page that can be loaded again"
    assert await state(console, number) == ("acknowledged", ANA)
    assert YOURS in words_of(answer) and say("notice.yours_line", "en", number=number) in words_of(answer) and "<form" not in answer.text
    assert f'href="/cases/{number}"' in answer.text
    again = await ana.post(path)
    assert again.status_code == 200 and YOURS in words_of(again), "pressed twice is pressed once"
    async with console.store.read() as work:
        assert [one.act for one in await timeline.of_chain(work, case_chain(number))].count("acknowledged") == 1


async def test_of_two_people_who_press_the_second_hears_who_has_it(console: Room):
    [number] = await called(console, "cnil")
    ana, max_ = await link(console, ANA), await link(console, MAX)
    await stranger(console).post(ana)
    late = await stranger(console).post(max_)
    assert late.status_code == 410
    told = say("notice.over_line", "fr", number=number, name="Ana")
    assert " ".join(told.split()) in words_of(late), "in Max's own language"
    assert await state(console, number) == ("acknowledged", ANA)
    look = await stranger(console).get(max_)
    assert look.status_code == 200 and "<form" not in look.text


async def test_one_button_takes_what_is_left_of_several(console: Room):
    first, second, third = await called(console, "one", "two", "three")
    path = await link(console, ANA)
    assert say("button.acknowledge_all", "en", count=3) in words_of(await stranger(console).get(path))
    max_ = await console.signed_in("Max")
    await max_.get("/")
    await max_.post("/act/acknowledge", {"ids": str(first)})
    page = await stranger(console).post(path)
    assert [await state(console, one) for one in (first, second, third)] == [
        ("acknowledged", MAX),
        ("acknowledged", ANA),
        ("acknowledged", ANA),
    ]
    assert say("notice.over_line", "en", number=first, name="Max") in words_of(page)
    assert say("notice.yours_line", "en", number=second) in words_of(page)


@pytest.mark.parametrize("forged", ["", "x", "a.b.c", "%2e%2e", "é", "W10.aaaa.bbbb", "'; drop table people"])
async def test_a_link_that_is_not_ours_leads_nowhere_and_says_so(console: Room, forged: str):
    [number] = await called(console, "cnil")
    path = await link(console, ANA)
    wrong = "/acknowledge/" + (forged or path.rpartition("/")[2][:-3])
    for answer in (await stranger(console).get(wrong), await stranger(console).post(wrong)):
        assert answer.status_code == 404
        assert say("error.link_over", "en") in words_of(answer)
    assert await state(console, number) == ("climbing", None)


async def test_a_link_signed_for_another_person_cannot_be_written_by_hand(console: Room):
    await called(console, "cnil")
    ana, max_ = [(await link(console, person)).rpartition("/")[2].split(".") for person in (ANA, MAX)]
    answer = await stranger(console).post("/acknowledge/" + ".".join([max_[0], *ana[1:]]))
    assert answer.status_code == 404


class LongAgo(TimestampSigner):
    def get_timestamp(self) -> int:
        return int(time.time() - (VALID + timedelta(minutes=1)).total_seconds())


async def test_a_link_is_over_after_three_days(console: Room):
    [number] = await called(console, "cnil")
    async with console.store.begin() as work:
        key = await keys.get_or_make(work, PURPOSE, "")
    old = URLSafeTimedSerializer(key, salt=PURPOSE, signer=LongAgo).dumps([(await notice_of(console, ANA)).id, ANA])
    for answer in (await stranger(console).get(f"/acknowledge/{old}"), await stranger(console).post(f"/acknowledge/{old}")):
        assert answer.status_code == 410 and say("error.link_over", "en") in words_of(answer)
    assert await state(console, number) == ("climbing", None)


class Ahead(TimestampSigner):
    def get_timestamp(self) -> int:
        return int(time.time() + 40)


async def test_a_link_signed_by_a_replica_whose_clock_is_ahead_opens(console: Room):
    await called(console, "cnil")
    async with console.store.begin() as work:
        key = await keys.get_or_make(work, PURPOSE, "")
    ahead = URLSafeTimedSerializer(key, salt=PURPOSE, signer=Ahead).dumps([(await notice_of(console, ANA)).id, ANA])
    assert (await stranger(console).get(f"/acknowledge/{ahead}")).status_code == 200


async def test_who_has_left_the_team_has_no_link_any_more(console: Room):
    [number] = await called(console, "cnil")
    path = await link(console, ANA)
    async with console.store.begin() as work:
        await people.remove(work, ANA)
        await work.commit()
    assert (await stranger(console).get(path)).status_code == 410
    assert (await stranger(console).post(path)).status_code in (403, 410)
    assert await state(console, number) == ("climbing", None)


async def test_a_closed_case_asks_for_nothing(console: Room):
    [number] = await called(console, "cnil")
    path = await link(console, ANA)
    await console.acts.cases.close(await console.person("Bea", "agent"), number)
    page = await stranger(console).get(path)
    assert page.status_code == 200 and "<form" not in page.text and "nothing for you to do" in words_of(page)
    assert (await stranger(console).post(path)).status_code == 410


async def test_where_all_must_acknowledge_the_page_says_that_it_is_noted(console: Room):
    await console.person("Tim", "security")
    number = await console.write("critical extortion: pay")
    await console.acts.escalation.climb.fire()
    page = words_of(await stranger(console).post(await link(console, MAX)))
    assert say("notice.noted_title", "fr") in page and f"#{number}" in page
    async with console.store.read() as work:
        assert {one.name for one in await calls.of_case(work, number) if one.acknowledged_at} == {"Max"}
