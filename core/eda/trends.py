"""Trend lines through two columns: least squares, robust and locally weighted."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.eda.columns import spoken, value_words
from core.eda.filters import Filter, select
from core.eda.mean_interval import t_quantile
from core.eda.results import kept_on_table
from core.eda.robust import huber_line
from core.eda.table import EdaTable

MIN_ROWS = 10
LOWESS_ROWS = 5_000
ROBUST_ROWS = 100_000
LOWESS_SHARE = 0.3
_STEPS = 60
_SEED = 20_200_121

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Trend:
    """A fitted line with what is known about it.

    Parameters
    ----------
    kind : {"ols", "robust", "lowess"}
    line : DataFrame of columns x, y, low, high
        `low` and `high` bound the 95% confidence band of the mean; NaN for LOWESS.
    slope, intercept : float
        NaN for LOWESS.
    r2, p : float
        Share of variance explained (OLS only), and two-sided p-value of the slope; NaN where all tracks share one `y`.
    n : int
        Tracks with both values.
    n_fitted : int
        Tracks the line was fitted to; fewer than `n` where a random part was enough.
    """

    kind: str
    line: pd.DataFrame
    slope: float
    intercept: float
    slope_low: float
    slope_high: float
    r2: float
    p: float
    n: int
    n_fitted: int

    @property
    def is_flat(self) -> bool:
        """Whether all tracks share one `y`, so that there is nothing to explain and nothing to test."""
        return self.kind != "lowess" and np.isnan(self.p)

    @property
    def facts(self) -> str:
        """Slope, interval, fit, p and n in one line."""
        part = "" if self.n_fitted == self.n else f" Fitted to {self.n_fitted:,} of them, drawn at random."
        if self.is_flat:
            return f"n = {self.n:,}."
        if self.kind == "lowess":
            return f"LOWESS through {LOWESS_SHARE:.0%} of the points at a time, n = {self.n:,}.{part}"
        name = "OLS" if self.kind == "ols" else "Huber"
        r2 = f", R² {self.r2:.3f}" if self.kind == "ols" else ""
        interval = f"95% interval {_three(self.slope_low)} to {_three(self.slope_high)}"
        return (
            f"{name}: slope {_three(self.slope)} ({interval}), intercept {_three(self.intercept)}{r2}, "
            f"{p_text(self.p)}, n = {self.n:,}.{part}"
        )

    @property
    def frame(self) -> pd.DataFrame:
        """The line's numbers, one row a name."""
        names = ("slope", "slope_low", "slope_high", "intercept", "r2", "p", "n", "n_fitted")
        return pd.DataFrame({"quantity": names, "value": [float(getattr(self, name)) for name in names]})


def _three(value: float) -> str:
    """Three telling digits, with a true minus sign."""
    return f"{value:.3g}".replace("-", "−")


def p_text(p: float) -> str:
    """A p-value as people read it.

    Examples
    --------
    >>> p_text(0.0321), p_text(1e-30)
    ('p = 0.032', 'p < 0.001')
    """
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"


@kept_on_table(most=16)
def trend(table: EdaTable, asked: Filter, x: str, y: str, kind: str) -> Trend | None:
    """Fit a trend of one column on another over the chosen tracks.

    Parameters
    ----------
    kind : {"none", "ols", "robust", "lowess"}

    Returns
    -------
    Trend, or None for ``none``, for fewer than ten tracks, or where `x` does not vary.
    """
    rows = select(table, asked).rows
    horizontal, vertical = table.numbers[x][rows], table.numbers[y][rows]
    known = ~(np.isnan(horizontal) | np.isnan(vertical))
    a, b = horizontal[known].astype(np.float64), vertical[known].astype(np.float64)
    if kind not in _FITS or len(a) < MIN_ROWS or a.min() == a.max():
        return None
    return _flat(a, b, "ols" if kind == "lowess" else kind) if b.min() == b.max() else _FITS[kind](a, b)


@cache
def warm_trends() -> threading.Thread:
    """Import what fits the trends in the background, once, so that the first scatter does not wait for it."""
    thread = threading.Thread(target=_import_statsmodels, name="warm-trends", daemon=True)
    thread.start()
    return thread


def _import_statsmodels() -> None:
    import statsmodels.api
    import statsmodels.nonparametric.smoothers_lowess  # noqa: F401


def describe_trend(found: Trend | None, x: str, y: str, kind: str = "none") -> str:
    """Say in words what the trend shows; association only, never cause.

    Parameters
    ----------
    found : Trend, or None
    x, y : str
        Names of the columns.
    kind : str
        The trend that was asked for, to say why there is none.
    """
    if found is None:
        hint = "Drag over the points to keep only that range; click a point to see the track."
        why = f"No trend line: it takes {MIN_ROWS} tracks or more, and more than one value of {spoken(x)}."
        return hint if kind == "none" else f"{why} {hint}"
    if found.is_flat:
        value = value_words(y, found.line["y"].iloc[0])
        return f"All of these tracks have the same {spoken(y)} ({value}): no trend to see. {found.facts}"
    if found.kind == "lowess":
        first, last = (value_words(y, end) for end in found.line["y"].iloc[[0, -1]])
        return f"The smooth line goes from {first} to {last} across the range. {found.facts}"
    if found.p >= 0.05:
        return f"No clear straight-line relation of {spoken(y)} with {spoken(x)}. {found.facts}"
    word = "higher" if found.slope > 0 else "lower"
    return f"Tracks with higher {spoken(x)} have {word} {spoken(y)} on average. {found.facts}"


def _flat(x: Array, y: Array, kind: str) -> Trend:
    """The line through tracks that all share one `y`: rounding errors of a fit would read as a slope."""
    level, unknown = float(y[0]), float("nan")
    grid = np.linspace(x.min(), x.max(), _STEPS)
    line = pd.DataFrame({"x": grid, "y": level, "low": level, "high": level})
    return Trend(kind, line, 0.0, level, 0.0, 0.0, unknown, unknown, len(x), len(x))


def _ols(x: Array, y: Array) -> Trend:
    import statsmodels.api as sm

    centre = float(x.mean())
    scale = float(np.ptp(x))
    design = np.column_stack([np.ones_like(x), (x - centre) / scale])
    fitted = sm.OLS(y, design).fit()
    grid = np.linspace(x.min(), x.max(), _STEPS)
    band = fitted.get_prediction(np.column_stack([np.ones(_STEPS), (grid - centre) / scale]))
    low, high = band.conf_int(alpha=0.05).T
    slope = float(fitted.params[1]) / scale
    ends = fitted.conf_int(alpha=0.05)[1] / scale
    return Trend(
        kind="ols",
        line=pd.DataFrame({"x": grid, "y": band.predicted_mean, "low": low, "high": high}),
        slope=slope,
        intercept=float(fitted.params[0]) - slope * centre,
        slope_low=float(ends[0]),
        slope_high=float(ends[1]),
        r2=float(fitted.rsquared),
        p=float(fitted.pvalues[1]),
        n=len(x),
        n_fitted=len(x),
    )


def _robust(x: Array, y: Array) -> Trend:
    from scipy.special import stdtr

    at = _part(len(x), ROBUST_ROWS)
    found = huber_line(x[at], y[at])
    grid = np.linspace(x.min(), x.max(), _STEPS)
    centred = grid - found.centre
    middle = found.level + found.slope * centred
    n_fitted = len(x[at])
    reach = float(t_quantile(n_fitted - 2))
    margin = reach * np.sqrt(found.level_se**2 + (found.slope_se * centred) ** 2)
    t = abs(found.slope) / found.slope_se if found.slope_se else (float("inf") if found.slope else 0.0)
    return Trend(
        kind="robust",
        line=pd.DataFrame({"x": grid, "y": middle, "low": middle - margin, "high": middle + margin}),
        slope=found.slope,
        intercept=found.level - found.slope * found.centre,
        slope_low=found.slope - reach * found.slope_se,
        slope_high=found.slope + reach * found.slope_se,
        r2=float("nan"),
        p=float(2 * stdtr(n_fitted - 2, -t)),
        n=len(x),
        n_fitted=n_fitted,
    )


def _lowess(x: Array, y: Array) -> Trend:
    from statsmodels.nonparametric.smoothers_lowess import lowess

    at = _part(len(x), LOWESS_ROWS)
    a, b = x[at], y[at]
    smooth = lowess(b, a, frac=LOWESS_SHARE, it=1, delta=0.01 * float(np.ptp(a)))
    grid = np.linspace(a.min(), a.max(), _STEPS)
    nothing = np.full(_STEPS, np.nan)
    line = pd.DataFrame({"x": grid, "y": np.interp(grid, smooth[:, 0], smooth[:, 1]), "low": nothing, "high": nothing})
    unknown: dict[str, Any] = dict.fromkeys(("slope", "intercept", "slope_low", "slope_high", "r2", "p"), float("nan"))
    return Trend(kind="lowess", line=line, n=len(x), n_fitted=len(a), **unknown)


def _part(n: int, limit: int) -> slice | NDArray[np.int64]:
    return slice(None) if n <= limit else np.random.default_rng(_SEED).choice(n, limit, replace=False)


_FITS = {"ols": _ols, "robust": _robust, "lowess": _lowess}
