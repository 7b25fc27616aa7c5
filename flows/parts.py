"""What each workspace sees of a crisis, and what may be decided there: an agency on one, its client on the other."""

from __future__ import annotations

from dataclasses import dataclass

WORKSPACES = ("slack", "teams")  # the console always has all, so that no crisis can be shut out of itself


@dataclass(frozen=True)
class Part:
    """`notes`: internal notes are shown there. `approvals`: drafts and statements are shown there to be decided, and can be."""

    notes: bool = True
    approvals: bool = True


ALL = Part()
