"""From words that are being written to what a network answered: drafts, versions, approvals, replies."""

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from storage.tables.base import flag, metadata
from storage.types import Id, Instant

writings = Table(
    "writings",
    metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True),
    Column("person_id", Id, ForeignKey("people.id"), primary_key=True),
    Column("text", Text, nullable=False, server_default=""),  # as far as it was typed
    Column("opened_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
)

drafts = Table(
    "drafts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),  # answer, handover, correction
    Column("corrects_id", Id),  # the reply that it corrects
    Column("author_id", Id, ForeignKey("people.id"), nullable=False),  # whoever first wrote it; never approves it
    Column("status", Text, nullable=False),
    Column("number", Integer, nullable=False),  # of its present version
    Column("created_at", Instant, nullable=False),
    Column("ended_by", Id, ForeignKey("people.id")),
    Column("ended_at", Instant),
    Column("reason", Text),  # why it was rejected, withdrawn or came back
)

_alive = drafts.c.status.in_(("written", "in_approval", "approved"))

Index("ix_drafts_alive", drafts.c.status, drafts.c.created_at, sqlite_where=_alive, postgresql_where=_alive)

_ended = text("ended_at IS NOT NULL")

Index("ix_drafts_ended_at", drafts.c.ended_at, sqlite_where=_ended, postgresql_where=_ended)

versions = Table(
    "versions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("draft_id", Id, ForeignKey("drafts.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("editor_id", Id, ForeignKey("people.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("language", String(16), nullable=False),
    flag("private", default=False),
    Column("network", Text, nullable=False),
    Column("customer_id", Id, ForeignKey("customers.id"), nullable=False),
    Column("in_reply_to", Text, nullable=False),  # the mention's id on its network
    Column("statement_id", Id, ForeignKey("statements.id")),  # the statement that it rests on
    Column("findings", JSON, nullable=False),  # what the checks said when it was put forward
    Column("digest", String(64), nullable=False),  # of text, recipient and network: what an approval is for
    Column("created_at", Instant, nullable=False),
    Column("reminded_at", Instant),
    UniqueConstraint("draft_id", "number"),
)

Index("ix_versions_created_at", versions.c.created_at)

approvals = Table(
    "approvals",
    metadata,
    Column("id", Id, primary_key=True),
    Column("version_id", Id, ForeignKey("versions.id")),
    Column("statement_id", Id, ForeignKey("statements.id")),
    Column("person_id", Id, ForeignKey("people.id")),  # null when a rule of FLOW said yes
    Column("rule", Text),
    Column("stage", Text, nullable=False),
    Column("digest", String(64), nullable=False),  # of exactly what was read
    Column("stands_in_for", Id, ForeignKey("people.id")),
    Column("at", Instant, nullable=False),
    Column("voided_at", Instant),
    UniqueConstraint("version_id", "person_id"),
    UniqueConstraint("statement_id", "person_id"),
)

approvals.append_constraint(
    CheckConstraint(approvals.c.version_id.is_(None) != approvals.c.statement_id.is_(None), name="ck_approvals_subject")
)

Index("ix_approvals_at", approvals.c.at)

replies = Table(
    "replies",
    metadata,
    Column("id", Id, primary_key=True),
    Column("draft_id", Id, ForeignKey("drafts.id"), nullable=False, unique=True),  # a draft becomes one reply, ever
    Column("version_id", Id, ForeignKey("versions.id"), nullable=False),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("reason", Text),  # why it waits or was refused: a code of ours, or the network's own words
    flag("sampled", default=False),  # a rule approved it; a person looks at it afterwards
    Column("looked_at_by", Id, ForeignKey("people.id")),
    Column("created_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("external_id", Text),
    Column("url", Text),
    Column("deleted_at", Instant),  # on the network
)

Index("ix_replies_state", replies.c.state, replies.c.id)

_sent = text("sent_at IS NOT NULL")

Index("ix_replies_sent_at", replies.c.sent_at, sqlite_where=_sent, postgresql_where=_sent)

Index("ix_replies_external_id", replies.c.external_id)

approval_posts = Table(
    "approval_posts",
    metadata,
    Column("version_id", Id, ForeignKey("versions.id"), primary_key=True),
    Column("workspace", Text, primary_key=True),
    Column("channel_id", Text, nullable=False),
    Column("message_id", Text, nullable=False),
)
