"""What is known, said, attested and promised about the crisis itself."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from storage.tables.base import metadata
from storage.types import Id, Instant

facts = Table(
    "facts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("crisis_id", Id, ForeignKey("crises.id"), nullable=False, index=True),
    Column("question", Text),  # a first question of FLOW by its name; null for what somebody added
    Column("text", Text, nullable=False, server_default=""),  # "" while a question has no answer
    Column("data_types", JSON, nullable=False),  # what leaked, in FLOW's words: email, card … chooses the advice
    Column("status", Text, nullable=False),  # unknown, confirmed, retracted
    Column("source", Text, nullable=False, server_default=""),
    Column("owner_id", Id, ForeignKey("people.id")),
    Column("added_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
)

statements = Table(
    "statements",
    metadata,
    Column("id", Id, primary_key=True),
    Column("crisis_id", Id, ForeignKey("crises.id"), nullable=False),
    Column("kind", Text, nullable=False),  # holding, full
    Column("version", Integer, nullable=False),  # of its kind, from 1
    Column("texts", JSON, nullable=False),  # language → text
    Column("fact_ids", JSON, nullable=False),  # the facts that it rests on
    Column("status", Text, nullable=False),  # in_approval, approved, rejected, replaced, withdrawn
    Column("author_id", Id, ForeignKey("people.id"), nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("approved_at", Instant),
    UniqueConstraint("crisis_id", "kind", "version"),
)

attestations = Table(
    "attestations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("crisis_id", Id, ForeignKey("crises.id"), nullable=False, index=True),
    Column("gate", Text, nullable=False),  # customers_first, posts_stopped
    Column("subject", Text, nullable=False, server_default=""),  # the account whose posts were stopped
    Column("what", JSON, nullable=False),  # customers_first: told, share, at, how
    Column("person_id", Id, ForeignKey("people.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
)

exceptions = Table(
    "exceptions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("crisis_id", Id, ForeignKey("crises.id"), nullable=False),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False, index=True),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

deadlines = Table(
    "deadlines",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", Text, nullable=False, unique=True),  # one clock for one thing: authority:1, fact:7, callback:3
    Column("kind", Text, nullable=False),
    Column("crisis_id", Id, ForeignKey("crises.id"), index=True),
    Column("case_id", Id, ForeignKey("cases.id"), index=True),
    Column("subject_id", Id),  # the fact, the draft, the call-back …
    Column("severity", Integer, nullable=False, server_default="3"),  # of its case; what is not of a case goes first
    Column("due_at", Instant, nullable=False),
    Column("set_at", Instant, nullable=False),
    Column("paused_at", Instant),  # a hold stops it; what is left runs on afterwards
    Column("met_at", Instant),  # done, whether in time or not
    Column("told_at", Instant),  # when it fell due unmet and somebody was told
)

_running = text("met_at IS NULL AND told_at IS NULL AND paused_at IS NULL")

Index("ix_deadlines_next", deadlines.c.kind, deadlines.c.severity, deadlines.c.due_at, sqlite_where=_running, postgresql_where=_running)

_promised = text("kind IN ('first_answer', 'resolution')")

_d = deadlines.c

Index("ix_deadlines_promised", _d.kind, _d.severity, _d.due_at, _d.met_at, _d.paused_at, sqlite_where=_promised, postgresql_where=_promised)

callbacks = Table(
    "callbacks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False, index=True),
    Column("leader_id", Id, ForeignKey("people.id"), nullable=False),
    Column("asked_by", Id, ForeignKey("people.id"), nullable=False),
    Column("reach_at", Text, nullable=False, server_default=""),
    Column("asked_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("done_at", Instant),
    Column("outcome", Text),
    Column("language", String(16), nullable=False, server_default="en"),
)

room_posts = Table(
    "room_posts",
    metadata,
    Column("subject", Text, primary_key=True),  # facts:1 (the board of a crisis), statement:3
    Column("workspace", Text, primary_key=True),
    Column("channel_id", Text, nullable=False),
    Column("message_id", Text, nullable=False),
)
