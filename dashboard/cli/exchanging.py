"""``runs``: export and import of finished runs from the shell, where an imported run belongs to the operator."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import InvalidRequest
from core.runs.artifacts import storage_errors
from core.runs.model import SHELL_OWNER
from dashboard.cli.output import print_json

if TYPE_CHECKING:
    from core.runs.model import Run
    from dashboard.services import Services


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What exports the run ID, and what imports one."""
    group = parser.add_argument_group(
        "export and import",
        "One signed file a run, imported where DASHBOARD_EXCHANGE_KEY is the same; without one, in this home only.",
    )
    group.add_argument("--export", metavar="FILE", help="write the finished run ID into this file")
    group.add_argument("--import", dest="import_", metavar="FILE", help="make a run of an exported file")


def is_asked(arguments: argparse.Namespace) -> bool:
    """Whether the command is about an export or an import.

    Raises
    ------
    InvalidRequest
        When what was given does not go together.
    """
    if arguments.export is not None and arguments.import_ is not None:
        raise InvalidRequest("Give either --export or --import.")
    if arguments.export is not None and arguments.run_id is None:
        raise InvalidRequest("--export takes the ID of a run: runs ID --export FILE.")
    if arguments.import_ is not None and arguments.run_id is not None:
        raise InvalidRequest("--import takes no ID, as the imported run gets a new one: runs --import FILE.")
    return arguments.export is not None or arguments.import_ is not None


def answer(arguments: argparse.Namespace, services: Services) -> Run:
    """Export or import as asked; gives the run.

    Raises
    ------
    NotFound, Refused, BundleError, StorageError
    InvalidRequest
        When the file to import cannot be read.
    """
    if arguments.export is not None:
        run = services.runs.get(arguments.run_id, None)
        _write(services, run, Path(arguments.export))
        return run
    path = Path(arguments.import_)
    try:
        source = path.open("rb")
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read: {error.strerror or error}.") from error
    with source:
        return services.exchange.bring_in(source, SHELL_OWNER)


def show(arguments: argparse.Namespace, services: Services, run: Run) -> None:
    """Tell what was done."""
    key = services.exchange.key.fingerprint
    if arguments.json:
        print_json(run.to_dict())
    elif arguments.export is not None:
        size = Path(arguments.export).stat().st_size / 2**20
        print(f"Exported run {run.id} to {arguments.export} ({size:.1f} MB), signed with the key {key}.")
    else:
        assert run.imported is not None
        print(f"Imported run {run.id} ({run.request.family}), made as {run.imported['run_id']}.")


def _write(services: Services, run: Run, path: Path) -> None:
    """Write the whole file or none."""
    with storage_errors():
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".export-")
        try:
            with os.fdopen(handle, "wb") as target:
                services.exchange.export(run, target)
                target.flush()
                os.fsync(target.fileno())
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)
