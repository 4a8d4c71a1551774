"""The models of finished runs, ready to predict: read from their bundles, proven, and kept for a while."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from core.errors import BundleError, Refused
from core.keeping import Kept
from core.runs.artifacts import EXPLANATION, HIGH, LOW, MANIFEST, MODEL, PREDICTIONS, RESULT, Bundles
from core.runs.manifest import read_manifest, replay
from core.runs.members import member_file, stacked_from, with_weight
from core.runs.model import RunState

if TYPE_CHECKING:
    from core.onnx_export import OnnxModel
    from core.prediction import Predictor
    from core.runs.model import Run

MODELS_KEPT: Final = 32
MODELS_BYTES: Final = 768 * 2**20
"""What the models of one process may weigh together in memory."""
MEMORY_A_BYTE: Final = 3
"""Bytes in memory for each of a model's files, unpacked: what explains a forest of 42 MB weighs another 74 MB."""
_WITHOUT_MODEL: Final = frozenset({EXPLANATION, MANIFEST, PREDICTIONS, RESULT})


class Models:
    """The last models that were asked for. Safe to share between threads: two that ask for one load it once.

    Parameters
    ----------
    bundles : Bundles
    most_bytes : int
        What they may weigh together.
    """

    def __init__(self, bundles: Bundles, most_bytes: int = MODELS_BYTES) -> None:
        self._bundles = bundles
        self._kept: Kept[str, Predictor] = Kept(MODELS_KEPT, most_bytes)

    def __contains__(self, run_id: str) -> bool:
        """Whether a model is in memory, so that nobody need wait for it."""
        return run_id in self._kept

    def of(self, run: Run) -> Predictor:
        """The model of a run that the asker may see.

        Raises
        ------
        BundleError
            When the run is not finished, or its files are missing, have changed, or cannot be loaded here.
        """
        if run.state is not RunState.FINISHED:
            raise BundleError(f"This run is {run.state.value}, so there is no model to use.")
        return self._kept.of(run.id, lambda: self._load(run))

    def forget(self, run_id: str) -> None:
        """Let go of a model."""
        self._kept.forget(run_id)

    def _load(self, run: Run) -> tuple[Predictor, int]:
        files = {name: self._bundles.read(run.id, name, run.digests) for name in run.digests}
        loaded = load_predictor(run, files)
        # So that the first explanation does not wait for what all of them need.
        threading.Thread(target=loaded.warm, name="warm-explainer", daemon=True).start()
        models = [content for name, content in files.items() if name not in _WITHOUT_MODEL]
        return loaded, MEMORY_A_BYTE * sum(map(_unpacked, models))


def _unpacked(content: bytes) -> int:
    """What a file takes when it is unpacked: models are stored as archives."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile:
        return len(content)


def onnx_of(models: Models, bundles: Bundles, run: Run) -> OnnxModel:
    """The model of a finished run as an ONNX file that was compared with what the model predicts.

    Raises
    ------
    BundleError
    Refused
        When it cannot be converted, or predicts something else then.
    """
    from core.onnx_export import to_onnx

    if MANIFEST not in run.digests:
        raise Refused("This run was made by an older version, without predictions to compare with. Train it again.")
    predictor = models.of(run)
    manifest = json.loads(bundles.read(run.id, MANIFEST, run.digests))
    return to_onnx(predictor.pipeline, predictor.columns, manifest["golden"], predictor.ranges)


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
