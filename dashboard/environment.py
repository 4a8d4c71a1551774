"""What must be in the environment before numpy and its like are loaded; this module loads none of them."""

from __future__ import annotations

import os


def prepare_environment() -> None:
    """Give numeric libraries one thread each, in this process and in those it starts; jobs raise the number themselves.

    On busy cores a second OpenMP thread spins and makes boosting many times slower.
    """
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
