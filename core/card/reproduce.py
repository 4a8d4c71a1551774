"""The command that trains a run again and comes to the same scores."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from core.families import FAMILIES
from core.features import is_extra

if TYPE_CHECKING:
    from core.runs.model import Run

PLACE: Final = "PATH/TO/TABLE.csv"
"""Stands for the file of a table, which only its owner knows."""

PROGRAM: Final = ("python", "-m", "dashboard")


@dataclass(frozen=True)
class Recipe:
    """How to come to a run's scores again.

    Parameters
    ----------
    argv : tuple of str
        Arguments of the program, ``train`` first.
    needs : tuple of str
        What must be there, one sentence each.
    doubts : tuple of str
        Why the scores may differ all the same; empty where they do not.
    """

    argv: tuple[str, ...]
    needs: tuple[str, ...]
    doubts: tuple[str, ...]

    @property
    def command(self) -> str:
        """As it is typed into a shell, one flag a line."""
        words = [shlex.quote(word) for word in (*PROGRAM, *self.argv)]
        head = " ".join(words[:4])
        lines: list[str] = []
        for word in words[4:]:
            if word.startswith("--") or not lines:
                lines.append(word)
            else:
                lines[-1] += f" {word}"
        return " \\\n  ".join([head, *lines])


def recipe(run: Run) -> Recipe:
    """Give the command that trains a run again, with everything that it depends on said outright.

    Hyperparameters that were recommended or found by a search are named, so that neither a later version's defaults nor
    the time that a search had change what is trained.

    Parameters
    ----------
    run : Run
        Finished.
    """
    request = run.request
    family = FAMILIES[request.family]
    argv = ["train", "--family", request.family]
    if family.combines_runs:
        argv += [word for run_id in request.members for word in ("--member", run_id)]
    else:
        argv += [word for name, value in run.params.items() for word in ("--param", f"{name}={written(value)}")]
        argv += ["--defaults", request.defaults, "--features", ",".join(request.features)]
        argv += ["--allow-unknowable"] if request.allow_unknowable else []
        argv += ["--protocol", request.protocol, "--test-share", repr(request.test_share)]
        argv += ["--cv", str(request.cv_folds), "--seed", str(request.seed), "--interval", request.interval]
        argv += [] if request.explain else ["--no-explain"]
    if run.data.get("source_kind") == "file":
        argv += ["--data", PLACE]
    return Recipe(tuple(argv), tuple(_needs(run)), tuple(_doubts(run)))


def written(value: Any) -> str:
    """A hyperparameter as ``--param`` reads it.

    Examples
    --------
    >>> written(True), written(None), written(0.1), written("sqrt")
    ('true', 'none', '0.1', 'sqrt')
    """
    if isinstance(value, bool):
        return str(value).lower()
    return "none" if value is None else repr(value) if isinstance(value, int | float) else str(value)


def _needs(run: Run) -> list[str]:
    kind, sha256 = run.data.get("source_kind"), str(run.data.get("sha256") or "")
    named = run.data.get("source_name") or "the table"
    found = {
        "sample": "Nothing but the program: the sample is made from a fixed seed. No table may be configured or "
        "downloaded in its home folder, or that one is taken instead.",
        "download": "The public table, which `python -m dashboard data --fetch` downloads once.",
    }
    needs = [found.get(str(kind), f"The file of {named}, in place of {PLACE}.")]
    if sha256:
        needs.append(f"The table is the same when its run page shows the data hash {sha256}.")
    if run.request.members:
        needs.append("The runs that it combines, finished in the same home folder.")
    own = {name: version for name, version in run.versions.items() if name not in ("dashboard", "python")}
    packages = ", ".join(f"{name} {version}" for name, version in own.items())
    needs.append(
        f"Version {run.versions.get('dashboard', '?')} of this program with Python {run.versions.get('python', '?')}"
        + (f" and {packages}; other versions may differ in the last digits." if packages else ".")
    )
    return needs


def _doubts(run: Run) -> list[str]:
    doubts = []
    if run.stop_requested_at is not None:
        doubts.append("This run was asked to end early, so the command trains longer and scores differently.")
    if any(is_extra(name) for name in run.request.features):
        doubts.append(
            "It looks at columns of an uploaded table, which the command line does not read: upload the table on the "
            "page Dataset and press “Train again” on the run's page instead."
        )
    if FAMILIES[run.request.family].learns_in_steps == "epoch":
        doubts.append("Neural networks may differ in the third digit on another processor.")
    return doubts
