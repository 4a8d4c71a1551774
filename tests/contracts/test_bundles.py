"""What every stored model must do: return after a restart, predict the same, and be refused when a byte has changed."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.errors import BundleError
from core.families import FAMILIES
from core.requests import TrainingRequest, parse_request
from core.runs.artifacts import MANIFEST
from core.runs.loading import load_predictor
from core.runs.making import JobContext, train_model
from core.runs.manifest import ENDS, TOLERANCES, golden_frame, largest_difference, read_manifest, replay
from core.runs.model import Limits, Run
from core.runs.sealing import sealing_key
from core.runs.service import Runs
from core.training import one_native_thread
from tests.fakes.runs import FakeFacts
from tests.fakes.tables import make_dataset

FEATURES = ("energy", "loudness", "tempo", "genre", "artist_mean", "title_words")
QUICK = ("n_estimators", "max_iter", "iterations", "epochs")
OTHERS = ("quantiles", "stack")
KEYS = [key for key, family in FAMILIES.items() if not family.combines_runs]
KEY = sealing_key(b"the key of both sides")
POSITIONS = (0, 1, 0.13, 0.37, 0.5, 0.71, 0.93, -2, -1)


@dataclass(frozen=True)
class Dataset:
    """A small table that says what it is."""

    tracks: pd.DataFrame
    placements: pd.DataFrame

    def facts(self) -> FakeFacts:
        return FakeFacts()


@dataclass
class Home:
    """Finished runs of every kind, the models that they were made with, and the folder where they lie."""

    runs: Runs
    made: dict[str, Run] = field(default_factory=dict)
    pipelines: list[Any] = field(default_factory=list)

    def files(self, kind: str) -> dict[str, bytes]:
        run = self.made[kind]
        return {name: self.runs.context.bundles.read(run.id, name, run.digests) for name in run.digests}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    made = make_dataset(300)
    folder = tmp_path_factory.mktemp("bundles")
    results: list[Any] = []

    def train(*asked: Any) -> Any:
        results.append(train_model(*asked))
        return results[-1]

    context = JobContext(
        folder, Limits(), load=lambda *_: Dataset(made.tracks, made.placements), train=train
    )  # as a job would, but in this process and on a few rows
    home = Home(Runs(folder, context=context))
    asked = [_request(key) for key in KEYS] + [
        _request("hist_gradient_boosting", interval="quantile", cv_folds=2, explain=True)
    ]
    asked += [_request(key, cv_folds=2) for key in ("ridge", "knn")]
    with one_native_thread():
        done = home.runs.run_inline(asked)
        stack = {"family": "stack", "members": [run.id for run in done[-2:]]}
        done = [*done[:-2], *home.runs.run_inline([parse_request(stack)])]
    assert {run.reason for run in done} == {None}
    home.made = dict(zip([*KEYS, *OTHERS], done, strict=True))
    home.pipelines = [result.pipeline for result in results]
    yield home
    home.runs.close()


def _request(key: str, **changes: Any) -> TrainingRequest:
    params = {name: 10 for name in QUICK if name in FAMILIES[key].allowed and key != "lasso"}
    return TrainingRequest(
        **{"family": key, "params": params, "features": FEATURES, "cv_folds": 0, "explain": False, **changes}
    )


every_kind = pytest.mark.parametrize("kind", [*KEYS, *OTHERS])


@every_kind
def test_the_manifest_tells_what_the_bundle_is_made_of(kind: str, kept: Home) -> None:
    run, files = kept.made[kind], kept.files(kind)
    manifest = read_manifest(files[MANIFEST], run.digests, run.request)
    assert manifest["request"] == run.request.model_dump(mode="json")
    assert manifest["columns"] == list(FAMILIES[run.request.family].columns(run.request.features))
    assert (manifest["data"], manifest["versions"]) == (run.data, run.versions)
    assert manifest["split"] == {"protocol": "song", "test_share": 0.2, "cv_folds": run.request.cv_folds, "seed": 42}
    assert set(manifest["files"]) | {MANIFEST} == set(files) == set(run.digests)
    assert len(golden_frame(manifest["golden"])) == 20


@pytest.fixture(scope="module")
def after_a_restart(kept: Home) -> dict[str, Any]:
    """What another process makes of all bundles at once: the largest difference to the golden rows, and predictions."""
    script = """
import json, sys
from pathlib import Path
from core.runs.artifacts import MANIFEST
from core.runs.manifest import replay
from core.runs.service import Runs
from tests.contracts.test_bundles import ROWS
runs, told = Runs(Path(sys.argv[1])), {}
for run in runs.list(None):
    predictor = runs.predictor(run.id, None)
    manifest = json.loads(runs.context.bundles.read(run.id, MANIFEST, run.digests))
    told[run.id] = [replay(predictor, manifest), predictor.predict(ROWS)["predicted"].tolist()]
print(json.dumps(told))
"""
    command = [sys.executable, "-c", script, str(kept.runs.context.home)]
    found = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)


ROWS = make_dataset(60, seed=5).tracks


@every_kind
def test_after_a_restart_it_predicts_the_same(kind: str, kept: Home, after_a_restart: dict[str, Any]) -> None:
    apart, predicted = after_a_restart[kept.made[kind].id]
    tolerance = TOLERANCES.get(kind, 1e-6)
    assert apart <= tolerance
    here = kept.runs.predictor(kept.made[kind].id, None).predict(ROWS)["predicted"]
    assert np.abs(here - predicted).max() <= tolerance


def test_the_golden_rows_are_what_the_model_said_before_it_was_stored(kept: Home) -> None:
    for kind, pipeline in zip(KEYS, kept.pipelines, strict=False):
        manifest = json.loads(kept.files(kind)[MANIFEST])
        frame = golden_frame(manifest["golden"])[manifest["columns"]]
        said = np.clip(pipeline.predict(frame), 0, 100)
        assert np.abs(said - manifest["golden"]["predicted"]).max() <= TOLERANCES.get(kind, 1e-6), kind


@every_kind
def test_a_flipped_byte_anywhere_in_the_bundle_is_refused(kind: str, kept: Home) -> None:
    run, bundles = kept.made[kind], kept.runs.context.bundles
    runs = Runs(kept.runs.context.home)  # one that has loaded nothing yet
    for name in run.digests:
        path = bundles.path(run.id, name)
        content = path.read_bytes()
        for at in {_place(at, len(content)) for at in POSITIONS}:
            flipped = bytearray(content)
            flipped[at] ^= 1
            path.write_bytes(flipped)
            with pytest.raises(BundleError, match=f"{name} of this run has changed"):
                runs.predictor(run.id, None)
        path.write_bytes(content)
    runs.predictor(run.id, None)
    runs.close()


@pytest.fixture(scope="module")
def exports(kept: Home) -> dict[str, bytes]:
    made = {}
    for kind, run in kept.made.items():
        target = io.BytesIO()
        kept.runs.exchange(KEY).export(run, target)
        made[kind] = target.getvalue()
    return made


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    opened = Runs(tmp_path_factory.mktemp("elsewhere"))
    yield opened
    opened.close()


@every_kind
def test_an_export_is_imported_elsewhere_and_predicts_the_same(
    kind: str, kept: Home, exports: dict[str, bytes], elsewhere: Runs
) -> None:
    run = elsewhere.exchange(KEY).bring_in(io.BytesIO(exports[kind]), "ann")
    there = elsewhere.predictor(run.id, "ann").predict(ROWS)
    here = kept.runs.predictor(kept.made[kind].id, None).predict(ROWS)
    assert np.abs(there - here).to_numpy().max() <= TOLERANCES.get(kind, 1e-6)


@every_kind
def test_a_flipped_byte_anywhere_in_an_export_is_refused(kind: str, exports: dict[str, bytes], elsewhere: Runs) -> None:
    content, exchange = exports[kind], elsewhere.exchange(KEY)
    body = 98  # after the signed line
    with zipfile.ZipFile(io.BytesIO(content[body:])) as archive:
        members = archive.infolist()
        ends = [*(member.header_offset for member in members[1:]), archive.start_dir]
    places = {0, body - 1, body, len(content) - 1, body + (archive.start_dir + len(content) - body) // 2}
    for member, end in zip(members, ends, strict=True):  # its header, what it holds, its last byte
        places |= {body + at for at in (member.header_offset, (member.header_offset + end) // 2, end - 1)}
    before = elsewhere.list(None)
    for at in places:
        flipped = bytearray(content)
        flipped[at] ^= 1 << at % 8
        with pytest.raises(BundleError, match=r"changed since|not an exported run"):
            exchange.bring_in(io.BytesIO(flipped), "bob")
    assert elsewhere.list(None) == before


@pytest.mark.parametrize("kind", ["ridge", "quantiles", "stack"])
def test_a_missing_file_is_refused(kind: str, kept: Home, tmp_path: Path) -> None:
    run, bundles = kept.made[kind], kept.runs.context.bundles
    runs = Runs(kept.runs.context.home)
    for name in run.digests:
        away = shutil.move(bundles.path(run.id, name), tmp_path / name)
        with pytest.raises(BundleError, match=f"{name} of this run cannot be read"):
            runs.predictor(run.id, None)
        shutil.move(away, bundles.path(run.id, name))
    runs.close()


@pytest.mark.parametrize("end", ENDS)
def test_a_model_that_predicts_something_else_is_refused(end: str, kept: Home) -> None:
    run, files = kept.made["ridge"], kept.files("ridge")
    predictor = load_predictor(run, files)
    manifest = json.loads(files[MANIFEST])
    replay(predictor, manifest)
    manifest["golden"][end][7] += 1.1e-6
    with pytest.raises(BundleError, match=r"does not repeat.*1.1e-06 points apart on 20 rows"):
        replay(predictor, manifest)


def test_predictions_that_are_no_numbers_or_too_few_never_count_as_the_same(kept: Home) -> None:
    golden = json.loads(kept.files("mean")[MANIFEST])["golden"]
    found = pd.DataFrame({end: golden[end] for end in ENDS})
    assert largest_difference(golden, found) == 0
    assert largest_difference(golden, found.iloc[1:]) == np.inf
    assert largest_difference({**golden, "low": [None, *golden["low"][1:]]}, found) == np.inf


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": 2}, "has the format '2'"),
        ({"files": {}}, "not those that its manifest names"),
        ({"request": {}}, "belongs to another request"),
        ({"request": {"family": "ridge", "seed": 1}}, "belongs to another request"),
    ],
)
def test_a_manifest_that_does_not_fit_its_run_is_refused(change: dict[str, Any], said: str, kept: Home) -> None:
    run, files = kept.made["ridge"], kept.files("ridge")
    content = json.dumps({**json.loads(files[MANIFEST]), **change}).encode()
    with pytest.raises(BundleError, match=said):
        read_manifest(content, run.digests, run.request)
    with pytest.raises(BundleError, match="is damaged"):
        read_manifest(content[:-1], run.digests, run.request)


def test_a_manifest_may_be_older_than_what_can_be_asked_for_now(kept: Home) -> None:
    run, files = kept.made["ridge"], kept.files("ridge")
    manifest = json.loads(files[MANIFEST])
    del manifest["request"]["explain"]
    assert read_manifest(json.dumps(manifest).encode(), run.digests, run.request) == manifest


def test_a_bundle_of_an_older_version_has_no_manifest_and_still_loads(kept: Home) -> None:
    run, files = kept.made["ridge"], kept.files("ridge")
    del files[MANIFEST]
    assert np.isfinite(load_predictor(run, files).predict(ROWS)["predicted"]).all()


def _place(at: float, length: int) -> int:
    return (at if isinstance(at, int) else int(at * length)) % length
