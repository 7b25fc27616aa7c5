"""Answers on the console without scripts: from a mention to the customer's thanks, what is refused, kept and told."""

import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from handlers.answers.drafts import Wording
from handlers.ports import Who
from templates import say
from tests.doors.console import Browser, Room, room, words_of

ASKED = {
    "en": "high my_data: is my passport in what was stolen?",
    "es": "high my_data: ¿está mi pasaporte entre lo que robaron?",
    "fr": "high my_data: est-ce que mon passeport fait partie de ce qui a été volé ?",
}
ANSWER = {
    "en": "Thank you for asking about your passport. I read what you wrote and stay with you here. Ana",
    "es": "Gracias por preguntar por su pasaporte. He leído lo que escribe y sigo aquí con usted. Ana",
    "fr": "Merci de votre question sur votre passeport. J’ai lu ce que vous écrivez et je reste avec vous ici. Ana",
}


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[Room]:
    async with room(tmp_path) as opened:
        await opened.person("Ana", "agent")
        await opened.person("Lea", "lead", "agent")
        await opened.person("Max", "manager")
        yield opened


ANA, LEA, MAX = (Who("console", str(number)) for number in (1, 2, 3))


async def wait_for_approval(console: Room, text: str = ANSWER["en"], asked: str = ASKED["en"]) -> tuple[int, int]:
    """A case with a draft by Ana: its number, and the version's id."""
    number = await console.write(asked)
    return number, (await console.acts.answers.drafts.propose(ANA, number, Wording(text, private=True))).version_id


def ids_of(browser: Browser, act: str) -> str:
    found = re.search(rf'formaction="/act/{act}" name="ids" value="([^"]+)"', browser.last)
    assert found, act
    return found[1]


@pytest.mark.parametrize("language", ["en", "es", "fr"])
async def test_from_a_mention_to_the_customers_answer(console: Room, language: str):
    await console.person("Zoe", "agent", languages=(language,))
    await console.person("Leo", "lead", languages=(language,))
    number = await console.write(ASKED[language], language=language)
    zoe, leo = await console.signed_in("Zoe"), await console.signed_in("Leo")
    assert say("form.reply_submit", language) in words_of(await zoe.get(f"/cases/{number}?form=reply"))
    sent = await zoe.post("/act/reply", {"ids": number, "text": ANSWER[language], "where": "private", "rests_on": "none", "start": "blank"})
    assert sent.url.path == f"/cases/{number}" and 'class="answer in_approval' in sent.text
    assert ANSWER[language] in words_of(await leo.get("/approvals"))
    done = await leo.post("/act/approve", {"ids": ids_of(leo, "approve"), "stay": "approvals"})
    assert done.url.path == "/approvals" and say("console.approvals_none_title", language) in words_of(done)
    await console.send()
    assert console.networks["x"].texts == [ANSWER[language]]
    shown = await zoe.get(f"/cases/{number}")
    assert 'class="answer published' in shown.text and "✓ Leo" in words_of(shown)
    console.dial.at += timedelta(minutes=1)
    await console.write("merci thanks gracias", language=language)
    after = words_of(await zoe.get(f"/cases/{number}"))
    assert after.index(ANSWER[language]) < after.rindex("merci thanks gracias"), "in order of time"


async def test_nobody_is_offered_or_allowed_to_approve_their_own_words(console: Room):
    number = await console.write(ASKED["en"])
    lea = await console.signed_in("Lea")
    await lea.get(f"/cases/{number}?form=reply")
    page = await lea.post("/act/reply", {"ids": number, "text": ANSWER["en"], "where": "private"})
    assert 'formaction="/act/approve"' not in page.text
    assert "You wrote this, so somebody else approves it." in words_of(page)
    refused = await lea.post("/act/approve", {"ids": f"{number}:1"})
    assert refused.status_code == 409 and "You wrote this, so somebody else must approve it." in words_of(refused)
    assert console.networks["x"].texts == []


async def test_what_flow_forbids_is_told_beneath_the_text_which_stays_in_its_field(console: Room):
    number = await console.write(ASKED["en"])
    ana = await console.signed_in("Ana")
    await ana.get(f"/cases/{number}?form=reply")
    typed = "Please send us your card number here: 4111 1111 1111 1111"
    refused = await ana.post("/act/reply", {"ids": number, "text": typed, "where": "public", "start": "blank"})
    assert refused.status_code == 409
    assert re.search(rf'<textarea id="a-text"[^>]*aria-invalid="true">{typed}</textarea>', refused.text)
    assert refused.text.count('<li class="finding">') >= 2
    assert "This can’t go to approval as it is" in words_of(refused)
    assert 'value="public" checked' in refused.text


async def test_a_revision_shows_what_changed_and_voids_the_old_button(console: Room):
    number, version = await wait_for_approval(console)
    ana, lea = await console.signed_in("Ana"), await console.signed_in("Lea")
    await lea.get("/approvals")
    await ana.get(f"/cases/{number}?form=revise&of={version}")
    assert ANSWER["en"] in ana.last, "begun with the words as they are"
    await ana.post("/act/revise", {"ids": f"{number}:{version}", "text": ANSWER["en"].replace("here", "every day"), "where": "private"})
    stale = await lea.post("/act/approve", {"ids": f"{number}:{version}", "stay": "approvals"})
    assert stale.status_code == 409 and "There is a newer version (2)" in words_of(stale)
    assert "<del>here</del><ins>every day</ins>" in stale.text
    assert stale.url.path == "/act/approve" and "Waiting for you" in words_of(stale)


async def test_edit_and_approve_reject_and_withdraw(console: Room):
    number, version = await wait_for_approval(console)
    lea, ana = await console.signed_in("Lea"), await console.signed_in("Ana")
    assert f"/cases/{number}?form=reject&amp;of={version}&amp;stay=approvals#answer" in (await lea.get("/approvals")).text
    form = await lea.get(f"/cases/{number}?form=reject&of={version}&stay=approvals")
    assert 'name="reason"' in form.text and 'name="stay" value="approvals"' in form.text
    empty = await lea.post("/act/reject", {"ids": f"{number}:{version}", "reason": " ", "stay": "approvals"})
    assert empty.status_code == 409 and "the reason is empty" in words_of(empty)
    back = await lea.post("/act/reject", {"ids": f"{number}:{version}", "reason": "too <cold>", "stay": "approvals"})
    assert back.url.path == "/approvals" and "Nothing waits" in words_of(back)
    assert "too &lt;cold&gt;" in (await ana.get(f"/cases/{number}")).text
    second = (await console.acts.answers.drafts.propose(ANA, number, Wording(ANSWER["en"], private=True))).version_id
    await lea.get(f"/cases/{number}?form=edit_and_approve&of={second}")
    await lea.post("/act/edit_and_approve", {"ids": f"{number}:{second}", "text": ANSWER["en"] + " And Lea", "where": "private"})
    await console.send()
    assert console.networks["x"].texts == [ANSWER["en"] + " And Lea"]
    third = (await console.acts.answers.drafts.propose(ANA, number, Wording(ANSWER["en"] + " Third", private=True))).version_id
    await ana.get(f"/cases/{number}")
    assert "withdrawn" in words_of(await ana.post("/act/withdraw", {"ids": f"{number}:{third}"}))


async def test_what_a_hold_kept_leaves_only_when_it_was_ticked(console: Room):
    await console.acts.room.crises.open(MAX, "Breach")
    await console.acts.room.holds.set(MAX, "silent")
    drafts = [await wait_for_approval(console, f"{ANSWER['en']} {at}", f"{ASKED['en']} {at}") for at in range(2)]
    for _, version in drafts:
        await console.acts.answers.approvals.approve(LEA, version)
    await console.send()
    lea = await console.signed_in("Lea")
    page = await lea.get("/approvals")
    assert "Approved, and kept here 2" in words_of(page) and "Silent since" in words_of(page)
    assert all(f"{ANSWER['en']} {at}" in words_of(page) for at in range(2)), "in full"
    await console.acts.room.holds.set(MAX, "off")
    await console.send()
    assert console.networks["x"].texts == [], "lifting a hold sends nothing by itself"
    assert (await lea.post("/approvals", {})).status_code == 409
    ticks = re.findall(r'name="reply" value="(\d+)"', lea.last)
    await lea.post("/approvals", {"reply": ticks[:1]})
    await console.send()
    assert console.networks["x"].texts == [f"{ANSWER['en']} 0"]
    assert "Approved, and kept here 1" in words_of(await lea.get("/approvals"))


async def test_a_receipt_can_be_corrected_and_deleted_on_the_network(console: Room):
    number, version = await wait_for_approval(console)
    await console.acts.answers.approvals.approve(LEA, version)
    await console.send()
    ana, lea = await console.signed_in("Ana"), await console.signed_in("Lea")
    page = await ana.get(f"/cases/{number}")
    assert "https://x.example/1" in page.text and "delete_reply" not in page.text, "deleting is for leads"
    form = await ana.get(f"/cases/{number}?form=correct&of=1")
    assert "What the customer has read" in words_of(form)
    await ana.post(
        "/act/correct", {"ids": f"{number}:1", "text": "We wrote that we look for your passport; Bea does. Ana", "where": "private"}
    )
    assert "Correction by Ana" in words_of(await lea.get(f"/cases/{number}"))
    await lea.post("/act/delete_reply", {"ids": f"{number}:1"})
    await console.send()
    assert console.networks["x"].deleted == ["x-1"]
    assert "Deleted on the network" in words_of(await lea.get(f"/cases/{number}"))


async def test_what_is_typed_is_kept_counted_and_checked(console: Room):
    number = await console.write(ASKED["en"])
    ana = await console.signed_in("Ana")
    csrf = re.search(r'name="csrf" value="([^"]+)"', (await ana.get(f"/cases/{number}?form=reply")).text)[1]

    async def write(**said: str):
        return await ana.client.post(f"/cases/{number}/writing", json={"csrf": csrf, "where": "private", "rests_on": "none", **said})

    told = (await write(text="We leverage your passport. <b>Ana</b>", keep="1")).json()
    assert told["length"] == "37 characters" and told["saved"].startswith("Saved ")
    assert {"why": "“leverage” is not a word that everybody knows.", "where": "leverage", "better": "use"} in told["findings"]
    assert "We leverage your passport. &lt;b&gt;Ana&lt;/b&gt;</textarea>" in (await ana.get(f"/cases/{number}?form=reply")).text
    assert (await write(text="x" * 300, where="public")).json() | {"findings": 0, "saved": 0} == {
        "length": "20 too many", "over": True, "findings": 0, "saved": 0,
    }  # fmt: skip
    assert "leverage" in (await ana.get(f"/cases/{number}?form=reply")).text, "what is only tried out is not kept"
    await ana.post("/act/close", {"ids": number})
    closed = await write(text="hello", keep="1")
    assert closed.status_code == 409 and "closed" in closed.json()["told"]


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, {"csrf": "wrong", "text": "x"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, {"text": "x"}, 403),
        ({}, ["text"], 400),
        ({}, {"text": 7}, 400),
        ({}, {"text": "x" * 200_000}, 413),
        ({"Content-Type": "application/x-www-form-urlencoded"}, {"text": "x"}, 415),
    ],
    ids=["csrf", "origin", "list", "number", "large", "form"],
)
async def test_only_our_own_page_can_keep_what_somebody_types(console: Room, headers, body, status: int):
    number = await console.write(ASKED["en"])
    ana = await console.signed_in("Ana")
    csrf = re.search(r'name="csrf" value="([^"]+)"', (await ana.get(f"/cases/{number}?form=reply")).text)[1]
    if isinstance(body, dict):
        body = {"csrf": csrf, "keep": "1", **body}
    sent = {"Content-Type": "application/json", **headers}
    answer = await ana.client.post(f"/cases/{number}/writing", content=json.dumps(body), headers=sent)
    assert answer.status_code == status
    assert "></textarea>" in (await ana.get(f"/cases/{number}?form=reply")).text


async def test_a_starting_point_fills_the_form_and_never_costs_a_word(console: Room):
    number = await console.write(ASKED["en"])
    ana = await console.signed_in("Ana")
    await ana.get(f"/cases/{number}?form=reply")
    begun = await ana.post("/act/begin", {"ids": number, "start": "sorry", "begun": "", "text": ""})
    text = re.search(r'<textarea id="a-text"[^>]*>([^<]+)</textarea>', begun.text)[1]
    assert "I can see how angry you are" in text and 'value="sorry" selected' in begun.text
    other = await ana.post("/act/begin", {"ids": number, "start": "reach", "begun": "sorry", "text": text.replace("&#39;", "'")})
    assert "how angry" not in other.text and "help@meridia.example" in other.text, "an untouched one is replaced"
    mine = await ana.post("/act/begin", {"ids": number, "start": "sorry", "begun": "reach", "text": "My own words."})
    assert re.search(r">My own words\.\n\nHi Maria,", mine.text)
    assert "My own words." in (await ana.get(f"/cases/{number}?form=reply")).text, "and kept"
    assert (await ana.post("/act/begin", {"ids": number, "start": "nonsense"})).status_code == 409


async def test_an_act_on_the_case_leaves_the_open_reply_open(console: Room):
    number = await console.write(ASKED["en"])
    ana = await console.signed_in("Ana")
    page = await ana.get(f"/cases/{number}?form=reply&start=sorry")
    assert 'name="open" value="reply::sorry"' in page.text
    claimed = await ana.post("/act/claim", {"ids": number, "open": "reply::sorry"})
    assert "Reply to #1" in words_of(claimed) and claimed.url.query == b"form=reply&start=sorry"


async def test_those_who_write_to_the_same_customer_see_each_other(console: Room):
    number = await console.write(ASKED["en"])
    ana, lea = await console.signed_in("Ana"), await console.signed_in("Lea")
    assert "has been writing" not in words_of(await ana.get(f"/cases/{number}?form=reply"))
    assert "Ana has been writing to this customer since" in words_of(await lea.get(f"/cases/{number}?form=reply"))
    assert "Lea has been writing" in words_of(await ana.get(f"/cases/{number}?form=reply"))


async def test_other_cases_of_the_same_person_are_at_hand(console: Room):
    first = await console.write("high press: one <b>question</b>", sender="eva")
    second = await console.write("high press: from my other account", sender="eva2")
    await console.write("high press: a stranger", sender="tom")
    await console.acts.customers.link(LEA, second, "x", "eva")
    page = await (await console.signed_in("Ana")).get(f"/cases/{second}")
    assert "Other cases of this person: 1" in words_of(page)
    assert f'href="/cases/{first}"' in page.text and "one &lt;b&gt;question&lt;/b&gt;" in page.text


async def test_hostile_words_stay_words(console: Room):
    lure = "<img src=x onerror=alert(1)> </textarea><script>alert(2)</script>"
    number = await console.write(f"high press: {lure}")
    ana, lea = await console.signed_in("Ana"), await console.signed_in("Lea")
    await ana.get(f"/cases/{number}?form=reply")
    await console.acts.answers.drafts.keep(ANA, number, lure)
    assert "<script>alert" not in (await ana.get(f"/cases/{number}?form=reply")).text
    await console.acts.answers.drafts.propose(ANA, number, Wording(lure, private=True))
    for path in (f"/cases/{number}", "/approvals"):
        shown = (await lea.get(path)).text
        assert "<script>alert" not in shown and "<img src=x" not in shown
        assert "&lt;script&gt;alert(2)" in shown


async def test_the_head_counts_what_waits(console: Room):
    lea = await console.signed_in("Lea")
    assert '<span id="waiting" class="badge" data-part></span>' in (await lea.get("/")).text
    await wait_for_approval(console)
    assert '<span id="waiting" class="badge" data-part>1</span>' in (await lea.get("/")).text


async def test_who_only_looks_is_offered_nothing_and_refused(console: Room):
    await console.person("Sam", "security")
    number, version = await wait_for_approval(console)
    sam = await console.signed_in("Sam")
    page = (await sam.get(f"/cases/{number}")).text
    assert not re.search(r'data-act="(approve|reply|revise|withdraw|reject|handover)"', page)
    assert (await sam.post("/act/approve", {"ids": f"{number}:{version}"})).status_code == 403
    assert "Reply to" not in words_of(await sam.get(f"/cases/{number}?form=reply"))
    assert (await sam.post("/act/reply", {"ids": number, "text": "hello"})).status_code == 403
