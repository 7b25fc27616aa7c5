"""What X charges, what the month will cost, and when to save."""

import calendar
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from bot.networks.x.counting import links

# X's page "X API pay-per-usage pricing", in dollars; own mentions and own posts are "Owned Reads"
OWNED_READ = Decimal("0.001")
READ = Decimal("0.005")
DM_READ = Decimal("0.010")
USER_READ = Decimal("0.010")
REPLY = Decimal("0.010")  # to somebody who summoned us
POST_WITH_LINK = Decimal("0.200")  # a second page says that a summoned reply costs the same with a link: the dearer one is believed
DM = Decimal("0.015")
DELETE = Decimal("0.010")
MANAGE = Decimal("0.005")

SEARCH_STOPPED, OVER_BUDGET = "search_stopped", "over_budget"
_SAVES_AT = Decimal("0.9")


@dataclass(frozen=True)
class Forecast:
    """In dollars. `by_month_end` if it goes on as it went so far; without a ceiling `ceiling` is None."""

    spent: Decimal
    by_month_end: Decimal
    ceiling: Decimal | None

    @property
    def thrift(self) -> str:
        """What is saved on: "", search_stopped, over_budget."""
        if not self.ceiling or self.spent < self.ceiling * _SAVES_AT:
            return ""
        return SEARCH_STOPPED if self.spent < self.ceiling else OVER_BUDGET


def forecast(spent: Decimal, ceiling: Decimal, now: datetime) -> Forecast:
    """`ceiling` 0 is none. The first day of a month counts as a whole one: an hour of storm says little about thirty days."""
    at = now.astimezone(UTC)
    days = Decimal(calendar.monthrange(at.year, at.month)[1])
    passed = max(Decimal(1), at.day - 1 + Decimal(at.hour * 3600 + at.minute * 60 + at.second) / 86_400)
    return Forecast(spent, (spent / passed * days).quantize(Decimal("0.01")), ceiling or None)


def cost(text: str, *, private: bool = False) -> Decimal:
    """What this reply will cost."""
    if private:
        return DM
    return POST_WITH_LINK if links(text) else REPLY
