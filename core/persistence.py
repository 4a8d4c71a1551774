"""Fitted pipelines on disk, without pickle: only listed types are ever built when one is read."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from pathlib import Path
from typing import Any

from core.errors import BundleError

# Types beyond those that skops trusts by itself. Each is a holder of arrays and numbers.
TRUSTED_TYPES: tuple[str, ...] = (
    "core.preprocessing.encoders.NameCount",
    "core.preprocessing.encoders.NameMean",
    "core.preprocessing.encoders.TitleWords",
    "core.preprocessing.out_of_fold.OutOfFoldEncoder",
    "numpy.dtype",
    "scipy._lib.array_api_compat.numpy._aliases.asarray",
    "scipy.interpolate._bsplines.BSpline",
    "sklearn.metrics._dist_metrics.EuclideanDistance64",
    "sklearn.metrics._dist_metrics.ManhattanDistance64",
    "sklearn.neighbors._kd_tree.KDTree",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.tree._tree.Tree",
)

_PLAIN_TYPES = ("builtins.dict", "builtins.slice", "builtins.tuple", "numpy.ndarray", "numpy.float64", "numpy.uint64")

VERSIONS_MEMBER = "versions.json"


def dump_pipeline(pipeline: Any, path: Path) -> None:
    """Write a fitted pipeline to ``path`` as a skops archive, with the version of scikit-learn that made it.

    Raises
    ------
    BundleError
        When the pipeline holds a type that could not be read back.
    """
    import sklearn
    from skops.io import get_untrusted_types

    schema = _write_archive(pipeline, path)
    if not _holds_only_known_types(schema) and (unlisted := set(get_untrusted_types(file=path)) - set(TRUSTED_TYPES)):
        raise BundleError(f"The model holds types that are not trusted: {', '.join(sorted(unlisted))}.")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(VERSIONS_MEMBER, json.dumps({"scikit-learn": sklearn.__version__}))


def _write_archive(pipeline: Any, path: Path) -> dict[str, Any]:
    """Do as ``skops.io.dump``, with a compact schema: an indented one takes as long as the rest of a forest.

    Nothing is compressed: a forest of full trees would shrink to a fifth (38 of 186 MB), but the wait would be 8% of
    the time of its fit instead of 2%, and reading it back would take longer, too.
    """
    import skops
    from skops.io._utils import SaveContext, get_state

    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        context = SaveContext(zip_file=archive)
        state = get_state(pipeline, context)
        context.clear_memo()
        schema = {**state, "protocol": context.protocol, "_skops_version": skops.__version__}
        archive.writestr("schema.json", json.dumps(schema))
    return schema


def _holds_only_known_types(schema: dict[str, Any]) -> bool:
    """Whether every type in the schema is one that skops or this module trusts by name.

    False means "ask skops", which looks at each node in depth: that takes as long as writing a forest.
    """
    from skops.io import _trusted_types as of_skops

    known = {
        *TRUSTED_TYPES,
        *of_skops.PRIMITIVE_TYPE_NAMES,
        *of_skops.CONTAINER_TYPE_NAMES,
        *of_skops.SKLEARN_ESTIMATOR_TYPE_NAMES,
        *of_skops.SKLEARN_INTERNAL_TYPE_NAMES,
        *_PLAIN_TYPES,
    }
    nodes: list[Any] = [schema]
    while nodes:
        node = nodes.pop()
        if isinstance(node, dict):
            if "__class__" in node and f"{node.get('__module__')}.{node['__class__']}" not in known:
                return False
            nodes.extend(node.values())
        elif isinstance(node, list | tuple):
            nodes.extend(node)
    return True


def load_pipeline(stored: Path | bytes) -> Any:
    """Read a pipeline back.

    Parameters
    ----------
    stored : Path or bytes
        The file, or what it holds: bytes whose digest was compared cannot be exchanged before they are used.

    Raises
    ------
    BundleError
        When the file is missing or damaged, holds a type that is not listed, or comes from another scikit-learn.
    """
    from skops.io import load
    from skops.io.exceptions import UntrustedTypesFoundException

    if isinstance(stored, Path) and not stored.is_file():
        raise BundleError("The stored model is missing.")
    archive = stored if isinstance(stored, Path) else io.BytesIO(stored)
    _check_version(archive)
    try:
        return load(archive, trusted=list(TRUSTED_TYPES))
    except UntrustedTypesFoundException as error:
        raise BundleError(f"The stored model holds types that are not trusted: {error}") from error
    except (zipfile.BadZipFile, zlib.error, LookupError, ValueError, TypeError, AttributeError, EOFError) as error:
        raise BundleError(f"The stored model is damaged: {error}") from error


def _check_version(stored: Path | io.BytesIO) -> None:
    """Refuse a model of another scikit-learn release (major.minor): its inner layout may differ."""
    import sklearn

    try:
        with zipfile.ZipFile(stored) as archive:
            made_by = str(json.loads(archive.read(VERSIONS_MEMBER))["scikit-learn"])
    except (zipfile.BadZipFile, zlib.error, LookupError, ValueError, TypeError, EOFError) as error:
        raise BundleError(f"The stored model is damaged: {error}") from error
    if made_by.split(".")[:2] != sklearn.__version__.split(".")[:2]:
        raise BundleError(
            f"The stored model was made with scikit-learn {made_by}, but {sklearn.__version__} is installed. "
            "Train it again, or install that version."
        )
