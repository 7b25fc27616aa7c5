"""The console as a page without scripts shows it: the queue, the case in hand, every act, and what refusals look like."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.doors.console import Room, room, words_of

LURE = "high phishing: is this you? http://meridia-login.top/x <script>alert(1)</script> card 4111 1111 1111 1111"


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[Room]:
    async with room(tmp_path) as opened:
        await opened.person("Ana", "agent", "lead", "admin", "manager")
        await opened.person("Bea", "agent", languages=("es",))
        await opened.person("Mark", "marketing")
        yield opened


async def test_an_agent_sees_a_case_takes_it_and_tags_it(console: Room):
    number = await console.write("critical threat_to_life: he has my address")
    ana = await console.signed_in("Ana")
    assert "1 open. 1 with nobody yet" in words_of(await ana.get("/"))
    assert "Ana has it" in words_of(await ana.post("/act/claim", {"ids": number}))
    shown = await ana.post("/act/tag", {"ids": f"{number}:phishing"})
    assert "✓ Phishing" in words_of(shown)
    assert "Ana set Phishing" in words_of(shown)
    assert "1 open. Somebody has every one of them." in words_of(await ana.get("/"))


async def test_the_gravest_case_stands_first_and_next_gives_it(console: Room):
    await console.write("low thanks: well done", sender="tom")
    worst = await console.write("critical threat_to_life: help", sender="eva")
    ana = await console.signed_in("Ana")
    page = (await ana.get("/")).text
    assert page.index(f'id="case-{worst}"') < page.index('id="case-1"')
    assert (await ana.post("/next")).url.path == f"/cases/{worst}"


async def test_next_says_so_when_nothing_waits(console: Room):
    ana = await console.signed_in("Ana")
    await ana.get("/")
    assert "every open case has somebody" in words_of(await ana.post("/next"))


async def test_the_second_to_claim_is_told_who_was_faster(console: Room):
    number = await console.write("high press: a question")
    ana, bea = await console.signed_in("Ana"), await console.signed_in("Bea")
    await bea.get(f"/cases/{number}")
    await ana.get(f"/cases/{number}")
    await ana.post("/act/claim", {"ids": number})
    refused = await bea.post("/act/claim", {"ids": number})
    assert refused.status_code == 409
    assert "Ana ya lleva" in words_of(refused)


async def test_a_customers_words_are_escaped_defanged_and_masked_until_somebody_looks(console: Room):
    number = await console.write(LURE)
    ana = await console.signed_in("Ana")
    page = await ana.get(f"/cases/{number}")
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text
    assert "hxxp[:]//meridia-login[.]top" in words_of(page)
    assert "4111 1111" not in page.text
    whole = await ana.post("/act/reveal", {"ids": number})
    assert "4111 1111 1111 1111" in whole.text
    assert "Ana looked at what is hidden" in words_of(whole)
    assert "4111 1111" not in (await ana.get(f"/cases/{number}")).text


async def test_every_form_of_a_card_is_answered(console: Room):
    number = await console.write("high press: may I quote you?")
    ana = await console.signed_in("Ana")
    assert "Tags of #1" in words_of(await ana.get(f"/cases/{number}?form=more_tags"))
    assert "✓ Regulator" in words_of(await ana.post("/act/choose_tags", {"ids": number, "tags": ["regulator"]}))
    assert "Who is writing?" in words_of(await ana.get(f"/cases/{number}?form=kind"))
    assert "regulator" in words_of(await ana.post("/act/kind", {"ids": number, "kind": "regulator"}))
    assert "call her at ten" in words_of(await ana.post("/act/note", {"ids": number, "text": "call her at ten"}))


async def test_a_refused_form_keeps_what_was_typed(console: Room):
    number = await console.write("high press: a question")
    ana = await console.signed_in("Ana")
    await ana.get(f"/cases/{number}")
    refused = await ana.post("/act/note", {"ids": number, "text": "  "})
    assert "the text is empty" in words_of(refused)
    await ana.get("/record")
    again = await ana.post("/record", {"way": "phone", "name": "Mrs Hill", "text": ""})
    assert 'value="Mrs Hill"' in again.text


async def test_a_case_is_moved_closed_and_reopened(console: Room):
    number = await console.write("high press: a question")
    ana = await console.signed_in("Ana")
    await ana.get(f"/cases/{number}")
    assert "not about the crisis" in words_of(await ana.post("/act/move", {"ids": f"{number}:ordinary"}))
    assert "Ana closed it" in words_of(await ana.post("/act/close", {"ids": number}))
    assert "No case is open." in words_of(await ana.get("/"))
    await ana.get(f"/cases/{number}")
    assert "Ana reopened it" in words_of(await ana.post("/act/reopen", {"ids": number}))


async def test_the_queue_is_narrowed_by_team_owner_tag_language_and_name(console: Room):
    await console.write("high press: one", sender="ruiz", language="es")
    await console.write("low thanks: two", sender="hill")
    await console.write("where is my parcel", sender="bond")
    ana = await console.signed_in("Ana")
    await ana.get("/")
    await ana.post("/act/claim", {"ids": 2, "stay": "queue"})
    expected = {
        "team=crisis": {"ruiz", "hill"},
        "team=ordinary": {"bond"},
        "whose=mine": {"hill"},
        "whose=unowned": {"ruiz", "bond"},
        "tag=press": {"ruiz"},
        "language=es": {"ruiz"},
        "find=HIL": {"hill"},
        "find=%233": {"bond"},
        "find=%25": set(),
        "team=crisis&whose=unowned": {"ruiz"},
        "tag=nonsense": {"ruiz", "hill", "bond"},
    }
    for query, senders in expected.items():
        page = (await ana.get(f"/?{query}")).text
        assert {name for name in ("ruiz", "hill", "bond") if f"@{name}" in page} == senders, query


async def test_a_long_queue_is_turned_page_by_page_and_an_act_leads_back_to_the_same_one(console: Room):
    for at in range(45):
        await console.write(f"low thanks: {at}", sender=f"sender{at:02}")
    ana = await console.signed_in("Ana")
    first, second = await ana.get("/"), await ana.get("/?page=2")
    assert first.text.count('<li id="case-') == 40
    assert second.text.count('<li id="case-') == 5
    assert (await ana.get("/?page=99")).text.count('<li id="case-') == 5
    kept = await ana.post("/act/claim", {"ids": 44, "stay": "queue", "page": "2", "team": "crisis"})
    assert str(kept.url).endswith("/?team=crisis&page=2")


async def test_who_may_not_act_is_not_offered_it_and_is_refused(console: Room):
    number = await console.write("high press: a question")
    mark = await console.signed_in("Mark")
    page = await mark.get("/")
    assert "Give me the next one" not in words_of(page)
    assert "/people" not in page.text
    refused = await mark.post("/act/claim", {"ids": number})
    assert refused.status_code == 403
    assert "Your role doesn’t include this" in words_of(refused)
    assert (await mark.get("/people")).status_code == 403
    assert (await mark.post("/workspaces", {"name": "slack"})).status_code == 403


async def test_a_case_that_does_not_exist_is_said_so(console: Room):
    ana = await console.signed_in("Ana")
    for path in ("/cases/99", "/cases/x", "/cases/٣", "/cases/9999999999999999999"):
        answer = await ana.get(path)
        assert answer.status_code == 404
        assert "There is no case" in words_of(answer)


async def test_each_person_reads_their_own_language(console: Room):
    await console.write("high press: a question")
    assert "Dame el siguiente" in words_of(await (await console.signed_in("Bea")).get("/"))
    await console.person("Chloé", "agent", languages=("fr", "en"))
    assert "Donnez-moi le suivant" in words_of(await (await console.signed_in("Chloé")).get("/"))


async def test_a_contact_by_phone_becomes_a_case(console: Room):
    ana = await console.signed_in("Ana")
    await ana.get("/record")
    made = await ana.post("/record", {"way": "phone", "name": "Mrs Hill", "reach_at": "+44 20 7946 0000", "text": "high press: she rang"})
    assert made.url.path == "/cases/1"
    assert "Mrs Hill" in words_of(made)


async def test_the_crisis_is_opened_and_closed_by_those_who_may(console: Room):
    ana = await console.signed_in("Ana")
    await ana.get("/status")
    assert "The breach · open" in words_of(await ana.post("/crisis/open", {"name": "The breach"}))
    again = await ana.post("/crisis/open", {"name": "Another"})
    assert "already open" in words_of(again)
    assert "No crisis is open" in words_of(await ana.post("/crisis/close"))
