"""Why view: reads what a run keeps of its explanation, and draws it."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
from dash import Dash, Input, Output, State, html, no_update
from dash.development.base_component import Component

from callbacks.identity import current_owner, current_theme
from core.errors import BundleError, InvalidRequest, NotFound
from core.explanation.stored import Stored, read_stored, value_in_words
from core.export import to_csv
from core.features import FEATURES
from core.figures import explanation as figures
from core.runs.artifacts import EXPLANATION
from core.runs.model import Run, RunState
from layouts import why as view
from layouts.components import graph_card
from layouts.ids import Why
from layouts.run_words import model_name

MOST_TRACKS = 100
MOST_OTHERS = 30
BEFORE = (
    "This run keeps no explanation: it was made before there were any, or without asking for one. Train it again to "
    "see what its model looks at."
)


def page(services: Any, owner: str, run_id: str = "", query: str = "") -> Component:
    """Draw the view.

    Raises
    ------
    NotFound
        When this owner has no such run; absent and foreign answer alike.
    """
    run = services.runs.get(run_id, owner)
    try:
        stored = stored_of(services, run)
    except BundleError as error:
        return view.layout(run, view.nothing_kept(run, str(error)), is_explained=False)
    return view.layout(run, _content(services, run, stored, owner, current_theme()), is_explained=True)


def stored_of(services: Any, run: Run) -> Stored:
    """Give what a run keeps of its explanation.

    Raises
    ------
    BundleError
        When it is not finished, keeps nothing, or the file has changed.
    """
    if run.state is not RunState.FINISHED:
        raise BundleError("This run is not finished. When it is, this page says what its model looks at.")
    if EXPLANATION not in run.digests:
        raise BundleError(BEFORE)
    return read_stored(json.loads(services.runs.context.bundles.read(run.id, EXPLANATION, run.digests)))


def register(app: Dash, services: Any) -> None:
    """Attach the view's callbacks."""

    def asked(run_id: Any) -> Stored:
        return stored_of(services, services.runs.get(_text(run_id), current_owner()))

    @app.callback(
        Output(Why.PARTIAL, "figure"),
        Output(Why.DEPENDENCE, "figure"),
        Input(Why.FEATURE, "value"),
        Input(Why.COLOUR, "value"),
        State(Why.RUN, "data"),
        prevent_initial_call=True,
    )
    def vary(feature: Any, colour: Any, run_id: Any) -> tuple[Any, Any]:
        stored = asked(run_id)
        return _of_feature(stored, _one_of(feature, stored.features), _one_of(colour, (view.NOTHING, *stored.features)))

    @app.callback(
        Output(Why.TRACK_PANEL, "children"),
        Input(Why.TRACK, "value"),
        State(Why.RUN, "data"),
        prevent_initial_call=True,
    )
    def explain(at: Any, run_id: Any) -> Any:
        stored = asked(run_id)
        places = [str(place) for place in range(len(stored.values))]
        return _track(stored, int(_one_of(at, places)), current_theme())

    @app.callback(
        Output(Why.COHORTS, "figure"),
        Input(Why.FIRST, "value"),
        Input(Why.SECOND, "value"),
        State(Why.RUN, "data"),
        prevent_initial_call=True,
    )
    def compare(first: Any, second: Any, run_id: Any) -> Any:
        stored = asked(run_id)
        names = tuple(stored.cohorts())
        pair = (_one_of(first, names), _one_of(second, names))
        return figures.plot_cohorts(figures.compute_cohorts(stored, *pair), pair, theme=current_theme())

    @app.callback(
        Output(Why.OTHER_PANEL, "children"),
        Input(Why.OTHER, "value"),
        State(Why.RUN, "data"),
        prevent_initial_call=True,
    )
    def beside(other_id: Any, run_id: Any) -> Any:
        if not other_id:
            return None
        runs = [services.runs.get(_text(each), current_owner()) for each in (run_id, other_id)]
        return _two_models(runs, [stored_of(services, run) for run in runs], current_theme())

    @app.callback(
        Output(Why.DOWNLOAD, "data"), Input(Why.SAVE, "n_clicks"), State(Why.RUN, "data"), prevent_initial_call=True
    )
    def save(clicks: Any, run_id: Any) -> Any:
        if not clicks:
            return no_update
        return make_file(services, _text(run_id), current_owner())


def make_file(services: Any, run_id: str, owner: str) -> dict[str, Any]:
    """Make the content of the download: the sample with what the model read and each contribution.

    Raises
    ------
    NotFound, BundleError
        As for the page.
    """
    run = services.runs.get(run_id, owner)
    origin = "synthetic-" if run.data.get("is_synthetic") else ""
    return {"content": to_csv(stored_of(services, run).table()), "filename": f"{origin}contributions-{run.id[:8]}.csv"}


def _content(services: Any, run: Run, stored: Stored, owner: str, theme: str) -> list[Any]:
    importance = stored.importance
    n = len(stored.values)
    overall = graph_card(
        Why.IMPORTANCE, figures.plot_importance(importance, theme=theme), title="What moves predictions most", n=n,
        reading=figures.read_importance(importance), table=importance.drop(columns=["folds", "feature"]).round(3),
    )  # fmt: skip
    swarm = graph_card(
        Why.SWARM, figures.plot_beeswarm(stored, theme=theme), title="Track by track", n=n,
        reading="One dot a track (up to 250): right of 0 the feature raises its prediction. Bright dots have high "
        "values; features whose values are names are of one colour.",
    )  # fmt: skip
    return [
        view.method(stored),
        html.Div([overall, swarm], className="graph-grid"),
        _features(stored, importance, theme),
        _tracks(stored, theme),
        _together(stored, importance, theme),
        _groups(stored, theme),
        _other_models(services, run, owner),
    ]


def _features(stored: Stored, importance: pd.DataFrame, theme: str) -> Any:
    read = [name for name in importance["feature"] if name in stored.inputs]
    feature = read[0] if read else stored.features[0]
    colour = next((name for name in read[1:] if pd.api.types.is_numeric_dtype(stored.inputs[name])), view.NOTHING)
    partial, dependence = _of_feature(stored, feature, colour, theme)
    cards = [
        graph_card(
            Why.DEPENDENCE, dependence, title="Its contribution along its values", n=len(stored.values),
            reading="One dot a track. Where dots of one colour lie above those of another, both features act together.",
        ),
        graph_card(
            Why.PARTIAL, partial, title="When it alone changes",
            reading="A grey line a track: what the model would say if only this feature were different (ICE). Red is "
            "their mean (partial dependence). Combinations that no real track has count as well.",
        ),
    ]  # fmt: skip
    words = "Choose a feature to see how predictions go with its values."
    controls = view.feature_controls(stored, feature, colour)
    return view.section("One feature", words, controls, html.Div(cards, className="graph-grid"))


def _of_feature(stored: Stored, feature: str, colour: str, theme: str | None = None) -> tuple[Any, Any]:
    theme = theme or current_theme()
    told = (stored.told.get("dependence") or {}).get(feature)
    return (
        figures.plot_partial_dependence(told, feature, theme=theme),
        figures.plot_dependence(stored, feature, "" if colour == feature else colour, theme=theme),
    )


def _tracks(stored: Stored, theme: str) -> Any:
    panel = html.Div(_track(stored, 0, theme), id=Why.TRACK_PANEL)
    words = "From what the model says of any track to what it says of this one."
    return view.section("One track", words, view.track_controls(stored, MOST_TRACKS), panel)


def _track(stored: Stored, at: int, theme: str) -> Any:
    inputs = stored.inputs.iloc[at]
    labels = [
        f"{FEATURES[name].label} = {value_in_words(name, inputs[name])}"
        if name in inputs.index
        else FEATURES[name].label
        for name in stored.features
    ]
    steps = figures.compute_steps(labels, stored.values[at])
    row = stored.tracks.iloc[at]
    first = steps.iloc[0]
    way = "up" if first["points"] > 0 else "down"
    said = min(100.0, max(0.0, float(row["predicted"])))
    reading = (
        f"The model says {said:.0f} points; the track has {row['actual']:.0f}. "
        f"Moved most by {first['label']}: {abs(first['points']):.1f} points {way}."
    )
    table = steps.round(2)
    return html.Div(
        [
            graph_card(
                Why.WATERFALL, figures.plot_waterfall(steps, stored.base, theme=theme), title="Step by step",
                reading=reading, table=table, height=420,
            ),
            graph_card(
                Why.FORCE, figures.plot_force(steps, stored.base, theme=theme), title="In one bar", height=200,
                reading="What pushes up (vermillion, left) and what pushes down (blue, right) meet at the prediction.",
            ),
        ],
        className="graph-grid",
    )  # fmt: skip


def _together(stored: Stored, importance: pd.DataFrame, theme: str) -> Any:
    told = stored.told.get("interactions")
    by_genre = stored.by_genre
    cards = [
        graph_card(
            Why.INTERACTIONS, figures.plot_interactions(told, theme=theme), title="Features that act together",
            n=told["pairs"] if told else None,
            reading="How far what one feature does depends on the other: mean size of the difference, points. Dark "
            "pairs merely add up.",
        ),
        graph_card(
            Why.GENRES, figures.plot_by_genre(by_genre, importance["label"].tolist(), theme=theme), title="By genre",
            reading="Mean size of contribution among the tracks of each genre, points.",
            table=by_genre.round(3).rename_axis("Feature").reset_index() if not by_genre.empty else None,
        ),
        graph_card(
            Why.PERMUTATION, figures.plot_permutation(importance, theme=theme), title="Moving against helping",
            n=(stored.told.get("permutation") or {}).get("rows"), reading=figures.read_permutation(importance),
        ),
    ]  # fmt: skip
    return view.section(
        "Together", "Pairs, genres, and what helps to be right.", html.Div(cards, className="graph-grid")
    )


def _groups(stored: Stored, theme: str) -> Any:
    names = list(stored.cohorts())
    if len(names) < 2:
        return None
    first, second = names[1], names[2] if len(names) > 2 else names[0]
    cohorts = figures.compute_cohorts(stored, first, second)
    chart = graph_card(
        Why.COHORTS, figures.plot_cohorts(cohorts, (first, second), theme=theme), title="Group against group",
        reading="Mean contribution of each feature in both groups, the widest difference on top.", height=420,
    )  # fmt: skip
    words = "What sets the predictions of one group of tracks apart from those of another."
    return view.section("Groups of tracks", words, view.cohort_controls(names, first, second), chart)


def _other_models(services: Any, run: Run, owner: str) -> Any:
    others = [each for each in services.runs.list(owner) if each.id != run.id and EXPLANATION in (each.digests or {})]
    names = {each.id: f"{each.name or model_name(each)}, run {each.id[:8]}" for each in others[:MOST_OTHERS]}
    words = "Whether another model looks at the same things. Of runs that differ only in their seed, it shows chance."
    return view.section("Beside another model", words, view.other_controls(names), html.Div(id=Why.OTHER_PANEL))


def _two_models(runs: list[Run], stored: list[Stored], theme: str) -> Any:
    names = [f"{run.name or model_name(run)} ({run.id[:4]})" for run in runs]
    first, second = (each.importance for each in stored)
    figure = figures.plot_two_models(first, second, (names[0], names[1]), theme=theme)
    return graph_card(
        Why.MODELS, figure, title="What moves predictions in both", reading="Long lines: the models differ.", height=420
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidRequest("The id of a run is a text.")
    return value


def _one_of(value: Any, known: Any) -> str:
    if value not in known:
        raise NotFound("There is no such choice on this page.")
    return str(value)
