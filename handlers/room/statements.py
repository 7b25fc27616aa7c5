"""The statement: what we say happened, version by version, in several languages, on facts; approved before anybody rests on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flows.answers import Stage
from flows.approvals import Yes, spent, stage_for, standing, stands_in
from flows.flow import LANGUAGES
from handlers.acts import ROLES, Act, may
from handlers.errors import BadInput, FactsNotConfirmed, NoSuchStatement, NotAllowed, NotTheirTurn, OwnDraft, StatementOver
from handlers.filled import Said, one, whole
from handlers.ports import Label, Who, Words
from handlers.room.facts import NothingRests, Resting, Rests
from handlers.room.room import Acting, Room
from storage import facts, people, statement_approvals, statements
from storage.facts import FactStatus
from storage.statements import FULL, HOLDING, Statement, StatementStatus
from storage.types import CRITICAL

KINDS = (HOLDING, FULL)
MOST = 3_000  # characters


@dataclass(frozen=True)
class Statements:
    room: Room
    rests: Rests = field(default_factory=NothingRests)

    async def propose(self, who: Who, kind: str, texts: Mapping[str, str], fact_ids: Sequence[int] = ()) -> Statement:
        """At least one language; a full one rests on confirmed facts only, a holding one on nothing that was taken back."""
        said = {language: text.strip()[:MOST] for language, text in texts.items() if text.strip()}
        for field_, wrong in (("kind", kind not in KINDS), ("texts", bool(set(said) - set(LANGUAGES)))):
            if wrong:
                raise BadInput(field=field_, problem="unknown_choice")
        if not said:
            raise BadInput(field="texts", problem="empty")
        async with self.room.act(who, Act.PROPOSE_STATEMENT) as now:
            await self._may_rest(now, kind, fact_ids)
            made = await statements.propose(now.work, now.crisis.id, kind, now.person.id, said, sorted(set(fact_ids)))
            await self.room.post(now.work, "statement", made.id)
            await self.room.done(now, "statement_proposed", _named(made) | {"texts": said, "facts": list(made.fact_ids)})
            return made

    async def approve(self, who: Who, statement_id: int) -> bool:
        """One's yes, at the stage that waits; whether it is approved now. A second click changes nothing; never the author's own."""
        async with self.room.deciding(who, Act.APPROVE_STATEMENT) as now:
            statement = await _of(now, statement_id)
            if any(one.person_id == now.person.id for one in await _given(now, statement)):
                return statement.status is StatementStatus.APPROVED
            if statement.status is not StatementStatus.IN_APPROVAL:
                raise _over(statement)
            await self._may_rest(now, statement.kind, statement.fact_ids)
            yes = await self._yes(now, statement)
            await statement_approvals.add(now.work, statement, now.person.id, yes.stage, yes.stands_in_for)
            done = await self._is_approved(now, statement)
            if done:
                await self._speak(now, statement)
            await self.room.post(now.work, "statement", statement_id)
            payload = _named(statement) | {"stage": yes.stage, "stands_in_for": yes.stands_in_for, "done": done}
            await self.room.done(now, "statement_approved", payload)
            return done

    async def reject(self, who: Who, statement_id: int, reason: str) -> None:
        if not reason.strip():
            raise BadInput(field="reason", problem="empty")
        async with self.room.deciding(who, Act.APPROVE_STATEMENT) as now:
            statement = await _of(now, statement_id)
            if statement.status is not StatementStatus.IN_APPROVAL:
                raise _over(statement)
            await statements.reject(now.work, statement_id)
            await self.room.post(now.work, "statement", statement_id)
            said = {**_named(statement), "by": now.person.name, "reason": reason.strip()[:1000]}
            await self.room.say(now.work, Words("statement.rejected_now", said))
            await self.room.done(now, "statement_rejected", _named(statement) | {"reason": reason.strip()[:1000]})

    async def withdraw(self, who: Who, statement_id: int) -> Resting:
        """It is not to be said any more, or was never to be. The author may, while it waits; says how much rests on it."""
        async with self.room.deciding(who, Act.PROPOSE_STATEMENT) as now:
            statement = await _of(now, statement_id)
            if statement.status not in (StatementStatus.IN_APPROVAL, StatementStatus.APPROVED):
                raise _over(statement)
            mine = statement.status is StatementStatus.IN_APPROVAL and statement.author_id == now.person.id
            if not mine and not may(now.person, Act.APPROVE_STATEMENT):
                raise NotAllowed(roles=tuple(sorted(ROLES[Act.APPROVE_STATEMENT])))
            await statements.withdraw(now.work, statement_id)
            resting = await self.rests.on_statements(now.work, [statement_id])
            await self.room.post(now.work, "statement", statement_id)
            said = {**_named(statement), "by": now.person.name, "drafts": resting.drafts, "replies": resting.replies}
            await self.room.say(now.work, Words("statement.withdrawn_now", said))
            await self.room.done(now, "statement_withdrawn", _named(statement) | {"was": str(statement.status)})
            return resting

    async def fill(self, who: Who, ids: str, said: Said) -> Words:
        """The answer of the form `statement`: `ids` is its kind, a field text_LANGUAGE each, and the facts by number."""
        texts = {language: one(said, f"text_{language}") for language in LANGUAGES}
        made = await self.propose(who, ids, texts, [whole(number, "facts") for number in said.get("facts", ())])
        return Words("statement.proposed", _named(made) | {"missing": tuple(missing(made.texts))})

    async def fill_rejection(self, who: Who, ids: str, said: Said) -> Words:
        """The answer of the form `reject_statement`, about one version."""
        await self.reject(who, whole(ids, "number"), one(said, "reason"))
        return Words("statement.rejected")

    async def _may_rest(self, now: Acting, kind: str, fact_ids: Sequence[int]) -> None:
        under = [fact for fact in await facts.lock_some(now.work, fact_ids) if fact.crisis_id == now.crisis.id]
        firm = (FactStatus.CONFIRMED,) if kind == FULL else (FactStatus.CONFIRMED, FactStatus.UNKNOWN)
        wrong = sorted(set(fact_ids) - {fact.id for fact in under if fact.status in firm})
        if wrong or (kind == FULL and not under):
            raise FactsNotConfirmed(facts=tuple(wrong))

    @property
    def _stages(self) -> tuple[Stage, ...]:
        return self.room.flow.answers.statement_stages

    async def _yes(self, now: Acting, statement: Statement) -> Yes:
        """For whom and at which stage this person's yes counts at this moment."""
        me, author = now.person, statement.author_id
        if me.id == author:
            raise OwnDraft
        given = await _given(now, statement)
        own = stage_for(me.roles, self._stages, given, me.id, author)
        if own:
            return Yes(me.id, own.name)
        waiting, at = standing(self._stages, given, author).waiting, await now.work.now()
        if waiting is None:
            raise _over(statement)
        reminded = at - statement.proposed_at >= self.room.flow.answers.remind_after
        team, used = await people.everyone(now.work), spent(self._stages, given, author)
        absent = stands_in(me, waiting, team, at, reminded=reminded, spent=used)
        if absent is None:
            raise NotTheirTurn(stage=Label(waiting.label), unchecked="")
        return Yes(me.id, waiting.name, absent.id)

    async def _is_approved(self, now: Acting, statement: Statement) -> bool:
        return standing(self._stages, await _given(now, statement), statement.author_id).done

    async def _speak(self, now: Acting, statement: Statement) -> None:
        """From now on this is what we say."""
        await statements.approve(now.work, statement)
        await self.room.say(
            now.work, Words("statement.approved_now", _named(statement) | {"texts": list(statement.texts.values())}), CRITICAL
        )
        await self.rests.on_new_statement(now.work, now.crisis, await statements.get(now.work, statement.id) or statement)


def missing(texts: Mapping[str, str]) -> list[str]:
    """The house's languages in which nothing was written."""
    return [language for language in LANGUAGES if language not in texts]


def _named(statement: Statement) -> dict[str, object]:
    return {"number": statement.id, "kind": statement.kind, "version": statement.version}


async def _given(now: Acting, statement: Statement) -> list[Yes]:
    return [Yes(one.person_id, one.stage, one.stands_in_for) for one in await statement_approvals.of(now.work, statement)]


async def _of(now: Acting, statement_id: int) -> Statement:
    statement = await statements.lock(now.work, statement_id)
    if statement is None or statement.crisis_id != now.crisis.id:
        raise NoSuchStatement(statement=statement_id)
    return statement


def _over(statement: Statement) -> StatementOver:
    return StatementOver(kind=statement.kind, version=statement.version, status=str(statement.status))
