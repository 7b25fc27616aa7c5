"""Reads FLOW's section about workspaces; without it each of them has all."""

from __future__ import annotations

from flows.document import Absent, Place, Table
from flows.fields import yes_or_no
from flows.parts import WORKSPACES, Part


def read_parts(place: Place) -> dict[str, Part]:
    """By workspace; those of which nothing is said are left out."""
    named = place.fields((), WORKSPACES).items()
    return {name: _part(one) for name, one in named if not isinstance(one.node, Absent)}


def _part(place: Place) -> Part:
    fields = place.fields((), ("notes", "approvals"))
    if isinstance(place.node, Table) and not place.node.entries:
        place.refuse("notes, approvals or both", "nothing")
    return Part(**{name: isinstance(one.node, Absent) or yes_or_no(one) for name, one in fields.items()})
