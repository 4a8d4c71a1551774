"""Runs have a name, a note, tags and a star, and what the history filters and sorts by stands in columns."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_INDEXED = (
    "owner", "deleted_at", "created_at", "position", "id", "state", "family", "protocol", "feature_set",
    "data_sha256", "data_name", "name", "tags", "is_starred",
)  # fmt: skip


def upgrade() -> None:
    for column in (
        sa.Column("name", sa.String(120)),
        sa.Column("note", sa.Text()),
        sa.Column("tags", sa.String(400)),
        sa.Column("is_starred", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("edition", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("family", sa.String(100)),
        sa.Column("protocol", sa.String(100)),
        sa.Column("feature_set", sa.Text()),
        sa.Column("data_sha256", sa.String(64)),
        sa.Column("data_name", sa.String(255)),
    ):
        op.add_column("runs", column)
    op.create_table(
        "run_scores",
        sa.Column("run_id", sa.String(36), nullable=False),
        sa.Column("key", sa.String(50), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("key", "run_id", name="pk_run_scores"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_run_scores_run_id", ondelete="CASCADE"),
    )
    _fill(op.get_bind())
    op.create_index("ix_runs_history", "runs", list(_INDEXED))


def downgrade() -> None:
    op.drop_index("ix_runs_history", "runs")
    op.drop_table("run_scores")
    for name in ("name", "note", "tags", "is_starred", "edition", "family", "protocol", "feature_set", "data_sha256",
                 "data_name"):  # fmt: skip
        op.drop_column("runs", name)


def _fill(connection: sa.Connection) -> None:
    """Copy what runs of earlier versions say of themselves into the new columns."""
    rows = connection.execute(sa.text("SELECT id, request, data, metrics, timings FROM runs")).all()
    update = sa.text(
        "UPDATE runs SET family = :family, protocol = :protocol, feature_set = :feature_set, "
        "data_sha256 = :data_sha256, data_name = :data_name WHERE id = :id"
    )
    insert = sa.text("INSERT INTO run_scores (run_id, key, value) VALUES (:run_id, :key, :value)")
    for row in rows:
        request, data = _read(row.request), _read(row.data)
        features = ",".join(request.get("features") or ())
        facts = {"data_sha256": data.get("sha256"), "data_name": data.get("source_name")}
        of_request = {"family": request.get("family"), "protocol": request.get("protocol"), "feature_set": features}
        connection.execute(update, {"id": row.id, **of_request, **facts})
        numbers = {**(_read(row.metrics).get("test") or {}), **_read(row.timings)}
        for key, value in numbers.items():
            if isinstance(value, int | float) and not isinstance(value, bool):
                connection.execute(insert, {"run_id": row.id, "key": key[:50], "value": float(value)})


def _read(value: Any) -> dict[str, Any]:
    found = json.loads(value) if isinstance(value, str) else value
    return found if isinstance(found, dict) else {}
