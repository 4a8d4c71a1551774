from __future__ import annotations

import json
import re
import zipfile

import numpy as np
import pytest
from sklearn.dummy import DummyRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer
from skops.io import get_untrusted_types

from core import archives, packed_forest, persistence
from core.errors import BundleError
from core.families import FAMILIES
from core.features import DEFAULT_FEATURES
from core.persistence import (
    NATIVE_MEMBER,
    TRUSTED_TYPES,
    VERSIONS_MEMBER,
    _holds_only_known_types,
    dump_pipeline,
    load_pipeline,
)
from tests.fakes.tables import make_dataset


@pytest.fixture
def stored(tmp_path):
    tracks = make_dataset(100).tracks
    pipeline = FAMILIES["ridge"].build({}, "recommended", DEFAULT_FEATURES).fit(tracks, tracks["track_popularity"])
    path = tmp_path / "model.skops"
    dump_pipeline(pipeline, path)
    return path


def _rewrite(path, change):
    """Write the archive anew, with ``change(name, content)`` for each member."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            if (changed := change(name, content)) is not None:
                archive.writestr(name, changed)


def test_a_stored_model_is_read_back(stored):
    assert load_pipeline(stored)["model"].alpha == 1


def test_a_model_is_read_from_bytes_as_from_its_file(stored):
    assert load_pipeline(stored.read_bytes())["model"].alpha == 1
    with pytest.raises(BundleError, match="damaged"):
        load_pipeline(stored.read_bytes()[:-50])


def test_a_missing_model_is_refused(tmp_path):
    with pytest.raises(BundleError, match="missing"):
        load_pipeline(tmp_path / "none.skops")


@pytest.mark.parametrize("content", [b"", b"not an archive", b"\x80\x04cos\nsystem\n."])
def test_a_file_that_is_no_archive_is_refused(tmp_path, content):
    path = tmp_path / "model.skops"
    path.write_bytes(content)
    with pytest.raises(BundleError, match="damaged"):
        load_pipeline(path)


def test_a_model_that_would_unfold_beyond_measure_is_refused_before_a_byte_is_unpacked(stored, monkeypatch):
    with zipfile.ZipFile(stored, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0.npy", bytes(30_000_000))
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_, **__: pytest.fail("it was unpacked"))
    with pytest.raises(BundleError, match="would unfold to 29 MB, many times its size"):
        load_pipeline(stored)


def test_a_model_with_members_without_number_is_refused(stored, monkeypatch):
    monkeypatch.setattr(archives, "MOST_MEMBERS", 2)
    with pytest.raises(BundleError, match="members, and 2 at most are read"):
        load_pipeline(stored)


def test_an_array_that_claims_to_be_of_any_size_is_refused(stored):
    def claim(name, content):
        if not name.endswith(".npy"):
            return content
        header = re.sub(rb"'shape': \([^)]*\), }", b"'shape': (99999999999999,), }", content[10:])
        length = int.from_bytes(content[8:10], "little")
        return content[:10] + header[:length].rstrip().ljust(length - 1) + b"\n" + content[10 + length :]

    _rewrite(stored, claim)
    with pytest.raises(BundleError, match="damaged"):
        load_pipeline(stored)


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.99])
def test_a_truncated_model_is_refused(stored, keep):
    content = stored.read_bytes()
    stored.write_bytes(content[: int(len(content) * keep)])
    with pytest.raises(BundleError, match="damaged"):
        load_pipeline(stored)


def test_a_changed_byte_is_refused(stored):
    content = bytearray(stored.read_bytes())
    content[len(content) // 3] ^= 0xFF
    stored.write_bytes(content)
    with pytest.raises(BundleError):
        load_pipeline(stored)


def test_a_model_of_another_scikit_learn_is_refused_with_both_versions(stored):
    _rewrite(stored, lambda name, content: b'{"scikit-learn": "0.24.2"}' if name == VERSIONS_MEMBER else content)
    with pytest.raises(BundleError, match=r"made with scikit-learn 0\.24\.2, but .* is installed"):
        load_pipeline(stored)


@pytest.mark.parametrize("versions", [None, b"{}", b"[]", b"nonsense"])
def test_a_model_that_does_not_tell_its_version_is_refused(stored, versions):
    _rewrite(stored, lambda name, content: versions if name == VERSIONS_MEMBER else content)
    with pytest.raises(BundleError, match="damaged"):
        load_pipeline(stored)


def test_a_type_that_is_not_listed_is_never_built(stored):
    def smuggle(name, content):
        if name != "schema.json":
            return content
        schema = json.loads(content)
        schema["content"]["content"] = {
            "steps": {"__class__": "system", "__module__": "posix", "__loader__": "TypeNode"}
        }
        return json.dumps(schema)

    _rewrite(stored, smuggle)
    with pytest.raises(BundleError):
        load_pipeline(stored)


def _double(values):
    return 2 * values


def test_a_model_that_could_not_be_read_back_is_not_stored(tmp_path):
    pipeline = Pipeline([("prepare", FunctionTransformer(_double)), ("model", DummyRegressor())])
    pipeline.fit(np.zeros((3, 1)), [1, 2, 3])
    with pytest.raises(BundleError, match="not trusted"):
        dump_pipeline(pipeline, tmp_path / "model.skops")


BOOSTERS = ("xgboost", "lightgbm", "catboost")


@pytest.fixture(params=BOOSTERS)
def booster(request, tmp_path):
    """The key of a boosting library, and a stored model of it."""
    tracks = make_dataset(100).tracks
    few = {"iterations" if request.param == "catboost" else "n_estimators": 5}
    pipeline = FAMILIES[request.param].build(few, "recommended", DEFAULT_FEATURES)
    dump_pipeline(pipeline.fit(tracks, tracks["track_popularity"]), tmp_path / "model.skops")
    return request.param, tmp_path / "model.skops"


def test_a_model_of_another_library_is_kept_in_that_librarys_own_format(booster):
    key, stored = booster
    member = type(load_pipeline(stored)["model"]).member
    with zipfile.ZipFile(stored) as archive:
        assert member.startswith(key)
        assert len(archive.read(member)) > 500
        assert key not in archive.read("schema.json").decode()
        assert set(json.loads(archive.read(VERSIONS_MEMBER))) == {"scikit-learn", key}


def test_a_model_of_another_version_of_its_library_is_refused_with_the_librarys_name(booster):
    key, stored = booster
    _rewrite(stored, lambda name, content: _with_version(content, key) if name == VERSIONS_MEMBER else content)
    with pytest.raises(BundleError, match=rf"made with {key} 0\.1\.0, but .* is installed"):
        load_pipeline(stored)


def test_a_model_whose_library_is_not_there_is_refused_with_the_command_that_adds_it(booster, monkeypatch):
    key, stored = booster
    found = persistence.installed_version
    monkeypatch.setattr(persistence, "installed_version", lambda name: "" if name == key else found(name))
    with pytest.raises(BundleError, match=rf"{key} .*, which is not installed. Add it with: pip install {key}"):
        load_pipeline(stored)


@pytest.mark.parametrize(
    "change", [lambda content: content[:-100], lambda content: content[:100] + b"#" + content[101:]]
)
def test_a_changed_native_file_never_reaches_its_library(booster, change, monkeypatch):
    _, stored = booster
    model = type(load_pipeline(stored)["model"])
    monkeypatch.setattr(model, "read", lambda self, content: pytest.fail("it was read"))
    _rewrite(stored, lambda name, content: change(content) if name == model.member else content)
    with pytest.raises(BundleError, match="has changed"):
        load_pipeline(stored)


@pytest.mark.parametrize("told", [b"{}", b"[]", b'{"model": "os.system", "sha256": ""}', b"nonsense"])
def test_a_native_file_of_no_known_kind_is_refused(booster, told):
    _, stored = booster
    _rewrite(stored, lambda name, content: told if name == NATIVE_MEMBER else content)
    with pytest.raises(BundleError, match="damaged"):
        load_pipeline(stored)


def _with_version(content, key):
    return json.dumps({**json.loads(content), key: "0.1.0"}).encode()


@pytest.mark.parametrize("key", ["ridge", "random_forest", "gradient_boosting"])
def test_the_quick_look_at_types_never_passes_what_the_thorough_one_refuses(tmp_path, key):
    tracks = make_dataset(100).tracks
    pipeline = FAMILIES[key].build({}, "recommended", DEFAULT_FEATURES).fit(tracks, tracks["track_popularity"])
    dump_pipeline(pipeline, tmp_path / "model.skops")
    with zipfile.ZipFile(tmp_path / "model.skops") as archive:
        schema = archive.read("schema.json").decode()
    assert set(get_untrusted_types(file=tmp_path / "model.skops")) <= set(TRUSTED_TYPES)
    assert _holds_only_known_types(schema) is (key != "gradient_boosting")  # its random state is looked at in depth
    for smuggled in ({"__class__": "system", "__module__": "os"}, {"__module__": "os", "__class__": "system"}):
        assert not _holds_only_known_types(schema.replace("{", json.dumps(smuggled)[:-1] + ", ", 1))


@pytest.fixture
def stored_forest(tmp_path):
    tracks = make_dataset(100).tracks
    pipeline = FAMILIES["random_forest"].build({"n_estimators": 5}, "recommended", DEFAULT_FEATURES)
    pipeline.fit(tracks, tracks["track_popularity"])
    path = tmp_path / "model.skops"
    dump_pipeline(pipeline, path)
    return pipeline, tracks, path


def test_a_stored_forest_predicts_the_same(stored_forest):
    pipeline, tracks, path = stored_forest
    assert np.array_equal(load_pipeline(path).predict(tracks), pipeline.predict(tracks))
    assert len(pipeline["model"].estimators_) == 5  # storing took nothing from the one in memory


@pytest.mark.parametrize("member", packed_forest.MEMBERS)
def test_trees_that_were_cut_are_refused(stored_forest, member):
    _, _, path = stored_forest
    _rewrite(path, lambda name, content: content[:-50] if name == member else content)
    with pytest.raises(BundleError, match="damaged"):
        load_pipeline(path)


def test_a_forest_without_its_trees_is_refused(stored_forest):
    _, _, path = stored_forest
    _rewrite(path, lambda name, content: None if name.startswith(packed_forest.FOLDER) else content)
    with pytest.raises(BundleError, match="damaged"):
        load_pipeline(path)


def test_a_forest_stored_the_older_way_is_still_read(stored_forest, monkeypatch):
    pipeline, tracks, path = stored_forest
    monkeypatch.setattr(packed_forest, "is_forest", lambda model: False)
    dump_pipeline(pipeline, path)
    with zipfile.ZipFile(path) as archive:
        assert not set(packed_forest.MEMBERS) & set(archive.namelist())
    assert np.array_equal(load_pipeline(path).predict(tracks), pipeline.predict(tracks))
