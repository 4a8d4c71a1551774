"""Why a model says what it says: the contribution of each feature to each prediction."""

from __future__ import annotations

from typing import Any

import pandas as pd

from core.explanation.model import METHODS, Explainer, Explanation, Method
from core.families import FAMILIES
from core.requests import TrainingRequest

__all__ = ["METHODS", "Explainer", "Explanation", "Method", "features_of", "make_explainer"]


def make_explainer(pipeline: Any, request: TrainingRequest, background: pd.DataFrame | None = None) -> Explainer:
    """Give what explains the predictions of a fitted model.

    Parameters
    ----------
    pipeline : sklearn Pipeline or core.stacking.Stacked
        Fitted.
    request : TrainingRequest
        What it was trained for.
    background : DataFrame of shape (n_background, any), optional
        Reference tracks with the model's columns, as ``core.features.feature_frame`` gives them.
    """
    from core.explanation.pipelines import PipelineExplainer, StackExplainer

    family = FAMILIES[request.family]
    features = features_of(request)
    if family.combines_runs:
        parts = [
            PipelineExplainer(part, features, columns, background)
            for part, columns in zip(pipeline.pipelines, pipeline.columns, strict=True)
        ]
        return StackExplainer(parts, pipeline.weights)
    return PipelineExplainer(pipeline, features, family.columns(request.features), background)


def features_of(request: TrainingRequest) -> tuple[str, ...]:
    """The features that an explanation speaks of: those of the request, and what its family reads besides."""
    needed = FAMILIES[request.family].needs
    return (*request.features, *(name for name in needed if name not in request.features))
