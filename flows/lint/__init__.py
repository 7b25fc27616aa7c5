"""Proves a FLOW before the crisis: whether everybody whom it counts on is there, reached, awake, and every case has its ladder."""

from flows.lint.finding import Finding
from flows.lint.proof import findings
from flows.lint.team import HOUSE_PAGER

__all__ = ["HOUSE_PAGER", "Finding", "findings"]
