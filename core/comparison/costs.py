"""What a model costs, and which models nothing beats in both score and cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.runs.model import Run


@dataclass(frozen=True)
class Cost:
    """One kind of cost; less is better."""

    key: str
    label: str
    unit: str
    of: Callable[[Run, int | None], float | None]


def _fit_seconds(run: Run, _size: int | None) -> float | None:
    return _number((run.timings or {}).get("fit_seconds"))


def _predict_ms(run: Run, _size: int | None) -> float | None:
    seconds = _number((run.timings or {}).get("predict_seconds"))
    metrics = run.metrics or {}
    rows = (metrics.get("n_test") or 0) + (metrics.get("n_train_scored") or 0)
    return None if seconds is None or not rows else 1000 * seconds / rows


def _size_mb(_run: Run, size: int | None) -> float | None:
    return None if size is None else size / 1e6


COSTS: Mapping[str, Cost] = {
    cost.key: cost
    for cost in (
        Cost("fit_seconds", "Time to train", "seconds", _fit_seconds),
        Cost("predict_ms", "Time to predict a track", "milliseconds", _predict_ms),
        Cost("size_mb", "Size of the model", "MB", _size_mb),
    )
}
"""Training time is of the final fit alone, without cross-validation or a search; of a stack with those of its runs."""


def pareto_front(losses: Sequence[float], costs: Sequence[float | None]) -> list[bool]:
    """Which entries no other one beats: as good in both, and better in one.

    Parameters
    ----------
    losses : sequence of float
        Less is better.
    costs : sequence of float or None
        Less is better; an entry without a known cost is never on the front.

    Examples
    --------
    >>> pareto_front([1.0, 2.0, 3.0], [5.0, 1.0, 2.0])
    [True, True, False]
    """
    known = [(loss, cost) for loss, cost in zip(losses, costs, strict=True) if cost is not None]
    return [
        cost is not None
        and not any(
            other_loss <= loss and other_cost <= cost and (other_loss, other_cost) != (loss, cost)
            for other_loss, other_cost in known
        )
        for loss, cost in zip(losses, costs, strict=True)
    ]


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
