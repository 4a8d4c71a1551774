"""What the cleaning did: its steps add up, and every decision is shown."""

from __future__ import annotations

from callbacks.cleaning import cleaning_flow, decisions_frame
from data.sources import Dataset


def test_the_flow_leads_from_rows_read_to_tracks_used(sample_dataset: Dataset) -> None:
    report = sample_dataset.report.to_dict()
    steps = {step.label: step.count for step in cleaning_flow(report)}
    left = steps["Rows read"] - steps.get("Set aside", 0) - steps["Repeated rows merged"]
    assert left == steps["Tracks used"] == len(sample_dataset.tracks)


def test_every_decision_is_shown_in_the_order_of_the_steps(sample_dataset: Dataset) -> None:
    report = sample_dataset.report.to_dict()
    frame = decisions_frame(report)
    assert sorted(frame["Count"]) == sorted(decision["count"] for decision in report["decisions"])
    assert frame["Step"].drop_duplicates().tolist() == ["Merged", "Flagged"]
    assert decisions_frame({"decisions": []}).empty
