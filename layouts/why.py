"""Why view: what the model of a run looks at, and how each prediction comes about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from core.explanation.stored import Stored
from core.features import FEATURES
from core.runs.model import Run
from layouts import wording
from layouts.components import control, empty_state, icon, page_header
from layouts.ids import Why
from layouts.links import address, button_link, run_address
from layouts.run_words import basis_of, model_name

NOTHING = "none"
"""In place of a feature: its dots have one colour."""
NO_OTHER = "Train another model, and both can be seen side by side."


def layout(run: Run, content: Any, *, is_explained: bool) -> html.Div:
    """Draw the view around its content."""
    actions: list[Any] = [button_link([icon("arrow-left"), " The run"], run_address(run.id), kind="outline-primary")]
    if is_explained:
        save = dbc.Button([icon("download"), " Download the values as CSV"], id=Why.SAVE, type="button")
        actions = [save, *actions]
    purpose = "How its predictions come about. It says what the model looks at, not what makes a track popular."
    return html.Div(
        [
            page_header(f"Why: {model_name(run)}", purpose, actions),
            html.P(basis_of(run), className="quiet-note"),
            html.Div(content, className="stack"),
            dcc.Store(id=Why.RUN, data=run.id),
            dcc.Download(id=Why.DOWNLOAD),
        ]
    )


def nothing_kept(run: Run, why: str) -> Any:
    """Say why there is no explanation, and what to do."""
    way = address("/train", **{"from": run.id})
    return empty_state("No explanation", why, button_link("Train again", way), level=2)


def method(stored: Stored) -> html.Section:
    """State how the contributions were found, on what, and how well they add up."""
    told, found = stored.told, stored.method
    n, n_test = len(stored.values), int(told["sample"]["n_test"])
    reach = max(float(told["prediction_range"]), 1e-9)
    background = told["n_background"]
    facts = [
        ("Method", f"{found.label}. {found.help}"),
        ("Sample", f"{wording.count(n)} of {wording.count(n_test)} held-out tracks, drawn at random"),
        (
            "Compared with",
            f"{wording.counted(background, 'reference track')} from the training part"
            if background
            else "the training tracks, as the model itself counted them",
        ),
        ("Start", f"{told['base']:.1f} points: what the model says where nothing is known of a track"),
        (
            "Adds up",
            f"Start and contributions miss the model's own output by {_small(told['additivity_error'])} points at "
            f"most, {_small(100 * told['additivity_error'] / reach)}% of the range of its predictions.",
        ),
    ]
    if told.get("standard_error") is not None:
        facts.append(("Chance", f"Each contribution is sampled: about ±{told['standard_error']:.2f} points of error"))
    pairs = [part for name, value in facts for part in (html.Dt(name), html.Dd(value))]
    clipped = "Contributions are to the output before it is cut off at 0 and 100 points."
    return html.Section(
        [
            html.H2("What a contribution is"),
            html.P(
                "A contribution (SHAP value) is how many points a feature of a track moves the prediction up or down, "
                "shared out fairly among all features. Contributions and the start add up to the prediction. " + clipped
            ),
            html.Dl(pairs, className="fact-list"),
        ],
        className="panel prose",
    )


def _small(value: float) -> str:
    """A small number without false digits.

    Examples
    --------
    >>> _small(3e-9), _small(0.0213)
    ('less than 0.01', '0.02')
    """
    return "less than 0.01" if value < 0.01 else f"{value:.2f}"


def feature_controls(stored: Stored, feature: str, colour: str) -> html.Div:
    """Choose the feature of the charts, and the one that colours the dots."""
    names = stored.importance["feature"].tolist()
    options = [{"label": FEATURES[name].label, "value": name} for name in names]
    return html.Div(
        [
            control("Feature", dbc.Select(options, feature, id=Why.FEATURE)),
            control("Colour by", dbc.Select([{"label": "Nothing", "value": NOTHING}, *options], colour, id=Why.COLOUR)),
        ],
        className="why-controls",
    )


def track_controls(stored: Stored, most: int, chosen: int = 0) -> html.Div:
    """Choose a track of the sample."""
    rows = stored.tracks.head(most)
    named = zip(rows["track_name"], rows["track_artist"], rows["predicted"], strict=True)
    options = [
        {
            "label": f"{_named(name, '(no title)')} – {_named(artist, '(no artist)')}, {points:.0f} points",
            "value": str(at),
        }
        for at, (name, artist, points) in enumerate(named)
    ]
    help = "Tracks of the sample, none of which the model learned from."
    return html.Div(control("Track", dbc.Select(options, str(chosen), id=Why.TRACK), help), className="why-controls")


def _named(name: object, instead: str) -> str:
    return name[:40] if isinstance(name, str) else instead


def cohort_controls(names: Sequence[str], first: str, second: str) -> html.Div:
    """Choose two groups of tracks."""
    options = [{"label": name, "value": name} for name in names]
    return html.Div(
        [
            control("These tracks", dbc.Select(options, first, id=Why.FIRST)),
            control("Against these", dbc.Select(options, second, id=Why.SECOND)),
        ],
        className="why-controls",
    )


def other_controls(names: Mapping[str, str], chosen: str | None = None) -> Any:
    """Choose another run to look at beside this one."""
    if not names:
        return html.P(NO_OTHER, className="control-help")
    options = [{"label": name, "value": run_id} for run_id, name in names.items()]
    picker = dbc.Select(options, chosen, placeholder="Choose a run", id=Why.OTHER)
    return html.Div(control("Another run", picker), className="why-controls")


def other_panel(shown: Any = None) -> html.Div:
    """Where both models are drawn once another one is chosen."""
    return html.Div(shown, id=Why.OTHER_PANEL, className="stack", role="status")


def footing(runs: tuple[Run, Run], names: tuple[str, str]) -> html.Div:
    """State what each of two runs rests on, and warn where they were not made alike.

    Parameters
    ----------
    runs : tuple of two Run
    names : tuple of two str
        What they are called in the chart.
    """
    pairs = [
        part
        for run, name in zip(runs, names, strict=True)
        for part in (html.Dt(name), html.Dd([*basis_of(run), _split_of(run)]))
    ]
    facts = html.Dl(pairs, className="fact-list")
    apart = _apart(*runs)
    if not apart:
        return html.Div([facts, html.P("Both were made from the same tracks, split alike.", className="control-help")])
    words = (
        f" They differ in {wording.listed(apart)}: part of what differs below comes from that, not from how the models "
        "look at tracks."
    )
    warning = [icon("exclamation-triangle-fill"), html.Strong(" Not made alike."), words]
    return html.Div([html.Div(warning, className="callout callout-warning"), facts], className="stack")


def _split_of(run: Run) -> str:
    table = run.data.get("source_name") or "a table that is not known"
    share = wording.share(run.request.test_share)
    return f" Made from {table}; {share} held out for the test, seed {run.request.seed}."


def _apart(one: Run, other: Run) -> list[str]:
    """In what of table, validation and features two runs differ, in words."""
    asked, wanted = one.request, other.request
    checks = (
        ("the table", one.data.get("sha256") != other.data.get("sha256")),
        ("the validation", asked.protocol != wanted.protocol),
        ("the share held out", asked.test_share != wanted.test_share),
        ("the seed of the split", asked.seed != wanted.seed),
        ("the features they may look at", set(asked.features) != set(wanted.features)),
    )
    return [words for words, differs in checks if differs]


def section(title: str, words: str, *parts: Any) -> html.Section:
    """Draw a part of the page under its heading."""
    return html.Section([html.H2(title), html.P(words), *parts], className="why-part")
