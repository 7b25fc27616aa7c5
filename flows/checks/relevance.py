"""Finds a draft that takes up nothing of what the customer wrote."""

from __future__ import annotations

from collections.abc import Iterator

from flows.checks.draft import Finding
from flows.checks.plain import plain
from flows.checks.reading import Reading
from flows.checks.relating import is_unrelated


def unrelated(reading: Reading) -> Iterator[Finding]:
    """What any customer could have got, or what answers somebody else."""
    readable = reading.words.language and reading.plain.words and plain(reading.surroundings.customer_text).words
    if readable and is_unrelated(reading):
        yield reading.whole("unrelated")
