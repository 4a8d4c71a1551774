"""Functions compiled by numba, where it is there: found at run time, never at the start of the web process."""

from __future__ import annotations

import importlib
import logging
import threading
from pathlib import Path
from typing import Any

from core.families.installed import is_installed

log = logging.getLogger(__name__)

_lock = threading.Lock()
_folder: Path | None = None
_made: dict[tuple[str, str], Any] = {}


def keep_compiled_in(folder: Path) -> None:
    """Say where compiled functions are kept, for those processes that come later; the program's own may be read-only.

    Only the first folder counts, and only before anything was compiled.
    """
    global _folder
    with _lock:
        _folder = _folder or folder


def compiled(module: str, maker: str) -> Any:
    """Give compiled functions, made at the first need; None where numba is not installed.

    Parameters
    ----------
    module, maker : str
        The module (which may import numba) and the name of its function that compiles and gives them.
    """
    if not is_installed("numba"):
        return None
    with _lock:
        if (module, maker) not in _made:
            try:
                _made[module, maker] = _make(module, maker)
            except (
                Exception
            ):  # numba that does not fit NumPy, or a folder that cannot be written: the slower way is right
                log.exception("Explanations are computed without numba, which is installed but cannot be used")
                _made[module, maker] = None
        return _made[module, maker]


def is_compiled(module: str, maker: str) -> bool:
    """Whether the functions were made in this process already: then they cost nothing."""
    return (module, maker) in _made


def _make(module: str, maker: str) -> Any:
    import numba

    config: Any = numba.config
    if _folder is not None and not config.CACHE_DIR:  # what the operator chose goes first
        _folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        config.CACHE_DIR = str(_folder)
    return getattr(importlib.import_module(module), maker)()
