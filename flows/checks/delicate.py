"""What must not be said in private since a screenshot makes it public, and what must not go on in public."""

from __future__ import annotations

from collections.abc import Iterator

from flows.checks.assertions import unsupported_counts
from flows.checks.draft import Finding
from flows.checks.judging import LISTED, judged, scored
from flows.checks.personal import held_secrets
from flows.checks.plain import Stretch, plain
from flows.checks.reading import Reading
from flows.checks.tone import loud

PUBLIC_TURNS = 3  # from this public turn of a customer on, a person should take it to private
TECHNICAL = 2  # terms of the trade in one message that make it a quarrel among experts


def screenshot(reading: Reading) -> Iterator[Finding]:
    if not reading.draft.private:
        return
    yield from judged(reading, "screenshot")
    for secret in held_secrets(reading):
        if secret.kind == "password":
            yield Finding("screenshot", secret.start, secret.end, "finding.screenshot", {}, None)
    for count in unsupported_counts(reading):
        yield reading.finding("screenshot", count)


def handover(reading: Reading) -> Iterator[Finding]:
    """Silent in private: there it has been handed over."""
    turns = reading.surroundings.customer_turns
    if reading.draft.private or not turns:
        return
    if len(turns) >= PUBLIC_TURNS:
        yield reading.whole("handover", reason="turns", turns=len(turns))
    elif len(turns) > 1 and reading.words.language and (reason := _quarrel(turns, reading)):
        yield reading.whole("handover", reason=reason, turns=len(turns))


def _quarrel(turns: tuple[str, ...], reading: Reading) -> str | None:
    """Why the last turn should not be answered in public."""
    angry, technical = _angry(turns[-1], reading), _technical(turns, reading)
    if scored("handover", [turns[-1]], semantic=reading.semantic)[0] + LISTED * (angry or technical) < 0:
        return None
    return "technical" if technical and not angry else "anger"


def _angry(text: str, reading: Reading) -> bool:
    return plain(text).folded in reading.phrased("anger") or loud(text, reading)


def _technical(turns: tuple[str, ...], reading: Reading) -> bool:
    last = plain(turns[-1]).folded
    terms = {hit.text for hit in reading.phrased("technical").within(Stretch(0, len(last), last))}
    return len(terms) >= TECHNICAL or (len(terms) == 1 and last in reading.phrased("contradicting"))
