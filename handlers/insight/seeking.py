"""Understands what follows /crisis find: words, phrases in quotes, and what narrows them. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

MOST = 300  # characters of all that is looked for
NARROWING = ("network", "tag", "from", "since")


@dataclass(frozen=True)
class Find:
    """`words` as they were typed; what stood in quotes is one of them."""

    words: tuple[str, ...]


VERBS: Mapping[str, Callable[[Sequence[str]], Find]] = {"find": lambda rest: Find(tuple(rest))}


@dataclass(frozen=True)
class Sought:
    """What is looked for, and what narrows it; "" is any. `since` is a day or a moment, as it was typed."""

    words: tuple[str, ...] = ()
    network: str = ""
    tag: str = ""
    handle: str = ""
    since: str = ""

    @property
    def is_anything(self) -> bool:
        return any((self.words, self.network, self.tag, self.handle, self.since))


def read(typed: Sequence[str]) -> Sought:
    """Any words give something; of what narrows twice the last counts."""
    words, narrowed, left = [], dict.fromkeys(NARROWING, ""), MOST
    for one in typed:
        name, colon, value = one.partition(":")
        known = name.lower() if colon and value and name.lower() in NARROWING else ""
        said = (value if known else one).strip()[:left]
        left -= len(said)
        if known:
            narrowed[known] = said
        elif said:
            words.append(said)
    return Sought(tuple(words), narrowed["network"].lower(), narrowed["tag"], narrowed["from"], narrowed["since"])
