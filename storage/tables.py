"""Every table, in the order a message meets them. A row is described here once; queries live beside their noun."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

from storage.types import Id, Instant

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _flag(name: str, *, default: bool) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=true() if default else false())


people = Table(
    "people",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("roles", JSON, nullable=False),
    Column("slack_id", Text, unique=True),
    Column("teams_id", Text, unique=True),
    Column("email", Text, unique=True),  # kept in lower case
    Column("phone", Text),
    Column("languages", JSON, nullable=False),
    Column("hours", Text),
    Column("timezone", Text, nullable=False),
    Column("deputy", Text),
    Column("totp_secret", Text),
    Column("totp_last", Integer),  # the time step last accepted: a code opens one door once
    _flag("active", default=True),
    Column("added_at", Instant, nullable=False),
    Column("removed_at", Instant),
)

crises = Table(
    "crises",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("opened_by", Id, ForeignKey("people.id")),
    Column("closed_at", Instant),
)

flows = Table(
    "flows",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("snapshot", JSON, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
)

customers = Table(
    "customers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("network", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("handle", Text, nullable=False, server_default=""),
    Column("name", Text, nullable=False, server_default=""),
    Column("kind", Text, nullable=False, server_default="unknown"),
    Column("kind_set_by", Id, ForeignKey("people.id")),
    Column("reach", Integer, nullable=False, server_default="0"),
    Column("linked_to", Id, ForeignKey("customers.id")),  # the first account known of the same person
    UniqueConstraint("network", "external_id"),
)

cases = Table(
    "cases",
    metadata,
    Column("id", Id, primary_key=True),
    Column("customer_id", Id, ForeignKey("customers.id"), nullable=False),
    Column("conversation_id", Text, nullable=False),
    Column("network", Text, nullable=False),
    Column("crisis_id", Id, ForeignKey("crises.id")),
    Column("flow_digest", String(64), ForeignKey("flows.digest")),  # a case keeps the FLOW that it started with
    Column("crisis", Boolean, nullable=False),
    Column("crisis_set_by", Id, ForeignKey("people.id")),
    Column("channel", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("owner_id", Id, ForeignKey("people.id")),
    Column("language", String(16), nullable=False),
    _flag("private", default=False),
    Column("mention_count", Integer, nullable=False, server_default="1"),
    Column("cluster", BigInteger, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("last_mention_at", Instant, nullable=False),
    Column("acknowledged_at", Instant),
    Column("closed_at", Instant),
    UniqueConstraint("customer_id", "conversation_id"),
)
_open_and_unowned = text("status <> 'closed' AND owner_id IS NULL")
Index("ix_cases_next", cases.c.severity.desc(), cases.c.opened_at, sqlite_where=_open_and_unowned, postgresql_where=_open_and_unowned)
Index("ix_cases_open", cases.c.status, cases.c.severity, cases.c.last_mention_at)
Index("ix_cases_cluster", cases.c.cluster)

mentions = Table(
    "mentions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("network", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("url", Text),
    _flag("private", default=False),
    Column("language", String(16), nullable=False),
    Column("suggestion", JSON, nullable=False),
    Column("cluster", BigInteger, nullable=False),
    Column("posted_at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("deleted_at", Instant),
    UniqueConstraint("network", "external_id"),
)
Index("ix_mentions_case_id", mentions.c.case_id, mentions.c.id)
Index("ix_mentions_received_at", mentions.c.received_at)

mention_changes = Table(
    "mention_changes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("mention_id", Id, ForeignKey("mentions.id"), nullable=False, index=True),
    Column("change", Text, nullable=False),  # edited, deleted
    Column("text", Text),  # as it reads now; the mention itself is never edited
    Column("seen_at", Instant, nullable=False),
    UniqueConstraint("mention_id", "change", "text"),
)

raw_payloads = Table(
    "raw_payloads",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source", Text, nullable=False),
    Column("mention_id", Id, ForeignKey("mentions.id"), index=True),
    Column("body", Text, nullable=False),
    Column("refused_because", Text),  # null when it became a mention
    Column("received_at", Instant, nullable=False, index=True),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("source", Text, primary_key=True),
    Column("delivery_id", Text, primary_key=True),
    Column("at", Instant, nullable=False, index=True),
)

cursors = Table(
    "cursors",
    metadata,
    Column("source", Text, primary_key=True),
    Column("position", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

case_tags = Table(
    "case_tags",
    metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True),
    Column("tag", Text, primary_key=True),
    Column("confidence", Float),  # the machine's word, null when only a person named it
    Column("is_set", Boolean),  # a person's word: on, off, or null when nobody has clicked
    Column("set_by", Id, ForeignKey("people.id")),
    Column("set_at", Instant),
)
Index("ix_case_tags_tag", case_tags.c.tag)

clicks = Table(
    "clicks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False, index=True),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False),
    Column("word", Text, nullable=False),  # a tag, or crisis
    Column("truth", Boolean, nullable=False),
    Column("at", Instant, nullable=False),
)

notes = Table(
    "notes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False, index=True),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

posts = Table(
    "posts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("workspace", Text, nullable=False),
    Column("channel_id", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("posted_at", Instant, nullable=False),
    _flag("current", default=True),  # false once the case moved to another channel
)
Index("ix_posts_case", posts.c.case_id, posts.c.workspace)
Index("ix_posts_message", posts.c.workspace, posts.c.channel_id, posts.c.message_id)

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
Index(
    "ix_outbox_leased", outbox.c.lease_until, sqlite_where=outbox.c.state == "sending", postgresql_where=outbox.c.state == "sending"
)
Index("ix_outbox_state", outbox.c.state, outbox.c.lane)

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

workspaces = Table(
    "workspaces",
    metadata,
    Column("name", Text, primary_key=True),
    _flag("trusted", default=True),
    Column("marked_by", Id, ForeignKey("people.id")),
    Column("marked_at", Instant),
)

timeline = Table(
    "timeline",
    metadata,
    Column("id", Id, primary_key=True),
    Column("chain", Text, nullable=False),  # case:7, crisis:1, people, doors
    Column("seq", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("act", Text, nullable=False),
    Column("person_id", Id, ForeignKey("people.id")),
    Column("door", Text, nullable=False),  # through which door the act came
    Column("payload", JSON),  # gone after erasure, with its salt
    Column("salt", LargeBinary),
    Column("commitment", LargeBinary(32), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    UniqueConstraint("chain", "seq"),
)
Index("ix_timeline_at", timeline.c.at)

timeline_days = Table(
    "timeline_days",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("links", Integer, nullable=False),
    Column("last_id", Id, nullable=False),
    Column("head", LargeBinary(32), nullable=False),
    Column("sealed_at", Instant, nullable=False),
)

invites = Table(
    "invites",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    _flag("second_factor", default=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)
