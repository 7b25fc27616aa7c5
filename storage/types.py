"""Column types and values that read the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, DateTime, Integer
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

Id = BigInteger().with_variant(Integer, "sqlite")


class Instant(TypeDecorator[datetime]):
    """An aware UTC moment; SQLite, which has no zones, keeps it as naive UTC text that sorts. A naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time {value!r}: every moment here carries its zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Status(StrEnum):
    """Where a case stands: open → acknowledged → answered → closed → (the customer writes again) open."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    CLOSED = "closed"


class SendState(StrEnum):
    """Where an outbox row stands.

    `folded` rows are stood for by their lane's counting card, `behind` ones wait for their case's card; a gate `stopped` it: it is over.
    """

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED_FOR_NOW = "failed_for_now"
    FAILED_FOR_GOOD = "failed_for_good"
    UNCONFIRMED = "unconfirmed"
    FOLDED = "folded"
    BEHIND = "behind"
    STOPPED = "stopped"


class DraftStatus(StrEnum):
    """written → in_approval → approved → published; rejected and withdrawn end it; a revision returns it to written."""

    WRITTEN = "written"
    IN_APPROVAL = "in_approval"
    APPROVED = "approved"
    PUBLISHED = "published"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class ReplyState(StrEnum):
    """Where an approved draft stands on its way out. `held` and `unconfirmed` wait for a person; `refused` gave the draft back."""

    WAITING = "waiting"
    HELD = "held"
    SENT = "sent"
    REFUSED = "refused"
    UNCONFIRMED = "unconfirmed"
    WITHDRAWN = "withdrawn"


class Hold(StrEnum):
    """The gate of the whole crisis: nothing about it leaves, only what rests on the holding statement, or it is open."""

    SILENT = "silent"
    HOLDING = "holding"
    OFF = "off"


LOW, NORMAL, HIGH, CRITICAL = range(4)
