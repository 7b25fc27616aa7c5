"""The timeline and the heads of its days."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from storage.tables.base import metadata
from storage.types import Id, Instant

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
