#!/bin/sh
# Run every benchmark, one after the other.
set -eu
cd "$(dirname "$0")/.."
found=0
for file in benchmarks/bench_*.py; do
    [ -e "$file" ] || continue
    found=1
    echo "== $file"
    .venv/bin/python -m "benchmarks.$(basename "$file" .py)"
done
[ "$found" -eq 1 ] || echo "There are no benchmarks yet (benchmarks/bench_*.py)."
