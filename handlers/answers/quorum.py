"""Who must say yes to a version, who has, and whether that is enough; asked when somebody clicks and again at the gate."""

from collections.abc import Sequence

from flows.answers import Stage
from flows.approvals import Standing, Yes, spent, stage_for, standing, stands_in
from flows.flow import Flow
from handlers.answers.rules import passes, subject_of
from storage import approvals, people
from storage.approvals import Approval
from storage.cases import Case
from storage.database import Work
from storage.drafts import Version
from storage.people import Person


async def stages_of(work: Work, flow: Flow, case: Case, version: Version) -> tuple[Stage, ...]:
    """The stages that FLOW asks for, by how the case stands now."""
    return flow.answers.stages_for(await subject_of(work, case, version))


async def is_approved(work: Work, flow: Flow, case: Case, version: Version) -> bool:
    """Whether the approvals that stand are of exactly this text, and all that FLOW asks for now."""
    return (await how_it_stands(work, flow, case, version)).done


async def how_it_stands(work: Work, flow: Flow, case: Case, version: Version) -> Standing:
    given = await _given(work, version)
    if any(one.rule for one in given) and await passes(work, flow, case, version):
        return Standing(done=True, waiting=None, have=1, need=1)
    return standing(await stages_of(work, flow, case, version), _yeses(given), version.author_id)


async def turn_of(work: Work, flow: Flow, case: Case, version: Version, person: Person) -> approvals.Yes | None:
    """The yes that this person could say now, perhaps in somebody's place; None when it is not theirs to say."""
    stages, given = await stages_of(work, flow, case, version), _yeses(await _given(work, version))
    if not given and not _reads(version, person):
        return None  # no check could read it, so somebody must who speaks the language
    own = stage_for(person.roles, stages, given, person.id, version.author_id)
    if own:
        return approvals.Yes(own.name, person.id)
    waiting = standing(stages, given, version.author_id).waiting
    if waiting is None:
        return None
    said, reminded = spent(stages, given, version.author_id), version.reminded_at is not None
    absent = stands_in(person, waiting, await people.everyone(work), await work.now(), reminded=reminded, spent=said)
    return approvals.Yes(waiting.name, person.id, stands_in_for=absent.id) if absent else None


async def editors_yes(work: Work, flow: Flow, case: Case, revised: Version, editor: Person, turn: approvals.Yes) -> approvals.Yes | None:
    """What somebody says to the words that they have just written: at the stage at which the draft waited, if FLOW still has it."""
    still = any(stage.name == turn.stage for stage in await stages_of(work, flow, case, revised))
    return turn if still and _reads(revised, editor) else None


async def approvers_of(work: Work, stage: Stage, version: Version) -> list[Person]:
    """Those whose yes would count for a stage by their own role."""
    able = await people.with_role(work, *stage.roles)
    speaks = [one for one in able if _reads(version, one)]
    return [one for one in speaks or able if one.id != version.author_id]


def _reads(version: Version, person: Person) -> bool:
    return "unchecked" not in version.checks or version.language in person.languages


async def _given(work: Work, version: Version) -> list[Approval]:
    return [one for one in await approvals.of_version(work, version.id) if one.digest == version.digest]


def _yeses(given: Sequence[Approval]) -> tuple[Yes, ...]:
    return tuple(Yes(one.person_id, one.stage, one.stands_in_for) for one in given if one.person_id is not None)
