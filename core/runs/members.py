"""The finished runs that a stack is made of."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.errors import DataError, InvalidRequest, NotFound, Refused
from core.families import FAMILIES
from core.runs.artifacts import MODEL, PREDICTIONS, Bundles
from core.runs.model import Job, Run, RunState
from core.runs.rules import is_uuid, may_see

if TYPE_CHECKING:
    import pandas as pd

    from core.requests import TrainingRequest
    from core.runs.registry import Registry
    from core.stacking import Part
    from core.tables import TableRef

STACK = "stack"


@dataclass(frozen=True)
class Members:
    """Runs of a stack, as the registry knew them before its process was forked."""

    runs: tuple[Run, ...] = ()

    def read(self, bundles: Bundles, facts: dict[str, Any]) -> list[Part]:
        """Their predictions and models, each file compared with its digest first.

        Raises
        ------
        DataError
            When they were made from another table than the one with these facts.
        BundleError
            When a file is missing or has changed.
        """
        from core.stacking import Part

        parts = []
        for run in self.runs:
            if run.data.get("sha256") != facts.get("sha256"):
                raise DataError("The table has changed since one of these runs was made. Train it again.")
            model, predictions = (bundles.read(run.id, name, run.digests) for name in (MODEL, PREDICTIONS))
            made_with = run.request.model_copy(update={"params": run.params})
            parts.append(Part(run.id, made_with, read_predictions(predictions), model, _fit_seconds(run)))
        return parts


def _fit_seconds(run: Run) -> float | None:
    found = (run.timings or {}).get("fit_seconds")
    return None if found is None else float(found)


def find_members(registry: Registry, request: TrainingRequest, owner: str | None) -> Members:
    """The finished runs that a request names; none for one that is no stack.

    Raises
    ------
    NotFound
        When an owner may not see one of them, or it is deleted.
    Refused
        When one is not finished.
    InvalidRequest
        When they were made from different tables.
    """
    if request.family != STACK:
        return Members()
    found = []
    for run_id in request.members:
        run = registry.run(run_id) if is_uuid(run_id) else None
        if run is None or run.deleted_at is not None or not may_see(run.owner, owner):
            raise NotFound(f"There is no such run to combine: {run_id[:40]!r}.")
        if run.state is not RunState.FINISHED:
            raise Refused(f"A run that is to be combined is {run.state.value}. Only finished ones can be.")
        found.append(run)
    if len({run.data.get("sha256") for run in found}) > 1:
        raise InvalidRequest("These runs were made from different tables. Combine runs of one table.")
    return Members(tuple(found))


def completed(
    registry: Registry, request: TrainingRequest, owner: str | None, table: TableRef | None
) -> TrainingRequest:
    """A request as it is kept: that of a stack takes on what its runs have in common.

    Raises
    ------
    NotFound, Refused, InvalidRequest
        When the runs cannot be combined.
    """
    from core.stacking import joined_request

    members = find_members(registry, request, owner).runs
    if not members:
        return request
    if any(run.data.get("table") != (None if table is None else table.id) for run in members):
        raise InvalidRequest("These runs were made from another table than the one in use. Switch to it first.")
    joined = joined_request(request, [run.request for run in members])
    for run in members:
        _refuse_stopped_early(run)
    return joined


def _refuse_stopped_early(run: Run) -> None:
    """A run whose cross-validation was cut short has said nothing of the tracks of the other folds."""
    scored = ((run.metrics or {}).get("cv") or {}).get("r2", {}).get("folds", ())
    asked = run.request.cv_folds
    if len(scored) < asked:
        raise InvalidRequest(
            f"{run.name or FAMILIES[run.request.family].label} was stopped early: {len(scored) or 'none'} of its "
            f"{asked} folds were cross-validated, so it cannot be weighed on the others. Train it again to the end."
        )


def asks_again(requests: Sequence[TrainingRequest], job: Job) -> bool:
    """Whether these are the requests that made a job; a stack is told by its runs, as the rest was taken from them."""
    kept = [run.request for run in job.runs]
    return len(kept) == len(requests) and all(
        mine == made or (mine.family == made.family == STACK and mine.members == made.members)
        for mine, made in zip(requests, kept, strict=True)
    )


def member_file(number: int) -> str:
    """Name of the model of a part in the bundle of a stack, 0 for the first."""
    return f"member-{number + 1}.skops"


def stacked_from(told: Sequence[dict[str, Any]], files: Sequence[bytes]) -> Any:
    """The model of a stack, from what its result says of its parts and the files of those that have a weight."""
    from core.persistence import load_pipeline
    from core.stacking import Stacked

    used = with_weight(told)
    pipelines = [load_pipeline(content) for content in files]
    return Stacked(pipelines, [each["columns"] for each in used], [each["weight"] for each in used])


def with_weight(told: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those parts of a stack that it predicts with."""
    return [each for each in told if each["weight"] > 0]


def read_predictions(content: bytes, rows: int | None = None) -> pd.DataFrame:
    """Read the predictions of a bundle, or only its first rows, where the test part stands.

    A track may be called "NA": only an empty cell is missing.
    """
    import pandas as pd

    text = dict.fromkeys(("track_id", "track_name", "track_artist", "part"), "str")
    return pd.read_csv(io.BytesIO(content), dtype=text, keep_default_na=False, na_values=[""], nrows=rows)
