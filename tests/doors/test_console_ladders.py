"""FLOW at work on the console, without scripts: what waits for whom, how a case stands on its ladder, who is on duty, a drill."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from flows.rotas_loader import load_rotas
from storage import calls, escalations
from storage.tables import calls as table
from templates import say
from tests.doors.console import Browser, Room, room, words_of

ROTAS = """rotas:
  duty_lead: {timezone: Europe/Madrid, order: [Ana, Lea], since: 2026-01-05, every: 7d, handover: 09:00}
  duty_press: {timezone: Europe/Paris, shifts: [{from: 2026-01-01 09:00, until: 2026-01-02 09:00, who: Lea}]}
"""
LIFE, EXTORTION = "critical threat_to_life: they are at my door", "critical extortion: pay or we publish"


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[Room]:
    async with room(tmp_path, rotas=load_rotas("people.yaml", ROTAS, ("Ana", "Lea"))) as opened:
        opened.dial.at = datetime(2026, 11, 23, 12, tzinfo=UTC)  # a Monday; since nine o'clock Ana is on duty
        await opened.person("Ana", "lead", "agent")
        await opened.person("Bea", "manager", languages=("es",))
        await opened.person("Max", "legal", languages=("fr",))
        await opened.person("Mia", "marketing")
        yield opened


async def climb(console: Room, minutes: float = 0) -> None:
    """Time passes, and what is due is told."""
    console.dial.at += timedelta(minutes=minutes)
    await console.acts.escalation.climb.fire()


async def standing(console: Room, number: int) -> escalations.Escalation:
    async with console.store.read() as work:
        return await escalations.get(work, number)


async def on(console: Room, name: str, path: str = "/") -> Browser:
    browser = await console.signed_in(name)
    await browser.get(path)
    return browser


def counted(page: str) -> str:
    return re.search(r'<span id="awaited"[^>]*>(.*?)</span>', page)[1]


def called(page: str) -> list[int]:
    """The cases of the part above the queue, in order."""
    part = page.partition('id="called"')[2].partition("</section>")[0]
    return [int(number) for number in re.findall(r'name="ids" value="(\d+)"', part)]


def exercise(page: str) -> str:
    """The banner."""
    return page.partition('<div id="exercise" data-part>')[2].partition("</div>")[0]


def stands(page: str, state: str) -> str:
    """What the case's page says of its ladder, when it stands so."""
    found = re.search(rf'<p class="stands {state}">(.*?)</p>', page)
    return found[1] if found else ""


async def test_what_waits_for_somebody_stands_above_their_queue_gravest_first_and_is_counted(console: Room):
    worst, money = await console.write(LIFE, sender="eva"), await console.write(EXTORTION, sender="dark")
    ana, bea = await on(console, "Ana"), await on(console, "Bea")
    assert (counted(ana.last), called(ana.last)) == ("", [])
    await climb(console)
    page = await ana.get("/")
    assert (counted(page.text), called(page.text)) == ("1", [worst])
    assert say("console.called_title", "en", count=1) in words_of(page) and "Life at risk" in words_of(page)
    await climb(console, 3)
    page = await bea.get("/")
    assert (counted(page.text), called(page.text)) == ("2", [worst, money]), "FLOW's own order, not that of arrival"
    assert say("console.called_title", "es", count=2) in words_of(page)


async def test_one_press_pauses_the_ladder_and_names_the_person_on_the_case(console: Room):
    number = await console.write(LIFE)
    await climb(console)
    ana = await on(console, "Ana")
    page = await ana.post("/act/acknowledge", {"ids": str(number)})
    assert page.url.path == f"/cases/{number}", "what somebody is on stands before them"
    assert "Ana is on it (since" in words_of(page)
    assert (await standing(console, number)).state == "acknowledged"
    assert counted(page.text) == ""
    await climb(console, 4)
    async with console.store.read() as work:
        assert {call.name for call in await calls.of_case(work, number)} == {"Ana"}, "nobody else was called"
    assert say("console.on_it", "es", name="Ana") in words_of(await (await on(console, "Bea")).get("/"))


async def test_i_am_on_all_takes_those_that_stood_there_and_no_others(console: Room):
    numbers = [await console.write(LIFE, sender=name) for name in ("eva", "sam")]
    await climb(console)
    ana = await on(console, "Ana", "/waiting")
    assert say("button.acknowledge_all", "en", count=2) in words_of(await ana.get("/waiting"))
    late = await console.write(LIFE, sender="late")
    await climb(console, 0.1)
    page = await ana.post("/waiting", {"case": [str(one) for one in numbers]})
    assert [str((await standing(console, one)).state) for one in (*numbers, late)] == ["acknowledged", "acknowledged", "climbing"]
    assert f'id="waits-{late}"' in page.text and f'id="waits-{numbers[0]}"' not in page.text
    assert (await ana.post("/waiting", {"case": str(numbers[0])})).status_code == 409, "nothing of it is left to take"
    assert (await ana.post("/waiting", {})).status_code == 409
    assert (await ana.post("/waiting", {"case": str(late)}, csrf="forged")).status_code == 403


async def test_a_case_that_nobody_answered_is_red_in_the_list_and_tells_whom_it_called(console: Room):
    number = await console.write(LIFE)
    ana = await on(console, "Ana")
    for _ in range(16):
        await climb(console, 5)
    assert (await standing(console, number)).state == "unanswered"
    page = await ana.get("/")
    assert 'class="case-row critical unanswered"' in page.text and "Nobody has answered" in words_of(page)
    assert f'<b>Nobody has answered</b> <a href="/cases/{number}">' in page.text, "on top, for everybody"
    assert say("command.unanswered", "en", count=1, numbers=[number]) in words_of(await ana.get("/status"))
    page = await ana.get(f"/cases/{number}")
    assert 'class="stands unanswered"' in page.text and page.text.count('<p class="stands') == 1
    table = page.text.partition('<table class="table calls">')[2].partition("</table>")[0]
    assert "you" in table and "Bea" in table and "step 1" in table and "told" in table
    await ana.post("/act/acknowledge", {"ids": str(number)})
    assert (await standing(console, number)).state == "acknowledged"


async def test_who_could_not_be_told_is_plain_to_see(console: Room):
    number = await console.write(LIFE)
    await climb(console)
    async with console.store.begin() as work:
        made = await calls.of_case(work, number)
        await work.execute(sa.update(table).values(told_at=None))
        await calls.mark_failed(work, [one.id for one in made])
        await work.commit()
    page = await (await on(console, "Bea")).get(f"/cases/{number}")
    assert '<tr class="failed">' in page.text and say("console.call_not_told", "es") in words_of(page)


async def test_the_next_step_is_announced_with_a_clock(console: Room):
    number = await console.write(LIFE)
    await climb(console)
    page = (await (await on(console, "Ana")).get(f"/cases/{number}")).text
    due = (console.dial.at + timedelta(minutes=3)).isoformat()
    assert f'data-due="{due}"' in page


async def test_where_all_must_acknowledge_each_one_s_button_goes_and_the_others_are_waited_for(console: Room):
    number = await console.write(EXTORTION)
    await climb(console)
    bea = await on(console, "Bea")
    page = await bea.post("/act/acknowledge", {"ids": str(number)})
    assert 'data-act="acknowledge"' not in page.text.partition('id="card"')[2]
    assert (await standing(console, number)).state == "climbing"
    assert counted(page.text) == ""
    max_ = await on(console, "Max")
    assert called(max_.last) == [number]
    await max_.post("/act/acknowledge", {"ids": str(number)})
    assert (await standing(console, number)).state == "acknowledged"


async def test_a_case_is_put_off_by_its_form_and_comes_back(console: Room):
    number = await console.write(LIFE)
    await climb(console)
    ana = await on(console, "Ana", f"/cases/{number}")
    page = await ana.get(f"/cases/{number}?form=snooze")
    assert 'action="/act/snooze"' in page.text and "At most 30 min" in words_of(page)
    refused = await ana.post("/act/snooze", {"ids": str(number), "at": "2026-11-24T12:00"})
    assert refused.status_code == 409 and "30 min" in words_of(refused) and 'value="2026-11-24T12:00"' in refused.text
    page = await ana.post("/act/snooze", {"ids": str(number), "span": "15m"})
    assert "Ana" in stands(page.text, "snoozed")
    await climb(console, 16)
    assert (await standing(console, number)).state == "climbing"


async def test_a_case_is_given_to_a_colleague_who_is_told_and_can_be_taken_over_again(console: Room):
    number = await console.write(LIFE)
    await climb(console)
    ana, bea = await on(console, "Ana"), await on(console, "Bea")
    form = await ana.get(f"/cases/{number}?form=reassign")
    assert 'action="/act/reassign"' in form.text and "Bea" in form.text
    page = await ana.post("/act/reassign", {"ids": str(number), "name": "Bea"})
    assert "Bea is on it" in words_of(page)
    assert 'data-act="take_over"' in page.text, "from somebody else"
    assert (await ana.post("/act/reassign", {"ids": str(number), "name": "Nobody"})).status_code == 409
    theirs = await bea.get(f"/cases/{number}")
    assert 'data-act="take_over"' not in theirs.text, "never from oneself"
    assert "Ana is on it" in words_of(await ana.post("/act/take_over", {"ids": str(number)}))


async def test_buttons_follow_the_role(console: Room):
    number = await console.write(LIFE)
    await climb(console)
    await (await on(console, "Ana")).post("/act/claim", {"ids": str(number)})
    mia = await on(console, "Mia", f"/cases/{number}")
    assert not {"take_over", "reassign"} & set(re.findall(r'data-act="(\w+)"', mia.last))
    assert (await mia.post("/act/take_over", {"ids": str(number)})).status_code == 403
    assert 'action="/act/reassign"' not in (await mia.get(f"/cases/{number}?form=reassign")).text


async def test_who_is_on_duty_now_and_next_and_who_is_at_work(console: Room):
    page = words_of(await (await on(console, "Mia")).get("/duty"))
    assert re.search(r" Ana .{,12}30 Nov, \d\d:00: Lea ", page)
    assert f" {say('console.duty_nobody', 'en')} " in page.partition(say("console.at_work_title", "en"))[0], "a rota that has run out"
    assert f"{say('picture.role', 'en', name='manager')} Bea" in page
    ana = await on(console, "Ana", "/duty")
    assert re.search(r"Ana\s+<span class=\"chip set\">you</span>", ana.last)


async def test_flow_is_drawn_in_the_reader_s_language_and_one_ladder_by_itself(console: Room):
    bea = await on(console, "Bea", "/duty")
    assert '<img src="/flow.svg"' in bea.last
    whole = await bea.get("/flow.svg")
    assert whole.headers["content-type"] == "image/svg+xml" and "Vidas en peligro" in whole.text
    assert "Persona vulnerable" in whole.text
    policy = whole.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-") and "unsafe" not in policy
    assert '<img src="/flow/life_at_risk.svg"' in (await bea.get("/duty?ladder=life_at_risk")).text
    one = await bea.get("/flow/life_at_risk.svg")
    assert "Vidas en peligro" in one.text and "Persona vulnerable" not in one.text
    assert (await bea.get("/flow/nonsense.svg")).status_code == 404
    assert '<img src="/flow.svg"' in (await bea.get("/duty?ladder=<nonsense>")).text
    assert (await console.browser().client.get("/flow.svg")).status_code == 303, "only for those who are let in"


async def test_a_drill_is_begun_after_a_second_look_and_stands_on_every_page_until_it_is_ended(console: Room):
    ana, mia = await on(console, "Ana", "/duty"), await on(console, "Mia", "/duty")
    assert '<details class="sure">' in ana.last and "/drill/begin" not in mia.last
    assert (await mia.post("/drill/begin")).status_code == 403
    page = await ana.post("/drill/begin")
    assert page.url.path == "/duty" and "EXERCISE" in exercise(page.text) and "/drill/end" in page.text
    await climb(console)
    for path in ("/", "/waiting", "/approvals", "/crisis", "/status"):
        assert "EXERCISE" in exercise((await mia.get(path)).text), path
    assert 'class="chip exercise"' in (await mia.get("/")).text
    assert (await ana.post("/drill/begin")).status_code == 409
    assert (await ana.post("/drill/nonsense")).status_code == 409
    page = await ana.post("/drill/end")
    assert not exercise(page.text) and "/drill/begin" in page.text
    assert (await ana.post("/drill/end")).status_code == 409


@pytest.mark.parametrize(("name", "language"), [("Ana", "en"), ("Bea", "es"), ("Max", "fr")])
async def test_the_pages_speak_each_readers_language(console: Room, name: str, language: str):
    browser = await on(console, name)
    assert say("console.waiting_none_title", language) in words_of(await browser.get("/waiting"))
    duty = words_of(await browser.get("/duty"))
    for word in ("duty_title", "at_work_title", "flow_title", "drill_says"):
        assert " ".join(say(f"console.{word}", language).split()) in duty
