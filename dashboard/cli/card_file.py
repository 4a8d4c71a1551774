"""``runs``: the model card of a run as one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.files import storage_errors
from dashboard.cli.output import print_text

if TYPE_CHECKING:
    from dashboard.services import Services


def write_card(services: Services, run_id: str, target: str) -> str:
    """Write the card of a run, and say where it is.

    Parameters
    ----------
    services : Services
    run_id : str
    target : str
        Path of the file; "-" for stdout.

    Returns
    -------
    str
        What to tell the person; empty when the card itself was printed.

    Raises
    ------
    NotFound, BundleError
        As the runs do.
    StorageError
        When the file cannot be written.
    """
    from callbacks.card import make_file

    content = make_file(services, run_id, None)["content"]
    if target == "-":
        print_text(content)
        return ""
    with storage_errors("model card"):
        Path(target).write_text(content, encoding="utf-8")
    return f"Wrote the model card of run {run_id} to {target}."
