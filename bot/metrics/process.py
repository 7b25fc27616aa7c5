"""What one process knows of itself: what it answered, sent and did by the clock since it began, and what the watch finds wrong now."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Protocol

from prometheus_client import GC_COLLECTOR, PLATFORM_COLLECTOR, PROCESS_COLLECTOR
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily, Metric, SummaryMetricFamily

from handlers.tally import EDGES, Durations, Tally
from handlers.watch.findings import CODES

VERSION = "0.1.0"  # as in pyproject.toml, which a container does not have
BUILT = (PROCESS_COLLECTOR, PLATFORM_COLLECTOR, GC_COLLECTOR)


class Ticking(Protocol):
    @property
    def turns(self) -> Tally:
        """By tick and outcome."""
        ...

    def ages(self) -> Mapping[str, float]:
        """Seconds since each tick last ended well, or since we began."""
        ...


@dataclass(frozen=True)
class Own:
    """Requests by door and kind of answer, sends by destination and outcome."""

    ticking: Ticking | None = None
    requests: Tally = field(default_factory=Tally)
    sends: Tally = field(default_factory=Tally)


@dataclass(frozen=True, eq=False)
class OfProcess:
    own: Own

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("tocsin_build", "which version this is", {"version": VERSION})
        what = "tocsin_http_request_duration_seconds"
        yield _histogram(HistogramMetricFamily(what, "requests, until the answer ended", labels=["door", "answer"]), self.own.requests)
        what = "tocsin_send_duration_seconds"
        yield _histogram(
            HistogramMetricFamily(what, "attempts to send, from their claim", labels=["destination", "outcome"]), self.own.sends
        )
        if self.own.ticking:
            yield from _ticks(self.own.ticking)


def _ticks(ticking: Ticking) -> Iterator[Metric]:
    took = SummaryMetricFamily("tocsin_tick_duration_seconds", "turns of what the clock does", labels=["tick", "outcome"])
    for key, durations in ticking.turns.of.items():
        took.add_metric(key, durations.n, durations.seconds)
    yield took
    age = GaugeMetricFamily("tocsin_tick_age_seconds", "since it last ended well", labels=["tick"])
    for name, seconds in ticking.ages().items():
        age.add_metric([name], seconds)
    yield age


def _histogram(family: HistogramMetricFamily, tally: Tally) -> Metric:
    for key, durations in tally.of.items():
        family.add_metric(key, _buckets(durations), durations.seconds)
    return family


def _buckets(durations: Durations) -> Sequence[tuple[str, float]]:
    """Each with the shorter ones, as Prometheus has it."""
    names = [*(str(edge) for edge in EDGES), "+Inf"]
    return list(zip(names, map(float, accumulate(durations.up_to)), strict=True))


@dataclass(frozen=True, eq=False)
class Findings:
    """Every code there is, so that an alert can be written before the first bad day."""

    found: Collection[str]
    has_rows: bool

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("tocsin_database_up", "1 when the database answered", float(self.has_rows))
        watch = GaugeMetricFamily("tocsin_watch", "1 when the watch found this wrong with the house", labels=["finding"])
        for code in CODES:
            watch.add_metric([code], float(code in self.found))
        yield watch
