"""The figures of a period as anybody would count them by hand: every row read, one after the other."""

import statistics
from collections import Counter
from datetime import datetime, timedelta

import sqlalchemy as sa

from storage import tables
from storage.database import Store

NAMES = (
    "mentions",
    "cases",
    "case_tags",
    "deadlines",
    "drafts",
    "versions",
    "approvals",
    "replies",
    "calls",
    "escalations",
    "people",
    "timeline",
    "callbacks",
)
EDGES = (300, 900, 1800, 3600, 7200, 14400, 28800, 86400)


def spread(lengths):
    """(how many, median, p90) to the millisecond."""
    if len(lengths) < 2:
        return (len(lengths), *(lengths * 2 or (None, None)))
    return len(lengths), round(statistics.median(lengths), 3), round(statistics.quantiles(lengths, n=10, method="inclusive")[8], 3)


def rounded(one):
    """The same of a Spread."""
    return one.n, one.median if one.median is None else round(one.median, 3), one.p90 if one.p90 is None else round(one.p90, 3)


class Plainly:
    """Drills are taken out where the rows are read."""

    def __init__(self, rows: dict, since: datetime, until: datetime, now: datetime) -> None:
        self.rows, self.since, self.until, self.now = rows, since, until, now
        self.case = {one.id: one for one in rows["cases"] if not one.exercise}
        self.person = {one.id: one.name for one in rows["people"]}
        self.draft = {one.id: one for one in rows["drafts"] if one.case_id in self.case}
        self.version = {one.id: one for one in rows["versions"] if one.draft_id in self.draft}

    @classmethod
    async def read(cls, store: Store, since: datetime, until: datetime) -> "Plainly":
        async with store.read() as work:
            rows = {name: list(await work.execute(sa.select(tables.metadata.tables[name]))) for name in NAMES}
            return cls(rows, since, until, await work.now())

    def falls(self, moment):
        return moment is not None and self.since <= moment < self.until

    def of_cases(self, name):
        return [one for one in self.rows[name] if one.case_id in self.case]

    def mentions(self):
        return [one for one in self.of_cases("mentions") if self.falls(one.received_at)]

    def begun(self):
        return [one for one in self.case.values() if self.falls(one.opened_at)]

    def networks(self):
        return Counter(one.network for one in self.mentions())

    def moods(self):
        anger = [one.suggestion.get("anger", 0) for one in self.mentions()]
        return Counter("angry" if one >= 0.6 else "upset" if one >= 0.3 else "calm" for one in anger)

    def severities(self):
        return Counter(("low", "normal", "high", "critical")[one.severity] for one in self.begun())

    def tags(self):
        begun = {one.id for one in self.begun()}
        stands = [one for one in self.rows["case_tags"] if one.is_set or (one.is_set is None and (one.confidence or 0) >= 0.35)]
        return Counter(one.tag for one in stands if one.case_id in begun)

    def hours(self):
        length = -(-(self.until - self.since) // timedelta(hours=1))
        found = Counter((one.received_at - self.since) // timedelta(hours=1) for one in self.mentions())
        return [found[place] for place in range(length)]

    def answered(self):
        return [(one.answered_at - one.opened_at).total_seconds() for one in self.case.values() if self.falls(one.answered_at)]

    def bins(self):
        lengths = self.answered()
        within = [sum(one <= edge for one in lengths) for edge in EDGES]
        return [more - fewer for fewer, more in zip([0, *within], [*within, len(lengths)], strict=True)]

    def closed(self):
        mine = [one for one in self.case.values() if self.falls(one.closed_at) and one.erased_at != one.closed_at]
        return [(one.closed_at - one.opened_at).total_seconds() for one in mine]

    def clocks(self, *kinds, critical=False):
        """(due, in time)."""
        due = [one for one in self.of_cases("deadlines") if one.kind in kinds and self.falls(one.due_at) and one.due_at < self.now]
        due = [one for one in due if (one.paused_at is None or one.met_at) and (not critical or one.severity == 3)]
        return len(due), sum(bool(one.met_at and (one.paused_at or one.met_at <= one.due_at)) for one in due)

    # --- ladders

    def steps(self):
        """The calls of ladders, by case and climb."""
        found: dict = {}
        for one in self.of_cases("calls"):
            if one.step is not None:
                found.setdefault((one.case_id, one.climb), []).append(one)
        return found

    def said(self):
        """(case, climb, ladder, step, person, at) of whoever took a case that a ladder had called for."""
        found = []
        for key, made in self.steps().items():
            found += [(*key, one.ladder, one.step, one.person_id, one.acknowledged_at) for one in made if one.acknowledged_at]
        known = {(case, person, at) for case, _, _, _, person, at in found}
        for one in self.of_cases("escalations"):
            made = [call for (case, _), calls in self.steps().items() for call in calls if case == one.case_id]
            made = [call for call in made if one.acknowledged_at and call.called_at <= one.acknowledged_at]
            if made and (one.case_id, one.acknowledged_by, one.acknowledged_at) not in known:
                last = max(made, key=lambda call: (call.climb, call.step))
                found.append((one.case_id, last.climb, last.ladder, last.step, one.acknowledged_by, one.acknowledged_at))
        return found

    def acknowledged(self):
        firsts: dict = {}
        for case, climb, _, _, _, at in self.said():
            firsts[case, climb] = min(at, firsts.get((case, climb), at))
        return [(at - min(one.called_at for one in self.steps()[key])).total_seconds() for key, at in firsts.items() if self.falls(at)]

    def who(self):
        """(ladder, step) → who acknowledged."""
        found: dict = {}
        for _, _, ladder, step, person, at in self.said():
            if self.falls(at):
                found.setdefault((ladder, step + 1), Counter())[self.person[person]] += 1
        return found

    def told(self):
        """(ladder, step) → (called, not told)."""
        made = [one for calls in self.steps().values() for one in calls if self.falls(one.called_at)]
        called = Counter((one.ladder, one.step + 1) for one in made)
        lost = Counter((one.ladder, one.step + 1) for one in made if one.failed_at and not one.told_at)
        return {key: (n, lost[key]) for key, n in called.items()}

    def ran_out(self):
        """(ladder, step) → how often the record has the next step told after it, but where somebody had put the case off."""
        found: Counter = Counter()
        last: dict = {}
        for link in sorted(self.rows["timeline"], key=lambda one: one.id):
            if link.act == "step_told" and int(link.chain.removeprefix("case:")) in self.case:
                told = link.payload
                put_off = last[link.chain].act == "snooze_over"
                if self.falls(link.at) and told["step"] > 1 and told["people"] and not put_off:
                    found[told["ladder"], told["step"] - 1] += 1
            last[link.chain] = link
        return found

    # --- approvals and replies

    def approved(self):
        lengths = []
        for one in self.rows["replies"]:
            given = [yes for yes in self.rows["approvals"] if yes.version_id == one.version_id]
            last = max(given, key=lambda yes: yes.at) if given and one.version_id in self.version else None
            if last and last.person_id and self.falls(last.at):
                lengths.append((last.at - self.version[one.version_id].created_at).total_seconds())
        return lengths

    def rejected(self):
        return [one for one in self.draft.values() if one.status == "rejected" and self.falls(one.ended_at)]

    def findings(self):
        mine = [one for one in self.version.values() if self.falls(one.created_at)]
        return Counter(name for one in mine for name in {finding["check"] for finding in one.findings})

    def sent(self):
        return Counter(
            self.case[one.case_id].network for one in self.of_cases("replies") if one.state == "sent" and self.falls(one.sent_at)
        )

    def waiting(self):
        """(open, unowned, the longest without a first answer)."""
        open_ones = [one for one in self.case.values() if one.status != "closed"]
        unanswered = sorted((one.opened_at, one.id) for one in open_ones if one.answered_at is None)
        return len(open_ones), sum(one.owner_id is None for one in open_ones), unanswered[0][1] if unanswered else None
