"""The form: from what a browser sends to checked requests, and from an earlier run to first values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash import ALL

from core.errors import InvalidRequest
from core.families import FAMILIES
from core.features import FEATURES
from core.requests import TrainingRequest, parse_request
from core.runs.making import cores
from core.search_space import Choice, Float, Int, Param
from layouts import wording
from layouts.ids import Training
from layouts.training.settings import DEFAULT

FORM_INPUTS = (
    ("families", {"type": Training.FAMILIES, "group": ALL}, "value"),
    ("features", {"type": Training.FEATURES, "group": ALL}, "value"),
    ("allow_unknowable", Training.UNKNOWABLE, "value"),
    ("protocol", Training.PROTOCOL, "value"),
    ("test_percent", Training.TEST_SHARE, "value"),
    ("cv_folds", Training.FOLDS, "value"),
    ("seed", Training.SEED, "value"),
    ("defaults", Training.DEFAULTS, "value"),
    ("interval", Training.INTERVAL, "value"),
    ("tune", Training.TUNE, "value"),
    ("tune_method", Training.TUNE_METHOD, "value"),
    ("tune_tries", Training.TUNE_TRIES, "value"),
    ("tune_folds", Training.TUNE_FOLDS, "value"),
    ("tune_scoring", Training.TUNE_SCORING, "value"),
    ("tune_minutes", Training.TUNE_MINUTES, "value"),
    ("tune_jobs", Training.TUNE_JOBS, "value"),
    ("typed", Training.TYPED, "data"),
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
    typed: Any
    allow_unknowable: Any = False
    interval: Any = "split"
    tune: Any = False
    tune_method: Any = "random"
    tune_tries: Any = 20
    tune_folds: Any = 5
    tune_scoring: Any = "rmse"
    tune_minutes: Any = None
    tune_jobs: Any = 1


def most_jobs(services: Any) -> int:
    """Fits that the server lets one search make at the same time: its cores, shared by its places for jobs."""
    return max(1, cores() // services.runs.context.limits.run_slots)


def parse_form(choices: Choices, jobs: int = 64) -> list[TrainingRequest]:
    """Turn the form's values into one checked request a model family.

    Parameters
    ----------
    choices : Choices
        Numbers as such, or as they were typed.
    jobs : int
        Most fits that one search may make at the same time.

    Raises
    ------
    InvalidRequest
        With the first problem, in words.
    """
    families = names_of(choices.families, "model")
    if not families:
        raise InvalidRequest("Choose at least one model.")
    features = _in_order(names_of(choices.features, "feature"))
    if not choices.allow_unknowable:  # what stands behind the switch is not seen, so it is not meant
        features = [name for name in features if name not in FEATURES or FEATURES[name].knowable]
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
        shared |= {"features": features, "allow_unknowable": bool(choices.allow_unknowable)}
    params, tuning = _params(choices.typed, families), _tuning(choices, jobs)
    return [
        parse_request(
            {"family": key, "params": params.get(key, {}), **shared, **_own(key, params.get(key, {}), choices, tuning)}
        )
        for key in dict.fromkeys(families)
    ]


def tunes(family: str, params: Mapping[str, Any]) -> bool:
    """Whether a family has settings left to search, beside those that are given."""
    return family in FAMILIES and any(param.name not in params for param in FAMILIES[family].space)


def _own(family: str, params: Mapping[str, Any], choices: Choices, tuning: dict[str, Any] | None) -> dict[str, Any]:
    """What is asked only of the families that can do it: a search, intervals made of quantiles."""
    own: dict[str, Any] = {"interval": choices.interval}
    if choices.interval == "quantile" and family in FAMILIES and not FAMILIES[family].quantiles:
        own["interval"] = "split"
    if tuning is not None and tunes(family, params):
        own["tuning"] = tuning
    return own


def _tuning(choices: Choices, jobs: int) -> dict[str, Any] | None:
    """The search that is asked for; None while it is switched off."""
    if not isinstance(choices.tune, bool):
        raise InvalidRequest(f"The search is on or off, got {_shown(choices.tune)}.")
    if not choices.tune:
        return None
    return {
        "method": choices.tune_method,
        "iterations": _whole(choices.tune_tries, "The number of tries", 2, 200),
        "folds": _whole(choices.tune_folds, "The number of folds of the search", 2, 10),
        "scoring": choices.tune_scoring,
        "seconds": _seconds(choices.tune_minutes),
        "n_jobs": _whole(choices.tune_jobs, "The number of fits at the same time", 1, jobs),
    }


def _seconds(minutes: Any) -> int | None:
    if _is_empty(minutes):
        return None
    number = _number(minutes)
    if number is None or not 0.5 <= number <= 1440:
        raise InvalidRequest(
            f"The time limit of the search is a number from 0.5 to 1,440 minutes or empty, got {_shown(minutes)}."
        )
    return round(number * 60)


def form_arguments(kind: Any) -> dict[str, Any]:
    """Give the parts of the form as arguments of a callback, all of one kind: Input or State."""
    return {name: kind(part, prop) for name, part, prop in FORM_INPUTS}


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
    number = _number(value)
    if number is None or not 5 <= number <= 50:
        raise InvalidRequest(f"The test share is a number from 5 to 50 per cent, got {_shown(value)}.")
    return number / 100


def _whole(value: Any, what: str, low: int, high: int) -> int:
    number = _number(value)
    if number is None or number != int(number) or not low <= number <= high:
        allowed = f"a whole number from {low:,} to {high:,}" if low < high else f"{low:,} on this server"
        raise InvalidRequest(f"{what} is {allowed}, got {_shown(value)}.")
    return int(number)


def _number(value: Any) -> float | None:
    """What was typed into a field for a number, with a point or a comma; None for anything else."""
    if isinstance(value, str):
        text = value.strip().replace(",", ".")
        return float(text) if _NUMBER.fullmatch(text) else None
    return float(value) if wording.is_number(value) else None


_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{0,15})?|[+-]?\.\d{1,15}", re.ASCII)


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _shown(value: Any) -> str:
    if _is_empty(value):
        return "nothing"
    is_typed_number = isinstance(value, str) and _number(value) is not None
    return (value.strip() if is_typed_number else repr(value))[:40]


def _params(typed: Any, families: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The settings that were filled in, by family; text becomes what the parameter expects.

    The fields of models that are not chosen are hidden, so what stands in them is not meant and cannot be wrong.
    """
    found: dict[str, dict[str, Any]] = {}
    for family, values in typed_values(typed).items():
        for name, value in values.items():
            if value in (None, "", DEFAULT):
                continue
            param = find_param({"family": family, "name": name})
            if family in families:
                found.setdefault(family, {})[name] = _checked(family, param, _read(param, value))
    return found


def typed_values(typed: Any) -> dict[str, dict[str, Any]]:
    """Give what was typed, by family and setting.

    Raises
    ------
    InvalidRequest
        When the store holds anything else.
    """
    values = typed.get("values") if isinstance(typed, dict) else None
    if not isinstance(values, dict) or not all(isinstance(each, dict) for each in values.values()):
        raise InvalidRequest("The settings do not fit their fields.")
    return values


def _checked(family: str, param: Param, value: Any) -> Any:
    try:
        return param.check(value)
    except InvalidRequest as error:
        name = f"{FAMILIES[family].label}, {param.label} ({param.name})"
        raise InvalidRequest(f"{name}: expected {param.expected}, got {_shown(value)}.") from error


def find_param(part: Any) -> Param:
    """Give the hyperparameter that the id of a field names.

    Raises
    ------
    InvalidRequest
        When there is no such setting.
    """
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
