"""Runs: everything pages and the shell may ask of the registry and the bundles, with the owner checked."""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from core.errors import BundleError, NotFound, Refused, StorageError
from core.explanation.compiler import keep_compiled_in
from core.processes import kill_tree
from core.progress import Report, report_nothing
from core.runs.artifacts import PREDICTIONS
from core.runs.loading import Models, onnx_of
from core.runs.making import JobContext
from core.runs.members import asks_again, completed, read_predictions
from core.runs.model import SHELL_OWNER, Job, Limits, Run, RunState, now
from core.runs.registry import open_registry
from core.runs.rules import as_json, checked_key, has_a_best_so_far, is_stopping, is_uuid, may_see, refuse_foreign
from core.runs.sweep import remove_orphans, sweep
from core.tables import check_requests

if TYPE_CHECKING:
    import pandas as pd

    from core.onnx_export import OnnxModel
    from core.prediction import Predictor
    from core.requests import TrainingRequest
    from core.runs.exchange import Exchange
    from core.runs.sealing import SealingKey
    from core.tables import TableRef

SWEEP_EVERY_S: Final = 1.0
LARGEST_NUMBER: Final = 2**31 - 1


class Runs:
    """The one door to runs. Safe to share between threads; open one a process.

    Parameters
    ----------
    home : Path
        Folder where the registry and the bundles are kept; made when missing.
    limits : Limits, optional
    database_url : str, optional
        Address of the registry; default is SQLite in the home folder.
    data : Path, optional
        Configured table that jobs train on.
    context : JobContext, optional
        Instead of all of the above, when the steps of training are replaced as well.

    Raises
    ------
    StorageError
        When the home folder or the registry cannot be used.
    """

    def __init__(
        self,
        home: Path,
        limits: Limits | None = None,
        *,
        database_url: str | None = None,
        data: Path | None = None,
        context: JobContext | None = None,
    ) -> None:
        self.context: Final = context or JobContext(home, limits or Limits(), database_url, data)
        self._registry = open_registry(self.context.home, self.context.database_url)
        self.history: Final = self._registry.history
        self.standings: Final = self._registry.standings
        self.promotions: Final = self._registry.promotions
        self.aliases: Final = self.promotions.current
        self._bundles = self.context.bundles
        self.models: Final = Models(self._bundles)
        keep_compiled_in(self.context.home / "cache" / "compiled")
        self._swept_at = -SWEEP_EVERY_S
        self._sweep_now()
        self.remove_orphans()

    # -- asking for runs -------------------------------------------------------------------------------------------

    def submit(
        self, owner: str, requests: Sequence[TrainingRequest], key: str, *, table: TableRef | None = None
    ) -> Job:
        """Queue one job with a run for each request.

        Parameters
        ----------
        owner : str
        requests : sequence of TrainingRequest
        key : str
            Made anew for each press of the button: the same key gives the same job again.
        table : TableRef, optional
            The owner's uploaded table to train on (``Tables.current``), instead of the default one.

        Raises
        ------
        InvalidRequest
            When there is no request, there are too many, one asks for a column that the table does not have or
            combines runs that do not go together, or the key is empty or too long.
        NotFound
            When one combines a run that this owner may not see.
        DataError
            When the table cannot train a model.
        Refused
            When the owner has an active job already, or the queue is full.
        """
        self._sweep_now()
        as_json(requests)  # their number, before each is looked into
        known = self._registry.job_of_key(owner, checked_key(key))
        if known is not None and asks_again(requests, known):
            return known  # also where a run that it combines is gone by now
        requests = [completed(self._registry, request, owner, table) for request in requests]
        check_requests(requests, table)
        return self._registry.submit(
            owner, as_json(requests), key, self.context.limits, table, self.context.beside(self.context.home)
        )

    def admit(self, job_id: object) -> bool:
        """Allow one process to be started for a queued job: true exactly once, false for anything else."""
        return is_uuid(job_id) and self._registry.admit(str(job_id))

    def run_inline(
        self, requests: Sequence[TrainingRequest], owner: str = SHELL_OWNER, report: Report = report_nothing
    ) -> Sequence[Run]:
        """Make runs in this process, one after another, and return them as they ended.

        A run that fails says why in its ``reason``; the ones after it are still made.

        Raises
        ------
        InvalidRequest
            When there is no request, or there are too many.
        DataError
            When the table cannot be read.
        KeyboardInterrupt
            After Ctrl-C, when everything that had not ended is cancelled.
        """
        from core.runs.inline import run_here

        as_json(requests)  # their number, before each is looked into
        requests = [completed(self._registry, request, None, None) for request in requests]
        check_requests(requests, None)
        job = self._registry.submit(owner, as_json(requests), str(uuid.uuid4()), None)
        run_here(self.context, self._registry, job, requests, report)
        return self.job(job.id, owner).runs

    # -- reading ---------------------------------------------------------------------------------------------------

    def get(self, run_id: str, owner: str | None) -> Run:
        """One run.

        Raises
        ------
        NotFound
            When there is none that this owner may see: absent, foreign and deleted ones answer alike.
        """
        return self._find(run_id, owner)

    def job(self, job_id: str, owner: str | None) -> Job:
        """One job with its runs.

        Raises
        ------
        NotFound
            As for ``get``.
        """
        self.sweep()
        job = self._registry.job(job_id) if is_uuid(job_id) else None
        if job is None or not may_see(job.owner, owner):
            raise NotFound("There is no such training job.")
        return job

    def list(self, owner: str | None, limit: int = 200) -> Sequence[Run]:
        """The runs an owner may see (their own and the shell's; all for None), newest first."""
        self.sweep()
        return self._registry.runs(owner, limit=limit)

    def active(self, owner: str | None) -> Sequence[Run]:
        """Those of ``list`` that are queued or running."""
        self.sweep()
        return self._registry.runs(owner, limit=1000, active=True)

    def recent(self, owner: str | None, seconds: float = 3600) -> Sequence[Run]:
        """Those of ``list`` that are active, then those that ended within the last ``seconds``."""
        self.sweep()
        return self._registry.runs(owner, limit=200, ended_since=now() - timedelta(seconds=seconds))

    def events(self, run_id: str, owner: str | None, after: int = 0) -> tuple[int, Sequence[dict[str, Any]]]:
        """What a run has told of its folds, candidates and curves; kept when it has ended, however it ended.

        Parameters
        ----------
        run_id : str
        owner : str or None
        after : int
            Number of the last event that is known already; 0 for all.

        Returns
        -------
        tuple of (int, list of dict)
            Number of the last event (``after`` when nothing came), and the newer ones in their order: ``kind`` ("fold",
            "candidate" or "curve") and the fields of that event in ``core.progress``. An event takes the place of the
            earlier one about the same fold, candidate or curve, and comes again then.

        Raises
        ------
        NotFound
        """
        return self._registry.events(self._find(run_id, owner).id, min(max(0, after), LARGEST_NUMBER))

    # -- changing --------------------------------------------------------------------------------------------------

    def cancel(self, run_id: str, owner: str | None) -> Run:
        """Cancel a run and end its process; one that has ended already stays as it is.

        Raises
        ------
        NotFound
        Refused
            When it belongs to the shell and is not the operator's to change.
        """
        self._cancel((self._find_own(run_id, owner),))
        return self._find(run_id, owner)

    def cancel_job(self, job_id: str, owner: str | None) -> Job:
        """Cancel all runs of a job that have not ended.

        Raises
        ------
        NotFound, Refused
            As for ``cancel``.
        """
        job = self.job(job_id, owner)
        refuse_foreign(job.owner, owner)
        self._cancel(reversed(job.runs))  # the last first: otherwise the next one would start meanwhile
        return self.job(job_id, owner)

    def stop(self, run_id: str, owner: str | None) -> Run:
        """Ask a running search, or a model that learns in steps, to end now with the best it has.

        A search ends within a second; a fold under way is finished and the later ones are left out; the final model
        ends at its next step. The run finishes with a notice. What comes after a search that was ended goes on whole
        until it is asked to stop once more. A run that has ended stays as it is.

        Raises
        ------
        NotFound
        Refused
            While it is queued, when nothing of it can be kept before its end, or when it belongs to the shell.
        """
        run = self._find_own(run_id, owner)
        if run.state is RunState.QUEUED:
            raise Refused("This run has not begun, so there is nothing to keep yet. Cancel it instead.")
        if run.is_active and not has_a_best_so_far(run):
            raise Refused("This model is trained in one go, so there is no best so far to keep. Cancel it instead.")
        self._registry.ask_to_stop(run.id, again=not is_stopping(run))
        return self._find(run_id, owner)

    def delete(self, run_id: str, owner: str | None) -> Run:
        """Put an ended run into the bin, from which ``restore`` takes it back.

        Raises
        ------
        NotFound
        Refused
            While it is queued or running, or when it belongs to the shell.
        """
        run = self._find_own(run_id, owner)
        if not self._registry.bin.put(run.id):
            raise Refused("This run has not ended yet. Cancel it first.")
        self.models.forget(run.id)
        return self._find(run_id, owner, deleted=True)

    def restore(self, run_id: str, owner: str | None) -> Run:
        """Take a run out of the bin.

        Raises
        ------
        NotFound
            Also when it has been in the bin too long.
        Refused
            When it belongs to the shell and is not the operator's to change.
        """
        run = self._find(run_id, owner, deleted=True)
        refuse_foreign(run.owner, owner)
        if run.deleted_at is not None and not self._registry.bin.take_out(run.id):
            raise NotFound("This run was deleted too long ago: it has been removed for good.")
        return self._find(run_id, owner)

    def empty_bin(self) -> int:
        """Remove runs whose days in the bin are over, with their files; gives how many. For servers, now and then."""
        return self._registry.bin.empty(self._bundles, self.context.limits.bin_days)

    def remove_orphans(self) -> None:
        """Remove the files of runs that ended unfinished; those of a run that is being made or imported stay."""
        remove_orphans(self._registry, self._bundles)

    def sweep(self) -> None:
        """Mark runs whose process is dead as failed; done at most once a second, so readers may call it freely."""
        if time.monotonic() - self._swept_at >= SWEEP_EVERY_S:
            self._sweep_now()

    def close(self) -> None:
        """Close the database connections; they reopen by themselves."""
        self._registry.close()

    # -- what a finished run has made ------------------------------------------------------------------------------

    def predictions(self, run_id: str, owner: str | None) -> pd.DataFrame:
        """Out-of-sample predictions of a finished run.

        Returns
        -------
        DataFrame
            track_id, track_name, track_artist (text), part ("test" or "cv"), fold, actual, predicted.

        Raises
        ------
        NotFound
        BundleError
            When the run is not finished, or its file is missing or has changed.
        """
        run = self._find_finished(run_id, owner)
        return read_predictions(self._bundles.read(run.id, PREDICTIONS, run.digests))

    def predictor(self, run_id: str, owner: str | None) -> Predictor:
        """The model of a finished run, ready to predict; the last few stay in memory.

        Raises
        ------
        NotFound
        BundleError
            When the run is not finished, or its files are missing, have changed, or cannot be loaded here.
        """
        return self.models.of(self._find(run_id, owner))

    def onnx(self, run_id: str, owner: str | None) -> OnnxModel:
        """The model of a finished run as an ONNX file that was compared with its golden predictions.

        Raises
        ------
        NotFound, BundleError
        Refused
            When it cannot be converted, or predicts something else then.
        """
        return onnx_of(self.models, self._bundles, self._find_finished(run_id, owner))

    def log_to_mlflow(self, run_id: str, owner: str | None) -> str:
        """Send a finished run to the MLflow server (again); gives its id there.

        Raises
        ------
        NotFound, Refused, StorageError
            Refused when no server is named, the run is not finished, or with what went wrong.
        """
        from core.mlflow import log_again

        return log_again(self.context.tracking, self._registry, self._bundles, self.get(run_id, owner))

    def exchange(self, key: SealingKey) -> Exchange:
        """Export and import of finished runs with a key that signs them."""
        from core.runs.exchange import Exchange

        return Exchange(self._registry, self._bundles, self.context.home, key)

    # -- helpers ---------------------------------------------------------------------------------------------------

    def _find(self, run_id: str, owner: str | None, *, deleted: bool = False) -> Run:
        self.sweep()
        run = self._registry.run(run_id) if is_uuid(run_id) else None
        is_hidden = run is not None and run.deleted_at is not None and not deleted
        if run is None or is_hidden or not may_see(run.owner, owner):
            raise NotFound("There is no such run.")
        return run

    def _find_own(self, run_id: str, owner: str | None) -> Run:
        run = self._find(run_id, owner)
        refuse_foreign(run.owner, owner)
        return run

    def _find_finished(self, run_id: str, owner: str | None) -> Run:
        run = self._find(run_id, owner)
        if run.state is not RunState.FINISHED:
            raise BundleError(f"This run is {run.state.value}, so there is no model to use.")
        return run

    def _cancel(self, runs: Iterable[Run]) -> None:
        for run in [one for one in runs if self._registry.cancel(one.id, "Cancelled.")]:
            if (child := self._registry.child(run.id)) is not None:
                kill_tree(child)

    def _sweep_now(self) -> None:
        self._swept_at = time.monotonic()
        with contextlib.suppress(StorageError):  # on a full disk reading goes on
            sweep(self._registry)
