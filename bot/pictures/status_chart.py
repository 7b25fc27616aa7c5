"""Draws how things stand now: what is open, how grave it is, what nobody answered, and how long the crisis's clocks still run. Pure."""

from dataclasses import dataclass
from datetime import datetime

from bot.pictures.blocks import Block, Spot, lines
from bot.pictures.chart_frame import head
from bot.pictures.chart_shapes import BESIDE, FIGURE, MARGIN, NAME, RED, ROOM, SCALE, VALUE, WIDTH, Chart
from bot.pictures.chart_words import Manner, capital, legible
from bot.pictures.lettering import cut, width
from bot.pictures.shapes import Box, Shape, Sign, Text
from handlers.insight.figures import Clock
from handlers.insight.status import Standing

COLUMN = ROOM / 2
CELL, BAR, ROW, BAR_BELOW, BETWEEN = 146, 54, 56, 26, 34  # heights: of a number, a severity, a clock, its bar, and between parts
WORDS, NUMBERS = 230, 110  # room for a severity's word before its bar, and for its number behind
DOORS = 3  # named
HOLD = "hold"


def status_chart(standing: Standing, manner: Manner) -> Chart:
    return _Now(standing, manner).chart()


@dataclass(frozen=True)
class _Now:
    standing: Standing
    manner: Manner

    def chart(self) -> Chart:
        title = self.manner.say("status_title")
        top = head(
            title, [self.manner.say("status_at", at=self.manner.moment(self.standing.at), zone=self.manner.zone.key), self._crisis()]
        )
        block = Block(list(top.shapes), top.bottom)
        shapes: list[Shape] = []
        for part in (self._numbers, self._grave, self._red, self._clocks, self._doors):
            shapes += block.shapes
            block = part(block.bottom)
        return Chart("status", title, self._described(), round(block.bottom + 30), (*shapes, *block.shapes))

    def _crisis(self) -> str:
        if not self.standing.crisis:
            return self.manner.say("no_crisis")
        return self.manner.say("crisis", name=legible(self.standing.crisis), minutes=self._minutes(self.standing.since))

    def _minutes(self, since: datetime | None) -> int:
        return max(0, int((self.standing.at - since).total_seconds() // 60)) if since else 0

    def _wait(self) -> str:
        return "" if self.standing.oldest_wait is None else self.manner.lasting(self.standing.oldest_wait)

    def _numbers(self, y: float) -> Block:
        """Four, two in a row."""
        now, number = self.standing, self.manner.number
        told = [
            (number(now.open), self.manner.say("open", n=now.open)),
            (number(now.unowned), self.manner.say("unowned", n=now.unowned)),
            (self._wait() or self.manner.say("nothing"), self.manner.say("longest_wait")),
            (number(now.approvals), self.manner.say("approvals", n=now.approvals)),
        ]
        y += BETWEEN
        shapes: list[Shape] = []
        for place, (figure, words) in enumerate(told):
            x, top = MARGIN + place % 2 * COLUMN, y + place // 2 * CELL
            shapes.append(Text(x, top + 60, cut(figure, COLUMN - 20, FIGURE), FIGURE, COLUMN - 20))
            shapes.append(Text(x, top + 106, cut(words, COLUMN - 20, BESIDE), BESIDE, COLUMN - 20))
        return Block(shapes, y + 2 * CELL - 20)

    def _grave(self, y: float) -> Block:
        """Severities in their colours, each with the sign that it has everywhere."""
        if not self.standing.open:
            return Block([], y)
        y += BETWEEN - 10
        most = max(1, *(one.n for one in self.standing.severities))
        shapes: list[Shape] = []
        for place, one in enumerate(self.standing.severities):
            foot = y + place * BAR + 36
            wide = round((ROOM - WORDS - NUMBERS) * one.n / most)
            shapes += [Sign(one.name, MARGIN, foot - 25, 28, one.name), self._word(one.name, foot)]
            shapes += [Box(MARGIN + WORDS, foot - 27, max(wide, 3), 32, one.name, round=0)] if one.n else []
            said = self.manner.number(one.n, VALUE, NUMBERS - 12)
            shapes.append(Text(MARGIN + WORDS + (wide + 12 if one.n else 0), foot, said, VALUE, NUMBERS - 12))
        return Block(shapes, y + len(self.standing.severities) * BAR)

    def _word(self, severity: str, foot: float) -> Text:
        return Text(MARGIN + 42, foot, capital(self.manner.say("severity", name=severity)), BESIDE, WORDS - 52)

    def _red(self, y: float) -> Block:
        unanswered = self.standing.ladders.get("unanswered", 0)
        if not unanswered:
            return Block([], y)
        return lines(self.manner.say("red", n=unanswered), Spot(MARGIN, y + BETWEEN - 8, ROOM), RED, tone="critical")

    def _clocks(self, y: float) -> Block:
        """Those of a crisis: the hold, then what others wait for."""
        if not self.standing.crisis:
            return Block([], y)
        known = {clock.name: clock for clock in self.standing.clocks}
        y += BETWEEN + 30
        shapes = self._hold(known.get(HOLD), y)
        for clock in (one for one in self.standing.clocks if one.name != HOLD):
            y += ROW
            shapes += self._pair(self.manner.say("clock", name=clock.name), self._left(clock), y, late=self._is_late(clock))
            track = self._track(clock, y + 20)
            shapes += track
            y += BAR_BELOW if track else 0
        return Block(shapes, y + 14)

    def _hold(self, clock: Clock | None, foot: float) -> list[Shape]:
        lasts = self.manner.say("lasts", minutes=self._minutes(clock.since)) if clock else ""
        return self._pair(self.manner.say("hold", hold=self.standing.hold), lasts, foot)

    def _track(self, clock: Clock, y: float) -> list[Shape]:
        """How much of its time has run, where that is known."""
        if clock.since is None or clock.due_at is None or clock.met_at is not None or clock.due_at <= clock.since:
            return []
        run = min(1.0, max(0.0, (self.standing.at - clock.since) / (clock.due_at - clock.since)))
        return [Box(MARGIN, y, ROOM, 12, "track", round=0), Box(MARGIN, y, ROOM * run, 12, self._look(clock), round=0)]

    def _look(self, clock: Clock) -> str:
        return "critical" if self._is_late(clock) else "bar"

    def _is_late(self, clock: Clock) -> bool:
        return clock.met_at is None and clock.due_at is not None and clock.due_at <= self.standing.at

    def _left(self, clock: Clock) -> str:
        if clock.met_at is not None or clock.due_at is None:
            return self.manner.say("met")
        minutes = int(abs(clock.due_at - self.standing.at).total_seconds() // 60)
        return self.manner.say("late" if self._is_late(clock) else "left", minutes=minutes)

    def _pair(self, name: str, said: str, foot: float, *, late: bool = False) -> list[Shape]:
        """A name on the left, what is said of it on the right."""
        look = RED if late else SCALE
        wide = width(said, look)
        room = ROOM - wide - 24
        found: list[Shape] = [Text(MARGIN, foot, cut(name, room, NAME), NAME, room)]
        return [*found, Text(WIDTH - MARGIN, foot, said, look, wide, "critical", anchor="end")] if said else found

    def _doors(self, y: float) -> Block:
        if not self.standing.doors:
            return Block([], y)
        names = [name for door in self.standing.doors if (name := legible(door.name))][:DOORS]
        said = self.manner.say("doors", n=len(self.standing.doors), names=names)
        return lines(said, Spot(MARGIN, y + BETWEEN - 8, ROOM), RED, tone="critical")

    def _described(self) -> str:
        now = self.standing
        red = now.ladders.get("unanswered", 0)
        return capital(self.manner.say("status_described", open=now.open, unowned=now.unowned, red=red, wait=self._wait()))
