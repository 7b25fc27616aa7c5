"""Each side of a crisis has its part: who reads internal notes, and who decides. By the present FLOW; the console always has all."""

from dataclasses import replace

import pytest

import app
from bot.settings import read_settings
from flows.parts import Part
from handlers.answers.acts import FILLED, PRESSED
from handlers.answers.drafts import Wording
from handlers.buttons import Buttons, Press
from handlers.errors import DecidedElsewhere, NotAllowed
from handlers.glance import OF_STATEMENT, Clicked
from handlers.parts import DECIDES
from handlers.ports import Who
from storage import people
from storage.types import DraftStatus
from tests.builders import data_breach
from tests.fakes.courier import FakeCourier
from tests.handlers.sending import post_office

SAID = "do you even read what people write to you here?"
ANSWER = Wording("I am sorry that it looks that way. I do read what people write to us here, yours too. Ana", private=True)
pytestmark = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)  # nothing here has SQL of its own
CLIENT = Part(notes=False, approvals=False)
ANA, LEA, LEA_THERE = Who("slack", "U1"), Who("slack", "U2"), Who("teams", "T-lea")


@pytest.fixture
async def post(store, dial):
    """An agency on Slack; its client on Teams reads no notes and decides nothing."""
    made = await post_office(store, dial, also=("teams",), flow=replace(data_breach(), workspaces={"teams": CLIENT}))
    await made.house.person("Ana", "agent", slack_id="U1", teams_id="T-ana")
    await made.house.person("Lea", "lead", slack_id="U2", teams_id="T-lea")
    return made


async def drafted(post):
    number = await post.house.case(SAID)
    return number, (await post.house.drafts.propose(ANA, number, ANSWER)).version_id


def titles(workspace):
    return [one.card.title.name for one in workspace.messages]


def buttons(card):
    return {button.act for row in card.buttons for button in row}


async def say(post, part):
    """FLOW gives the client another part: as after a restart."""
    flow = replace(post.house.flow, workspaces={"teams": part})
    post.house = await replace(post.house, flow=flow).begin()


async def test_the_house_gives_each_workspace_its_part(store):
    teams = {"TEAMS_CLIENT_ID": "c", "TEAMS_CLIENT_SECRET": "s", "TEAMS_TENANT_ID": "t", "TOCSIN_TEAMS_CHANNELS": {"crisis": "T1"}}
    settings = read_settings(_env_file=None, **teams)
    board = app.build(settings, store, replace(data_breach(), workspaces={"teams": CLIENT})).board
    assert (list(board.channels), board.part_of("teams"), board.deciding, board.noting) == (["teams"], CLIENT, (), ())


async def test_a_note_is_shown_on_the_side_that_may_read_it_and_nowhere_else(post):
    number = await post.house.case("one")
    await post.house.cases.note(LEA, number, "her lawyer called")
    await post.send(5)
    assert (titles(post.slack), titles(post.others["teams"])) == (["case.title", "case.note"], ["case.title"])


async def test_a_note_that_was_queued_while_flow_said_otherwise_is_not_told(post):
    number = await post.house.case("one")
    await post.send()
    await say(post, Part())
    await post.house.cases.note(LEA, number, "her lawyer called")
    await say(post, CLIENT)
    await post.send(5)
    assert titles(post.others["teams"]) == ["case.title"] and "case.note" in titles(post.slack)
    assert not await post.rows(state="pending")


async def test_whoever_looks_at_a_case_reads_notes_only_where_they_may(post):
    number = await post.house.case("one")
    await post.house.cases.note(LEA, number, "her lawyer called")
    read = {who.workspace: [one.text for one in (await post.house.desk.thread(who, number)).notes] for who in (LEA, LEA_THERE)}
    assert read == {"slack": ["her lawyer called"], "teams": []}


async def test_whoever_writes_a_note_where_it_is_not_shown_is_told_where_it_can_be_read(post):
    number, table = await post.house.case("one"), Buttons.of(post.house.use_cases())
    assert await table.filled["note"](Press(LEA, "note", str(number)), {"text": ("seen",)}) is None
    card = await table.filled["note"](Press(LEA_THERE, "note", str(number)), {"text": ("not seen",)})
    assert (card.title.name, card.title.facts) == ("command.noted", {"number": number, "where": ("slack",)})


async def test_nothing_that_the_client_can_ask_for_holds_a_word_of_a_note(post):
    number, there = await post.house.case("one"), Who("teams", "T-lea")
    await post.house.cases.claim(there, number)
    await post.house.cases.note(LEA, number, "zebra")
    house = post.house
    told = [
        await house.home.of(there),
        (await house.finding.find(there, ["zebra"])).quotes,
        await house.desk.thread(there, number),
        await house.history.of_case(there, number),
        await house.acts.glance.at(Clicked("claim", str(number), "teams")),
    ]
    assert "zebra" not in str(told)


async def test_a_draft_is_asked_about_where_it_can_be_approved(post):
    await drafted(post)
    await post.send(5)
    assert (titles(post.slack), titles(post.others["teams"])) == (["case.title", "draft.title"], ["case.title"])


async def test_a_card_that_was_asked_before_flow_said_otherwise_loses_what_it_asks_for_at_its_next_change(post):
    await say(post, Part())
    _, version = await drafted(post)
    await post.send(5)
    there = next(one for one in post.others["teams"].messages if one.shows("draft.title"))
    assert "approve" in buttons(there.card)
    await say(post, CLIENT)
    await post.house.approvals.approve(LEA, version)
    await post.send(5)
    assert len(there.states) > 1 and not buttons(there.card)


async def test_what_is_decided_cannot_be_decided_from_the_other_side_by_any_button(post):
    number, version = await drafted(post)
    table = Buttons.of(post.house.use_cases())
    ids = dict.fromkeys((*PRESSED, *FILLED), f"{number}:{version}") | dict.fromkeys(OF_STATEMENT, "1")
    await post.house.crises.open(LEA, "Meridia")
    await post.house.statements.propose(LEA, "holding", {"en": "We look into it."})
    for act in sorted(DECIDES):
        press = Press(LEA_THERE, act, ids[act])
        for does in (table.small.get(act), table.forms.get(act), filled(table, act)):
            if does:
                with pytest.raises(DecidedElsewhere) as refused:
                    await does(press)
                assert refused.value.facts["where"] == ("slack",) and refused.value.facts["you"]


def filled(table, act):
    take = table.filled.get(act)
    said = {"text": ("words",), "where": ("private",), "rests_on": ("none",), "reason": ("no",), "url": ("",)}
    return take and (lambda press: take(press, said))


def test_every_button_of_a_draft_a_reply_and_a_statement_decides_but_those_that_write_new_words(kind):
    assert {*PRESSED, *FILLED, *OF_STATEMENT} - {"reply", "handover", "correct", "hide"} == DECIDES


async def test_the_same_person_decides_on_the_side_that_may_and_on_the_console(post):
    _, version = await drafted(post)
    _, other = await drafted(post)
    with pytest.raises(DecidedElsewhere):
        await post.house.approvals.approve(LEA_THERE, version)
    assert await post.house.approvals.approve(LEA, version) is DraftStatus.APPROVED
    async with post.store.read() as work:
        lea = await people.by_name(work, "Lea")
    assert await post.house.approvals.approve(Who("console", str(lea.id)), other) is DraftStatus.APPROVED


async def test_whoever_could_not_decide_anywhere_hears_which_role_it_takes(post):
    _, version = await drafted(post)
    with pytest.raises(NotAllowed):
        await post.house.approvals.approve(Who("teams", "T-ana"), version)
    with pytest.raises(DecidedElsewhere) as refused:
        await post.house.drafts.withdraw(Who("teams", "T-ana"), version)
    assert not refused.value.facts["you"] and "lead" in refused.value.facts["roles"]


async def test_answers_are_written_on_both_sides(post):
    number = await post.house.case(SAID)
    made = await post.house.drafts.propose(Who("teams", "T-ana"), number, ANSWER)
    assert made.status is DraftStatus.IN_APPROVAL
    form = await post.house.answers.desk.form(Who("teams", "T-ana"), "reply", str(number))
    assert form.name == "reply"


async def test_home_and_the_lists_hold_no_approvals_where_nobody_can_give_them(post):
    await drafted(post)
    home = {who.workspace: {card.title.name for card in await post.house.home.of(who)} for who in (LEA, LEA_THERE)}
    assert "home.approvals" in home["slack"] and "home.approvals" not in home["teams"]
    desk = post.house.answers.desk
    for look in (desk.approvals, desk.how_many, desk.kept, desk.outdated, desk.samples):
        await look(LEA)
        with pytest.raises(DecidedElsewhere):
            await look(LEA_THERE)


async def test_a_draft_is_not_shown_there_but_what_the_customer_has_read_is_and_without_what_decides_over_it(post):
    _, version = await drafted(post)
    with pytest.raises(DecidedElsewhere):
        await post.house.answers.desk.shown(LEA_THERE, version)
    await post.house.approvals.approve(LEA, version)
    await post.send(10)
    there = next(one for one in post.others["teams"].messages if one.shows("draft.receipt"))
    assert "correct" in buttons(there.card) and not buttons(there.card) & DECIDES
    here = next(one for one in post.slack.messages if one.shows("draft.receipt"))
    assert "delete_reply" in buttons(here.card)
    shown = await post.house.answers.desk.shown(LEA_THERE, version)
    assert shown.title.name == "draft.receipt" and not buttons(shown) & DECIDES


async def test_a_statement_waits_on_one_side_and_is_said_on_both(post):
    await post.house.crises.open(LEA, "Meridia")
    made = await post.house.statements.propose(LEA, "holding", {"en": "We look into it."})
    await post.send(5)
    there = post.others["teams"]
    assert "statement.title" in titles(post.slack) and "statement.title" not in titles(there)
    with pytest.raises(DecidedElsewhere):
        await post.house.acts.room.desk.statement(LEA_THERE, made.id)
    assert not buttons(await post.house.acts.room.desk.statements(LEA_THERE)) & {"show_statement"}
    for name, role in (("Lou", "legal"), ("Max", "manager")):
        await post.house.statements.approve(await post.house.person(name, role), made.id)
    await post.send(5)
    assert "statement.approved_now" in titles(there) and "statement.approved_now" in titles(post.slack)
    assert not buttons(await post.house.acts.room.desk.statement(LEA_THERE, made.id))


async def test_that_kept_replies_wait_for_somebody_is_told_where_they_can_be_sent(post):
    await post.house.crises.open(LEA, "Meridia")
    _, version = await drafted(post)
    await post.house.holds.set(LEA, "silent")
    await post.house.cases.move(LEA, 1, crisis=True)
    await post.house.approvals.approve(LEA, version)
    await post.house.holds.set(LEA, "off")
    await post.send(30)
    assert "draft.look_again" in titles(post.slack) and "draft.look_again" not in titles(post.others["teams"])


@pytest.fixture
async def reminded(store, dial):
    """What approvers hear of drafts that wait, by name of the way."""
    mail = FakeCourier(dial, "email")
    post = await post_office(store, dial, also=("teams",), flow=replace(data_breach(), workspaces={"teams": CLIENT}))
    post.house = await replace(post.house, couriers={"email": mail}).begin()

    async def hear():
        await drafted(post)
        post.dial.forward(seconds=1 + post.house.flow.answers.remind_after.total_seconds())
        await post.house.answers.waiting.remind()
        await post.send(3)
        waits = {name: [one.place.channel_id for one in at.messages if one.shows("draft.you_are_waited_for")] for name, at in doors.items()}
        return waits | {"email": [one.address for one in mail.told]}

    doors = {"slack": post.slack, **post.others}
    await post.house.person("Ana", "agent", slack_id="U1")
    return post, hear


async def test_an_approver_is_reminded_where_they_can_decide(reminded):
    post, hear = reminded
    await post.house.person("Lea", "lead", slack_id="U2", teams_id="T-lea", email="lea@us.example")
    assert await hear() == {"slack": ["U2"], "teams": [], "email": []}


async def test_an_approver_who_is_only_on_the_other_side_is_reminded_by_mail(reminded):
    post, hear = reminded
    await post.house.person("Cleo", "lead", teams_id="T-cleo", email="cleo@client.example")
    assert await hear() == {"slack": [], "teams": [], "email": ["cleo@client.example"]}
    (told,) = post.house.couriers["email"].told
    assert told.notice.title.name == "draft.you_are_waited_for" and told.notice.title.facts["oldest"] < post.dial.at
