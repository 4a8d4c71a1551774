"""Loading the libraries of model families: what is installed may still not load, and says so in words."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from core.errors import Refused
from core.families.installed import distribution, install_command, is_installed

CANNOT_LOAD = "is installed but cannot be loaded"
"""What every message of the kind says: by it a run's reason tells that its library has to be looked at."""
LONGEST_REASON = 200
PROBE_SECONDS = 120

_SHARED = re.compile(r"(lib[\w+-]+)\.so[\w.]*: cannot open shared object")
_PLACE = re.compile(r"(?:/[\w.+@-]+)+/")
_SYSTEM = {"libgomp": "apt-get install libgomp1 (Debian, Ubuntu) or dnf install libgomp (Fedora)"}
_PROBE = """
import importlib, json, os, sys
os.nice(10)
sys.path[:] = json.loads(sys.argv[2])
try:
    importlib.import_module(sys.argv[1])
except BaseException as error:
    sys.stderr.write("\\0" + (str(error) or type(error).__name__))
    sys.exit(3)
"""

_found: dict[str, str] = {}
_lock = threading.Lock()


def load(package: str) -> Any:
    """Import a library of a model family.

    Parameters
    ----------
    package : str
        Its import name.

    Raises
    ------
    Refused
        With the reason and with what helps, where it is not installed, or installed but cannot be loaded.
    """
    try:
        return import_module(package)
    except Exception as error:  # whatever a library raises while it looks for its own parts
        if not is_installed(package):
            raise Refused(f"{package} is not installed here. Add it with: {install_command((package,))}") from error
        raise Refused(why_not(package, str(error) or type(error).__name__)) from error


def why_not(package: str, said: str) -> str:
    """Say that an installed library cannot be loaded, why, and what helps; no places of this machine.

    Examples
    --------
    >>> why_not("lightgbm", "libgomp.so.1: cannot open shared object file: No such file or directory")
    'lightgbm is installed but cannot be loaded: libgomp.so.1: cannot open shared object file: No such file or \
directory. Add what it needs with: apt-get install libgomp1 (Debian, Ubuntu) or dnf install libgomp (Fedora)'
    """
    lines = [line.strip() for line in said.splitlines() if line.strip()] or [said]
    missing = _SHARED.search(said)
    line = next((line for line in lines if missing and missing.group() in line), lines[0])
    reason = _PLACE.sub("", line)[:LONGEST_REASON].rstrip(". ")
    return f"{package} {CANNOT_LOAD}: {reason}. {_remedy(package, missing.group(1) if missing else '')}"


def _remedy(package: str, library: str) -> str:
    if library in _SYSTEM:
        return f"Add what it needs with: {_SYSTEM[library]}"
    if library:
        return f"Add the package of your system that brings {library}."
    return f"Install it anew with: pip install --force-reinstall {distribution(package)}"


def trouble(packages: Iterable[str]) -> str:
    """Why the first of some libraries that cannot be loaded cannot, as far as `probe` has looked; "" for none."""
    return next((_found[package] for package in packages if _found.get(package)), "")


def is_probed(packages: Iterable[str]) -> bool:
    """Whether it is known of all of them (of those that are installed) if they load."""
    return all(package in _found for package in packages if is_installed(package))


def probe(packages: Iterable[str]) -> None:
    """Look whether libraries load, each in a process of its own, so that this one loads none of them.

    What was found is kept until this process ends: a library that is mended meanwhile needs a new start anyway.
    """
    for package in dict.fromkeys(packages):
        with _lock:
            if package not in _found and is_installed(package):
                _found[package] = _probe(package)


def probe_soon(packages: Iterable[str]) -> None:
    """The same without waiting for it."""
    names = tuple(packages)
    if not is_probed(names):
        threading.Thread(target=probe, args=(names,), name="probe", daemon=True).start()


def _probe(package: str) -> str:
    command = [sys.executable, "-c", _PROBE, package, json.dumps(sys.path)]
    try:
        ended = subprocess.run(command, capture_output=True, timeout=PROBE_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):  # nothing was found out, and nothing is said
        return ""
    if ended.returncode == 0:
        return ""
    said = ended.stderr.decode(errors="replace").rpartition("\0")[2]
    return why_not(package, said if ended.returncode == 3 else f"its import ends the process ({ended.returncode})")
