"""What FLOW may let pass without people: its own rule, asked again whenever it counts. And how FLOW sees a version."""

from flows.answers import Subject
from flows.flow import Flow
from flows.severity import Severity
from storage import cases, statements
from storage.cases import Case
from storage.database import Work
from storage.drafts import Version

UNSUPPORTED = ("unsupported",)


async def subject_of(work: Work, case: Case, version: Version) -> Subject:
    """How FLOW sees a version now. A tag that nobody has denied counts: it is safer to ask one more person."""
    tags = frozenset(tag.tag for tag in await cases.tags_of(work, case.id) if tag.is_set is not False)
    return Subject(tags, Severity(case.severity), case.kind, version.checks, case.crisis, version.private)


async def passes(work: Work, flow: Flow, case: Case, version: Version) -> bool:
    """Whether FLOW has a rule (none by default) that lets this version pass as things stand now."""
    rule = flow.answers.rule
    if rule is None:
        return False
    return rule.passes(await subject_of(work, case, version), from_statement=await _from_statement(work, version))


async def _from_statement(work: Work, version: Version) -> bool:
    """Whether every assertion of the version stands in the approved statement that it rests on."""
    found = await statements.get(work, version.statement_id) if version.statement_id else None
    latest = await statements.latest(work, found.crisis_id, found.kind) if found else None
    if found is None or latest is None or latest.id != found.id:
        return False
    from flows.checks import Draft, Fact, Surroundings, check  # noqa: PLC0415 - numpy loads after the bot is ready

    said = tuple(Fact(text) for text in found.texts.values())
    return not check(Draft(version.text, version.language, version.private), Surroundings(facts=said), only=UNSUPPORTED)
