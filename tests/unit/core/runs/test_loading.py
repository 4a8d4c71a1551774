"""Models in memory: loaded once, bounded by what they weigh."""

from __future__ import annotations

import io
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from core.errors import BundleError
from core.runs import loading
from core.runs.loading import MEMORY_A_BYTE, Models
from tests.fakes.finished import make_run


class Bundles:
    """Has the same files for every run."""

    def __init__(self, **files: bytes) -> None:
        self.files = files

    def read(self, _run_id: str, name: str, _digests: Any) -> bytes:
        return self.files.get(name, b"")


def packed(size: int) -> bytes:
    """An archive that unpacks to a size."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("weights", bytes(size))
    return target.getvalue()


def run(number: int) -> Any:
    return make_run(id=f"{number:036d}", digests={"model": "d", "predictions.csv": "d"})


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ids of the runs whose models were built, in order."""
    found: list[str] = []

    def load(one: Any, _files: Any) -> Any:
        found.append(one.id)
        return SimpleNamespace(id=one.id, warm=lambda: None)

    monkeypatch.setattr(loading, "load_predictor", load)
    return found


def test_a_model_is_loaded_once_however_many_ask_for_it(loaded: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    everybody, load = threading.Barrier(4), loading.load_predictor
    monkeypatch.setattr(loading, "load_predictor", lambda *asked: (threading.Event().wait(0.02), load(*asked))[1])
    models = Models(Bundles(model=b"x"))  # type: ignore[arg-type]

    def ask(_: int) -> Any:
        everybody.wait(5)
        return models.of(run(1))

    with ThreadPoolExecutor(4) as pool:
        assert len({id(one) for one in pool.map(ask, range(4))}) == 1
    assert loaded == [run(1).id]
    assert run(1).id in models


def test_models_stay_by_what_they_weigh_unpacked(loaded: list[str]) -> None:
    files = {"model": packed(40_000), "predictions.csv": b"x" * 10**6}  # tables are read, not kept
    models = Models(Bundles(**files), most_bytes=100_000 * MEMORY_A_BYTE)  # type: ignore[arg-type]
    for number in (1, 2, 1, 3):
        models.of(run(number))
    assert [run(number).id in models for number in (1, 2, 3)] == [True, False, True]
    small = Models(Bundles(model=b"x" * 100), most_bytes=100_000 * MEMORY_A_BYTE)  # type: ignore[arg-type]
    for number in range(10):
        small.of(run(number))
    assert all(run(number).id in small for number in range(10))


def test_a_model_that_cannot_be_loaded_is_tried_again(loaded: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    models, load = Models(Bundles(model=b"x")), loading.load_predictor  # type: ignore[arg-type]

    def broken(*_: Any) -> Any:
        raise BundleError("Not here.")

    monkeypatch.setattr(loading, "load_predictor", broken)
    with pytest.raises(BundleError):
        models.of(run(1))
    monkeypatch.setattr(loading, "load_predictor", load)
    assert models.of(run(1)).id == run(1).id
    models.forget(run(1).id)
    assert run(1).id not in models
