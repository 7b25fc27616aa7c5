"""What came in: mentions and cases of a period, from what is counted as they come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from storage import counts
from storage.database import Work
from storage.tables import case_counts, mention_counts, tag_counts

Sums = Mapping[str, int]


@dataclass(frozen=True)
class Came:
    """How many, most first; severities by their number."""

    networks: Sums
    languages: Sums
    moods: Sums
    tags: Sums
    severities: Mapping[int, int]

    @property
    def mentions(self) -> int:
        return sum(self.networks.values())

    @property
    def cases(self) -> int:
        return sum(self.severities.values())


async def came(work: Work, since: datetime, until: datetime) -> Came:
    """Mentions by network, language and mood, cases by tag and severity."""
    networks, languages, moods = [
        dict(await counts.within(work, mention_counts, since, until, name)) for name in ("network", "language", "mood")
    ]
    tags = dict(await counts.within(work, tag_counts, since, until, "tag"))
    severities = dict(await counts.within(work, case_counts, since, until, "severity"))
    return Came(networks, languages, moods, tags, severities)


async def by_quarter(work: Work, since: datetime, until: datetime) -> list[tuple[datetime, int]]:
    """(quarter of an hour, mentions in it) where there were any."""
    return sorted((at, n) for at, n in await counts.within(work, mention_counts, since, until, "quarter"))


async def tags_by_quarter(work: Work, since: datetime, until: datetime) -> list[tuple[datetime, str, int]]:
    """(quarter of an hour, tag, cases that began in it and have it)."""
    return sorted((at, tag, n) for at, tag, n in await counts.within(work, tag_counts, since, until, "quarter", "tag"))
