"""Training view: what to train at the left, what happens at the right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from core.families import FAMILIES
from core.families.baseline import BASELINES
from core.families.boosting import BOOSTING
from core.families.forests import FORESTS
from core.families.kernel import KERNEL
from core.families.linear import LINEAR
from core.families.model import ModelFamily
from core.families.neighbors import NEIGHBORS
from core.features import DEFAULT_FEATURES, EXTRA_GROUP, FEATURE_GROUPS, FEATURES, FeatureGroup
from core.runs.model import Run, RunState
from core.validation import PROTOCOLS, Protocol
from layouts import wording
from layouts.components import control, icon, page_header
from layouts.components.run_progress import run_progress
from layouts.ids import Training
from layouts.links import address, run_address
from layouts.run_words import STATE_WORDS, measure, model_name, protocol_name
from layouts.training_settings import setting_fields

FAMILY_GROUPS: tuple[tuple[str, tuple[ModelFamily, ...]], ...] = (
    ("Baselines", BASELINES),
    ("Linear", LINEAR),
    ("Trees and boosting", FORESTS + BOOSTING),
    ("Neighbours and kernel", NEIGHBORS + KERNEL),
)
DEFAULT_FAMILIES = ("ridge", "random_forest", "hist_gradient_boosting")
COST = {
    "random_forest": "slower",
    "extra_trees": "slower",
    "gradient_boosting": "slower",
    "adaboost": "slower",
    "svr": "slow",
}
"""What a run costs beside the others, which take seconds on some 30,000 tracks: slower about a minute, slow minutes."""


@dataclass(frozen=True)
class TrainingForm:
    """What the form shows at first: a default, or the settings of an earlier run."""

    families: tuple[str, ...] = DEFAULT_FAMILIES
    features: tuple[str, ...] = DEFAULT_FEATURES
    protocol: str = "song"
    test_percent: float = 20
    cv_folds: int = 5
    seed: int = 42
    defaults: str = "recommended"
    params: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    origin: str = ""
    run_id: str = ""

    @property
    def persistence(self) -> str | bool:
        """Under what the browser keeps changes: a form filled from a run has a memory of its own."""
        return self.run_id or True


@dataclass(frozen=True)
class FirstState:
    """What stands at the right before anything is clicked.

    Parameters
    ----------
    plan : component
        As `plan_lines` draws it.
    models : int
        Models that a click would train.
    reason : str
        Why it cannot be clicked; empty when it can.
    active, ended : list of Run
        The user's runs in progress, and the newest of the others.
    seen : str
        Mark of these runs, so that they are drawn anew when they change.
    """

    plan: Any = None
    models: int = 0
    reason: str = ""
    active: list[Run] = field(default_factory=list)
    ended: list[Run] = field(default_factory=list)
    seen: str | None = None


def layout(
    form: TrainingForm,
    nonce: str,
    first: FirstState | None = None,
    groups: Sequence[FeatureGroup] = tuple(FEATURE_GROUPS.values()),
) -> html.Div:
    """Draw the view.

    Parameters
    ----------
    form : TrainingForm
        First values of the form.
    nonce : str
        Key of the next submission: two clicks that carry the same one start one job.
    first : FirstState, optional
        What stands at the right; filled in by callbacks when absent.
    groups : sequence of FeatureGroup
        The features that the table in use offers.
    """
    first = first or FirstState()
    purpose = "Choose models and how to judge them. Training goes on in the background."
    return html.Div(
        [
            page_header("Train", purpose),
            html.Div([_controls(form, groups), _results(form.origin, first)], className="work train-work"),
            dcc.Store(id=Training.NONCE, data=nonce),
            dcc.Store(id=Training.ACTIVE, data=len(first.active)),
            dcc.Store(id=Training.SEEN, data=first.seen),
            dcc.Interval(id=Training.TICK, interval=1500),
        ]
    )


def _controls(form: TrainingForm, groups: Sequence[FeatureGroup]) -> html.Div:
    return html.Div(
        [
            _section("Models", [_families(name, rows, form) for name, rows in _all_groups()]),
            _section("Features", [_features(group, form) for group in groups], folds=True),
            _section("Validation", _validation(form)),
            _section("Settings", _settings(form), folds=True),
        ],
        className="view-controls",
        id=Training.FORM,
    )


def _all_groups() -> list[tuple[str, tuple[ModelFamily, ...]]]:
    grouped = {family.key for _, rows in FAMILY_GROUPS for family in rows}
    others = tuple(family for key, family in FAMILIES.items() if key not in grouped)
    return [*FAMILY_GROUPS, *([("Others", others)] if others else [])]


def _section(title: str, parts: list[Any], *, folds: bool = False) -> html.Section:
    """A part of the form; one that folds starts closed on a phone."""
    if not folds:
        return html.Section([html.H2(title), *parts], className="panel form-section")
    folded = html.Details([html.Summary(html.H2(title)), *parts], open=True, className="folds-on-phone")
    return html.Section(folded, className="panel form-section")


def _families(name: str, rows: Iterable[ModelFamily], form: TrainingForm) -> html.Div:
    rows = tuple(rows)
    options = [{"value": family.key, "label": _family_label(family)} for family in rows]
    checklist = dbc.Checklist(
        id={"type": Training.FAMILIES, "group": name},
        options=options,
        value=[family.key for family in rows if family.key in form.families],
        persistence=form.persistence,
        persistence_type="session",
    )
    return html.Div(
        [html.H3(name, className="form-group-title"), checklist], role="group", className="form-group",
        **{"aria-label": f"Models: {name}"},
    )  # fmt: skip


def _family_label(family: ModelFamily) -> html.Span:
    words = family.summary
    if family.row_cap:
        words += f" At most {family.row_cap:,} tracks."
    name = html.Span(family.label, className="has-help", title=words, tabIndex=0)
    cost = COST.get(family.key)
    return html.Span([name, *([html.Span(f" {cost}", className="quiet-note")] if cost else [])])


def _features(group: FeatureGroup, form: TrainingForm) -> html.Div:
    options = [
        {
            "value": name,
            "label": html.Span(FEATURES[name].label, className="has-help", title=FEATURES[name].help, tabIndex=0),
        }
        for name in group.features
    ]
    head = html.Div(
        [
            html.H3(group.label, className="form-group-title", title=group.description),
            _pick_button(Training.ALL, group, "All"),
            _pick_button(Training.NONE, group, "None"),
        ],
        className="form-group-head",
    )
    checklist = dbc.Checklist(
        id={"type": Training.FEATURES, "group": group.key},
        options=options,
        value=[name for name in group.features if name in form.features],
        # Another table's own columns are another choice.
        persistence=f"{form.persistence}:{','.join(group.features)}" if group.key == EXTRA_GROUP else form.persistence,
        persistence_type="session",
        class_name="feature-columns",
    )
    return html.Div(
        [head, checklist], role="group", className="form-group", **{"aria-label": f"Features: {group.label}"}
    )


def _pick_button(kind: str, group: FeatureGroup, word: str) -> html.Button:
    return html.Button(
        word,
        id={"type": kind, "group": group.key},
        type="button",
        className="quiet-button",
        **{"aria-label": f"{word} of the {wording.lower_first(group.label)} features"},
    )


def _validation(form: TrainingForm) -> list[Any]:
    options = [{"value": key, "label": _protocol_label(protocol)} for key, protocol in PROTOCOLS.items()]
    radio = dbc.RadioItems(
        id=Training.PROTOCOL, options=options, value=form.protocol, persistence=form.persistence,
        persistence_type="session", class_name="protocol-choice",
    )  # fmt: skip
    return [
        control("What is held out", radio),
        html.Div(
            [
                _number("Test, %", Training.TEST_SHARE, form.test_percent, 5, 50, "5 to 50", form),
                _number("Folds", Training.FOLDS, form.cv_folds, 0, 20, "0 for none", form, "Cross-validation (KFold)"),
                _number("Seed", Training.SEED, form.seed, 0, 2**32 - 1, "any number", form, "random_state"),
            ],
            className="number-row",
        ),
    ]


def _protocol_label(protocol: Protocol) -> html.Span:
    name: list[Any] = [html.Span(protocol.label, className="has-help", title=protocol.term, tabIndex=0)]
    if protocol.is_leaky:
        name = [icon("exclamation-triangle"), " ", *name]
    return html.Span([*name, html.Span(protocol.question, className="control-help d-block")])


def _number(
    label: str, part: str, value: float, low: float, high: float, help: str, form: TrainingForm, term: str = ""
) -> Any:
    field_ = dbc.Input(
        id=part, type="number", value=value, min=low, max=high, step=1, persistence=form.persistence,
        persistence_type="session",
    )  # fmt: skip
    return control(label, field_, help, term=term)


def _settings(form: TrainingForm) -> list[Any]:
    options = [
        {"value": "recommended", "label": _choice("Recommended", "Chosen to do well on this kind of data.")},
        {"value": "library", "label": _choice("Library", "scikit-learn's own, for comparison with other work.")},
    ]
    radio = dbc.RadioItems(
        id=Training.DEFAULTS,
        options=options,
        value=form.defaults,
        persistence=form.persistence,
        persistence_type="session",
    )
    sections = [
        setting_fields(family, form.params, form.persistence, hidden=family.key not in form.families)
        for family in FAMILIES.values()
        if family.params
    ]
    empty = html.P("The chosen models have nothing to adjust.", id=Training.SETTINGS_EMPTY, hidden=True)
    details = html.Details(
        [
            html.Summary("Adjust settings"),
            html.P(
                "An empty field keeps the default. Numbers in grey are the recommended ones.", className="control-help"
            ),
            empty,
            *sections,
        ],
        open=bool(form.params),
    )
    return [control("Start from", radio), details]


def _choice(name: str, words: str) -> html.Span:
    return html.Span([name, html.Span(words, className="control-help d-block")])


def _results(origin: str, first: FirstState) -> html.Div:
    submit = dbc.Button(
        submit_words(first.models), id=Training.SUBMIT, color="primary", size="lg", type="button",
        disabled=bool(first.reason) or not first.models,
    )  # fmt: skip
    guard = html.Fieldset(submit, id=Training.GUARD, className="bare-fieldset")
    reason = html.Div(first.reason, id=Training.REASON, className="submit-reason", role="status")
    from_run = [html.P(origin, className="control-help")] if origin else []
    plan = html.Section(
        [
            html.H2("What will happen"),
            *from_run,
            html.Div(first.plan, id=Training.PLAN),
            html.Div([guard, reason, html.Div(id=Training.NOTICE, className="submit-notice")], className="submit-row"),
        ],
        className="panel plan-panel",
    )
    return html.Div(
        [
            plan,
            html.Div(live(first.active), id=Training.LIVE, className="train-live", **{"aria-live": "polite"}),
            html.Div(None if first.seen is None else recent(first.ended), id=Training.RECENT),
        ],
        className="view-results",
    )


def plan_lines(lines: Iterable[str], warning: str = "") -> html.Div:
    """Draw the summary of what a click on the button would start."""
    parts: list[Any] = [html.Ul([html.Li(line) for line in lines], className="plan-list")]
    if warning:
        parts.append(html.Div([icon("exclamation-triangle-fill"), " ", warning], className="callout callout-warning"))
    return html.Div(parts)


def submit_words(models: int) -> list[Any]:
    """The words of the main button."""
    return [icon("play-fill"), f" Train {wording.counted(models, 'model')}" if models else " Train"]


def refusal(message: str, job_runs: Iterable[Run] = ()) -> html.Div:
    """Say why a submission was refused, with a way on."""
    runs = list(job_runs)
    way: list[Any] = []
    if runs:
        way = [" ", html.A("See the run in progress", href=run_address(runs[0].id))]
    return html.Div(
        [icon("exclamation-triangle-fill"), " ", html.Span(message), *way],
        className="callout callout-warning",
        role="alert",
    )


def accepted(models: int) -> html.Div:
    """Confirm a submission at once, before its process has started."""
    said = f"{wording.counted(models, 'model')} queued. You may leave this page: the jobs are at the top of every page."
    return html.Div([icon("check-circle-fill"), " ", said], className="callout callout-success", role="status")


def live(runs: list[Run]) -> Any:
    """Draw the user's queued and running models; nothing when there are none."""
    if not runs:
        return None
    rows = [run_progress(run, {"type": Training.CANCEL, "run": run.id}) for run in runs]
    return html.Section([html.H2("In progress"), *rows], className="panel")


def recent(runs: list[Run], now: datetime | None = None) -> Any:
    """Draw the last runs that have ended."""
    if not runs:
        words = "Nothing trained yet. Keep the models chosen at the left, or choose others, and press Train."
        return html.Section([html.H2("Recent runs"), html.P(words, className="control-help")], className="panel")
    rows = [_recent_row(run, now) for run in runs]
    head = html.Div([html.H2("Recent runs"), dcc.Link("All runs", href=address("/runs"))], className="panel-head")
    return html.Section([head, html.Ul(rows, className="recent-runs")], className="panel")


def _recent_row(run: Run, now: datetime | None) -> html.Li:
    if run.state is RunState.FINISHED:
        result = f"R² {wording.score(measure(run, 'r2'))} on the test"
        if PROTOCOLS[run.request.protocol].is_leaky:
            result += ", inflated"
    else:
        result = STATE_WORDS[run.state]
    data = "Synthetic sample" if run.data.get("is_synthetic") else ""
    facts = [
        protocol_name(run.request.protocol),
        *([data] if data else []),
        wording.ago(run.finished_at or run.created_at, now),
    ]
    return html.Li(
        [
            html.Div(
                [dcc.Link(model_name(run), href=run_address(run.id)), html.Strong(result)], className="recent-main"
            ),
            html.Div(" · ".join(facts), className="control-help"),
        ]
    )
