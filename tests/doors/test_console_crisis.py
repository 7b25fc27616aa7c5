"""The room of the crisis on the console: hold, facts, statements, attestations, clocks and call-backs, without scripts."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from handlers.ports import Who
from templates import say
from tests.doors.console import Browser, Room, room, words_of

TEXTS = {
    "text_en": "We closed the way in.",
    "text_es": "Hemos cerrado la vía de entrada.",
    "text_fr": "Nous avons fermé la voie d’accès.",
}
LEA, LOU, MAX = (Who("console", str(number)) for number in (1, 2, 3))


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[Room]:
    async with room(tmp_path) as opened:
        await opened.person("Lea", "lead", "agent")
        await opened.person("Lou", "legal")
        await opened.person("Max", "manager", languages=("fr",))
        await opened.person("Ana", "agent", languages=("es",))
        await opened.acts.room.crises.open(LEA, "Breach <1>")
        yield opened


async def visit(console: Room, name: str) -> Browser:
    browser = await console.signed_in(name)
    await browser.get("/crisis")
    return browser


@pytest.mark.parametrize(("name", "language"), [("Lea", "en"), ("Ana", "es"), ("Max", "fr")])
async def test_the_room_speaks_each_readers_language(console: Room, name: str, language: str):
    page = words_of(await (await console.signed_in(name)).get("/crisis"))
    for word in ("facts_title", "statements_title", "clocks_title", "gates_title", "calls_title"):
        assert say(f"console.{word}", language) in page
    assert "Breach <1>" in page


async def test_without_a_crisis_the_room_offers_to_open_one(console: Room):
    await console.acts.room.crises.close(MAX)
    assert "No crisis is open" in words_of(await (await visit(console, "Lea")).get("/crisis"))


async def test_a_hold_is_set_after_a_second_look_and_stands_in_the_head_of_every_page(console: Room):
    lea, ana = await visit(console, "Lea"), await visit(console, "Ana")
    assert "<button" not in lea.last.partition('id="hold"')[2].partition("<details")[0], "nothing is set by one click"
    page = await lea.post("/crisis/hold", {"hold": "silent"})
    assert 'class="hold silent"' in page.text and "Silent since" in words_of(page)
    for path in ("/", "/approvals", "/status", "/record"):
        assert "Silencio total desde" in words_of(await ana.get(path)), path
    assert (await ana.post("/crisis/hold", {"hold": "off"})).status_code == 403
    assert 'class="hold silent"' in (await lea.get("/crisis")).text
    assert "only replies that rest on the holding statement" in words_of(await lea.post("/crisis/hold", {"hold": "holding"}))
    assert '<div id="held" data-part></div>' in (await lea.post("/crisis/hold", {"hold": "off"})).text
    assert (await lea.post("/crisis/hold", {"hold": "nonsense"})).status_code == 409


async def test_a_first_question_is_answered_and_a_fact_taken_back(console: Room):
    lou = await visit(console, "Lou")
    assert "Is it contained?" in words_of(await lou.get("/crisis"))
    form = await lou.get("/crisis?form=fact&of=1")
    assert 'action="/crisis/fact"' in form.text
    page = await lou.post("/crisis/fact", {"ids": "1", "outcome": "confirmed", "text": "Yes, <b>since</b> nine", "source": "the log"})
    assert "Yes, <b>since</b> nine" in words_of(page) and "<b>since" not in page.text and "source: the log" in words_of(page)
    assert 'data-due="' in page.text, "the other questions' times run down"
    await lou.post("/crisis/fact", {"ids": "", "text": "Cards were copied"})
    gone = await lou.post("/crisis/fact", {"ids": "5", "outcome": "retracted", "text": "no"})
    assert "<s>#5 Cards were copied</s>" in gone.text


async def test_a_refused_form_is_told_and_keeps_what_was_typed(console: Room):
    lou = await visit(console, "Lou")
    refused = await lou.post(
        "/crisis/fact", {"ids": "3", "outcome": "assigned", "text": "ask them", "owner": "Nobody", "at": "2020-01-01T10:00"}
    )
    assert refused.status_code == 409 and "don’t know anybody" in words_of(refused)
    assert ">ask them</textarea>" in refused.text and 'value="2020-01-01T10:00"' in refused.text
    late = await (await visit(console, "Max")).post("/crisis/promise", {"at": "2020-01-01T10:00"})
    assert late.status_code == 409 and 'value="2020-01-01T10:00"' in late.text


async def test_a_statement_is_proposed_and_approved_by_two_others(console: Room):
    lea, lou, max_ = [await visit(console, name) for name in ("Lea", "Lou", "Max")]
    assert (await lea.get("/crisis?form=statement&of=holding")).text.count("<textarea") == 3
    proposed = await lea.post("/crisis/statement", {"ids": "holding", **TEXTS})
    assert all(text in words_of(proposed) for text in TEXTS.values())
    assert "/crisis/approve_statement" not in re.findall(r'formaction="([^"]+)"', proposed.text), "never one's own"
    assert (await lea.post("/crisis/approve_statement", {"ids": "1"})).status_code == 409
    await lou.post("/crisis/approve_statement", {"ids": "1"})
    done = await max_.post("/crisis/approve_statement", {"ids": "1"})
    assert say("console.statement_state", "fr", status="approved") in words_of(done)
    await lea.post("/crisis/statement", {"ids": "holding", **TEXTS, "text_en": "Another."})
    assert 'action="/crisis/reject_statement"' in (await lou.get("/crisis?form=reject_statement&of=2")).text
    assert "Another." not in words_of(await lou.post("/crisis/reject_statement", {"ids": "2", "reason": "no"}))
    assert (await lea.post("/crisis/statement", {"ids": "full", **TEXTS})).status_code == 409, "it rests on no confirmed fact"


async def test_attestations_stand_with_their_names_and_can_be_taken_back(console: Room):
    lea = await visit(console, "Lea")
    told = {"ids": "customers_first", "told_by": "Care", "share": "all 900", "at": "1h", "how": "by email"}
    assert "Care told all 900" in words_of(await lea.post("/crisis/attest", told))
    assert "@meridia · Lea" in words_of(await lea.post("/crisis/attest", {"ids": "posts_stopped", "account": "@meridia"}))
    back = await lea.post("/crisis/withdraw_attestation", {"ids": "posts_stopped", "subject": "@meridia"})
    assert "@meridia" not in words_of(back)
    assert "Nobody has attested yet" in words_of(await lea.post("/crisis/withdraw_attestation", {"ids": "customers_first"}))


async def test_clocks_are_moved_and_met(console: Room):
    max_ = await visit(console, "Max")
    before = re.findall(r'data-due="([^"]+)"', max_.last)
    after = re.findall(r'data-due="([^"]+)"', (await max_.post("/crisis/aware", {"at": "2h"})).text)
    assert before != after
    assert say("console.clock_authority_done", "fr") in words_of(await max_.post("/crisis/authority_told"))
    await max_.post("/crisis/promise", {"at": "1h"})
    assert (await max_.post("/crisis/updated")).status_code == 200


async def test_a_call_back_is_asked_for_on_the_case_and_done_in_the_room(console: Room):
    number = await console.write("critical threat_to_life: he has my address")
    lea = await visit(console, "Lea")
    assert 'name="leader"' in (await lea.get(f"/cases/{number}?form=callback")).text
    assert (await lea.post("/act/callback", {"ids": number, "leader": "Nobody"})).status_code == 409
    await lea.post("/act/callback", {"ids": number, "leader": "Max", "reach_at": "+44 7700 900123"})
    shown = await lea.get("/crisis")
    assert "+44 7700 900123" in words_of(shown) and f'href="/cases/{number}"' in shown.text
    assert (await lea.post("/crisis/call_done", {"ids": "1", "outcome": " "})).status_code == 409
    assert "Nobody waits for a call." in words_of(await lea.post("/crisis/call_done", {"ids": "1", "outcome": "she is safe"}))


async def test_a_manager_lets_one_case_through_the_hold(console: Room):
    number = await console.write("critical threat_to_life: he has my address")
    await console.acts.room.holds.set(MAX, "silent")
    lea, max_ = await visit(console, "Lea"), await visit(console, "Max")
    assert 'data-act="except"' not in (await lea.get(f"/cases/{number}")).text
    assert f"/cases/{number}?form=except#form" in (await max_.get(f"/cases/{number}")).text
    await max_.post("/act/except", {"ids": number, "reason": "she must leave the house"})
    assert "1 case" in words_of(await lea.get("/crisis"))
    assert (await lea.post("/act/except", {"ids": number, "reason": "me too"})).status_code == 403


async def test_every_act_is_by_post_with_our_own_sign(console: Room):
    lea = await visit(console, "Lea")
    for path in ("/crisis/hold", "/crisis/attest", "/act/approve", "/act/release", "/cases/1/writing"):
        assert (await lea.client.get(path)).status_code == 405, path
        assert (await lea.client.post(path, data={"hold": "silent"})).status_code in (403, 415), path
    assert 'class="hold off"' in (await lea.get("/crisis")).text
