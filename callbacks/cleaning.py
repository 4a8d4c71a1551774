"""What the cleaning of a table did, as steps and as single decisions."""

from __future__ import annotations

from typing import Any

import pandas as pd

from data.schema import label_of
from layouts.dataset.table import FlowStep

STAGES = {"set aside": "Set aside", "merged": "Merged"}


def cleaning_flow(report: dict[str, Any]) -> tuple[FlowStep, ...]:
    """Tell the cleaning as steps: read, set aside, merged, flagged, used."""
    flagged = [d for d in report["decisions"] if d["action"] not in {"set aside", "merged"}]
    aside, merged = report["rows_set_aside"], report["repeated_rows_merged"]
    steps = [
        FlowStep("Rows read", report["rows_read"], "one row a track and playlist"),
        FlowStep("Set aside", aside, "rows without a track id or popularity"),
        FlowStep("Repeated rows merged", merged, "further rows of a track that is already there"),
        FlowStep("Flagged", sum(d["count"] for d in flagged), "values set missing, filled or noted; the track stays"),
        FlowStep("Tracks used", report["tracks"], "each track once", is_marked=True),
    ]
    return tuple(step for step in steps if step.count or step.label != "Set aside")


def decisions_frame(report: dict[str, Any]) -> pd.DataFrame:
    """Give the decisions of the cleaning in the order of the flow."""
    rows = [
        (
            STAGES.get(decision["action"], "Flagged"),
            decision["rule"][:1].upper() + decision["rule"][1:],
            label_of(decision["column"]),
            decision["count"],
            decision["action"],
            "; ".join(decision["examples"]),
        )
        for decision in report["decisions"]
    ]
    order = {"Set aside": 0, "Merged": 1, "Flagged": 2}
    rows.sort(key=lambda row: order[row[0]])
    return pd.DataFrame(rows, columns=["Step", "What was found", "Column", "Count", "What was done", "Examples"])
