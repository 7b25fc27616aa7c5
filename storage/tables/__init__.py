"""Every table, in the order a message meets them. A row is described here once; queries live beside their noun."""

from storage.tables.answers import approval_posts, approvals, drafts, replies, versions, writings
from storage.tables.base import metadata
from storage.tables.cases import (
    case_tags,
    cases,
    clicks,
    crises,
    cursors,
    customers,
    deliveries,
    flows,
    mention_changes,
    mentions,
    notes,
    posts,
    raw_payloads,
)
from storage.tables.escalation import calls, escalations, keys, notice_calls, notices, rotas
from storage.tables.record import timeline, timeline_days
from storage.tables.room import attestations, callbacks, deadlines, exceptions, facts, room_posts, statements
from storage.tables.sending import buckets, health, lanes, outbox, outbox_archive, workspaces
from storage.tables.team import invites, people, sessions

__all__ = [
    "approval_posts",
    "approvals",
    "attestations",
    "buckets",
    "callbacks",
    "calls",
    "case_tags",
    "cases",
    "clicks",
    "crises",
    "cursors",
    "customers",
    "deadlines",
    "deliveries",
    "drafts",
    "escalations",
    "exceptions",
    "facts",
    "flows",
    "health",
    "invites",
    "keys",
    "lanes",
    "mention_changes",
    "mentions",
    "metadata",
    "notes",
    "notice_calls",
    "notices",
    "outbox",
    "outbox_archive",
    "people",
    "posts",
    "raw_payloads",
    "replies",
    "room_posts",
    "rotas",
    "sessions",
    "statements",
    "timeline",
    "timeline_days",
    "versions",
    "workspaces",
    "writings",
]
