"""Runs can be the champion or the candidate for a purpose; who said so, when and why is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "run_aliases",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("purpose", sa.String(60), nullable=False),
        sa.Column("alias", sa.String(16), nullable=False),
        sa.Column("run_id", sa.String(36), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("given_by", sa.String(255), nullable=False),
        sa.Column("why", sa.String(500)),
        sa.Column("until", sa.DateTime()),
        sa.Column("ended_by", sa.String(255)),
        sa.Column("ended_why", sa.String(500)),
        sa.PrimaryKeyConstraint("id", name="pk_run_aliases"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_run_aliases_run_id", ondelete="CASCADE"),
    )
    op.create_index("ix_run_aliases_owner_since", "run_aliases", ["owner", "since"])
    op.create_index("ix_run_aliases_run_id", "run_aliases", ["run_id"])
    held = sa.text("until IS NULL")
    op.create_index(
        "uq_run_aliases_held", "run_aliases", ["owner", "purpose", "alias"], unique=True, sqlite_where=held,
        postgresql_where=held,
    )  # fmt: skip


def downgrade() -> None:
    for name in ("uq_run_aliases_held", "ix_run_aliases_run_id", "ix_run_aliases_owner_since"):
        op.drop_index(name, "run_aliases")
    op.drop_table("run_aliases")
