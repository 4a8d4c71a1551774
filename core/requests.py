"""The one description of a training run that every door (page, posted payload, shell) turns its input into."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from core.errors import InvalidRequest, unknown_name
from core.families import FAMILIES
from core.families.installed import install_command, is_installed
from core.features import DEFAULT_FEATURES, FEATURES, unknowable
from core.metrics import METRICS
from core.search_space import Param, ParamValue
from core.validation import PROTOCOLS

_STRICT = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class TuningRequest(BaseModel):
    """How the hyperparameters are searched for, before the model is trained with the best of them.

    What a request sets in ``params`` stays as it is; the rest of the family's space is searched. The settings that the
    run would have without a search are always tried too, beside the ``iterations``.

    Parameters
    ----------
    method : {"random", "halving", "tpe"}
        Random search (every candidate on every fold), successive halving (many candidates on few rows, the better
        ones on more), or Optuna's TPE, which learns from what it has tried and gives up hopeless candidates early.
    iterations : int
        Candidates to try, 2 to 200.
    folds : int
        Folds inside the training part, cut by the run's protocol, 2 to 10.
    scoring : str
        Key of the metric in ``core.metrics.METRICS`` by which candidates are compared.
    seconds : int or None
        Time budget of the search, 10 to 86400; None for no limit of its own.
    n_jobs : int
        Candidates that are tried at the same time, 1 to 64; the server may allow fewer, which the run then says.
    """

    model_config = _STRICT

    method: Literal["random", "halving", "tpe"] = "random"
    iterations: Annotated[int, Field(ge=2, le=200)] = 20
    folds: Annotated[int, Field(ge=2, le=10)] = 5
    scoring: str = "rmse"
    seconds: Annotated[int, Field(ge=10, le=86_400)] | None = None
    n_jobs: Annotated[int, Field(ge=1, le=64)] = 1

    @field_validator("method")
    @classmethod
    def _what_it_takes_is_installed(cls, value: str) -> str:
        if value == "tpe" and not is_installed("optuna"):
            command = install_command(("optuna",))
            raise InvalidRequest(
                f"The search by TPE needs optuna, which is not installed: {command}. Or choose another."
            )
        return value

    @field_validator("scoring")
    @classmethod
    def _metric_is_known(cls, value: str) -> str:
        if value not in METRICS:
            raise unknown_name("metric", value, METRICS)
        return value


class TrainingRequest(BaseModel):
    """A frozen, checked description of one training run.

    Parameters
    ----------
    family : str
        Key of a model family in ``core.families.FAMILIES``.
    params : dict
        Hyperparameters that differ from the chosen defaults; names and bounds come from the family.
    defaults : {"recommended", "library"}
        Where the other hyperparameters come from: this product's defaults, or scikit-learn's own.
    features : tuple of str
        Feature names from ``core.features.FEATURES``; order is kept, repetition refused.
    protocol : str
        Key of a validation protocol in ``core.validation.PROTOCOLS``.
    test_share : float
        Share of the rows held out for the test, 0.05 to 0.5.
    cv_folds : int
        Cross-validation folds inside the training part: 0 (none) or 2 to 20.
    seed : int
        Seed of the split, of the search and of the estimator, 0 to 4294967295.
    interval : {"split", "quantile"}
        How the prediction interval is made: from the residuals ("split"), or around two more models that predict a low
        and a high quantile ("quantile"), for families that can, at three times the cost.
    tuning : TuningRequest or None
        Search for hyperparameters first; None trains with those given.
    allow_unknowable : bool
        Whether features may be used that are not known before a release; its scores then carry a warning.
    members : tuple of str
        Ids of the finished runs that the family "stack" is made of, 2 to 20. It takes protocol, test share, folds, seed
        and features from them.
    explain : bool
        Whether the job also works out why the model says what it says, within a tenth of its time or two seconds.
    """

    model_config = _STRICT

    family: str
    params: dict[str, ParamValue] = Field(default_factory=dict, max_length=50)
    defaults: Literal["recommended", "library"] = "recommended"
    features: tuple[str, ...] = Field(default=DEFAULT_FEATURES, min_length=1, max_length=100)
    protocol: str = "song"
    test_share: Annotated[float, Field(ge=0.05, le=0.5)] = 0.2
    cv_folds: Annotated[int, Field(ge=0, le=20)] = 5
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = 42
    interval: Literal["split", "quantile"] = "split"
    tuning: TuningRequest | None = None
    allow_unknowable: bool = False
    members: tuple[str, ...] = Field(default=(), max_length=20)
    explain: bool = True

    @field_validator("family")
    @classmethod
    def _family_is_known(cls, value: str) -> str:
        if value not in FAMILIES:
            raise unknown_name("family", value, FAMILIES)
        FAMILIES[value].check_installed()
        return value

    @field_validator("protocol")
    @classmethod
    def _protocol_is_known(cls, value: str) -> str:
        if value not in PROTOCOLS:
            raise unknown_name("protocol", value, PROTOCOLS)
        return value

    @field_validator("features")
    @classmethod
    def _features_are_known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if name not in FEATURES:
                raise unknown_name("feature", name, FEATURES)
        if len(set(value)) != len(value):
            raise InvalidRequest("A feature is named twice. Name each feature once.")
        return value

    @field_validator("cv_folds")
    @classmethod
    def _one_fold_is_no_validation(cls, value: int) -> int:
        if value == 1:
            raise InvalidRequest("Cross-validation needs 2 to 20 folds, got 1. Use 0 to skip it.")
        return value

    @field_validator("tuning", mode="before")
    @classmethod
    def _settings_of_the_search(cls, value: object) -> object:
        return TuningRequest.model_validate(dict(value)) if isinstance(value, Mapping) else value

    @model_validator(mode="after")
    def _params_fit_the_family(self) -> TrainingRequest:
        FAMILIES[self.family].check_params(self.params)
        return self

    @model_validator(mode="after")
    def _features_are_known_before_release(self) -> TrainingRequest:
        names = unknowable(self.features)
        if names and not self.allow_unknowable:
            feature = FEATURES[names[0]]
            others = f" The same holds for: {', '.join(names[1:])}." if names[1:] else ""
            raise InvalidRequest(
                f"Feature {feature.name!r} ({feature.label}) is only known after the release. {feature.why_not}{others}"
                " Leave it out, or ask for it with allow_unknowable; every score then carries a warning."
            )
        return self

    @model_validator(mode="after")
    def _the_family_has_quantiles(self) -> TrainingRequest:
        if self.interval == "quantile" and not _has_quantiles(self.family):
            able = [family.key for family in FAMILIES.values() if _has_quantiles(family.key)]
            raise InvalidRequest(
                f"{FAMILIES[self.family].label} cannot predict quantiles, so it has no interval made of them. Use the "
                f"interval 'split', or one of: {', '.join(able)}."
            )
        return self

    @model_validator(mode="after")
    def _only_a_stack_has_members(self) -> TrainingRequest:
        family = FAMILIES[self.family]
        if not family.combines_runs:
            if self.members:
                raise InvalidRequest(f"{family.label} is not made of other runs. Only a stack has members.")
        elif len(set(self.members)) < 2 or len(set(self.members)) < len(self.members):
            raise InvalidRequest("A stack is made of two or more different runs. Name each of them once.")
        return self

    @model_validator(mode="after")
    def _there_is_something_to_tune(self) -> TrainingRequest:
        family = FAMILIES[self.family]
        if self.tuning is not None and not searched_params(self):
            why = "all of its searched parameters are set" if family.space else "it has no parameter worth searching"
            raise InvalidRequest(f"{family.label} cannot be tuned: {why}.")
        return self


def _has_quantiles(family: str) -> bool:
    return bool(getattr(FAMILIES[family], "quantiles", False))


def searched_params(request: TrainingRequest) -> tuple[Param, ...]:
    """The hyperparameters that a search varies: the family's space without what the request sets itself."""
    return tuple(param for param in FAMILIES[request.family].space if param.name not in request.params)


def parse_request(payload: Mapping[str, Any]) -> TrainingRequest:
    """Turn untrusted values into a TrainingRequest.

    Lists are accepted where tuples are meant, and a whole number where a float is meant, as JSON has no difference.

    Raises
    ------
    InvalidRequest
        With one sentence a problem: what came, what is expected.
    """
    if not isinstance(payload, Mapping):
        raise InvalidRequest(f"A training request is an object with named fields, got {type(payload).__name__}.")
    values = dict(payload)
    for name in ("features", "members"):
        if isinstance(values.get(name), list):
            values[name] = tuple(values[name])
    try:
        return TrainingRequest.model_validate(values)
    except ValidationError as error:
        raise InvalidRequest(_sentences(error)) from error


def _sentences(error: ValidationError) -> str:
    found = []
    for item in error.errors(include_url=False)[:20]:
        where = ".".join(str(part) for part in item["loc"]) or "request"
        got = repr(item.get("input"))
        got = got if len(got) <= 80 else got[:77] + "..."
        found.append(f"{where}: {item['msg']} (got {got}).")
    return " ".join(found)
