"""/metrics: the reading of the house, and what this process has done, in Prometheus' words."""

from collections.abc import Collection, Iterator
from typing import Protocol

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric

from bot.metrics.process import BUILT, Findings, OfProcess, Own
from bot.metrics.rows import OfRows
from handlers.vitals import Reading

__all__ = ["Own", "exposition"]


class _Part(Protocol):
    def collect(self) -> Iterator[Metric]: ...


def exposition(reading: Reading | None, found: Collection[str], own: Own) -> bytes:
    """Without a reading only what the watch found and what this process knows of itself."""
    registry = CollectorRegistry(auto_describe=False)
    parts: list[_Part] = [Findings(found, has_rows=reading is not None), OfProcess(own), *([OfRows(reading)] if reading else [])]
    for part in parts:
        registry.register(part)
    for built in BUILT:
        registry.register(built)
    return generate_latest(registry)
