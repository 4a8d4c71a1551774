"""What runs tell beside their progress, kept by key: a later event of a key takes the place of the earlier one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from core.progress import Event, event_to_dict
from core.runs.tables import EVENTS


def store_events(connection: sa.Connection, run_id: str, events: Sequence[Event]) -> None:
    """Keep events of a run, numbered on from the last one, in a transaction that is open for writing.

    The numbers rise without gaps that a reader could fall into: only one process tells of a run.
    """
    newest = {event.key: event for event in events}
    if not newest:
        return
    mine = EVENTS.c.run_id == run_id
    last = connection.execute(sa.select(sa.func.max(EVENTS.c.seq)).where(mine)).scalar() or 0
    connection.execute(sa.delete(EVENTS).where(mine, EVENTS.c.key.in_(newest)))
    rows = [
        {"run_id": run_id, "key": key, "seq": last + number, "body": event_to_dict(event)}
        for number, (key, event) in enumerate(newest.items(), start=1)
    ]
    connection.execute(sa.insert(EVENTS), rows)


def read_events(connection: sa.Connection, run_id: str, after: int) -> tuple[int, list[dict[str, Any]]]:
    """The number of the last event of a run, and the events that came after a number, in their order."""
    newer = (EVENTS.c.run_id == run_id) & (EVENTS.c.seq > after)
    rows = connection.execute(sa.select(EVENTS.c.seq, EVENTS.c.body).where(newer).order_by(EVENTS.c.seq)).all()
    return (rows[-1].seq if rows else after), [row.body for row in rows]
