"""The plain way to the same numbers: counted over the rows themselves each time that somebody asks."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from handlers.insight.figures import Figures
from storage.database import Store, Work
from storage.status import Counts
from storage.tables import case_tags, cases, escalations, mentions, outbox

SURE, ANGRY, UPSET = 0.35, 0.6, 0.3
_stands = case_tags.c.is_set.is_(sa.true()) | (case_tags.c.is_set.is_(None) & (case_tags.c.confidence >= SURE))
_seen = ~cases.c.exercise
_open = _seen & (cases.c.status != "closed")


async def _counted(work: Work, key: Any, source: Any, *where: Any) -> dict[Any, int]:
    query = sa.select(key, sa.func.count()).select_from(source).where(*where).group_by(key)
    return {row[0]: row[1] for row in await work.execute(query)}


async def status(store: Store) -> dict[str, Any]:
    """What `/crisis-status` counts."""
    tagged, laddered = (
        case_tags.join(cases, cases.c.id == case_tags.c.case_id),
        escalations.join(cases, cases.c.id == escalations.c.case_id),
    )
    async with store.read() as work:
        found: dict[str, Any] = {
            name: await _counted(work, cases.c[name], cases, _open) for name in ("severity", "network", "language", "crisis")
        }
        unowned = sa.select(sa.func.count(), sa.func.min(cases.c.opened_at)).where(_open, cases.c.owner_id.is_(None))
        found["unowned"], found["oldest"] = (await work.execute(unowned)).one()
        found["tag"] = await _counted(work, case_tags.c.tag, tagged, _open, _stands)
        found["ladder"] = await _counted(work, escalations.c.state, laddered, _open)
        lanes = sa.select(outbox.c.lane, outbox.c.state, sa.func.count(), sa.func.min(outbox.c.created_at)).where(outbox.c.state != "sent")
        found["lanes"] = [
            tuple(row) for row in await work.execute(lanes.group_by(outbox.c.lane, outbox.c.state).order_by(outbox.c.lane, outbox.c.state))
        ]
    return found


def same_status(plain: Mapping[str, Any], counts: Counts) -> bool:
    told = (
        counts.by_severity,
        counts.by_network,
        counts.by_language,
        counts.by_tag,
        counts.unowned,
        counts.oldest_unowned_at,
        counts.crisis,
    )
    so = (
        plain["severity"],
        plain["network"],
        plain["language"],
        plain["tag"],
        plain["unowned"],
        plain["oldest"],
        plain["crisis"].get(True, 0),
    )
    return told == so


async def arrivals(store: Store, since: datetime, until: datetime) -> dict[str, dict[Any, int]]:
    """What came in, for a digest; no times, no ladders, no words."""
    anger = mentions.c.suggestion["anger"].as_float()
    mood = sa.case((anger >= ANGRY, "angry"), (anger >= UPSET, "upset"), else_="calm")
    hour = (
        sa.func.date_trunc("hour", mentions.c.received_at)
        if store.on_postgresql
        else sa.func.strftime("%Y-%m-%d %H", mentions.c.received_at)
    )
    of_case, tagged = mentions.join(cases, cases.c.id == mentions.c.case_id), case_tags.join(cases, cases.c.id == case_tags.c.case_id)
    came = (mentions.c.received_at >= since, mentions.c.received_at < until, _seen)
    began = (cases.c.opened_at >= since, cases.c.opened_at < until, _seen)
    keys = {"network": mentions.c.network, "language": mentions.c.language, "mood": mood, "hour": hour}
    async with store.read() as work:
        found = {name: await _counted(work, key, of_case, *came) for name, key in keys.items()}
        found["severity"] = await _counted(work, cases.c.severity, cases, *began)
        found["tag"] = await _counted(work, case_tags.c.tag, tagged, *began, _stands)
    return found


def same_arrivals(plain: Mapping[str, Mapping[Any, int]], figures: Figures) -> bool:
    came = figures.arrivals
    pairs = ((came.networks, "network"), (came.languages, "language"), (came.moods, "mood"), (came.tags, "tag"))
    by_name = all({one.name: one.n for one in told if one.n} == plain[name] for told, name in pairs)
    return (
        by_name
        and came.mentions.n == sum(plain["hour"].values())
        and Counter(one.n for one in came.severities if one.n) == Counter(plain["severity"].values())
    )
