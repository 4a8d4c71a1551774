"""CPU seconds and memory of reading and cleaning tables of up to a million rows.

    python -m benchmarks.clean_million_rows [rows ...]

Each size is measured in a process of its own: the median of the repeats, and the peak of its resident memory. The last
size is measured once more with every number written as text, the worst case for the types. A table named by
``DASHBOARD_DATA`` is measured too.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data.cleaning import clean
from data.reading import read_table
from data.sample import generate_sample
from data.schema import NUMBER_COLUMNS

DEFAULT_SIZES = (33_000, 100_000, 1_000_000)
CHUNK_ROWS = 50_000
REPEATS = 3
COLUMNS = ("table", "rows", "tracks", "read CPU s", "clean CPU s", "raw MB", "peak MB", "peak/raw")


def main() -> None:
    """Measure each table in a fresh process and print a line for it."""
    sizes = tuple(int(size) for size in sys.argv[1:]) or DEFAULT_SIZES
    print("".join(f"{column:>16}" for column in COLUMNS))
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            path = Path(folder) / f"{size}.csv"
            write_table(path, size)
            show("synthetic", measure_apart(path))
        show("all as text", measure_apart(path, "--as-text"))
    if os.environ.get("DASHBOARD_DATA"):
        show("configured", measure_apart(Path(os.environ["DASHBOARD_DATA"])))


def write_table(path: Path, n_rows: int) -> None:
    """Write a synthetic table in chunks, each with artists, albums and tracks of its own."""
    with path.open("w", encoding="utf-8", newline="") as file:
        for chunk in range(-(-n_rows // CHUNK_ROWS)):
            size = min(CHUNK_ROWS, n_rows - chunk * CHUNK_ROWS)
            raw = generate_sample(max(100, size), seed=chunk).iloc[:size]
            raw.to_csv(file, index=False, header=chunk == 0)


def measure_apart(path: Path, *options: str) -> dict[str, Any]:
    """Run ``measure`` in a fresh process, so that the peak of memory is its own."""
    command = [sys.executable, "-m", "benchmarks.clean_million_rows", "--measure", str(path), *options]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(result.stdout))


def measure(path: Path, as_text: bool) -> dict[str, Any]:
    """Read and clean one table; seconds are of CPU (medians), memory is in MB above that of the imports."""
    before = peak_mb()
    started = time.process_time()
    raw, _ = read_table(path)
    read_seconds = time.process_time() - started
    if as_text:
        raw = raw.astype(dict.fromkeys(NUMBER_COLUMNS, "str"))
    seconds = []
    for _ in range(REPEATS):
        started = time.process_time()
        table = clean(raw)
        seconds.append(time.process_time() - started)
        tracks = table.report.tracks
        del table
    peak = peak_mb() - before
    return {
        "rows": len(raw),
        "tracks": tracks,
        "read_seconds": read_seconds,
        "clean_seconds": statistics.median(seconds),
        "raw_mb": frame_mb(raw),
        "peak_mb": peak,
    }


def peak_mb() -> float:
    """Give the peak of this process's resident memory in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # ru_maxrss would include the peak of the parent process on Linux
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def frame_mb(frame: pd.DataFrame) -> float:
    """Give the memory of a frame in MB, each distinct text object counted once."""
    texts = [name for name in frame if not pd.api.types.is_numeric_dtype(frame[name])]
    total = float(frame.memory_usage(deep=False).sum())
    seen: dict[int, int] = {}
    for name in texts:
        seen |= {id(value): sys.getsizeof(value) for value in np.asarray(frame[name], dtype=object)}
    return (total + sum(seen.values())) / 2**20


def show(kind: str, figures: dict[str, Any]) -> None:
    """Print one line of the table."""
    cells = (
        kind,
        f"{figures['rows']:,}",
        f"{figures['tracks']:,}",
        f"{figures['read_seconds']:.2f}",
        f"{figures['clean_seconds']:.2f}",
        f"{figures['raw_mb']:,.0f}",
        f"{figures['peak_mb']:,.0f}",
        f"{figures['peak_mb'] / figures['raw_mb']:.1f}",
    )
    print("".join(f"{cell:>16}" for cell in cells), flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(Path(sys.argv[2]), "--as-text" in sys.argv)))
    else:
        main()
