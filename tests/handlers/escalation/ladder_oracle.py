"""What FLOW promises about one case, kept in mind apart from the product: who is told next, and when; judged by what people did alone."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)
REMIND, LAPSE, SNOOZE_MOST = 10 * MINUTE, 5 * MINUTE, 60 * MINUTE


@dataclass(frozen=True)
class Rules:
    """The minutes before each step, who is told by it, whether all of them must answer, and what comes after the last."""

    after: tuple[int, ...]
    roles: tuple[tuple[str, ...], ...]
    everyone: bool = False
    wait: int = 5
    repeat: int = 0


RULES = {
    "life": Rules((0, 5, 5), (("lead",), ("manager",), ("legal",)), repeat=1),
    "both": Rules((0, 10), (("legal", "manager"), ("lead",)), everyone=True, wait=10),
    "press": Rules((0, 5), (("press_officer",), ("manager",)), wait=5),
    "grave": Rules((10, 20), (("security",), ("lead", "press_officer")), wait=20),
}


def rules_for(tags: set[str], severity: int) -> str | None:
    """The first that fits."""
    fits = {"life": "threat_to_life" in tags, "both": "extortion" in tags, "press": "press" in tags, "grave": severity >= 2}
    return next((name for name, does in fits.items() if does), None)


@dataclass
class Matter:
    """A case as people see it: free, held by somebody, put off, red (the ladder is at its end), or done."""

    id: int
    by: str
    ladder: str | None = None
    state: str = "free"
    next: int = 0  # the step that is told next, from 0; one past the last is the end
    repeats: int = 0
    due: datetime | None = None
    lapses: datetime | None = None
    reminded: bool = False
    followed: bool = False
    anew: bool = True  # the next step told begins a climb
    told: list[tuple[int, int]] = field(default_factory=list)  # (climb, step) as they came
    holder: str = ""

    @property
    def rules(self) -> Rules:
        return RULES[self.ladder or ""]

    # --- what people and customers do

    def begins(self, now: datetime) -> None:
        """It has just come, come back, or fits another ladder."""
        self.state, self.next, self.repeats, self.lapses, self.anew = "free", 0, 0, None, True
        self.due = now + self.rules.after[0] * MINUTE if self.ladder else None

    def fits(self, ladder: str | None, now: datetime) -> None:
        if ladder == self.ladder:
            return
        self.ladder = ladder
        if self.state in ("free", "red"):
            self.begins(now)
        elif self.state == "held" and ladder:
            self.lapses = now + REMIND

    def _pauses(self) -> None:
        if self.state == "red":
            self.next, self.repeats, self.anew = 0, 0, True

    def is_held(self, name: str, now: datetime) -> None:
        if self.state == "done":
            return
        self._pauses()
        self.state, self.holder, self.reminded, self.followed, self.due = "held", name, False, False, None
        self.lapses = now + REMIND if self.ladder else None

    def is_put_off(self, until: datetime) -> None:
        if self.state != "done":
            self._pauses()
            self.state, self.due, self.lapses = "put off", until, None

    def ends(self) -> None:
        self.state, self.due, self.lapses = "done", None, None

    # --- what time does

    def time_passes(self, now: datetime) -> None:
        """An acknowledgement with nothing following is brought to mind, then void."""
        if self.state == "put off" and self.due and self.due <= now and not self.ladder:
            self.state, self.due, self.next, self.repeats, self.anew = "free", None, 0, 0, True
        if self.state != "held" or self.lapses is None or self.lapses > now:
            return
        if self.followed or not self.ladder:
            self.lapses = None
        elif self.reminded:
            self.state, self.due, self.lapses = "free", now, None
        else:
            self.reminded, self.lapses = True, now + LAPSE

    def is_told(self, climb: int, step: int, now: datetime, *, unreached: bool) -> list[str]:
        """A step was told: what is wrong with that. `unreached`: nobody of the step before it could be told."""
        last = self.told[-1] if self.told else (-1, 0)
        begins = self.anew or self.next == 0
        wrong = {
            f"told while it was {self.state}": self.state not in ("free", "put off"),
            "told without a ladder": not self.ladder,
            "told too soon": self.due is None or (self.due > now and not (unreached and not begins)),
            f"step {step} instead of {self.next + 1}": step != self.next + 1,
            "told twice": (climb, step) in self.told,
            "not in order": climb <= last[0] if begins else (climb, step) != (last[0], last[1] + 1),
        }
        self.told.append((climb, step))
        if self.ladder:
            self._goes_up(now)
        return [f"#{self.id} ({self.ladder}): {what}" for what, is_so in wrong.items() if is_so]

    def _goes_up(self, now: datetime) -> None:
        rules, self.state, self.anew = self.rules, "free", False
        if self.next == len(rules.after):
            self.state, self.due = "red", None
        elif self.next + 1 < len(rules.after):
            self.next, self.due = self.next + 1, now + rules.after[self.next + 1] * MINUTE
        elif self.repeats < rules.repeat:
            self.next, self.repeats, self.due = 0, self.repeats + 1, now + rules.wait * MINUTE
        else:
            self.next, self.due = self.next + 1, now + rules.wait * MINUTE

    def is_missing(self, now: datetime, *, unreached: bool) -> bool:
        """A step should have been told by now."""
        waits = self.state in ("free", "put off") and self.ladder and self.due
        at_once = unreached and self.state == "free" and not self.anew and self.next > 0
        return bool(waits and (self.due <= now or at_once))
