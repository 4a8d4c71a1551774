"""The public table, downloaded once: checked against its sha256, bounded in time, and placed whole or not at all."""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from data.errors import DataFileError
from data.reading import file_sha256

log = logging.getLogger(__name__)

PUBLIC_URL = "https://raw.githubusercontent.com/rfordatascience/tidytuesday/main/data/2020/2020-01-21/spotify_songs.csv"
PUBLIC_SHA256 = "9902920cfe4940f0914ebb6716801a42f7f19ac88fbd6693eaae7e2822b16845"
PUBLIC_FILE = "spotify_songs.csv"
MAX_BYTES = 64 * 2**20
PARTIAL = ".partial-"
LEFTOVER_SECONDS = 3600


def fetch_public_table(home: Path, timeout: float = 10.0, url: str = PUBLIC_URL) -> Path | None:
    """Make sure that the public table lies in ``home/downloads``; one attempt, over within about ``timeout``.

    Parameters
    ----------
    home : Path
        Folder of the program's state.
    timeout : float
        Seconds for the whole attempt, name resolution and transfer included.
    url : str
        Where the table is published.

    Returns
    -------
    Path or None
        The file, or ``None`` (and one line in the log) when it could not be had.
    """
    folder = home / "downloads"
    target = folder / PUBLIC_FILE
    if _is_public_table(target):
        return target
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(folder)
        with tempfile.TemporaryDirectory(prefix=PARTIAL, dir=folder, ignore_cleanup_errors=True) as partial:
            _run_within(timeout, _Download(url, Path(partial), timeout)).replace(target)
    except _DownloadError as error:
        log.warning("Could not download the public table (%s); going on without it.", error)
        return None
    except OSError as error:
        log.warning(
            "Could not store the public table in %s (%s); going on without it.", folder, error.strerror or error
        )
        return None
    log.info("Downloaded the public table to %s", target)
    return target


class _DownloadError(Exception):
    """Why a download did not arrive, in a few words."""


class _Download:
    """One attempt with pooch into a folder of its own."""

    def __init__(self, url: str, folder: Path, timeout: float) -> None:
        self.url = url
        self.folder = folder
        self.deadline = time.monotonic() + timeout

    def __call__(self) -> Path:
        import pooch

        pooch.get_logger().setLevel(logging.ERROR)
        try:
            name = pooch.retrieve(
                self.url, known_hash=PUBLIC_SHA256, fname=PUBLIC_FILE, path=self.folder, downloader=self._stream
            )
        except ValueError as error:  # pooch: the digest differs
            raise _DownloadError("what came is not the expected file: its sha256 differs") from error
        return Path(name)

    def _stream(self, url: str, output_file: str, _pooch: Any) -> None:
        import requests

        try:
            wait = max(0.1, self.deadline - time.monotonic())
            with requests.get(url, stream=True, timeout=wait) as response, Path(output_file).open("wb") as file:
                response.raise_for_status()
                for chunk in response.iter_content(1 << 16):
                    file.write(chunk)
                    if time.monotonic() > self.deadline:
                        raise _DownloadError("too slow")
                    if file.tell() > MAX_BYTES:
                        raise _DownloadError("what came is not the expected file: it is too large")
        except requests.RequestException as error:
            raise _DownloadError(_reason(error)) from error


def _run_within(timeout: float, download: _Download) -> Path:
    """Run in a thread that nobody waits for beyond the time-out: name resolution knows no deadline of its own."""
    results: list[Path | BaseException] = []

    def run() -> None:
        try:
            results.append(download())
        except BaseException as error:  # handed to the caller's thread
            results.append(error)

    thread = threading.Thread(target=run, name="download-public-table", daemon=True)
    thread.start()
    thread.join(timeout)
    if not results:
        raise _DownloadError(f"no answer within {timeout:g} s")
    result = results[0]
    if isinstance(result, BaseException):
        raise result
    return result


def _reason(error: Exception) -> str:
    import requests

    response = getattr(error, "response", None)
    if response is not None:
        return f"the server answered {response.status_code}"
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    return type(error).__name__


def _remove_leftovers(folder: Path) -> None:
    """Remove what a killed download left behind, though not what another process is writing now."""
    for partial in folder.glob(f"{PARTIAL}*"):
        if time.time() - partial.stat().st_mtime > LEFTOVER_SECONDS:
            shutil.rmtree(partial, ignore_errors=True)


def _is_public_table(path: Path) -> bool:
    try:
        return path.is_file() and file_sha256(path) == PUBLIC_SHA256
    except DataFileError:
        return False
