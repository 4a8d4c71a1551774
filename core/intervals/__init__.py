"""Prediction intervals that hold without assumptions on the model."""

from core.intervals.calibration import (
    ENOUGH_OF_A_GENRE,
    HeldOut,
    bounds,
    calibrate,
    from_tails,
    margin_of,
    margins,
    mend_crossing,
    tails,
)
from core.intervals.conformal import COVERAGE, WHOLE_RANGE, conformal_half_width, conformal_margin
from core.intervals.measuring import measure_coverage, share_interval
from core.intervals.promise import describe_interval, keeps_its_share, name_interval

__all__ = [
    "COVERAGE",
    "ENOUGH_OF_A_GENRE",
    "WHOLE_RANGE",
    "HeldOut",
    "bounds",
    "calibrate",
    "conformal_half_width",
    "conformal_margin",
    "describe_interval",
    "from_tails",
    "keeps_its_share",
    "margin_of",
    "margins",
    "measure_coverage",
    "mend_crossing",
    "name_interval",
    "share_interval",
    "tails",
]
