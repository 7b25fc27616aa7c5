"""Understands what follows /crisis when it is about who has a case, who is on duty, and how FLOW runs. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from handlers.typed import Help, number, unknown


@dataclass(frozen=True)
class Acknowledge:
    number: int


@dataclass(frozen=True)
class TakeOver:
    number: int


@dataclass(frozen=True)
class Give:
    """`name` "" asks to whom."""

    number: int
    name: str = ""


@dataclass(frozen=True)
class Snooze:
    """`until` "" asks until when."""

    number: int
    until: str = ""


@dataclass(frozen=True)
class ShowOnCall:
    pass


@dataclass(frozen=True)
class ShowWaiting:
    """What waits for whoever asks."""


@dataclass(frozen=True)
class ShowFlow:
    """`ladder` "" shows all of them."""

    ladder: str = ""


@dataclass(frozen=True)
class Drill:
    """An exercise on the real workspace; `ends` ends the one that runs."""

    ends: bool = False


OfLadders = Acknowledge | TakeOver | Give | Snooze | ShowOnCall | ShowWaiting | ShowFlow | Drill


def _about(verb: str, act: Callable[[int, str], OfLadders]) -> Callable[[Sequence[str]], OfLadders | Help]:
    """A verb, a case's number, and what may follow it."""

    def understand(rest: Sequence[str]) -> OfLadders | Help:
        found = number(rest[0]) if rest else None
        return act(found, " ".join(rest[1:])) if found is not None else unknown(" ".join([verb, *rest[:1]]), [f"{verb} 7"])

    return understand


def _drill(rest: Sequence[str]) -> OfLadders | Help:
    word = rest[0].lower() if rest else "start"
    return Drill(ends=word in ("stop", "end")) if word in ("start", "stop", "end") else unknown(f"drill {word}", ["drill", "drill stop"])


VERBS: Mapping[str, Callable[[Sequence[str]], OfLadders | Help]] = {
    "ack": _about("ack", lambda case, _: Acknowledge(case)),
    "take": _about("take", lambda case, _: TakeOver(case)),
    "give": _about("give", Give),
    "snooze": _about("snooze", Snooze),
    "oncall": lambda _: ShowOnCall(),
    "waiting": lambda _: ShowWaiting(),
    "flow": lambda rest: ShowFlow(" ".join(rest).lower()),
    "drill": _drill,
}
