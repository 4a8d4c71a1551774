"""The model families, one row each; everything else about models derives from these rows."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from core.families.baseline import BASELINES
from core.families.boosters import BOOSTERS
from core.families.boosting import BOOSTING
from core.families.forests import FORESTS
from core.families.kernel import KERNEL
from core.families.linear import LINEAR
from core.families.model import Defaults, ModelFamily
from core.families.neighbors import NEIGHBORS
from core.families.neural import NEURAL
from core.families.stack import STACK

FAMILIES: Mapping[str, ModelFamily] = MappingProxyType(
    {
        family.key: family
        for family in (*BASELINES, *LINEAR, *FORESTS, *BOOSTING, *BOOSTERS, *NEIGHBORS, *KERNEL, *NEURAL, *STACK)
    }
)

__all__ = ["FAMILIES", "Defaults", "ModelFamily"]
