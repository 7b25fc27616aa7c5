"""The checks of a draft: what is wrong with words before a customer reads them; pure functions, three languages."""

from flows.checks.draft import Draft, Fact, Finding, Surroundings
from flows.checks.recent import Recent
from flows.checks.table import CHECKS, check
from flows.checks.words import Words, WordsError, WordsErrors, load_words, shipped_words

__all__ = [
    "CHECKS", "Draft", "Fact", "Finding", "Recent", "Surroundings", "Words", "WordsError", "WordsErrors", "check", "load_words",
    "shipped_words",
]  # fmt: skip
