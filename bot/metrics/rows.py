"""What every process reads alike in the rows: what came in, how it stands, what waits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from bot.metrics.named import Named
from handlers.vitals import Reading

SEVERITIES = ("low", "normal", "high", "critical")
LADDERS = ("climbing", "acknowledged", "snoozed", "unanswered", "over")
HOLDS = ("silent", "holding", "off")


@dataclass(frozen=True, eq=False)
class OfRows:
    """Hands one reading to prometheus-client."""

    reading: Reading

    def collect(self) -> Iterator[Metric]:
        yield _gauge("tocsin_database_query_seconds", "until the database answered", self.reading.seconds)
        yield from self._came()
        yield from self._cases()
        yield from self._answers()
        yield from self._digests()
        yield from self._crisis()
        yield from self._outbox()
        yield from self._doors()

    def _came(self) -> Iterator[Metric]:
        by_network = Named(self.reading.mentions)
        mentions = CounterMetricFamily("tocsin_mentions", "messages that came in, drills apart", labels=["network"])
        for network, counts in by_network.together(self.reading.mentions.items()):
            mentions.add_metric([network], sum(counts))
        yield mentions
        yield CounterMetricFamily("tocsin_cases", "cases that began, drills apart", self.reading.cases)

    def _cases(self) -> Iterator[Metric]:
        reading = self.reading
        cases = GaugeMetricFamily("tocsin_cases_open", "open cases", labels=["severity", "crisis"])
        for number, word in enumerate(SEVERITIES):
            for crisis in (True, False):
                cases.add_metric([word, str(crisis).lower()], reading.open.get((number, crisis), 0))
        yield cases
        yield _gauge("tocsin_cases_unowned", "open cases without an owner", reading.unowned)
        yield self._age("tocsin_oldest_unowned_seconds", "age of the oldest of them", reading.oldest_unowned_at)
        yield _by("tocsin_escalations", "open cases by where their ladder stands", "state", dict.fromkeys(LADDERS, 0) | {**reading.ladders})

    def _answers(self) -> Iterator[Metric]:
        answered, queues = self.reading.answered, self.reading.queues
        yield self._age("tocsin_oldest_unanswered_seconds", "how long the longest has waited for a first answer", answered.oldest_at)
        yield _gauge("tocsin_first_answers_last_hour", "cases first answered within the last hour", answered.n)
        took = GaugeMetricFamily("tocsin_first_answer_seconds", "how long they had waited", labels=["quantile"])
        for quantile, seconds in (("0.5", answered.median), ("0.9", answered.p90)):
            if seconds is not None:
                took.add_metric([quantile], seconds)
        yield took
        yield _by("tocsin_drafts", "drafts under way", "status", queues.drafts.by_state)
        yield self._age("tocsin_oldest_approval_seconds", "age of the oldest draft that waits for approval", queues.drafts.oldest_at)
        yield _by("tocsin_replies_unsent", "approved replies that have not left", "state", queues.replies)

    def _digests(self) -> Iterator[Metric]:
        queues = self.reading.queues
        yield _gauge("tocsin_digest_subscriptions", "subscriptions that stand", queues.subscriptions)
        yield _by("tocsin_digests_last_day", "digests owed within the last day", "state", queues.digests.by_state)
        yield self._age("tocsin_oldest_digest_seconds", "since the oldest that has not left was owed", queues.digests.oldest_at)
        lasting, seen = queues.spikes
        yield _gauge("tocsin_spikes_lasting", "spikes that last", lasting)
        yield CounterMetricFamily("tocsin_spikes", "spikes ever seen", seen)

    def _crisis(self) -> Iterator[Metric]:
        crisis = self.reading.crisis
        yield _gauge("tocsin_crisis_open", "1 while a crisis is open", float(crisis is not None))
        hold = str(crisis.hold) if crisis else "off"
        yield _by("tocsin_hold", "1 for the hold that is on", "hold", {word: float(word == hold) for word in HOLDS})
        yield self._age("tocsin_hold_seconds", "how long anything has been held", crisis.hold_since if crisis else None)
        if crisis:
            yield _gauge("tocsin_crisis_aware_timestamp_seconds", "when we came to know of it", crisis.aware_at.timestamp())

    def _outbox(self) -> Iterator[Metric]:
        backlog = self.reading.backlog
        lanes = Named(one.lane for one in sorted(backlog, key=lambda one: -one.rows))
        rows = GaugeMetricFamily("tocsin_outbox_rows", "outbox rows that have not left", labels=["lane", "state"])
        oldest = GaugeMetricFamily("tocsin_outbox_oldest_seconds", "age of the oldest of them", labels=["lane", "state"])
        for (lane, state), those in lanes.together(((one.lane, one.state), one) for one in backlog):
            rows.add_metric([lane, state], sum(one.rows for one in those))
            oldest.add_metric([lane, state], self._since(min(one.oldest_at for one in those)))
        yield rows
        yield oldest

    def _doors(self) -> Iterator[Metric]:
        """Of doors that share a name it lets through when all do."""
        well = GaugeMetricFamily("tocsin_door_up", "1 when the door lets through", labels=["door"])
        last = GaugeMetricFamily("tocsin_door_last_success_timestamp_seconds", "when it last did", labels=["door"])
        doors = sorted(self.reading.doors, key=lambda one: one.state == "well")
        for name, those in Named(one.door for one in doors).together((one.door, one) for one in doors):
            well.add_metric([name], float(all(one.state == "well" for one in those)))
            let_through = [one.last_success_at.timestamp() for one in those if one.last_success_at]
            if let_through:
                last.add_metric([name], max(let_through))
        yield well
        yield last

    def _age(self, name: str, said: str, since: datetime | None) -> Metric:
        return _gauge(name, said, self._since(since))

    def _since(self, at: datetime | None) -> float:
        """0 when there is none."""
        return (self.reading.at - at).total_seconds() if at else 0.0


def _gauge(name: str, said: str, value: float) -> Metric:
    return GaugeMetricFamily(name, said, value)


def _by(name: str, said: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, said, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
