"""FLOWs as they were when a case began: by the digest of their content, for as long as a case lives by them."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.tables import flows


async def of(work: Work, digest: str) -> Mapping[str, Any] | None:
    row = (await work.execute(sa.select(flows.c.snapshot, flows.c.ladders).where(flows.c.digest == digest))).first()
    if row is None:
        return None
    return {**row.snapshot, **({"ladders": row.ladders} if row.ladders is not None else {})}


async def keep(work: Work, digest: str, name: str, version: int, snapshot: Mapping[str, Any]) -> None:
    """Remember a FLOW for as long as a case lives by it."""
    known = {key: value for key, value in snapshot.items() if key != "ladders"}
    row = {"digest": digest, "name": name, "version": version, "snapshot": known, "ladders": snapshot.get("ladders")}
    row["first_seen_at"] = await work.now()
    await work.execute(work.insert(flows).values(row).on_conflict_do_nothing())
