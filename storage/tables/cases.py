"""What customers wrote and what we make of it."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.tables.base import flag, metadata
from storage.types import Id, Instant

crises = Table(
    "crises",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("opened_by", Id, ForeignKey("people.id")),
    Column("closed_at", Instant),
    Column("aware_at", Instant),  # when we came to know: the authority's 72 hours run from here
    Column("hold", Text, nullable=False, server_default="off"),  # silent, holding, off
    Column("hold_since", Instant),  # since when anything is held without a break
    Column("hold_lifted_at", Instant),  # what stood in line then is looked at again before it leaves
)

flows = Table(
    "flows",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("snapshot", JSON, nullable=False),
    Column("ladders", JSON),  # apart, since the version before them reads the snapshot and knows no such key
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
    Column("erased_at", Instant),  # an empty shell since then: who it was is known no more
    UniqueConstraint("network", "external_id"),
    Index("ix_customers_linked_to", "linked_to"),
)

# and by lower(handle), which SQLAlchemy cannot read back from SQLite: ix_customers_handle is made in 0008_words alone

cases = Table(
    "cases",
    metadata,
    Column("id", Id, primary_key=True),
    Column("customer_id", Id, ForeignKey("customers.id"), nullable=False),
    Column("conversation_id", Text, nullable=False),
    Column("network", Text, nullable=False),
    Column("crisis_id", Id, ForeignKey("crises.id")),
    Column("flow_digest", String(64), ForeignKey("flows.digest")),  # a case keeps the FLOW that it started with
    Column("ladder", Text),  # which of that FLOW's ladders it climbs; null for none
    Column("crisis", Boolean, nullable=False),
    Column("crisis_set_by", Id, ForeignKey("people.id")),
    Column("left_crisis_at", Instant),  # when it was last said to be ordinary after all: a hold that was on then still holds it
    Column("channel", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("owner_id", Id, ForeignKey("people.id")),
    Column("language", String(16), nullable=False),
    flag("private", default=False),
    Column("mention_count", Integer, nullable=False, server_default="1"),
    Column("cluster", BigInteger, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("last_mention_at", Instant, nullable=False),
    Column("acknowledged_at", Instant),
    Column("answered_at", Instant),  # our first reply
    Column("closed_at", Instant),
    Column("erased_at", Instant),  # what the customer and we wrote is gone since then
    flag("exercise", default=False),  # part of a drill: nobody wrote it, nothing of it leaves
    UniqueConstraint("customer_id", "conversation_id"),
)

_open_and_unowned = text("status <> 'closed' AND owner_id IS NULL")

Index("ix_cases_next", cases.c.severity.desc(), cases.c.opened_at, sqlite_where=_open_and_unowned, postgresql_where=_open_and_unowned)

Index("ix_cases_open", cases.c.status, cases.c.severity, cases.c.last_mention_at)

Index("ix_cases_cluster", cases.c.cluster)

_owned = text("status <> 'closed' AND owner_id IS NOT NULL")

Index("ix_cases_owner", cases.c.owner_id, cases.c.severity.desc(), cases.c.opened_at, sqlite_where=_owned, postgresql_where=_owned)

_unanswered = text("status <> 'closed' AND answered_at IS NULL")

Index("ix_cases_unanswered", cases.c.opened_at, sqlite_where=_unanswered, postgresql_where=_unanswered)

_when = {name: text(f"{name} IS NOT NULL") for name in ("answered_at", "closed_at")}

Index("ix_cases_answered_at", cases.c.answered_at, sqlite_where=_when["answered_at"], postgresql_where=_when["answered_at"])

Index("ix_cases_closed_at", cases.c.closed_at, sqlite_where=_when["closed_at"], postgresql_where=_when["closed_at"])

Index("ix_cases_exercise", cases.c.id, sqlite_where=text("exercise"), postgresql_where=text("exercise"))

_kept = text("status = 'closed' AND erased_at IS NULL")

Index("ix_cases_kept", cases.c.closed_at, sqlite_where=_kept, postgresql_where=_kept)

mentions = Table(
    "mentions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("network", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("url", Text),
    flag("private", default=False),
    Column("language", String(16), nullable=False),
    Column("suggestion", JSON, nullable=False),
    Column("cluster", BigInteger, nullable=False),
    Column("posted_at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("deleted_at", Instant),
    Column("hideable", Boolean),  # the network lets us hide it
    Column("hidden_at", Instant),  # by us
    Column("no_answer", Text),  # why it may not be answered
    Column("private_until", Instant),  # as long as the network lets us answer it in private
    Column("attachments", JSON),  # [name, kind, size] each; never opened
    Column("context", Text),  # what the network wants back to answer it
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

listeners = Table(  # one process at a time reads a source: some are paid for by the message
    "listeners",
    metadata,
    Column("source", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("until", Instant, nullable=False),
)

spendings = Table(
    "spendings",
    metadata,
    Column("network", Text, primary_key=True),
    Column("month", String(7), primary_key=True),  # 2026-11, UTC
    Column("what", Text, primary_key=True),
    Column("times", BigInteger, nullable=False),
    Column("micros", BigInteger, nullable=False),  # millionths of a dollar
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
    flag("current", default=True),  # false once the case moved to another channel
)

Index("ix_posts_case", posts.c.case_id, posts.c.workspace)

Index("ix_posts_message", posts.c.workspace, posts.c.channel_id, posts.c.message_id)
