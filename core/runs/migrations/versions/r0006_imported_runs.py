"""Runs can come from elsewhere; which run they were, who exported them and when is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("runs", sa.Column("imported", sa.JSON()))


def downgrade() -> None:
    op.drop_column("runs", "imported")
