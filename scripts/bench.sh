#!/bin/sh
# Run every benchmark, one after the other; with the real table where it is at hand.
set -eu
cd "$(dirname "$0")/.."
table=${REAL_TABLE:-../shared/data/spotify_songs.csv}
[ -f "$table" ] || table=

for file in benchmarks/*.py; do
    name=$(basename "$file" .py)
    [ "$name" = __init__ ] && continue
    set --
    case $name in
        family_defaults)
            [ -n "$table" ] || { echo "== $name: left out, it needs the real table (REAL_TABLE)"; continue; }
            set -- "$table"
            ;;
        job_overhead) [ -z "$table" ] || set -- "$table" ;;
    esac
    echo "== $name $*"
    .venv/bin/python -m "benchmarks.$name" "$@"
done
