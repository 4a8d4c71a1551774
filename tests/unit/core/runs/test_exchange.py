"""Runs that travel: what is exported comes back as it was."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.errors import BundleError, NotFound, Refused, StorageError
from core.runs.exchange import AlreadyHere, Exchange, file_name
from core.runs.history import Asked
from core.runs.model import SHELL_OWNER, Run, RunState
from core.runs.sealing import opened
from core.runs.service import Runs
from tests.fakes import runs as fakes
from tests.fakes.exports import KEY, TRAVELS, Dataset, bring, is_untouched


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
