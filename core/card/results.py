"""What a card says in numbers: scores, intervals, errors by band and genre, importance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import stdev
from typing import TYPE_CHECKING, Any

from core.card.model import Chart, Dot, Section, Table
from core.card.words import count, decimals, is_number, is_pair, measure, share, spread
from core.features import FEATURES
from core.intervals import COVERAGE
from core.metrics import MEASURES

if TYPE_CHECKING:
    import pandas as pd

    from core.runs.model import Run

FEWEST = 20
MOST_ROWS = 15
_WITHOUT_FOLDS = "The folds have no pinball loss: the intervals are made from their errors. "
_BASELINES = (("genre_mean", "Baseline: genre mean"), ("mean", "Baseline: always the mean"))


def scores(run: Run) -> Section:
    """Every metric with its interval, beside cross-validation and the baselines."""
    metrics = run.metrics or {}
    test, ends = metrics.get("test") or {}, metrics.get("test_interval") or {}
    folds, others = metrics.get("cv") or {}, metrics.get("baselines") or {}
    header = ("Metric", "On the test", "95% interval", *(("Mean of the folds (SD)",) if folds else ()),
              "Genre mean", "Always the mean")  # fmt: skip
    rows = []
    for key, metric in MEASURES.items():
        if key not in test:
            continue
        name = f"{metric.label}, {metric.unit}" if metric.unit not in ("", "%") else metric.label
        beside = tuple(measure(key, ((others.get(one) or {}).get("test") or {}).get(key)) for one, _ in _BASELINES)
        fold = (_fold(key, folds.get(key)),) if folds else ()
        rows.append((name, measure(key, test.get(key)), spread(key, ends.get(key)), *fold, *beside))
    chart = _score_chart("rmse", test, ends, others)
    said = (
        "R² is the share of the differences in popularity that the model accounts for: 1 is perfect, 0 is no better "
        "than always saying the average of these very tracks. RMSE and MAE are in points: how far off it is, with "
        "large misses weighing more in RMSE. Weighted MAPE is all errors together in per cent of all popularity "
        "together. Pinball loss, in points, rates the 90% intervals: narrow ones that hold the truth lose little. "
        f"{_WITHOUT_FOLDS if folds and 'pinball' in test and 'pinball' not in folds else ''}Baselines were scored on "
        "the same tracks, their intervals being the range of all tracks or of the genre."
    )
    return Section("scores", "Scores", charts=chart, tables=(Table("Scores", header, tuple(rows)),), after=(said,))


def _fold(key: str, found: Any) -> str:
    if not isinstance(found, Mapping):
        return "–"
    digits = 3 if key == "r2" else 1
    return f"{measure(key, found.get('mean'))} ({decimals(found.get('sd'), digits)})"


def _score_chart(key: str, test: Any, ends: Any, others: Any) -> tuple[Chart, ...]:
    interval = ends.get(key)
    low, high = interval if is_pair(interval) else (None, None)
    dots = []
    if is_number(test.get(key)):
        between = f" ({spread(key, interval)})" if is_pair(interval) else ""
        dots.append(Dot("This model", test[key], low, high, measure(key, test[key]) + between))
    for one, label in _BASELINES:
        value = ((others.get(one) or {}).get("test") or {}).get(key)
        if is_number(value):
            dots.append(Dot(label, value, said=measure(key, value), is_quiet=True))
    title = "Typical error beside the baselines"
    reading = "Further left is better. The line is the 95% interval: another test could give any score on it."
    return (Chart(title, "RMSE on the test, points", tuple(dots), reading),) if dots else ()


def coverage(run: Run) -> Section:
    """What the prediction intervals held on the test."""
    found = (run.metrics or {}).get("coverage") or {}
    overall = found.get("overall")
    if not overall:
        said = "What the intervals of this model hold was not measured: it was trained without cross-validation."
        return Section("coverage", "Prediction intervals", paragraphs=(said,))
    low, high = overall["coverage_interval"]
    said = (
        f"Every prediction comes with an interval that is made to hold {share(COVERAGE)} of tracks. On the test the "
        f"intervals held {share(overall['coverage'])} ({share(low)} to {share(high)}, allowing for chance) of "
        f"{count(overall['n'])} tracks, and are {decimals(overall['width'], 0)} points wide on average."
    )
    charts, tables = [], []
    for key, name, subject in (("by_genre", "genre", "genre"), ("by_band", "band", "actual popularity")):
        rows = [one for one in found.get(key) or [] if one.get("n")][:MOST_ROWS]
        if rows:
            charts.append(_coverage_chart(rows, name, subject))
            tables.append(_coverage_table(rows, name, subject))
    after = "By actual popularity no interval can hold everywhere: it is made before that popularity is known."
    return Section(
        "coverage",
        "Prediction intervals",
        paragraphs=(said,),
        charts=tuple(charts),
        tables=tuple(tables),
        after=(after,),
    )


def _coverage_chart(rows: Sequence[Mapping[str, Any]], name: str, subject: str) -> Chart:
    dots = []
    for one in rows:
        low, high = one["coverage_interval"]
        label = f"{one[name]} (n = {count(one['n'])})"
        dots.append(Dot(label, 100 * one["coverage"], 100 * low, 100 * high, share(one["coverage"])))
    reading = "A line that reaches the dashed one keeps what was promised, as far as this test can tell."
    title = f"What the intervals held, by {subject}"
    promised = 100 * COVERAGE
    return Chart(title, "Tracks inside, per cent", tuple(dots), reading, promised, f"made for {promised:.0f}%")


def _coverage_table(rows: Sequence[Mapping[str, Any]], name: str, subject: str) -> Table:
    cells = tuple(
        (
            str(one[name]),
            count(one["n"]),
            share(one["coverage"]),
            " to ".join(share(end) for end in one["coverage_interval"]),
            f"{decimals(one['width'], 0)} points",
        )
        for one in rows
    )
    header = (subject.capitalize(), "Tracks", "Inside", "95% interval", "Width")
    return Table(f"Prediction intervals by {subject}", header, cells)


def errors(run: Run, test: pd.DataFrame | None, genres: pd.Series | None) -> Section:
    """Where it errs: by band of actual popularity, by genre."""
    bands = [one for one in (run.metrics or {}).get("by_band") or [] if one.get("n")]
    slices = [("actual popularity", [(str(one["band"]), one["mae"], one["bias"], one["n"]) for one in bands])]
    left_out = ""
    if test is None:
        left_out = "Errors by genre are left out: the stored predictions of this run cannot be read."
    elif genres is None:
        left_out = "Errors by genre are left out: the table that the run was trained on is not at hand."
    else:
        slices.append(("genre", _by_genre(test, genres)))
    charts = tuple(_error_chart(subject, rows) for subject, rows in slices if rows)
    tables = tuple(_error_table(subject, rows) for subject, rows in slices if rows)
    said = (
        "Mean error is the average miss in points. Bias says in which direction: above zero the model says too much, "
        "below zero too little."
    )
    after = (left_out,) if left_out else ()
    return Section("errors", "Where it errs", paragraphs=(said,), charts=charts, tables=tables, after=after)


_Slice = tuple[str, float, float, int]


def _by_genre(test: pd.DataFrame, genres: pd.Series) -> list[_Slice]:
    """Mean error and bias of each genre with at least 20 tracks, the largest error first."""
    miss = (test["predicted"] - test["actual"]).reset_index(drop=True)
    names = genres.reset_index(drop=True)
    found = []
    for genre, part in miss.groupby(names):
        if len(part) >= FEWEST:
            found.append((str(genre), float(part.abs().mean()), float(part.mean()), len(part)))
    return sorted(found, key=lambda one: -one[1])[:MOST_ROWS]


def _error_chart(subject: str, rows: Sequence[_Slice]) -> Chart:
    dots = tuple(Dot(f"{name} (n = {count(n)})", mae, said=measure("mae", mae)) for name, mae, _, n in rows)
    return Chart(f"Mean error by {subject}", "Mean error (MAE), points", dots, "Further left is better.")


def _error_table(subject: str, rows: Sequence[_Slice]) -> Table:
    cells = tuple((name, count(n), measure("mae", mae), _signed(bias)) for name, mae, bias, n in rows)
    return Table(f"Error by {subject}", (subject.capitalize(), "Tracks", "Mean error, points", "Bias, points"), cells)


def _signed(value: float) -> str:
    text = decimals(value, 1)
    return f"+{text}" if is_number(value) and value > 0 and text != "0.0" else text


def importance(run: Run, explanation: Mapping[str, Any] | None) -> Section:
    """How much each feature moves the predictions, where that was measured."""
    title = "What it looks at"
    rows = _importance_rows(explanation)
    if not rows:
        said = "How much each feature moves its predictions was not stored with this run."
        return Section("importance", title, paragraphs=(said,))
    dots = tuple(
        Dot(label, value, low, high, f"{measure('mae', value)} points") for label, value, low, high in rows[:MOST_ROWS]
    )
    said = (
        "How far each feature moves the prediction away from the average one, in points, averaged over tracks of the "
        "test (mean absolute SHAP value). It says what the model uses, not what makes a track popular."
    )
    has_spread = any(low is not None for _, _, low, _ in rows)
    reading = "Further right moves predictions more." + (
        " The line spans one SD over the models of the folds." if has_spread else ""
    )
    chart = Chart("How much each feature moves predictions", "Mean move of the prediction, points", dots, reading)
    cells = tuple(
        (label, measure("mae", value), f"{measure('mae', low)} to {measure('mae', high)}" if low is not None else "–")
        for label, value, low, high in rows
    )
    table = Table("Importance of features", ("Feature", "Points", "± one SD over folds"), cells)
    return Section("importance", title, paragraphs=(said,), charts=(chart,), tables=(table,))


def _importance_rows(explanation: Mapping[str, Any] | None) -> list[tuple[str, float, float | None, float | None]]:
    """Label, points, low and high of each feature, the most important first; nothing of a form that is not known."""
    told = explanation or {}
    found = told.get("importance")
    if not isinstance(found, Mapping):
        return []
    features, means = list(told.get("features") or []), list(found.get("mean") or [])
    if len(features) != len(means) or not all(map(is_number, means)):
        return []
    folds = [fold for fold in found.get("folds") or [] if len(fold) == len(features)]
    rows: list[tuple[str, float, float | None, float | None]] = []
    for at, (name, value) in enumerate(zip(features, means, strict=True)):
        label = FEATURES[name].label if name in FEATURES else str(name)
        sd = stdev(float(fold[at]) for fold in folds) if len(folds) > 1 else None
        rows.append((label, value, None if sd is None else max(0.0, value - sd), None if sd is None else value + sd))
    return sorted(rows, key=lambda row: -row[1])
