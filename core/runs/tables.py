"""The tables of the registry, and how their rows become values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect, RowMapping

from core.processes import ProcessId
from core.runs.model import Job, Run, RunState
from core.tables import TableRef

METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(sa.types.TypeDecorator[datetime]):
    """An aware UTC time, kept without its zone as SQLite knows none."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


PLAIN = sa.JSON(none_as_null=True)


def _process_columns() -> tuple[sa.Column[Any], ...]:
    return (sa.Column("pid", sa.Integer), sa.Column("pid_created", sa.Float), sa.Column("host", sa.String(255)))


JOBS = sa.Table(
    "jobs",
    METADATA,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("owner", sa.String(255), nullable=False),
    sa.Column("key", sa.String(200), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("source_table", PLAIN),
    sa.Column("launched_at", Moment),
    sa.Column("heartbeat_at", Moment),
    *_process_columns(),
    sa.UniqueConstraint("owner", "key"),
)

RUNS = sa.Table(
    "runs",
    METADATA,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("job_id", sa.String(36), sa.ForeignKey("jobs.id"), nullable=False, index=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("owner", sa.String(255), nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("request", PLAIN, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("started_at", Moment),
    sa.Column("finished_at", Moment),
    sa.Column("heartbeat_at", Moment),
    sa.Column("progress", PLAIN),
    sa.Column("metrics", PLAIN),
    sa.Column("timings", PLAIN),
    sa.Column("versions", PLAIN),
    sa.Column("data", PLAIN),
    sa.Column("notices", PLAIN),
    sa.Column("digests", PLAIN),
    sa.Column("reason", sa.Text),
    sa.Column("deleted_at", Moment),
    sa.Column("stop_requested_at", Moment),
    sa.Column("name", sa.String(120)),
    sa.Column("note", sa.Text),
    sa.Column("tags", sa.String(400)),
    sa.Column("is_starred", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("edition", sa.Integer, nullable=False, server_default="0"),
    # Copies of what stands in the request and the data, for the history to filter by.
    sa.Column("family", sa.String(100)),
    sa.Column("protocol", sa.String(100)),
    sa.Column("feature_set", sa.Text),
    sa.Column("data_sha256", sa.String(64)),
    sa.Column("data_name", sa.String(255)),
    sa.Column("imported", PLAIN),
    *_process_columns(),
    sa.Index(None, "owner", "created_at"),
)

_HISTORY = (
    "owner", "deleted_at", "created_at", "position", "id", "state", "family", "protocol", "feature_set",
    "data_sha256", "data_name", "name", "tags", "is_starred",
)  # fmt: skip
sa.Index("ix_runs_history", *(RUNS.c[name] for name in _HISTORY))
"""All that the history filters by, so that it need not read whole rows, which are long."""

SCORES = sa.Table(
    "run_scores",
    METADATA,
    sa.Column("key", sa.String(50), primary_key=True),
    sa.Column("run_id", sa.String(36), sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("value", sa.Float, nullable=False),
)
"""One number a row: the test metrics and the timings of finished runs, for the history to sort by."""

EVENTS = sa.Table(
    "run_events",
    METADATA,
    sa.Column("run_id", sa.String(36), sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("key", sa.String(100), primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("body", PLAIN, nullable=False),
    sa.Index(None, "run_id", "seq"),
)

ALIASES = sa.Table(
    "run_aliases",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("owner", sa.String(255), nullable=False),
    sa.Column("purpose", sa.String(60), nullable=False),
    sa.Column("alias", sa.String(16), nullable=False),
    sa.Column("run_id", sa.String(36), sa.ForeignKey("runs.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("since", Moment, nullable=False),
    sa.Column("given_by", sa.String(255), nullable=False),
    sa.Column("why", sa.String(500)),
    sa.Column("until", Moment),
    sa.Column("ended_by", sa.String(255)),
    sa.Column("ended_why", sa.String(500)),
    sa.Index(None, "owner", "since"),
)
_IS_HELD = ALIASES.c.until.is_(None)
sa.Index("uq_run_aliases_held", ALIASES.c.owner, ALIASES.c.purpose, ALIASES.c.alias, unique=True,
         sqlite_where=_IS_HELD, postgresql_where=_IS_HELD)  # fmt: skip
"""Who was champion or candidate from when until when; those without an end are so now, one at a time."""


def run_from_row(row: Mapping[str, Any] | RowMapping) -> Run:
    """Give the run that a row describes."""
    from core.requests import TrainingRequest, TuningRequest

    request = {**row["request"], "features": tuple(row["request"]["features"])}
    request["members"] = tuple(request.get("members", ()))
    if request.get("tuning") is not None:
        request["tuning"] = TuningRequest.model_construct(**request["tuning"])
    return Run(
        id=row["id"],
        job_id=row["job_id"],
        owner=row["owner"],
        state=RunState(row["state"]),
        # It was checked on its way in; a family that was renamed since must not make the whole list unreadable.
        request=TrainingRequest.model_construct(**request),
        created_at=row["created_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        heartbeat_at=row["heartbeat_at"],
        progress=row["progress"],
        metrics=row["metrics"],
        timings=row["timings"],
        versions=row["versions"] or {},
        data=row["data"] or {},
        notices=row["notices"] or [],
        reason=row["reason"],
        digests=row["digests"] or {},
        deleted_at=row["deleted_at"],
        stop_requested_at=row["stop_requested_at"],
        name=row["name"] or "",
        note=row["note"] or "",
        tags=tuple(tag for tag in (row["tags"] or "").split("|") if tag),
        is_starred=bool(row["is_starred"]),
        edition=row["edition"],
        imported=row["imported"],
    )


def written_tags(tags: Sequence[str]) -> str | None:
    """Tags as they are kept: each between bars, so that one can be looked for whole."""
    return f"|{'|'.join(tags)}|" if tags else None


def columns_of_request(request: Mapping[str, Any]) -> dict[str, Any]:
    """What of a request has a column of its own."""
    features = ",".join(request.get("features") or ())
    return {"family": request["family"], "protocol": request["protocol"], "feature_set": features}


def columns_of_data(data: Mapping[str, Any]) -> dict[str, Any]:
    """What of the data has a column of its own."""
    name = data.get("source_name")
    return {"data_sha256": data.get("sha256"), "data_name": None if name is None else str(name)[:255]}


def score_rows(run_id: str, metrics: Mapping[str, Any], timings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of ``SCORES`` of a finished run."""
    numbers = {**(metrics.get("test") or {}), **timings}
    return [
        {"run_id": run_id, "key": key[:50], "value": float(value)}
        for key, value in numbers.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    ]


def job_from_row(row: RowMapping, runs: tuple[Run, ...]) -> Job:
    """Give the job that a row describes, with its runs."""
    return Job(
        id=row["id"],
        owner=row["owner"],
        key=row["key"],
        created_at=row["created_at"],
        launched_at=row["launched_at"],
        heartbeat_at=row["heartbeat_at"],
        table=None if row["source_table"] is None else TableRef.from_dict(row["source_table"]),
        runs=runs,
    )


def process_from_row(row: RowMapping) -> ProcessId | None:
    """Give the process that a row names, None when it names none."""
    return None if row["pid"] is None else ProcessId(row["pid"], row["pid_created"], row["host"])
