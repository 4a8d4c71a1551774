"""The one description of a training run that every door (page, posted payload, shell) turns its input into."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from core.errors import InvalidRequest, unknown_name
from core.families import FAMILIES
from core.features import DEFAULT_FEATURES, FEATURES
from core.search_space import ParamValue
from core.validation import PROTOCOLS


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
        Seed of the split and of the estimator, 0 to 4294967295.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    family: str
    params: dict[str, ParamValue] = Field(default_factory=dict, max_length=50)
    defaults: Literal["recommended", "library"] = "recommended"
    features: tuple[str, ...] = Field(default=DEFAULT_FEATURES, min_length=1, max_length=100)
    protocol: str = "song"
    test_share: Annotated[float, Field(ge=0.05, le=0.5)] = 0.2
    cv_folds: Annotated[int, Field(ge=0, le=20)] = 5
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = 42

    @field_validator("family")
    @classmethod
    def _family_is_known(cls, value: str) -> str:
        if value not in FAMILIES:
            raise unknown_name("family", value, FAMILIES)
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

    @model_validator(mode="after")
    def _params_fit_the_family(self) -> TrainingRequest:
        FAMILIES[self.family].check_params(self.params)
        return self


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
    if isinstance(values.get("features"), list):
        values["features"] = tuple(values["features"])
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
