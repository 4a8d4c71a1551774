"""The 95% interval of a share."""

from __future__ import annotations

import math
from typing import Final

Z95: Final = 1.959963984540054
"""Standard deviations of a normal distribution to either side that hold 95% of it."""


def wilson_interval(share: float, n: float) -> tuple[float, float]:
    """How far the true share may lie from the one that was seen.

    Parameters
    ----------
    share : float
        0 to 1.
    n : float
        Independent rows it was seen in, or as many as the rows are worth; above 0.

    Returns
    -------
    tuple of float
        Low and high end of the 95% interval, 0 to 1; exactly 0 or 1 where the share is.

    References
    ----------
    Wilson (1927), Probable Inference, the Law of Succession, and Statistical Inference, JASA 22(158).

    Examples
    --------
    >>> [round(end, 3) for end in wilson_interval(0.9, 10)]
    [0.596, 0.982]
    """
    z2 = Z95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return 0.0 if share == 0 else max(0.0, middle - half), 1.0 if share == 1 else min(1.0, middle + half)
