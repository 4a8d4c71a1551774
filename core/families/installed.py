"""Which libraries are there, without importing any of them."""

from __future__ import annotations

import platform
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec


@cache
def is_installed(package: str) -> bool:
    """Whether a package can be imported, by its import name."""
    try:
        return find_spec(package) is not None
    except (ImportError, ValueError):  # half removed
        return False


def distribution(package: str) -> str:
    """The name under which a package is installed here: the CPU build where the plain name brings CUDA packages.

    Examples
    --------
    >>> distribution("lightgbm")
    'lightgbm'
    """
    is_linux = sys.platform == "linux"
    if package == "xgboost" and is_linux:
        return "xgboost-cpu"
    if package == "tensorflow" and is_linux and platform.machine() == "x86_64":
        return "tensorflow-cpu"
    return package


def installed_version(package: str) -> str:
    """Version of what is installed under this name, or under that of its build for this platform; "" for nothing."""
    for name in (package, distribution(package)):
        try:
            return version(name)
        except PackageNotFoundError:
            continue
    return ""


def install_command(packages: tuple[str, ...]) -> str:
    """What to type to add these packages; "" for none."""
    return " ".join(["pip install", *(distribution(package) for package in packages)]) if packages else ""
