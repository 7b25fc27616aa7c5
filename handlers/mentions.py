"""What customers write becomes cases: each message stored once, joined to its conversation's case, sorted, its card queued."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flows.flow import Flow
from flows.ladder import ladder_for
from flows.triage import Suggestion
from handlers import first_answers
from handlers.arrivals import Arrival, CaseKey, Key, channel_of, customer_row, entries, key_of, matter_of, mention_row, raw_row, tag_rows
from handlers.board import Board, Shown
from handlers.customer_text import storable
from handlers.escalation.beginning import Begun, begin
from handlers.escalation.course import Course, ladder_of
from handlers.escalation.drills import DRILL
from handlers.machine import Machine
from handlers.ports import AUTOMATIC, Event, Mention, Receipt, Words
from storage import cases, crises, customers, mentions, people, timeline
from storage.cases import Case
from storage.database import Store, Work
from storage.timeline import Entry, case_chain
from storage.types import Hold, Status


@dataclass(frozen=True)
class Mentions:
    """The way in."""

    store: Store
    course: Course
    flow: Flow
    machine: Machine

    @property
    def board(self) -> Board:
        return self.course.board

    async def receive(self, batch: Sequence[Mention]) -> list[Receipt]:
        """Store a batch in one transaction; when this returns, it is durable. One receipt per mention, in order."""
        batch = [storable(one) for one in batch]
        async with self.store.read() as work:
            known = await _known(work, batch)
        found = await self._read([one for one in batch if key_of(one) not in known])
        stored: dict[Key, Receipt] = {}
        if found or any(one.event is not Event.POSTED for one in batch):
            known, stored = await self._keep(batch, found)
        receipts = {**known, **stored}
        return [replace(receipts[key_of(one)], new=stored.pop(key_of(one), None) is not None) for one in batch]

    async def gone(self, network: str, external_ids: Sequence[str]) -> int:
        """Their authors, or the network, took these away: recorded beside them, shown on their cards. How many of them we had."""
        async with self.store.begin() as work:
            await crises.current(work, hold_still=True)
            known = await mentions.known(work, {(network, external_id) for external_id in external_ids})
            for mention_id, case_id in sorted(known.values(), key=lambda pair: pair[1]):
                await self._record(work, mention_id, case_id, Event.DELETED, None)
            await work.commit()
        return len(known)

    async def _read(self, unknown: Sequence[Mention]) -> dict[Key, Suggestion]:
        """Only what is new to us is worth the machine's time: sources deliver again, files are replayed again."""
        if not unknown:
            return {}
        suggestions = await self.machine.suggest([one.text for one in unknown], [one.language for one in unknown])
        return dict(zip(map(key_of, reversed(unknown)), reversed(suggestions), strict=True))

    async def _keep(self, batch: Sequence[Mention], found: Mapping[Key, Suggestion]) -> tuple[dict[Key, Receipt], dict[Key, Receipt]]:
        """The receipts of what we had, and of what is new. What was erased and comes again, perhaps edited, is not taken in again."""
        async with self.store.begin() as work:
            await crises.current(work, hold_still=True)  # before customers and cases: a hold moves the same clocks
            erased = _receipts(await mentions.erased(work, {key_of(one) for one in batch}))
            batch = [one for one in batch if key_of(one) not in erased]
            arrivals, changes, known = await self._sort(work, batch, found)
            opened = await self._open_cases(work, arrivals)
            stored = await self._store(work, arrivals, opened)
            for one in changes:
                await self._changed(work, one, {**known, **stored}[key_of(one)])
            await work.commit()
        return {**known, **erased}, stored

    async def _sort(
        self, work: Work, batch: Sequence[Mention], found: Mapping[Key, Suggestion]
    ) -> tuple[list[Arrival], list[Mention], dict[Key, Receipt]]:
        """Arrivals, changes of mentions, and what we had. The customers come first: a second receiver of the same mention waits there."""
        accounts = await customers.upsert(
            work, list({(one.network, one.customer.external_id): customer_row(one) for one in batch}.values())
        )
        known = await _known(work, batch)
        arrivals: dict[Key, Arrival] = {}
        changes = []
        for one in batch:
            key = key_of(one)
            if key not in known and key not in arrivals:
                arrivals[key] = Arrival(one, found[key], *accounts[(one.network, one.customer.external_id)])
            elif one.event is not Event.POSTED:
                changes.append(one)
        return list(arrivals.values()), changes, known

    async def _changed(self, work: Work, mention: Mention, receipt: Receipt) -> None:
        """An edit or a deletion on the network: recorded beside the mention, shown on the card."""
        text = mention.text if mention.event is Event.EDITED else None
        await self._record(work, receipt.mention_id, receipt.case_id, mention.event, text)

    async def _record(self, work: Work, mention_id: int, case_id: int, event: Event, text: str | None) -> None:
        case = await cases.lock(work, case_id)
        if case is None or not await mentions.change(work, mention_id, event, text):
            return
        await timeline.append(work, [Entry(case_chain(case_id), f"mention_{event}", {"mention": mention_id, "text": text})])
        await self.board.show(work, [Shown(case_id, case.channel, case.severity)])

    async def _open_cases(self, work: Work, arrivals: Sequence[Arrival]) -> dict[CaseKey, Shown]:
        """The case of each arrival's conversation, made or joined, as it is now to be shown."""
        existing = await cases.of_conversations(work, [one.case_key for one in arrivals])
        first: dict[CaseKey, list[Arrival]] = {}
        for one in arrivals:
            if one.case_key in existing:
                existing[one.case_key] = await self._join(work, existing[one.case_key], one)
            else:
                first.setdefault(one.case_key, []).append(one)
        crisis = await crises.current(work, hold_still=True)
        now = await work.now()
        rows = [self._case_row(mine, crisis.id if crisis else None, now) for mine in first.values()]
        added = await cases.add(work, rows)
        held = crisis is not None and crisis.hold is not Hold.OFF
        begun = [
            Begun(added[key], ladder_of(self.flow, row["ladder"]), row["severity"], held and row["crisis"] and self._may_wait(mine))
            for (key, mine), row in zip(first.items(), rows, strict=True)
        ]
        await begin(work, self.flow, begun)
        shown = {key: Shown(case.id, case.channel, case.severity) for key, case in existing.items()}
        for row in rows:
            key = (row["customer_id"], row["conversation_id"])
            shown[key] = Shown(added[key], row["channel"], row["severity"], fresh=True)
        return shown

    def _case_row(self, mine: Sequence[Arrival], crisis_id: int | None, now: datetime) -> dict[str, Any]:
        one = mine[0]
        crisis = any(other.suggestion.crisis for other in mine)
        severity = max(self._severity(other) for other in mine)
        ladder = ladder_for(self.flow.ladders, matter_of(mine, severity, crisis=crisis))
        return {
            "customer_id": one.customer_id,
            "conversation_id": one.mention.conversation_id,
            "network": one.mention.network,
            "crisis_id": crisis_id if crisis else None,
            "flow_digest": self.flow.digest,
            "crisis": crisis,
            "channel": channel_of(self.flow, one.suggestion, crisis=crisis),
            "status": Status.OPEN,
            "severity": severity,
            "ladder": ladder.name if ladder else None,
            "language": one.suggestion.language,
            "private": one.mention.private,
            "mention_count": len(mine),
            "exercise": one.mention.source == DRILL,
            "cluster": one.suggestion.cluster,
            "opened_at": now,
            "last_mention_at": now,
        }

    def _severity(self, one: Arrival) -> int:
        return max(one.suggestion.severity, self.flow.kinds.get(one.kind, 0))

    async def _tell_owner(self, work: Work, case: Case) -> None:
        """What was answered, or closed, is open again."""
        owner = await people.by_id(work, case.owner_id) if case.owner_id else None
        if owner:
            accounts = {"slack": owner.slack_id, "teams": owner.teams_id}
            await self.board.tell_person(work, accounts, Words("case.wrote_back", {"number": case.id}), case.severity)

    async def _join(self, work: Work, case: Case, one: Arrival) -> Case:
        """A further message of the same customer in the same conversation: the case opens again, may grow graver, may prove crisis."""
        values: dict[str, Any] = {
            "mention_count": case.mention_count + 1,
            "last_mention_at": await work.now(),
            "severity": max(case.severity, self._severity(one)),
        }
        opens = case.status in (Status.CLOSED, Status.ANSWERED) and one.mention.no_answer != AUTOMATIC  # a machine asks nobody anything
        if opens:
            values |= {"status": Status.OPEN, "closed_at": None}
            await self._tell_owner(work, case)
        if one.suggestion.crisis and not case.crisis and case.crisis_set_by is None:
            await self.board.leave_pointer(work, case.id, values["severity"])
            crisis_id = await first_answers.enter_crisis(work, self.flow, case.id)
            values |= {"crisis": True, "crisis_id": crisis_id, "channel": channel_of(self.flow, one.suggestion, crisis=True)}
        await cases.change(work, case.id, **values)
        if opens:
            await self.course.again(work, case)
        return replace(case, **values)

    def _may_wait(self, mine: Sequence[Arrival]) -> bool:
        """Whether a hold may stop the clock of their first answer."""
        return all(self.flow.rules.stops_for_hold(tag for tag, _ in one.suggestion.tags) for one in mine)

    async def _suggest(self, work: Work, arrivals: Sequence[Arrival], opened: dict[CaseKey, Shown]) -> None:
        rows = tag_rows(arrivals, opened)
        await cases.suggest_tags(work, rows)
        joined = sorted({shown.case_id for shown in opened.values() if not shown.fresh})
        for case_id in joined:
            await first_answers.look_again(work, self.flow, case_id, [row["tag"] for row in rows if row["case_id"] == case_id])
        await self.course.reconsider(work, joined)

    async def _store(self, work: Work, arrivals: Sequence[Arrival], opened: dict[CaseKey, Shown]) -> dict[Key, Receipt]:
        if not arrivals:
            return {}
        now = await work.now()
        ids = await mentions.add(work, [mention_row(one, opened[one.case_key].case_id, now) for one in arrivals])
        await mentions.keep_raw(work, [raw_row(one, ids[one.key]) for one in arrivals if one.mention.raw])
        await self._suggest(work, arrivals, opened)
        await timeline.append(work, entries(arrivals, opened, ids))
        first = {opened[one.case_key].case_id: one for one in reversed(arrivals) if opened[one.case_key].fresh}
        for one in arrivals:
            shown = opened[one.case_key]
            if first.get(shown.case_id) is not one:  # the card shows the first
                await self.board.follow(work, shown, "mention", ids[one.key])
        await self.board.show(work, list({shown.case_id: shown for shown in opened.values()}.values()))
        return {one.key: Receipt(ids[one.key], opened[one.case_key].case_id, new=True) for one in arrivals}


async def _known(work: Work, batch: Sequence[Mention]) -> dict[Key, Receipt]:
    return _receipts(await mentions.known(work, {key_of(one) for one in batch}))


def _receipts(found: Mapping[Key, tuple[int, int]]) -> dict[Key, Receipt]:
    return {key: Receipt(*pair, new=False) for key, pair in found.items()}
