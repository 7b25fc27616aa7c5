"""What people say of many cases at once: tags set or taken off, and the clicks that the machine learns from."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from storage.cases import CaseTag
from storage.database import Work
from storage.tables import case_tags, cases, clicks


async def of_cases(work: Work, case_ids: Sequence[int]) -> dict[int, dict[str, CaseTag]]:
    """Case id → tag → what the machine and people say of it."""
    c = case_tags.c
    found: dict[int, dict[str, CaseTag]] = {case_id: {} for case_id in case_ids}
    for row in await work.execute(sa.select(c.case_id, c.tag, c.confidence, c.is_set).where(c.case_id.in_(case_ids))):
        found[row.case_id][row.tag] = CaseTag(row.tag, row.confidence, row.is_set)
    return found


async def keep(work: Work, said: Sequence[Mapping[str, Any]]) -> None:
    """Rows of case_id, tag, person_id, is_set, in their order: the tags stand so from now on, and each word is a click kept for ever."""
    now = await work.now()
    new = work.insert(case_tags)
    newer = {name: new.excluded[name] for name in ("is_set", "set_by", "set_at")}
    standing = {(row["case_id"], row["tag"]): row for row in said}
    rows = [
        {"case_id": case_id, "tag": tag, "is_set": row["is_set"], "set_by": row["person_id"], "set_at": now}
        for (case_id, tag), row in sorted(standing.items())
    ]
    await work.execute(new.on_conflict_do_update(index_elements=["case_id", "tag"], set_=newer), rows)
    words = [
        {"case_id": row["case_id"], "person_id": row["person_id"], "word": row["tag"], "truth": row["is_set"], "at": now} for row in said
    ]
    await work.execute(sa.insert(clicks), words)


async def grade(work: Work, severities: Mapping[int, int]) -> None:
    """Case id → its severity from now on."""
    one = sa.update(cases).where(cases.c.id == sa.bindparam("case")).values(severity=sa.bindparam("grade"))
    await work.execute(one, [{"case": case_id, "grade": severity} for case_id, severity in sorted(severities.items())])
