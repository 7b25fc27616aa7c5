"""The rule of FLOW that may approve by itself: named in the record, with the statement that it trusted."""

from dataclasses import replace

from flows.checks import Draft, Fact, Surroundings, check
from flows.flow import Flow
from handlers.answers.departures import Departures
from handlers.answers.quorum import subject_of
from storage import approvals, drafts, statements, timeline
from storage.approvals import Yes
from storage.cases import Case
from storage.database import Work
from storage.drafts import Version
from storage.timeline import Entry, case_chain
from storage.types import DraftStatus

UNSUPPORTED = ("unsupported",)


async def pass_by_rule(work: Work, flow: Flow, case: Case, version: Version, departures: Departures) -> Version:
    """The version, approved where FLOW has a rule (none by default) that passes it; else as it was."""
    rule = flow.answers.rule
    if rule is None or not rule.passes(await subject_of(work, case, version), from_statement=await _from_statement(work, version)):
        return version
    await approvals.add(work, version, Yes("rule", rule=rule.name))
    await drafts.set_status(work, version.draft_id, DraftStatus.APPROVED)
    approved = replace(version, status=DraftStatus.APPROVED)
    payload = {"draft": version.draft_id, "version": version.number, "digest": version.digest}
    payload |= {"rule": rule.name, "statement": version.statement_id}
    await timeline.append(work, [Entry(case_chain(case.id), "approved_by_rule", payload)])
    await departures.set_out(work, case, approved, sampled=rule.samples(version.digest))
    return approved


async def _from_statement(work: Work, version: Version) -> bool:
    """Whether every assertion of the version stands in the approved statement that it rests on."""
    found = await statements.get(work, version.statement_id) if version.statement_id else None
    latest = await statements.latest(work, found.crisis_id, found.kind) if found else None
    if found is None or latest is None or latest.id != found.id:
        return False
    said = tuple(Fact(text) for text in found.texts.values())
    return not check(Draft(version.text, version.language, version.private), Surroundings(facts=said), only=UNSUPPORTED)
