"""Understands what follows /crisis when it is about answers that wait for people. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class ListApprovals:
    """Drafts that wait for a yes."""


@dataclass(frozen=True)
class ListKept:
    """Approved replies that something keeps here, and those of which nobody can tell."""


@dataclass(frozen=True)
class ListOutdated:
    """What rests on words that are not ours any more."""


@dataclass(frozen=True)
class ListSamples:
    """What a rule approved and a person should read."""


OfAnswers = ListApprovals | ListKept | ListOutdated | ListSamples
VERBS: Mapping[str, Callable[[Sequence[str]], OfAnswers]] = {
    "approvals": lambda _: ListApprovals(),
    "kept": lambda _: ListKept(),
    "outdated": lambda _: ListOutdated(),
    "samples": lambda _: ListSamples(),
}
