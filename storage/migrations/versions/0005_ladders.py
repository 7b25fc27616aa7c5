"""ladders"""

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "keys",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_keys")),
    )
    op.create_table(
        "rotas",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("read_at", Instant(), nullable=True),
        sa.Column("tried_at", Instant(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_rotas")),
    )
    op.create_table(
        "calls",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("climb", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=True),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("otherwise", sa.JSON(), nullable=False),
        sa.Column("called_at", Instant(), nullable=False),
        sa.Column("told_at", Instant(), nullable=True),
        sa.Column("failed_at", Instant(), nullable=True),
        sa.Column("acknowledged_at", Instant(), nullable=True),
        sa.Column("over_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_calls_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_calls_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sa.UniqueConstraint("case_id", "climb", "step", "person_id", name=op.f("uq_calls_case_id_climb_step_person_id")),
    )
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.create_index("ix_calls_person", ["person_id", "called_at"], unique=False)
        batch_op.create_index(
            "ix_calls_untold",
            ["called_at"],
            unique=False,
            sqlite_where=sa.text("told_at IS NULL AND failed_at IS NULL AND over_at IS NULL"),
            postgresql_where=sa.text("told_at IS NULL AND failed_at IS NULL AND over_at IS NULL"),
        )

    op.create_table(
        "escalations",
        sa.Column("case_id", Id, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("climb", sa.Integer(), server_default="0", nullable=False),
        sa.Column("repeats", sa.Integer(), server_default="0", nullable=False),
        sa.Column("step", sa.Integer(), server_default="0", nullable=False),
        sa.Column("acknowledged_by", Id, nullable=True),
        sa.Column("acknowledged_at", Instant(), nullable=True),
        sa.Column("snoozed_until", Instant(), nullable=True),
        sa.Column("reminded_at", Instant(), nullable=True),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["acknowledged_by"], ["people.id"], name=op.f("fk_escalations_acknowledged_by")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_escalations_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_escalations")),
    )
    with op.batch_alter_table("escalations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_escalations_state"), ["state"], unique=False)

    op.create_table(
        "notices",
        sa.Column("id", Id, nullable=False),
        sa.Column("person_id", Id, nullable=True),
        sa.Column("case_id", Id, nullable=True),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("told_at", Instant(), nullable=True),
        sa.Column("failed_at", Instant(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_notices_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_notices_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index("ix_notices_person", ["person_id", "way", "opened_at"], unique=False)

    op.create_table(
        "notice_calls",
        sa.Column("notice_id", Id, nullable=False),
        sa.Column("call_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_notice_calls_call_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_notice_calls_notice_id")),
        sa.PrimaryKeyConstraint("notice_id", "call_id", name=op.f("pk_notice_calls")),
    )
    with op.batch_alter_table("notice_calls", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_calls_call_id"), ["call_id"], unique=False)

    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ladder", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("exercise", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("flows", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ladders", sa.JSON(), nullable=True))

    with op.batch_alter_table("deadlines", schema=None) as batch_op:
        batch_op.add_column(sa.Column("severity", sa.Integer(), server_default="3", nullable=False))
        batch_op.drop_index(
            batch_op.f("ix_deadlines_due"), sqlite_where=sa.text("met_at IS NULL AND told_at IS NULL AND paused_at IS NULL")
        )
        batch_op.create_index(
            "ix_deadlines_next",
            ["kind", "severity", "due_at"],
            unique=False,
            sqlite_where=sa.text("met_at IS NULL AND told_at IS NULL AND paused_at IS NULL"),
            postgresql_where=sa.text("met_at IS NULL AND told_at IS NULL AND paused_at IS NULL"),
        )

    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("holidays", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("pagers", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_column("pagers")
        batch_op.drop_column("holidays")

    with op.batch_alter_table("deadlines", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_deadlines_next",
            sqlite_where=sa.text("met_at IS NULL AND told_at IS NULL AND paused_at IS NULL"),
            postgresql_where=sa.text("met_at IS NULL AND told_at IS NULL AND paused_at IS NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_deadlines_due"),
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("met_at IS NULL AND told_at IS NULL AND paused_at IS NULL"),
        )
        batch_op.drop_column("severity")

    with op.batch_alter_table("flows", schema=None) as batch_op:
        batch_op.drop_column("ladders")

    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_column("exercise")
        batch_op.drop_column("ladder")

    with op.batch_alter_table("notice_calls", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_calls_call_id"))

    op.drop_table("notice_calls")
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.drop_index("ix_notices_person")

    op.drop_table("notices")
    with op.batch_alter_table("escalations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_escalations_state"))

    op.drop_table("escalations")
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_index("ix_calls_untold")
        batch_op.drop_index("ix_calls_person")

    op.drop_table("calls")
    op.drop_table("rotas")
    op.drop_table("keys")
