"""A crisis with something of everything in it, for whoever must see every card and every form: the tests of the Teams door, and its pictures."""

import tempfile
from dataclasses import dataclass, field, replace
from datetime import timedelta

from flows.ladder import Fits, Ladder, Step, Whom
from handlers import cards as case_cards
from handlers import replies
from handlers.answers.acts import FILLED, proposed_card
from handlers.answers.cards import receipt_card
from handlers.answers.drafts import Wording
from handlers.answers.forms import STARTS
from handlers.answers.spoken import list_card
from handlers.commands import Help
from handlers.escalation import acts as ladder_acts
from handlers.escalation import cards as notice_cards
from handlers.escalation.replies import on_call_card
from handlers.escalation.replies import waiting_card as waiting_for_me
from handlers.insight import cards as digest_cards
from handlers.insight.finding import found_card
from handlers.insight.slots import Rhythm
from handlers.insight.spike_cards import spike_card
from handlers.insight.status import status_card
from handlers.insight.subscriptions import Promise
from handlers.ports import Card, Customer, Form, Who, Words
from handlers.room.commands import SetHold
from handlers.room.desk import ASKS
from handlers.watch.findings import DATABASE_AWAY, Announcement, Finding
from handlers.watch.wording import Wording as Watching
from storage import drafts, notices
from storage import replies as sent_replies
from storage.database import Store
from storage.insight import spikes
from storage.migrate import upgrade
from storage.replies import Reply
from storage.types import ReplyState
from tests.builders import TestHouse, data_breach
from tests.dial import Dial
from tests.doors.charted import BAD, QUIET, day
from tests.handlers.escalation.conftest import label
from tests.handlers.sending import Post, post_office

LANGUAGES = ("en", "es", "fr")
SAID = "@{} I opened your mail about the critical phishing and typed my password there.\nMy card is 4111 1111 1111 1111 – see https://meridia-login.example/7 what do I do now?"
ANSWER = "Thank you for telling us, Ana. Please change your password at once; we have closed every session of your account. I call you at six. Grace"
ACCOUNT = "11111111-2222-3333-4444-555555555555"  # in Entra
CARLA = Customer("carla", "@carla_m", "Carla Montes", reach=52_000)
ANA = Customer("ana", "@ana_ruiz_", "Ana Ruiz")
LIFE = Ladder("life", label("Danger to somebody"), Fits(tags=("phishing",)), (Step((Whom(role="lead"),), by=("direct", "thread")),))


@dataclass
class Gallery:
    """By names of our own."""

    cards: dict[str, Card] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)


@dataclass
class _World:
    post: Post
    boss: Who
    agent: Who
    grave: int  # a case that somebody is called for
    plain: int  # one with a draft, a reply and a note
    version: int
    sent: Reply
    approved: int  # a statement
    waiting: int  # another

    @property
    def house(self) -> TestHouse:
        return self.post.house


async def gallery(store: Store, dial: Dial) -> Gallery:
    world = await _world(store, dial)
    found = Gallery()
    for gather in (_cases, _answers, _room, _ladders, _insight, _others):
        await gather(world, found)
    await _forms(world, found)
    await _spikes(world, found)
    await _digests(world, found)
    await _afterwards(world, found)
    return found


async def alone() -> Gallery:
    """In a house of its own, which is gone after it."""
    dial = Dial()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/gallery.db", dial)
        await upgrade(store)
        try:
            return await gallery(store, dial)
        finally:
            await store.close()


async def _world(store: Store, dial: Dial) -> _World:
    post = await post_office(store, dial, flow=replace(data_breach(), ladders=(LIFE,)))
    house = post.house
    boss = await house.person("Grace Okafor", "manager", "lead", "admin", slack_id="UGRACE", teams_id=ACCOUNT)
    agent, law = await house.person("Tom Aldous", "agent", email="tom@meridia.example"), await house.person("Lou Ferrer", "legal")
    await house.crises.open(boss, "Meridia leak")
    fact = await house.facts.add(boss, "Names and addresses of 12,000 customers were copied", "Logs of the mail server")
    await house.facts.confirm(boss, fact, "Names and addresses of 12,000 customers were copied", "Logs of the mail server")
    await house.facts.add(boss, "Passwords were not among them", "Security")
    for kind, approver in (("holding", "Inés Vidal"), ("full", "Sam Reyes")):
        text = f"We have learnt that somebody read data of ours ({kind}). We tell everybody concerned ourselves."
        made = await house.statements.propose(boss, kind, dict.fromkeys(LANGUAGES, text), [fact])
        await house.statements.approve(law, made.id)
        await house.statements.approve(await house.person(approver, "manager"), made.id)
    waiting = await house.statements.propose(boss, "full", {"en": "Passwords were never readable."}, [fact])
    grave = await house.case(SAID.format("meridia"), language="en", url="https://x.com/carla/status/7", customer=CARLA)
    plain = await house.case("do you even read what people write to you here?", customer=ANA, language="en")
    await house.case("another critical phishing page", by="u9")
    await house.climb.fire()
    dial.forward(minutes=3)
    sent = await house.drafts.propose(agent, plain, Wording("I do read what people write to us here, yours too. Grace", private=True))
    await house.approvals.approve(boss, sent.version_id)
    await post.send(5)
    draft = await house.drafts.propose(agent, plain, Wording(ANSWER, private=True))
    await house.cases.note(boss, plain, "Called back: password changed, all sessions closed.")
    await house.callbacks.ask(boss, plain, "Grace Okafor", "", "2h")
    async with store.read() as work:
        (reply,) = await sent_replies.in_state(work, ReplyState.SENT)
    return _World(post, boss, agent, grave, plain, draft.version_id, reply, made.id, waiting.id)


async def _cases(world: _World, found: Gallery) -> None:
    desk, dial = world.house.acts.desk, world.post.dial
    grave, plain = await desk.thread(world.boss, world.grave), await desk.thread(world.boss, world.plain)
    closed = replace(plain.view, case=replace(plain.view.case, status="closed"))
    mention = plain.view.mentions[0]
    found.cards |= {
        "case called": grave.card,
        "case": plain.card,
        "case closed": case_cards.case_card(closed),
        "case revealed": replace((await desk.thread(world.boss, world.grave, whole=True)).card, buttons=()),
        "case wrote again": case_cards.mention_card(mention),
        "case note": case_cards.note_card(plain.notes[0]),
        "case moved": case_cards.pointer_card(plain.view.case),
        "case erased": case_cards.erased_card(replace(plain.view.case, erased_at=dial())),
        "cases wait": case_cards.waiting_card(1240, 1),
        "cases alike": replies.cases_card(world.grave, [plain.view.case, grave.view.case]),
    }


async def _answers(world: _World, found: Gallery) -> None:
    house, desk = world.house, world.house.answers.desk
    for at, card in enumerate(await desk.of_case(world.boss, world.plain)):
        found.cards[f"answer {at}"] = card
    async with house.store.read() as work:
        version = await drafts.get(work, world.sent.version_id)
    assert version
    found.cards["answer unconfirmed"] = receipt_card(replace(world.sent, state=ReplyState.UNCONFIRMED), version)
    mine = await desk.approvals(world.boss)
    found.cards |= {
        "answers waiting": list_card("approvals", mine),
        "answers waiting, many": list_card("approvals", mine * 15, 40),
        "answers kept": list_card("kept", await desk.kept(world.boss)),
        "answer proposed": proposed_card(await house.drafts.propose(world.agent, world.grave, Wording("We look into it.", private=True))),
    }


async def _room(world: _World, found: Gallery) -> None:
    desk = world.house.room.desk
    found.cards |= {
        "board": await desk.board(world.boss),
        "statements": await desk.statements(world.boss),
        "statement": await desk.statement(world.boss, world.waiting),
        "statement approved": await desk.statement(world.boss, world.approved),
        "callbacks": await desk.callbacks(world.boss),
    }


async def _ladders(world: _World, found: Gallery) -> None:
    house, desk = world.house, world.house.escalation.desk
    async with house.store.read() as work:
        for one in await notices.of_calls(work, range(1, 10)):
            reading = await notice_cards.read(work, house.shelf, one.id)
            if reading:
                in_thread = reading.notice.case_id
                found.cards[f"call {one.id}"] = notice_cards.call_card(reading) if in_thread else notice_cards.notice_card(reading)
    found.cards |= {
        "calls waiting": waiting_for_me(await desk.waiting(world.boss)),
        "on call": on_call_card(await desk.on_call(world.boss)),
    }


async def _insight(world: _World, found: Gallery) -> None:
    house = world.house
    figures = day()
    for at, card in enumerate(await house.acts.home.of(world.boss, "https://crisis.meridia.example")):
        found.cards[f"home {at}"] = card
    for words in (("password",), ()):
        sought = await house.acts.finding.find(world.boss, words)
        found.cards[f"found {' '.join(words)}"] = found_card(sought, house.flow)
    late = digest_cards.Digest(figures, figures.period.until, figures.period.until + timedelta(hours=3), 2)
    found.cards |= {
        "status": status_card(BAD),
        "status quiet": status_card(QUIET),
        "digest": digest_cards.digest_card(digest_cards.Digest(figures)),
        "digest late": digest_cards.digest_card(late, full=True),
        "digest nobody": digest_cards.list_card([]),
    }


async def _others(world: _World, found: Gallery) -> None:
    at = world.post.dial()
    watching = Watching("https://crisis.meridia.example", "tocsin-1")
    gone = Finding(DATABASE_AWAY, at)
    found.cards |= {
        "help": replies.help_card(Help()),
        "help, not understood": replies.help_card(Help("stauts", "status")),
        "people": replies.people_card(await world.house.acts.staff.list(world.boss)),
        "watch": watching.card(Announcement(gone)),
        "watch over": watching.card(Announcement(gone, at + timedelta(minutes=4))),
        "in a chat": replies.told("home.in_a_chat"),
        "done": replies.told("command.closed", number=world.plain),
        "refused": Card(Words("error.not_allowed", {"roles": ("manager", "legal")})),
    }


async def _forms(world: _World, found: Gallery) -> None:
    house, boss = world.house, world.boss
    for name in ("more_tags", "note", "kind", "link"):
        found.forms[name] = await house.acts.desk.form(boss, name, world.plain)
    bound = {"reply": "", "handover": "", "correct": f":{world.sent.id}", "arrived": f":{world.sent.id}"}
    for name in FILLED:
        found.forms[name] = await house.answers.desk.form(boss, name, f"{world.plain}{bound.get(name, f':{world.version}')}")
    for start in STARTS:
        found.forms[f"reply, {start}"] = await house.answers.desk.form(boss, "reply", str(world.plain), start)
    about = {
        "fact": ("", "1"), "statement": ("holding", "full"), "reject_statement": (str(world.waiting),),
        "attest": ("customers_first", "posts_stopped"), "callback": (str(world.plain),), "except": (str(world.plain),),
    }  # fmt: skip
    assert set(about) == set(ASKS)
    for name, each in about.items():
        for ids in each:
            found.forms[f"{name} {ids}".strip()] = await house.room.desk.form(boss, name, ids)
    for act in ladder_acts.FILLED:
        found.forms[act] = await house.escalation.desk.form(boss, act, world.grave)
    found.forms["log"] = case_cards.log_form("Called us about her account")


async def _spikes(world: _World, found: Gallery) -> None:
    async with world.house.store.begin() as work:
        ids = [await spikes.add(work, what, count, usual) for what, count, usual in (("tag:phishing", 60, 12), ("network:x", 90, 40))]
        mentions = [one.id for one in (await world.house.acts.desk.thread(world.boss, world.grave)).view.mentions]
        card = await spike_card(work, world.house.flow, {"ids": ids, "mentions": mentions})
        await work.commit()
    assert card
    found.cards["spike"] = card


async def _digests(world: _World, found: Gallery) -> None:
    every_day = Promise("#marketing", "teams", "19:marketing@thread.tacv2", Rhythm("daily", "08:30", "Europe/Madrid"), "es")
    own = replace(every_day, name="Grace Okafor", target=ACCOUNT, rhythm=Rhythm("weekly", "09:00", "Europe/Madrid", 0), language="en")
    found.cards |= {
        "digest subscribed": digest_cards.promise_card(replace(every_day, next_at=world.post.dial() + timedelta(days=1))),
        "digest asks": digest_cards.promise_card(replace(every_day, only_confirmed=True)),
        "digests": digest_cards.list_card([every_day, own]),
    }


async def _afterwards(world: _World, found: Gallery) -> None:
    """What is told when something was done, and what is shown then. Nothing can be asked of the others any more."""
    house, boss, grave = world.house, world.boss, str(world.grave)
    act, answer, ask = house.escalation.fill, house.answers.fill, house.room.fill
    found.cards |= {
        "snoozed": await act(boss, "snooze", grave, {"span": ("2h",)}),
        "given": await act(boss, "reassign", grave, {"name": ("Tom Aldous",)}),
        "rejected": await answer(boss, "reject", f"{world.plain}:{world.version}", {"reason": ("No promise that we cannot keep.",)}),
        "fact added": await ask(boss, "fact", "", {"text": ("The page was taken down.",), "source": ("Security",)}),
        "hold": await house.acts.spoken.obey(boss, SetHold("holding")),
        "calls waiting, none": waiting_for_me([]),
        "call over": await _call_over(world),
    }
    await house.approvals.approve(boss, (await house.answers.desk.approvals(boss))[0].version_id)
    found.cards["answer kept"] = (await house.answers.desk.of_case(boss, world.grave))[-1]
    new = await house.person("Nora Blum", "agent")
    for who, name in ((world.agent, "an agent"), (new, "somebody new"), (Who("teams", "stranger"), "a stranger")):
        for at, card in enumerate(await house.acts.home.of(who)):
            found.cards[f"home of {name} {at}"] = card


async def _call_over(world: _World) -> Card:
    async with world.house.store.read() as work:
        readings = [await notice_cards.read(work, world.house.shelf, one.id) for one in await notices.of_calls(work, range(1, 10))]
    return next(notice_cards.call_card(one) for one in readings if one and one.notice.case_id == world.grave)
