"""Alembic migrations of the run registry, run by ``core.runs.database`` at start."""
