"""Finds a draft that nearly repeats one of our own recent replies."""

from __future__ import annotations

from collections.abc import Iterator

from flows.checks.draft import Finding
from flows.checks.reading import Reading


def canned(reading: Reading) -> Iterator[Finding]:
    found = reading.surroundings.recent.nearest(reading.draft.text)
    if found:
        yield reading.whole("canned", percent=round(100 * found[0]), reply=found[1])
