"""What every check works with: the draft in its plain form, its language's word lists, and what surrounds it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from flows.checks.draft import Draft, Finding, Surroundings
from flows.checks.phrases import Phrases
from flows.checks.plain import Plain, Stretch, plain
from flows.checks.words import Words, shipped_words
from flows.triage.encoder import encoder_installed

_NOTHING = Words("", {}, {}, {}, {}, (), {}, {})


@dataclass(frozen=True)
class Reading:
    """`words` are empty for a language that the checks cannot read."""

    draft: Draft
    surroundings: Surroundings

    @cached_property
    def plain(self) -> Plain:
        return plain(self.draft.text)

    @cached_property
    def words(self) -> Words:
        own = (self.surroundings.words or {}).get(self.draft.language)
        return own or shipped_words(self.draft.language) or _NOTHING

    @property
    def semantic(self) -> bool:
        return self.surroundings.semantic and encoder_installed()

    def phrased(self, name: str) -> Phrases:
        return self.words.phrased(name)

    def finding(self, check: str, stretch: Stretch, better: str | None = None, **facts: object) -> Finding:
        """A finding at a stretch of the folded text."""
        start, end = self.plain.at(stretch.start, stretch.end)
        return Finding(check, start, end, f"finding.{check}", facts, better)

    def whole(self, check: str, better: str | None = None, **facts: object) -> Finding:
        return Finding(check, 0, len(self.draft.text), f"finding.{check}", facts, better)
