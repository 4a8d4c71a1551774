"""Jobs and runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("launched_at", sa.DateTime()),
        sa.Column("heartbeat_at", sa.DateTime()),
        sa.Column("pid", sa.Integer()),
        sa.Column("pid_created", sa.Float()),
        sa.Column("host", sa.String(255)),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.UniqueConstraint("owner", "key", name="uq_jobs_owner_key"),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("job_id", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("started_at", sa.DateTime()),
        sa.Column("finished_at", sa.DateTime()),
        sa.Column("heartbeat_at", sa.DateTime()),
        sa.Column("progress", sa.JSON()),
        sa.Column("metrics", sa.JSON()),
        sa.Column("timings", sa.JSON()),
        sa.Column("versions", sa.JSON()),
        sa.Column("data", sa.JSON()),
        sa.Column("notices", sa.JSON()),
        sa.Column("digests", sa.JSON()),
        sa.Column("reason", sa.Text()),
        sa.Column("deleted_at", sa.DateTime()),
        sa.Column("pid", sa.Integer()),
        sa.Column("pid_created", sa.Float()),
        sa.Column("host", sa.String(255)),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_runs_job_id"),
    )
    op.create_index("ix_runs_job_id", "runs", ["job_id"])
    op.create_index("ix_runs_state", "runs", ["state"])
    op.create_index("ix_runs_owner_created_at", "runs", ["owner", "created_at"])


def downgrade() -> None:
    op.drop_table("runs")
    op.drop_table("jobs")
