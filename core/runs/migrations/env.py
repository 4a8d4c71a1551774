"""What Alembic runs: the connection is given by ``core.runs.database``, or by an address on the command line."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context

from core.runs.tables import METADATA


def migrate(connection: sa.Connection) -> None:
    """Bring the tables of a database to the newest revision."""
    context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    with sa.create_engine(context.config.get_main_option("sqlalchemy.url") or "").begin() as opened:
        migrate(opened)
