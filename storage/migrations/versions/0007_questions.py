"""questions: what the digest's questions go by, and the gaps of doors"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_approvals_at", "approvals", ["at"], None),
    ("ix_calls_acknowledged_at", "calls", ["acknowledged_at"], "acknowledged_at IS NOT NULL"),
    ("ix_calls_called_at", "calls", ["called_at"], None),
    ("ix_cases_answered_at", "cases", ["answered_at"], "answered_at IS NOT NULL"),
    ("ix_cases_closed_at", "cases", ["closed_at"], "closed_at IS NOT NULL"),
    ("ix_cases_exercise", "cases", ["id"], "exercise"),
    ("ix_cases_unanswered", "cases", ["opened_at"], "status <> 'closed' AND answered_at IS NULL"),
    ("ix_deadlines_promised", "deadlines", ["kind", "severity", "due_at", "met_at", "paused_at"], "kind IN ('first_answer', 'resolution')"),
    ("ix_drafts_ended_at", "drafts", ["ended_at"], "ended_at IS NOT NULL"),
    ("ix_escalations_acknowledged_at", "escalations", ["acknowledged_at"], "acknowledged_at IS NOT NULL"),
    ("ix_replies_sent_at", "replies", ["sent_at"], "sent_at IS NOT NULL"),
    ("ix_versions_created_at", "versions", ["created_at"], None),
)


def upgrade() -> None:
    op.create_table(
        "gaps",
        sa.Column("id", Id, nullable=False),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gaps")),
    )
    for name, table, columns, where in (
        *INDEXES,
        ("ix_gaps_lasting", "gaps", ["door"], "until IS NULL"),
        ("ix_gaps_since", "gaps", ["since"], None),
    ):
        partial: dict[str, Any] = {} if where is None else {"sqlite_where": sa.text(where), "postgresql_where": sa.text(where)}
        op.create_index(name, table, columns, unique=False, **partial)


def downgrade() -> None:
    for name, table, _, _ in INDEXES:
        op.drop_index(name, table_name=table)
    op.drop_table("gaps")
