"""What FLOW says about who is told: which ladder a case climbs, who stands on each rung, how they are told, what comes after the last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from flows.severity import Severity

WAYS = ("thread", "direct", "email", "webhook")
CRISIS, ORDINARY = "crisis", "ordinary"


@dataclass(frozen=True)
class Matter:
    """A case as ladders see it; `tags` are those that people have set, `suggested` what the machine thinks and nobody has taken off."""

    tags: frozenset[str]
    severity: Severity
    kind: str
    network: str
    language: str
    reach: int
    crisis: bool
    suggested: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Fits:
    """Holds when `about`, `networks` and `languages` fit (empty fits all) and, if any of tags, severity, kinds, reach is given, one is met.

    `severity` and `reach` mean "at least". A tag that nobody has set counts once the machine is `sure` of it, in percent.
    """

    tags: tuple[str, ...] = ()
    severity: Severity | None = None
    kinds: tuple[str, ...] = ()
    reach: int | None = None
    networks: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    about: str = ""
    sure: int = 35

    def holds(self, matter: Matter) -> bool:
        about = self.about in ("", CRISIS if matter.crisis else ORDINARY)
        network = not self.networks or matter.network in self.networks
        language = not self.languages or matter.language in self.languages
        return about and network and language and (not self._asks() or self._met_by(matter))

    def _asks(self) -> bool:
        return bool(self.tags or self.kinds or self.severity is not None or self.reach is not None)

    def _met_by(self, matter: Matter) -> bool:
        return (
            not matter.tags.isdisjoint(self.tags)
            or any(tag in self.tags and 100 * confidence >= self.sure for tag, confidence in matter.suggested)
            or matter.kind in self.kinds
            or (self.severity is not None and matter.severity >= self.severity)
            or (self.reach is not None and matter.reach >= self.reach)
        )


@dataclass(frozen=True)
class Whom:
    """Somebody by name, everybody with a role, or whoever is on duty by a rota: one of the three is given."""

    person: str = ""
    role: str = ""
    on_duty: str = ""


@dataclass(frozen=True)
class Step:
    """One rung. `after` counts from the rung before, on the first one from the beginning.

    They are told by all of `by` at once; when none of it arrives, by one after the other of `otherwise`. With `everyone` the ladder
    pauses only once each of them has acknowledged.
    """

    tell: tuple[Whom, ...]
    after: timedelta = timedelta()
    by: tuple[str, ...] = ("direct",)
    otherwise: tuple[str, ...] = ()
    everyone: bool = False

    @property
    def ways(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.by, *self.otherwise)))


@dataclass(frozen=True)
class Ladder:
    """The steps and clocks of one kind of case.

    `first_answer` None is the time that the crisis's rules give by severity. With `working` both clocks count in the hours of those
    who have one of `hours_of`, without it around the clock; the steps never wait for hours. After the last step, `wait` passes; then
    all begins anew, `repeat` times; then `at_last` are told once and the case stays red. An acknowledgement with nothing following is
    brought to mind after `remind_after` and void `lapse_after` later.
    """

    name: str
    label: Mapping[str, str]
    when: Fits = Fits()
    steps: tuple[Step, ...] = ()
    first_answer: timedelta | None = None
    resolution: timedelta | None = None
    working: bool = False
    hours_of: tuple[str, ...] = ("agent", "lead")
    wait: timedelta = timedelta(minutes=15)
    repeat: int = 0
    at_last: tuple[Whom, ...] = ()
    remind_after: timedelta = timedelta(minutes=20)
    lapse_after: timedelta = timedelta(minutes=10)
    snooze_most: timedelta = timedelta(hours=24)

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", MappingProxyType(dict(self.label)))

    @property
    def last(self) -> Step:
        """What is told once past the last step, without `at_last` to everybody again.

        By every way that the ladder uses anywhere: one that never rings doesn't ring at its end, once for each of many quiet cases.
        """
        told = self.at_last or tuple(dict.fromkeys(whom for step in self.steps for whom in step.tell))
        return Step(told, by=tuple(way for way in WAYS if any(way in step.ways for step in self.steps)))


def ladder_for(ladders: Iterable[Ladder], matter: Matter) -> Ladder | None:
    """The first that fits: they stand in the file with the gravest on top. None where no ladder fits: nobody is told."""
    return next((ladder for ladder in ladders if ladder.when.holds(matter)), None)


@dataclass(frozen=True)
class Rung:
    """Where a case stands: about to tell the step at `step`, past the last one those of `at_last`; begun anew `climb` times."""

    climb: int = 0
    step: int = 0


def upwards(ladder: Ladder, rung: Rung) -> tuple[Rung, timedelta] | None:
    """The rung that comes after this one, and the time until it; None after the end, and for a ladder without steps."""
    above = Rung(rung.climb, rung.step + 1)
    if above.step < len(ladder.steps):
        return above, ladder.steps[above.step].after
    if above.step > len(ladder.steps):
        return None
    if rung.climb < ladder.repeat:
        return Rung(rung.climb + 1), ladder.wait
    return above, ladder.wait
