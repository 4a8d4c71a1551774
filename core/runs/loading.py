"""The models of finished runs, ready to predict: read from their bundles, proven, and kept for a while."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from core.errors import BundleError
from core.runs.artifacts import EXPLANATION, HIGH, LOW, MANIFEST, MODEL, RESULT, Bundles
from core.runs.manifest import read_manifest, replay
from core.runs.members import member_file, stacked_from, with_weight

if TYPE_CHECKING:
    from core.prediction import Predictor
    from core.runs.model import Run

PREDICTORS_KEPT: Final = 4


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
        loaded = load_predictor(run, {name: self._bundles.read(run.id, name, run.digests) for name in run.digests})
        # So that the first explanation does not wait for what all of them need.
        threading.Thread(target=loaded.warm, name="warm-explainer", daemon=True).start()
        with self._lock:
            self._kept[run.id] = loaded
            while len(self._kept) > PREDICTORS_KEPT:
                self._kept.popitem(last=False)
        return loaded

    def forget(self, run_id: str) -> None:
        """Let go of a model."""
        with self._lock:
            self._kept.pop(run_id, None)


def load_predictor(run: Run, files: Mapping[str, bytes]) -> Predictor:
    """Build the model of a run from its bundle, and let it repeat its golden predictions.

    Parameters
    ----------
    run : Run
    files : mapping
        Every file of the bundle by name; the digests have been compared.

    Raises
    ------
    BundleError
        When a file is missing or cannot be loaded here, or the model predicts something else now.
    """
    from core.explanation.study import background_of
    from core.persistence import load_pipeline
    from core.prediction import Predictor

    try:
        result: dict[str, Any] = json.loads(files[RESULT])
        interval = result["interval"]
        if told := result["metrics"].get("stack"):
            members = [files[member_file(number)] for number in range(len(with_weight(told)))]
            pipeline, ends = stacked_from(told, members), []
        else:
            pipeline = load_pipeline(files[MODEL])
            ends = [load_pipeline(files[name]) for name in (LOW, HIGH) if name in files]
        background = background_of(json.loads(files[EXPLANATION])) if EXPLANATION in files else None
        predictor = Predictor(pipeline, run.request, interval, ends, background, result.get("ranges"))
    except KeyError as error:
        raise BundleError(f"The stored files of this run lack {error}. Train the model again.") from error
    if MANIFEST in files:  # bundles of older versions have none
        replay(predictor, read_manifest(files[MANIFEST], run.digests, run.request))
    return predictor
