"""Turns an announcement into a card for a workspace and a notice for a colleague: what is wrong, since when, where, and what to do."""

import socket
from dataclasses import dataclass, field
from hashlib import sha256

from handlers.couriers import Notice
from handlers.ports import Button, Card, Words
from handlers.watch.findings import DATABASE, PASSING, SHARED, STEPS_OVERDUE, TICKS_LATE, Announcement

GRAVE = DATABASE | {TICKS_LATE, STEPS_OVERDUE}  # nobody is told anything while it lasts


@dataclass(frozen=True)
class Wording:
    """`url` is the console's, the way to go; `host` names this machine among the replicas."""

    url: str
    host: str = field(default_factory=socket.gethostname)

    def card(self, told: Announcement) -> Card:
        tone = "plain" if told.ended_at else "alarm"
        return Card(_title(told), _body(told), (self._place(told),), ((self._open(),),), tone)

    def notice(self, told: Announcement, language: str) -> Notice:
        severity = "critical" if told.finding.code in GRAVE else "high"
        title, lines = _title(told), (*_body(told), self._place(told))
        return Notice(
            self.token(told), self._thread(told), language, severity, title, lines, self.url, over=bool(told.ended_at), short=title
        )

    def token(self, told: Announcement) -> str:
        """The same at every attempt, and from every process that sees the same."""
        finding = told.finding
        what = f"{self._thread(told)} {finding.since.timestamp()} {bool(told.ended_at)} {finding.subjects}"
        return sha256(what.encode()).hexdigest()[:32]

    def _thread(self, told: Announcement) -> str:
        """What one process sees alone must not be over because it is over for another."""
        return f"watch:{told.finding.code}" + ("" if told.finding.code in SHARED else f":{self.host}")

    def _place(self, told: Announcement) -> Words:
        passing = told.finding.code in PASSING or bool(told.ended_at)
        at = told.ended_at or told.finding.since
        return Words("watch.seen_at" if passing else "watch.since", {"at": at, "host": self.host})

    def _open(self) -> Button:
        return Button("open_original", Words("watch.open"), url=self.url)  # an act that every door lets lead away


def _title(told: Announcement) -> Words:
    return Words("watch.over_title" if told.ended_at else "watch.title", {"code": told.finding.code})


def _body(told: Announcement) -> tuple[Words, ...]:
    finding = told.finding
    if told.ended_at:
        seconds = round((told.ended_at - finding.since).total_seconds())
        return (Words("watch.over", {"code": finding.code, "seconds": max(0, seconds)}),)
    return (Words(f"watch.{finding.code}", finding.facts), Words("watch.remedy", {"code": finding.code}))
