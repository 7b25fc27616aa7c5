"""Our own people, and how they get into the console."""

from sqlalchemy import JSON, Column, ForeignKey, Integer, String, Table, Text

from storage.tables.base import flag, metadata
from storage.types import Id, Instant

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
    Column("holidays", Text),  # a country, or a part of one, whose public holidays they keep: ES-MD
    Column("pagers", JSON),  # their address at each service that wakes people: pagerduty, ntfy
    Column("totp_secret", Text),
    Column("totp_last", Integer),  # the time step last accepted: a code opens one door once
    flag("active", default=True),
    Column("added_at", Instant, nullable=False),
    Column("removed_at", Instant),
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
    flag("second_factor", default=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)
