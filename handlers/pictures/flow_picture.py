"""A FLOW as a picture shows it: a lane for each ladder with its stops in order, and beneath them who approves. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from flows.answers import CRISIS, PRIVATE, Condition, Stage
from flows.flow import Flow
from flows.ladder import Fits, Ladder, Step, Whom
from flows.severity import Severity
from handlers.errors import BadInput
from handlers.ports import Label, Words


@dataclass(frozen=True)
class Item:
    """A line with a small sign before it: a way, a clock, or somebody who is told. `fallback`: for when the others fail."""

    sign: str
    words: Words
    fallback: bool = False


@dataclass(frozen=True)
class Stop:
    """One box of a lane. `at` stands on its axis; `kind` is step, again, last or stage."""

    kind: str
    at: Words
    who: tuple[Item, ...]
    how: tuple[Item, ...] = ()
    note: Words | None = None


@dataclass(frozen=True)
class Lane:
    """`tone` is a severity's word, or `plain`; `leads` says what comes here, `marks` are its clocks."""

    tone: str
    title: Words
    leads: tuple[Words, ...]
    marks: tuple[Item, ...]
    stops: tuple[Stop, ...]


@dataclass(frozen=True)
class FlowPicture:
    """`one` is set when a single ladder was asked for: it is drawn larger."""

    title: Words
    under: tuple[Words, ...]
    ladders: tuple[Lane, ...]
    approvals: tuple[Lane, ...]
    one: bool = False


def drawn(flow: Flow, ladder: str | None = None) -> FlowPicture:
    """All ladders as they stand in the file, or the one of that name. Raises BadInput for a name that no ladder has."""
    ladders = [one for one in flow.ladders if ladder in (None, one.name)]
    if ladder is not None and not ladders:
        raise BadInput(field="ladder", problem="unknown_choice")
    told = Words("picture.first_told", {"roles": _roles(flow.first_told)})
    return FlowPicture(
        title=Words("plain.label", {"label": Label(flow.title)}),
        under=(Words("picture.version", {"version": flow.version}), *((told,) if flow.first_told else ())),
        ladders=tuple(_lane(flow, one, whole=ladder is not None) for one in ladders),
        approvals=(_approvals(flow), _statement(flow)),
        one=ladder is not None,
    )


def _lane(flow: Flow, ladder: Ladder, *, whole: bool) -> Lane:
    return Lane(
        tone=gravest(flow, ladder.when).word,
        title=Words("plain.label", {"label": Label(ladder.label)}),
        leads=tuple(_leads(flow, ladder.when)),
        marks=tuple(_marks(ladder, whole=whole)),
        stops=tuple(_stops(ladder)),
    )


def gravest(flow: Flow, fits: Fits) -> Severity:
    """The greatest severity among what leads to a ladder; low where everything does."""
    tags = [flow.tags[tag].severity for tag in fits.tags if tag in flow.tags]
    kinds = [flow.kinds[kind] for kind in fits.kinds if kind in flow.kinds]
    own = [] if fits.severity is None else [fits.severity]
    asked = Severity.NORMAL if fits.reach is not None else Severity.LOW
    return max([*tags, *kinds, *own, asked])


def _leads(flow: Flow, fits: Fits) -> Iterator[Words]:
    """First those of which one is enough, then those that must hold as well."""
    enough = [*_enough(flow, fits.tags, fits.severity, fits.kinds)]
    if fits.reach is not None:
        enough.append(Words("picture.reach", {"reach": fits.reach}))
    yield from _one_of(enough)
    if fits.networks:
        yield Words("picture.only_on", {"networks": tuple(Words("case.network", {"network": one}) for one in fits.networks)})
    if fits.languages:
        yield Words("picture.only_in", {"languages": tuple(Words("picture.language", {"language": one}) for one in fits.languages)})
    if fits.about:
        yield Words("picture.about", {"crisis": fits.about == CRISIS})
    if not (enough or fits.networks or fits.languages or fits.about):
        yield Words("picture.every_other")


def _enough(flow: Flow, tags: tuple[str, ...], severity: Severity | None, kinds: tuple[str, ...]) -> Iterator[Words]:
    if tags:
        yield Words("picture.tags", {"tags": tuple(_tag(flow, one) for one in tags)})
    if severity is not None:
        yield Words("picture.at_least", {"severity": severity.word})
    if kinds:
        yield Words("picture.kinds", {"kinds": tuple(Words("kind.word", {"kind": one}) for one in kinds)})


def _tag(flow: Flow, name: str) -> Label | str:
    return Label(flow.tags[name].label) if name in flow.tags else name


def _one_of(enough: list[Words]) -> Iterator[Words]:
    for place, words in enumerate(enough):
        yield Words("picture.or_else", {"what": words}) if place else words


def _marks(ladder: Ladder, *, whole: bool) -> Iterator[Item]:
    if ladder.first_answer is not None:
        yield Item("answer", Words("picture.first_answer", {"minutes": minutes(ladder.first_answer), "working": ladder.working}))
    else:
        yield Item("answer", Words("picture.first_answer_by_severity"))
    if ladder.resolution is not None:
        yield Item("resolved", Words("picture.resolution", {"minutes": minutes(ladder.resolution), "working": ladder.working}))
    if whole:
        lapse = {"remind": minutes(ladder.remind_after), "lapse": minutes(ladder.lapse_after)}
        yield Item("lapse", Words("picture.lapse", lapse))
        yield Item("snooze", Words("picture.snooze", {"minutes": minutes(ladder.snooze_most)}))


def _stops(ladder: Ladder) -> Iterator[Stop]:
    """Every time counts from the moment that the case came in."""
    at = timedelta()
    for step in ladder.steps:
        at += step.after
        yield _step(step, at)
    if not ladder.steps:
        yield Stop("last", Words("picture.never"), (Item("", Words("picture.nobody")),))
        return
    again = at + ladder.wait
    round_ = again - ladder.steps[0].after
    if ladder.repeat:
        every = Item("", Words("picture.every", {"count": ladder.repeat, "minutes": minutes(round_)}))
        yield Stop("again", _at(again), (Item("again", Words("picture.again")),), (every,))
    who = tuple(_whom(one) for one in ladder.at_last)
    yield Stop("last", _at(again + round_ * ladder.repeat), who, note=Words("picture.stays_red", {"told": bool(who)}))


def _step(step: Step, at: timedelta) -> Stop:
    ways = [Item(way, Words("picture.way", {"way": way})) for way in step.by]
    instead = [Item(way, Words("picture.otherwise", {"way": way}), fallback=True) for way in step.otherwise]
    note = Words("picture.everyone") if step.everyone else None
    return Stop("step", _at(at), tuple(_whom(one) for one in step.tell), (*ways, *instead), note)


def _at(passed: timedelta) -> Words:
    return Words("picture.after", {"minutes": minutes(passed)})


def minutes(span: timedelta) -> float:
    """A whole number wherever it is one."""
    exact = span.total_seconds() / 60
    return int(exact) if exact.is_integer() else exact


def _whom(whom: Whom) -> Item:
    if whom.person:
        return Item("person", Words("plain.text", {"text": whom.person}))
    if whom.on_duty:
        return Item("on_duty", Words("picture.on_duty", {"rota": whom.on_duty}))
    return Item("role", _role(whom.role))


def _role(name: str) -> Words:
    return Words("picture.role", {"name": name})


def _roles(names: tuple[str, ...]) -> tuple[Words, ...]:
    return tuple(Words("console.role", {"name": one}) for one in names)


def _approvals(flow: Flow) -> Lane:
    rule = flow.answers.rule
    leads = [] if rule is None else [Words("picture.rule", {"severity": rule.severity.word, "sample": rule.sample})]
    stages = tuple(_stage(flow, place, stage) for place, stage in enumerate(flow.answers.stages, 1))
    return Lane("plain", Words("picture.approvals"), (Words("picture.never_the_author"), *leads), (), stages)


def _statement(flow: Flow) -> Lane:
    stages = tuple(_stage(flow, place, stage) for place, stage in enumerate(flow.answers.statement_stages, 1))
    return Lane("plain", Words("picture.statement"), (), (), stages)


def _stage(flow: Flow, place: int, stage: Stage) -> Stop:
    who = Item("role", Words("plain.label", {"label": Label(stage.label)}))
    may = Item("yes", Words("picture.quorum", {"count": stage.quorum, "roles": _roles(stage.roles)}))
    when = (Item("" if line else "only", words) for line, words in enumerate(_asked(flow, stage.when)))
    return Stop("stage", Words("picture.place", {"place": place}), (who,), (may, *when))


def _asked(flow: Flow, when: Condition) -> Iterator[Words]:
    enough = [*_enough(flow, when.tags, when.severity, when.kinds)]
    if when.findings:
        enough.append(Words("picture.findings", {"findings": when.findings}))
    must = [Words("picture.where", {"private": when.where == PRIVATE})] if when.where else []
    if when.about:
        must.append(Words("picture.about", {"crisis": when.about == CRISIS}))
    asked = [*_one_of(enough), *must]
    if asked:
        yield Words("picture.only_for", {"what": asked[0]})
        yield from asked[1:]
