"""What may be typed after /crisis about the crisis itself, and what it does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.voice import speak
from handlers.commands import parse
from handlers.errors import BadInput
from handlers.ports import Form
from handlers.room.commands import (
    VERBS,
    AddFact,
    AskCallback,
    AskFact,
    AssignFact,
    Attest,
    AuthorityTold,
    ConfirmFact,
    EndCallback,
    Excuse,
    GiveUpdate,
    ListCallbacks,
    PromiseUpdate,
    RetractFact,
    SetAware,
    SetHold,
    ShowBoard,
    ShowStatement,
    ShowStatements,
    UnknownFact,
    WithdrawAttestation,
    WriteStatement,
)
from handlers.typed import Help


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hold silent", SetHold("silent")),
        ("HOLD Off", SetHold("off")),
        ("hold except #7 lives with her stalker", Excuse(7, "lives with her stalker")),
        ("hold except 7", Excuse(7)),
        ("hold", ShowBoard()),
        ("facts", ShowBoard()),
        ("fact", AddFact()),
        ("fact add", AddFact()),
        ('fact add "1,200 addresses" source "log review"', AddFact("1,200 addresses", "log review")),
        ("fact add no cards", AddFact("no cards")),
        ("fact 3", AskFact(3)),
        ("fact #3 confirm", ConfirmFact(3)),
        ("fact 3 confirm 1,200 addresses source: the logs", ConfirmFact(3, "1,200 addresses", "the logs")),
        ("fact 3 unknown", UnknownFact(3)),
        ("fact 3 retract counted twice", RetractFact(3, "counted twice")),
        ("fact 3 assign “Ana López” 18:00", AssignFact(3, "Ana López", "18:00")),
        ("statement", ShowStatements()),
        ("statement 4", ShowStatement(4)),
        ("statement Holding", WriteStatement("holding")),
        ("attest customers", Attest("customers_first")),
        ("attest posts @acme", Attest("posts_stopped", "@acme")),
        ("attest withdraw posts @acme", WithdrawAttestation("posts_stopped", "@acme")),
        ("attest withdraw customers", WithdrawAttestation("customers_first")),
        ("aware 2026-11-22T08:00", SetAware("2026-11-22T08:00")),
        ("authority told", AuthorityTold()),
        ("update at 18:00", PromiseUpdate("18:00")),
        ("update done", GiveUpdate()),
        ("callbacks", ListCallbacks()),
        ("callback for #7", AskCallback(7)),
        ("callback 3 done reached her", EndCallback(3, "reached her")),
        ("callback 3 done", EndCallback(3, "")),
    ],
)
def test_what_people_type_is_what_they_mean(typed, meant):
    assert parse(typed) == meant
    assert type(parse(typed)) is type(meant)


@pytest.mark.parametrize(
    ("typed", "guess"),
    [
        ("hold slient", "hold silent"),
        ("hold except", "hold except 7"),
        ("fact 3 confrim", "fact 3 confirm"),
        ("fact ad", "fact add"),
        ("statement ful", "statement full"),
        ("attest customer", "attest customers"),
        ("authority", "authority told"),
        ("update dne", "update done"),
        ("callback 3", "callback 3 done"),
        ("fact 3 assign Ana", "fact 3 assign"),
    ],
)
def test_a_word_that_is_not_known_gets_the_nearest_that_is(typed, guess):
    found = parse(typed)
    assert isinstance(found, Help) and found.unknown
    assert found.guess == guess


@given(st.sampled_from(sorted(VERBS)), st.lists(st.one_of(st.text(), st.sampled_from(["7", "#7", "confirm", "except", "done", "source"]))))
def test_any_rest_gives_a_command(verb, rest):
    parse(f"{verb} {' '.join(rest)}")


async def say(room, role, typed):
    outcome = await room.house.acts.spoken.obey(room.people[role], parse(typed))
    if isinstance(outcome, Form):
        return f"form {outcome.name} {outcome.ids}".strip()
    for language in ("es", "fr"):
        assert speak(outcome.title, language, str, str)
    return speak(outcome.title, "en", str, lambda moment: f"{moment:%d %b %H:%M}")


async def test_a_crisis_is_led_by_what_is_typed(room):
    case = await room.house.case("my_data")
    talk = [
        ("lead", "hold silent", "From now on nothing about the crisis leaves."),
        (
            "manager",
            f"hold except {case} stalked",
            f"#{case} is let through for as long as this hold lasts. Its replies still need approval.",
        ),
        ("manager", f"hold except {case}", f"form except {case}"),
        ("lead", "fact add", "form fact"),
        ("lead", "fact 1", "form fact 1"),
        ("lead", "statement full", "form statement full"),
        ("lead", "attest customers", "form attest customers_first"),
        ("lead", "attest posts", "form attest posts_stopped"),
        ("lead", "attest posts @acme", "Attested: posts stopped."),
        ("lead", "attest withdraw posts @acme", "The attestation is taken back."),
        ("dpo", "aware 2026-11-19T08:00", "We have known since 19 Nov 08:00."),
        ("dpo", "authority told", "Authority: notified"),
        ("lead", "update at 18:00", "Next update: promised for 20 Nov 18:00"),
        ("lead", "update done", "Next update: promised for 20 Nov 13:00"),
        ("agent", f"callback for {case}", f"form callback {case}"),
        ("agent", "callbacks", "Nobody is waiting for a call."),
        ("agent", "facts", "Crisis “Breach”, open since 20 Nov 09:00"),
        ("agent", "statement", "There is no statement yet"),
        ("lead", "hold off", "The hold is lifted. Replies that were kept wait in /crisis kept."),
    ]
    for role, typed, answer in talk:
        assert await say(room, role, typed) == answer


async def test_a_fact_is_settled_by_what_is_typed(room):
    added = await say(room, "lead", 'fact add "1,200 addresses" source logs')
    number = added.split()[3].rstrip(",")
    assert added == f"Noted as fact {number}, not confirmed yet."
    assert await say(room, "lead", f"fact {number} assign “The dpo” 90m") == f"Fact {number} has its owner and its time."
    assert await say(room, "lead", f"fact {number} unknown") == f"Fact {number} stays open."
    assert await say(room, "dpo", f"fact {number} confirm 1,300 source recount") == f"Fact {number} is confirmed."
    (fact,) = [one for one in await room.known() if str(one.id) == number]
    assert (fact.text, fact.source) == ("1,300", "recount")
    taken_back = await say(room, "dpo", f"fact {number} retract")
    assert taken_back == f"Fact {number} is taken back. No draft and no reply rests on it."


async def test_a_call_back_is_ended_by_what_is_typed(room):
    case = await room.house.case("my_data")
    number = await room.house.callbacks.ask(room.agent, case, "The lead")
    with pytest.raises(BadInput):
        await say(room, "lead", f"callback {number} done")
    assert await say(room, "lead", f"callback {number} done reached her") == f"Call-back {number} is done."


async def test_a_statement_is_shown_with_its_buttons_by_what_is_typed(room):
    made = await room.house.statements.propose(room.press_officer, "holding", {"en": "We know."})
    assert await say(room, "legal", f"statement {made.id}") == "Holding statement, version 1"
    assert await say(room, "legal", "statement") == "What we say"
