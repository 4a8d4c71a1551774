"""Server-side time and payload of each Explore chart, beside the plain plotly.express figure of the same data.

    python -m benchmarks.eda_callbacks [TABLE.csv] [--rows 1000000] [--repeats 7] [--no-express]

Every repeat asks for another filter that keeps all tracks, so nothing comes from a cache of an earlier answer. Time is
CPU time of the whole request through Flask, JSON included: on an idle machine about the wall time, and on a busy one
what can be compared. Payload is the uncompressed answer. The plotly.express time covers the figure and its JSON only.
``--rows`` tiles the table. Without a table the built-in sample is measured. One thread, as the server has it.
"""

from __future__ import annotations

from dashboard.environment import prepare_environment

prepare_environment()

# ruff: noqa: E402 - the environment comes before numpy
import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.express as px
from dash import Dash

from core.eda.columns import NUMBERS
from dashboard.app import create_app
from dashboard.services import Services
from dashboard.settings import Settings
from data.schema import TARGET
from data.sources import Dataset, load_dataset
from layouts.ids import Eda, Shell


@dataclass(frozen=True)
class Case:
    """One chart: what is asked for, and what plotly.express would draw."""

    name: str
    graph: str
    store: str
    query: str
    express: Callable[[pd.DataFrame], Any] | None = None


@dataclass(frozen=True, eq=False)
class FixedTracks:
    """A table in memory, in place of the one that is loaded from a file."""

    dataset: Dataset


def _artists(tracks: pd.DataFrame) -> Any:
    return px.bar(tracks["track_artist"].value_counts().head(20), orientation="h")


def _years(tracks: pd.DataFrame) -> Any:
    return px.line(tracks.groupby("release_year")[TARGET].agg(["mean", "median"]))


def _heatmap(method: str) -> Callable[[pd.DataFrame], Any]:
    return lambda tracks: px.imshow(tracks[list(NUMBERS)].corr(method=method), text_auto=".2f")  # type: ignore[arg-type]


def _scatter(**options: Any) -> Callable[[pd.DataFrame], Any]:
    return lambda tracks: px.scatter(tracks, **{"x": "energy", "y": TARGET, "render_mode": "webgl", **options})


CASES = (
    Case("popularity", Eda.POPULARITY, Eda.AT_DISTRIBUTION, "", lambda tracks: px.histogram(tracks, x=TARGET)),
    Case(
        "popularity by genre", Eda.POPULARITY, Eda.AT_DISTRIBUTION, "&split=genre",
        lambda tracks: px.histogram(tracks, x=TARGET, color="genre"),
    ),
    Case("tempo", Eda.FEATURE, Eda.AT_DISTRIBUTION, "&feature=tempo", lambda tracks: px.histogram(tracks, x="tempo")),
    Case("Pearson", Eda.CORRELATION, Eda.AT_RELATIONS, "", _heatmap("pearson")),
    Case("Spearman", Eda.CORRELATION, Eda.AT_RELATIONS, "&method=spearman", _heatmap("spearman")),
    Case("Spearman by genre", Eda.CORRELATION, Eda.AT_RELATIONS, "&method=spearman&scope=genre"),
    Case("mutual information", Eda.CORRELATION, Eda.AT_RELATIONS, "&method=information"),
    Case("information by genre", Eda.CORRELATION, Eda.AT_RELATIONS, "&method=information&scope=genre"),
    Case("scatter, OLS", Eda.SCATTER, Eda.AT_RELATIONS, "", _scatter(trendline="ols")),
    Case(
        "scatter, genre, robust", Eda.SCATTER, Eda.AT_RELATIONS, "&colour=genre&trend=robust", _scatter(color="genre")
    ),
    Case(
        "scatter, valence, LOWESS", Eda.SCATTER, Eda.AT_RELATIONS, "&colour=valence&trend=lowess",
        _scatter(color="valence"),
    ),
    Case(
        "scatter, two features", Eda.SCATTER, Eda.AT_RELATIONS, "&x=tempo&y=loudness&colour=valence",
        _scatter(x="tempo", y="loudness", color="valence", trendline="ols"),
    ),
    Case("scatter, 5,000 named", Eda.SCATTER, Eda.AT_RELATIONS, "&points=sample", _scatter(hover_name="track_name")),
    Case("by genre", Eda.GROUP, Eda.AT_GROUPS, "", lambda tracks: px.box(tracks, x=TARGET, y="genre")),
    Case("by subgenre", Eda.SUBGENRES, Eda.AT_GROUPS, "", lambda tracks: px.box(tracks, x=TARGET, y="subgenre")),
    Case("by year", Eda.YEARS, Eda.AT_TIME, "", _years),
    Case("by month", Eda.MONTHS, Eda.AT_TIME, ""),
    Case("artists by count", Eda.ARTISTS_COUNT, Eda.AT_ARTISTS, "", _artists),
    Case("artists by mean", Eda.ARTISTS_MEAN, Eda.AT_ARTISTS, ""),
    Case("summary grids", Eda.NUMBERS_GRID, Eda.AT_SUMMARY, ""),
)  # fmt: skip


def main() -> None:
    """Measure every chart and print a line for it."""
    asked = _arguments()
    dataset = load_dataset(asked.table, Path(tempfile.mkdtemp()))
    if asked.rows:
        dataset = replace(dataset, tracks=tile(dataset.tracks, asked.rows))
    settings = Settings(home=Path(tempfile.mkdtemp()))
    app = create_app(settings, Services(settings, FixedTracks(dataset)))  # type: ignore[arg-type]
    print(f"{len(dataset.tracks):,} tracks, {dataset.source.name}")
    print(f"{'chart':<26}{'first ms':>10}{'median ms':>11}{'kB':>8}{'express ms':>12}{'kB':>9}{'ratio':>8}")
    for case in CASES:
        times, size = measure(app, case, asked.repeats)
        line = f"{case.name:<26}{times[0]:>10.0f}{statistics.median(times[1:]):>11.1f}{size / 1000:>8.0f}"
        if case.express and not asked.no_express:
            repeats = asked.repeats if len(dataset.tracks) < 100_000 else 1
            plain, plain_size = measure_express(case.express, dataset.tracks, repeats)
            line += f"{plain:>12.1f}{plain_size / 1000:>9.0f}{plain / statistics.median(times[1:]):>7.1f}x"
        print(line, flush=True)
    print(f"peak resident memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:,.0f} MB")


def tile(tracks: pd.DataFrame, n_rows: int) -> pd.DataFrame:
    """Repeat the tracks until there are so many."""
    copies = -(-n_rows // len(tracks))
    return pd.concat([tracks] * copies, ignore_index=True).iloc[:n_rows]


def measure(app: Dash, case: Case, repeats: int) -> tuple[list[float], int]:
    """Milliseconds of each request, the first included, and the size of the last answer in bytes."""
    client = app.server.test_client()
    client.get("/")
    times, size = [], 0
    for number in range(repeats + 1):
        body = payload(app, case, f"?pop=0-{101 + number}{case.query}")
        start = time.process_time()
        answer = client.post("/_dash-update-component", json=body)
        times.append(1000 * (time.process_time() - start))
        assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
        size = len(answer.get_data())
    return times, size


def payload(app: Dash, case: Case, query: str) -> dict[str, Any]:
    """What the page would send for a chart."""
    values = {case.store: query, Shell.THEME: "light", Eda.WEBGL: True}
    output, spec = next((key, spec) for key, spec in app.callback_map.items() if _draws(key, case.graph))
    places = [name.rpartition(".") for name in output.strip(".").split("...")]

    def filled(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{"id": row["id"], "property": row["property"], "value": values.get(row["id"])} for row in rows]

    return {
        "output": output,
        "outputs": [{"id": place[0], "property": place[2]} for place in places],
        "inputs": filled(spec["inputs"]),
        "state": filled(spec["state"]),
        "changedPropIds": [f"{case.store}.data"],
    }


def _draws(output: str, graph: str) -> bool:
    return output.startswith((f"..{graph}.figure", f"..{graph}.children"))


def measure_express(make: Callable[[pd.DataFrame], Any], tracks: pd.DataFrame, repeats: int) -> tuple[float, int]:
    """Median milliseconds of the plotly.express figure with its JSON, and the size of that."""
    times, size = [], 0
    for _ in range(repeats):
        start = time.process_time()
        size = len(make(tracks).to_json())
        times.append(1000 * (time.process_time() - start))
    return statistics.median(times), size


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", nargs="?", type=Path)
    parser.add_argument("--rows", type=int, default=0)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--no-express", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
