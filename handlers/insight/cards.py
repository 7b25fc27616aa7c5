"""A digest as a card: what people want to know first, as short as it can be said; what is no news is left out. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.insight.figures import Asked, Figures, Spread, Tally
from handlers.insight.places import kind_of
from handlers.insight.slots import Rhythm
from handlers.insight.subscriptions import Promise
from handlers.ports import Button, Card, CustomerText, Label, Style, Words

FEW, FEWER, ASKED, ASKED_FULL, LINKS = 4, 3, 2, 4, 5
QUOTED = 120  # characters of what a customer asked
LATE = timedelta(minutes=10)
FACT = "fact"  # the clock of one that is still open
LEADS = "open_reply"  # a button that the workspace itself follows


@dataclass(frozen=True)
class Digest:
    """`slot` is when it was owed, None when somebody asked for it at once; `missed` earlier ones are made up for by it."""

    figures: Figures
    slot: datetime | None = None
    composed_at: datetime | None = None
    missed: int = 0
    shared: bool = False

    @property
    def late(self) -> bool:
        return bool(self.slot and self.composed_at and self.composed_at - self.slot > LATE)

    @property
    def hours(self) -> int:
        return round((self.figures.period.until - self.figures.period.since).total_seconds() / 3600)


def digest_card(digest: Digest, *, full: bool = False) -> Card:
    """For a channel, which has the pictures and the table beside it; `full` for a letter, where there is room."""
    figures = digest.figures
    title = Words("digest.title", {"crisis": figures.crisis, "hours": digest.hours, "until": figures.period.until})
    came = (*_late(digest), *_arrivals(digest, full=full))
    body = (*came, *_asked(figures, ASKED_FULL if full else ASKED), *_work(figures, full=full), *_room(figures, full=full))
    told = Words("digest.from_to", {"since": figures.period.since, "until": figures.period.until, "shared": digest.shared})
    return Card(title, body, (told,) if full or digest.shared else (), _links(figures, LINKS if full else FEWER))


def _late(digest: Digest) -> Iterator[Words]:
    if digest.late:
        yield Words("digest.late", {"slot": digest.slot, "missed": max(0, digest.missed)})


def _arrivals(digest: Digest, *, full: bool) -> Iterator[Words]:
    came, hours = digest.figures.arrivals, digest.hours
    if not (came.mentions.n or came.cases.n):
        yield Words("digest.nothing_came", {"before": came.mentions.before, "hours": hours})
        return
    yield Words("digest.came", {"n": came.mentions.n, "before": came.mentions.before, "cases": came.cases.n, "hours": hours})
    peak = max(came.hours, key=lambda hour: hour.n, default=None)
    if full and peak:
        yield Words("digest.peak", {"at": peak.at, "n": peak.n})
    yield from _counted("networks", "network", came.networks[: FEW if full else FEWER])
    yield from _tags(digest.figures, FEW if full else FEWER)
    if full:
        yield from _counted("languages", "language", came.languages[:FEW])
        yield from _counted("severities_came", "severity", [one for one in came.severities if one.name in ("critical", "high")])
    moods = {one.name: one.n for one in came.moods}
    if total := sum(moods.values()):
        shares = {mood: round(100 * moods.get(mood, 0) / total) for mood in ("calm", "upset", "angry")}
        yield Words("digest.mood", {**shares, "angry_before": _angry_before(came.moods)})


def _angry_before(moods: Sequence[Tally]) -> int | None:
    """In percent; None where nothing can be said."""
    before = {one.name: one.before for one in moods}
    total = sum(before.values())
    return round(100 * before.get("angry", 0) / total) if total else None


def _counted(words: str, one: str, tallies: Sequence[Tally]) -> Iterator[Words]:
    shown = tuple(Words(f"digest.{one}", {"what": tally.name, "n": tally.n}) for tally in tallies if tally.n)
    if shown:
        yield Words(f"digest.{words}", {"counts": shown})


def _tags(figures: Figures, most: int) -> Iterator[Words]:
    labels = figures.labels
    shown = tuple(
        Words("digest.tag", {"what": Label(labels.get(tag.name) or {"en": tag.name}), "n": tag.n, "before": tag.before})
        for tag in figures.arrivals.tags[:most]
        if tag.n
    )
    if shown:
        yield Words("digest.tags", {"counts": shown})


def _asked(figures: Figures, most: int) -> Iterator[Words | CustomerText]:
    """What most ask first; then what nobody has an answer for yet."""
    open_ones = [one for one in figures.asked if one.fresh and not one.answered][:most]
    yield from _questions("digest.asked_most", [one for one in figures.asked if one not in open_ones][:most])
    yield from _questions("digest.asked_new", open_ones)


def _questions(words: str, asked: Sequence[Asked]) -> Iterator[Words | CustomerText]:
    if asked:
        yield Words(words, {"numbers": tuple(one.n for one in asked)})
        yield from (CustomerText(_short(one.words)) for one in asked)


def _short(words: str) -> str:
    return words if len(words) <= QUOTED else f"{words[: QUOTED - 1].rstrip()}…"


def _work(figures: Figures, *, full: bool) -> Iterator[Words]:
    yield from _times(figures, full=full)
    yield from _approvals(figures, full=full)
    now = figures.waiting
    oldest = {"minutes": _minutes(now.oldest_wait), "number": now.oldest_case or 0}
    yield Words("digest.open", {"open": now.open, "unowned": now.unowned, **oldest})
    if unanswered := sum(one.n for one in now.ladders if one.name == "unanswered"):
        yield Words("digest.unanswered", {"n": unanswered})


def _times(figures: Figures, *, full: bool) -> Iterator[Words]:
    times = figures.times
    spreads = [("first_answer", times.first_answer), ("acknowledged", times.acknowledgement), ("resolved", times.resolution)]
    for name, spread in spreads if full else spreads[:1]:
        if spread.n or spread.due:
            yield Words(f"digest.{name}", _spread(spread, full=full))
    missed = tuple(
        Words("digest.breach", {"clock": one.clock, "ladder": _ladder(figures, one.ladder), "step": one.step or 0, "n": one.n})
        for one in times.breaches[: FEW if full else FEWER]
    )
    if missed:
        yield Words("digest.breaches", {"missed": missed})


def _ladder(figures: Figures, name: str) -> Label | str:
    """As FLOW calls it."""
    return Label(figures.ladder_labels[name]) if figures.ladder_labels.get(name) else name


def _spread(spread: Spread, *, full: bool) -> dict[str, object]:
    share = 100 * spread.in_time // spread.due if spread.due else None  # 100 only when none was late
    return {"n": spread.n, "median": _minutes(spread.median), "p90": _minutes(spread.p90) if full else None, "share": share}


def _minutes(seconds: float | None) -> int | None:
    return None if seconds is None else max(0, int(seconds // 60))


def _approvals(figures: Figures, *, full: bool) -> Iterator[Words]:
    asked = figures.approving
    if asked.waiting or asked.n or asked.rejected:
        told = {"waiting": asked.waiting, "minutes": _minutes(asked.oldest_wait), "n": asked.n, "rejected": asked.rejected}
        yield Words("digest.approvals", {**told, "median": _minutes(asked.median) if full else None})
    if full and asked.reasons:
        yield Words("digest.reasons", {"reasons": tuple(one.name for one in asked.reasons[:FEWER])})
    if asked.findings and full:
        counts = tuple(Words("digest.finding", {"what": one.name, "n": one.n}) for one in asked.findings[:FEW])
        yield Words("digest.findings", {"counts": counts})


def _room(figures: Figures, *, full: bool) -> Iterator[Words]:
    """What was told to colleagues, promised, and sent; what the crisis waits for; what did not work."""
    if figures.told:
        called, lost = sum(one.called for one in figures.told), sum(one.not_told for one in figures.told)
        answered = [tally for one in figures.told for tally in one.acknowledged]
        names = tuple(dict.fromkeys(tally.name for tally in answered if tally.name)) if full else ()
        facts = {"called": called, "not_told": lost, "acknowledged": sum(tally.n for tally in answered), "names": names}
        yield Words("digest.told", facts)
    kept = figures.promises
    if kept.kept or kept.missed or kept.open:
        yield Words("digest.promises", vars(kept))
    yield from _clocks(figures)
    if any(one.n for one in figures.sent):
        counts = tuple(Words("digest.network", {"what": one.network, "n": one.n}) for one in figures.sent[:FEW] if one.n)
        yield Words("digest.sent", {"counts": counts})
    gaps = sorted(figures.gaps, key=lambda gap: gap.until is not None)  # those that last come first
    for gap in gaps[: FEW if full else 1]:
        yield Words("digest.gap", {"door": gap.door, "since": gap.since, "until": gap.until, "reason": gap.reason, "late": gap.late})


def _clocks(figures: Figures) -> Iterator[Words]:
    """Those that run; open facts, which may be many, in one line."""
    running = [clock for clock in figures.clocks if not clock.met_at]
    until = figures.period.until
    for clock in running:
        if clock.name != FACT:
            late = clock.due_at is not None and clock.due_at <= until
            yield Words("digest.clock", {"name": clock.name, "since": clock.since, "due": clock.due_at, "late": late})
    if facts := [clock for clock in running if clock.name == FACT]:
        due = min((clock.due_at for clock in facts if clock.due_at), default=None)
        yield Words("digest.facts", {"n": len(facts), "due": due, "late": due is not None and due <= until})


def _links(figures: Figures, most: int) -> tuple[tuple[Button, ...], ...]:
    """To what was published, the latest few."""
    links = [link for one in figures.sent for link in one.links][:most]
    row = tuple(Button(LEADS, Words("digest.link", {"number": case}), f"{case}:{at}", url=url) for at, (case, url) in enumerate(links))
    return (row,) if row else ()


def promise_card(promise: Promise) -> Card:
    """What was promised; a question with a button where it needs an admin's word."""
    if not promise.only_confirmed:
        return Card(Words("digest.subscribed", _promise(promise)))
    yes = Button("digest_counts", Words("digest.button_counts"), promise.ids, Style.DANGER)
    return Card(Words("digest.ask_counts", {"name": promise.name, "kind": kind_of(promise.workspace)}), buttons=((yes,),))


def list_card(promises: Sequence[Promise]) -> Card:
    if not promises:
        return Card(Words("digest.nobody_yet"))
    return Card(Words("digest.list_title", {"count": len(promises)}), tuple(Words("digest.line", _promise(one)) for one in promises))


def _promise(promise: Promise) -> dict[str, object]:
    rhythm: Rhythm = promise.rhythm
    when = {"rhythm": rhythm.name, "at": rhythm.at, "weekday": rhythm.weekday or 0, "timezone": rhythm.timezone}
    return {"name": promise.name, **when, "language": promise.language, "shared": promise.shared, "next": promise.next_at}
