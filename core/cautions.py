"""Why a score promises more than the model can keep: one mark and one sentence, the same wherever a score is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.families import FAMILIES
from core.features import unknowable
from core.validation import PROTOCOLS

if TYPE_CHECKING:
    from core.requests import TrainingRequest


@dataclass(frozen=True)
class Caution:
    """What a score is not good for.

    Parameters
    ----------
    mark : str
        To stand beside the score: two words.
    sentence : str
        The same in full.
    """

    mark: str
    sentence: str


INFLATED: Final = Caution(
    "inflated", "Copies of the same track stood in training and test, so the score of this model is inflated."
)
NO_FORECAST: Final = Caution(
    "no forecast", "The model looks at what is only known after a release, so its score is no forecast."
)


def cautions(request: TrainingRequest) -> tuple[Caution, ...]:
    """What must be said beside every score of a model that was trained so; empty for an honest one.

    Parameters
    ----------
    request : TrainingRequest

    Examples
    --------
    >>> from core.requests import TrainingRequest
    >>> cautions(TrainingRequest(family="ridge"))
    ()
    >>> [one.mark for one in cautions(TrainingRequest(family="ridge", protocol="rows"))]
    ['inflated']
    """
    found = [INFLATED] if is_inflated(request) else []
    return (*found, NO_FORECAST) if is_no_forecast(request) else tuple(found)


def is_inflated(request: TrainingRequest) -> bool:
    """Whether copies of a track stand on both sides of the split."""
    protocol = PROTOCOLS.get(request.protocol)
    return protocol is not None and protocol.is_leaky


def is_no_forecast(request: TrainingRequest) -> bool:
    """Whether the model looks at what is only known after a release."""
    family = FAMILIES.get(request.family)
    return family is not None and family.uses_features and bool(unknowable(request.features))
