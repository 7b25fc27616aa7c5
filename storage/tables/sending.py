"""What leaves, by which lane, within which limits, and how the doors fare."""

from sqlalchemy import JSON, BigInteger, Column, Float, ForeignKey, Index, Integer, String, Table, Text, text

from storage.tables.base import flag, metadata
from storage.types import Id, Instant

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("workspace", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("act", Text, nullable=False),  # post, update: what the destination counts against its limits
    Column("kind", Text, nullable=False),  # what to show: card, mention, words …
    Column("case_id", Id, ForeignKey("cases.id"), index=True),
    Column("facts", JSON, nullable=False),
    Column("key", Text, unique=True),  # while it waits, a second wish for the same thing joins this row
    Column("token", String(32), nullable=False, unique=True),  # travels in the message's metadata: how we find it again
    Column("severity", Integer, nullable=False),
    Column("rank", Float, nullable=False),  # see storage.outbox.rank
    Column("state", Text, nullable=False),
    Column("wish", Integer, nullable=False, server_default="1"),  # grows when a wish joins; a send that began before is repeated
    Column("not_before", Instant, nullable=False),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("lease_owner", Text),
    Column("lease_until", Instant),
    Column("created_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("external_id", Text),
    Column("error", Text),
    Column("first_tried_at", Instant),
)

_ready = text("state IN ('pending', 'failed_for_now')")

Index("ix_outbox_ready", outbox.c.lane, outbox.c.act, outbox.c.rank, sqlite_where=_ready, postgresql_where=_ready)

Index("ix_outbox_leased", outbox.c.lease_until, sqlite_where=outbox.c.state == "sending", postgresql_where=outbox.c.state == "sending")

Index("ix_outbox_state", outbox.c.state, outbox.c.lane, outbox.c.created_at)

lanes = Table("lanes", metadata, Column("lane", Text, primary_key=True), Column("act", Text, primary_key=True))

outbox_archive = Table("outbox_archive", metadata, *[Column(c.name, c.type, primary_key=c.name == "id") for c in outbox.c])

buckets = Table(
    "buckets",
    metadata,
    Column("name", Text, primary_key=True),
    Column("full_at", Instant, nullable=False),  # GCRA's theoretical arrival time
    Column("paused_until", Instant, nullable=False),
)

health = Table(
    "health",
    metadata,
    Column("door", Text, primary_key=True),  # slack, slack:C123, webhook:acme …
    Column("state", Text, nullable=False),  # well, failing, closed
    Column("reason", Text),  # the door's own code, never a sentence
    Column("since", Instant, nullable=False),
    Column("last_success_at", Instant),
    Column("told_at", Instant),  # when the alarm of this state was queued
)

gaps = Table(
    "gaps",
    metadata,
    Column("id", Id, primary_key=True),
    Column("door", Text, nullable=False),
    Column("state", Text, nullable=False),  # failing, closed
    Column("reason", Text),
    Column("since", Instant, nullable=False, index=True),
    Column("until", Instant),  # null while it lasts
    Column("late", BigInteger),  # mentions that came once it was over
)

_lasts = text("until IS NULL")

Index("ix_gaps_lasting", gaps.c.door, sqlite_where=_lasts, postgresql_where=_lasts)

workspaces = Table(
    "workspaces",
    metadata,
    Column("name", Text, primary_key=True),
    flag("trusted", default=True),
    Column("marked_by", Id, ForeignKey("people.id")),
    Column("marked_at", Instant),
)
