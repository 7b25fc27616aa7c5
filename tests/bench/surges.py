"""When a spike would have been told on real streams: the beginning of each crisis, and how often on quiet days.

`python -m tests.bench.surges`; the last line is JSON. The streams are read from a folder beside the repository and not shipped.
"""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.surge import FEWEST, REACH, Past, Wave, floor, is_over, last_hour, usual

DATA = Path(__file__).parents[2].parent / "shared/data"
CRISES = DATA / "crisislex_t26_minutecounts"
QUIET = {"banks (es)": DATA / "banks_es_2020/tweets.csv", "telecom (fr)": DATA / "free_telecom_fr/ordinary_stream.csv"}
MINUTE = timedelta(minutes=1)
EACH = 5  # minutes between two looks; the bot looks each minute


@dataclass
class Watched:
    """A stream as the clock sees it: a look every few minutes, over counts by quarters of an hour."""

    minutes: Counter[datetime]
    counts: Counter[datetime] = field(default_factory=Counter)
    past: Past = field(default_factory=lambda: Past(None))

    def told(self) -> Iterator[tuple[datetime, int, int]]:
        """(when, how many in that hour, how many would have been no surprise) of each spike."""
        self.past = Past(floor(min(self.minutes)))
        for at in _minutes(self.minutes):
            self.counts[floor(at)] += self.minutes[at]
            if at.minute % EACH == 0 and (found := self._look(at)):
                yield found

    def _look(self, at: datetime) -> tuple[datetime, int, int] | None:
        count = last_hour(self.counts, at)
        lasting = [wave for wave in self.past.waves if wave.over_at is None]
        if lasting:
            ended = [replace(wave, over_at=at) if is_over(count, at, wave) else wave for wave in lasting]
            self.past = replace(self.past, waves=(*self.past.waves[:-1], *ended))
            return None
        if count < FEWEST or count <= (bound := usual(self.counts, at, self.past)):
            return None
        kept = [wave for wave in self.past.waves if at - wave.seen_at < REACH]
        self.past = replace(self.past, waves=(*kept, Wave(at, bound, None)))
        return at, count, bound


def _minutes(minutes: Counter[datetime]) -> Iterator[datetime]:
    at = min(minutes)
    while at <= max(minutes):
        yield at
        at += MINUTE


def _read(file: Path, column: str, count: str = "") -> Counter[datetime]:
    found: Counter[datetime] = Counter()
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            at = datetime.fromisoformat(row[column]).astimezone(UTC)
            found[at.replace(second=0, microsecond=0)] += int(row[count]) if count else 1
    return found


def crises() -> Iterator[dict[str, object]]:
    """Each crisis: the minute of the first spike told, how many messages had come by then, the share of all that was still to come."""
    for file in sorted(CRISES.glob("*.csv")):
        minutes = _read(file, "minute_utc", "tweets")
        told = list(Watched(minutes).told())
        busiest = max(minutes, key=lambda at: sum(minutes[at + n * MINUTE] for n in range(60)))
        first = told[0] if told else None
        come = sum(n for at, n in minutes.items() if first and at <= first[0])
        yield {
            "crisis": file.stem,
            "told": len(told),
            "days": (max(minutes) - min(minutes)).days + 1,
            "first": first[0].strftime("%m-%d %H:%M") if first else None,
            "in_the_hour": first[1] if first else None,
            "come_before": come,
            "share_before": round(come / sum(minutes.values()), 3),
            "hours_before_the_peak": round((busiest - first[0]).total_seconds() / 3600, 1) if first else None,
        }


def quiet() -> Iterator[dict[str, object]]:
    for name, file in QUIET.items():
        minutes = _read(file, "time_utc")
        if "fr" in name:  # the months in which the export is whole
            minutes = Counter({at: n for at, n in minutes.items() if at >= datetime(2024, 7, 1, tzinfo=UTC)})
        told = list(Watched(minutes).told())
        days = (max(minutes) - min(minutes)).days + 1
        shown = [f"{at:%m-%d %H:%M} {count}>{bound}" for at, count, bound in told]
        yield {"stream": name, "messages": sum(minutes.values()), "days": days, "told": len(told), "spikes": shown}


def _shown(rows: Iterable[dict[str, object]]) -> list[dict[str, object]]:
    kept = []
    for row in rows:
        print(*(f"{key} {value}" for key, value in row.items()), sep=" · ", flush=True)
        kept.append(row)
    return kept


def main() -> None:
    if not CRISES.is_dir():
        print(json.dumps({"skipped": f"no {CRISES}"}))
        return
    events, days = _shown(crises()), _shown(quiet())
    spanned, told = sum(int(str(one["days"])) for one in days), sum(int(str(one["told"])) for one in days)
    print(json.dumps({"crises": len(events), "seen": sum(bool(one["told"]) for one in events), "quiet_days": spanned, "told_then": told}))


if __name__ == "__main__":
    main()
