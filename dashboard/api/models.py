"""What the API takes and gives, as strict models: the checks and the description both come from them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr

from core.validation import PROTOCOLS

MOST_TRACKS = 1_000
MOST_EXPLAINED = 100
"""Tracks of a request that asks for reasons: of slow families each takes some 50 ms."""
MOST_RUNS = 200
HELD_OUT = f"How tracks were held out: {', '.join(PROTOCOLS)}; the guide says what each answers."
UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"

Value = StrictFloat | StrictInt | StrictStr | None
RunId = Annotated[str, Field(pattern=UUID, description="A run's id, as the list of runs gives it.")]
State = Literal["queued", "running", "finished", "failed", "cancelled"]


class _Model(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)


Track = Annotated[dict[str, Value], Field(max_length=100)]
Tracks = Annotated[
    list[Track],
    Field(
        min_length=1,
        max_length=MOST_TRACKS,
        description=(
            "Each track by name of feature: a number, a category by its name or its code, or null where it is not "
            "known. In place of what comes from the title or the artist: track_name, track_artist. `genre` also "
            "chooses whose interval is used."
        ),
    ),
]


class PredictRequest(_Model):
    """Tracks to score with the model of a finished run."""

    run_id: RunId
    tracks: Tracks
    reasons: StrictBool = Field(
        default=False,
        description=f"Also say which three features count most for each track; at most {MOST_EXPLAINED} tracks then.",
    )


class Reason(_Model):
    """What one feature adds to one prediction."""

    feature: str = Field(description="Its name in requests.")
    label: str = Field(description="Its name for people.")
    points: float = Field(description="Points it adds, against what the model says where nothing is known.")


class PredictedTrack(_Model):
    """The prediction of one track."""

    predicted: float = Field(ge=0, le=100, description="Popularity, points from 0 to 100.")
    low: float = Field(ge=0, le=100, description="Lower end of the interval, points.")
    high: float = Field(ge=0, le=100, description="Upper end of the interval, points.")
    interval: str = Field(description="What the interval holds, and of which tracks: `90%, pop tracks`.")
    reasons: list[Reason] | None = Field(description="The features that count most; null where not asked for.")
    taken_for_missing: list[str] = Field(description="Features without a usable value, filled as in training.")
    out_of_range: list[str] = Field(description="Features whose value lies outside all that the model's table had.")


class Interval(_Model):
    """What the intervals of a model promise, and how they were found."""

    coverage: float = Field(gt=0, lt=1, description="Share of truths that they were made for.")
    keeps_its_share: bool = Field(description="Whether they may be named by that share.")
    promise: str = Field(description="What they promise, in a sentence.")
    method: str | None = Field(
        description="How their width was found, such as `split conformal`; null where it is not known."
    )
    protocol: str = Field(description=HELD_OUT)
    measured: dict[str, Any] | None = Field(description="What they held on the test part.")


class PredictAnswer(_Model):
    """Predictions in the order of the tracks."""

    run_id: RunId
    interval: Interval = Field(description="What all the intervals below promise.")
    notices: list[str] = Field(
        description="What people should know: what the model's score is not good for, and values taken for missing."
    )
    tracks: list[PredictedTrack] = Field(description="One prediction a track, in the order in which they were sent.")


class RunsQuery(_Model):
    """Which runs to list."""

    state: State | None = Field(default=None, description="Only runs that stand there; all where it is not given.")
    limit: int = Field(default=50, ge=1, le=MOST_RUNS, description="Most runs to list; 50 where it is not given.")
    offset: int = Field(default=0, ge=0, le=10_000_000, description="How many of the newest to leave out.")


class RunSummary(_Model):
    """A run in short."""

    run_id: RunId
    job_id: str = Field(description="Of the training that it was part of; runs asked for together share it.")
    state: State = Field(description="Where it stands; only a finished run can predict.")
    name: str = Field(description="What its owner calls it; empty where it has no name.")
    tags: list[str] = Field(description="Words that its owner sorts it by.")
    is_starred: bool = Field(description="Whether its owner has marked it with a star.")
    family: str = Field(description="Kind of model, such as `ridge` or `random_forest`.")
    protocol: str = Field(description=HELD_OUT)
    features: list[str] = Field(description="What the model knows of a track; the names that `tracks` may have.")
    table: str | None = Field(description="Name of the table it was made from.")
    scores: dict[str, float | None] | None = Field(description="By metric, on the held-out test part; null until then.")
    cautions: list[str] = Field(description="What its scores are not good for, a sentence each; empty for honest ones.")
    created_at: str = Field(description="When it was asked for: ISO 8601, in UTC.")
    finished_at: str | None = Field(description="When it ended, however it ended; null until then.")


class RunList(_Model):
    """The runs that you may see, newest first."""

    runs: list[RunSummary] = Field(description="Those on this page of the list.")
    total: int = Field(ge=0, description="How many there are in all, on every page of the list.")
    limit: int = Field(description="As asked for: most runs on this page.")
    offset: int = Field(description="As asked for: how many of the newest were left out.")


class RunDetail(RunSummary):
    """Everything about a run."""

    note: str = Field(description="What its owner says of it; empty where nothing was said.")
    params: dict[str, Any] = Field(description="Hyperparameters that the model is made with.")
    request: dict[str, Any] = Field(description="What was asked for.")
    started_at: str | None = Field(description="When its training began; null as long as it waits.")
    stop_requested_at: str | None = Field(description="When its owner asked to stop and to keep the best so far.")
    progress: dict[str, Any] | None = Field(description="The latest moment of a run that waits or trains; else null.")
    metrics: dict[str, Any] | None = Field(description="Scores with their intervals, folds, baselines, coverage.")
    timings: dict[str, Any] | None = Field(description="How long its parts took, seconds; null until it is finished.")
    reason: str | None = Field(description="Why it failed or was cancelled.")
    notices: list[str] = Field(description="What people should know about the result.")
    data: dict[str, Any] = Field(description="Facts of its table.")
    versions: dict[str, str] = Field(description="Of Python, the libraries and this product that made it.")


class Problem(_Model):
    """One thing that is wrong with a request."""

    where: str = Field(description="The place in the request, such as `tracks[3].energy`.")
    message: str = Field(description="What is wrong with it, a sentence.")


class Error(_Model):
    """Why a request was refused."""

    code: str = Field(description="For programs; see the list of answers.")
    error: str = Field(description="A sentence for people.")
    problems: list[Problem] = Field(default_factory=list, description="The first twenty wrong values.")
