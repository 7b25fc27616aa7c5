"""Finds a draft that the network would not take, counted as the network counts."""

from __future__ import annotations

from collections.abc import Iterator

from flows.checks.draft import Finding
from flows.checks.reading import Reading


def length(reading: Reading) -> Iterator[Finding]:
    draft = reading.draft
    if draft.network_limit is None:
        return
    found = draft.length(draft.text)
    if found > draft.network_limit:
        start = min(draft.network_limit, len(draft.text))
        yield Finding("length", start, len(draft.text), "finding.length", {"length": found, "limit": draft.network_limit}, None)
