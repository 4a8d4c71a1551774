"""Fitted pipelines on disk, without pickle: only listed types are ever built when one is read.

A pipeline is one archive: what is scikit-learn's as skops stores it and, beside it, one member with the model in its
library's own format where it is another library's, or with the trees of a forest as arrays.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from core import packed_forest
from core.archives import check_unfolding
from core.errors import BundleError
from core.families.installed import install_command, installed_version

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

_NAMED_TYPE = re.compile(r'"__class__": "([^"\\]*)", "__module__": "([^"\\]*)"')

VERSIONS_MEMBER = "versions.json"
NATIVE_MEMBER = "native.json"


def _xgboost() -> Any:
    from core.estimators.xgb import XGBoost

    return XGBoost


def _lightgbm() -> Any:
    from core.estimators.lgbm import LightGBM

    return LightGBM


def _catboost() -> Any:
    from core.estimators.cat import CatBoost

    return CatBoost


def _network() -> Any:
    from core.estimators.network import Network

    return Network


NATIVE: Mapping[str, Callable[[], Any]] = MappingProxyType(
    {"XGBoost": _xgboost, "LightGBM": _lightgbm, "CatBoost": _catboost, "Network": _network}
)
"""Estimators stored in their library's own format, by the name of their class."""


def dump_pipeline(pipeline: Any, path: Path) -> None:
    """Write a fitted pipeline to ``path`` as one archive, with the versions of the libraries that made it.

    Raises
    ------
    BundleError
        When the pipeline holds a type that could not be read back.
    """
    from skops.io import get_untrusted_types

    model = pipeline["model"]
    native = model if _is_native(model) else None
    is_forest = packed_forest.is_forest(model)
    if native is not None:
        pipeline = _with_model(pipeline, "passthrough")
    elif is_forest:
        pipeline = _with_model(pipeline, packed_forest.without_trees(model))
    schema = _write_archive(pipeline, path)
    if not _holds_only_known_types(schema) and (unlisted := set(get_untrusted_types(file=path)) - set(TRUSTED_TYPES)):
        raise BundleError(f"The model holds types that are not trusted: {', '.join(sorted(unlisted))}.")
    libraries = ["scikit-learn"]
    with zipfile.ZipFile(path, "a") as archive:
        if native is not None:
            libraries += [native.library] if native.library else []
            _write_native(native, archive)
        if is_forest:
            packed_forest.pack_trees(model, archive)
        archive.writestr(VERSIONS_MEMBER, json.dumps({name: installed_version(name) for name in libraries}))


def _is_native(model: Any) -> bool:
    return type(model).__name__ in NATIVE and type(model) is NATIVE[type(model).__name__]()


def _with_model(pipeline: Any, model: Any) -> Any:
    """The same steps with another one, or a gap, where the model was."""
    from sklearn.pipeline import Pipeline

    return Pipeline([*pipeline.steps[:-1], ("model", model)])


def _write_native(model: Any, archive: zipfile.ZipFile) -> None:
    content = model.to_bytes()
    told = {"model": type(model).__name__, "sha256": hashlib.sha256(content).hexdigest()}
    archive.writestr(model.member, content)
    archive.writestr(NATIVE_MEMBER, json.dumps(told))


def _write_archive(pipeline: Any, path: Path) -> str:
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
        schema = json.dumps({**state, "protocol": context.protocol, "_skops_version": skops.__version__})
        archive.writestr("schema.json", schema)
    return schema


def _holds_only_known_types(schema: str) -> bool:
    """Whether every type that a schema names is one that skops or this module trusts by name.

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
    named = _NAMED_TYPE.findall(schema)
    return len(named) == schema.count('"__class__":') and all(
        f"{module}.{name}" in known for name, module in set(named)
    )


def load_pipeline(stored: Path | bytes) -> Any:
    """Read a pipeline back.

    Parameters
    ----------
    stored : Path or bytes
        The file, or what it holds: bytes whose digest was compared cannot be exchanged before they are used.

    Raises
    ------
    BundleError
        When the file is missing or damaged, holds a type that is not listed, comes from another version of a library,
        or needs one that is not installed.
    """
    from skops.io import load
    from skops.io.exceptions import UntrustedTypesFoundException

    if isinstance(stored, Path) and not stored.is_file():
        raise BundleError("The stored model is missing.")
    archive = stored if isinstance(stored, Path) else io.BytesIO(stored)
    try:
        check_unfolding(archive)
        members = _own_members(archive)
        _check_versions(json.loads(members[VERSIONS_MEMBER]))
        pipeline = load(archive, trusted=list(TRUSTED_TYPES))
        if NATIVE_MEMBER in members:
            _read_native(members, pipeline)
        if packed_forest.is_forest(pipeline["model"]):
            _read_trees(archive, pipeline["model"])
    except UntrustedTypesFoundException as error:
        raise BundleError(f"The stored model holds types that are not trusted: {error}") from error
    except (zipfile.BadZipFile, zlib.error, LookupError, ValueError, TypeError, AttributeError, EOFError) as error:
        raise BundleError(f"The stored model is damaged: {error}") from error
    except MemoryError as error:  # such as of an array that claims to be of any size
        raise BundleError("The stored model is damaged, or there is not enough memory to read it.") from error
    return pipeline


def _own_members(stored: Path | io.BytesIO) -> dict[str, bytes]:
    """What this module wrote beside the parts that skops reads."""
    with zipfile.ZipFile(stored) as archive:
        members = {VERSIONS_MEMBER: archive.read(VERSIONS_MEMBER)}
        if NATIVE_MEMBER in archive.namelist():
            members[NATIVE_MEMBER] = archive.read(NATIVE_MEMBER)
            member = NATIVE[json.loads(members[NATIVE_MEMBER])["model"]]().member
            members[member] = archive.read(member)
    return members


def _read_native(members: Mapping[str, bytes], pipeline: Any) -> None:
    """Fill the gap with the model; its digest is compared first, as a library may crash on what it cannot read."""
    told = json.loads(members[NATIVE_MEMBER])
    model = NATIVE[told["model"]]()()
    content = members[model.member]
    if hashlib.sha256(content).hexdigest() != told["sha256"]:
        raise ValueError(f"{model.member} has changed since it was written.")
    model.read(content)
    pipeline.steps[-1] = ("model", model)


def _read_trees(stored: Path | io.BytesIO, forest: Any) -> None:
    """Fill a forest with its trees; one that was stored before trees were packed has them."""
    with zipfile.ZipFile(stored) as archive:
        if any(name.startswith(packed_forest.FOLDER) for name in archive.namelist()):
            packed_forest.unpack_trees(forest, archive)
        elif len(forest.estimators_) != forest.n_estimators:
            raise ValueError("The forest has lost its trees.")


def _check_versions(made_by: Mapping[str, str]) -> None:
    """Refuse a model of another release (major.minor) of a library: its inner layout may differ."""
    for library, wanted in {"scikit-learn": made_by["scikit-learn"], **made_by}.items():
        found = installed_version(library)
        if not found:
            raise BundleError(
                f"The stored model was made with {library} {wanted}, which is not installed. "
                f"Add it with: {install_command((library,))}"
            )
        if str(wanted).split(".")[:2] != found.split(".")[:2]:
            raise BundleError(
                f"The stored model was made with {library} {wanted}, but {found} is installed. "
                "Train it again, or install that version."
            )
