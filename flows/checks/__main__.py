"""Teaches the fuzzy checks anew after examples were added: `python -m flows.checks`."""

from flows.checks.examples import shipped_examples
from flows.checks.stance import semantic
from flows.checks.teaching import keep, teach

keep(teach(shipped_examples(), semantic=kind) for kind in ((False, True) if semantic() else (False,)))
