"""``runs``: what sends finished runs elsewhere, and brings them in, from the shell; imports belong to the operator."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING

from core.errors import InvalidRequest
from core.files import storage_errors
from core.runs.model import SHELL_OWNER

if TYPE_CHECKING:
    from core.runs.model import Run
    from dashboard.services import Services


_DESTS = {"import": "import_"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What exports the run ID, and what imports one."""
    group = parser.add_argument_group(
        "export and import",
        "One signed file a run, imported where DASHBOARD_EXCHANGE_KEY is the same; without one, in this home only.",
    )
    group.add_argument("--export", metavar="FILE", help="write the finished run ID into this file")
    group.add_argument("--onnx", metavar="FILE", help="write the model of run ID as ONNX, where it predicts the same")
    group.add_argument("--mlflow", action="store_true", help="send run ID to the MLflow server of the settings (again)")
    group.add_argument("--import", dest="import_", metavar="FILE", help="make a run of an exported file")


def is_asked(arguments: argparse.Namespace) -> bool:
    """Whether the command is about an export or an import.

    Raises
    ------
    InvalidRequest
        When what was given does not go together.
    """
    told = {name: getattr(arguments, _DESTS.get(name, name)) for name in ("export", "import", "onnx", "mlflow")}
    given = [name for name, value in told.items() if value not in (None, False)]
    if len(given) > 1:
        raise InvalidRequest(f"Give either {' or '.join(f'--{name}' for name in given)}.")
    if given and given[0] != "import" and arguments.run_id is None:
        file = "" if given[0] == "mlflow" else " FILE"
        raise InvalidRequest(f"--{given[0]} takes the ID of a run: runs ID --{given[0]}{file}.")
    if arguments.import_ is not None and arguments.run_id is not None:
        raise InvalidRequest("--import takes no ID, as the imported run gets a new one: runs --import FILE.")
    return bool(given)


def answer(arguments: argparse.Namespace, services: Services) -> tuple[Run, str]:
    """Export or import as asked; gives the run, and what to tell of it.

    Raises
    ------
    NotFound, Refused, BundleError, StorageError
    InvalidRequest
        When the file to import cannot be read.
    """
    if arguments.export is not None:
        run, path = services.runs.get(arguments.run_id, None), Path(arguments.export)
        _write(path, lambda target: services.exchange.export(run, target))
        key, size = services.exchange.key.fingerprint, path.stat().st_size / 2**20
        return run, f"Exported run {run.id} to {path} ({size:.1f} MB), signed with the key {key}."
    if arguments.onnx is not None:
        run, path = services.runs.get(arguments.run_id, None), Path(arguments.onnx)
        made = services.runs.onnx(run.id, None)
        _write(path, lambda target: target.write(made.content))
        compared = f"{made.n_rows} tracks of the test, and of {made.n_drawn:,} made-up ones like them,"
        same = f"It repeats the predictions of {compared} to within {made.difference:.1g} points"
        return run, f"Wrote the model of run {run.id} to {path}. {same}; it has no interval. {made.advice}".rstrip()
    if arguments.mlflow:
        run = services.runs.get(arguments.run_id, None)
        logged_as = services.runs.log_to_mlflow(run.id, None)
        return services.runs.get(run.id, None), f"Logged run {run.id} to MLflow, where it is run {logged_as}."
    path = Path(arguments.import_)
    try:
        source = path.open("rb")
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read: {error.strerror or error}.") from error
    with source:
        run = services.exchange.bring_in(source, SHELL_OWNER)
    assert run.imported is not None
    return run, f"Imported run {run.id} ({run.request.family}), made as {run.imported['run_id']}."


def _write(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Write the whole file or none."""
    with storage_errors("exported run"):
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".export-")
        try:
            with os.fdopen(handle, "wb") as target:
                write(target)
                target.flush()
                os.fsync(target.fileno())
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)
