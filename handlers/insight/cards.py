"""A digest as a card: what people want to know first, in at most some twenty lines; what is no news is left out. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.insight.figures import Asked, Figures, Spread, Tally
from handlers.insight.slots import Rhythm
from handlers.insight.subscriptions import Promise
from handlers.ports import Button, Card, CustomerText, Label, Style, Words

FEW, ASKED, LINKS, NAMES = 4, 3, 5, 3
QUOTED = 150  # characters of what a customer asked
LATE = timedelta(minutes=10)
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


def digest_card(digest: Digest) -> Card:
    figures = digest.figures
    title = Words("digest.title", {"crisis": figures.crisis, "hours": digest.hours, "until": figures.period.until})
    body = (*_late(digest), *_arrivals(digest), *_asked(figures), *_work(figures), *_room(figures))
    small = (Words("digest.from_to", {"since": figures.period.since, "until": figures.period.until, "shared": digest.shared}),)
    return Card(title, body, small, _links(figures))


def _late(digest: Digest) -> Iterator[Words]:
    if digest.late:
        yield Words("digest.late", {"slot": digest.slot, "missed": max(0, digest.missed)})


def _arrivals(digest: Digest) -> Iterator[Words]:
    came, hours = digest.figures.arrivals, digest.hours
    if not (came.mentions.n or came.cases.n):
        yield Words("digest.nothing_came", {"before": came.mentions.before, "hours": hours})
        return
    told = {"n": came.mentions.n, "before": came.mentions.before, "cases": came.cases.n, "hours": hours}
    yield Words("digest.came", told)
    if peak := max(came.hours, key=lambda hour: hour.n, default=None):
        yield Words("digest.peak", {"at": peak.at, "n": peak.n})
    yield from _counted("networks", "network", came.networks)
    yield from _tags(digest.figures)
    yield from _counted("languages", "language", came.languages if len(came.languages) > 1 else ())
    yield from _counted("severities_came", "severity", [one for one in came.severities if one.name in ("critical", "high")])
    moods = {one.name: one.n for one in came.moods}
    if total := sum(moods.values()):
        before = {one.name: one.before for one in came.moods}
        shares = {mood: round(100 * moods.get(mood, 0) / total) for mood in ("calm", "upset", "angry")}
        angry_before = round(100 * before.get("angry", 0) / sum(before.values())) if sum(before.values()) else None
        yield Words("digest.mood", {**shares, "angry_before": angry_before})


def _counted(words: str, one: str, tallies: Sequence[Tally]) -> Iterator[Words]:
    shown = tuple(Words(f"digest.{one}", {"what": tally.name, "n": tally.n}) for tally in tallies[:FEW] if tally.n)
    if shown:
        yield Words(f"digest.{words}", {"counts": shown})


def _tags(figures: Figures) -> Iterator[Words]:
    labels = figures.labels
    shown = tuple(
        Words("digest.tag", {"what": Label(labels.get(tag.name) or {"en": tag.name}), "n": tag.n, "before": tag.before})
        for tag in figures.arrivals.tags[:FEW]
        if tag.n
    )
    if shown:
        yield Words("digest.tags", {"counts": shown})


def _asked(figures: Figures) -> Iterator[Words]:
    """What most ask first; then what nobody has an answer for yet."""
    open_ones = [one for one in figures.asked if one.fresh and not one.answered][:ASKED]
    rest = [one for one in figures.asked if one not in open_ones][:ASKED]
    if rest:
        yield Words("digest.asked_most")
        yield from (_question(one, unanswered=not one.answered) for one in rest)
    if open_ones:
        yield Words("digest.asked_new", {"count": len(open_ones)})
        yield from (_question(one, unanswered=False) for one in open_ones)


def _question(one: Asked, *, unanswered: bool) -> Words:
    words = one.words if len(one.words) <= QUOTED else f"{one.words[: QUOTED - 1].rstrip()}…"
    return Words("digest.question", {"words": CustomerText(words), "n": one.n, "share": round(100 * one.share), "unanswered": unanswered})


def _work(figures: Figures) -> Iterator[Words]:
    times = figures.times
    for name, spread in (("first_answer", times.first_answer), ("acknowledged", times.acknowledgement), ("resolved", times.resolution)):
        if spread.n or spread.due:
            yield Words(f"digest.{name}", _spread(spread))
    if times.breaches:
        missed = tuple(
            Words("digest.breach", {"clock": one.clock, "ladder": one.ladder, "step": one.step or 0, "n": one.n})
            for one in times.breaches[:FEW]
        )
        yield Words("digest.breaches", {"missed": missed})
    yield from _approvals(figures)
    now = figures.waiting
    oldest = {"minutes": _minutes(now.oldest_wait), "number": now.oldest_case or 0}
    yield Words("digest.open", {"open": now.open, "unowned": now.unowned, **oldest})
    unanswered = sum(one.n for one in now.ladders if one.name == "unanswered")
    if unanswered:
        yield Words("digest.unanswered", {"n": unanswered})


def _spread(spread: Spread) -> dict[str, object]:
    share = None if spread.share is None else round(100 * spread.share)
    return {"n": spread.n, "median": _minutes(spread.median), "p90": _minutes(spread.p90), "share": share}


def _minutes(seconds: float | None) -> int | None:
    return None if seconds is None else max(0, int(seconds // 60))


def _approvals(figures: Figures) -> Iterator[Words]:
    asked = figures.approving
    if asked.waiting:
        yield Words("digest.approvals_wait", {"n": asked.waiting, "minutes": _minutes(asked.oldest_wait)})
    if asked.n or asked.rejected:
        reasons = tuple(one.name for one in asked.reasons[:2])
        told = {"n": asked.n, "median": _minutes(asked.median), "rejected": asked.rejected, "reasons": reasons}
        yield Words("digest.approvals", told)
    if asked.findings:
        counts = tuple(Words("digest.finding", {"what": one.name, "n": one.n}) for one in asked.findings[:FEW])
        yield Words("digest.findings", {"counts": counts})


def _room(figures: Figures) -> Iterator[Words]:
    """What was told to colleagues, promised, and sent; what the crisis waits for; what did not work."""
    if figures.told:
        called, lost = sum(one.called for one in figures.told), sum(one.not_told for one in figures.told)
        answered = [tally for one in figures.told for tally in one.acknowledged]
        names = tuple(dict.fromkeys(tally.name for tally in answered if tally.name))[:NAMES]
        facts = {"called": called, "not_told": lost, "acknowledged": sum(tally.n for tally in answered), "names": names}
        yield Words("digest.told", facts)
    kept = figures.promises
    if kept.kept or kept.missed or kept.open:
        yield Words("digest.promises", vars(kept))
    for clock in figures.clocks:
        if not clock.met_at:
            late = clock.due_at is not None and clock.due_at <= figures.period.until
            yield Words("digest.clock", {"name": clock.name, "since": clock.since, "due": clock.due_at, "late": late})
    if any(one.n for one in figures.sent):
        counts = tuple(Words("digest.network", {"what": one.network, "n": one.n}) for one in figures.sent[:FEW] if one.n)
        yield Words("digest.sent", {"counts": counts})
    for gap in figures.gaps[:FEW]:
        yield Words("digest.gap", {"door": gap.door, "since": gap.since, "until": gap.until, "reason": gap.reason})


def _links(figures: Figures) -> tuple[tuple[Button, ...], ...]:
    """To what was published, the latest few."""
    links = [link for one in figures.sent for link in one.links][:LINKS]
    row = tuple(Button(LEADS, Words("digest.link", {"number": case}), f"{case}:{at}", url=url) for at, (case, url) in enumerate(links))
    return (row,) if row else ()


def promise_card(promise: Promise) -> Card:
    """What was promised; a question with a button where it needs an admin's word."""
    if not promise.only_confirmed:
        return Card(Words("digest.subscribed", _promise(promise)))
    yes = Button("digest_counts", Words("digest.button_counts"), promise.ids, Style.DANGER)
    return Card(
        Words("digest.ask_counts", {"name": promise.name, "kind": "address" if "@" in promise.target else "channel"}), buttons=((yes,),)
    )


def list_card(promises: Sequence[Promise]) -> Card:
    if not promises:
        return Card(Words("digest.nobody_yet"))
    return Card(Words("digest.list_title", {"count": len(promises)}), tuple(Words("digest.line", _promise(one)) for one in promises))


def _promise(promise: Promise) -> dict[str, object]:
    rhythm: Rhythm = promise.rhythm
    when = {"rhythm": rhythm.name, "at": rhythm.at, "weekday": rhythm.weekday or 0, "timezone": rhythm.timezone}
    return {"name": promise.name, **when, "language": promise.language, "shared": promise.shared, "next": promise.next_at}
