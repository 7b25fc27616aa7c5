"""networks: what they say of a message beside its words, who listens, what it costs"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.types import Instant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

COLUMNS: dict[str, Any] = {
    "hideable": sa.Boolean(),
    "hidden_at": Instant(),
    "no_answer": sa.Text(),
    "private_until": Instant(),
    "attachments": sa.JSON(),
    "context": sa.Text(),
}


def upgrade() -> None:
    op.create_table(
        "listeners",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_listeners")),
    )
    op.create_table(
        "spendings",
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.Column("micros", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("network", "month", "what", name=op.f("pk_spendings")),
    )
    for name, kind in COLUMNS.items():
        op.add_column("mentions", sa.Column(name, kind, nullable=True))
    op.add_column("gaps", sa.Column("late", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("gaps", "late")
    for name in reversed(COLUMNS):
        op.drop_column("mentions", name)
    op.drop_table("spendings")
    op.drop_table("listeners")
