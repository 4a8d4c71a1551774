"""What is said about a run wherever it is mentioned: its name, its protocol, its score and what the score means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dash import html

from core.cautions import cautions, is_inflated
from core.cautions import is_no_forecast as looks_ahead
from core.families import FAMILIES
from core.features import DEFAULT_FEATURES, FEATURE_GROUPS, FEATURES, is_extra
from core.figures.training.events import in_words
from core.inputs import TEXTS
from core.runs.model import Run, RunState
from core.validation import PROTOCOLS
from layouts import wording
from layouts.components import icon
from layouts.links import run_address

STATE_WORDS = {
    RunState.QUEUED: "Waiting",
    RunState.RUNNING: "Running",
    RunState.FINISHED: "Finished",
    RunState.FAILED: "Failed",
    RunState.CANCELLED: "Cancelled",
}

_AMONG = {
    "song": "songs it has not seen",
    "track": "tracks it has not seen",
    "album": "albums it has not seen",
    "artist": "artists it has not seen",
    "time": "releases newer than any it learned from",
}
"""The tracks a score speaks of; a protocol without a row is said to speak of held-out tracks."""
_SCORED_ON = {
    "song": "new songs",
    "track": "new tracks",
    "album": "new albums",
    "artist": "new artists",
    "time": "newer releases",
}
"""The same in short."""


def is_plainly_cancelled(run: Run) -> bool:
    """Whether a cancelled run has no more to say than that it was cancelled."""
    return not run.reason or run.reason.strip(".").casefold() == "cancelled"


def model_name(run: Run) -> str:
    """Name of the model family for people, marked where the run was imported."""
    return run.model_label


def settings_in_words(family: str, params: Mapping[str, Any]) -> dict[str, str]:
    """Name the settings of a model, and write their values, as the form of the page Train does.

    Examples
    --------
    >>> settings_in_words("random_forest", {"n_estimators": 100, "max_depth": None})
    {'Trees': '100', 'Depth': 'none'}
    """
    known = FAMILIES[family].allowed if family in FAMILIES else {}
    return {known[name].label if name in known else name: in_words(value) for name, value in params.items()}


def protocol_name(key: str) -> str:
    """Name of a validation protocol for people."""
    return PROTOCOLS[key].label


def features_in_words(features: tuple[str, ...]) -> str:
    """Name a feature set: whole groups by their name, the rest one by one.

    Examples
    --------
    >>> features_in_words(DEFAULT_FEATURES)
    'the ten audio features'
    """
    if set(features) == set(DEFAULT_FEATURES):
        return "the ten audio features"
    words, left = [], list(features)
    for group in FEATURE_GROUPS.values():
        if len(group.features) > 1 and set(group.features) <= set(left):
            every = "both" if len(group.features) == 2 else f"all {len(group.features)}"
            words.append(f"{every} {wording.lower_first(group.label)} features")
            left = [name for name in left if name not in group.features]
    return wording.listed(words + [feature_in_words(name) for name in left])


def feature_in_words(name: str) -> str:
    """Name a feature, or the text it comes from, inside a sentence; a column of one's own as it is written there."""
    label = TEXTS[name] if name in TEXTS else FEATURES[name].label
    return f"“{label}”" if is_extra(name) else wording.lower_first(label)


def split_in_words(run: Run) -> str:
    """Say how the run was validated: protocol, share held out, folds, seed."""
    request = run.request
    folds = f"{request.cv_folds}-fold cross-validation inside the rest" if request.cv_folds else "no cross-validation"
    return (
        f"Validation: {wording.lower_first(protocol_name(request.protocol))}; "
        f"{wording.share(request.test_share)} held out for the test, {folds}, seed {request.seed}"
    )


def comparison_key(run: Run) -> str:
    """Runs on one table, split alike, share this text: only their scores may be compared."""
    request = run.request
    return f"{request.protocol}/{run.data.get('sha256', '')}/{request.test_share:g}/{request.seed}"


def scored_on(run: Run) -> str:
    """Name the tracks that a test score speaks of, in two words."""
    return _SCORED_ON.get(run.request.protocol, "held-out tracks")


def is_leaky(run: Run) -> bool:
    """Whether the score is inflated because copies of a track stand on both sides."""
    return is_inflated(run.request)


def is_no_forecast(run: Run) -> bool:
    """Whether the model looks at what is only known after a release, so that its score promises nothing."""
    return looks_ahead(run.request)


def score_marks(run: Run) -> list[html.Div]:
    """Draw what must stand beside every score of a run that promises more than it can keep; nothing for the others."""
    return [
        html.Div([icon("exclamation-triangle"), f" {one.mark}"], title=one.sentence, className="score-mark")
        for one in cautions(run.request)
    ]


def marked(name: str, run: Run) -> str:
    """A run's name with the marks of its score, where there is only text.

    Parameters
    ----------
    name : str
        What the run is called there.
    run : Run
    """
    return ", ".join([name, *(one.mark for one in cautions(run.request))])


def cautions_in_words(runs: Iterable[Run]) -> list[str]:
    """Say once what the marks of some runs mean, in sentences."""
    return list(dict.fromkeys(f"“{one.mark}”: {one.sentence}" for run in runs for one in cautions(run.request)))


def measure(run: Run, key: str, part: str = "test") -> float | None:
    """A metric of the run's test or training part; None where there is none."""
    return _dig(run.metrics, part, key)


def interval(run: Run, key: str) -> tuple[float, float] | None:
    """The 95% bootstrap interval of a test metric."""
    found = _dig(run.metrics, "test_interval", key)
    return (found[0], found[1]) if isinstance(found, (list, tuple)) and len(found) == 2 else None


def baseline(run: Run, name: str, key: str) -> float | None:
    """A test metric of a baseline on the very same held-out tracks."""
    return _dig(run.metrics, "baselines", name, "test", key)


def cross_validated(run: Run, key: str) -> dict[str, Any] | None:
    """Mean, SD and folds of a metric over the validation folds; None without cross-validation."""
    found = _dig(run.metrics, "cv", key)
    return found if isinstance(found, dict) else None


def verdict(run: Run) -> str:
    """Say in words what the score means, beside the genre baseline, and never more than its interval supports."""
    r2, genre = measure(run, "r2"), baseline(run, "genre_mean", "r2")
    if not wording.is_number(r2):
        return "R² has no meaning here: the held-out tracks do not differ in popularity."
    among = _AMONG.get(run.request.protocol, "tracks that were held out")
    if is_leaky(run):
        return (
            f"Seems to explain {_explained(r2)} of the variation in popularity, but the same tracks stand on both "
            "sides of the split: part of this is memory. Train it under another protocol for an honest score."
        )
    low, high = interval(run, "r2") or (r2, r2)
    average, beside = _average_score(run), _beside_genre(run, genre, low, high)
    if low <= average:
        said = f"Not beyond doubt better than always saying the average popularity, among {among}."
    elif low <= 0:
        but = "explains nothing of" if r2 <= 0 else "may explain nothing of"
        said = (
            "Better than always saying the average popularity of the tracks it learned from (R² "
            f"{wording.score(r2)} against {wording.score(average)}), but it {but} the variation in popularity "
            f"among {among}."
        )
    elif genre is None or FAMILIES[run.request.family].is_baseline:
        said = f"Explains {_explained(r2)} of the variation in popularity among {among}."
    else:
        said = (
            f"Explains {_explained(r2)} of the variation in popularity among {among}; "
            f"knowing only the genre explains {_explained(genre)}."
        )
    return f"{said} {beside}".strip()


def _average_score(run: Run) -> float:
    """R² of always saying the average of the training part: below 0 where the held-out tracks are of another level."""
    found = baseline(run, "mean", "r2")
    return found if found is not None and wording.is_number(found) and wording.score(found) != wording.score(0) else 0.0


def _beside_genre(run: Run, genre: float | None, low: float, high: float) -> str:
    if genre is None or FAMILIES[run.request.family].is_baseline:
        return ""
    if high < genre:
        return "The genre alone does better."
    if low <= genre:
        return "The two are too close to call on this test."
    return ""


def _explained(r2: float) -> str:
    return "nothing" if r2 < 0.0005 else wording.share(r2)


def _dig(found: Any, *path: str) -> Any:
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def basis_of(run: Run) -> list[Any]:
    """Say what a run's numbers rest on: its score with the validation behind it, and what they are not good for."""
    protocol = wording.lower_first(protocol_name(run.request.protocol))
    basis: list[Any] = [
        html.A(model_name(run), href=run_address(run.id)),
        f", R² {wording.score(measure(run, 'r2'))} on held-out tracks"
        f"{' (inflated by leakage)' if is_leaky(run) else ''}; validation: {protocol}. ",
    ]
    if is_no_forecast(run):
        basis.append(html.Strong("It looks at what is only known after a release: no forecast. "))
    if run.data.get("is_synthetic"):
        basis.append(html.Strong("Trained on the synthetic sample."))
    return basis
