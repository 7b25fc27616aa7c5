"""when a row was first tried: asking a destination whether it arrived need not read what is older"""

import sqlalchemy as sa
from alembic import op

from storage.types import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("outbox", "outbox_archive"):
        op.add_column(table, sa.Column("first_tried_at", Instant(), nullable=True))


def downgrade() -> None:
    for table in ("outbox_archive", "outbox"):
        op.drop_column(table, "first_tried_at")
