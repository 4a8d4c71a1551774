"""The child that reads parquet: bytes on stdin, CSV text on stdout, one JSON report on stderr.

It is run as a file and imports nothing of ours, so that it starts quickly and has nothing to lose.
"""

from __future__ import annotations

import contextlib
import io
import json
import signal
import sys
from typing import Any


def main() -> int:
    """Read, check, write; give 0 when all of it came out."""
    bounds = json.loads(sys.argv[1])
    _limit(bounds)
    content = sys.stdin.buffer.read()
    try:
        import polars
    except ImportError:
        return _refuse("E_TYPE", "Parquet files cannot be read here: polars is not installed. Save the table as CSV.")
    try:
        return _convert(polars, content, bounds)
    except BaseException as error:  # polars panics with exceptions that are no Exception
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return _refuse("E_TYPE", "The parquet file is damaged or too large. Save it again, or save the table as CSV.")


def _limit(bounds: dict[str, Any]) -> None:
    signal.setitimer(signal.ITIMER_PROF, bounds["seconds"])  # ends the process; to the hundredth, as no limit does
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (bounds["memory_bytes"], bounds["memory_bytes"]))


def _convert(polars: Any, content: bytes, bounds: dict[str, Any]) -> int:
    table = polars.scan_parquet(io.BytesIO(content))
    schema = table.collect_schema()
    n_rows = int(table.select(polars.len()).collect().item())
    if not len(schema):
        return _refuse(
            "E_HEADER", "The parquet file has no columns. Columns named as in the data dictionary are expected."
        )
    if len(schema) > bounds["max_columns"]:
        found = f"The table has {len(schema):,} columns"
        return _refuse("E_SIZE", f"{found}; at most {bounds['max_columns']} are accepted. Remove some.")
    if n_rows > bounds["max_rows"]:
        found = f"The table has {n_rows:,} rows"
        return _refuse("E_SIZE", f"{found}; at most {bounds['max_rows']:,} are accepted. Upload part of it.")
    nested = [name for name, dtype in schema.items() if dtype.is_nested() or dtype in (polars.Binary, polars.Object)]
    lengths = [name for name, dtype in schema.items() if dtype == polars.Duration]
    table = table.with_columns(polars.col(name).dt.total_milliseconds() for name in lengths)  # CSV has no such type
    frame = table.drop(nested).collect()
    most = bounds["max_bytes"]
    too_long = f"As text, the table has more than {most / 1024 / 1024:g} MB. Upload part of it."
    if frame.estimated_size() > 4 * most:  # numbers may take more room in memory than as text, but not so much more
        return _refuse("E_SIZE", too_long)
    text = frame.write_csv(quote_style="necessary", line_terminator="\n").encode("utf-8")
    if len(text) > most:
        return _refuse("E_SIZE", too_long)
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()
    notes = [f"Column {name[:80]!r} is ignored: lists and binary values cannot be used." for name in nested]
    print(json.dumps({"notes": notes}), file=sys.stderr)
    return 0


def _refuse(code: str, message: str) -> int:
    print(json.dumps({"code": code, "message": message}), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
