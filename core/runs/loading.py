"""The models of finished runs, ready to predict: read from their bundles, proven, and kept for a while."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

from core.runs.artifacts import HIGH, LOW, MODEL, RESULT, Bundles
from core.runs.members import member_file, stacked_from, with_weight

if TYPE_CHECKING:
    from core.prediction import Predictor
    from core.runs.model import Run

PREDICTORS_KEPT: Final = 4


class ReadFile(Protocol):
    """Gives the bytes of a file of a bundle, which were compared with their digest."""

    def __call__(self, name: str) -> bytes: ...


class Models:
    """The last few models that were asked for. Safe to share between threads.

    Parameters
    ----------
    bundles : Bundles
    """

    def __init__(self, bundles: Bundles) -> None:
        self._bundles = bundles
        self._kept: OrderedDict[str, Predictor] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, run: Run) -> Predictor:
        """The model of a finished run.

        Raises
        ------
        BundleError
            When its files are missing, have changed, or cannot be loaded here.
        """
        with self._lock:
            known = self._kept.get(run.id)
            if known is not None:
                self._kept.move_to_end(run.id)
                return known
        loaded = load_predictor(run, lambda name: self._bundles.read(run.id, name, run.digests))
        with self._lock:
            self._kept[run.id] = loaded
            while len(self._kept) > PREDICTORS_KEPT:
                self._kept.popitem(last=False)
        return loaded

    def forget(self, run_id: str) -> None:
        """Let go of a model."""
        with self._lock:
            self._kept.pop(run_id, None)


def load_predictor(run: Run, read: ReadFile) -> Predictor:
    """Build the model of a run from the files of its bundle.

    Raises
    ------
    BundleError
        When a file is missing, has changed, or cannot be loaded here.
    """
    from core.persistence import load_pipeline
    from core.prediction import Predictor

    result: dict[str, Any] = json.loads(read(RESULT))
    interval = result["interval"]
    if told := result["metrics"].get("stack"):
        files: Sequence[bytes] = [read(member_file(number)) for number in range(len(with_weight(told)))]
        return Predictor(stacked_from(told, files), run.request, interval)
    pipeline = load_pipeline(read(MODEL))
    ends = [load_pipeline(read(name)) for name in (LOW, HIGH) if name in run.digests]
    return Predictor(pipeline, run.request, interval, ends)
