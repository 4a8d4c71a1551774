"""Parquet to the CSV text that the doctor examines, in a process of its own.

A parquet file is a program for its reader: a damaged or hostile one can crash it or fill the memory. So it is read by a
child with bounds on time and memory, and nothing but text comes back. pyarrow is not used: where it is installed,
pandas stores text in another way, everywhere.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

from data.upload.limits import MEGABYTE, UploadLimits
from data.upload.problems import Code, RefusalError

READER = Path(__file__).with_name("parquet_reader.py")
CPU_SECONDS = 1.5
"""Of the child's own work: a sound table within the limits takes half of it, and refusals come soon."""
WALL_SECONDS = 6
"""For a machine on which others work too."""
MEMORY_BYTES = 2 * 1024 * MEGABYTE
TOO_SLOW = "The parquet file takes too long to read. Save the table as CSV, or upload part of it."
_CODES: dict[str, Code] = {"E_TYPE": "E_TYPE", "E_SIZE": "E_SIZE", "E_EMPTY": "E_EMPTY", "E_HEADER": "E_HEADER"}


def parquet_to_csv(content: bytes, limits: UploadLimits) -> tuple[str, tuple[str, ...]]:
    """Give the table in a parquet file as CSV text, and notes on columns that cannot be written as text.

    Raises
    ------
    RefusalError
        E_TYPE when it cannot be read, E_SIZE when it is too large, E_HEADER when columns are missing.
    """
    bounds = {
        "max_rows": min(limits.max_rows, limits.max_cells),
        "max_columns": limits.max_columns,
        "max_bytes": limits.max_unpacked_bytes,
        "memory_bytes": MEMORY_BYTES,
        "seconds": CPU_SECONDS,
    }
    command = [sys.executable, "-I", str(READER), json.dumps(bounds)]
    settings = {"POLARS_MAX_THREADS": "1", "RUST_BACKTRACE": "0"}
    damaged = "The parquet file is damaged or cut off. Save it again, or save the table as CSV."
    if not content.endswith(b"PAR1") or len(content) < 12:
        raise RefusalError("E_TYPE", damaged)
    try:
        done = subprocess.run(
            command, input=content, capture_output=True, env=settings, timeout=WALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise RefusalError("E_TYPE", TOO_SLOW) from error
    if done.returncode == -signal.SIGPROF:
        raise RefusalError("E_TYPE", TOO_SLOW)
    try:
        report = json.loads(done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2])
    except ValueError:
        report = {}
    if done.returncode != 0 or not isinstance(report, dict) or "notes" not in report:
        code = _CODES.get(str(report.get("code")), "E_TYPE") if isinstance(report, dict) else "E_TYPE"
        raise RefusalError(code, str(report.get("message", damaged)) if isinstance(report, dict) else damaged)
    return done.stdout.decode("utf-8"), tuple(str(note) for note in report["notes"])
