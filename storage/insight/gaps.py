"""When a door did not let through."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.tables import gaps

_g = gaps.c
MOST = 100


async def within(work: Work, since: datetime, until: datetime) -> Sequence[sa.Row[Any]]:
    """Rows of door, state, reason, since, until: the latest gaps that lie at least in part within a period, in their order."""
    lasted = (_g.until.is_(None) | (_g.until > since)) & _g.door.not_like("%:token")  # an access that ends soon keeps nothing from us yet
    rows = (await work.execute(sa.select(gaps).where(_g.since < until, lasted).order_by(_g.since.desc(), _g.id.desc()).limit(MOST))).all()
    return rows[::-1]
