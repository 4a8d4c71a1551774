"""The form: from what a browser sends to checked requests, and from an earlier run to first values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from dash import ALL, State

from core.errors import InvalidRequest, NotFound
from core.families import FAMILIES
from core.features import FEATURES, feature_groups
from core.requests import TrainingRequest, parse_request
from core.search_space import Choice, Float, Int, Param
from layouts import training as view
from layouts import wording
from layouts.ids import Training
from layouts.run_words import model_name
from layouts.training.settings import DEFAULT

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


def parse_form(choices: Choices) -> list[TrainingRequest]:
    """Turn the form's values into one checked request a model family.

    Raises
    ------
    InvalidRequest
        With the first problem, in words.
    """
    families = names_of(choices.families, "model")
    if not families:
        raise InvalidRequest("Choose at least one model.")
    features = _in_order(names_of(choices.features, "feature"))
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


def form_arguments(kind: Any) -> dict[str, Any]:
    """Give the parts of the form as arguments of a callback: all ``kind``, the ids as State."""
    return {name: (State if prop == "id" else kind)(part, prop) for name, part, prop in FORM_INPUTS}


def first_form(services: Any, owner: str, query: str) -> view.TrainingForm:
    """Give the first values of the form: defaults, or those of the run that the address names."""
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


def names_of(groups: Any, kind: str) -> list[str]:
    """Join the names of several checklists; what is no list of short lists of names is refused."""
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
