"""Arguments of ``train`` to training requests: everything is checked before anything is trained."""

from __future__ import annotations

import argparse
import contextlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.errors import InvalidRequest, unknown_name
from core.families import FAMILIES
from core.features import FEATURE_GROUPS, FEATURES
from core.requests import TrainingRequest, parse_request

ParamValue = bool | int | float | str | None
_WORDS: dict[str, ParamValue] = {"true": True, "false": False, "none": None, "null": None}


@dataclass(frozen=True)
class GivenParam:
    """One ``--param``; ``family`` is None when it is meant for every family that knows it."""

    family: str | None
    name: str
    value: ParamValue


def build_requests(arguments: argparse.Namespace) -> list[TrainingRequest]:
    """Give one checked request a family, in the order in which the families were named.

    Raises
    ------
    InvalidRequest
        For the first thing that is wrong in any of them.
    """
    families = _families(arguments.family)
    tuning = _tuning(arguments)
    params = [parse_param(text) for text in arguments.param]
    _refuse_unusable(params, families)
    common = {
        "features": expand_features(arguments.features),
        "allow_unknowable": arguments.allow_unknowable,
        "protocol": arguments.protocol,
        "test_share": arguments.test_share,
        "cv_folds": arguments.cv,
        "seed": arguments.seed,
        "defaults": arguments.defaults,
        "tuning": tuning,
        "members": arguments.member,
        "interval": arguments.interval,
        "explain": arguments.explain,
    }
    given = {name: value for name, value in common.items() if value is not None}
    _refuse_for_stack(families, given)
    return [parse_request({**given, "family": name, "params": _params_of(name, params)}) for name in families]


def _refuse_for_stack(families: Sequence[str], given: Mapping[str, object]) -> None:
    """Refuse what a stack takes from its members, and other families beside it: they would have no members."""
    if not any(FAMILIES[name].combines_runs for name in families):
        return
    if len(families) > 1:
        raise InvalidRequest("A stack is trained alone: name no other --family with it.")
    if further := sorted(name for name, value in given.items() if name != "members" and value is not False):
        raise InvalidRequest(f"A stack takes {', '.join(further)} from its members. Leave out all but --member.")


def _tuning(arguments: argparse.Namespace) -> dict[str, object] | None:
    """The settings of a search, None without one.

    Raises
    ------
    InvalidRequest
        When they are given without a way of searching.
    """
    asked = {
        "iterations": arguments.iterations,
        "folds": arguments.tune_folds,
        "scoring": arguments.scoring,
        "seconds": arguments.budget,
        "n_jobs": arguments.jobs,
    }
    given = {name: value for name, value in asked.items() if value is not None}
    if arguments.tune is None and given:
        raise InvalidRequest(
            "--iterations, --tune-folds, --scoring, --budget and --jobs belong to a search: add --tune random, halving "
            "or tpe."
        )
    return None if arguments.tune is None else {"method": arguments.tune, **given}


def parse_param(text: str) -> GivenParam:
    """Read ``name=value`` or ``family.name=value``.

    Examples
    --------
    >>> parse_param("random_forest.n_estimators=100")
    GivenParam(family='random_forest', name='n_estimators', value=100)

    Raises
    ------
    InvalidRequest
        When there is no name or no equals sign.
    """
    left, equals, right = text.partition("=")
    family, dot, name = left.strip().rpartition(".")
    if not equals or not name or (dot and not family):
        raise InvalidRequest(f"--param takes NAME=VALUE or FAMILY.NAME=VALUE, got {text[:80]!r}.")
    return GivenParam(family or None, name, parse_value(right.strip()))


def parse_value(text: str) -> ParamValue:
    """Read a whole number, a finite number, true, false, none (or null), else text.

    Examples
    --------
    >>> [parse_value(text) for text in ("3", "0.5", "true", "None", "sqrt")]
    [3, 0.5, True, None, 'sqrt']
    """
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    for kind in (int, float):
        with contextlib.suppress(ValueError):
            value = kind(text)
            if math.isfinite(value):
                return value
    return text


def expand_features(text: str | None) -> list[str] | None:
    """Read a comma list of features, in which a group's name stands for its features.

    Examples
    --------
    >>> expand_features("energy, tonality")
    ['energy', 'key', 'mode']

    Raises
    ------
    InvalidRequest
        When the list is empty or a name is unknown.
    """
    if text is None:
        return None
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise InvalidRequest(f"--features is empty. Name features, or groups of them: {', '.join(FEATURE_GROUPS)}.")
    features: list[str] = []
    for name in names:
        if name not in FEATURES and name not in FEATURE_GROUPS:
            raise unknown_name("feature", name, [*FEATURE_GROUPS, *FEATURES])
        features.extend([name] if name in FEATURES else FEATURE_GROUPS[name].features)
    return features


def _families(names: Sequence[str]) -> list[str]:
    for name in names:
        if name not in FAMILIES:
            raise unknown_name("family", name, FAMILIES)
        if names.count(name) > 1:
            raise InvalidRequest(f"The family {name!r} is named twice. Name each family once.")
    return list(names)


def _refuse_unusable(params: Iterable[GivenParam], families: Sequence[str]) -> None:
    """Refuse a parameter that no named family would take: a typing error must not train something else."""
    for param in params:
        if param.family is not None and param.family not in families:
            raise unknown_name("family of a --param", param.family, families)
        candidates = [param.family] if param.family else families
        if not any(param.name in FAMILIES[name].allowed for name in candidates):
            known = sorted({each for name in candidates for each in FAMILIES[name].allowed})
            if not known:
                raise InvalidRequest(f"{', '.join(candidates)} takes no parameters, got {param.name!r}.")
            raise unknown_name(f"parameter of {', '.join(candidates)}", param.name, known)


def _params_of(family: str, params: Iterable[GivenParam]) -> dict[str, ParamValue]:
    """What a family was given; what was said for it by name wins over what was said for all."""
    allowed = FAMILIES[family].allowed
    given = [param for param in params if param.family in (None, family) and param.name in allowed]
    general = {param.name: param.value for param in given if param.family is None}
    own = {param.name: param.value for param in given if param.family == family}
    return general | own
