"""Training view: reads the form, starts jobs and shows how they go."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from dash import ALL, MATCH, Dash, Input, Output, State, ctx, no_update
from dash.development.base_component import Component

from callbacks.identity import current_owner
from core.errors import DashboardError, DataError, InvalidRequest, NotFound, Refused, StorageError
from core.families import FAMILIES
from core.features import FEATURES, feature_groups
from core.requests import TrainingRequest, parse_request
from core.runs.model import Run
from core.runs.press import submit_on_press
from core.search_space import Choice, Float, Int, Param
from core.tables import check_requests
from core.validation import PROTOCOLS
from layouts import training as view
from layouts import wording
from layouts.ids import Shell, Training
from layouts.run_words import features_in_words, model_name
from layouts.training_settings import DEFAULT

RECENT = 8

FORM_INPUTS = (
    ("families", {"type": Training.FAMILIES, "group": ALL}, "value"),
    ("features", {"type": Training.FEATURES, "group": ALL}, "value"),
    ("protocol", Training.PROTOCOL, "value"),
    ("test_percent", Training.TEST_SHARE, "value"),
    ("cv_folds", Training.FOLDS, "value"),
    ("seed", Training.SEED, "value"),
    ("defaults", Training.DEFAULTS, "value"),
    ("params", {"type": Training.PARAM, "family": ALL, "name": ALL}, "value"),
    ("param_ids", {"type": Training.PARAM, "family": ALL, "name": ALL}, "id"),
)
"""Name of a form value, and the component and property that holds it."""


@dataclass(frozen=True)
class Choices:
    """The form's values, as they come from a browser."""

    families: Any
    features: Any
    protocol: Any
    test_percent: Any
    cv_folds: Any
    seed: Any
    defaults: Any
    params: Any
    param_ids: Any


def page(services: Any, owner: str, query: str = "") -> Component:
    """Draw the view; ``?from=<run id>`` fills the form with the settings of a run."""
    form = _first_form(services, owner, query)
    runs = services.runs.list(owner, limit=50)
    active, ended = _in_progress(runs, owner), _newest_ended(runs)
    first = view.FirstState(*_plan(services, owner, form_choices(form), len(active)), active, ended, _digest(runs))
    groups = feature_groups(services.tracks_for(owner).extras)
    return view.layout(form, str(uuid.uuid4()), first, groups)


def register(app: Dash, services: Any) -> None:
    """Attach the view's callbacks."""
    _register_form(app, services)
    _register_submit(app, services)
    _register_live(app, services)


def parse_form(choices: Choices) -> list[TrainingRequest]:
    """Turn the form's values into one checked request a model family.

    Raises
    ------
    InvalidRequest
        With the first problem, in words.
    """
    families = _names(choices.families, "model")
    if not families:
        raise InvalidRequest("Choose at least one model.")
    features = _in_order(_names(choices.features, "feature"))
    if not features and any(key not in FAMILIES or FAMILIES[key].uses_features for key in families):
        raise InvalidRequest("Choose at least one feature.")
    shared = {
        "protocol": choices.protocol,
        "test_share": _percent(choices.test_percent),
        "cv_folds": _whole(choices.cv_folds, "The number of folds", 0, 20),
        "seed": _whole(choices.seed, "The seed", 0, 2**32 - 1),
        "defaults": choices.defaults,
    }
    if features:
        shared["features"] = features
    params = _params(choices.params, choices.param_ids)
    return [parse_request({"family": key, "params": params.get(key, {}), **shared}) for key in dict.fromkeys(families)]


def describe_plan(requests: Sequence[TrainingRequest], tracks: int) -> tuple[list[str], str]:
    """Say what a list of requests would do: lines, and a warning where one is due."""
    first = requests[0]
    fits = len(requests) * (1 + first.cv_folds)
    protocol = PROTOCOLS[first.protocol]
    folds = (
        f"{first.cv_folds}-fold cross-validation inside the rest, under the same rule"
        if first.cv_folds
        else "no cross-validation, so no spread over folds"
    )
    lines = [
        f"{wording.listed([FAMILIES[one.family].label for one in requests])}, on {features_in_words(first.features)}.",
        f"{wording.share(first.test_share)} of the {wording.count(tracks)} tracks are held out for the test; {folds}.",
        f"{protocol.question} {protocol.label}.",
        f"{wording.counted(fits, 'fit')} in all. Beside each score stand two baselines: the mean and the genre mean.",
    ]
    if protocol.uses_placements:
        lines[1] = f"{wording.share(first.test_share)} of the raw rows are held out for the test; {folds}."
    warning = (
        "Copies of the same track stand in training and test: the score will look better than it is."
        if protocol.is_leaky
        else ""
    )
    return lines, warning


def _register_form(app: Dash, services: Any) -> None:
    @app.callback(
        Output({"type": Training.FEATURES, "group": MATCH}, "value"),
        Input({"type": Training.ALL, "group": MATCH}, "n_clicks"),
        Input({"type": Training.NONE, "group": MATCH}, "n_clicks"),
        prevent_initial_call=True,
    )
    def pick_features(_all: Any, _none: Any) -> Any:
        picked = ctx.triggered_id
        groups = {group.key: group for group in feature_groups(services.tracks_for(current_owner()).extras)}
        if not isinstance(picked, dict) or picked.get("group") not in groups:
            raise InvalidRequest("There is no such group of features.")
        return list(groups[picked["group"]].features) if picked["type"] == Training.ALL else []

    @app.callback(
        Output({"type": Training.PARAMS, "family": ALL}, "hidden"),
        Output(Training.SETTINGS_EMPTY, "hidden"),
        Input({"type": Training.FAMILIES, "group": ALL}, "value"),
        State({"type": Training.PARAMS, "family": ALL}, "id"),
    )
    def show_settings(families: Any, sections: Any) -> tuple[list[bool], bool]:
        chosen = set(_names(families, "model"))
        hidden = [section["family"] not in chosen for section in sections]
        return hidden, not all(hidden)


def _register_submit(app: Dash, services: Any) -> None:
    @app.callback(
        Output(Training.PLAN, "children"),
        Output(Training.SUBMIT, "children"),
        Output(Training.SUBMIT, "disabled"),
        Output(Training.REASON, "children"),
        inputs={"form": _form(Input), "active": Input(Training.ACTIVE, "data")},
    )
    def explain(form: dict[str, Any], active: Any) -> tuple[Any, Any, bool, str]:
        plan, models, reason = _plan(services, current_owner(), Choices(**form), active)
        return plan, view.submit_words(models), bool(reason), reason

    @app.callback(
        Output(Shell.LAUNCH, "data"),
        Output(Training.NONCE, "data"),
        Output(Training.NOTICE, "children"),
        inputs={"clicks": Input(Training.SUBMIT, "n_clicks")},
        state={"form": _form(State), "nonce": State(Training.NONCE, "data")},
        running=[(Output(Training.GUARD, "disabled"), True, False)],
        prevent_initial_call=True,
    )
    def submit(clicks: Any, form: dict[str, Any], nonce: Any) -> tuple[Any, Any, Any]:
        if not clicks:
            return no_update, no_update, no_update
        requests = parse_form(Choices(**form))
        owner = current_owner()
        try:
            job = submit_on_press(services.runs, services.tables, owner, requests, nonce)
        except (Refused, StorageError, DataError) as error:
            return no_update, no_update, view.refusal(str(error), _own_active(services, owner))
        return {"job_id": job.id}, str(uuid.uuid4()), view.accepted(len(requests))


def _register_live(app: Dash, services: Any) -> None:
    @app.callback(
        Output(Training.LIVE, "children"),
        Output(Training.RECENT, "children"),
        Output(Training.ACTIVE, "data"),
        Output(Training.SEEN, "data"),
        Output(Training.NOTICE, "children", allow_duplicate=True),
        Input(Training.TICK, "n_intervals"),
        Input(Shell.LAUNCH, "data"),
        Input(Shell.JOB_PROGRESS, "data"),
        Input(Shell.JOB_ENDED, "data"),
        State(Training.SEEN, "data"),
        State(Training.ACTIVE, "data"),
        prevent_initial_call="initial_duplicate",
    )
    def watch(_tick: Any, _launch: Any, _progress: Any, _ended: Any, seen: Any, was_active: Any) -> tuple[Any, ...]:
        owner = current_owner()
        runs = services.runs.list(owner, limit=50)
        now_seen = _digest(runs)
        if now_seen == seen:
            return (no_update,) * 5
        active = _in_progress(runs, owner)
        notice = None if was_active and not active else no_update
        return view.live(active), view.recent(_newest_ended(runs)), len(active), now_seen, notice

    @app.callback(
        Output(Training.SEEN, "data", allow_duplicate=True),
        Input({"type": Training.CANCEL, "run": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def cancel(clicks: Any) -> Any:
        clicked = ctx.triggered_id
        if not isinstance(clicked, dict) or not any(clicks):
            return no_update
        services.runs.cancel(str(clicked["run"]), current_owner())
        return None  # what was seen is out of date: the next tick draws anew


def form_choices(form: view.TrainingForm) -> Choices:
    """Give the form's first values as a browser would send them."""
    params = list(form.params.items())
    return Choices(
        families=[list(form.families)],
        features=[list(form.features)],
        protocol=form.protocol,
        test_percent=form.test_percent,
        cv_folds=form.cv_folds,
        seed=form.seed,
        defaults=form.defaults,
        params=[value for _, value in params],
        param_ids=[{"family": family, "name": name} for (family, name), _ in params],
    )


def _plan(services: Any, owner: str, choices: Choices, active: Any) -> tuple[Component, int, str]:
    """What a click would do, for how many models, and why it cannot be clicked (empty when it can)."""
    try:
        store = services.tracks_for(owner)
        requests = parse_form(choices)
        check_requests(requests, store.table)
        lines, warning = describe_plan(requests, store.facts.tracks)
    except DashboardError as error:
        return view.plan_lines([]), 0, str(error)
    busy = "Your last job is still in progress: wait for it, or cancel it." if active else ""
    return view.plan_lines(lines, warning), len(requests), busy


def _in_progress(runs: Sequence[Run], owner: str) -> list[Run]:
    return [run for run in sorted(runs, key=_age) if run.is_active and run.owner == owner]


def _newest_ended(runs: Sequence[Run]) -> list[Run]:
    return [run for run in runs if not run.is_active][:RECENT]


def _form(kind: Any) -> dict[str, Any]:
    return {name: (State if prop == "id" else kind)(part, prop) for name, part, prop in FORM_INPUTS}


def _own_active(services: Any, owner: str) -> list[Run]:
    return [run for run in services.runs.active(owner) if run.owner == owner]


def _age(run: Run) -> Any:
    """Sorting by it puts the oldest job first and keeps the order of the runs within a job."""
    return run.created_at


def _digest(runs: Sequence[Run]) -> str:
    """What a person could see change, as text."""
    shown = runs[: RECENT + 20]
    return repr(
        [(run.id, run.state.value, run.progress, wording.ago(run.finished_at or run.created_at)) for run in shown]
    )


def _first_form(services: Any, owner: str, query: str) -> view.TrainingForm:
    run_id = parse_qs(query.lstrip("?")).get("from", [""])[0]
    if not run_id:
        return view.TrainingForm()
    try:
        run = services.runs.get(run_id, owner)
    except (NotFound, InvalidRequest):
        return view.TrainingForm(origin="The run whose settings you asked for is not there; these are the defaults.")
    request = run.request
    return view.TrainingForm(
        families=(request.family,),
        features=_offered(services, owner, request.features),
        protocol=request.protocol,
        test_percent=round(request.test_share * 100, 6),
        cv_folds=request.cv_folds,
        seed=request.seed,
        defaults=request.defaults,
        params={(request.family, name): value for name, value in request.params.items()},
        origin=f"Filled in from your run {model_name(run)}, {wording.ago(run.created_at)}.",
        run_id=run.id,
    )


def _offered(services: Any, owner: str, features: Sequence[str]) -> tuple[str, ...]:
    """Those of a run's features that the table in use has as well."""
    known = {name for group in feature_groups(services.tracks_for(owner).extras) for name in group.features}
    return tuple(name for name in features if name in known)


def _names(groups: Any, kind: str) -> list[str]:
    if not isinstance(groups, list) or not all(group is None or isinstance(group, list) for group in groups):
        raise InvalidRequest(f"The choice of {kind}s is a list of lists of names.")
    names = [name for group in groups for name in group or []]
    if not all(isinstance(name, str) for name in names) or len(names) > 200:
        raise InvalidRequest(f"The choice of {kind}s is a short list of names.")
    return names


def _in_order(names: Sequence[str]) -> list[str]:
    """The order of the registry, so that equal choices make equal requests; unknown names stay, to be refused."""
    order = {name: position for position, name in enumerate(FEATURES)}
    return sorted(names, key=lambda name: (order.get(name, len(order)), name))


def _percent(value: Any) -> float:
    if not wording.is_number(value) or not 5 <= value <= 50:
        raise InvalidRequest(f"The test share is a number from 5 to 50 per cent, got {_shown(value)}.")
    return float(value) / 100


def _whole(value: Any, what: str, low: int, high: int) -> int:
    if not wording.is_number(value) or value != int(value) or not low <= value <= high:
        raise InvalidRequest(f"{what} is a whole number from {low} to {high}, got {_shown(value)}.")
    return int(value)


def _shown(value: Any) -> str:
    return "nothing" if value is None or value == "" else repr(value)[:40]


def _params(values: Any, parts: Any) -> dict[str, dict[str, Any]]:
    """The settings that were filled in, by family; text becomes what the parameter expects."""
    if not isinstance(values, list) or not isinstance(parts, list) or len(values) != len(parts):
        raise InvalidRequest("The settings do not fit their fields.")
    found: dict[str, dict[str, Any]] = {}
    for part, value in zip(parts, values, strict=True):
        if value in (None, "", DEFAULT):
            continue
        param = _find_param(part)
        found.setdefault(part["family"], {})[param.name] = _read(param, value)
    return found


def _find_param(part: Any) -> Param:
    names = (part.get("family"), part.get("name")) if isinstance(part, Mapping) else (None, None)
    family = FAMILIES.get(names[0]) if isinstance(names[0], str) else None
    if family is None or not isinstance(names[1], str) or names[1] not in family.allowed:
        raise InvalidRequest("There is no such setting.")
    return family.allowed[names[1]]


def _read(param: Param, value: Any) -> Any:
    """Turn what was typed or chosen into a value; what makes no sense stays, to be refused with its bounds."""
    if not isinstance(value, str):
        return value
    text = value.strip().lower()
    known = param.values if isinstance(param, Choice) else param.also
    for one in known:
        if text == ("none" if one is None else str(one).lower()):
            return one
    if isinstance(param, (Float, Int)):
        try:
            number = float(text.replace(",", "."))
        except ValueError:
            return value
        return int(number) if isinstance(param, Int) and number.is_integer() else number
    return value
