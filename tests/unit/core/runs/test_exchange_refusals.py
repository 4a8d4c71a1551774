"""What is not as it was exported, or does not fit here, is refused in words."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core import persistence
from core.errors import BundleError
from core.families.installed import installed_version
from core.runs import parcel, sealing
from core.runs.artifacts import MANIFEST
from core.runs.model import Run
from core.runs.sealing import MARK, seal, sealing_key
from core.runs.service import Runs
from tests.fakes.exports import KEY, bring, is_untouched, repacked, with_record


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
