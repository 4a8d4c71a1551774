"""Names by which the parts of a stack can be told apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.families import FAMILIES
from core.features import FEATURES

if TYPE_CHECKING:
    from core.requests import TrainingRequest

MOST_NAMED = 2
"""Features of one's own that are named; of more, only how many there are."""


def part_names(requests: Sequence[TrainingRequest]) -> list[str]:
    """Name each model by its family and, where several are of one family, by what they were asked for differently.

    Parameters
    ----------
    requests : sequence of TrainingRequest

    Examples
    --------
    >>> from core.requests import TrainingRequest
    >>> part_names([TrainingRequest(family="ridge"), TrainingRequest(family="ridge", params={"alpha": 3.0})])
    ['Ridge regression (recommended settings)', 'Ridge regression (penalty 3)']
    """
    names = []
    for request in requests:
        label = FAMILIES[request.family].label
        alike = [other for other in requests if other.family == request.family]
        told = ", ".join(_differences(request, alike)) if len(alike) > 1 else ""
        names.append(f"{label} ({told})" if told else label)
    return [name if names.count(name) == 1 else f"{name} no. {number}" for number, name in enumerate(names, start=1)]


def _differences(request: TrainingRequest, alike: Sequence[TrainingRequest]) -> list[str]:
    """What a request asks for that not all of those of its family do, in words."""
    found = []
    if len({frozenset(other.features) for other in alike}) > 1:
        found.append(_features_in_words(request, alike))
    if len({repr(sorted(other.params.items())) for other in alike}) > 1:
        found.append(_settings_in_words(request))
    elif len({other.defaults for other in alike}) > 1:
        found.append(f"{request.defaults} settings")
    if len({other.tuning is None for other in alike}) > 1:
        found.append("settings searched" if request.tuning is not None else "not searched")
    elif request.tuning is not None and len({other.tuning.method for other in alike if other.tuning}) > 1:
        found.append(f"searched by {request.tuning.method}")
    if len({other.interval for other in alike}) > 1:
        found.append(f"{request.interval} intervals")
    return found


def _features_in_words(request: TrainingRequest, alike: Sequence[TrainingRequest]) -> str:
    shared = frozenset.intersection(*(frozenset(other.features) for other in alike))
    own = [FEATURES[name].label for name in request.features if name not in shared]
    count = f"{len(request.features)} features"
    return f"{count}, {' and '.join(own)} among them" if 0 < len(own) <= MOST_NAMED else count


def _settings_in_words(request: TrainingRequest) -> str:
    allowed = FAMILIES[request.family].allowed
    values = [f"{allowed[name].label.lower()} {_written(value)}" for name, value in request.params.items()]
    return ", ".join(values) or f"{request.defaults} settings"


def _written(value: object) -> str:
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
