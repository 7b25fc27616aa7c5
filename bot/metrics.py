"""/metrics: the reading of the house in Prometheus' words."""

from collections.abc import Collection, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from handlers.vitals import Reading
from handlers.watch.findings import CODES

SEVERITIES = ("low", "normal", "high", "critical")


class _Families:
    """Hands one reading to prometheus-client."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    def collect(self) -> Iterator[Metric]:
        reading = self.reading
        for table, rows in reading.totals.items():
            yield GaugeMetricFamily(f"tocsin_{table}_stored", f"{table} ever stored", rows)
        by_severity = GaugeMetricFamily("tocsin_cases_open", "open cases", labels=["severity"])
        for number, word in enumerate(SEVERITIES):
            by_severity.add_metric([word], reading.by_severity.get(number, 0))
        yield by_severity
        yield GaugeMetricFamily("tocsin_cases_unowned", "open cases without an owner", reading.unowned)
        yield GaugeMetricFamily("tocsin_oldest_unowned_seconds", "age of the oldest of them", _age(reading, reading.oldest_unowned_at))
        yield from self._outbox()
        yield from self._doors()

    def _outbox(self) -> Iterator[Metric]:
        rows = GaugeMetricFamily("tocsin_outbox_rows", "outbox rows that have not left", labels=["lane", "state"])
        oldest = GaugeMetricFamily("tocsin_outbox_oldest_seconds", "age of the oldest of them", labels=["lane", "state"])
        for one in self.reading.backlog:
            rows.add_metric([one.lane, one.state], one.rows)
            oldest.add_metric([one.lane, one.state], _age(self.reading, one.oldest_at))
        yield rows
        yield oldest

    def _doors(self) -> Iterator[Metric]:
        well = GaugeMetricFamily("tocsin_door_up", "1 when the door lets through", labels=["door"])
        last = GaugeMetricFamily("tocsin_door_last_success_timestamp_seconds", "when it last did", labels=["door"])
        for door in self.reading.doors:
            well.add_metric([door.door], float(door.state == "well"))
            if door.last_success_at:
                last.add_metric([door.door], door.last_success_at.timestamp())
        yield well
        yield last


def _age(reading: Reading, since: datetime | None) -> float:
    return (reading.at - since).total_seconds() if since else 0.0


class _Findings:
    """Every code there is, so that an alert can be written before the first bad day."""

    def __init__(self, found: Collection[str]) -> None:
        self.found = found

    def collect(self) -> Iterator[Metric]:
        watch = GaugeMetricFamily("tocsin_watch", "1 when the watch found this wrong with the house", labels=["finding"])
        for code in CODES:
            watch.add_metric([code], float(code in self.found))
        yield watch


def exposition(reading: Reading | None, found: Collection[str]) -> bytes:
    """Without a reading only what the watch found."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Findings(found))
    if reading:
        registry.register(_Families(reading))
    return generate_latest(registry)
