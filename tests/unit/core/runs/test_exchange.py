"""Runs that travel: what is exported comes back as it was; what is not as it was exported is refused in words."""

from __future__ import annotations

import io
import json
import os
import shutil
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core import persistence
from core.errors import BundleError, NotFound, Refused, StorageError
from core.families.installed import installed_version
from core.runs import parcel, sealing
from core.runs.artifacts import MANIFEST
from core.runs.exchange import AlreadyHere, Exchange, file_name
from core.runs.history import Asked
from core.runs.making import JobContext
from core.runs.model import SHELL_OWNER, Limits, Run, RunState
from core.runs.sealing import MARK, opened, seal, sealing_key
from core.runs.service import Runs
from tests.fakes import runs as fakes
from tests.fakes.tables import make_dataset

KEY = sealing_key(b"the key of both sides")
TRAVELS = ("request", "data", "metrics", "timings", "versions", "notices", "digests", "created_at", "finished_at")


class Dataset:
    """A small table that says what it is."""

    def __init__(self) -> None:
        made = make_dataset(200)
        self.tracks, self.placements = made.tracks, made.placements

    def facts(self) -> fakes.FakeFacts:
        return fakes.FakeFacts()


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """A dashboard with a finished run of two folds, described by its owner."""
    home = tmp_path_factory.mktemp("here")
    opened_runs = Runs(home, context=JobContext(home, Limits(), load=lambda *_: Dataset()))
    (run,) = opened_runs.run_inline([fakes.request(cv_folds=2)])
    assert run.state is RunState.FINISHED, run.reason
    opened_runs.history.describe(run.id, None, 0, name="Best yet", note="Keep.", tags=["a", "b"])
    yield opened_runs
    opened_runs.close()


@pytest.fixture(scope="module")
def made(here: Runs) -> Run:
    return here.list(None)[0]


@pytest.fixture(scope="module")
def sealed(here: Runs, made: Run) -> bytes:
    target = io.BytesIO()
    here.exchange(KEY).export(made, target)
    return target.getvalue()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry without runs; to copy it is quicker than to make one."""
    home = tmp_path_factory.mktemp("empty")
    Runs(home).close()
    return home


@pytest.fixture
def there(home: Path, empty: Path) -> Iterator[Runs]:
    shutil.copytree(empty, home, dirs_exist_ok=True)
    opened_runs = Runs(home)
    yield opened_runs
    opened_runs.close()


def bring(runs: Runs, content: bytes, owner: str = "ann", key: sealing.SealingKey = KEY) -> Run:
    return runs.exchange(key).bring_in(io.BytesIO(content), owner)


def is_untouched(runs: Runs) -> bool:
    """Whether nothing of a refused import is left: no run, no bundle, no draft, no temporary file."""
    names = {path.name for path in runs.context.home.iterdir()} - {"runs"}
    return (
        runs.list(None) == []
        and runs.context.bundles.runs_on_disk() == set()
        and all(name.startswith("registry") for name in names)
    )


def repacked(sealed: bytes, change: Callable[[dict[str, bytes]], None], key: sealing.SealingKey = KEY) -> bytes:
    """The export with other members, signed as one that has the key would sign it."""
    with zipfile.ZipFile(io.BytesIO(sealed)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    body, target = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    seal(key, body, target)
    return target.getvalue()


def with_record(sealed: bytes, **changes: Any) -> bytes:
    def change(members: dict[str, bytes]) -> None:
        members[parcel.RUN] = json.dumps({**json.loads(members[parcel.RUN]), **changes}).encode()

    return repacked(sealed, change)


def test_an_imported_run_is_what_it_was_but_for_id_and_owner_and_says_that_it_was_imported(
    here: Runs, there: Runs, made: Run, sealed: bytes
) -> None:
    run = bring(there, sealed)
    assert there.get(run.id, "ann") == run
    assert run.id != made.id
    assert (run.owner, run.state, run.edition) == ("ann", RunState.FINISHED, 0)
    assert [getattr(run, name) for name in TRAVELS] == [getattr(made, name) for name in TRAVELS]
    assert (run.name, run.note, run.tags) == ("Best yet", "Keep.", ("a", "b"))
    assert run.imported is not None
    assert (run.imported["run_id"], run.imported["key"]) == (made.id, KEY.fingerprint)
    assert run.imported["host"]
    assert run.imported["imported_at"] >= run.imported["exported_at"]
    assert run.to_dict()["imported"] == run.imported
    assert here.get(made.id, None).imported is None


def test_all_that_pages_ask_of_a_run_is_there_after_an_import(
    here: Runs, there: Runs, made: Run, sealed: bytes
) -> None:
    run = bring(there, sealed)
    assert there.events(run.id, "ann")[1] == here.events(made.id, None)[1] != []
    assert there.predictions(run.id, "ann").equals(here.predictions(made.id, None))
    found = there.history.page("ann", Asked(family="ridge", data=made.data["sha256"], sort="rmse", text="best"))
    assert [one.id for one in found.runs] == [run.id]
    rows = Dataset().tracks
    assert there.predictor(run.id, "ann").predict(rows).equals(here.predictor(made.id, None).predict(rows))


def test_an_import_is_seen_by_its_owner_only_and_outlasts_a_restart(there: Runs, sealed: bytes) -> None:
    run = bring(there, sealed)
    with pytest.raises(NotFound):
        there.get(run.id, "bob")
    again = Runs(there.context.home)  # its sweep removes what no run owns
    assert again.get(run.id, "ann") == run
    assert again.predictor(run.id, "ann").request == run.request
    again.close()


def test_a_run_that_its_owner_has_already_is_not_imported_twice(there: Runs, sealed: bytes) -> None:
    first = bring(there, sealed)
    with pytest.raises(AlreadyHere, match=f"here already, under the id {first.id}"):
        bring(there, sealed)
    other = bring(there, sealed, "bob")
    assert there.context.bundles.runs_on_disk() == {first.id, other.id}
    there.delete(first.id, "ann")
    assert bring(there, sealed).id != first.id


def test_ones_own_run_is_not_imported_beside_itself_also_after_a_detour(
    here: Runs, there: Runs, made: Run, sealed: bytes
) -> None:
    with pytest.raises(AlreadyHere, match=made.id):
        bring(here, sealed, SHELL_OWNER)
    target = io.BytesIO()
    there.exchange(KEY).export(bring(there, sealed), target)
    with pytest.raises(AlreadyHere, match=made.id):
        bring(here, target.getvalue(), SHELL_OWNER)


@pytest.mark.parametrize("at", [*range(0, 98, 7), len(MARK), len(MARK) + 17, 96, 97])
def test_a_flipped_byte_in_the_signed_line_is_refused(there: Runs, sealed: bytes, at: int) -> None:
    assert sealed[97:98] == b"\n"
    for bit in (0x01, 0x20):  # the second makes a capital of a letter
        changed = bytearray(sealed)
        changed[at] ^= bit
        with pytest.raises(BundleError, match=r"changed since|not an exported run|another key|a format that"):
            bring(there, bytes(changed))
    assert is_untouched(there)


@pytest.mark.parametrize("change", [lambda all: all[:-1], lambda all: all + b"\0", lambda all: all[:98]])
def test_a_file_that_is_not_whole_or_goes_on_is_refused(
    there: Runs, sealed: bytes, change: Callable[[bytes], bytes]
) -> None:
    with pytest.raises(BundleError, match="changed since it was exported, or it is not whole"):
        bring(there, change(sealed))
    assert is_untouched(there)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"dashboard", b"\x80\x04K\x01.", b"a,b\n1,2\n"])
def test_what_is_no_export_is_told_so(there: Runs, content: bytes) -> None:
    with pytest.raises(BundleError, match="is not an exported run"):
        bring(there, content)


def test_another_key_is_named_by_its_fingerprint_and_nothing_is_read(there: Runs, sealed: bytes) -> None:
    other = sealing_key(b"another")
    with pytest.raises(BundleError, match=rf"{KEY.fingerprint}.*{other.fingerprint}.*DASHBOARD_EXCHANGE_KEY"):
        bring(there, sealed, key=other)
    assert is_untouched(there)


def test_a_key_shows_nothing_of_itself() -> None:
    assert "the key" not in repr(KEY)
    assert KEY.secret.hex() not in repr(KEY)
    assert KEY.fingerprint not in KEY.secret.hex()


def test_a_larger_file_than_allowed_is_refused(there: Runs, sealed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "MOST_BYTES", 1000)
    with pytest.raises(BundleError, match="the most that an import may have"):
        bring(there, sealed)
    assert is_untouched(there)


BAD_NAMES = ("../escaped.csv", "/etc/cron.d/x.csv", "files/../../x.csv", "files/sub/x.csv", "files/C:x.csv", "files/",
             "files/.hidden.csv", "files/X.CSV", "x.csv", "files/a\\b.csv")  # fmt: skip


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_member_that_would_lie_elsewhere_is_refused(there: Runs, sealed: bytes, name: str, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="is no name of a file of a run"):
        bring(there, repacked(sealed, lambda members: members.update({name: b"x"})))
    assert is_untouched(there)
    assert {path.name for path in tmp_path.iterdir()} == {"home"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda members: members.pop(parcel.RUN), "has no run.json"),
        (lambda members: members.pop(parcel.EVENTS), "has no events.json"),
        (lambda members: members.pop("files/model.skops"), "other files than its run names"),
        (lambda members: members.update({"files/more.csv": b""}), "other files than its run names"),
        (lambda members: members.update({"files/result.json": b"{}"}), "result.json is not the file"),
        (lambda members: members.update({parcel.RUN: b"{"}), "run.json is not as it should be"),
        (lambda members: members.update({parcel.EVENTS: b"[1]"}), "events.json is not as it should be"),
        (lambda members: members.update({parcel.EVENTS: b"[" * 9000}), "cannot be read"),
        (lambda members: members.update({f"files/f{n}.csv": b"" for n in range(60)}), "and a run has at most 64"),
    ],
)
def test_members_that_are_missing_foreign_or_too_many_are_refused(
    there: Runs, sealed: bytes, change: Callable[[dict[str, bytes]], None], said: str
) -> None:
    with pytest.raises(BundleError, match=said):
        bring(there, repacked(sealed, change))
    assert is_untouched(there)


def test_a_member_that_is_named_twice_is_refused(there: Runs, sealed: bytes) -> None:
    body, target = io.BytesIO(sealed[98:]), io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(body, "a") as archive:
            archive.writestr("files/model.skops", b"another")
    seal(KEY, body, target)
    with pytest.raises(BundleError, match="names a member twice"):
        bring(there, target.getvalue())


def test_an_archive_that_unfolds_beyond_measure_is_refused_unread(there: Runs, sealed: bytes) -> None:
    with pytest.raises(BundleError, match="hundreds of times its size"):
        bring(there, repacked(sealed, lambda members: members.update({"files/zeros.csv": bytes(40 * 2**20)})))
    assert is_untouched(there)


def test_an_archive_larger_than_allowed_is_refused_unread(
    there: Runs, sealed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parcel, "MOST_BYTES", 10_000)
    with pytest.raises(BundleError, match="at most 0 are taken"):
        bring(there, sealed)
    assert is_untouched(there)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"format": 2}, "format"),
        ({"owner": "bob"}, "owner"),
        ({"run_id": "../../x"}, "run_id"),
        ({"digests": {MANIFEST: "no digest"}}, "digests"),
        ({"metrics": None}, "metrics"),
        ({"finished_at": "yesterday"}, "finished_at"),
        ({"tags": ["a|b"]}, "tags"),
        ({"data": {}}, "manifest belongs to another run"),
        ({"versions": {}}, "manifest belongs to another run"),
    ],
)
def test_a_run_that_does_not_fit_is_refused(there: Runs, sealed: bytes, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(BundleError, match=said):
        bring(there, with_record(sealed, **changes))
    assert is_untouched(there)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"family": "rigde"}, "cannot be used here. Unknown family 'rigde'. Did you mean 'ridge'"),
        ({"features": ["charm"]}, "Unknown feature 'charm'"),
        ({"seed": 43}, "belongs to another request"),
        ({"protocol": "none"}, "Unknown protocol"),
    ],
)
def test_a_request_that_is_unknown_here_is_refused_in_words(
    there: Runs, made: Run, sealed: bytes, change: dict[str, Any], said: str
) -> None:
    request = {**made.request.model_dump(mode="json"), **change}
    with pytest.raises(BundleError, match=said):
        bring(there, with_record(sealed, request=request))
    assert is_untouched(there)


@pytest.mark.parametrize(
    ("found", "said"),
    [("0.1.0", r"made with scikit-learn .*, but 0.1.0 is installed"), ("", "not installed. Add it with: pip install")],
)
def test_another_version_and_a_missing_library_are_told(
    there: Runs, sealed: bytes, found: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert installed_version("scikit-learn")
    monkeypatch.setattr(persistence, "installed_version", lambda name: found)
    with pytest.raises(BundleError, match=said):
        bring(there, sealed)
    assert is_untouched(there)


def test_a_run_without_golden_rows_or_that_is_not_finished_is_not_exported(
    here: Runs, make_runs: Callable[..., Runs]
) -> None:
    fake = make_runs()
    (without,) = fake.run_inline([fakes.request()])
    old = Run(**{**without.__dict__, "digests": {"model.skops": "x"}})
    failed = Run(**{**without.__dict__, "state": RunState.FAILED})
    for run, said in ((old, "made by an older version"), (failed, "Only finished runs")):
        with pytest.raises(Refused, match=said):
            fake.exchange(KEY).export(run, io.BytesIO())
    target = io.BytesIO()
    fake.exchange(KEY).export(without, target)
    with pytest.raises(BundleError, match="no predictions by which"):
        bring(here, target.getvalue())


def test_a_run_whose_files_changed_is_not_exported(here: Runs, made: Run) -> None:
    path = here.context.bundles.path(made.id, "request.json")
    content = path.read_bytes()
    path.write_bytes(content + b" ")
    with pytest.raises(BundleError, match="has changed"):
        here.exchange(KEY).export(made, io.BytesIO())
    path.write_bytes(content)


def test_a_full_disk_is_said_and_leaves_nothing(there: Runs, sealed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.runs.parcel._write", full)
    with pytest.raises(StorageError, match="disk is full"):
        bring(there, sealed)
    assert is_untouched(there)


def test_a_registry_that_fails_leaves_no_bundle(there: Runs, sealed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    exchange: Exchange = there.exchange(KEY)

    def fail(*_: Any) -> None:
        raise StorageError("The run registry cannot be used.")

    monkeypatch.setattr("core.runs.arrivals.Arrivals.add", fail)
    with pytest.raises(StorageError):
        exchange.bring_in(io.BytesIO(sealed), "ann")
    assert is_untouched(there)


def test_what_was_signed_is_what_is_read_even_if_the_file_changes_meanwhile(sealed: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.run"
    path.write_bytes(sealed)
    with path.open("rb") as source, opened(KEY, source, tmp_path) as body:
        path.write_bytes(b"x" * len(sealed))
        assert body.read() == sealed[98:]


def test_the_name_of_an_export_tells_what_it_is(made: Run) -> None:
    assert file_name(made) == f"synthetic-ridge-song-{made.id[:8]}.run"


def test_nobody_imports_without_end_but_the_shell(there: Runs, sealed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.runs.exchange.MOST_OF_AN_OWNER", 1)
    run = bring(there, sealed)
    there.delete(run.id, "ann")  # its files are still there
    with pytest.raises(Refused, match="imported 1 runs already"):
        bring(there, sealed)
    monkeypatch.setattr("core.runs.exchange.MOST_BYTES", there.context.bundles.size(run.id))
    with pytest.raises(Refused, match="no room"):
        bring(there, sealed, owner="bob")
    assert bring(there, sealed, owner=SHELL_OWNER).owner == SHELL_OWNER


def test_a_start_leaves_an_import_that_is_under_way_alone(there: Runs) -> None:
    run_id = "00000000-0000-4000-8000-000000000001"
    draft = there.context.bundles.open_draft(run_id)
    (draft / "model.skops").write_bytes(b"half")
    Runs(there.context.home).close()
    assert draft.is_dir()
    long_ago = draft.stat().st_mtime - 2 * 3600
    os.utime(draft, (long_ago, long_ago))
    Runs(there.context.home).close()
    assert not draft.exists()
