"""Every button and every form of the house, by name, and what each does: the same in each workspace."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from handlers.answers import acts as of_answers
from handlers.answers.forms import BLANK
from handlers.escalation import acts as of_ladders
from handlers.escalation.replies import LISTED_ACT, waiting_card
from handlers.filled import Said, one
from handlers.insight import acts as of_insight
from handlers.insight.finding import OPENS
from handlers.insight.home import STATUS
from handlers.insight.status import standing, status_card
from handlers.ports import Card, Form, Who
from handlers.replies import cases_card, told
from handlers.room.desk import ASKS as OF_ROOM
from handlers.use_cases import UseCases

LEADING = ("open_original", "open_reply", "open_console")  # these lead somewhere, and do nothing here


@dataclass(frozen=True)
class Press:
    """Somebody pressed a button, or sent in the form that it opened. `ids` is what it is about: a case, then what is chosen of it."""

    who: Who
    act: str
    ids: str

    @property
    def case_id(self) -> int:
        return int(self.ids.partition(":")[0])

    @property
    def choice(self) -> str:
        """What follows the case's number: a tag, a team."""
        return self.ids.partition(":")[2]

    @property
    def number(self) -> int:
        """Of what has ids of one part."""
        return int(self.ids)


Does = Callable[[Press], Awaitable[object]]
Asks = Callable[[Press], Awaitable[Form]]
Shows = Callable[[Press], Awaitable[Card]]
Takes = Callable[[Press, Said], Awaitable[Card | None]]


@dataclass(frozen=True)
class Buttons:
    """`small` acts are done when they are acknowledged. `looks` are for whoever pressed alone: what was pressed stays as it is; what
    `answers` gives takes its place. `filled` takes a form's answer: what became of some is seen on the card, of others it is told.
    """

    small: Mapping[str, Does]
    forms: Mapping[str, Asks]
    looks: Mapping[str, Shows]
    answers: Mapping[str, Shows]
    filled: Mapping[str, Takes]
    again: Callable[[Who, str, str, str], Awaitable[Form]]  # a form of an answer, begun anew with what was chosen in it

    @classmethod
    def of(cls, acts: UseCases) -> "Buttons":
        looking = _Looking(acts)
        return cls(_small(acts), _forms(acts), looking.table(), looking.instead(), _filled(acts), looking.again)


def _small(acts: UseCases) -> Mapping[str, Does]:
    cases, statements = acts.cases, acts.room.statements
    return {
        "tag": lambda press: acts.tags.toggle(press.who, press.case_id, press.choice),
        "claim": lambda press: cases.claim(press.who, press.case_id),
        "move": lambda press: cases.move(press.who, press.case_id, crisis=press.choice == "crisis"),
        "close": lambda press: cases.close(press.who, press.case_id),
        "reopen": lambda press: cases.reopen(press.who, press.case_id),
        **dict.fromkeys(of_answers.PRESSED, lambda press: acts.answers.press(press.who, press.act, press.ids)),
        **dict.fromkeys(of_ladders.PRESSED, lambda press: acts.escalation.press(press.who, press.act, press.ids)),
        "approve_statement": lambda press: statements.approve(press.who, press.number),
        "withdraw_statement": lambda press: statements.withdraw(press.who, press.number),
    }


def _forms(acts: UseCases) -> Mapping[str, Asks]:
    of_case, of_answer, of_room = acts.desk.form, acts.answers.desk.form, acts.room.desk.form
    of_ladder = acts.escalation.desk.form

    async def reply(press: Press) -> Form:
        """Whoever opens it is seen to be writing."""
        await acts.answers.drafts.keep(press.who, press.case_id, None)
        return await of_answer(press.who, press.act, press.ids)

    return {
        **dict.fromkeys(("more_tags", "note", "kind", "link"), lambda press: of_case(press.who, press.act, press.case_id)),
        **dict.fromkeys(of_answers.FILLED, lambda press: of_answer(press.who, press.act, press.ids)),
        **dict.fromkeys(of_ladders.FILLED, lambda press: of_ladder(press.who, press.act, press.case_id)),
        **dict.fromkeys(OF_ROOM, lambda press: of_room(press.who, press.act, press.ids)),
        "reply": reply,
    }


def _filled(acts: UseCases) -> Mapping[str, Takes]:
    tags, cases = acts.tags, acts.cases

    async def note(press: Press, said: Said) -> Card | None:
        """Seen in the thread, or told where it is."""
        await cases.note(press.who, press.case_id, one(said, "text"))
        board = cases.board
        if board.part_of(press.who.workspace).notes:
            return None
        return told("command.noted", number=press.case_id, where=board.noting)

    async def log(press: Press, said: Said) -> Card:
        number = await acts.logbook.record(press.who, *(one(said, name) for name in ("way", "name", "reach_at", "text")))
        return told("command.recorded", number=number)

    return {
        "choose_tags": lambda press, said: tags.choose(press.who, press.case_id, said.get("tags", ())),
        "note": note,
        "kind": lambda press, said: cases.set_kind(press.who, press.case_id, one(said, "kind")),
        "link": lambda press, said: acts.customers.link(press.who, press.case_id, one(said, "network"), one(said, "account")),
        "log": log,
        **dict.fromkeys(of_answers.FILLED, lambda press, said: acts.answers.fill(press.who, press.act, press.ids, said)),
        **dict.fromkeys(of_ladders.FILLED, lambda press, said: acts.escalation.fill(press.who, press.act, press.ids, said)),
        **dict.fromkeys(OF_ROOM, lambda press, said: acts.room.fill(press.who, press.act, press.ids, said)),
    }


@dataclass(frozen=True)
class _Looking:
    acts: UseCases

    def table(self) -> Mapping[str, Shows]:
        return {
            "reveal": self.reveal,
            "like_this": self.like_this,
            OPENS: self.case,
            STATUS: self.status,
            "show_draft": self.draft,
            "show_statement": lambda press: self.acts.room.desk.statement(press.who, press.number),
        }

    def instead(self) -> Mapping[str, Shows]:
        confirmed = dict.fromkeys(of_insight.PRESSED, lambda press: self.acts.insight.press(press.who, press.act, press.ids))
        return {LISTED_ACT: self.listed, **confirmed}

    async def reveal(self, press: Press) -> Card:
        """What is masked, for one person's eyes and without buttons."""
        await self.acts.cases.reveal(press.who, press.case_id)
        return replace((await self.acts.desk.thread(press.who, press.case_id, whole=True)).card, buttons=())

    async def case(self, press: Press) -> Card:
        return (await self.acts.desk.thread(press.who, press.case_id)).card

    async def like_this(self, press: Press) -> Card:
        return cases_card(press.case_id, await self.acts.desk.like_this(press.who, press.case_id))

    async def status(self, press: Press) -> Card:
        return status_card(standing(await self.acts.desk.status(press.who), self.acts.desk.shelf.present))

    async def draft(self, press: Press) -> Card:
        return await self.acts.answers.desk.shown(press.who, await self.acts.answers.version_of(press.act, press.ids))

    async def listed(self, press: Press) -> Card:
        """One of what waits for a person: the list stays in its place, shorter."""
        await self.acts.escalation.press(press.who, "acknowledge", press.ids)
        return waiting_card(await self.acts.escalation.desk.waiting(press.who))

    async def again(self, who: Who, name: str, ids: str, chosen: str) -> Form:
        return await self.acts.answers.desk.form(who, name, ids, chosen or BLANK)
