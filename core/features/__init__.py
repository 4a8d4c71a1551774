"""What a model may look at: features in groups, the columns they become, and the ranges that sliders need."""

from __future__ import annotations

from core.features.afterwards import sounds_like_success
from core.features.frame import feature_frame, feature_ranges, number_ranges, release_month
from core.features.model import Feature, FeatureGroup, FeatureRange
from core.features.registry import (
    DEFAULT_FEATURES,
    EXTRA_AFTERWARDS_GROUP,
    EXTRA_GROUP,
    FEATURE_GROUPS,
    FEATURES,
    LONGEST_EXTRA,
    MODES,
    PITCHES,
    feature_groups,
    is_extra,
    unknowable,
)
from core.features.sets import FEATURE_SETS, FeatureSet

__all__ = [
    "DEFAULT_FEATURES",
    "EXTRA_AFTERWARDS_GROUP",
    "EXTRA_GROUP",
    "FEATURES",
    "FEATURE_GROUPS",
    "FEATURE_SETS",
    "LONGEST_EXTRA",
    "MODES",
    "PITCHES",
    "Feature",
    "FeatureGroup",
    "FeatureRange",
    "FeatureSet",
    "feature_frame",
    "feature_groups",
    "feature_ranges",
    "is_extra",
    "number_ranges",
    "release_month",
    "sounds_like_success",
    "unknowable",
]
