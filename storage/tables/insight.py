"""What is counted while it happens, and what is owed to whoever subscribed.

The counts are kept by triggers of the database (storage/migrations/versions/0006_insight.py): whichever version of the code writes a row,
in the same transaction its counts are right. On PostgreSQL a statement adds rows of its own `part`, so that nobody waits for anybody;
`storage.counts.fold` adds them up. On SQLite, which has one writer, the one row of `part` 0 grows. Drills are not counted.
"""

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from storage.tables.base import flag, metadata
from storage.types import Id, Instant


def _counts(name: str, *keys: Column[object]) -> Table:
    part = Column("part", BigInteger, primary_key=True, server_default="0")
    table = Table(name, metadata, *keys, part, Column("n", Integer, nullable=False))
    Index(f"ix_{name}_part", table.c.part, sqlite_where=part != 0, postgresql_where=part != 0)
    return table


def _key(name: str, kind: type = Text) -> Column[object]:
    return Column(name, kind, primary_key=True)


# mentions by the quarter of an hour in which they came in
mention_counts = _counts("mention_counts", _key("quarter", Instant), _key("network"), _key("language"), _key("mood"))

# cases by the quarter of an hour in which they began, as they are seen now
case_counts = _counts(
    "case_counts", _key("quarter", Instant), _key("network"), _key("language"), _key("severity", Integer), _key("crisis", Boolean)
)

# the same by tag: a person's word, or the machine's where it is sure enough and nobody has clicked
tag_counts = _counts("tag_counts", _key("quarter", Instant), _key("tag"), _key("by_person", Boolean))

# what steps called: which step had run out before (0 for none), and whom nothing reached
call_counts = _counts(
    "call_counts",
    _key("quarter", Instant),
    _key("ladder"),
    _key("step", Integer),
    _key("ended", Integer),
    _key("untold", Boolean),
)

# what stands now
open_counts = _counts(
    "open_counts", _key("network"), _key("language"), _key("severity", Integer), _key("crisis", Boolean), _key("owned", Boolean)
)

open_tag_counts = _counts("open_tag_counts", _key("tag"), _key("by_person", Boolean))

ladder_counts = _counts("ladder_counts", _key("state"))

lane_counts = _counts("lane_counts", _key("lane"), _key("state"))

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("workspace", Text, nullable=False),  # the name of a workspace, or email
    Column("target", Text, nullable=False),  # a channel's id there, or an address
    Column("name", Text, nullable=False),  # as people call it: #marketing
    Column("rhythm", Text, nullable=False),  # daily, weekly, hourly, spike
    Column("at", String(5), nullable=False),  # 08:30 in its zone; of an hourly one only the minutes count
    Column("weekday", Integer),  # of a weekly one; 0 is Monday
    Column("timezone", Text, nullable=False),
    Column("language", String(2), nullable=False),
    flag("shared", default=False),  # people from outside can read there: counts only, no customer's words
    Column("made_by", Id, ForeignKey("people.id"), nullable=False),
    Column("confirmed_by", Id, ForeignKey("people.id")),  # the admin who let it into a shared place
    Column("made_at", Instant, nullable=False),  # no slot before it is owed
    Column("ended_by", Id, ForeignKey("people.id")),
    Column("ended_at", Instant),
)

digests = Table(
    "digests",
    metadata,
    Column("id", Id, primary_key=True),
    Column("subscription_id", Id, ForeignKey("subscriptions.id"), nullable=False),
    Column("slot", Instant, nullable=False),  # when it was owed
    Column("since", Instant, nullable=False),  # what it is about
    Column("until", Instant, nullable=False),
    Column("missed", Integer, nullable=False, server_default="0"),  # earlier slots that it makes up for
    Column("figures", JSON, nullable=False),
    Column("composed_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("failed_at", Instant),
    Column("reason", Text),
    UniqueConstraint("subscription_id", "slot"),  # owed once, whoever composes it
)

spikes = Table(
    "spikes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("what", Text, nullable=False),  # all, tag:phishing, network:x
    Column("seen_at", Instant, nullable=False),
    Column("count", Integer, nullable=False),  # in the hour before
    Column("usual", Integer, nullable=False),  # what would have been no surprise
    Column("over_at", Instant),  # while it lasts it is told once
)

Index("ix_spikes_what", spikes.c.what, spikes.c.seen_at)
